/** The number of a credential on its document. Pure. */
import { normaliseCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import { datesIn } from './dates.rules.ts'
import type { DocumentTypeHints, FoundField } from './document-reading.schema.ts'
import { candidatesOf, field, type MetLabel } from './fields.rules.ts'
import { phraseIn, phraseOf, pieceOf, type Layout, type Piece } from './layout.rules.ts'

/** Letters and digits that OCR takes for each other. */
const asDigit: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  '|': '1',
  Z: '2',
  S: '5',
  B: '8',
  G: '6',
}
const asLetter: Readonly<Record<string, string>> = {
  '0': 'O',
  '1': 'I',
  '2': 'Z',
  '5': 'S',
  '8': 'B',
  '6': 'G',
}

/** Whether a number of that pattern is no other issuer's: plain digits may be anybody's. */
export function isTelling(pattern: string): boolean {
  const regex = new RegExp(pattern, 'u')
  for (let length = 3; length <= 14; length += 1) if (regex.test('1'.repeat(length))) return false
  return patternSpecificity(pattern) > 0.8
}

/** What a pattern is tried with, to see whether it tells numbers from anything else. */
const probes = ['123456', '12345678', '1234567890', 'ABC123', 'AB-1234', 'HELLO', 'REGISTRATION', '2028', 'X']

/** 0 = fits nearly everything; 1 = fits its own numbers alone. */
export function patternSpecificity(pattern: string): number {
  const regex = new RegExp(pattern, 'u')
  return 1 - probes.filter((probe) => regex.test(probe)).length / probes.length
}

/** The text as a number of that pattern, with letters and digits that OCR confused put right; null where it is none. */
export function fittedNumber(text: string, pattern: RegExp): { value: string; mended: number } | null {
  const normal = normaliseCredentialNumber(text)
  if (pattern.test(normal)) return { value: normal, mended: 0 }
  const letters = [...normal]
  if (letters.length > 24) return null
  // One place after another is tried the other way; what is right already stays.
  const places = letters
    .map((one, at) => ((asDigit[one] ?? asLetter[one]) === undefined ? -1 : at))
    .filter((at) => at >= 0)
  const wholes = [
    letters.map((one) => asDigit[one] ?? one).join(''),
    ...[1, 2, 3, 4].map((head) =>
      letters.map((one, at) => (at < head ? (asLetter[one] ?? one) : (asDigit[one] ?? one))).join(''),
    ),
    letters
      .map((one, at) =>
        at < letters.length - 1 && at >= 3
          ? (asDigit[one] ?? one)
          : at < 3
            ? (asLetter[one] ?? one)
            : (asLetter[one] ?? one),
      )
      .join(''),
  ]
  for (const at of places)
    wholes.unshift(
      letters.map((one, index) => (index === at ? (asDigit[one] ?? asLetter[one] ?? one) : one)).join(''),
    )
  let best: { value: string; mended: number } | null = null
  for (const whole of wholes)
    if (pattern.test(whole)) {
      const mended = [...whole].filter((one, at) => one !== letters[at]).length
      if (!best || mended < best.mended) best = { value: whole, mended }
    }
  return best
}

export interface FoundNumber extends FoundField {
  /** Whether it fits the type's pattern, and the pattern tells something. */
  readonly fits: boolean
  /** What it is sorted by: the labels' own order counts beyond a confidence of 1. */
  readonly weight: number
}

/**
 * Numbers that may be the credential's, the likeliest first.
 * @param type the type that the document is taken for; null = none is known
 */
