/**
 * What a number in a workbook stands for. A sheet keeps dates as days and licence numbers without their leading zeros;
 * only the cell's format (ECMA-376-1, 18.8.30) tells what its author sees. Pure.
 */

/** A digit, or text that stands between digits. */
type MaskPart = 'digit' | { readonly text: string }

export type NumberMeaning =
  | { readonly kind: 'number' }
  | { readonly kind: 'date' }
  /** Always so many digits: `0000000`, `000-000-000`. */
  | { readonly kind: 'digits'; readonly mask: readonly MaskPart[] }

const plain: NumberMeaning = { kind: 'number' }
const day: NumberMeaning = { kind: 'date' }

/** Numbers of built-in formats that show dates or times; those from 27 are the ones of East Asian languages. */
const builtInDates: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]

/** @param code the format's own code; undefined for a built-in one */
export function meaningOfFormat(id: number, code: string | undefined): NumberMeaning {
  if (code === undefined) return builtInDates.some(([from, to]) => id >= from && id <= to) ? day : plain
  const parts = partsOf(code.split(';')[0] ?? '')
  if (parts === undefined) return plain
  const codeLetters = parts.flatMap((part) => (part.isLiteral ? [] : [part.text])).join('')
  if (/general/i.test(codeLetters)) return plain
  if (/[dmyhs]/i.test(codeLetters)) return day
  const digits = [...codeLetters].filter((letter) => letter === '0').length
  const isMask = digits === codeLetters.length && digits > 0 && parts.length > 1
  if (!isMask) return plain
  return {
    kind: 'digits',
    mask: parts.map((part): MaskPart => (part.isLiteral ? { text: part.text } : 'digit')),
  }
}

interface FormatPart {
  readonly text: string
  readonly isLiteral: boolean
}

/** A format's code by its characters; undefined when a quote in it is not closed. */
function partsOf(code: string): FormatPart[] | undefined {
  const parts: FormatPart[] = []
  for (let at = 0; at < code.length; at += 1) {
    const letter = code.charAt(at)
    if (letter === '"') {
      const end = code.indexOf('"', at + 1)
      if (end < 0) return undefined
      parts.push({ text: code.slice(at + 1, end), isLiteral: true })
      at = end
    } else if (letter === '\\') {
      at += 1
      parts.push({ text: code.charAt(at), isLiteral: true })
    } else if (letter === '_' || letter === '*') {
      at += 1 // room as wide as the next character, or filled with it
    } else if (letter === '[') {
      const end = code.indexOf(']', at)
      if (end < 0) return undefined
      const inside = code.slice(at + 1, end)
      // Hours beyond 24; everything else in brackets is a colour, a condition or a language.
      if (/^[hms]+$/i.test(inside)) parts.push({ text: inside, isLiteral: false })
      at = end
    } else parts.push({ text: letter, isLiteral: '-/ :()'.includes(letter) })
  }
  return parts
}

/** Beyond it a sheet keeps no more than 15 digits of a number: what is there is no longer what was typed. */
const exactBelow = 1e15
const number = /^\s*[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d+)?\s*$/i
const lastDay = 2_958_465 // 9999-12-31

/**
 * A number of a sheet as its author sees it, without ornaments: a date `YYYY-MM-DD`, with a time behind it if it has one,
 * a time alone, digits with their leading zeros, or the plain number. One that has lost digits comes in scientific
 * notation, which the rules of rows refuse where it matters.
 * @param raw as it stands in the file
 */
export function textOfNumber(raw: string, meaning: NumberMeaning, is1904: boolean): string {
  const value = Number(raw)
  if (!number.test(raw) || !Number.isFinite(value)) return raw
  if (meaning.kind === 'date' && value >= 0 && value < lastDay + 1) return textOfDays(value, is1904)
  if (meaning.kind === 'digits' && Number.isInteger(value) && value >= 0 && value < exactBelow)
    return masked(String(value), meaning.mask)
  if (Math.abs(value) >= exactBelow) return value.toExponential().toUpperCase()
  return String(Number.isInteger(value) ? value + 0 : Number(value.toPrecision(15)))
}

function masked(number: string, mask: readonly MaskPart[]): string {
  const places = mask.filter((part) => part === 'digit').length
  const digits = number.padStart(places, '0')
  // What does not fit stands before the first place.
  let next = digits.length - places
  let text = ''
  let isFirst = true
  for (const part of mask) {
    if (part !== 'digit') {
      text += part.text
      continue
    }
    text += isFirst ? digits.slice(0, next + 1) : digits.charAt(next)
    isFirst = false
    next += 1
  }
  return text
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
