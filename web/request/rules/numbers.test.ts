/** Numbers while they are typed. */
import { expect, test } from 'vitest'
import { isFreeForm, lookOf, plainNumber, shapeOf } from './numbers.ts'

const ahpra = { pattern: '^[A-Z]{3}[0-9]{10}$', example: 'NMW0001234567', firmness: 'firm' } as const

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['N', 'unfinished'],
  ['NMW000123456', 'unfinished'],
  ['NMW0001234567', 'fits'],
  ['nmw 0001 234 567', 'fits'],
  ['Reg. No: NMW0001234567', 'fits'],
  ['NMW00012345678', 'differs'],
  ['1234567890123', 'differs'],
])('%j %s', (typed, look) => {
  expect(lookOf(typed, ahpra)).toBe(look)
})

test('a pattern that the browser cannot read refuses nothing', () => {
  expect(lookOf('X', { ...ahpra, pattern: '^(' })).toBe('fits')
})

test('the shape of the example is said in parts, unless it has too many', () => {
  expect(shapeOf(ahpra)).toMatchObject([
    { kind: 'letters', count: 3 },
    { kind: 'digits', count: 10 },
  ])
  expect(shapeOf({ ...ahpra, example: '1234567/1' }).map(({ text }) => text)).toEqual(['1234567', '/', '1'])
  expect(shapeOf({ ...ahpra, example: 'A1-B2-C3' })).toEqual([])
})

test('a type that takes any text has no look', () => {
  expect(isFreeForm({ ...ahpra, pattern: '^.{1,40}$' })).toBe(true)
  expect(isFreeForm(ahpra)).toBe(false)
})

test('numbers are compared without width, case, blanks, kinds of dashes and labels', () => {
  expect(plainNumber(' ＷＷＣ no: 12–34a ')).toBe('12-34A')
})
