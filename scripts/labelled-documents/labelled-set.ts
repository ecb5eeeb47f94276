/**
 * The labelled set: documents of which is known what they are, whose, and what stands on them. `planLabelledSet` decides on
 * all of them by one seed; `makeDocument` draws one. A third and more is held back by layout and typeface: no template of it is
 * among those that whoever tunes the reader looks at.
 */
import { seeded, type Seeded } from '../example-organisation/seeded.ts'
import { credentialKinds, foreignKinds, type DocumentKind, type Wordings } from './document-kinds.ts'
import {
  heldBackTypefaces,
  pageLayouts,
  printSheets,
  seenTypefaces,
  type PageLayout,
  type PrintedField,
  type Sheet,
} from './page-layouts.ts'
import { asHeic, photograph, pictureInPdf, scan } from './paper-and-camera.ts'
import { personOf, spellingOf, type NamePairing, type Person } from './people.ts'

export type Condition = 'text' | 'scan' | 'photo'

export interface DocumentLabel {
  readonly id: string
  readonly isHeldBack: boolean
  readonly layout: string
  readonly condition: Condition
  readonly mediaType: 'application/pdf' | 'image/jpeg' | 'image/heic'
  /** What it is: a credential type, or null for what is none of them. */
  readonly type: string | null
  /** The credential that it is sent for. */
  readonly askedType: string
  /** The worker as the employer has them. */
  readonly worker: {
    readonly firstName: string
    readonly middleName: string | null
    readonly lastName: string
  }
  readonly holderName: string
  /** Whether the holder is the worker. */
  readonly isWorkers: boolean
  readonly number: string
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly arrangement: 'ONE' | 'PAGES' | 'TWO'
}

export interface PlannedDocument {
  readonly seed: number
  readonly label: DocumentLabel
  readonly kind: DocumentKind
}

const perKindSeen = 30
const perKindHeldBack = 16
const foreignSeen = 90
const foreignHeldBack = 110
/** Of the credential documents, in 100, how many are sent for another type than they are. */
const wrongShare = 10

const monthsShort = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const monthsLong = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

type DayForm = (year: number, month: number, day: number) => string
const two = (value: number): string => String(value).padStart(2, '0')
const dayForms: Readonly<Record<'seen' | 'unseen', readonly DayForm[]>> = {
  seen: [
    (y, m, d) => `${d} ${monthsLong[m - 1]} ${y}`,
    (y, m, d) => `${two(d)}/${two(m)}/${y}`,
    (y, m, d) => `${two(d)} ${(monthsShort[m - 1] as string).toUpperCase()} ${y}`,
    (y, m, d) => `${y}-${two(m)}-${two(d)}`,
    (y, m, d) => `${d} ${monthsShort[m - 1]} ${y}`,
  ],
  unseen: [
    (y, m, d) => `${two(d)}/${two(m)}/${String(y).slice(2)}`,
    (y, m, d) => `${d} ${monthsLong[m - 1]} ${y}`,
    (y, m, d) => `${two(d)}-${two(m)}-${y}`,
    (y, m, d) => `${two(d)} ${monthsShort[m - 1]} ${y}`,
    (y, m, d) => `${two(d)}.${two(m)}.${y}`,
    (y, m, d) => `${two(d)}/${two(m)}/${y}`,
  ],
}

const iso = (date: Date): string => date.toISOString().slice(0, 10)

function daysOf(kind: DocumentKind, chance: Seeded): { issued: string; expires: string } {
  const issued = new Date(Date.UTC(chance.whole(2023, 2026), chance.whole(0, 11), chance.whole(1, 28)))
  const expires = new Date(issued)
  expires.setUTCMonth(expires.getUTCMonth() + kind.months)
  if (kind.yearEnd)
    return { issued: iso(issued), expires: `${expires.getUTCFullYear()}-${kind.yearEnd(chance)}` }
  if (chance.chance(60)) expires.setUTCDate(expires.getUTCDate() - 1)
  return { issued: iso(issued), expires: iso(expires) }
}

