/** The people and their credentials as an HR system holds them, before anything goes wrong with its export. */
import { foldText } from '../../server/platform/text.ts'
import { addDays, type LocalDate } from '../../server/platform/local-date.ts'
import { licences, states, type Holder, type Licence, type State, type Term } from './licences.ts'
import { nameSource, singleName, type FullName } from './names.ts'
import { positions, type Position, type WorkerType } from './positions.ts'
import type { Seeded } from './seeded.ts'

export interface Credential extends Term {
  readonly code: string
  readonly number: string
}

export interface Person extends FullName, Holder {
  readonly externalId: string
  /** The recruitment system's id; empty for who came another way. */
  readonly recruitmentId: string
  readonly email: string
  readonly position: Position
  readonly workerType: WorkerType
  readonly state: State
  readonly mobile: string
  readonly jobTitle: string
  readonly credentials: readonly Credential[]
}

const peopleCount = 300
const credentialCount = 900
/** People of whom HR knows no credential yet. */
const newStarters = 6
/** Of 100 credentials that a position asks for, how many HR does not have. */
const percentLacking = 3

/** Where people work: so many of each for every 100. */
const peoplePer100: Readonly<Record<State, number>> = {
  NSW: 22,
  VIC: 18,
  QLD: 18,
  WA: 12,
  SA: 11,
  TAS: 8,
  ACT: 6,
  NT: 5,
}
const statesByWeight = states.flatMap((state) => Array<State>(peoplePer100[state]).fill(state))

/** Numbers that Australia keeps free for films, books and examples: nobody answers. */
const mobiles = [
  ...['0491 570 006', '0491 570 110', '0491 570 156', '0491 570 157', '0491 570 158', '0491 570 159'],
  ...['0491 570 313', '0491 570 737', '0491 571 266', '0491 571 491', '0491 571 804', '0491 572 549'],
  ...['0491 572 665', '0491 572 983', '0491 573 087', '0491 573 770', '0491 574 118', '0491 574 632'],
  ...['0491 575 254', '0491 575 789', '0491 576 398', '0491 576 801', '0491 577 426', '0491 577 644'],
  ...['0491 578 148', '0491 578 888', '0491 578 957', '0491 579 212', '0491 579 455', '0491 579 760'],
]

/** Letters that no accent can be taken off. */
const plainLetters: Readonly<Record<string, string>> = { đ: 'd', ł: 'l', ø: 'o', ı: 'i', "'": '', ' ': '' }

function emailOf({ first, last }: FullName, workerType: WorkerType): string {
  const name = foldText([first, last].filter((part) => part !== '').join('.'))
  const address = name.replace(/[đłøı' ]/g, (character) => plainLetters[character] ?? '')
  return `${address}@${workerType === 'EMPLOYEE' ? 'example.org' : 'example.com'}`
}

function licenceOf(code: string): Licence {
  const licence = licences.find((one) => one.code === code)
  if (!licence) throw new Error(`No licence has the code ${code}.`)
  return licence
}

export interface Recruiter {
  /** Somebody new for the position, without credentials yet; ids run on. */
  hire(position: Position): Person
  /** A credential of the organisation's code that fits its holder; its number is nobody else's. */
  credential(holder: Holder, code: string): Credential
}

export function recruiterWith(chance: Seeded): Recruiter {
  const nextName = nameSource(chance)
  const taken = new Set<string>()
  let hired = 0
  return {
    hire: (position) => {
      hired += 1
      const name = nextName()
      const isOther = chance.chance(position.others.percent)
      const workerType = isOther ? position.others.workerType : 'EMPLOYEE'
      const { title, prefix } = chance.pick(position.titles)
      const year = chance.whole(2019, 2025)
      return {
        ...name,
        externalId: `BCC-${String(hired).padStart(4, '0')}`,
        recruitmentId: chance.chance(40) ? `PU-${year}-${String(hired).padStart(3, '0')}` : '',
        birthDate: addDays('1958-01-01' as LocalDate, chance.whole(0, 365 * 44)),
        email: emailOf(name, workerType),
        position,
        workerType,
        isVolunteer: workerType === 'VOLUNTEER',
        state: position.state ?? chance.pick(statesByWeight),
        mobile: chance.pick(mobiles),
        jobTitle: title,
        prefix,
        credentials: [],
      }
    },
    credential: (holder, code) => {
      const licence = licenceOf(code)
      const term = licence.term(chance, holder)
      for (;;) {
        const number = licence.number(chance, holder, term)
        const key = `${licence.credentialType} ${number}`
        if (taken.has(key)) continue
        taken.add(key)
        return { code, number, ...term }
      }
    },
  }
}

/** 300 people and 900 credentials: what their positions ask for, but for a few gaps, and some things beside. */
export function workforce(recruiter: Recruiter, chance: Seeded): Person[] {
  const places = chance.shuffled(
    positions.flatMap((position) => Array<Position>(position.people).fill(position)),
  )
  const people = withSingleName(places.map((position) => recruiter.hire(position)))
  const codes = chooseCodes(people, chance)
  return people.map((person) => ({
    ...person,
    credentials: (codes.get(person.externalId) ?? []).map((code) => recruiter.credential(person, code)),
  }))
}

/** The first personal care assistant has one name only. */
function withSingleName(people: readonly Person[]): Person[] {
  const place = people.findIndex(({ position }) => position.code === 'PCA-001')
  const name = { first: '', middle: '', last: singleName }
  return people.map((person, index) =>
    index === place ? { ...person, ...name, email: emailOf(name, person.workerType) } : person,
  )
}

/** Which licence codes each person has, by external id. */
function chooseCodes(people: readonly Person[], chance: Seeded): ReadonlyMap<string, readonly string[]> {
  const mayBeNew = people.filter(
    ({ position, first }) => ['DSW-001', 'PCA-001'].includes(position.code) && first !== '',
  )
  const newcomers = new Set(chance.shuffled(mayBeNew).slice(0, newStarters))
  const codes = new Map<string, string[]>()
  const further: { externalId: string; code: string }[] = []
  let count = 0
  for (const person of people.filter((one) => !newcomers.has(one))) {
    const asked = person.position.requires.map(({ code }) => code)
    const present = asked.filter(() => !chance.chance(percentLacking))
    const held = present.length === 0 ? asked.slice(0, 1) : present
    codes.set(person.externalId, held)
    count += held.length
    for (const code of person.position.mayHold(person.state))
      further.push({ externalId: person.externalId, code })
  }
  const added = chance.shuffled(further).slice(0, credentialCount - count)
  for (const { externalId, code } of added) codes.get(externalId)?.push(code)
  if (people.length !== peopleCount || count + added.length !== credentialCount) {
    throw new Error(`The positions give ${people.length} people and ${count + added.length} credentials.`)
  }
  return codes
}
