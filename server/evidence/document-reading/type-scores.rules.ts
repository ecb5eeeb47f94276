/** What kind of document it is: scored from what the catalogue says stands on each type (spec 40, "Type"). Pure. */
import type { DocumentTypeHints } from './document-reading.schema.ts'
import { comparableWords, phraseOf, type Layout, type Piece } from './layout.rules.ts'
import { editsBetween, editsForgiven } from './likeness.rules.ts'
import { fittedNumber, isTelling } from './numbers.rules.ts'
import { otherDocuments } from './other-documents.rules.ts'

export interface TypeScore {
  /** Null = a document that is no type of the catalogue: `name` says which. */
  readonly type: DocumentTypeHints | null
  readonly name: string
  readonly score: number
  /** What spoke for it, as printed in the catalogue, the strongest first. */
  readonly evidence: readonly string[]
}

/** Several words of an invoice on one paper make it one, whatever was paid for. */
const otherFading = 0.75
const foreign = 'a document from '

/** How much each kind of evidence is worth. */
const weights = { title: 3, issuer: 2.6, code: 3.6, word: 0.5, number: 2.2, jurisdiction: 1.1, other: 2.4 }
/** Only so much is looked at: what a document is, it says at its beginning. */
const wordsRead = 2_500
const pagesRead = 3
/** A phrase in a sentence is less than one that stands alone. */
const sentenceWords = 9

interface Stream {
  readonly words: readonly string[]
  readonly pieces: readonly Piece[]
  /** Places of each distinct word. */
  readonly places: ReadonlyMap<string, readonly number[]>
}

function streamOf(layout: Layout): Stream {
  const words: string[] = []
  const pieces: Piece[] = []
  const places = new Map<string, number[]>()
  for (const piece of layout.pieces) {
    if (piece.page > pagesRead) continue
    for (const word of comparableWords(piece)) {
      if (word === '' || words.length >= wordsRead) continue
      const list = places.get(word)
      if (list) list.push(words.length)
      else places.set(word, [words.length])
      words.push(word)
      pieces.push(piece)
    }
  }
  return { words, pieces, places }
}

interface Hit {
  readonly likeness: number
  /** 0.4 to 1.3: large and alone, or small in a sentence. */
  readonly standing: number
}

/** Finds phrases in what was read, each word's likes looked up once. */
function phraseFinder(stream: Stream, typical: number): (phrase: string) => Hit | undefined {
  const alike = new Map<string, Map<string, number>>()
  const known = new Map<string, Hit | undefined>()
  const distances = (wanted: string): Map<string, number> => {
    let found = alike.get(wanted)
    if (!found) {
      found = new Map()
      const forgiven = editsForgiven(wanted.length)
      for (const word of stream.places.keys()) {
        const distance = editsBetween(word, wanted, forgiven)
        if (distance <= forgiven) found.set(word, distance)
      }
      alike.set(wanted, found)
    }
    return found
  }
  return (text) => {
    if (known.has(text)) return known.get(text)
    const phrase = phraseOf(text)
    const [first, ...more] = phrase
    if (first !== undefined && more.length === 0 && /[a-z]+\d{2,}/.test(first)) {
      const wanted = asRead(first)
      const isMet = [...stream.places.keys()].some((word) => asRead(word) === wanted)
      const hit = isMet ? { likeness: 1, standing: 1 } : undefined
      known.set(text, hit)
      return hit
    }
    let best: Hit | undefined
    if (first !== undefined)
      for (const [word, distance] of distances(first))
        for (const place of stream.places.get(word) ?? []) {
          let edits = distance
          let isMet = true
          for (let at = 1; at < phrase.length; at += 1) {
            const next = distances(phrase[at] ?? '').get(stream.words[place + at] ?? '')
            if (next === undefined) {
              isMet = false
              break
            }
            edits += next
          }
          const piece = stream.pieces[place]
          if (!isMet || !piece) continue
          const letters = phrase.join('').length
          const likeness = 1 - edits / Math.max(4, letters)
          const size = Math.min(1.25, Math.max(0.9, piece.height / typical))
          const isProse = piece.words.length > Math.max(sentenceWords, phrase.length * 2.5)
          const hit = { likeness, standing: isProse ? 0.45 : size }
          if (!best || hit.likeness * hit.standing > best.likeness * best.standing) best = hit
        }
    known.set(text, best)
    return best
  }
}

const jurisdictionNames: Readonly<Record<string, readonly string[]>> = {
  NSW: ['new south wales', 'nsw government', 'nsw'],
  VIC: ['victoria', 'victorian', 'vic'],
  QLD: ['queensland', 'qld'],
  WA: ['western australia', 'wa'],
  SA: ['south australia', 'sa'],
  TAS: ['tasmania', 'tasmanian', 'tas'],
  ACT: ['australian capital territory', 'act government', 'access canberra', 'canberra'],
  NT: ['northern territory', 'nt'],
}

/** Victoria Road is no state. */
const isStreet = (text: string, name: string): boolean =>
  new RegExp(
    ` ${name} (?:road|rd|street|st|avenue|ave|parade|place|court|drive|lane|terrace|square|way|park|crescent) `,
  ).test(text)

/** Whether a state is named other than in somebody's address. */
function jurisdictionsNamed(layout: Layout): Map<string, number> {
  const named = new Map<string, number>()
  for (const piece of layout.pieces) {
    if (piece.page > pagesRead) continue
    const words = comparableWords(piece)
    const text = ` ${words.join(' ')} `
    const isAddress = /\b\d{4}\b/.test(text) && /\b(nsw|vic|qld|wa|sa|tas|act|nt)\b/.test(text)
    for (const [state, names] of Object.entries(jurisdictionNames))
      for (const name of names)
        if (text.includes(` ${name} `) && !isStreet(text, name)) {
          // "act" and "sa" are words too: short names count in capitals.
          const isShort = name.length <= 3
          if (
            isShort &&
            !piece.words.some((word) => word.text.replace(/[^A-Za-z]/g, '') === name.toUpperCase())
          )
            continue
          const worth = isAddress ? 0.15 : isShort ? 0.8 : 1
          named.set(state, Math.max(named.get(state) ?? 0, worth))
        }
  }
  return named
}

