/** The compliance answer as the API shows it (spec 60, Positions). */
import { z } from 'zod'
import { calendarDate, calendarDay, instant } from '../../platform/fields.schema.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import { colours, gapReasons } from '../../workforce/requirements/requirements.reasons.schema.ts'

import { requirements } from '../../workforce/requirements/requirements.schema.ts'

export { colours }

export const gap = z.object({
  path: z
    .string()
    .describe(
      'JSON pointer into what is asked for: `effectiveRequirements` of the position. Empty where the position asks for nothing.',
    ),
  credentialType: z.string().nullable().describe('Null for a ban list and for what could not be read.'),
  reason: z.enum(gapReasons),
  credentialId: z.string().optional().describe('The credential that comes nearest, where there is one.'),
})

export const evidence = z.object({
  credentialId: z.string(),
  credentialType: z.string(),
  status: z.enum(colours),
  reasons: z.array(z.string()),
  assurance: z.string(),
  expiryDate: z.string().nullable(),
  checkId: z.string().nullable().describe('The check on which its verified values rested.'),
  documents: z
    .array(
      z.object({
        attachmentId: z.string(),
        addedAt: z.date(),
        deletedAt: z.date().nullable(),
        note: z.string().nullable().describe('`evidence deleted on …` where the document is gone by now.'),
      }),
    )
    .describe('Those that were on file then.'),
})
export type Evidence = z.infer<typeof evidence>

export const answerAttributes = z.object({
  workerId: z.string(),
  externalId: z.string().nullable().describe('The primary key under which another system knows the worker.'),
  positionId: z.string().nullable(),
  status: z
    .enum(colours)
    .nullable()
    .describe(
      'By what the position requires; where it requires nothing, the worst, over credential types, of the best of each. Null where there is nothing to judge.',
    ),
  satisfied: z
    .boolean()
    .describe('Whether what is asked for is met: green, or yellow only because a day comes nearer.'),
  gaps: z.array(gap),
  asOf: z.date().describe('The instant that the answer is about.'),
  knownAt: z.date().describe('What was recorded later does not count.'),
  evidence: z
    .array(evidence)
    .optional()
    .describe('Of one worker: every active credential that was looked at. Lists leave it out.'),
})
export type AnswerAttributes = z.infer<typeof answerAttributes>

/** What a position would require; what is absent stays as it is. */
export const proposedRules = z.strictObject({
  requirements: requirements.nullable().optional(),
  graceDays: z.int().min(0).max(3_650).nullable().optional(),
  effectiveFrom: calendarDate,
})
export type ProposedRules = z.infer<typeof proposedRules>

const simulated = answerAttributes.pick({ status: true, satisfied: true, gaps: true })
const simulatedCounts = z.object({
  green: z.int(),
  yellow: z.int(),
  red: z.int(),
  none: z.int().describe('There is nothing to judge.'),
})
export const simulationAttributes = z.object({
  positionId: z.string(),
  holders: z.int().describe('Active people who hold the position.'),
  flipped: z.int().describe('Those whose status, or whether they satisfy it, would be another.'),
  counts: z.object({ before: simulatedCounts, after: simulatedCounts }),
  flips: z
    .array(
      z.object({ workerId: z.string(), externalId: z.string().nullable(), from: simulated, to: simulated }),
    )
    .describe('The first thousand of them.'),
})
export type SimulationAttributes = z.infer<typeof simulationAttributes>

/** A day or an instant, as `asOf` and `knownAt` take it. */
export const moment = z
  .union([calendarDay.transform((day) => ({ day: day as LocalDate })), instant.transform((at) => ({ at }))])
  .meta({ type: 'string' })
export type Moment = z.infer<typeof moment>

export interface AnswerFilter {
  /** Id or code. */
  readonly positionId?: string | undefined
  readonly licenceStatus?: (typeof colours)[number] | undefined
  readonly updatedSince?: Date | undefined
  readonly asOf?: Moment | undefined
  readonly knownAt?: Moment | undefined
}
