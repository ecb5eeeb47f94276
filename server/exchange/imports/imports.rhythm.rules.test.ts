import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, localDateOf, type LocalDate } from '../../platform/local-date.ts'
import { instantOf } from '../../platform/zoned-time.ts'
import { silenceEnds, withDay } from './imports.rhythm.rules.ts'

const zone = 'Australia/Sydney'
// 2026-02-02 is a Monday.
const monday = '2026-02-02' as LocalDate

/** What is told after files at 06:00 on these days, counted from that Monday; undefined = the source does not send daily. */
function told(days: readonly number[], hours = 48, timeZone = zone): string | undefined {
  let kept: LocalDate[] = []
  for (const day of days) kept = withDay(kept, addDays(monday, day))
  const last = addDays(monday, days.at(-1) as number)
  const lastReceivedAt = instantOf(last, '06:00:00', timeZone)
  const at = silenceEnds({ days: kept, lastReceivedAt, timeZone }, hours)
  if (at === null) return undefined
  const shown = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at)
  const later = Math.round((at.getTime() - lastReceivedAt.getTime()) / 3_600_000)
  return `${shown} +${later}h`
}
const weeks = (count: number, ...weekdays: number[]): number[] =>
  Array.from({ length: count }, (_, week) => weekdays.map((day) => week * 7 + day)).flat()

describe('a source that sends daily', () => {
  test('every day: told 48 hours after its last file', () => {
    expect(told(weeks(4, 0, 1, 2, 3, 4, 5, 6))).toBe('Tue 06:00 +48h')
    expect(told([0, 1, 2])).toBe('Fri 06:00 +48h')
  })
  test('a weekend without files is no silence once there was one; Monday’s and Tuesday’s files must be missing', () => {
    const workdays = weeks(3, 0, 1, 2, 3, 4)
    expect(told(workdays)).toBe('Tue 06:00 +96h')
    expect(told([...workdays, 21, 22])).toBe('Thu 06:00 +48h')
    // Thursday's file was the last: Friday and Monday count.
    expect(told(workdays.slice(0, -1))).toBe('Mon 06:00 +96h')
  })
  test('in its very first week nobody knows yet that it rests', () => {
    expect(told([0, 1, 2, 3, 4])).toBe('Sun 06:00 +48h')
  })
  test('a weekend on which it did send once is no rest', () => {
    expect(told([...weeks(2, 0, 1, 2, 3, 4), 12, 14, 15, 16, 17, 18])).toBe('Mon 06:00 +72h')
  })
  test('a day left out now and then does not matter, many do', () => {
    expect(told([0, 1, 2, 3, 4, 7, 8, 10, 11])).toBe('Tue 06:00 +96h')
    expect(told([0, 3, 5, 8, 10, 12, 15, 18])).toBeUndefined()
  })
  test('back after a long silence, it is daily again after three days, and its weekends are still known', () => {
    const before = weeks(2, 0, 1, 2, 3, 4)
    expect(told([...before, 21, 22])).toBeUndefined()
    expect(told([...before, 21, 22, 23])).toBe('Fri 06:00 +48h')
    expect(told([...before, 21, 22, 23, 24, 25])).toBe('Tue 06:00 +96h')
  })
  test('another number of hours', () => {
    expect(told(weeks(3, 0, 1, 2, 3, 4), 24)).toBe('Mon 06:00 +72h')
    expect(told([0, 1, 2], 1)).toBe('Wed 07:00 +1h')
  })
  test('daylight saving: hours are hours', () => {
    // Sydney's clock goes back on Sunday, 5 April.
    const days = Array.from({ length: 62 }, (_, day) => day)
    expect(told(days)).toBe('Mon 05:00 +48h')
  })
})

describe('a source that does not', () => {
  test.each([
    ['twice in all', [0, 1]],
    ['weekly', weeks(6, 0)],
    ['every other day of a fortnight, at random', [0, 2, 3, 8, 9, 13]],
    ['monthly', [0, 30, 60]],
  ])('%s', (_what, days) => {
    expect(told(days)).toBeUndefined()
  })
})

test('whatever it did: never told before the hours are over, never on a day on which it rests, and a file puts it off', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom('Australia/Sydney', 'Australia/Lord_Howe', 'Australia/Perth', 'America/Santiago'),
      (numbers, hours, timeZone) => {
        let days: LocalDate[] = []
        for (const day of [...numbers].sort((a, b) => a - b)) days = withDay(days, addDays(monday, day))
        const lastReceivedAt = instantOf(days.at(-1) as LocalDate, '13:37:00', timeZone)
        const at = silenceEnds({ days, lastReceivedAt, timeZone }, hours)
        if (at === null) return
        expect(at.getTime() - lastReceivedAt.getTime()).toBeGreaterThanOrEqual(hours * 3_600_000)
        const sentOn = new Set(days.map((day) => new Date(day).getUTCDay()))
        const restSeen = (days.length > 1 ? daysBetweenAll(days) : []).filter((day) => !sentOn.has(day))
        // A moment before it, since midnight itself is the next day's.
        const told = new Date(localDateOf(new Date(at.getTime() - 1), timeZone)).getUTCDay()
        expect(restSeen).not.toContain(told)
        const later = new Date(lastReceivedAt.getTime() + 3_600_000)
        expect(
          silenceEnds({ days, lastReceivedAt: later, timeZone }, hours)?.getTime() ?? 0,
        ).toBeGreaterThanOrEqual(at.getTime())
      },
    ),
  )
})

function daysBetweenAll(days: readonly LocalDate[]): number[] {
  const seen: number[] = []
  for (let day = days[0] as LocalDate; day <= (days.at(-1) as LocalDate); day = addDays(day, 1))
    seen.push(new Date(day).getUTCDay())
  return seen
}

test('days too old to count are forgotten, and days of a clock that was set back', () => {
  expect(
    withDay(['2026-01-01', '2026-01-31', '2026-03-01'] as LocalDate[], '2026-02-02' as LocalDate),
  ).toEqual(['2026-01-31', '2026-02-02'])
})
