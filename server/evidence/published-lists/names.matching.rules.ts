/**
 * Who on a list may be this person? Pure, and the same whenever it is asked: what a likeness is worth follows from the list alone.
 *
 * Every word of a person's name is looked up among the words of the list (names.vocabulary.rules.ts); the rows that share two of
 * them are compared whole. A comparison is a sum in bits, after Fellegi and Sunter (A Theory for Record Linkage, 1969): a word
 * that few rows have is worth more than one that many have, less where it is only alike, and what contradicts takes away. It
 * has to make up for the number of rows in which somebody may be met by chance. The same name, said in as many words as both
 * sides have and contradicted by nothing, is always for a person to look at, however common it is.
 */
import { tokensOf, type GivenName, type NameToken } from './names.tokens.rules.ts'
import {
  vocabularyOf,
  type Likeness,
  type RowWords,
  type SimilarWord,
  type Vocabulary,
} from './names.vocabulary.rules.ts'

export interface ComparedPerson extends GivenName {
  /** YYYY-MM-DD */
  readonly birthDate: string | null
  readonly state: string | null
}

export interface ListedPerson extends ComparedPerson {
  readonly key: string
  /** Further whole names. */
  readonly otherNames: readonly GivenName[]
}

/** What speaks for it and against it, as a person reads it. */
export const matchGrounds = [
  'SAME_NAME',
  'OTHER_FORM',
  'SOUNDS_ALIKE',
  'SPELT_ALIKE',
  'SHORTENED',
  'NAMES_SWAPPED',
  'NAME_MISSING',
  'NAME_DIFFERS',
  'OTHER_NAME_OF_ROW',
  'SAME_BIRTH_DATE',
  'BIRTH_DATE_ALIKE',
  'BIRTH_DATE_DIFFERS',
  'SAME_STATE',
  'STATE_DIFFERS',
] as const
export type MatchGround = (typeof matchGrounds)[number]

export interface NameMatch {
  readonly key: string
  /** In bits; above 0 it is less likely by chance than a person in a list of this length. */
  readonly score: number
  readonly grounds: readonly MatchGround[]
}

export interface NameIndex {
  readonly rows: number
  /** The likeliest first, then by key: at most one of each row. */
  matchesOf(person: ComparedPerson): NameMatch[]
}

/** Bits that a likeness costs beside the word's own worth. */
const costs: Readonly<Record<Likeness, number>> = {
  EXACT: 0,
  VARIANT: 1.5,
  SLIP: 0.5,
  SOUND: 2.5,
  TYPO: 2,
  TYPOS: 4,
  PREFIX: 4,
}
const groundOf: Readonly<Record<Likeness, MatchGround | null>> = {
  EXACT: null,
  VARIANT: 'OTHER_FORM',
  SLIP: 'SPELT_ALIKE',
  SOUND: 'SOUNDS_ALIKE',
  TYPO: 'SPELT_ALIKE',
  TYPOS: 'SPELT_ALIKE',
  PREFIX: 'SHORTENED',
}
/** A word that several rows have is a name of its own, not another one mistyped. */
const ownNameFrom = 3
const ownNameCost = 5
const worthMax = 11
const worthMin = 1
const swappedCost = 1
const missingCost = { MIDDLE: 0.3, GIVEN: 2, FAMILY: 2 } as const
const differingCost = { MIDDLE: 6, GIVEN: 8, FAMILY: 8 } as const
const initialWorth = 1
const birthDates = { same: 12, alike: 5, differs: -9 } as const
const states = { same: 2, differs: -3 } as const
/** How much less than its list's length a score may make up for. */
const slack = 1.5

interface Form {
  readonly row: number
  readonly tokens: readonly NameToken[]
  readonly isOther: boolean
}

/** One word, or two neighbours read as one: maryanne, mary anne. */
interface Unit {
  readonly text: string
  readonly mask: number
}

function unitsOf(tokens: readonly NameToken[]): Unit[] {
  const single = tokens.map(({ text }, at) => ({ text, mask: 1 << at }))
  const joined = tokens
    .slice(1)
    .map(({ text }, at) => ({ text: `${tokens[at]?.text ?? ''}${text}`, mask: 3 << at }))
  return [...single, ...joined]
}

const tokensMax = 12

