/** A worker as the API shows it (spec 10, Workers). */
import { z } from 'zod'
import { parseLocalDate } from '../../platform/local-date.ts'
import { jurisdictions } from '../credential-types/credential-types.schema.ts'

export const workerStatuses = ['ACTIVE', 'INACTIVE'] as const
export const licenceStatuses = ['green', 'yellow', 'red'] as const

export const workerAttributes = z.object({
  identity: z.object({
    displayName: z.string(),
    firstName: z.string().nullable(),
    middleName: z.string().nullable(),
    lastName: z.string().nullable(),
    birthDate: z.string().nullable().describe('YYYY-MM-DD'),
  }),
  contact: z.object({ workEmail: z.string().nullable(), mobile: z.string().nullable() }),
  employment: z.object({
    jobTitle: z.string().nullable(),
    positionId: z.string().nullable(),
    positionCode: z.string().nullable(),
    state: z.string().nullable(),
    workerType: z.enum(['EMPLOYEE', 'CONTRACTOR', 'VOLUNTEER', 'STUDENT']).nullable(),
    status: z.enum(workerStatuses),
    startDate: z.string().nullable().describe('YYYY-MM-DD'),
  }),
  source: z
    .object({ externalId: z.string(), sourceSystem: z.string() })
    .nullable()
    .describe('The primary key under which another system knows the worker.'),
  sources: z.array(z.object({ externalId: z.string(), sourceSystem: z.string() })),
  compliance: z.object({
    licenceStatus: z
      .enum(licenceStatuses)
      .nullable()
      .describe('The worst, over credential types, of the best of each; null without credentials.'),
    gaps: z.array(z.object({ path: z.string(), credentialType: z.string(), reason: z.string() })),
  }),
  deletedAt: z.date().nullable(),
})
export type WorkerType = NonNullable<WorkerAttributes['employment']['workerType']>
export type WorkerAttributes = z.infer<typeof workerAttributes>

/** A line of text as a person may have typed it; blanks around it are dropped. */
const text = (most: number): z.ZodType<string, string> =>
  z
    .string()
    .refine((typed) => !/[\p{Cc}\u2028\u2029]/u.test(typed), 'must not hold control characters')
    .transform((typed) => typed.trim())
    .refine((typed) => typed.length <= most, `must have at most ${most} characters`)
    .meta({ maxLength: most })

const requiredLine = (most: number): z.ZodType<string, string> =>
  text(most)
    .refine((typed) => typed !== '', 'must not be empty')
    .meta({ minLength: 1 })

/** A line that may be left out: nothing left is null. */
const line = (most: number): z.ZodType<string | null | undefined, string | null | undefined> =>
  text(most)
    .transform((typed) => (typed === '' ? null : typed))
    .nullable()
    .optional()

const calendarDate = z
  .string()
  .refine((text) => parseLocalDate(text) !== undefined, 'must be a day of the calendar, written YYYY-MM-DD')
  .meta({ format: 'date' })
  .nullable()
  .optional()

const emailShape = /^[^\s@,;<>"()]+@[^\s@.,;<>"()]+(?:\.[^\s@.,;<>"()]+)+$/

/** Whether a text is written like an e-mail address; whether anybody reads it there is another question. */
export function looksLikeEmail(text: string): boolean {
  return emailShape.test(text)
}

/** The key under which another system knows a worker. */
export const sourceKey = z.strictObject({
  externalId: requiredLine(200),
  sourceSystem: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"'),
})

/** Members that an answer has and a change may carry back: they are read only and change nothing. */
const readOnly = z.unknown().optional().describe('Read only: what is sent here changes nothing.')

/** A worker as it is written: whole, as POST and PUT take it. What is absent or null is empty. */
export const workerInput = z.strictObject({
  identity: z.strictObject({
    displayName: requiredLine(300),
    firstName: line(200),
    middleName: line(200),
    lastName: line(200),
    birthDate: calendarDate,
  }),
  contact: z
    .strictObject({
      workEmail: line(320).refine(
        (text) => text === null || text === undefined || looksLikeEmail(text),
        'must be an e-mail address, like name@example.com',
      ),
      mobile: line(50),
    })
    .nullable()
    .optional(),
  employment: z
    .strictObject({
      jobTitle: line(200),
      positionId: line(200).describe('A position’s id or code.'),
      positionCode: readOnly,
      state: z.enum(jurisdictions).nullable().optional(),
      workerType: z.enum(['EMPLOYEE', 'CONTRACTOR', 'VOLUNTEER', 'STUDENT']).nullable().optional(),
      status: z.enum(workerStatuses).nullable().optional().describe('ACTIVE when absent.'),
      startDate: calendarDate,
    })
    .nullable()
    .optional(),
  source: sourceKey
    .nullable()
    .optional()
    .describe('The primary key under which another system knows the worker.'),
  sources: readOnly,
  compliance: readOnly,
  deletedAt: readOnly,
})
export type WorkerInput = z.infer<typeof workerInput>

/** Any part of a worker, as PATCH takes it (RFC 7396): null empties, what is absent stays. */
export const workerPatch = workerInput
  .partial()
  .extend({ identity: workerInput.shape.identity.partial().optional() })
export type WorkerPatch = z.infer<typeof workerPatch>

/** A worker as it would be sent back: what a PATCH is merged into. */
export function writableOf({ identity, contact, employment, source }: WorkerAttributes): object {
  const { positionCode, ...own } = employment
  return { identity, contact, employment: own, source }
}

export interface Worker {
  readonly id: string
  readonly attributes: WorkerAttributes
  readonly lastUpdated: Date
  /** The place in the default order: folded name, id. */
  readonly sortKey: readonly [string, string]
}

export interface WorkerFilter {
  readonly externalId?: string | undefined
  readonly sourceSystem?: string | undefined
  readonly status?: (typeof workerStatuses)[number] | undefined
  /** Id or code. */
  readonly positionId?: string | undefined
  readonly licenceStatus?: (typeof licenceStatuses)[number] | undefined
  /** Beginnings of the name or of the e-mail. */
  readonly query?: string | undefined
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}

export interface WorkerPage {
  readonly limit: number
  readonly offset: number
  readonly after: readonly [string, string] | null
}
