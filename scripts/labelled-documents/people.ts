/** Whose documents they are: names as an employer has them, and as a document spells them. */
import type { Seeded } from '../example-organisation/seeded.ts'

export interface Person {
  readonly firstName: string
  readonly middleName: string | null
  readonly lastName: string
}

/** How the name on the document relates to the worker's. The last two are other people. */
export type NamePairing =
  'SAME' | 'MIDDLE' | 'ORDER' | 'INITIAL' | 'DIACRITICS' | 'NICKNAME' | 'MARRIED' | 'OTHER' | 'RELATIVE'

const list = (text: string): string[] => text.trim().split(/\s+/)

const given = list(`
  Jordan Priya Mei Sarah Thomas Nguyen Zoë Ahmed Fatima Lachlan Isabella Rohan Anjali José Chloé Siobhán Kwame Aroha Tomasz
  Elizabeth William Robert Katherine Michael Jennifer Alexander Margaret Christopher Samantha Benjamin Rebecca`)
const middle = list('Anne Lee James Marie Kaur Grace John Rose Peter Louise')
const family = list(`
  Avery Singh Chen O'Brien Nguyen Müller Fernández Kowalski Okafor Tamihana Papadopoulos Sharma McDonald Smith-Jones Lê Haddad
  Johansson Whitaker Delacroix Rossi Santos Gurung Wijesinghe Abernathy Castellanos Thornbury`)

const nicknames: Readonly<Record<string, string>> = {
  Elizabeth: 'Liz',
  William: 'Bill',
  Robert: 'Rob',
  Katherine: 'Kate',
  Michael: 'Mike',
  Jennifer: 'Jen',
  Alexander: 'Alex',
  Margaret: 'Maggie',
  Christopher: 'Chris',
  Samantha: 'Sam',
  Benjamin: 'Ben',
  Rebecca: 'Bec',
  Thomas: 'Tom',
}

export function personOf(chance: Seeded): Person {
  return {
    firstName: chance.pick(given),
    middleName: chance.chance(40) ? chance.pick(middle) : null,
    lastName: chance.pick(family),
  }
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')

/** The name on the document. MARRIED keeps the given and middle name under another family name: somebody has to look at it. */
export function spellingOf(
  { firstName, middleName, lastName }: Person,
  pairing: NamePairing,
  chance: Seeded,
): { holderName: string; isWorkers: boolean } {
  const full = (first: string, last: string): string => `${first} ${last}`
  const otherFirst = (): string =>
    chance.pick(given.filter((name) => folded(name)[0] !== folded(firstName)[0]))
  const otherLast = (): string =>
    chance.pick(family.filter((name) => folded(name)[0] !== folded(lastName)[0]))
  switch (pairing) {
    case 'SAME':
      return { holderName: full(firstName, lastName), isWorkers: true }
    case 'MIDDLE':
      return { holderName: `${firstName} ${middleName ?? chance.pick(middle)} ${lastName}`, isWorkers: true }
    case 'ORDER':
      return { holderName: `${lastName.toUpperCase()}, ${firstName}`, isWorkers: true }
    case 'INITIAL':
      return { holderName: `${firstName[0] ?? ''}. ${lastName}`, isWorkers: true }
    case 'DIACRITICS':
      return { holderName: folded(full(firstName, lastName)), isWorkers: true }
    case 'NICKNAME':
      return { holderName: full(nicknames[firstName] ?? firstName, lastName), isWorkers: true }
    case 'MARRIED':
      return { holderName: `${firstName} ${otherLast()}`, isWorkers: false }
    case 'OTHER':
      return { holderName: full(otherFirst(), otherLast()), isWorkers: false }
    case 'RELATIVE':
      return { holderName: full(otherFirst(), lastName), isWorkers: false }
  }
}
