/** A credential as the API shows it (spec 10, Credentials). */
import { z } from 'zod'
import { parseLocalDate } from '../../platform/local-date.ts'

export const lifecycles = ['ACTIVE', 'INACTIVE', 'SUPERSEDED'] as const
export const eligibilities = [
  'MAY_ENGAGE',
  'MAY_NOT_ENGAGE',
  'REVIEW_REQUIRED',
  'IN_PROGRESS',
  'ERROR',
] as const
const assurances = ['DECLARED', 'REVIEWED', 'VERIFIED'] as const
const colours = ['green', 'yellow', 'red'] as const
const date = z.string().nullable().describe('YYYY-MM-DD')

export const credentialAttributes = z.object({
  worker: z.object({ id: z.string(), displayName: z.string() }),
  credentialType: z.string(),
  licenceType: z.string().nullable().describe('The organisation’s own code, if it came by one.'),
  number: z.string().nullable(),
  holderName: z.string().nullable(),
  issueDate: date,
  expiryDate: date.describe('YYYY-MM-DD; null = does not expire, or not known.'),
  jurisdiction: z.string().nullable(),
  conditions: z.array(z.string()),
  lifecycle: z.enum(lifecycles),
  eligibility: z.enum(eligibilities).nullable(),
  statusDetail: z.array(z.string()),
  licenceStatus: z.enum(colours),
  statusReasons: z.array(z.string()),
  assurance: z.enum(assurances),
  lastVerifiedAt: z.date().nullable(),
  verificationAuthority: z.string().nullable(),
  source: z.object({ channel: z.string() }),
  declared: z
    .object({
      number: z.string().nullable(),
      holderName: z.string().nullable(),
      issueDate: date,
      expiryDate: date,
      channel: z.string(),
      by: z.string(),
      at: z.date(),
    })
    .describe('What somebody said, and by which channel.'),
  verified: z
    .object({
      number: z.string().nullable(),
      holderName: z.string().nullable(),
      issueDate: date,
      expiryDate: date,
      check: z.string().nullable(),
      at: z.date(),
    })
    .nullable()
    .describe('What a check said; null when none has.'),
  deletedAt: z.date().nullable(),
})
export type CredentialAttributes = z.infer<typeof credentialAttributes>

export interface Credential {
  readonly id: string
  readonly attributes: CredentialAttributes
  readonly lastUpdated: Date
}

export const credentialFilter = {
  workerId: z.string().optional(),
  ownerExternalId: z.string().optional().describe('The worker’s key in another system.'),
  ownerSourceSystem: z.string().optional().describe('That system, without case.'),
  credentialType: z.string().optional(),
  category: z.string().optional().describe('A category of credential types, for example CHILD_SAFETY.'),
  jurisdiction: z.string().optional(),
  eligibility: z.enum(eligibilities).optional(),
  licenceStatus: z.enum(colours).optional(),
  assurance: z.enum(assurances).optional(),
  expiringBefore: z
    .string()
    .refine((text) => parseLocalDate(text) !== undefined, 'must be a day of the calendar, written YYYY-MM-DD')
    .meta({ format: 'date' })
    .optional()
    .describe('Only those that expire before this day.'),
}

export type CredentialFilter = {
  readonly [K in keyof typeof credentialFilter]?: z.infer<(typeof credentialFilter)[K]> | undefined
} & {
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}
