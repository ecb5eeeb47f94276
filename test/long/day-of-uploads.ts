/**
 * A day of uploads as a plan, and what must be on the books after it, worked out by other means than the product's: files
 * are replayed one by one, person by person, over a map.
 */
import { createHash } from 'node:crypto'

/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same day. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Kind = 'SNAPSHOT' | 'DELTA' | 'POSITIONS' | 'BAD' | 'HEADER_ONLY' | 'MISNAMED'

/** As the register's numbers look, another one for each person. */
export const licenceNumber = (externalId: string): string => {
  const source = sources.findIndex((name) => externalId.startsWith(name))
  return `NMW00${source}000${externalId.slice(-4)}`
}

interface Person {
  readonly externalId: string
  readonly firstName: string
  readonly expires: string
}

export interface SentFile {
  readonly name: string
  readonly kind: Kind
  readonly source: string
  readonly content: string
  readonly sha256: string
  readonly people: readonly Person[]
  readonly requirements: readonly (readonly [position: string, code: string])[]
}

/** SFTP commands of one step, with the files that they need. A client repeats the whole step until it is told OK. */
export interface Step {
  readonly commands: readonly string[]
  readonly files: readonly SentFile[]
  /** Those of `files` that were taken back or overwritten within the step. */
  readonly withdrawn: ReadonlySet<SentFile>
}

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
export const sources = ['NORTH', 'SOUTH', 'WEST'] as const
const peoplePerSource = 400
const positions = ['RN', 'EN', 'DR', 'PT']
const codes = ['AHPRA', 'WWCC-NSW', 'CPR', 'FIRE']

export class Day {
  readonly #random: () => number
  #minute = 0
  readonly sent: SentFile[] = []

  constructor(seed: number) {
    this.#random = seeded(seed)
  }

  number(below: number): number {
    return Math.floor(this.#random() * below)
  }

  #pick<T>(of: readonly T[]): T {
    return of[this.number(of.length)] as T
  }

  #name(source: string, infix: string): string {
    this.#minute += 1
    const at = new Date(Date.UTC(2026, 0, 1, 0, this.#minute)).toISOString().replace(/[-:]/g, '')
    return `${source}${infix}-${at.slice(0, 8)}_${at.slice(9, 15)}.csv`
  }

  #person(source: string, n: number): Person {
    return {
      externalId: `${source}${String(n).padStart(4, '0')}`,
      firstName: `First${this.number(3)}`,
      expires: `2027-0${1 + this.number(3)}-15`,
    }
  }

