/** A credential as the API shows it (spec 10, Credentials). */
import { z } from 'zod'
import { calendarDate, calendarDay, line, readOnly } from '../../platform/fields.schema.ts'
import { jurisdictions, type Catalogue } from '../credential-types/credential-types.schema.ts'
import { workerReference } from '../workers/workers.schema.ts'

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
  lastVerifiedAt: z.date().nullable().describe('When a source last vouched for it.'),
  verificationAuthority: z.string().nullable().describe('Who vouched: the register’s name.'),
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
  lastCheck: z
    .object({ id: z.string(), outcome: z.enum(eligibilities), at: z.date() })
    .nullable()
    .describe(
      'How the last attempt to verify it ended. One that ended in ERROR leaves the answer before it standing.',
    ),
  deletedAt: z.date().nullable(),
})
export type CredentialAttributes = z.infer<typeof credentialAttributes>

/** A credential as it is written: whole, as POST and PUT take it. What is absent or null is empty. */
export const credentialInput = z.strictObject({
  worker: workerReference.describe('Who holds it. A credential stays with its worker.'),
  credentialType: line(64).describe('A credential type’s code, for example WWCC_VIC.'),
  licenceType: line(200).describe(
    'Instead of `credentialType`: your own code, as /licence-type-mappings knows it.',
  ),
  number: line(200).describe('As it stands on the card. Types that are known by a number need one.'),
  holderName: line(300).describe('The name on the card.'),
  issueDate: calendarDate,
  expiryDate: calendarDate.describe('YYYY-MM-DD; null = does not expire, or not known.'),
  jurisdiction: z
    .enum(jurisdictions)
    .nullable()
    .optional()
    .describe('Taken from the type where it is bound to one.'),
  lifecycle: z
    .enum(lifecycles)
    .nullable()
    .optional()
    .describe('ACTIVE when absent. SUPERSEDED is for the product to say and means ACTIVE here.'),
  conditions: readOnly,
  eligibility: readOnly,
  statusDetail: readOnly,
  licenceStatus: readOnly,
  statusReasons: readOnly,
  assurance: readOnly,
  lastVerifiedAt: readOnly,
  verificationAuthority: readOnly,
  source: readOnly,
  declared: readOnly,
  verified: readOnly,
  lastCheck: readOnly,
  deletedAt: readOnly,
})
export type CredentialInput = z.infer<typeof credentialInput>

/** Any part of a credential, as PATCH takes it (RFC 7396): null empties, what is absent stays. */
export const credentialPatch = credentialInput.partial()

/** What was declared, as it would be sent back: what a PATCH is merged into. */
export function writableOf({
  worker,
  credentialType,
  declared,
  jurisdiction,
  lifecycle,
}: CredentialAttributes): object {
  const { number, holderName, issueDate, expiryDate } = declared
  return {
    worker: { id: worker.id },
    credentialType,
    number,
    holderName,
    issueDate,
    expiryDate,
    jurisdiction,
    lifecycle,
  }
}

export interface Credential {
  readonly id: string
  readonly attributes: CredentialAttributes
  readonly lastUpdated: Date
  /** The worker's key in the system whose people are listed; null in every other list. */
  readonly ownerKey: string | null
}

/** With the name of the register that vouched for it, where one did. */
export function withAuthority({ types, registers }: Catalogue, credential: Credential): Credential {
  const { assurance, credentialType } = credential.attributes
  const register = assurance === 'VERIFIED' ? types.get(credentialType)?.register : null
  const name = register ? registers.get(register)?.name : undefined
  if (name === undefined) return credential
  return { ...credential, attributes: { ...credential.attributes, verificationAuthority: name } }
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
  expiringBefore: calendarDay.optional().describe('Only those that expire before this day.'),
}

export type CredentialFilter = {
  readonly [K in keyof typeof credentialFilter]?: z.infer<(typeof credentialFilter)[K]> | undefined
} & {
  readonly includeDeleted?: boolean | undefined
  readonly updatedSince?: Date | undefined
}

/**
 * The order of a list: by id, or by what is asked for where that is when something expires or changed, or whom a system
 * knows.
 */
export type CredentialOrder = 'id' | 'expiry' | 'change' | 'owner'

export function credentialOrder(filter: CredentialFilter): CredentialOrder {
  if (filter.updatedSince) return 'change'
  if (filter.expiringBefore) return 'expiry'
  const given = Object.keys(credentialFilter).filter((name) => filter[name as keyof typeof credentialFilter])
  // Each colour is common: a page of it is soon met among a system's people. What may be rare has its index by id.
  const inOwnerOrder = given.every((name) => name === 'ownerSourceSystem' || name === 'licenceStatus')
  return filter.ownerSourceSystem && inOwnerOrder ? 'owner' : 'id'
}

/** What a cursor behind this credential holds, in that order. */
export function credentialKey(
  { id, attributes, lastUpdated, ownerKey }: Credential,
  order: CredentialOrder,
): string[] {
  if (order === 'change') return [lastUpdated.toISOString(), id]
  if (order === 'expiry') return [attributes.expiryDate ?? '', id]
  return order === 'owner' ? [ownerKey ?? '', id] : [id]
}

/** A credential inside its worker: `include=credentials`. */
export const credentialSummary = z.object({
  id: z.string(),
  credentialType: z.string(),
  number: z.string().nullable(),
  expiryDate: date,
  lifecycle: z.enum(lifecycles),
  assurance: z.enum(assurances),
  licenceStatus: z.enum(colours),
  statusReasons: z.array(z.string()),
})
export type CredentialSummary = z.infer<typeof credentialSummary>
