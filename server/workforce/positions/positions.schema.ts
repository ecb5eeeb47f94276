/** A position as the API shows it (spec 60, Positions). */
import { z } from 'zod'
import { calendarDate, line, readOnly, requiredLine } from '../../platform/fields.schema.ts'
import { jurisdictions } from '../credential-types/credential-types.schema.ts'
import { requirements } from '../requirements/requirements.schema.ts'

import type { Requirements } from '../requirements/requirements.schema.ts'
import type { LocalDate } from '../../platform/local-date.ts'

export type { Requirements }

export { jurisdictions }

export const positionAttributes = z.object({
  code: z.string().describe('Unique in the organisation; it may stand for the id wherever one is asked for.'),
  name: z.string().nullable(),
  state: z.string().nullable(),
  requirements: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('What was set here. What files say comes on top of it: all of them must be met.'),
  graceDays: z.int().describe('Days after the start in which something missing is yellow, not red.'),
  effectiveFrom: z.string().nullable().describe('YYYY-MM-DD'),
  isStub: z.boolean().describe('Named by somebody’s row in a file and described by nobody yet.'),
  fileRequirements: z
    .array(
      z.object({
        sourceSystem: z.string(),
        licenceType: z.string(),
        state: z.string().nullable(),
        credentialType: z.string().nullable().describe('Null = not resolved: a yellow gap.'),
        jurisdiction: z.string().nullable(),
        unresolvedReason: z.string().nullable(),
      }),
    )
    .describe('What position files of each source say.'),
  effectiveRequirements: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe(
      'Everything that is required today as one tree, into which the paths of gaps point. `unresolved` stands for what could not be read: a yellow gap.',
    ),
  deletedAt: z.date().nullable(),
})
export type PositionAttributes = z.infer<typeof positionAttributes>

/** A position as it is written: whole, as POST and PUT take it. What is absent or null is empty. */
export const positionInput = z.strictObject({
  code: requiredLine(200),
  name: line(300),
  state: z.enum(jurisdictions).nullable().optional(),
  requirements: requirements.nullable().optional(),
  graceDays: z.int().min(0).max(3_650).nullable().optional(),
  effectiveFrom: calendarDate,
  isStub: readOnly,
  fileRequirements: readOnly,
  effectiveRequirements: readOnly,
  deletedAt: readOnly,
})
export type PositionInput = z.infer<typeof positionInput>

/** Any part of a position, as PATCH takes it (RFC 7396): null empties, what is absent stays. */
export const positionPatch = positionInput.partial()

/** A position as it would be sent back: what a PATCH is merged into. */
export function writableOf(attributes: PositionAttributes): object {
  const { code, name, state, requirements: tree, graceDays, effectiveFrom } = attributes
  return { code, name, state, requirements: tree, graceDays, effectiveFrom }
}

export interface Position {
  readonly id: string
  readonly attributes: PositionAttributes
  readonly lastUpdated: Date
}

/** A row of a position file, as a version keeps it. */
export interface FileRequirement {
  readonly source: string
  readonly licenseCode: string
  readonly state: string
  /** Null = it could not be read. */
  readonly credentialType: string | null
  readonly jurisdiction: string | null
  readonly unresolvedReason: string | null
}

/** What was said of a position from some instant on. */
export interface PositionVersion {
  readonly version: number
  readonly code: string
  readonly name: string | null
  readonly state: string | null
  readonly graceDays: number
  readonly effectiveFrom: LocalDate | null
  readonly requirements: Requirements | null
  readonly fileRequirements: readonly FileRequirement[]
  readonly since: Date
}

export interface PositionFilter {
  /** The beginning of the code or of the name. */
  readonly query?: string | undefined
  readonly state?: string | undefined
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}
