import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalJson,
  DocumentFault,
  readBase64url,
  readJson,
  readMultibase58,
  readUtf8,
  type Json,
} from './signed-documents.json.rules.ts'
import { shownText } from './signed-documents.fields.rules.ts'

describe('JSON is read as everybody reads it', () => {
  it('like the language itself, for all that it takes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
        const written = JSON.stringify(JSON.parse(text), undefined, indent)
        let read: Json
        try {
          read = readJson(written)
        } catch (error) {
          expect(error).toBeInstanceOf(DocumentFault)
          return
        }
        expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it('and nothing is taken that the language does not take', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'{}[]":,0123456789.eE+-truefalsnu\\ \n\t\u00a0\u0000x/'),
          maxLength: 12,
        }),
        (text) => {
          let read: Json
          try {
            read = readJson(text)
          } catch {
            return
          }
          expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(read))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('what readers could read in two ways is refused', () => {
  it.each([
    ['a name twice', '{"a":1,"a":2}', 'twice'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 'twice'],
    ['a name twice, in two spellings of Unicode', '{"caf\u00e9":1,"cafe\u0301":2}', 'twice'],
    ['a name twice, once in wide letters', '{"id":1,"\uff49\uff44":2}', 'twice'],
    ['a name that reaches a prototype', '{"__proto__":{"isTrusted":true}}', '__proto__'],
    ['the same, escaped and deep', '[{"a":{"\\u005f_proto__":1}}]', '__proto__'],
    ['a constructor', '{"constructor":{"prototype":{}}}', 'constructor'],
    ['a name with a zero-width character', '{"is\u200bsuer":1}', 'not seen'],
    ['a name that turns the direction of writing', '{"\u202erecipient":1}', 'not seen'],
    ['half a character', '"\\ud800"', 'half a character'],
    ['a number beyond all', '[1e400]', 'number'],
    ['a number that a double does not hold', '9007199254740993', 'number'],
    ['a number with too many digits', '0.1234567890123456789', 'number'],
    ['minus nothing', '-0', '-0'],
    ['a number of a million digits', '1'.repeat(1_000_000), 'number'],
    ['65 levels', '['.repeat(66) + ']'.repeat(66), 'nested'],
    ['a million levels', '['.repeat(1_000_000), 'nested'],
    ['a million objects', `${'{"a":'.repeat(1_000_000)}`, 'nested'],
    ['too many values', `[${'1,'.repeat(60_000)}1]`, 'values'],
    ['two documents', '{} {}', 'after its end'],
    ['a comment', '{} // signed', 'after its end'],
    ['a comma too many', '[1,]', 'not JSON'],
    ['a name without quotes', '{a:1}', 'not JSON'],
    ['NaN', '[NaN]', 'not JSON'],
    ['a hexadecimal number', '0x10', 'after its end'],
    ['a leading zero', '01', 'after its end'],
    ['a line break in a text', '"a\nb"', 'control character'],
    ['an unknown escape', '"\\x41"', 'escape'],
    ['a text without end', '"abc', 'does not end'],
    ['nothing', '', 'not JSON'],
    ['another kind of space', '\u00a0{}', 'not JSON'],
  ])('%s', (_what, text, words) => {
    expect(() => readJson(text)).toThrow(DocumentFault)
    expect(() => readJson(text)).toThrow(words)
  })

  it('bytes that are no UTF-8', () => {
    for (const hex of ['ff', 'c0af', 'eda080', 'f4908080', 'e2'])
      expect(() => readUtf8(Buffer.from(hex, 'hex'))).toThrow(DocumentFault)
    expect(readUtf8(Buffer.from('efbbbf7b7d', 'hex'))).toBe('{}')
  })

  it('base64url and base58 in other spellings', () => {
    expect(readBase64url('AA').toString('hex')).toBe('00')
    for (const text of ['AB', 'AA=', 'A', 'A+A', 'AA\n'])
      expect(() => readBase64url(text)).toThrow(DocumentFault)
    expect(readMultibase58('z11').toString('hex')).toBe('0000')
    expect(readMultibase58('z2NEpo7TZRRrLZSi2U').toString()).toBe('Hello World!')
    for (const text of ['uAA', 'z', 'z0', 'zO', `z${'2'.repeat(400)}`])
      expect(() => readMultibase58(text)).toThrow(DocumentFault)
  })
})

it('the one spelling of a value is that of RFC 8785', () => {
  const value = readJson(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  )
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude02': 4, '\ufb33': 5 })).toBe(
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude02":4,"\ufb33":5}',
  )
})

it('what is not seen is written out where a person reads it', () => {
  expect(shownText('Nurse\u202egnp.\u200b')).toBe('Nurse\\u{202E}gnp.\\u{200B}')
  expect(shownText('Zoë Ngũgĩ 😀')).toBe('Zoë Ngũgĩ 😀')
})