export function numbersOf(
  layout: Layout,
  met: readonly MetLabel[],
  type: DocumentTypeHints | null,
  today: string,
): FoundNumber[] {
  const pattern = type ? new RegExp(type.numberPattern, 'u') : null
  const specificity = type ? patternSpecificity(type.numberPattern) : 0
  const own = (type?.hints.numberLabels ?? []).map(phraseOf).filter((phrase) => phrase.length > 0)
  const found: FoundNumber[] = []
  const taken = new Set<string>()
  const add = (piece: Piece, weight: number): void => {
    for (const part of numberParts(piece)) {
      const fitted = pattern && fittedNumber(part.text, pattern)
      const normal = fitted?.value ?? normaliseCredentialNumber(part.text)
      if (!/\d/.test(normal) || normal.length < 3) continue
      if (datesIn(part.text, today).length > 0 && !(fitted && specificity > 0.8)) continue
      const isFitting = fitted !== null && specificity > 0.3
      const factor = pattern === null ? 0.8 : fitted === null ? 0.3 : 1 - 0.06 * fitted.mended
      const key = `${part.page}/${normal}`
      if (taken.has(key) && weight < 0.99) continue
      taken.add(key)
      const value = fitted && fitted.mended > 0 ? fitted.value : part.text.replace(/[.,;:]+$/, '')
      const sure = weight * factor * (0.4 + 0.6 * part.confidence)
      found.push({ ...field(value, sure, part.page, part.box), fits: isFitting, weight: sure })
    }
  }
  for (const one of met) {
    const rank = own.findIndex((phrase) => phraseIn(one.piece, phrase) !== undefined)
    const isOwn = rank >= 0
    if (one.label.kind !== 'NUMBER' && !isOwn) continue
    for (const candidate of candidatesOf(one, layout, met)) {
      if (!/\d/.test(candidate.piece.text)) continue
      // A label of the type's own goes before the usual ones.
      add(candidate.piece, candidate.weight * (own.length === 0 ? 1 : isOwn ? 1.25 - 0.04 * rank : 0.75))
      break
    }
  }
  // A label that only this type has.
  for (const piece of layout.pieces)
    for (const [rank, phrase] of own.entries()) {
      const span = phraseIn(piece, phrase)
      if (!span || met.some((one) => one.piece === piece && one.from <= span.from && one.to >= span.to))
        continue
      const label = { kind: 'NUMBER', phrase, weight: 1 } as const
      for (const candidate of candidatesOf(
        { label, piece, from: span.from, to: span.to, likeness: span.likeness },
        layout,
        met,
      )) {
        if (!/\d/.test(candidate.piece.text)) continue
        add(candidate.piece, candidate.weight * (1.25 - 0.04 * rank))
        break
      }
    }
  // No label that is known: what fits the type's numbers, and is no date, no telephone number and no part of an address.
  if (found.length === 0 && type)
    for (const piece of layout.pieces)
      for (const word of piece.words)
        if (
          /\d{4}/.test(word.text) &&
          piece.words.length <= 4 &&
          !met.some((one) => one.piece === piece && one.label.kind !== 'NUMBER' && one.label.kind !== 'OTHER')
        )
          add(pieceOf(piece.page, [word]), 0.4)
  // No label, but a form that is no other number's.
  if (specificity > 0.8)
    for (const piece of layout.pieces)
      for (const word of piece.words)
        if (fittedNumber(word.text, pattern ?? /$^/)) add(pieceOf(piece.page, [word]), 0.7)
  return found.sort((a, b) => Number(b.fits) * 0.15 + b.weight - Number(a.fits) * 0.15 - a.weight)
}

/** The number in a text: its first run of words with digits, blanks inside it kept ("1234 5678"). */
function numberParts(piece: Piece): Piece[] {
  const words = piece.words
  const start = words.findIndex(({ text }) => /\d/.test(text))
  if (start < 0) return []
  let from = start
  // "WWC 1234567 E", "VIC 123"
  if (from > 0 && /^[A-Z]{2,4}$/.test(words[from - 1]?.text ?? '')) from -= 1
  let to = start + 1
  while (
    to < words.length &&
    (/^[\dA-Z|/-]*\d[\dA-Z|/-]*$/.test(words[to]?.text ?? '') ||
      /^[EV]$/.test(words[to]?.text ?? '') ||
      /^[/-]$/.test(words[to]?.text ?? ''))
  )
    to += 1
  const parts = [pieceOf(piece.page, words.slice(from, to))]
  if (to - from > 1) parts.push(pieceOf(piece.page, words.slice(start, start + 1)))
  return parts
}

/** Whether two numbers are the same one: blanks, marks and letters that OCR confuses aside. */
export function sameNumber(a: string, b: string): boolean {
  const bare = (text: string): string =>
    [...normaliseCredentialNumber(text)]
      .map((one) => asDigit[one] ?? one)
      .join('')
      .replace(/[^A-Z0-9]/g, '')
  return bare(a) === bare(b) || bare(a).replace(/^0+/, '') === bare(b).replace(/^0+/, '')
}
