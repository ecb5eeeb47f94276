import { expect, test } from 'vitest'
import { nextPickUp } from './imports.schedule.rules.ts'

test.each([
  ['realtime', '2026-02-01T00:00:00Z', 'Australia/Sydney', '2026-02-01T00:00:05.000Z'],
  ['hourly', '2026-02-01T00:10:00Z', 'Australia/Sydney', '2026-02-01T01:00:00.000Z'],
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
] as const)('%s after %s in %s is %s', (schedule, now, zone, expected) => {
  expect(nextPickUp(schedule, new Date(now), zone, 5).toISOString()).toBe(expected)
})
