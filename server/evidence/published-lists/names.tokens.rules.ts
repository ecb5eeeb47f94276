/** A person's name as the words it is compared by. Pure. */
import { foldText } from '../../platform/text.ts'

export type NameRole = 'GIVEN' | 'MIDDLE' | 'FAMILY'

export interface NameToken {
  /** Folded: small Latin letters where the script has a transcription, else as it is. */
  readonly text: string
  readonly role: NameRole
  /** A particle (al, de, van): its being there or not says little. */
  readonly isLight: boolean
}

/** A name, in parts where they are known. */
export interface GivenName {
  readonly given: string | null
  readonly middle: string | null
  readonly family: string | null
}

/** Letters that no accent makes of others. */
const letters: Readonly<Record<string, string>> = {
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ł: 'l',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ı: 'i',
  ŋ: 'ng',
  ħ: 'h',
  ə: 'a',
  // Greek, as passports spell it (ISO 843 / ELOT 743).
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
  // Cyrillic, as passports spell it (ICAO 9303-3).
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  є: 'ie',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  й: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ы: 'y',
  э: 'e',
  ю: 'iu',
  я: 'ia',
  ђ: 'dj',
  ј: 'j',
  љ: 'lj',
  њ: 'nj',
  ћ: 'c',
  џ: 'dz',
}
const written = new RegExp(`[${Object.keys(letters).join('')}ъь]`, 'gu')

const light: ReadonlySet<string> = new Set(
  'al el bin ibn bint binti van von der den ten ter de da do dos das di del della du la las los le y e st'.split(
    ' ',
  ),
)
const titles: ReadonlySet<string> = new Set('mr mrs ms miss mx dr prof professor sir rev fr sr jr'.split(' '))

/** "O’Brien-Đặng (Kim)" → obrien, dang, kim. */
export function wordsOf(text: string | null): string[] {
  if (text === null) return []
  return foldText(text)
    .replace(/'/g, '')
    .replace(written, (letter) => letters[letter] ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Titles are left out, unless nothing else is there. */
export function tokensOf({ given, middle, family }: GivenName): NameToken[] {
  const untitled = (text: string | null): string[] => {
    const words = wordsOf(text)
    const rest = words.filter((word) => !titles.has(word))
    return rest.length === 0 ? words : rest
  }
  const of = (words: readonly string[], role: NameRole): NameToken[] => {
    // A name that is a particle elsewhere is a name here: Le, De. One of several words of it may be one.
    const mayBeLight = role !== 'GIVEN' && words.some((word) => !light.has(word))
    return words.map((text) => ({ text, role, isLight: mayBeLight && light.has(text) }))
  }
  const [first, ...further] = untitled(given)
  return [
    ...of(first === undefined ? [] : [first], 'GIVEN'),
    ...of([...further, ...untitled(middle)], 'MIDDLE'),
    ...of(untitled(family), 'FAMILY'),
  ]
}

/**
 * A whole name in its parts. "CHEN, Sarah Mei" has its family name first whatever the order is said to be.
 * @param isFamilyFirst where no comma says it
 */
export function partsOf(fullName: string, isFamilyFirst: boolean): GivenName {
  const comma = fullName.indexOf(',')
  const [before, after] = comma < 0 ? ['', ''] : [fullName.slice(0, comma), fullName.slice(comma + 1)]
  if (before.trim() !== '' && after.trim() !== '') {
    const [given = '', ...middle] = after.trim().split(/\s+/)
    return { given, middle: middle.join(' ') || null, family: before.trim() }
  }
  const words = fullName.replaceAll(',', ' ').trim().split(/\s+/)
  if (words.length === 1) return { given: null, middle: null, family: words[0] ?? '' }
  const [given = '', ...middle] = isFamilyFirst ? words.slice(1) : words.slice(0, -1)
  const family = (isFamilyFirst ? words[0] : words.at(-1)) ?? ''
  return { given, middle: middle.join(' ') || null, family }
}

/**
 * How a name sounds, roughly, in whatever spelling it came into English: the same for Catherine and Kathryn, Stephen and
 * Steven, Müller and Mueller. Vowels but the first are left out, so it is long enough to mean something from three letters on.
 */
export function soundOf(word: string): string {
  const heard = word
    .replace(/ae|oe|ue/g, (pair) => pair[0] ?? '')
    .replace(/^(?:kn|gn|pn)/, 'n')
    .replace(/^wr/, 'r')
    .replace(/^x/, 's')
    .replace(/ph/g, 'f')
    .replace(/gh(?=[^aeiou]|$)/g, '')
    .replace(/sch|tsch|tch|ch|sh|zh/g, 's')
    .replace(/th/g, 't')
    .replace(/kh|ck|q|c(?=[^eiy]|$)|x/g, 'k')
    .replace(/c/g, 's')
    .replace(/z/g, 's')
    .replace(/[vw]/g, 'f')
    .replace(/dj|j|g(?=[eiy])/g, 'j')
    .replace(/y/g, 'i')
    .replace(/h/g, '')
  const first = heard[0] ?? ''
  return ((/[aeiou]/.test(first) ? 'a' : first) + heard.slice(1).replace(/[aeiou]/g, '')).replace(
    /(.)\1+/g,
    '$1',
  )
}

/**
 * Damerau-Levenshtein distance in its restricted form (optimal string alignment): insertions, deletions, substitutions, and
 * neighbours that changed places; `most + 1` where it is more than that.
 */
export function distanceOf(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return most + 1
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length] ?? 0, most + 1)
}
