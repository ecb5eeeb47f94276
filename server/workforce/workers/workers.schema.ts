/** A worker as the API shows it (spec 10, Workers). */
import { z } from 'zod'

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
export type WorkerAttributes = z.infer<typeof workerAttributes>

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
