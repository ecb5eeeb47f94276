/** Dates as they stand on Australian documents: day first (spec 40, "Fields"). Pure. */
import { addDays, addMonths, parseLocalDate, type LocalDate } from '../../platform/local-date.ts'

export interface WrittenDate {
  /** YYYY-MM-DD */
  readonly date: string
  /** Where it begins and ends in the text. */
  readonly from: number
  readonly to: number
  /** False where only month and year stand there: the date is the month's last day. */
  readonly hasDay: boolean
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** What OCR makes of digits beside digits. */
const digitOf: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  Q: '0',
  D: '0',
  l: '1',
  I: '1',
  '|': '1',
  i: '1',
  Z: '2',
  S: '5',
  s: '5',
  B: '8',
}
const digit = '[0-9OoQlI|SB]'

/** Two-digit years are of this century, up to so many years ahead; else of the last one. */
const aheadMost = 50

const ordinal = '(?:st|nd|rd|th)?'
const monthName = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|[a-z0-9]{3,9})[a-z]*'

const forms: readonly {
  readonly pattern: RegExp
  readonly read: (groups: readonly string[]) => Parts | undefined
}[] = [
  // 2028-05-03, 2028/05/03, 2028.05.03
  {
    pattern: new RegExp(
      `(?<![\\w/.-])(${digit}{4})\\s?[-/.]\\s?(${digit}{1,2})\\s?[-/.]\\s?(${digit}{1,2})(?![\\w/-])`,
      'g',
    ),
    read: ([year, month, day]) => parts(year, month, day),
  },
  // 03/05/2028, 3.5.28, 03-05-2028, 03 / 05 / 2028
  {
    pattern: new RegExp(
      `(?<![\\w/.-])(${digit}{1,2})\\s?[/.-]\\s?(${digit}{1,2})\\s?[/.-]\\s?(${digit}{4}|${digit}{2})(?![\\w/-])`,
      'g',
    ),
    read: ([day, month, year]) => parts(year, month, day) ?? undefined,
  },
  // 03 05 2028
  {
    pattern: /(?<![\w/.-]|\d )(\d{2}) (\d{2}) (\d{4})(?![\w/-]| \d)/g,
    read: ([day, month, year]) => parts(year, month, day),
  },
  // 3 May 2028, 3rd of May, 2028, 03-MAY-28, 03MAY2028
  {
    pattern: new RegExp(
      `(?<![\\w/.])(${digit}{1,2})${ordinal}\\s*(?:day of|of)?[\\s.,/-]*(${monthName})[\\s.,/'’-]*(${digit}{4}|${digit}{2})(?![\\w/])`,
      'gi',
    ),
    read: ([day, month, year]) => parts(year, monthOf(month), day),
  },
  // May 3, 2028
  {
    pattern: new RegExp(
      `(?<![\\w/])(${monthName})[\\s.-]*(${digit}{1,2})${ordinal}[\\s,.]+(${digit}{4})(?![\\w/])`,
      'gi',
    ),
    read: ([month, day, year]) => parts(year, monthOf(month), day),
  },
  // May 2028
  {
    pattern: new RegExp(`(?<![\\w/])(${monthName})[\\s.,/-]+(${digit}{4})(?![\\w/])`, 'gi'),
    read: ([month, year]) => parts(year, monthOf(month), null),
  },
  // 05/2028
  {
    pattern: /(?<![\w/.-])(0[1-9]|1[0-2])\s?\/\s?(20\d\d)(?![\w/-])/g,
    read: ([month, year]) => parts(year, month, null),
  },
]

interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number | null
}

function digitsOf(text: string | undefined): number {
  const digits = [...(text ?? '')].map((one) => digitOf[one] ?? one).join('')
  return /^\d+$/.test(digits) ? Number(digits) : NaN
}

function parts(
  year: string | undefined,
  month: string | number | undefined,
  day: string | null | undefined,
): Parts | undefined {
  // More letters than digits are a word.
  if ([year, day].some((one) => typeof one === 'string' && !/\d/.test(one))) return undefined
  const read = {
    year: digitsOf(year),
    month: typeof month === 'number' ? month : digitsOf(month),
    day: day === null ? null : digitsOf(day),
  }
  return Number.isNaN(read.year) || Number.isNaN(read.month) || Number.isNaN(read.day ?? 0) ? undefined : read
}

/** 1 to 12. A letter that was misread is forgiven in the first three: "Mav", "0ct". */
function monthOf(word: string | undefined): number {
  const start = (word ?? '').toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l').slice(0, 3)
  const exact = months.indexOf(start)
  if (exact >= 0) return exact + 1
  const close = months.filter((month) => [...month].filter((letter, at) => letter === start[at]).length === 2)
  // "Ma_" is March or May: what is not told is not guessed.
  return close.length === 1 && (word ?? '').length <= 9 ? months.indexOf(close[0] ?? '') + 1 : NaN
}

const pad = (value: number): string => String(value).padStart(2, '0')

/** The calendar date, or undefined where there is none such. */
function dateOf({ year, month, day }: Parts, thisYear: number): string | undefined {
  const century = year < 100 ? (2000 + year > thisYear + aheadMost ? 1900 : 2000) : 0
  const full = year + century
  if (full < 1900 || full > thisYear + 100 || month < 1 || month > 12) return undefined
  if (day !== null) return parseLocalDate(`${full}-${pad(month)}-${pad(day)}`)
  return addDays(addMonths(`${full}-${pad(month)}-01` as LocalDate, 1), -1)
}

/**
 * Every date in a text, from left to right, none inside another.
 * @param today YYYY-MM-DD: tells which century "28" is of
 */
export function datesIn(text: string, today: string): WrittenDate[] {
  const thisYear = Number(today.slice(0, 4))
  const found: WrittenDate[] = []
  for (const { pattern, read } of forms)
    for (const match of text.matchAll(pattern)) {
      const from = match.index
      const to = from + match[0].length
      if (found.some((other) => from < other.to && other.from < to)) continue
      const written = read(match.slice(1))
      const date = written && dateOf(written, thisYear)
      if (written && date !== undefined) found.push({ date, from, to, hasDay: written.day !== null })
    }
  return found.sort((a, b) => a.from - b.from)
}