  file(kind: Kind, source: string = this.#pick(sources), given?: string): SentFile {
    const people: Person[] = []
    const requirements: [string, string][] = []
    let content: string
    let infix = ''
    if (kind === 'POSITIONS') {
      infix = '-POS'
      for (const position of positions) {
        const first = this.number(codes.length)
        requirements.push([`${source}-${position}`, codes[first] as string])
        requirements.push([`${source}-${position}`, codes[(first + 1) % codes.length] as string])
      }
      content = `position_id,license_code\n${requirements.map((row) => row.join(',')).join('\n')}\n`
    } else if (kind === 'BAD') {
      content = this.#pick([
        'external_id,first_name\nX,Y\n',
        `${header}\n"E1,First,Last,1980-01-01,e@example.com,RN,AHPRA,NMW1,2020-06-01,2027-05-31\n`,
        '',
      ])
    } else if (kind === 'HEADER_ONLY') content = `${header}\n`
    else {
      if (kind === 'DELTA') infix = '-DELTA'
      for (let n = 1; n <= peoplePerSource; n += 1)
        if (this.number(100) < (kind === 'DELTA' ? 12 : 96)) people.push(this.#person(source, n))
      if (people.length === 0) people.push(this.#person(source, 1))
      const line = ({ externalId, firstName, expires }: Person): string =>
        `${externalId},${firstName},Last${externalId},1980-01-01,${externalId.toLowerCase()}@example.com,${source}-RN,AHPRA,${licenceNumber(externalId)},2020-06-01,${expires}`
      content = `${[header, ...people.map(line)].join('\n')}\n`
    }
    // No two files of the day are alike: an unknown column is noted, and read over.
    if (kind !== 'BAD' && content !== '')
      content = content.replace(/\n/g, () => ',\n').replace(/,\n/, `,day_${this.sent.length}\n`)
    const name =
      given ??
      (kind === 'MISNAMED' ? `people of ${source} ${this.sent.length}.csv` : this.#name(source, infix))
    const sha256 = createHash('sha256').update(content).digest('hex')
    const file: SentFile = { name, kind, source, content, sha256, people, requirements }
    this.sent.push(file)
    return file
  }

  /** What one source does next. Local files are called after their SHA-256. */
  step(): Step {
    const withdrawn = new Set<SentFile>()
    const put = (file: SentFile, as = file.name): string => `put ${localName(file)} "/upload/${as}"`
    const dice = this.number(100)
    if (dice < 24) {
      const file = this.file('SNAPSHOT')
      return { files: [file], withdrawn, commands: [put(file)] }
    }
    if (dice < 46) {
      const file = this.file('DELTA')
      return { files: [file], withdrawn, commands: [put(file)] }
    }
    if (dice < 56) {
      const file = this.file('POSITIONS')
      return { files: [file], withdrawn, commands: [put(file)] }
    }
    if (dice < 66) {
      // Written under a name that waits, then renamed.
      const file = this.file(this.#pick(['SNAPSHOT', 'DELTA']))
      const commands = [
        `-rm "/upload/${file.name}"`,
        put(file, `${file.name}.part`),
        `rename "/upload/${file.name}.part" "/upload/${file.name}"`,
      ]
      return { files: [file], withdrawn, commands }
    }
    if (dice < 76) {
      const kind = this.#pick<Kind>(['SNAPSHOT', 'DELTA'])
      const first = this.file(kind)
      const second = this.file(kind, first.source, first.name)
      withdrawn.add(first)
      return { files: [first, second], withdrawn, commands: [put(first), put(second)] }
    }
    if (dice < 84) {
      const file = this.file(this.#pick(['SNAPSHOT', 'DELTA']))
      withdrawn.add(file)
      return { files: [file], withdrawn, commands: [put(file), `-rm "/upload/${file.name}"`] }
    }
    const kind: Kind = dice < 91 ? 'BAD' : dice < 96 ? 'HEADER_ONLY' : 'MISNAMED'
    const file = this.file(kind)
    return { files: [file], withdrawn, commands: [put(file)] }
  }
}

/** A misnamed or bad file may have the content of another one: the name tells them apart. */
export const localName = (file: SentFile): string => `${file.sha256.slice(0, 16)}.csv`

export interface Expected {
  readonly firstName: string
  readonly expires: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  /** How often something about the person changed. */
  readonly versions: number
}

/** The books after these files were applied in this order: per external id, and per position what it requires. */
export function replay(files: readonly SentFile[]): {
  people: Map<string, Expected>
  requirements: Map<string, string[]>
} {
  const people = new Map<string, Expected>()
  const requirements = new Map<string, string[]>()
  for (const file of files) {
    if (file.kind === 'POSITIONS') {
      for (const position of positions) {
        const named = file.requirements.filter(([of]) => of === `${file.source}-${position}`)
        requirements.set(`${file.source}-${position}`, named.map(([, code]) => code).sort())
      }
      continue
    }
    for (const { externalId, firstName, expires } of file.people) {
      const before = people.get(externalId)
      const isSame = before?.firstName === firstName && before.status === 'ACTIVE'
      const versions = (before?.versions ?? 0) + (isSame ? 0 : 1)
      people.set(externalId, { firstName, expires, status: 'ACTIVE', versions })
    }
    if (file.kind !== 'SNAPSHOT') continue
    const named = new Set(file.people.map(({ externalId }) => externalId))
    for (const [externalId, before] of people)
      if (externalId.startsWith(file.source) && !named.has(externalId) && before.status === 'ACTIVE')
        people.set(externalId, { ...before, status: 'INACTIVE', versions: before.versions + 1 })
  }
  return { people, requirements }
}
