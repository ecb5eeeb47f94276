/** Finding fields by what announces them: labels to the left of values, or above them. Pure. */
import { datesIn } from './dates.rules.ts'
import type { Box, FoundField } from './document-reading.schema.ts'
import { labels, type Label, type LabelKind } from './labels.rules.ts'
import {
  below,
  boxAround,
  comparableWords,
  phraseIn,
  pieceOf,
  rightOf,
  type Layout,
  type Piece,
} from './layout.rules.ts'

/** A label that was met, and where. */
export interface MetLabel {
  readonly label: Label
  readonly piece: Piece
  readonly from: number
  readonly to: number
  readonly likeness: number
}

/** A text that may be the value of a label, the likeliest first. */
export interface Candidate {
  readonly met: MetLabel
  readonly piece: Piece
  /** How far from its label: SAME piece, to the RIGHT, BELOW, or BEFORE it in the same piece. */
  readonly place: 'SAME' | 'RIGHT' | 'BELOW'
  /** 0 to 1: how surely it belongs to the label. */
  readonly weight: number
}

/** Longer phrases first: "card number" is met before "number". */
const byLength = [...labels].sort((a, b) => b.phrase.length - a.phrase.length || b.weight - a.weight)

/** Every label on the pages, none inside a longer one. */
export function labelsIn({ pieces }: Layout): MetLabel[] {
  const met: MetLabel[] = []
  for (const piece of pieces) {
    const taken = new Set<number>()
    for (const label of byLength) {
      for (let start = 0; start < piece.words.length;) {
        const span = phraseIn(piece, label.phrase, start)
        if (!span) break
        start = span.to
        let isFree = true
        for (let at = span.from; at < span.to; at += 1) if (taken.has(at)) isFree = false
        if (!isFree || !isLabelled(piece, span.from, span.to, label)) continue
        for (let at = span.from; at < span.to; at += 1) taken.add(at)
        met.push({ label, piece, from: span.from, to: span.to, likeness: span.likeness })
      }
    }
  }
  return met
}

const isShort = (label: Label): boolean => label.phrase.join('').length <= 5 || label.weight < 0.9

