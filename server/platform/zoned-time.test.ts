import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, wallClock, type LocalDate } from './local-date.ts'
import { instantOf, nextDaily, nextFullHour } from './zoned-time.ts'

/** Where the clock jumps by an hour, by half of one, by two, over midnight, at the slot itself, over a whole day, or never. */
const jumps = [
  ['Australia/Sydney', '2026-04-05'],
  ['Australia/Sydney', '2026-10-04'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Adelaide', '2026-10-04'],
  ['Australia/Perth', '2026-10-04'],
  ['Pacific/Chatham', '2026-04-05'],
  ['Pacific/Chatham', '2026-09-27'],
  ['Antarctica/Troll', '2026-03-29'],
  ['Antarctica/Troll', '2026-10-25'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-05'],
  ['Asia/Baku', '2015-03-29'],
  ['Asia/Baku', '2015-10-25'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kolkata', '2026-10-04'],
  ['UTC', '2026-10-04'],
] as unknown as readonly (readonly [string, LocalDate])[]

const minuteMs = 60_000
const shows = (instant: Date, zone: string): string => {
  const { date, time } = wallClock(instant, zone)
  return `${date}T${time}`
}

/** By looking at every minute of two days. */
function firstShowing(target: string, zone: string): Date {
  const from = Date.parse(`${target}Z`) - 15 * 3_600_000
  for (let at = from; ; at += minuteMs) {
    const shown = shows(new Date(at), zone)
    if (shown === target) return new Date(at)
    // A whole minute that is past it: either right behind a gap, or the target comes a second time later.
    if (shown > target && !comesLater(at, target, zone)) return new Date(at)
  }
}
function comesLater(from: number, target: string, zone: string): boolean {
  for (let at = from; at < from + 3 * 3_600_000; at += minuteMs)
    if (shows(new Date(at), zone) === target) return true
  return false
}

describe('a wall clock as an instant', () => {
  test.each([
    [
      '2026-10-04',
      '02:30:00',
      'Australia/Sydney',
      '2026-10-03T16:00:00.000Z',
      'skipped: right after the gap',
    ],
    ['2026-04-05', '02:30:00', 'Australia/Sydney', '2026-04-04T15:30:00.000Z', 'twice: the first'],
    ['2026-04-05', '02:59:59', 'Australia/Sydney', '2026-04-04T15:59:59.000Z', 'twice, at the very end'],
    ['2026-04-05', '01:45:00', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z', 'half an hour twice'],
    ['2026-10-04', '02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z', 'half an hour skipped'],
    [
      '2026-04-05',
      '23:45:00',
      'America/Santiago',
      '2026-04-06T03:45:00.000Z',
      'after the change of the night',
    ],
    ['2026-10-04', '02:30:00', 'Australia/Perth', '2026-10-03T18:30:00.000Z', 'without daylight saving'],
  ])('%s %s in %s is %s: %s', (date, time, zone, expected) => {
    expect(instantOf(date as LocalDate, time, zone).toISOString()).toBe(expected)
  })

  test('is what looking at every minute finds, around every kind of jump', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...jumps),
        fc.integer({ min: -1, max: 1 }),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        ([zone, date], days, minute) => {
          const day = addDays(date, days)
          const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`
          expect(instantOf(day, time, zone)).toEqual(firstShowing(`${day}T${time}`, zone))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a time of every day', () => {
  test.each(['00:00:00', '02:15:00', '02:45:00', '04:15:00', '05:00:00'])(
    '%s comes once on each day around every kind of jump',
    (time) => {
      for (const [zone, jump] of jumps) {
        if (zone === 'Pacific/Apia') continue // it had 29 and 31 December 2011, and no day between them
        let at = instantOf(addDays(jump, -10), '12:00:00', zone)
        for (let day = -9; day < 10; day += 1) {
          const next = nextDaily(at, time, zone)
          expect(next > at).toBe(true)
          // A skipped midnight is the first instant of its own day; nothing falls out of its day.
          expect(`${zone} ${wallClock(next, zone).date}`).toBe(`${zone} ${addDays(jump, day)}`)
          at = next
        }
      }
    },
  )
})

describe('the full hour', () => {
  test('is one of the zone’s own clock, never more than an hour and a half away, and none is left out', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...jumps),
        fc.integer({ min: -36 * 3_600, max: 36 * 3_600 }),
        ([zone, date], seconds) => {
          const now = new Date(Date.parse(`${date}T00:00:00Z`) + seconds * 1_000)
          const next = nextFullHour(now, zone)
          expect(wallClock(next, zone).time).toMatch(/:00:00$/)
          expect(next.getTime() - now.getTime()).toBeGreaterThan(0)
          expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(90 * minuteMs)
          // What comes a quarter of an hour sooner is no full hour, or not after now.
          for (let quarters = 1; quarters < 6; quarters += 1) {
            const sooner = new Date(next.getTime() - quarters * 15 * minuteMs)
            if (sooner > now) expect(wallClock(sooner, zone).time).not.toMatch(/:00:00$/)
          }
        },
      ),
    )
  })
})
