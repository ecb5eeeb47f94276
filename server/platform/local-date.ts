/**
 * Calendar dates. A `LocalDate` is a day on a calendar, never an instant: "expires 31 May" is good through
 * 31 May wherever one reads it (spec 60). Pure: no clock, no zone of the machine.
 */

declare const brand: unique symbol
/** `YYYY-MM-DD`, a day that exists. Compares rightly as a string. */
export type LocalDate = string & { readonly [brand]: 'LocalDate' }

const pattern = /^(\d{4})-(\d{2})-(\d{2})$/

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The date, or undefined when the text is not `YYYY-MM-DD` or names a day that never was (2026-02-30). */
export function parseLocalDate(text: string): LocalDate | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return text as LocalDate
}

function toUtc(date: LocalDate): Date {
  return new Date(`${date}T00:00:00Z`)
}

function fromUtc(instant: Date): LocalDate {
  return instant.toISOString().slice(0, 10) as LocalDate
}

/** `days` may be negative. */
export function addDays(date: LocalDate, days: number): LocalDate {
  const instant = toUtc(date)
  instant.setUTCDate(instant.getUTCDate() + days)
  return fromUtc(instant)
}

/** The same day of the month, `months` later; the month's last day where there is no such day (31 Jan + 1 = 28 Feb). */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const year = Number(date.slice(0, 4))
  const zeroBased = Number(date.slice(5, 7)) - 1 + months
  const newYear = year + Math.floor(zeroBased / 12)
  const newMonth = (((zeroBased % 12) + 12) % 12) + 1
  const day = Math.min(Number(date.slice(8, 10)), daysInMonth(newYear, newMonth))
  return `${String(newYear).padStart(4, '0')}-${String(newMonth).padStart(2, '0')}-${String(day).padStart(2, '0')}` as LocalDate
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((toUtc(to).getTime() - toUtc(from).getTime()) / 86_400_000)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone)
  if (!found) {
    found = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    formatters.set(timeZone, found)
  }
  return found
}

/** The wall clock of `instant` in an IANA zone. Throws RangeError for an unknown zone. */
export function wallClock(instant: Date, timeZone: string): { date: LocalDate; time: string } {
  const parts: Record<string, string> = {}
  for (const part of formatter(timeZone).formatToParts(instant)) parts[part.type] = part.value
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}` as LocalDate,
    time: `${parts['hour']}:${parts['minute']}:${parts['second']}`,
  }
}

/** The calendar day on which `instant` falls in an IANA zone. */
export function localDateOf(instant: Date, timeZone: string): LocalDate {
  return wallClock(instant, timeZone).date
}

/** Whether the machine knows this IANA zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