const wordingsOf = (wordings: Wordings, isHeldBack: boolean, chance: Seeded): string =>
  chance.pick(isHeldBack ? (chance.chance(70) ? wordings.unseen : wordings.seen) : wordings.seen)

interface Drawn {
  readonly sheet: Sheet
  readonly fieldsShown: { readonly issue: boolean; readonly expiry: boolean }
}

/** One sheet of a kind, for a person, with its number and days. */
function sheetOf(
  kind: DocumentKind,
  layout: PageLayout,
  about: {
    readonly holderName: string
    readonly number: string
    readonly issued: string
    readonly expires: string
  },
  chance: Seeded,
): Drawn {
  const { isHeldBack } = layout
  const form = chance.pick(dayForms[isHeldBack ? 'unseen' : 'seen'])
  const printed = (day: string): string => {
    const [year, month, date] = day.split('-').map(Number) as [number, number, number]
    return form(year, month, date)
  }
  const label = (wordings: Wordings): string => wordingsOf(wordings, isHeldBack, chance)
  const number: PrintedField = { label: label(kind.numberLabel), value: about.number }
  const issue: PrintedField[] = kind.issueLabel
    ? [{ label: label(kind.issueLabel), value: printed(about.issued) }]
    : []
  const expiry: PrintedField[] = kind.expiryLabel
    ? [{ label: label(kind.expiryLabel), value: printed(about.expires) }]
    : []
  const extras = kind.extras(chance).map(([name, value]) => ({ label: name, value }))
  // Cards have room for a few lines: what counts comes first.
  const fields = layout.isCard
    ? [number, ...issue, ...expiry, ...extras].slice(0, 4)
    : [...extras.slice(0, 1), number, ...chance.shuffled([...issue, ...expiry, ...extras.slice(1)])]
  const sentences = chance.chance(15) ? [...kind.sentences].reverse() : kind.sentences
  return {
    sheet: {
      layout,
      typeface: chance.pick(isHeldBack ? heldBackTypefaces : seenTypefaces),
      text: {
        issuer: label(kind.issuer),
        title: label(kind.title),
        holder: {
          label: label(kind.holderLabel),
          value: chance.chance(18) ? about.holderName.toUpperCase() : about.holderName,
        },
        fields,
        sentences,
      },
    },
    fieldsShown: { issue: issue.length > 0, expiry: expiry.length > 0 },
  }
}

const conditionOf = (chance: Seeded): Condition => {
  const drawn = chance.whole(1, 100)
  return drawn <= 38 ? 'text' : drawn <= 68 ? 'scan' : 'photo'
}

const pairings: readonly NamePairing[] = [
  'SAME',
  'SAME',
  'SAME',
  'MIDDLE',
  'ORDER',
  'INITIAL',
  'DIACRITICS',
  'NICKNAME',
  'MARRIED',
  'OTHER',
  'RELATIVE',
  'OTHER',
]

function layoutFor(kind: DocumentKind, isHeldBack: boolean, chance: Seeded): PageLayout {
  const fit = pageLayouts.filter((layout) => layout.isHeldBack === isHeldBack)
  const wantsCard = kind.isCard === true && chance.chance(65)
  return chance.pick(fit.filter((layout) => layout.isCard === wantsCard))
}

