/** When waiting files are taken (spec 50, A run, 1). Pure. */
import { addDays, wallClock, type LocalDate } from '../../platform/local-date.ts'
import { instantOf } from '../../platform/zoned-time.ts'

export type ImportSchedule = 'realtime' | 'hourly' | 'twice-daily' | 'daily' | 'weekly'

/** Local times of day; weekly runs on Mondays. */
const slots: Readonly<Record<Exclude<ImportSchedule, 'realtime' | 'hourly'>, readonly string[]>> = {
  'twice-daily': ['04:15:00', '16:15:00'],
  daily: ['04:15:00'],
  weekly: ['04:15:00'],
}

const isMonday = (date: LocalDate): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() === 1

/** When files that arrive at `now` are taken. `quietSeconds` counts for realtime only. */
export function nextPickUp(
  schedule: ImportSchedule,
  now: Date,
  timeZone: string,
  quietSeconds: number,
): Date {
  if (schedule === 'realtime') return new Date(now.getTime() + quietSeconds * 1_000)
  if (schedule === 'hourly') return new Date((Math.floor(now.getTime() / 3_600_000) + 1) * 3_600_000)
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
