/**
 * What a number in a workbook stands for. A sheet keeps dates as days and licence numbers without their leading zeros;
 * only the cell's format (ECMA-376-1, 18.8.30) tells what its author sees. Pure.
 */

/** A place for a digit (`0` shows a zero where there is none, `#` nothing, `?` a blank), or text that stands between. */
type MaskPart = '0' | '#' | '?' | { readonly text: string }

export type NumberMeaning =
  | {
      readonly kind: 'number'
      /** So many digits are shown before the point at least, with zeros in front. */
      readonly digitsMin?: number
      /** Its author sees something that the number alone does not tell: letters, another scale. */
      readonly isDisguised?: boolean
    }
  | { readonly kind: 'date' }
  /** Digits at their places: `0000000`, `000-000-000`, `"WWC"#`. */
  | { readonly kind: 'digits'; readonly mask: readonly MaskPart[] }

const plain: NumberMeaning = { kind: 'number' }
const disguised: NumberMeaning = { kind: 'number', isDisguised: true }
const day: NumberMeaning = { kind: 'date' }

/** Numbers of built-in formats that show dates or times; those from 27 are the ones of East Asian languages. */
const builtInDates: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]
const builtInPercents: readonly number[] = [9, 10]

/** @param code the format's own code; undefined for a built-in one */
export function meaningOfFormat(id: number, code: string | undefined): NumberMeaning {
  if (code === undefined) {
    if (builtInPercents.includes(id)) return disguised
    return builtInDates.some(([from, to]) => id >= from && id <= to) ? day : plain
  }
  const sections = sectionsOf(code)
  const [first] = sections ?? []
  if (sections === undefined || first === undefined) return plain
  if (!sections.some((section) => section.hasCondition)) return meaningOf(first)
  if (sections.some((section) => showsDays(section))) return day
  // Which of them shows a number depends on the number: what any of them may hide is taken as hidden.
  const meanings = sections.map((section) => numberMeaning(section))
  return meanings.some((meaning) => meaning.isDisguised)
    ? disguised
    : { kind: 'number', digitsMin: Math.max(...meanings.map((meaning) => meaning.digitsMin)) }
}

