/** Whether more than one document is in one file (spec 40, MULTIPLE_DOCUMENTS). Pure. */
import type { FoundDate } from './document-reading.schema.ts'
import { candidatesOf, looksLikeName, type MetLabel } from './fields.rules.ts'
import type { Layout, Piece } from './layout.rules.ts'
import { phraseIn, phraseOf } from './layout.rules.ts'
import type { TypeScore } from './type-scores.rules.ts'

/** A second type has to be as well grounded as that. */
const secondMin = 4

/** A sentence that says what speaks for it; null for one document. */
export function multipleDocuments(
  layout: Layout,
  met: readonly MetLabel[],
  scores: readonly TypeScore[],
  dates: readonly FoundDate[],
): string | null {
  const twice = repeatedLabels(layout, met)
  const titles = titlesOf(layout, scores)
  const [first, second] = titles
  if (first && second && first !== second) {
    return `There is more than one document in it: ${first} and ${second}.`
  }
  const ends = new Set(
    dates.filter(({ kind, confidence }) => kind === 'EXPIRY' && confidence > 0.6).map(({ value }) => value),
  )
  if (twice && ends.size > 1)
    return 'There seems to be more than one document in it: a holder and an end stand on it twice.'
  return null
}

/** Two names with a label each, at two places. */
function repeatedLabels(layout: Layout, met: readonly MetLabel[]): boolean {
  const places: Piece[] = []
  for (const one of met.filter(({ label }) => label.kind === 'NAME' && label.weight >= 0.8)) {
    const [candidate] = candidatesOf(one, layout, met)
    if (candidate && looksLikeName(candidate.piece.text)) places.push(candidate.piece)
  }
  return places.length > 1
}

/** Names of the types whose titles or codes stand alone on the pages, in different pieces. */
function titlesOf(layout: Layout, scores: readonly TypeScore[]): string[] {
  const found: { name: string; pieces: Set<Piece> }[] = []
  for (const { type, name, score } of scores) {
    if (type === null || score < secondMin) continue
    if (scores.some((other) => other.type?.hints.covers.includes(type.code) && other.score > score)) continue
    const pieces = new Set<Piece>()
    for (const title of type.hints.titles)
      for (const piece of layout.pieces) {
        const phrase = phraseOf(title)
        if (
          phrase.length <= piece.words.length &&
          piece.words.length <= phrase.length + 4 &&
          phraseIn(piece, phrase)
        )
          pieces.add(piece)
      }
    if (pieces.size === 0) continue
    // Another state's check has the same title, in the same place.
    if (found.every((other) => [...other.pieces].every((piece) => !pieces.has(piece))))
      found.push({ name, pieces })
  }
  return found.map(({ name }) => name)
}
