/**
 * Dates as a person types them: three fields, the day first as on Australian documents, so that 03/04 cannot be misread.
 * Dates are YYYY-MM-DD everywhere else.
 */

export interface DateParts {
  readonly day: string
  readonly month: string
  readonly year: string
}

export type DatePart = keyof DateParts

/** What is wrong with what was typed, and in which field to mend it. */
export type DateFault =
  | { readonly kind: 'missing'; readonly part: DatePart }
  | { readonly kind: 'notANumber'; readonly part: DatePart }
  | { readonly kind: 'yearOfTwoDigits'; readonly part: 'year' }
  | { readonly kind: 'outOfRange'; readonly part: DatePart }
  | { readonly kind: 'noSuchDay'; readonly part: 'day' }

export type ReadDate =
  { readonly kind: 'none' } | { readonly kind: 'date'; readonly value: string } | DateFault

export const noDate: DateParts = { day: '', month: '', year: '' }

/** Full-width digits of an East Asian keyboard count as digits. */
const clean = (text: string): string => text.normalize('NFKC').trim()

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** The parts of YYYY-MM-DD; empty ones for '' and for anything else. */
export function partsOf(value: string): DateParts {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? []
  return { day: day.replace(/^0/, ''), month: month.replace(/^0/, ''), year }
}

/** The date that was typed, or the first thing to mend, in the order of the fields. */
export function readDate(parts: DateParts): ReadDate {
  const day = clean(parts.day)
  const month = clean(parts.month)
  const year = clean(parts.year)
  if (day === '' && month === '' && year === '') return { kind: 'none' }
  const typed = { day, month, year }
  for (const part of ['day', 'month', 'year'] as const) {
    if (typed[part] === '') return { kind: 'missing', part }
    if (!/^\d+$/.test(typed[part])) return { kind: 'notANumber', part }
  }
  if (year.length <= 2) return { kind: 'yearOfTwoDigits', part: 'year' }
  if (Number(month) < 1 || Number(month) > 12) return { kind: 'outOfRange', part: 'month' }
  if (Number(day) < 1 || Number(day) > 31) return { kind: 'outOfRange', part: 'day' }
  if (!/^(19|2\d)\d\d$/.test(year)) return { kind: 'outOfRange', part: 'year' }
  if (Number(day) > daysIn(Number(year), Number(month))) return { kind: 'noSuchDay', part: 'day' }
  return { kind: 'date', value: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` }
}

/** YYYY-MM-DD, or '' while it is not a whole date. */
export function valueOf(parts: DateParts): string {
  const read = readDate(parts)
  return read.kind === 'date' ? read.value : ''
}

/** A whole date pasted into one field: day first, or year first. Undefined for anything else. */
export function partsOfPasted(text: string): DateParts | undefined {
  const dayFirst = /^(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})$/.exec(clean(text))
  const yearFirst = /^(\d{4})[/.\-年](\d{1,2})[/.\-月](\d{1,2})日?$/.exec(clean(text))
  const [day, month, year] = dayFirst
    ? [dayFirst[1], dayFirst[2], dayFirst[3]]
    : [yearFirst?.[3], yearFirst?.[2], yearFirst?.[1]]
  return day && month && year ? { day, month, year } : undefined
}

/** 31 May 2027 in the reader's language. What is no date stays as it is. */
export function dateWords(value: string, language: string): string {
  const time = Date.parse(`${value.slice(0, 10)}T00:00:00Z`)
  if (Number.isNaN(time)) return value
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(time)
}

/** The day of an instant (RFC 3339), on the reader's own clock: Friday, 11 December 2026. */
export function dayWords(instant: string, language: string): string {
  const time = Date.parse(instant)
  if (Number.isNaN(time)) return instant
  return new Intl.DateTimeFormat(localeOf(language), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(time)
}

/** Whole days from now until an instant; 0 on the last day. */
export function daysUntil(instant: string, now: number): number {
  return Math.max(0, Math.floor((Date.parse(instant) - now) / 86_400_000))
}

/** 14:32, on the reader's own clock. */
export function timeWords(time: number, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { hour: 'numeric', minute: '2-digit' }).format(time)
}

/** English means Australia's here: day before month. */
function localeOf(language: string): string {
  return language === 'en' ? 'en-AU' : language
}
