/** Dates as they are typed. */
import { expect, test } from 'vitest'
import { dateWords, dayWords, daysUntil, partsOf, partsOfPasted, readDate, valueOf } from './dates.ts'

const typed = (day: string, month: string, year: string) => readDate({ day, month, year })

test.each([
  ['31', '5', '2027', '2027-05-31'],
  ['1', '02', '2026', '2026-02-01'],
  ['29', '2', '2028', '2028-02-29'],
  [' 3 ', '4', '1985', '1985-04-03'],
  ['３１', '５', '２０２７', '2027-05-31'],
])('%s %s %s is %s', (day, month, year, value) => {
  expect(typed(day, month, year)).toEqual({ kind: 'date', value })
  expect(valueOf({ day, month, year })).toBe(value)
})

test('the day comes first, so that 3 4 is the third of April', () => {
  expect(typed('3', '4', '2027')).toEqual({ kind: 'date', value: '2027-04-03' })
})

test.each([
  ['', '', '', { kind: 'none' }],
  ['', '5', '2027', { kind: 'missing', part: 'day' }],
  ['31', '', '2027', { kind: 'missing', part: 'month' }],
  ['31', '5', '', { kind: 'missing', part: 'year' }],
  ['31', 'May', '2027', { kind: 'notANumber', part: 'month' }],
  ['-1', '5', '2027', { kind: 'notANumber', part: 'day' }],
  ['31', '5', '27', { kind: 'yearOfTwoDigits', part: 'year' }],
  ['5', '31', '2027', { kind: 'outOfRange', part: 'month' }],
  ['32', '5', '2027', { kind: 'outOfRange', part: 'day' }],
  ['0', '5', '2027', { kind: 'outOfRange', part: 'day' }],
  ['31', '5', '1027', { kind: 'outOfRange', part: 'year' }],
  ['31', '5', '027', { kind: 'outOfRange', part: 'year' }],
  ['31', '4', '2027', { kind: 'noSuchDay', part: 'day' }],
  ['29', '2', '2027', { kind: 'noSuchDay', part: 'day' }],
])('%s %s %s says what to mend and where', (day, month, year, read) => {
  expect(typed(day, month, year)).toEqual(read)
  expect(valueOf({ day, month, year })).toBe('')
})

test('every day of a leap year comes back as it was typed', () => {
  for (let time = Date.UTC(2028, 0, 1); time < Date.UTC(2029, 0, 1); time += 86_400_000) {
    const value = new Date(time).toISOString().slice(0, 10)
    expect(valueOf(partsOf(value))).toBe(value)
  }
  expect(partsOf('rubbish')).toEqual({ day: '', month: '', year: '' })
})

test('a whole date may be pasted, day first or year first', () => {
  const parts = { day: '31', month: '05', year: '2027' }
  for (const text of ['31/05/2027', '31.05.2027', ' 31-05-2027 ', '2027-05-31', '2027年05月31日'])
    expect(partsOfPasted(text), text).toEqual(parts)
  for (const text of ['31', '31/05', '05/2027', 'May 2027', '31/05/27'])
    expect(partsOfPasted(text), text).toBeUndefined()
})

test('dates are said in the reader’s language, day before month', () => {
  expect(dateWords('2027-05-31', 'en')).toBe('31 May 2027')
  expect(dateWords('2027-05-31', 'zh-Hans')).toBe('2027年5月31日')
  expect(dateWords('soon', 'en')).toBe('soon')
  expect(dayWords('2026-12-11T12:00:00Z', 'en')).toMatch(/1[12] December 2026/)
})

test('days are counted whole, and never below none', () => {
  const now = Date.parse('2026-11-27T10:00:00Z')
  expect(daysUntil('2026-12-11T10:00:00Z', now)).toBe(14)
  expect(daysUntil('2026-11-28T09:59:00Z', now)).toBe(0)
  expect(daysUntil('2026-11-01T00:00:00Z', now)).toBe(0)
})
