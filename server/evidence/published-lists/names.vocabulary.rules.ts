/** The words of a list's names, and which of them a given word may be: as it is, by another form, misheard or mistyped. Pure. */
import { distanceOf, soundOf } from './names.tokens.rules.ts'
import { variantsOf } from './names.variants.rules.ts'

export type Likeness = 'EXACT' | 'VARIANT' | 'SLIP' | 'SOUND' | 'TYPO' | 'TYPOS' | 'PREFIX'

export interface SimilarWord {
  /** The number of the list's word. */
  readonly word: number
  readonly likeness: Likeness
}

export interface Vocabulary {
  /** In how many rows a word stands; 0 for one of no row. */
  countOf(word: string): number
  /** By its number. */
  count(word: number): number
  numberOf(word: string): number | undefined
  similarTo(word: string): readonly SimilarWord[]
  /** The word as it is, and words that sound just so: for neighbours read as one, of which there are too many for more. */
  nearly(word: string): readonly SimilarWord[]
}

const remembered = 100_000
/** Shorter words are other words when a letter is. */
const typoFrom = 4
const typosFrom = 8
const prefixFrom = 4
const joinedFrom = 7

const mistypedAllowance = (a: string, b: string): number => {
  const longer = Math.max(a.length, b.length)
  if (longer < typoFrom || Math.min(a.length, b.length) < typoFrom - 1) return 0
  return longer < typosFrom ? 1 : 2
}

/** Two letters that changed places, or one typed twice or once too few: so two different names hardly ever differ. */
function isSlip(a: string, b: string): boolean {
  if (a.length !== b.length) {
    const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
    if (longer.length - shorter.length !== 1) return false
    let at = 0
    while (shorter[at] === longer[at]) at += 1
    return longer[at] === longer[at - 1] && longer.slice(at + 1) === shorter.slice(at)
  }
  let at = 0
  while (a[at] === b[at]) at += 1
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/** Every word that some deletions of letters leave, itself too. */
function deletions(word: string, most: number): Set<string> {
  const all = new Set([word])
  let edge = [word]
  for (let step = 0; step < most; step += 1) {
    const next: string[] = []
    for (const text of edge)
      for (let at = 0; at < text.length; at += 1) {
        const shorter = text.slice(0, at) + text.slice(at + 1)
        if (all.has(shorter)) continue
        all.add(shorter)
        next.push(shorter)
      }
    edge = next
  }
  return all
}

const deletionsMost = (word: string): number => (word.length < typosFrom - 1 ? 1 : 2)

function adding(map: Map<string, number[]>, key: string, word: number): void {
  const there = map.get(key)
  if (there === undefined) map.set(key, [word])
  else there.push(word)
}

/** What stands in a row: words, and neighbours read as one, which are found as they are only. */
export interface RowWords {
  readonly single: Iterable<string>
  readonly joined: Iterable<string>
}

export function vocabularyOf(rows: Iterable<RowWords>): Vocabulary {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  const counts: number[] = []
  const note = (row: Iterable<string>): void => {
    for (const word of new Set(row)) {
      let number = numbers.get(word)
      if (number === undefined) {
        number = texts.length
        numbers.set(word, number)
        texts.push(word)
        counts.push(0)
      }
      counts[number] = (counts[number] ?? 0) + 1
    }
  }
  const all = [...rows]
  for (const { single } of all) note(single)
  const singles = texts.length
  for (const { joined } of all) note(joined)
  const bySound = new Map<string, number[]>()
  const byDeletion = new Map<string, number[]>()
  const byPrefix = new Map<string, number[]>()
  texts.slice(0, singles).forEach((text, number) => {
    const sound = soundOf(text)
    if (sound.length > 1) adding(bySound, sound, number)
    if (text.length >= typoFrom - 1)
      for (const shorter of deletions(text, deletionsMost(text))) adding(byDeletion, shorter, number)
    for (let length = prefixFrom; length < text.length; length += 1)
      adding(byPrefix, text.slice(0, length), number)
  })

  const look = (word: string): readonly SimilarWord[] => {
    const found = new Map<number, Likeness>()
    const note = (number: number | undefined, likeness: Likeness): void => {
      if (number !== undefined && !found.has(number)) found.set(number, likeness)
    }
    note(numbers.get(word), 'EXACT')
    for (const variant of variantsOf(word)) note(numbers.get(variant), 'VARIANT')
    if (word.length >= typoFrom - 1) {
      const near = new Set<number>()
      for (const shorter of deletions(word, deletionsMost(word)))
        for (const number of byDeletion.get(shorter) ?? []) if (!found.has(number)) near.add(number)
      for (const number of near) if (isSlip(word, texts[number] ?? '')) note(number, 'SLIP')
      const sound = soundOf(word)
      // Two short names may sound alike and be quite different: Lee and Loh.
      if (sound.length > 1)
        for (const number of bySound.get(sound) ?? [])
          if (distanceOf(word, texts[number] ?? '', 3) <= 3) note(number, 'SOUND')
      for (const number of near) {
        if (found.has(number)) continue
        const text = texts[number] ?? ''
        const most = mistypedAllowance(word, text)
        if (most === 0) continue
        const distance = distanceOf(word, text, most)
        if (distance <= most) note(number, distance === 1 ? 'TYPO' : 'TYPOS')
      }
    }
    if (word.length >= prefixFrom) {
      for (const number of byPrefix.get(word) ?? []) note(number, 'PREFIX')
      for (let length = prefixFrom; length < word.length; length += 1)
        note(numbers.get(word.slice(0, length)), 'PREFIX')
    }
    return [...found].map(([number, likeness]) => ({ word: number, likeness }))
  }

  const known = new Map<string, readonly SimilarWord[]>()
  return {
    countOf: (word) => counts[numbers.get(word) ?? -1] ?? 0,
    count: (number) => counts[number] ?? 0,
    numberOf: (word) => numbers.get(word),
    nearly: (word) => {
      const number = numbers.get(word)
      if (number !== undefined) return [{ word: number, likeness: 'EXACT' }]
      if (word.length < joinedFrom) return []
      return (bySound.get(soundOf(word)) ?? [])
        .filter((one) => distanceOf(word, texts[one] ?? '', 2) <= 2)
        .map((one) => ({ word: one, likeness: 'SOUND' }))
    },
    similarTo: (word) => {
      const before = known.get(word)
      if (before) return before
      if (known.size >= remembered) known.clear()
      const found = look(word)
      known.set(word, found)
      return found
    },
  }
}