function meaningOf(section: Section): NumberMeaning {
  const letters = lettersOf(section)
  if (showsDays(section)) return day
  const isMask = /^[0#?]+$/.test(letters) && !section.isFilled
  if (!isMask || !(section.parts.length > 1)) return numberMeaning(section)
  return {
    kind: 'digits',
    mask: section.parts.map((part): MaskPart => (part.isLiteral ? { text: part.text } : (part.text as '0'))),
  }
}

function showsDays(section: Section): boolean {
  const letters = lettersOf(section)
  return !/general/i.test(letters) && /[dmyhs]/i.test(letters)
}

/** Of a format that adorns a number: thousands, decimals, currencies. */
function numberMeaning(section: Section): {
  kind: 'number'
  digitsMin: number
  isDisguised: boolean
} {
  const letters = lettersOf(section)
  const places = (letters.split(/[.E/]/i)[0] ?? '').replaceAll(/[^0#?]/g, '')
  const firstZero = places.indexOf('0')
  return {
    kind: 'number',
    digitsMin: firstZero < 0 ? 0 : places.length - firstZero,
    isDisguised:
      section.isFilled ||
      section.parts.some((part) => part.isLiteral && /[\p{L}\p{N}]/u.test(part.text)) ||
      letters.includes('%') ||
      // A comma behind the last place shows thousands as ones.
      /[0#?],+(?![0#?,])/.test(letters),
  }
}

interface FormatPart {
  readonly text: string
  readonly isLiteral: boolean
}

/** What a format says of some numbers; up to four stand in a code, one behind the other. */
interface Section {
  readonly parts: readonly FormatPart[]
  /** Its width is filled with a letter or a digit. */
  readonly isFilled: boolean
  readonly hasCondition: boolean
}

const lettersOf = ({ parts }: Section): string =>
  parts.flatMap((part) => (part.isLiteral ? [] : [part.text])).join('')

/** A format's code by its sections and characters; undefined when a quote or a bracket in it is not closed. */
function sectionsOf(code: string): Section[] | undefined {
  const sections: Section[] = []
  let parts: FormatPart[] = []
  let isFilled = false
  let hasCondition = false
  const close = (): void => {
    sections.push({ parts, isFilled, hasCondition })
    parts = []
    isFilled = false
    hasCondition = false
  }
  for (let at = 0; at < code.length; at += 1) {
    const letter = code.charAt(at)
    if (letter === ';') close()
    else if (letter === '"') {
      const end = code.indexOf('"', at + 1)
      if (end < 0) return undefined
      parts.push({ text: code.slice(at + 1, end), isLiteral: true })
      at = end
    } else if (letter === '\\') {
      at += 1
      parts.push({ text: code.charAt(at), isLiteral: true })
    } else if (letter === '_' || letter === '*') {
      at += 1 // room as wide as the next character, or filled with it
      if (letter === '*' && /[\p{L}\p{N}]/u.test(code.charAt(at))) isFilled = true
    } else if (letter === '[') {
      const end = code.indexOf(']', at)
      if (end < 0) return undefined
      const inside = code.slice(at + 1, end)
      // Hours beyond 24; everything else in brackets is a colour, a condition or a language.
      if (/^[hms]+$/i.test(inside)) parts.push({ text: inside, isLiteral: false })
      if (/^[<>=]/.test(inside)) hasCondition = true
      at = end
    } else parts.push({ text: letter, isLiteral: '- :()'.includes(letter) })
  }
  close()
  return sections
}

/** How a number begins that its author sees otherwise than it can be told: the rules of rows refuse it where it matters. */
export const formatNotRead = '#FORMAT:'

/** Beyond it a sheet keeps no more than 15 digits of a number: what is there is no longer what was typed. */
const exactBelow = 1e15
const number = /^\s*[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d+)?\s*$/i
const lastDay = 2_958_465 // 9999-12-31

/**
 * A number of a sheet as its author sees it, without ornaments: a date `YYYY-MM-DD`, with a time behind it if it has one,
 * a time alone, digits with their leading zeros, or the plain number. One that has lost digits comes in scientific
 * notation, and one whose format shows zeros or letters that cannot be told for certain behind `#FORMAT:`; the rules of rows
 * refuse both where they matter.
 * @param raw as it stands in the file
 */
export function textOfNumber(raw: string, meaning: NumberMeaning, is1904: boolean): string {
  const value = Number(raw)
  if (!number.test(raw) || !Number.isFinite(value)) return raw
  if (meaning.kind === 'date' && value >= 0 && value < lastDay + 1) return textOfDays(value, is1904)
  if (Math.abs(value) >= exactBelow) return value.toExponential().toUpperCase()
  const text = String(Number.isInteger(value) ? value + 0 : Number(value.toPrecision(15)))
  const shown =
    meaning.kind === 'digits'
      ? masked(text, meaning.mask)
      : meaning.kind === 'number'
        ? adorned(text, meaning)
        : text
  return shown ?? formatNotRead + text
}

/** The number under a format that adorns it; undefined when its author sees zeros in front, or more than a number. */
function adorned(
  text: string,
  { digitsMin = 0, isDisguised = false }: Extract<NumberMeaning, { kind: 'number' }>,
): string | undefined {
  // A single zero before the point is what a plain number has.
  const isPadded = digitsMin > 1 && digitsOf(text) < digitsMin
  return isDisguised || isPadded ? undefined : text
}

const digitsOf = (text: string): number => /^-?(\d+)/.exec(text)?.[1]?.length ?? 0

/** The digits at their places; undefined when what stands at a place cannot be told for certain. */
function masked(text: string, mask: readonly MaskPart[]): string | undefined {
  const places = mask.filter((part) => typeof part === 'string')
  if (!/^\d+$/.test(text)) {
    // Rounded, or with its sign before all: the number itself, if nothing of the mask shows.
    const isBare = mask.every((part) => typeof part === 'string')
    const firstZero = places.indexOf('0')
    return isBare && (firstZero < 0 || digitsOf(text) >= places.length - firstZero) ? text : undefined
  }
  // Nothing is what a zero is without a place that shows one.
  if (text === '0' && !places.includes('0')) return undefined
  const missing = Math.max(0, places.length - text.length)
  // What does not fit stands before the first place.
  let next = text.length - places.length
  let place = 0
  let shown = ''
  for (const part of mask) {
    if (typeof part !== 'string') {
      // Programs differ in what they show between a place that stays empty and the first digit.
      const isBehindEmpty = place > 0 && place <= missing && places[place - 1] !== '0'
      if (isBehindEmpty && part.text.trim() !== '') return undefined
      shown += part.text
      continue
    }
    if (place >= missing) shown += place === 0 ? text.slice(0, next + 1) : text.charAt(next)
    else if (part === '0') shown += '0'
    else if (places.slice(0, place).includes('0')) return undefined
    place += 1
    next += 1
  }
  return shown
}

const secondsOfDay = 86_400
/** Days between the beginning of the one calendar of workbooks and the other. */
const days1904 = 1_462

function textOfDays(serial: number, is1904: boolean): string {
  let days = Math.floor(serial)
  let seconds = Math.round((serial - days) * secondsOfDay)
  if (seconds === secondsOfDay) {
    days += 1
    seconds = 0
  }
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  if (days === 0 && !is1904) return time
  const date = dateOfDay(days + (is1904 ? days1904 : 0))
  return seconds === 0 ? date : `${date} ${time}`
}

/** Day 60 is 29 February 1900, which never was: spreadsheets keep it for the sake of their oldest ancestor. */
function dateOfDay(days: number): string {
  if (days === 60) return '1900-02-29'
  return new Date(Date.UTC(1899, 11, days < 60 ? 31 : 30) + days * secondsOfDay * 1_000)
    .toISOString()
    .slice(0, 10)
}
