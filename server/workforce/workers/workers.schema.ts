/** A worker as the API shows it (spec 10, Workers). */
import { z } from 'zod'
import { calendarDate, line, readOnly, requiredLine } from '../../platform/fields.schema.ts'
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
      .describe(
        'By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge.',
      ),
    gaps: z
      .array(
        z.object({
          path: z.string(),
          credentialType: z.string().nullable(),
          reason: z.string(),
          credentialId: z.string().optional(),
        }),
      )
      .describe('What is lacking of what the position requires: see `GET /workers/{id}/compliance`.'),
  }),
  deletedAt: z.date().nullable(),
})
export type WorkerType = NonNullable<WorkerAttributes['employment']['workerType']>
export type WorkerAttributes = z.infer<typeof workerAttributes>

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

/** How a worker is referred to wherever one is: by exactly one of the two (spec 10, Workers). */
export const workerReference = z
  .strictObject({
    id: z.string().max(200).optional(),
    externalId: z
      .string()
      .max(200)
      .optional()
      .describe('The key under which another system knows the worker.'),
    sourceSystem: z
      .string()
      .max(64)
      .optional()
      .describe('That system, without case. Needed where several know somebody by this key.'),
    displayName: readOnly,
  })
  .refine(
    ({ id, externalId }) => (id === undefined) !== (externalId === undefined),
    'must have exactly one of id and externalId',
  )
  .refine(
    ({ externalId, sourceSystem }) => sourceSystem === undefined || externalId !== undefined,
    'has a sourceSystem without the externalId that it goes with',
  )
export type WorkerReference = z.infer<typeof workerReference>

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

/** A worker of a batch: the key says who. */
export const batchItem = workerInput.extend({ source: sourceKey })

export const batchItemsMax = 1_000

const { $schema, ...batchItemShape } = z.toJSONSchema(batchItem, { io: 'input', unrepresentable: 'any' })

/**
 * A batch as POST takes it. Each item is judged by itself, so that one that is faulty does not refuse the others: the
 * schema of an item is said to the reader only.
 */
export const batchInput = z.strictObject({
  workers: z
    .array(z.unknown().meta(batchItemShape as Record<string, unknown>))
    .min(1)
    .max(batchItemsMax),
})

export const batchAttributes = z.object({
  counts: z.object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    failed: z.int(),
  }),
  results: z
    .array(
      z.object({
        index: z.int().describe('The place in what was sent, from 0.'),
        externalId: z.string().nullable(),
        sourceSystem: z.string().nullable(),
        result: z.enum(['CREATED', 'UPDATED', 'UNCHANGED', 'FAILED']),
        id: z.string().nullable(),
        problem: z
          .object({
            code: z.string(),
            detail: z.string(),
            errors: z
              .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
              .optional(),
          })
          .nullable(),
      }),
    )
    .describe('One for each item, in the order in which they were sent.'),
})

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
