/** A register that is published as a file: how it is read, its versions, its rows (spec 60, Connectors, list). */
import { z } from 'zod'
import { requiredLine } from '../../platform/fields.schema.ts'

const heading = requiredLine(200)

/** What a column of the file can hold. */
export const listColumns = [
  'fullName',
  'familyName',
  'givenNames',
  'middleNames',
  'otherNames',
  'birthDate',
  'suburb',
  'state',
  'number',
  'reference',
  'kind',
  'status',
  'from',
  'until',
  'details',
] as const
export type ListColumn = (typeof listColumns)[number]

export const dateOrders = ['DMY', 'MDY', 'YMD'] as const
export type DateOrder = (typeof dateOrders)[number]

const columns = z
  .partialRecord(z.enum(listColumns), heading)
  .refine(
    (names) => names.fullName !== undefined || names.familyName !== undefined,
    'must name the column of fullName or of familyName',
  )
  .describe(
    'Which heading of the file holds what, without case: `fullName` or `familyName` with `givenNames` and `middleNames`; `otherNames` (aliases); `birthDate`, `suburb`, `state`, `number`; `reference` (what the publisher knows the row by); `kind` (person or organisation); `status`, `from`, `until`, `details`.',
  )

/** How a published list is had and read. */
export const listReading = z.strictObject({
  columns,
  nameOrder: z
    .enum(['GIVEN_FIRST', 'FAMILY_FIRST'])
    .default('GIVEN_FIRST')
    .describe('Of `fullName` and `otherNames`; what has a comma in it has its family name first anyway.'),
  dateOrder: z
    .enum(dateOrders)
    .default('DMY')
    .describe('Of dates like 03/04/2026; 2026-04-03 is always understood.'),
  otherNamesSeparator: z
    .string()
    .min(1)
    .max(5)
    .default(';')
    .describe('Between several other names of a row.'),
  personKinds: z
    .array(requiredLine(100))
    .max(20)
    .default([])
    .describe(
      'Which words in the column `kind` mean a person; rows of others are kept and compared with nobody. Empty = all are persons.',
    ),
  linesBefore: z.int().min(0).max(50).default(0).describe('Lines that stand above the headings.'),
  heldWhenLost: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('A version that has lost more than this share of the rows waits for a person. 1 = none does.'),
  staleAfterDays: z
    .int()
    .min(1)
    .max(366)
    .default(14)
    .describe('After how many days without a look at what is published an all-clear counts no more.'),
  isStateIgnored: z
    .boolean()
    .default(false)
    .describe(
      'Whether another state does not speak against a likeness. Finds more, and much more to look at.',
    ),
})
export type ListReading = z.infer<typeof listReading>

/** A row as it is read. */
export interface ListRow {
  readonly family: string | null
  readonly given: string | null
  readonly middle: string | null
  readonly otherNames: readonly { family: string | null; given: string | null; middle: string | null }[]
  readonly birthDate: string | null
  readonly suburb: string | null
  readonly state: string | null
  readonly number: string | null
  readonly reference: string | null
  readonly isPerson: boolean
  readonly status: string | null
  readonly from: string | null
  readonly until: string | null
  readonly details: string | null
}

export const listRowShown = z.object({
  family: z.string().nullable(),
  given: z.string().nullable(),
  middle: z.string().nullable(),
  otherNames: z.array(
    z.object({ family: z.string().nullable(), given: z.string().nullable(), middle: z.string().nullable() }),
  ),
  birthDate: z.string().nullable(),
  suburb: z.string().nullable(),
  state: z.string().nullable(),
  number: z.string().nullable(),
  reference: z.string().nullable(),
  isPerson: z.boolean(),
  status: z.string().nullable(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  details: z.string().nullable(),
})

export const listStatuses = ['HELD', 'APPLIED', 'SUPERSEDED', 'REJECTED'] as const
export type ListStatus = (typeof listStatuses)[number]

export const listVersionAttributes = z.object({
  register: z.string(),
  number: z.int().describe('Counts on within a register.'),
  status: z
    .enum(listStatuses)
    .describe('HELD: waits for a person, and the version before it counts. SUPERSEDED: a later one counts.'),
  origin: z.enum(['UPLOADED', 'FETCHED']),
  fileName: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  rows: z.int(),
  added: z.int().describe('Rows that the version before did not have.'),
  removed: z.int().describe('Rows of the version before that this one lacks.'),
  changed: z.int(),
  receivedAt: z.date(),
  appliedAt: z.date().nullable(),
})
export type ListVersionAttributes = z.infer<typeof listVersionAttributes>

export interface ListVersion {
  readonly id: string
  readonly attributes: ListVersionAttributes
  readonly lastUpdated: Date
}

export const listChangeAttributes = z.object({
  change: z.enum(['ADDED', 'REMOVED', 'CHANGED']),
  before: listRowShown.nullable(),
  after: listRowShown.nullable(),
})
export type ListChangeAttributes = z.infer<typeof listChangeAttributes>
