/** Files are told by what they are, before a byte is sent. */
import { expect, test } from 'vitest'
import { faultOf, fileBytesMax, isShowable, kindOf, sizeWords } from './files.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

test.each([
  ['\xff\xd8\xff\xe0', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['RIFF\0\0\0\0WEBPVP8 ', 'webp'],
  ['\0\0\0\x18ftypheic\0\0\0\0mif1', 'heic'],
  ['\0\0\0\x18ftypmif1\0\0\0\0heic', 'heic'],
  ['%PDF-1.7', 'pdf'],
  ['\xef\xbb\xbf\n%PDF-1.4', 'pdf'],
  ['\0\0\0\x18ftypisom\0\0\0\0mp42', undefined],
  ['RIFF\0\0\0\0WAVEfmt ', undefined],
  ['GIF89a', undefined],
  ['PK\x03\x04', undefined],
  ['', undefined],
])('%j is %s', (head, kind) => {
  expect(kindOf(bytes(head))).toBe(kind)
})

test('what cannot be taken is said before it is sent', () => {
  const pdf = bytes('%PDF-1.7')
  expect(faultOf(1_000, pdf)).toBeUndefined()
  expect(faultOf(fileBytesMax, pdf)).toBeUndefined()
  expect(faultOf(fileBytesMax + 1, pdf)).toBe('tooLarge')
  expect(faultOf(0, bytes(''))).toBe('empty')
  expect(faultOf(5, bytes('hello'))).toBe('wrongKind')
  // Smaller, it would still be refused.
  expect(faultOf(fileBytesMax + 1, bytes('PK'))).toBe('wrongKind')
})

test('sizes are said for people', () => {
  expect(sizeWords(120, 'en')).toBe('1 KB')
  expect(sizeWords(310_400, 'en')).toBe('310 KB')
  expect(sizeWords(2_449_000, 'en')).toBe('2.4 MB')
  expect(sizeWords(12_600_000, 'en')).toBe('13 MB')
})

test('browsers show photos, and not every browser shows HEIC', () => {
  expect(['image/jpeg', 'image/heic', 'application/pdf'].map(isShowable)).toEqual([true, false, false])
})
