/** What is found out about a signed document, as it is shown (spec 80, Signed documents). */
import { z } from 'zod'

export const documentFormats = ['OPEN_ATTESTATION', 'VC_JWT', 'VC_DATA_INTEGRITY'] as const
export type DocumentFormat = (typeof documentFormats)[number]

export const partNames = [
  'WELL_FORMED',
  'INTEGRITY',
  'ISSUANCE',
  'ISSUER_IDENTITY',
  'STATUS',
  'VALIDITY',
  'TRUSTED_ISSUER',
  'SUBMITTED_FIELDS',
] as const
export type PartName = (typeof partNames)[number]

export const partOutcomes = ['PASSED', 'FAILED', 'NOT_CHECKED'] as const
export type PartOutcome = (typeof partOutcomes)[number]

export const partSchema = z.object({
  part: z
    .enum(partNames)
    .describe(
      'WELL_FORMED: it can be read in one way only. INTEGRITY: nothing was changed. ISSUANCE: it is signed, or recorded as issued. ISSUER_IDENTITY: the key or record is that of whom it names. STATUS: it is not revoked or suspended. VALIDITY: today lies within its dates. TRUSTED_ISSUER: the issuer is on the organisation’s list. SUBMITTED_FIELDS: it says what was submitted beside it.',
    ),
  outcome: z.enum(partOutcomes),
  detail: z.string(),
})
export type Part = z.infer<typeof partSchema>

export const comparisonOutcomes = ['SAME', 'DIFFERENT', 'NOT_IN_DOCUMENT'] as const

/** What may be submitted beside a document, to be compared with what it says. Dates `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
export const submittedFields = z.strictObject({
  holderName: z.string().min(1).max(500).optional(),
  credentialName: z.string().min(1).max(500).optional(),
  issuerName: z.string().min(1).max(500).optional(),
  issueDate: z.string().min(4).max(40).optional(),
  expiryDate: z.string().min(4).max(40).optional(),
  number: z.string().min(1).max(200).optional(),
})
export type SubmittedFields = z.infer<typeof submittedFields>
export type SubmittedField = keyof SubmittedFields

export const reportSchema = z.object({
  format: z.enum(documentFormats).nullable().describe('Null where the document is of no kind that is known.'),
  outcome: z
    .enum(['VERIFIED', 'REVIEW_REQUIRED', 'FAILED'])
    .describe(
      'FAILED: a part says that the document is not what it claims. VERIFIED: every part passed. REVIEW_REQUIRED: all else.',
    ),
  parts: z.array(partSchema),
  issuer: z
    .object({
      id: z.string().nullable().describe('The DID, URL or address that it is issued under.'),
      name: z.string().nullable().describe('As the document says; nobody has proved it.'),
      domain: z
        .string()
        .nullable()
        .describe('The domain whose DNS or website vouches for the key, where that was proved.'),
    })
    .nullable(),
  types: z.array(z.string()),
  fields: z.array(z.object({ path: z.string(), value: z.string(), isShortened: z.boolean() })),
  redactedCount: z.number().int().describe('Fields that whoever handed it on has hidden.'),
  comparison: z.array(
    z.object({
      field: z.string(),
      submitted: z.string(),
      signed: z.array(z.string()),
      outcome: z.enum(comparisonOutcomes),
    }),
  ),
})
export type SignedDocumentReport = z.infer<typeof reportSchema>

/** Somebody whose signature an organisation believes. */
export interface TrustedIssuer {
  readonly name: string
  /** `did:…`, `https://…`, a domain name, or `eip155:<chain>:0x…` (CAIP-10) of a document store or token registry. */
  readonly identifier: string
  /** Where an issuer that is a URL publishes its keys; null for the others. */
  readonly jwksUrl: string | null
}