/** Puts a list's names where they are found by. */
export function nameIndex(persons: readonly ListedPerson[]): NameIndex {
  const forms: Form[] = persons.flatMap((person, row) =>
    [person, ...person.otherNames]
      .map((name, at) => ({ row, tokens: tokensOf(name).slice(0, tokensMax), isOther: at > 0 }))
      .filter(({ tokens }) => tokens.length > 0),
  )
  const units = forms.map(({ tokens }) => unitsOf(tokens))
  const words = vocabularyOf(groupedByRow(forms, units, persons.length))
  const unitWords = units.map((all) => all.map(({ text }) => words.numberOf(text) ?? -1))
  const holders: number[][] = []
  const byBirthDate = new Map<string, number[]>()
  forms.forEach(({ row }, form) => {
    for (const word of new Set(unitWords[form])) (holders[word] ??= []).push(form)
    const born = persons[row]?.birthDate
    if (born !== null && born !== undefined) byBirthDate.set(born, [...(byBirthDate.get(born) ?? []), form])
  })
  const seen = new Int32Array(forms.length)
  const masks = new Int32Array(forms.length)
  let stamp = 0
  const threshold = Math.log2(Math.max(persons.length, 2)) - slack

  const matchesOf = (person: ComparedPerson): NameMatch[] => {
    const tokens = tokensOf(person).slice(0, tokensMax)
    const own = unitsOf(tokens)
    stamp += 1
    const touched: number[] = []
    const similar = own.map(({ text, mask }) => {
      const alike = (mask & (mask - 1)) === 0 ? words.similarTo(text) : words.nearly(text)
      for (const { word } of alike)
        for (const form of holders[word] ?? []) {
          if (seen[form] !== stamp) {
            seen[form] = stamp
            masks[form] = 0
            touched.push(form)
          }
          masks[form] = (masks[form] ?? 0) | mask
        }
      return new Map<number, SimilarWord>(alike.map((one) => [one.word, one]))
    })
    const sharesTwo = (form: number): boolean => ((masks[form] ?? 0) & ((masks[form] ?? 0) - 1)) !== 0
    const born = new Set(person.birthDate === null ? [] : byBirthDate.get(person.birthDate))
    const best = new Map<number, NameMatch>()
    for (const form of touched) {
      const of = forms[form] as Form
      const isSingle = tokens.length === 1 || of.tokens.length === 1
      if (!sharesTwo(form) && !born.has(form) && !isSingle) continue
      const listed = persons[of.row] as ListedPerson
      const match = compared(
        person,
        tokens,
        own,
        similar,
        listed,
        of,
        units[form] ?? [],
        unitWords[form] ?? [],
      )
      const before = best.get(of.row)
      if (match && (!before || match.score > before.score)) best.set(of.row, match)
    }
    return [...best.values()].sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
  }

  function compared(
    person: ComparedPerson,
    tokens: readonly NameToken[],
    own: readonly Unit[],
    similar: readonly ReadonlyMap<number, SimilarWord>[],
    listed: ListedPerson,
    { tokens: theirs, isOther }: Form,
    theirUnits: readonly Unit[],
    theirWords: readonly number[],
  ): NameMatch | null {
    const pairs: Pair[] = []
    for (const [at, unit] of own.entries())
      for (const [place, word] of theirWords.entries()) {
        const alike = similar[at]?.get(word)
        if (!alike) continue
        const other = theirUnits[place] as Unit
        pairs.push({
          mine: unit.mask,
          other: other.mask,
          likeness: alike.likeness,
          worth: worthOf(words, unit.text, word, alike.likeness, persons.length),
          isOfRole: roleAt(tokens, unit.mask) === roleAt(theirs, other.mask),
        })
      }
    const chosen = chosenOf(pairs)
    const grounds = new Set<MatchGround>()
    let score = 0
    let matched = 0
    let isSame = true
    let mine = 0
    let other = 0
    for (const pair of chosen) {
      mine |= pair.mine
      other |= pair.other
      score += isLightAt(tokens, pair.mine) ? Math.min(pair.worth, 1) : pair.worth
      matched += isLightAt(tokens, pair.mine) ? 0 : bitsOf(pair.mine)
      const ground = groundOf[pair.likeness]
      if (ground) grounds.add(ground)
      if (pair.likeness !== 'EXACT' && pair.likeness !== 'VARIANT') isSame = false
    }
    if (matched === 0) return null
    if (isSwapped(chosen, tokens, theirs)) {
      score -= swappedCost
      grounds.add('NAMES_SWAPPED')
    }
    const left = leftOver(tokens, mine)
    const lacking = leftOver(theirs, other)
    const { cost, differs, isMissing } = rest(left, lacking)
    score -= cost
    if (differs) grounds.add('NAME_DIFFERS')
    else if (isMissing) grounds.add('NAME_MISSING')
    if (isSame) grounds.add('SAME_NAME')
    if (isOther) grounds.add('OTHER_NAME_OF_ROW')
    const born = birthDateGround(person.birthDate, listed.birthDate)
    if (born !== null) {
      score += birthDates[born]
      grounds.add(
        born === 'same' ? 'SAME_BIRTH_DATE' : born === 'alike' ? 'BIRTH_DATE_ALIKE' : 'BIRTH_DATE_DIFFERS',
      )
    }
    if (person.state !== null && listed.state !== null) {
      const isSameState = person.state === listed.state
      score += isSameState ? states.same : states.differs
      grounds.add(isSameState ? 'SAME_STATE' : 'STATE_DIFFERS')
    }
    // Of one word alone nobody is recognised, unless that is the whole name, or the day of birth says so too.
    const isWholeSingle = tokens.length === 1 && theirs.length === 1
    if (matched < 2 && !isWholeSingle && born !== 'same') return null
    const isPlain =
      isSame &&
      !differs &&
      born !== 'differs' &&
      !grounds.has('STATE_DIFFERS') &&
      lacksMiddleOnly(left, lacking)
    if (score < threshold && !isPlain) return null
    return {
      key: listed.key,
      score: Math.round((score - threshold) * 100) / 100,
      grounds: matchGrounds.filter((ground) => grounds.has(ground)),
    }
  }

  return { rows: persons.length, matchesOf }
}

