/** A review as the API takes and shows it (spec 60, Review queue). */
import { z } from 'zod'
import { line, readOnly } from '../../platform/fields.schema.ts'
import { credentialInput } from '../../workforce/credentials/credentials.schema.ts'

export const reviewReasons = [
  'DOCUMENT',
  'REGISTER_ANSWER',
  'LIST_MATCH',
  'HELD_IMPORT',
  'DECLINED_ITEM',
  'NOT_ME',
  'MAPPING_PROPOSAL',
] as const
/** Why a person is asked. */
export type ReviewReason = (typeof reviewReasons)[number]

export const reviewStatuses = ['OPEN', 'AWAITING_SECOND', 'DECIDED', 'WITHDRAWN'] as const
export type ReviewStatus = (typeof reviewStatuses)[number]

export const decisions = ['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'] as const
export type Decision = (typeof decisions)[number]

/** What a document says where it says something else than was declared. */
export const correctedValues = credentialInput
  .pick({ number: true, holderName: true, issueDate: true, expiryDate: true })
  .describe('What the document says where that is something else than was declared. With ACCEPT only.')
export type CorrectedValues = Partial<z.infer<typeof correctedValues>>

const person = z.object({
  kind: z.string().describe('USER, or the TOKEN of a system.'),
  id: z.string().nullable(),
  displayName: z.string().nullable().describe('Of a user.'),
})

export const reviewAttributes = z.object({
  reason: z.enum(reviewReasons).describe('Why a person is asked.'),
  status: z
    .enum(reviewStatuses)
    .describe('AWAITING_SECOND: one has decided and a second has to. WITHDRAWN: its subject is gone.'),
  subject: z.object({ type: z.string(), id: z.string() }).describe('What it is about.'),
  worker: z.object({ id: z.string(), displayName: z.string() }).nullable(),
  credential: z.object({ id: z.string(), credentialType: z.string() }).nullable(),
  fetchRequest: z.object({ id: z.string() }).nullable(),
  facts: z.record(z.string(), z.unknown()).describe('What was known when it was opened, by its reason.'),
  possibleDecisions: z.array(z.enum(decisions)).describe('What can be decided; empty when it is over.'),
  assignee: z.object({ id: z.string(), displayName: z.string() }).nullable(),
  openedAt: z.date(),
  decision: z
    .object({
      decision: z.enum(decisions),
      reason: z.string().nullable(),
      corrected: z.record(z.string(), z.unknown()).nullable(),
      by: person,
      at: z.date(),
      first: z
        .object({ by: person, at: z.date() })
        .nullable()
        .describe('Who decided the same first, where it took two.'),
      isFinal: z.boolean().describe('False as long as a second person has to decide the same.'),
    })
    .nullable(),
})
export type ReviewAttributes = z.infer<typeof reviewAttributes>

export interface Review {
  readonly id: string
  readonly attributes: ReviewAttributes
  readonly lastUpdated: Date
  /** Where it stands in the queue. */
  readonly turnAt: Date
}

/** What PATCH takes: somebody to see to it, or nobody. */
export const reviewPatch = z.strictObject({
  assignee: z
    .strictObject({ id: z.string().min(1).max(100), displayName: readOnly })
    .nullable()
    .optional()
    .describe('A user who may decide on reviews; null = nobody in particular.'),
  reason: readOnly,
  status: readOnly,
  subject: readOnly,
  worker: readOnly,
  credential: readOnly,
  fetchRequest: readOnly,
  facts: readOnly,
  possibleDecisions: readOnly,
  openedAt: readOnly,
  decision: readOnly,
})
export type ReviewPatch = z.infer<typeof reviewPatch>

export const decisionInput = z.strictObject({
  decision: z.enum(decisions),
  reason: line(2_000).describe('Why; needed for all but ACCEPT. The worker may come to read it.'),
  corrected: correctedValues.nullable().optional(),
})
export type DecisionInput = z.infer<typeof decisionInput>

export const reviewFilter = {
  reason: z.enum(reviewReasons).optional(),
  assignee: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('A user’s id; `me` = the signed-in user; `none` = nobody’s.'),
  status: z
    .enum(reviewStatuses)
    .optional()
    .describe('Absent = what waits (OPEN, AWAITING_SECOND); with `updatedSince`, all.'),
}
export type ReviewFilter = {
  readonly [K in keyof typeof reviewFilter]?: z.infer<(typeof reviewFilter)[K]> | undefined
} & { readonly updatedSince?: Date | undefined }
