import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase32 } from '../../../test/console-user.ts'
import { base32, matchingStep, newTotpSecret, totpCode, totpStep, totpUri } from './users.totp.ts'

const secret = Buffer.from('12345678901234567890')

describe('time-based one-time passwords', () => {
  // RFC 6238, appendix B: the last six of its eight digits.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i s', (seconds, code) => {
    expect(totpCode(secret, totpStep(new Date(seconds * 1_000)))).toBe(code)
  })

  test('the code of the step before and after is taken too, no other', () => {
    const at = new Date(1_000_000_000_000)
    const present = totpStep(at)
    for (const step of [present - 1, present, present + 1])
      expect(matchingStep(secret, totpCode(secret, step), at, null)).toBe(step)
    for (const step of [present - 2, present + 2])
      expect(matchingStep(secret, totpCode(secret, step), at, null)).toBeUndefined()
    expect(matchingStep(secret, totpCode(secret, present).replace(/(...)/, '$1 '), at, null)).toBe(present)
    for (const wrong of ['', '0', 'x'.repeat(6)])
      expect(matchingStep(secret, wrong, at, null)).toBeUndefined()
  })

  test('no code serves twice, nor one from before the last that was used', () => {
    const at = new Date(1_000_000_000_000)
    const present = totpStep(at)
    const code = (step: number): string => totpCode(secret, step)
    expect(matchingStep(secret, code(present), at, present)).toBeUndefined()
    expect(matchingStep(secret, code(present - 1), at, present)).toBeUndefined()
    expect(matchingStep(secret, code(present + 1), at, present)).toBe(present + 1)
  })

  test('base32 is what apps read (RFC 4648, section 10)', () => {
    for (const [text, expected] of [
      ['', ''],
      ['f', 'MY'],
      ['fo', 'MZXQ'],
      ['foo', 'MZXW6'],
      ['foob', 'MZXW6YQ'],
      ['fooba', 'MZXW6YTB'],
      ['foobar', 'MZXW6YTBOI'],
    ] as const)
      expect(base32(Buffer.from(text))).toBe(expected)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) =>
        fromBase32(base32(Buffer.from(bytes))).equals(bytes),
      ),
    )
    expect(base32(newTotpSecret())).toHaveLength(32)
  })

  test('the URI names who and where, escaped', () => {
    expect(totpUri(secret, 'Vouchsafe A&B', 'a b@example.com')).toBe(
      'otpauth://totp/Vouchsafe%20A%26B:a%20b%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Vouchsafe%20A%26B&algorithm=SHA1&digits=6&period=30',
    )
  })
})