function groupedByRow(forms: readonly Form[], units: readonly (readonly Unit[])[], rows: number): RowWords[] {
  const grouped = Array.from({ length: rows }, () => ({ single: [] as string[], joined: [] as string[] }))
  forms.forEach(({ row }, form) => {
    for (const { text, mask } of units[form] ?? [])
      grouped[row]?.[(mask & (mask - 1)) === 0 ? 'single' : 'joined'].push(text)
  })
  return grouped
}

interface Pair {
  readonly mine: number
  readonly other: number
  readonly likeness: Likeness
  readonly worth: number
  readonly isOfRole: boolean
}

/** The pairs that are worth most together, each word once; the first of the best, so that it is always one. */
function chosenOf(pairs: readonly Pair[]): Pair[] {
  const ordered = [...pairs].sort(
    (a, b) =>
      b.worth - a.worth || Number(b.isOfRole) - Number(a.isOfRole) || a.mine - b.mine || a.other - b.other,
  )
  const chosen: Pair[] = []
  let mine = 0
  let other = 0
  for (const pair of ordered) {
    if ((mine & pair.mine) !== 0 || (other & pair.other) !== 0) continue
    mine |= pair.mine
    other |= pair.other
    chosen.push(pair)
  }
  return chosen
}

function worthOf(words: Vocabulary, text: string, word: number, likeness: Likeness, rows: number): number {
  const worth = Math.min(worthMax, Math.log2((rows + 10) / (words.count(word) + 1)))
  const isOwnName =
    likeness !== 'EXACT' && likeness !== 'VARIANT' && words.countOf(text) >= ownNameFrom ? ownNameCost : 0
  return Math.max(worthMin, worth) - costs[likeness] - isOwnName
}

const bitsOf = (mask: number): number => {
  let bits = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits += 1
  return bits
}

const roleAt = (tokens: readonly NameToken[], mask: number): string =>
  tokens.find((_, at) => (mask & (1 << at)) !== 0)?.role ?? ''

const isLightAt = (tokens: readonly NameToken[], mask: number): boolean =>
  tokens.every(({ isLight }, at) => (mask & (1 << at)) === 0 || isLight)

/** A given name stands where the other side has its family name. */
function isSwapped(
  chosen: readonly Pair[],
  tokens: readonly NameToken[],
  theirs: readonly NameToken[],
): boolean {
  return chosen.some(
    ({ mine, other }) => (roleAt(tokens, mine) === 'FAMILY') !== (roleAt(theirs, other) === 'FAMILY'),
  )
}

const leftOver = (tokens: readonly NameToken[], mask: number): NameToken[] =>
  tokens.filter(({ isLight }, at) => (mask & (1 << at)) === 0 && !isLight)

/** What no word of the other side answers to: an initial may; else both sides have names that differ, or one has more. */
function rest(
  left: readonly NameToken[],
  lacking: readonly NameToken[],
): { cost: number; differs: boolean; isMissing: boolean } {
  const open = [...lacking]
  let cost = 0
  const still = left.filter((token) => {
    const at = open.findIndex(
      ({ text }) => text[0] === token.text[0] && (text.length === 1 || token.text.length === 1),
    )
    if (at < 0) return true
    open.splice(at, 1)
    cost -= initialWorth
    return false
  })
  const differing = Math.min(still.length, open.length)
  const [more, fewer] = still.length > open.length ? [still, open] : [open, still]
  const weight = (token: NameToken | undefined): number => differingCost[token?.role ?? 'MIDDLE']
  for (let at = 0; at < differing; at += 1) cost += Math.max(weight(still[at]), weight(open[at]))
  for (const token of more.slice(fewer.length)) cost += missingCost[token.role]
  return { cost, differs: differing > 0, isMissing: more.length > fewer.length }
}

/** Whether first and family names have all been met. */
const lacksMiddleOnly = (left: readonly NameToken[], lacking: readonly NameToken[]): boolean =>
  [...left, ...lacking].every(({ role }) => role === 'MIDDLE')

/** Null where one is not known. Alike: day and month changed places, or one figure is another. */
function birthDateGround(mine: string | null, other: string | null): keyof typeof birthDates | null {
  if (mine === null || other === null) return null
  if (mine === other) return 'same'
  if (mine.slice(0, 5) + mine.slice(8) + mine.slice(4, 7) === other) return 'alike'
  let differing = 0
  for (let at = 0; at < 10; at += 1) {
    if (mine.charCodeAt(at) === other.charCodeAt(at)) continue
    differing += 1
    if (differing > 1) return 'differs'
  }
  return 'alike'
}
