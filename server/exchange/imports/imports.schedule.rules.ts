/** When waiting files are taken (spec 50, A run, 1). Pure. */
import { addDays, wallClock, type LocalDate } from '../../platform/local-date.ts'
import { instantOf, nextFullHour } from '../../platform/zoned-time.ts'

export type ImportSchedule = 'realtime' | 'hourly' | 'twice-daily' | 'daily' | 'weekly'

/** Local times of day; weekly runs on Mondays. */
const slots: Readonly<Record<Exclude<ImportSchedule, 'realtime' | 'hourly'>, readonly string[]>> = {
  'twice-daily': ['04:15:00', '16:15:00'],
  daily: ['04:15:00'],
  weekly: ['04:15:00'],
}

const isMonday = (date: LocalDate): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() === 1

/**
 * When files that wait at `now` are taken: by the wall clock of the zone, each slot once on every day, also where daylight
 * saving skips its time (then right after the gap) or shows it twice (then the first time). Hourly is the full hour of that
 * clock, an hour that comes twice included. `quietSeconds` counts for realtime only.
 */
export function nextPickUp(
  schedule: ImportSchedule,
  now: Date,
  timeZone: string,
  quietSeconds: number,
): Date {
  if (schedule === 'realtime') return new Date(now.getTime() + quietSeconds * 1_000)
  if (schedule === 'hourly') return nextFullHour(now, timeZone)
  const today = wallClock(now, timeZone).date
  for (let day = 0; day <= 8; day += 1) {
    const date = addDays(today, day)
    if (schedule === 'weekly' && !isMonday(date)) continue
    for (const time of slots[schedule]) {
      const at = instantOf(date, time, timeZone)
      if (at > now) return at
    }
  }
  throw new RangeError(`no slot found for ${schedule} after ${now.toISOString()}`)
}
