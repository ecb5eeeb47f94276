import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawable, splitToFit } from './pdf-report.rules.ts'

const latin = (codePoint: number): boolean => codePoint >= 32 && codePoint < 0x250

describe('a text is drawn whole', () => {
  test('what the font has no picture for is written as its code point', () => {
    expect(drawable('Wei 张伟', latin)).toBe('Wei [U+5F20][U+4F1F]')
    expect(drawable('\u{1F9D1}', latin)).toBe('[U+1F9D1]')
  })

  test('marks that show nothing go, line ends stay', () => {
    expect(drawable('a\u200db\u202ec\td\u0000e\r\nf\u2028g', latin)).toBe('abc de\nf\ng')
  })

  test('accents that were typed apart are put together', () => {
    expect(drawable('Zoe\u0308', latin)).toBe('Zoë')
  })

  test('of any text each character is drawn by itself or by its code point', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const character of drawable(text, latin))
          expect(character === '\n' || latin(character.codePointAt(0) ?? 0)).toBe(true)
      }),
    )
  })
})

describe('a text that is too long is split', () => {
  test('behind a word', () => {
    expect(splitToFit('one two three', (part) => part.length <= 9)).toEqual(['one two', 'three'])
  })

  test('inside a word that alone is too long', () => {
    expect(splitToFit('abcdefgh', (part) => part.length <= 3)).toEqual(['abc', 'defgh'])
  })

  test('into parts that come to an end and leave out blanks only, also where nothing fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, most) => {
        const parts: string[] = []
        let rest = text
        do {
          const [head, tail] = splitToFit(rest, (part) => part.length <= most)
          expect(head !== '' || rest === '').toBe(true)
          parts.push(head)
          rest = tail
        } while (rest !== '')
        const bare = (one: string): string => one.replace(/\s+/g, '')
        expect(bare(parts.join(''))).toBe(bare(text))
      }),
    )
  })
})
