/** Checks as they are recorded and as the API shows them (spec 60, Checks). */
import { z } from 'zod'

export const checkOutcomes = [
  'MAY_ENGAGE',
  'MAY_NOT_ENGAGE',
  'REVIEW_REQUIRED',
  'IN_PROGRESS',
  'ERROR',
] as const
export type CheckOutcome = (typeof checkOutcomes)[number]

export const checkSources = ['REGISTER', 'DOCUMENT', 'ISSUER_SIGNATURE', 'PERSON'] as const

/**
 * Why a credential is asked about: it is new or changed; somebody asked (`verify`); its register was connected; the rhythm of
 * its type; a day near its expiry; again, because the last attempt brought no answer; a person decided a review; and a document
 * came in, or was compared anew.
 */
export const checkTriggers = [
  'CHANGED',
  'REQUESTED',
  'CONNECTED',
  'SCHEDULE',
  'NEAR_EXPIRY',
  'RETRY',
  'REVIEW',
  'DOCUMENT',
] as const
export type CheckTrigger = (typeof checkTriggers)[number]
/** Why a source is asked: nobody has to ask the person who has said it, or the document that is there. */
export type AskTrigger = Exclude<CheckTrigger, 'REVIEW' | 'DOCUMENT'>

const date = z.string().nullable().describe('YYYY-MM-DD')

export const checkAttributes = z.object({
  credential: z.object({ id: z.string() }),
  source: z.enum(checkSources),
  register: z.string().nullable(),
  connector: z.string().nullable().describe('The kind of connector that asked.'),
  person: z
    .object({ kind: z.string(), id: z.string().nullable() })
    .nullable()
    .describe('Who looked, where the source is a PERSON: a USER, or the TOKEN of a system.'),
  trigger: z.enum(checkTriggers),
  correlationId: z.string().describe('As `verify` gave it, and as it was sent to the source.'),
  inputs: z
    .record(z.string(), z.string())
    .describe('What was sent: of the number its last characters, of the rest only that it was.'),
  startedAt: z.date(),
  finishedAt: z.date(),
  outcome: z.enum(checkOutcomes),
  ownWords: z.string().nullable().describe('The state in the source’s own words.'),
  details: z.array(z.string()),
  conditions: z.array(z.string()),
  told: z
    .object({
      number: z.string().nullable(),
      holderName: z.string().nullable(),
      issueDate: date,
      expiryDate: date,
      neverExpires: z.boolean(),
    })
    .describe('What the source says is so; null where it did not say.'),
  fault: z
    .object({ code: z.string(), detail: z.string() })
    .nullable()
    .describe('Why no answer came; exactly when the outcome is ERROR.'),
  isDeciding: z.boolean().describe('Whether the verified values of the credential rest on it.'),
})
export type CheckAttributes = z.infer<typeof checkAttributes>

export interface Check {
  readonly id: string
  readonly attributes: CheckAttributes
  readonly lastUpdated: Date
}

/** What `POST /credentials/{id}/verify` answers. */
export const verificationAttributes = z.object({
  correlationId: z.string().describe('Stands on the check that this asks for.'),
  register: z.string(),
  isDegraded: z
    .boolean()
    .describe('The register does not answer at present; it is asked again as soon as it does.'),
})
export type Verification = z.infer<typeof verificationAttributes>