/** Best first. Types of the catalogue and other documents compete. */
export function scoreTypes(layout: Layout, types: readonly DocumentTypeHints[]): TypeScore[] {
  const stream = streamOf(layout)
  const heights = layout.pieces.map(({ height }) => height).sort((a, b) => a - b)
  const find = phraseFinder(stream, heights[Math.floor(heights.length / 2)] ?? 0.02)
  const named = jurisdictionsNamed(layout)
  const mostNamed = Math.max(0, ...named.values())
  const scores: TypeScore[] = types.map((type) => scoreOf(type, layout, find, named, mostNamed))
  uncovered(scores, find)
  let isForeign = false
  for (const { name, phrases } of otherDocuments) {
    const hits = worths(phrases, find)
    if (name.startsWith(foreign) && (hits[0]?.worth ?? 0) > 0.85) isForeign = true
    scores.push({
      type: null,
      name,
      score: summed(hits, weights.other, otherFading),
      evidence: hits.map(({ phrase }) => phrase),
    })
  }
  const judged = isForeign ? scores.map((one) => withoutForeign(one, named)) : scores
  return judged.sort((a, b) => b.score - a.score)
}

/** Another country stands on it: a title that is used everywhere says no more that it is of this one. */
function withoutForeign(one: TypeScore, named: ReadonlyMap<string, number>): TypeScore {
  if (one.type === null) return one
  const { hints, jurisdiction } = one.type
  const isOurs =
    one.evidence.some((phrase) => hints.issuers.includes(phrase)) ||
    (jurisdiction !== null && (named.get(jurisdiction) ?? 0) > 0.5)
  return isOurs ? one : { ...one, score: one.score - 3 }
}

/** A covering document's own code or title is on it: what it shares with the covered type speaks for the covering one. */
function uncovered(scores: TypeScore[], find: (phrase: string) => Hit | undefined): void {
  for (const covering of [...scores]) {
    const { hints } = covering.type ?? {}
    if (!hints) continue
    for (const [at, covered] of scores.entries()) {
      if (covered.type === null || !hints.covers.includes(covered.type.code)) continue
      const others = covered.type.hints
      const own = [...hints.codes, ...hints.titles.filter((title) => !others.titles.includes(title))]
      if (own.some((phrase) => (find(phrase)?.standing ?? 0) >= 0.9))
        scores[at] = { ...covered, score: Math.min(covered.score, covering.score - 2) }
    }
  }
}

interface Worth {
  readonly phrase: string
  readonly worth: number
}

/** Letters and digits that OCR takes for each other are one: codes of a family differ by a digit, which is never forgiven. */
const asRead = (code: string): string =>
  code
    .replace(/o/g, '0')
    .replace(/[il|]/g, '1')
    .replace(/z/g, '2')
    .replace(/s/g, '5')
    .replace(/b/g, '8')
    .replace(/g/g, '6')

function worths(phrases: readonly string[], find: (phrase: string) => Hit | undefined): Worth[] {
  const found: Worth[] = []
  for (const phrase of phrases) {
    const hit = find(phrase)
    // A misread word is worth less than its letters: other words are close too.
    if (hit) found.push({ phrase, worth: hit.likeness ** 2 * hit.standing })
  }
  return found.sort((a, b) => b.worth - a.worth)
}

/** The best counts whole, each further one less: by `fading` of what the one before it did. */
function summed(found: readonly Worth[], weight: number, fading = 0.5): number {
  return found.slice(0, 4).reduce((sum, { worth }, at) => sum + weight * worth * fading ** at, 0)
}

function scoreOf(
  type: DocumentTypeHints,
  layout: Layout,
  find: (phrase: string) => Hit | undefined,
  named: ReadonlyMap<string, number>,
  mostNamed: number,
): TypeScore {
  const { hints, jurisdiction } = type
  const titles = worths(hints.titles, find)
  const issuers = worths(hints.issuers, find)
  const codes = worths(hints.codes, find)
  const words = worths(hints.words, find)
  let score =
    summed(titles, weights.title) +
    summed(issuers, weights.issuer) +
    summed(codes, weights.code) +
    summed(words, weights.word)
  const evidence = [...codes, ...titles, ...issuers].map(({ phrase }) => phrase)
  if (isTelling(type.numberPattern)) {
    const pattern = new RegExp(type.numberPattern, 'u')
    const best = layout.pieces.reduce((most, piece) => {
      if (piece.page > pagesRead) return most
      for (const { text } of piece.words) {
        if (!/\d/.test(text) || text.length < 6) continue
        const fitted = fittedNumber(text.replace(/[.,;:]+$/, ''), pattern)
        if (fitted) most = Math.max(most, fitted.mended === 0 ? 1 : fitted.mended <= 2 ? 0.6 : 0)
      }
      return most
    }, 0)
    score += weights.number * best
  }
  if (jurisdiction !== null && score > 0) {
    const own = named.get(jurisdiction) ?? 0
    score += weights.jurisdiction * own
    // A state's own document says which state it is.
    if (own < 0.3 && issuers.length === 0 && codes.length === 0) score -= weights.jurisdiction
    // Another state is named, and this one is not.
    if (own < mostNamed && issuers.length === 0) score -= weights.jurisdiction * 1.4 * (mostNamed - own)
  }
  return { type, name: type.name, score, evidence }
}
