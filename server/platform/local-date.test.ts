import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, daysBetween, localDateOf, parseLocalDate, type LocalDate } from './local-date.ts'
import { instantOf, nextDaily, startOfDay } from './zoned-time.ts'

const date = (text: string): LocalDate => parseLocalDate(text) as LocalDate

describe('calendar dates', () => {
  test.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '31/05/2026',
    '2026-5-1',
    '2026-05-01T00:00',
    '',
    ' 2026-05-01',
  ])('%j is no date', (text) => expect(parseLocalDate(text)).toBeUndefined())
  test.each(['2024-02-29', '2000-02-29', '2026-12-31'])('%s is a date', (text) =>
    expect(parseLocalDate(text)).toBe(text),
  )
  test('months end where there is no such day', () => {
    expect(addMonths(date('2026-01-31'), 1)).toBe('2026-02-28')
    expect(addMonths(date('2026-05-31'), 1)).toBe('2026-06-30')
    expect(addMonths(date('2026-11-30'), 3)).toBe('2027-02-28')
    expect(addMonths(date('2026-03-31'), -1)).toBe('2026-02-28')
  })
  test('days added and counted agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (days) => {
        const start = date('2026-02-01')
        expect(daysBetween(start, addDays(start, days))).toBe(days)
      }),
    )
  })
})

describe('wall clocks', () => {
  test.each([
    ['2026-02-01', '00:00:00', 'Australia/Sydney', '2026-01-31T13:00:00.000Z'],
    // Skipped by daylight saving: right after the gap.
    ['2026-10-04', '02:30:00', 'Australia/Sydney', '2026-10-03T16:00:00.000Z'],
    // Comes twice: the first.
    ['2026-04-05', '02:30:00', 'Australia/Sydney', '2026-04-04T15:30:00.000Z'],
    ['2026-06-01', '04:15:00', 'Australia/Adelaide', '2026-05-31T18:45:00.000Z'],
    ['2026-06-01', '04:15:10', 'UTC', '2026-06-01T04:15:10.000Z'],
    ['2026-06-01', '00:00:00', 'Pacific/Kiritimati', '2026-05-31T10:00:00.000Z'],
    ['2026-06-01', '00:00:00', 'Etc/GMT+12', '2026-06-01T12:00:00.000Z'],
  ])('%s %s in %s is %s', (day, time, zone, expected) => {
    expect(instantOf(date(day), time, zone).toISOString()).toBe(expected)
  })
  test('every day starts on that day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.constantFrom(
          'Australia/Sydney',
          'Australia/Lord_Howe',
          'Australia/Eucla',
          'UTC',
          'America/New_York',
        ),
        (days, zone) => {
          const day = addDays(date('1990-01-01'), days)
          const start = startOfDay(day, zone)
          expect(localDateOf(start, zone)).toBe(day)
          expect(localDateOf(new Date(start.getTime() - 1), zone)).toBe(addDays(day, -1))
        },
      ),
      { numRuns: 200 },
    )
  })
  test('the next time of day is after now', () => {
    expect(nextDaily(new Date('2026-02-01T18:00:00Z'), '05:00:00', 'Australia/Sydney').toISOString()).toBe(
      '2026-02-02T18:00:00.000Z',
    )
  })
})
