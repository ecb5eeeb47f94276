/** Wall clocks of zones turned into instants. Pure. */
import { addDays, wallClock, type LocalDate } from './local-date.ts'

/**
 * The first instant at which a zone's wall clock shows this date and time. A time that daylight saving skips is the
 * instant right after the gap; one that comes twice is the first of the two.
 *
 * @param time `HH:MM:SS`
 */
export function instantOf(date: LocalDate, time: string, timeZone: string): Date {
  const target = `${date}T${time}`
  const asIfUtc = Date.parse(`${target}Z`)
  // Zones lie between UTC-12 and UTC+14, and their offsets are whole quarters of an hour: inside one quarter the clock runs
  // evenly. The first quarter that holds the target holds its first showing; the first one past it ends the gap.
  const quarter = 15 * 60_000
  const start = Math.floor((asIfUtc - 14 * 3_600_000) / quarter) * quarter
  for (let at = start; at <= asIfUtc + 13 * 3_600_000; at += quarter) {
    const shown = wallClock(new Date(at), timeZone)
    const shownMs = Date.parse(`${shown.date}T${shown.time}Z`)
    if (shownMs <= asIfUtc && asIfUtc < shownMs + quarter) return new Date(at + (asIfUtc - shownMs))
    if (shownMs > asIfUtc) return new Date(at)
  }
  throw new RangeError(`no such wall clock: ${target} in ${timeZone}`)
}

/** Midnight at the start of a day; the first instant of the day where daylight saving skips midnight. */
export function startOfDay(date: LocalDate, timeZone: string): Date {
  return instantOf(date, '00:00:00', timeZone)
}

/** The next instant after `now` at which the zone's wall clock shows a full hour. */
export function nextFullHour(now: Date, timeZone: string): Date {
  const quarter = 15 * 60_000
  for (let at = (Math.floor(now.getTime() / quarter) + 1) * quarter; ; at += quarter)
    if (wallClock(new Date(at), timeZone).time.endsWith(':00:00')) return new Date(at)
}

/**
 * The next instant after `now` at which the zone's wall clock shows `time`, as `instantOf` reads it: once each day, on days
 * that skip it or show it twice too.
 */
export function nextDaily(now: Date, time: string, timeZone: string): Date {
  const today = wallClock(now, timeZone).date
  for (let day = 0; ; day += 1) {
    const at = instantOf(addDays(today, day), time, timeZone)
    if (at > now) return at
  }
}
