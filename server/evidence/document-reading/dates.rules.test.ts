import fc from 'fast-check'
import { expect, test } from 'vitest'
import { datesIn } from './dates.rules.ts'

const today = '2026-11-28'
const datesOf = (text: string): string[] => datesIn(text, today).map(({ date }) => date)

test.each([
  ['3 May 2028', '2028-05-03'],
  ['03/05/28', '2028-05-03'],
  ['03/05/2028', '2028-05-03'],
  ['3.5.2028', '2028-05-03'],
  ['03 / 05 / 2028', '2028-05-03'],
  ['2028-05-03', '2028-05-03'],
  ['2028/05/03', '2028-05-03'],
  ['03-MAY-2028', '2028-05-03'],
  ['3rd of May, 2028', '2028-05-03'],
  ['3rd day of May 2028', '2028-05-03'],
  ['May 3, 2028', '2028-05-03'],
  ['03 05 2028', '2028-05-03'],
  ["3 May '28", '2028-05-03'],
  ['Friday, 3 September 2027', '2027-09-03'],
  ['29/02/2028', '2028-02-29'],
])('"%s" is read day first', (text, date) => {
  expect(datesOf(text)).toEqual([date])
})

test('month and year alone end with the last day of the month', () => {
  expect(datesIn('Valid to February 2028', today)).toMatchObject([{ date: '2028-02-29', hasDay: false }])
  expect(datesIn('05/2028', today)).toMatchObject([{ date: '2028-05-31', hasDay: false }])
})

test('two digits of a year are of this century, or of the last for a birth', () => {
  expect(datesOf('01/02/71')).toEqual(['2071-02-01'])
  expect(datesOf('01/02/84')).toEqual(['1984-02-01'])
})

test.each([
  '31/02/2028',
  '13/13/2028',
  '2028-13-01',
  '1234567/1',
  '12345/67/89',
  'ABN 12 345 678 901',
  '1300 054 035',
  'Level 3',
])('"%s" holds no date', (text) => {
  expect(datesOf(text)).toEqual([])
})

test('letters that OCR takes for digits are put right, and a month with one letter misread', () => {
  expect(datesOf('O3/O5/2028')).toEqual(['2028-05-03'])
  expect(datesOf('l2 Juno 2028')).toEqual(['2028-06-12'])
  // March or May: what is not told is not guessed.
  expect(datesOf('12 Maz 2028')).toEqual([])
  expect(datesOf('12 Sep1ember 2028')).toEqual(['2028-09-12'])
})

test('two dates in a row are told apart', () => {
  expect(datesOf('Issued 1/5/2025 Expires 1/5/2028')).toEqual(['2025-05-01', '2028-05-01'])
})

test('every calendar date is read in each form, wherever it stands', () => {
  const names = [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ]
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1990-01-01'), max: new Date('2070-12-31'), noInvalidDate: true }),
      fc.constantFrom('Expiry date: ', '', 'Valid until '),
      (day, before) => {
        const date = day.toISOString().slice(0, 10)
        const [year = '', month = '', dayOfMonth = ''] = date.split('-')
        for (const text of [
          date,
          `${dayOfMonth}/${month}/${year}`,
          `${Number(dayOfMonth)} ${names[Number(month) - 1] ?? ''} ${year}`,
          `${dayOfMonth}-${(names[Number(month) - 1] ?? '').slice(0, 3).toUpperCase()}-${year}`,
        ])
          expect(datesOf(`${before}${text}`)).toEqual([date])
      },
    ),
  )
})

test('text without end is read in no time that matters', () => {
  for (const text of ['1/'.repeat(20_000), '3 '.repeat(20_000), 'a'.repeat(50_000), 'May '.repeat(10_000)])
    expect(datesOf(text)).toEqual([])
})
