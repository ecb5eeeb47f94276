import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wallClock } from '../../platform/local-date.ts'
import { nextPickUp, type ImportSchedule } from './imports.schedule.rules.ts'

test.each([
  ['realtime', '2026-02-01T00:00:00Z', 'Australia/Sydney', '2026-02-01T00:00:05.000Z'],
  ['hourly', '2026-02-01T00:10:00Z', 'Australia/Sydney', '2026-02-01T01:00:00.000Z'],
  // The full hour of Adelaide is half past of UTC.
  ['hourly', '2026-02-01T00:10:00Z', 'Australia/Adelaide', '2026-02-01T00:30:00.000Z'],
  // 02:00 comes twice: both are full hours.
  ['hourly', '2026-04-04T15:00:00Z', 'Australia/Sydney', '2026-04-04T16:00:00.000Z'],
  // Lord Howe's clock goes from 02:00 to 02:30: the next full hour is 03:00.
  ['hourly', '2026-10-03T15:29:00Z', 'Australia/Lord_Howe', '2026-10-03T16:00:00.000Z'],
  ['daily', '2026-02-01T00:00:00Z', 'Australia/Sydney', '2026-02-01T17:15:00.000Z'],
  ['daily', '2026-02-01T17:15:00Z', 'Australia/Sydney', '2026-02-02T17:15:00.000Z'],
  ['daily', '2026-06-01T00:00:00Z', 'Australia/Perth', '2026-06-01T20:15:00.000Z'],
  ['twice-daily', '2026-02-01T00:00:00Z', 'Australia/Sydney', '2026-02-01T05:15:00.000Z'],
  // 1 February 2026 is a Sunday; 04:15 on Monday in Sydney is still Sunday in UTC.
  ['weekly', '2026-02-01T00:00:00Z', 'Australia/Sydney', '2026-02-01T17:15:00.000Z'],
  ['weekly', '2026-02-02T00:00:00Z', 'Australia/Sydney', '2026-02-08T17:15:00.000Z'],
  // Daylight saving ends on 5 April 2026 in Sydney: the offset changes from +11 to +10 in the night.
  ['daily', '2026-04-04T12:00:00Z', 'Australia/Sydney', '2026-04-04T18:15:00.000Z'],
  ['daily', '2026-10-03T12:00:00Z', 'Australia/Sydney', '2026-10-03T17:15:00.000Z'],
  // Lord Howe changes by half an hour: +11 to +10:30 and back.
  ['daily', '2026-04-04T12:00:00Z', 'Australia/Lord_Howe', '2026-04-04T17:45:00.000Z'],
  ['daily', '2026-10-03T12:00:00Z', 'Australia/Lord_Howe', '2026-10-03T17:15:00.000Z'],
  // Baku once skipped 04:15 itself: it is taken right after the gap. On the day that showed it twice, once.
  ['daily', '2015-03-28T12:00:00Z', 'Asia/Baku', '2015-03-29T00:00:00.000Z'],
  ['daily', '2015-10-24T12:00:00Z', 'Asia/Baku', '2015-10-24T23:15:00.000Z'],
  ['daily', '2015-10-24T23:15:00Z', 'Asia/Baku', '2015-10-26T00:15:00.000Z'],
] as const)('%s after %s in %s is %s', (schedule, now, zone, expected) => {
  expect(nextPickUp(schedule, new Date(now), zone, 5).toISOString()).toBe(expected)
})

const zones = [
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Australia/Perth',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'America/New_York',
  'Antarctica/Troll',
  'Asia/Kolkata',
  'UTC',
]
const perDay = { 'twice-daily': ['04:15:00', '16:15:00'], daily: ['04:15:00'] } as const

describe('over a year with both changes of daylight saving', () => {
  test.each(zones)('%s: every slot of every day comes once, at its own wall clock', (zone) => {
    for (const schedule of ['daily', 'twice-daily'] as const) {
      const seen = new Map<string, string[]>()
      for (let at = new Date('2026-01-01T12:00:00Z'); at < new Date('2027-01-01T12:00:00Z');) {
        at = nextPickUp(schedule, at, zone, 5)
        const { date, time } = wallClock(at, zone)
        seen.set(date, [...(seen.get(date) ?? []), time])
      }
      const whole = [...seen.values()].slice(1, -1)
      expect(whole).toHaveLength(seen.size - 2)
      expect(seen.size).toBeGreaterThanOrEqual(365)
      for (const times of whole) expect(times).toEqual(perDay[schedule])
    }
  })

  test.each(zones)('%s: weekly is every Monday at 04:15', (zone) => {
    let at = new Date('2026-01-01T00:00:00Z')
    const dates: string[] = []
    for (let week = 0; week < 53; week += 1) {
      at = nextPickUp('weekly', at, zone, 5)
      const { date, time } = wallClock(at, zone)
      expect(time).toBe('04:15:00')
      dates.push(date)
    }
    expect(dates.slice(0, 3)).toEqual(['2026-01-05', '2026-01-12', '2026-01-19'])
    expect(dates.at(-1)).toBe('2027-01-04')
  })

  test('whenever a file comes, it waits for the same next slot as one that comes later before it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ImportSchedule>('hourly', 'twice-daily', 'daily', 'weekly'),
        fc.constantFrom(...zones),
        fc.date({ min: new Date('2026-03-01'), max: new Date('2026-11-15'), noInvalidDate: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (schedule, zone, now, part) => {
          const at = nextPickUp(schedule, now, zone, 5)
          expect(at > now).toBe(true)
          const between = new Date(now.getTime() + Math.floor((at.getTime() - now.getTime()) * part))
          expect(nextPickUp(schedule, between, zone, 5)).toEqual(at)
        },
      ),
    )
  })
})