function plan(index: number, kind: DocumentKind, isHeldBack: boolean, seed: number): PlannedDocument {
  const chance = seeded(seed)
  // The first numbers of near seeds are near each other.
  chance.whole(1, 9)
  const layout = layoutFor(kind, isHeldBack, chance)
  const person = personOf(chance)
  const pairing = chance.pick(pairings)
  const { holderName, isWorkers } = spellingOf(person, pairing, chance)
  const { issued, expires } = daysOf(kind, chance)
  const isWrong = kind.type === null || chance.chance(wrongShare)
  const others = credentialKinds.filter(
    ({ type }) => type !== kind.type && !(kind.type === 'FIRST_AID' && type === 'CPR'),
  )
  const askedType = isWrong ? (chance.pick(others).type as string) : (kind.type as string)
  const condition = conditionOf(chance)
  const arrangement = chance.chance(4) ? (condition === 'text' ? 'PAGES' : 'TWO') : 'ONE'
  const isHeic = condition === 'photo' && chance.chance(22)
  const isScanPdf = condition === 'scan' && chance.chance(70)
  return {
    seed,
    kind,
    label: {
      id: `${isHeldBack ? 'h' : 's'}${String(index).padStart(4, '0')}-${kind.name}`,
      isHeldBack,
      layout: layout.name,
      condition,
      mediaType: condition === 'text' || isScanPdf ? 'application/pdf' : isHeic ? 'image/heic' : 'image/jpeg',
      type: kind.type,
      askedType,
      worker: workerOf(person),
      holderName,
      isWorkers,
      number: kind.number(chance),
      issueDate: kind.issueLabel ? issued : null,
      expiryDate: kind.expiryLabel ? expires : null,
      arrangement,
    },
  }
}

const workerOf = ({ firstName, middleName, lastName }: Person): DocumentLabel['worker'] => ({
  firstName,
  middleName,
  lastName,
})

/** Every document of the set, in an order that mixes them. @param seed from 1 to 2^31 - 2 */
export function planLabelledSet(seed: number): readonly PlannedDocument[] {
  const chance = seeded(seed)
  const planned: PlannedDocument[] = []
  const add = (kind: DocumentKind, isHeldBack: boolean): void => {
    planned.push(plan(planned.length, kind, isHeldBack, chance.whole(1, 2_000_000_000)))
  }
  for (const kind of credentialKinds) {
    for (let count = 0; count < perKindSeen; count += 1) add(kind, false)
    for (let count = 0; count < perKindHeldBack; count += 1) add(kind, true)
  }
  for (let count = 0; count < foreignSeen; count += 1)
    add(foreignKinds[count % foreignKinds.length] as DocumentKind, false)
  for (let count = 0; count < foreignHeldBack; count += 1)
    add(foreignKinds[count % foreignKinds.length] as DocumentKind, true)
  return chance.shuffled(planned)
}

/** The bytes of one planned document: the same every time, typefaces and picture libraries being the same. */
export async function makeDocument({ seed, label, kind }: PlannedDocument): Promise<Buffer> {
  const chance = seeded(seed ^ 0x2f6e_2b1)
  chance.whole(1, 9)
  const layout = pageLayouts.find(({ name }) => name === label.layout) as PageLayout
  const about = {
    holderName: label.holderName,
    number: label.number,
    issued: label.issueDate ?? '2025-01-02',
    expires: label.expiryDate ?? '2026-01-02',
  }
  const { sheet } = sheetOf(kind, layout, about, chance)
  const sheets = [sheet]
  if (label.arrangement !== 'ONE') {
    const other =
      label.arrangement === 'TWO' ? chance.pick(credentialKinds.filter((one) => one !== kind)) : kind
    const days = daysOf(other, chance)
    const second =
      label.arrangement === 'TWO'
        ? sheetOf(
            other,
            layout,
            { holderName: label.holderName, number: other.number(chance), ...days },
            chance,
          ).sheet
        : {
            ...sheet,
            text: {
              ...sheet.text,
              fields: [],
              sentences: ['Conditions of use', 'Keep this page with the first one.'],
              title: 'Notes',
            },
          }
    sheets.push(second)
  }
  const pdf = await printSheets(sheets, chance, label.arrangement === 'TWO')
  if (label.condition === 'text') return pdf
  if (label.condition === 'photo') {
    const jpeg = await photograph(pdf, chance, layout.isCard)
    return label.mediaType === 'image/heic' ? asHeic(jpeg) : jpeg
  }
  const jpeg = await scan(pdf, chance)
  return label.mediaType === 'application/pdf' ? pictureInPdf(jpeg, layout.size) : jpeg
}
