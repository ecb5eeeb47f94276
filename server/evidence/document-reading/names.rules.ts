/** Whether a name on a document is the holder's (spec 40, "Fields"). Pure. */
import { editsBetween, editsForgiven, folded } from './likeness.rules.ts'
import { sameGivenNames } from './nicknames.rules.ts'
import type { NameMatch } from './document-reading.schema.ts'

export interface HolderName {
  readonly givenName: string
  readonly familyName: string
  /** Former family names, names at birth, other spellings: a family name, or a whole name. */
  readonly otherNames: readonly string[]
}

const titles = new Set([
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'dr',
  'prof',
  'professor',
  'rev',
  'sir',
  'dame',
  'rn',
  'en',
  'jnr',
  'snr',
  'jr',
  'sr',
])

/** The parts of a name: folded, without titles; what a hyphen joins is apart, an apostrophe parts nothing. */
export function namePartsOf(name: string): string[] {
  return folded(name)
    .replace(/['’`´]/g, '')
    .split(/[^\p{L}\d]+/u)
    .filter((part) => part !== '' && !titles.has(part))
}

type Alike = 'SAME' | 'CLOSE' | 'INITIAL' | 'NO'

/** Letters that OCR takes for each other are no difference. */
const unmistaken = (part: string): string =>
  part
    .replace(/rn/g, 'm')
    .replace(/ii/g, 'u')
    .replace(/[1il|!]/g, 'l')
    .replace(/0/g, 'o')
    .replace(/5/g, 's')
    .replace(/vv/g, 'w')
    .replace(/8/g, 'b')

function partLikeness(a: string, b: string): Alike {
  if (a === b || unmistaken(a) === unmistaken(b)) return 'SAME'
  if (a.length === 1 || b.length === 1) return a[0] === b[0] ? 'INITIAL' : 'NO'
  const length = Math.min(a.length, b.length)
  return editsBetween(a, b, 2) <= Math.min(editsForgiven(length), length < 6 ? 1 : 2) ? 'CLOSE' : 'NO'
}

function givenLikeness(a: string, b: string): Alike {
  const plain = partLikeness(a, b)
  return plain === 'NO' && sameGivenNames(a, b) ? 'SAME' : plain
}

const joined = (parts: readonly string[]): string => parts.join('')

/** A family name of one or several parts among the parts of a name, in any place. Gives what is left, and how alike. */
function withoutFamily(
  parts: readonly string[],
  family: readonly string[],
): { rest: string[]; alike: Alike } | undefined {
  const wanted = joined(family)
  let best: { rest: string[]; alike: Alike } | undefined
  for (let from = 0; from < parts.length; from += 1)
    for (let to = from + 1; to <= Math.min(parts.length, from + family.length + 2); to += 1) {
      const alike = partLikeness(joined(parts.slice(from, to)), wanted)
      if (alike !== 'SAME' && alike !== 'CLOSE') continue
      if (!best || (best.alike === 'CLOSE' && alike === 'SAME'))
        best = { rest: [...parts.slice(0, from), ...parts.slice(to)], alike }
    }
  // One half of a double name: Nguyen of Nguyen-Smith.
  if (!best && family.length > 1)
    for (const [at, part] of parts.entries())
      if (family.some((one) => one.length > 3 && partLikeness(part, one) === 'SAME'))
        best = { rest: parts.toSpliced(at, 1), alike: 'CLOSE' }
  // And the other way: Smith where the document says Nguyen-Smith is found above; what is left over is no given name.
  return best
}

/**
 * MATCH = the same person's name by order, middle names, initials, short forms, marks and misreadings that are usual;
 * DIFFERENT = another name; UNSURE = a part is the same and a part is not (a family name that changed, a relative).
 */
export function compareNames(printed: string, holder: HolderName): NameMatch {
  const parts = namePartsOf(printed)
  const given = namePartsOf(holder.givenName)
  if (parts.length === 0 || given.length === 0) return 'UNSURE'
  const families = [holder.familyName, ...holder.otherNames]
    .map(namePartsOf)
    .filter((family) => family.length > 0)
  let isPartly = false
  for (const [at, family] of families.entries()) {
    const found = withoutFamily(parts, family)
    // A whole other name: all of it stands there.
    if (at > 0 && family.length > 1 && isSameWhole(parts, family)) return 'MATCH'
    if (!found) continue
    const likeness = givenAmong(found.rest, given)
    if (likeness === 'SAME' || likeness === 'INITIAL') return 'MATCH'
    if (likeness === 'CLOSE') {
      if (found.alike === 'SAME') return 'MATCH'
      isPartly = true
    }
    if (found.alike === 'SAME' && found.rest.length === 0) isPartly = true
  }
  // The given names without the family name: it may have changed.
  if (!isPartly && givenAmong(parts.slice(0, -1), given) === 'SAME') isPartly = true
  return isPartly ? 'UNSURE' : 'DIFFERENT'
}

function isSameWhole(parts: readonly string[], whole: readonly string[]): boolean {
  return whole.every((one) => parts.some((part) => ['SAME', 'CLOSE'].includes(partLikeness(part, one))))
}

/** The first given name among what is left; middle names may be missing, short or on one side only. */
function givenAmong(rest: readonly string[], given: readonly string[]): Alike {
  if (rest.length === 0) return 'NO'
  const whole = joined(given)
  let best: Alike = 'NO'
  const better = (alike: Alike): void => {
    const order: readonly Alike[] = ['NO', 'CLOSE', 'INITIAL', 'SAME']
    if (order.indexOf(alike) > order.indexOf(best)) best = alike
  }
  // Two given names written as one, or one as two: Mary-Anne, Maryanne.
  for (let count = 1; count <= Math.min(3, rest.length); count += 1)
    for (let from = 0; from + count <= rest.length; from += 1) {
      const run = joined(rest.slice(from, from + count))
      if (count > 1 || given.length > 1) {
        const alike = partLikeness(run, whole)
        if (alike !== 'INITIAL') better(alike)
      }
      if (count === 1) {
        const first = given[0] ?? ''
        const alike = givenLikeness(run, first)
        // An initial counts as the first of what is left only: "A" of "Maria A" is a middle name.
        if (alike !== 'INITIAL' || from === 0 || rest.length === 1) better(alike)
        else if (first.length === 1) better(alike)
      }
    }
  // Known by the middle name.
  if (
    best === 'NO' &&
    given.slice(1).some((one) => one.length > 2 && rest.some((part) => partLikeness(part, one) === 'SAME'))
  )
    better('SAME')
  return best
}
