/**
 * What holds between the fields of a submission, and what is odd about one that may be kept. Judged on what was sent, whatever
 * its shape: so that a partner sees every fault at once, those of shape and these. Pure.
 */
import { parseLocalDate } from '../../platform/local-date.ts'
import { foldText } from '../../platform/text.ts'
import { monthPattern, type Kind } from './submissions.fields.schema.ts'

export interface SubmissionFault {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
}

export const itemsMax = 100
export const assetsMax = 50

type Sent = Readonly<Record<string, unknown>>

const asSent = (value: unknown): Sent =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Sent) : {}
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const dateOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? parseLocalDate(value) : undefined
const monthOf = (value: unknown): string | undefined =>
  typeof value === 'string' && monthPattern.test(value) ? value : undefined

/** Where a batch names items of each kind: one, or a list of them. */
export const batchMembers = {
  digital_identity: { kind: 'digital_identity', isList: false },
  education_items: { kind: 'education', isList: true },
  microcredential_items: { kind: 'microcredential', isList: true },
  english_proficiency_items: { kind: 'english_proficiency', isList: true },
  right_to_work_items: { kind: 'right_to_work', isList: true },
  career_history: { kind: 'career_history', isList: false },
  universal_credential_items: { kind: 'universal_credential', isList: true },
} as const satisfies Readonly<Record<string, { readonly kind: Kind; readonly isList: boolean }>>

export interface SentItem {
  readonly kind: Kind
  readonly path: readonly (string | number)[]
  readonly item: unknown
}

/** The items of a batch, kind by kind; what has another shape is passed over. */
export function itemsIn(batch: unknown): SentItem[] {
  const sent = asSent(batch)
  return Object.entries(batchMembers).flatMap(([member, { kind, isList }]): SentItem[] => {
    const value = sent[member]
    if (!isList) return value === undefined || value === null ? [] : [{ kind, path: [member], item: value }]
    return asList(value).map((item, index) => ({ kind, path: [member, index], item }))
  })
}

/** Whether it is an item by itself, as the single adds take it, and not a batch around one. */
export const isItem = (value: unknown): boolean => Object.hasOwn(asSent(value), 'fields')

/** What holds within each item, and between them. @param today of the platform, UTC */
export function faultsBetween(batch: unknown, items: readonly SentItem[], today: string): SubmissionFault[] {
  return [
    ...countFaults(items),
    ...twiceFaults(batch, items),
    ...items.flatMap(({ kind, path, item }) =>
      fieldFaults[kind](asSent(asSent(item)['fields']), today).map((fault) => ({
        ...fault,
        path: [...path, 'fields', ...fault.path],
      })),
    ),
  ]
}

/** What an address for one item of one kind does not take. */
export function notOneOf(kind: Kind, items: readonly SentItem[]): SubmissionFault[] {
  const others = items.filter((one) => one.kind !== kind)
  return [
    ...others.map(({ path }) => ({
      path,
      code: 'OTHER_KIND',
      message: `is no ${kind}, which is what this address takes; batch.json takes every kind`,
    })),
    ...(items.length > 1
      ? [
          {
            path: [],
            code: 'TOO_MANY_ITEMS',
            message: 'holds several items, and this address takes one; use batch.json',
          },
        ]
      : []),
  ]
}

function countFaults(items: readonly SentItem[]): SubmissionFault[] {
  const assets = items.reduce((sum, { item }) => sum + asList(asSent(item)['assets']).length, 0)
  const faults: SubmissionFault[] = []
  if (items.length === 0)
    faults.push({
      path: [],
      code: 'NO_ITEMS',
      message: `needs one item at least, in one of ${Object.keys(batchMembers).join(', ')}`,
    })
  if (items.length > itemsMax)
    faults.push({
      path: [],
      code: 'TOO_MANY_ITEMS',
      message: `has ${items.length} items; ${itemsMax} is the most. Send the rest as another submission`,
    })
  if (assets > assetsMax)
    faults.push({
      path: [],
      code: 'TOO_MANY_ASSETS',
      message: `declares ${assets} assets; ${assetsMax} is the most. Send the rest as another submission`,
    })
  return faults
}