/** A word that is a label elsewhere may be part of a sentence here. */
function isLabelled(piece: Piece, from: number, to: number, label: Label): boolean {
  const isAtStart = from === 0
  // "Holder", "Teacher": a label when it stands alone, a word like any other in a line.
  const isAlone = from === 0 && to === piece.words.length
  const hasColon = /[:#]$/.test(piece.words[to - 1]?.text ?? '') || /^[:#]/.test(piece.words[to]?.text ?? '')
  if (hasColon || isAlone) return true
  if (label.kind === 'NAME' && label.phrase.length === 1 && label.weight === 1) return false
  if (isAtStart) return true
  // "CCH number", "QCT registration 443278": what is in front says whose number it is.
  if (
    label.kind === 'NUMBER' &&
    to === piece.words.length &&
    piece.words.length <= 5 &&
    !/\d/.test(piece.text)
  )
    return true
  if (
    (label.kind === 'EXPIRY' || label.kind === 'ISSUE') &&
    to === piece.words.length &&
    piece.words.length <= 4 &&
    !/\d/.test(piece.text)
  )
    return true
  // After another value in the same row: "Issued 1 May 2025 Expires 1 May 2028".
  if (label.kind === 'EXPIRY' || label.kind === 'ISSUE' || label.kind === 'BIRTH')
    return (
      /\d/.test(
        piece.words
          .slice(to, to + 4)
          .map(({ text }) => text)
          .join(''),
      ) || !isShort(label)
    )
  if (label.kind === 'NUMBER') return /\d/.test(piece.words[to]?.text ?? '')
  return !isShort(label) && label.phrase.length > 1
}

/** What may be a label's value: the rest of its piece, else what is to the right, else what is below. */
export function candidatesOf(met: MetLabel, layout: Layout, all: readonly MetLabel[]): Candidate[] {
  const { piece, to } = met
  const next = all
    .filter((other) => other.piece === piece && other.from >= to)
    .reduce((least, other) => Math.min(least, other.from), piece.words.length)
  const rest = piece.words.slice(to, next).filter(({ text }) => !/^[:#.–-]+$/.test(text))
  const strength = met.label.weight * met.likeness
  const found: Candidate[] = []
  if (rest.length > 0) found.push({ met, piece: pieceOf(piece.page, rest), place: 'SAME', weight: strength })
  if (next < piece.words.length) return found
  const startsWithLabel = (other: Piece): boolean =>
    all.some((one) => one.piece === other && one.from === 0 && one.label.weight > 0.75)
  for (const [at, other] of rightOf(piece, layout.pieces).slice(0, 3).entries()) {
    if (startsWithLabel(other)) break
    found.push({
      met,
      piece: other,
      place: 'RIGHT',
      weight: strength * (rest.length > 0 ? 0.7 : 0.95) * 0.85 ** at,
    })
  }
  // The label is the whole piece: what is below it may be its value.
  let far = 1
  for (const other of below(piece, layout.pieces).slice(0, 4)) {
    if (startsWithLabel(other)) break
    found.push({
      met,
      piece: other,
      place: 'BELOW',
      weight: strength * (rest.length > 0 ? 0.45 : 0.85) * far,
    })
    far *= 0.75
  }
  return found
}

export const field = (value: string, confidence: number, page: number, box: Box): FoundField => ({
  value,
  confidence: Math.round(Math.max(0, Math.min(1, confidence)) * 100) / 100,
  page,
  box: box.map((one) => Math.round(one * 10_000) / 10_000) as unknown as Box,
})

/** A date that was found, and what it is said to be. */
export interface FoundDate {
  readonly kind: Extract<LabelKind, 'ISSUE' | 'EXPIRY' | 'BIRTH' | 'OTHER_DATE'> | null
  readonly date: string
  readonly hasDay: boolean
  readonly confidence: number
  readonly page: number
  readonly box: Box
}

const dateKinds: readonly LabelKind[] = ['ISSUE', 'EXPIRY', 'BIRTH', 'OTHER_DATE']

/** Every date on the pages with the label that suits it best. */
export function datesOf(layout: Layout, met: readonly MetLabel[], today: string): FoundDate[] {
  const found: FoundDate[] = []
  const said = new Map<Piece, { kind: LabelKind; weight: number; from: Piece }[]>()
  for (const one of met)
    for (const candidate of candidatesOf(one, layout, met)) {
      const { piece } = candidate
      const dates = datesIn(piece.text, today)
      const key = layout.pieces.find((other) => other === piece) ?? piece
      if (dates.length === 0 && !dateKinds.includes(one.label.kind)) continue
      const list = said.get(key) ?? []
      list.push({ kind: one.label.kind, weight: candidate.weight, from: piece })
      said.set(key, list)
    }
  for (const [piece, claims] of said) {
    const dates = datesIn(piece.text, today)
    if (dates.length === 0) continue
    const best = claims.reduce((a, b) => (b.weight > a.weight ? b : a))
    const [first, second] = dates
    const kind = dateKinds.includes(best.kind) ? (best.kind as FoundDate['kind']) : null
    if (first) found.push(dateField(piece, first, kind, best.weight))
    // "Valid from 1 May 2025 to 1 May 2028", "1/5/2025 - 1/5/2028"
    if (first && second && kind === 'ISSUE' && second.date > first.date)
      found.push(dateField(piece, second, 'EXPIRY', best.weight * 0.8))
  }
  // What has no label.
  for (const piece of layout.pieces)
    for (const date of datesIn(piece.text, today)) {
      // In a sentence it is an Act's, or anything's.
      const part = dateField(piece, date, null, piece.words.length > 8 ? 0.1 : 0.3)
      if (
        !found.some(
          (other) => other.page === part.page && overlap(other.box, part.box) && other.date === part.date,
        )
      )
        found.push(part)
    }
  return found
}

const overlap = (a: Box, b: Box): boolean =>
  a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3]

function dateField(
  piece: Piece,
  date: { date: string; from: number; to: number; hasDay: boolean },
  kind: FoundDate['kind'],
  weight: number,
): FoundDate {
  let at = 0
  const words = piece.words.filter(({ text }) => {
    const start = at
    at += text.length + 1
    return start < date.to && start + text.length > date.from
  })
  const part = pieceOf(piece.page, words.length > 0 ? words : piece.words)
  return {
    kind,
    date: date.date,
    hasDay: date.hasDay,
    confidence: weight * part.confidence,
    page: piece.page,
    box: part.box,
  }
}

/** Words that are no part of a person's name. */
const notNames = new Set(
  'the of and for with on in by to from is has been number card date expiry issue issued licence license registration certificate certificates class type status clearance check working children people vulnerable worker screening state territory government department office australia australian national board street road avenue st rd ave drive court place crescent parade highway lane nsw vic qld wa sa tas act nt valid current holder name employee volunteer paid address town city training provider pty ltd university college institute school hospital health services service authority agency commission division conditions general specialist provisional nurse midwife teacher signature successfully completed awarded requirements dear page telephone phone email www blue ochre visa passport report statement record history check police result outcome no not none yes'.split(
    ' ',
  ),
)

/** Whether a text can be a person's name: two to five words of letters, none of them a usual other word. */
export function looksLikeName(text: string, least = 2): boolean {
  const words = text
    .replace(/,/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length < least || words.length > 6 || /\d/.test(text)) return false
  if (words.some((word) => notNames.has(word.toLowerCase().replace(/[^a-z]/g, '')))) return false
  return (
    words.every((word) => /^[\p{L}.'’`()-]+$/u.test(word)) &&
    /\p{L}{2}/u.test(text) &&
    words.every(
      (word) =>
        /^[^\p{Ll}]/u.test(word) ||
        /^(de|da|di|du|van|von|der|den|la|le|el|al|bin|binti|del|dos|ter|ten|ibn|af|mac|o)$/i.test(word),
    )
  )
}

export interface FoundName {
  readonly value: string
  readonly confidence: number
  readonly page: number
  readonly box: Box
}

const trimmedName = (piece: Piece): Piece | undefined => {
  const words = [...piece.words]
  while (words.length > 0 && !/\p{L}/u.test(words[0]?.text ?? '')) words.shift()
  while (words.length > 0 && !/\p{L}/u.test(words.at(-1)?.text ?? '')) words.pop()
  return words.length > 0 ? pieceOf(piece.page, words) : undefined
}

const cleanName = (text: string): string =>
  text
    .replace(/[\s,.;:]+$/, '')
    .replace(/^[\s,.;:]+/, '')
    .replace(/\s+/g, ' ')

/** Names of holders, the likeliest first. */
export function namesOf(layout: Layout, met: readonly MetLabel[]): FoundName[] {
  const found: FoundName[] = []
  for (const one of met.filter(({ label }) => label.kind === 'NAME'))
    for (const { piece, weight, place } of candidatesOf(one, layout, met)) {
      const part = namePart(piece, place)
      if (part && looksLikeName(cleanName(part.text))) {
        found.push({
          value: cleanName(part.text),
          confidence: weight * part.confidence,
          page: part.page,
          box: part.box,
        })
        break
      }
    }
  const single = (kind: LabelKind): FoundName | undefined => {
    for (const one of met.filter(({ label }) => label.kind === kind))
      for (const { piece, weight } of candidatesOf(one, layout, met)) {
        const part = trimmedName(piece)
        if (part && looksLikeName(cleanName(part.text), 1))
          return {
            value: cleanName(part.text),
            confidence: weight * part.confidence,
            page: part.page,
            box: part.box,
          }
      }
    return undefined
  }
  const family = single('FAMILY_NAME')
  const given = single('GIVEN_NAMES')
  if (family && given)
    found.push({
      value: `${given.value} ${family.value}`,
      confidence: Math.min(given.confidence, family.confidence) * 1.02,
      page: family.page,
      box: family.page === given.page ? boxAround([family.box, given.box]) : family.box,
    })
  return found.sort((a, b) => b.confidence - a.confidence)
}

/** Of a longer text, the name at its start: "Maria Rossi of 3 Smith Street", "Maria Rossi has successfully completed". */
function namePart(piece: Piece, place: Candidate['place']): Piece | undefined {
  const trimmed = trimmedName(piece)
  if (!trimmed) return undefined
  if (looksLikeName(cleanName(trimmed.text))) return trimmed
  const words = []
  for (const word of trimmed.words) {
    if (/\d/.test(word.text) || notNames.has(word.text.toLowerCase().replace(/[^a-z]/g, ''))) break
    words.push(word)
  }
  return place !== 'BELOW' && words.length >= 2 && words.length <= 5 ? pieceOf(piece.page, words) : undefined
}

export { comparableWords }