/** The item of a single add may have the id of its submission: they are one. */
function twiceFaults(batch: unknown, items: readonly SentItem[]): SubmissionFault[] {
  const faults: SubmissionFault[] = []
  const seen = new Map<string, string>()
  const note = (id: unknown, path: readonly (string | number)[], what: string): void => {
    if (typeof id !== 'string') return
    const key = `${what}\0${id}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, `/${path.join('/')}`)
    else
      faults.push({
        path,
        code: 'DUPLICATE_ID',
        message: `is the same as ${first}; every ${what} is unique within a submission`,
      })
  }
  if (!isItem(batch)) note(asSent(batch)['credential_id'], ['credential_id'], 'credential_id')
  for (const { path, item } of items) {
    note(asSent(item)['credential_id'], [...path, 'credential_id'], 'credential_id')
    asList(asSent(item)['assets']).forEach((asset, index) =>
      note(asSent(asset)['asset_id'], [...path, 'assets', index, 'asset_id'], 'asset_id'),
    )
  }
  return faults
}

function reversed(
  fields: Sent,
  start: string,
  end: string,
  read: (value: unknown) => string | undefined,
): SubmissionFault[] {
  const [from, to] = [read(fields[start]), read(fields[end])]
  if (from === undefined || to === undefined || from <= to) return []
  return [
    { path: [end], code: 'DATES_REVERSED', message: `must not be before ${start} (${from}), and is ${to}` },
  ]
}

const requires = (path: readonly string[], message: string): SubmissionFault => ({
  path,
  code: 'REQUIRED',
  message,
})

const fieldFaults: Readonly<Record<Kind, (fields: Sent, today: string) => SubmissionFault[]>> = {
  education: (fields) =>
    (fields['conferral_year'] === undefined || fields['conferral_year'] === null) &&
    fields['awaiting_graduation'] !== true
      ? [requires(['conferral_year'], 'is required, unless awaiting_graduation is true')]
      : [],
  microcredential: (fields) => reversed(fields, 'issue_date', 'expiry_date', dateOf),
  english_proficiency: (fields) => reversed(fields, 'completion_date', 'expiry_date', dateOf),
  right_to_work: (fields) =>
    fields['country'] === 'SG' && fields['singapore_work_rights'] === undefined
      ? [requires(['singapore_work_rights'], 'is required where the country is SG')]
      : [],
  career_history: (fields) =>
    asList(fields['employment']).flatMap((one, index) => {
      const job = asSent(one)
      const at = (fault: SubmissionFault): SubmissionFault => ({
        ...fault,
        path: ['employment', index, ...fault.path],
      })
      return [
        ...(job['role_classification'] === undefined && job['role_title'] === undefined
          ? [requires(['role_title'], 'is required, or role_classification in its place')]
          : []),
        ...reversed(job, 'start_date', 'end_date', monthOf),
        ...reversed(job, 'start_date', 'last_processed_month', monthOf),
      ].map(at)
    }),
  digital_identity: (fields, today) => {
    const born = dateOf(fields['date_of_birth'])
    return born !== undefined && born > today
      ? [{ path: ['date_of_birth'], code: 'IN_THE_FUTURE', message: `must not be after today (${today})` }]
      : []
  },
  universal_credential: (fields) => [
    ...(fields['credential_category'] === undefined && fields['credential_sub_type'] === undefined
      ? [requires(['credential_category'], 'is required, or credential_sub_type in its place')]
      : []),
    ...reversed(fields, 'issue_date', 'expiry_date', dateOf),
  ],
}

/** What an item may be kept with, and its partner should know. */
export interface ItemWarning {
  readonly code: 'NAME_SAYS_NOTHING'
  readonly field: string
  readonly detail: string
}

/** Words that are in the name of every certificate, and of what it is about in none. */
const emptyWords = new Set(
  'a an and award certificate certificates certification certified certifying completed completion course courses credential credentials diploma digital badge for free generic in item microcredential micro n/a na none of participation attendance achievement program programme statement test the training untitled unnamed with'.split(
    ' ',
  ),
)

export function warningsOf(kind: Kind, fields: Sent): ItemWarning[] {
  if (kind !== 'microcredential') return []
  const name = fields['microcredential_name']
  if (!isText(name)) return []
  const words = foldText(name)
    .split(/[^\p{L}\p{N}/]+/u)
    .filter((word) => word !== '')
  if (!words.every((word) => emptyWords.has(word) || /^\d$/.test(word))) return []
  return [
    {
      code: 'NAME_SAYS_NOTHING',
      field: 'microcredential_name',
      detail: `"${name}" does not say what was learned. Give it the name of the course or skill.`,
    },
  ]
}
