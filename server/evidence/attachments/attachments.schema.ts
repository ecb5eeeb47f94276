/** Attachments as they are kept and as the API shows them (spec 40). */
import { z } from 'zod'
import { documentTypes, type DocumentType } from '../../platform/documents/media-types.rules.ts'

/** Of one file: 10 MB. */
export const attachmentBytesMax = 10_485_760
/** Of one credential, and of one answer that waits to become one. */
export const attachmentsMax = 20

export const attachmentTypes = documentTypes

export const attachmentSources = ['api', 'upload_link', 'console', 'passport', 'sftp'] as const
export type AttachmentSource = (typeof attachmentSources)[number]

const readValue = z
  .object({
    value: z.string().nullable(),
    confidence: z.int().min(0).max(100),
    page: z.int().min(1).nullable(),
    box: z
      .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
      .nullable()
      .describe('Where it stands, in parts of the page’s width and height.'),
  })
  .nullable()

/** What the automatic check found. */
export const verificationAttributes = z.object({
  matchesExpectedType: z.boolean(),
  confidencePercent: z.int().min(0).max(100),
  detectedType: z.string().nullable().describe('A code of the catalogue; null when none fits.'),
  reasoning: z.string().describe('One or two sentences for a person.'),
  concerns: z.array(z.object({ code: z.string(), message: z.string() })),
  extracted: z.object({
    holderName: readValue,
    number: readValue,
    issueDate: readValue,
    expiryDate: readValue,
    issuer: readValue,
  }),
  engine: z.string(),
  engineVersion: z.string(),
  checkedAt: z.iso.datetime(),
})
export type AttachmentVerification = z.infer<typeof verificationAttributes>

export const attachmentAttributes = z.object({
  fileName: z.string(),
  mimeType: z.enum(attachmentTypes).describe('As the bytes say.'),
  sizeBytes: z.int(),
  sha256: z.string().describe('Of the bytes, in hexadecimal digits.'),
  source: z.enum(attachmentSources),
  uploadedAt: z.date(),
  contentUrl: z.string().describe('Where the bytes are; asked for like every other address, with a token.'),
  deduplicated: z
    .literal(true)
    .optional()
    .describe('The credential had these bytes already: this is that attachment, and nothing was added.'),
  verification: verificationAttributes
    .optional()
    .describe('What the automatic check found; absent until it is ready.'),
})
export type AttachmentAttributes = z.infer<typeof attachmentAttributes>

/** An attachment as it lies in the table. */
export interface AttachmentRecord {
  readonly id: string
  readonly credentialId: string | null
  readonly heldFor: string | null
  readonly fileName: string
  readonly mediaType: DocumentType
  readonly bytes: number
  readonly sha256: string
  readonly blobKey: string
  readonly source: AttachmentSource
  readonly uploadedAt: Date
  readonly scan: ScanState
  readonly verification: AttachmentVerification | null
  /** Whether a reader of documents is through with it. */
  readonly isRead: boolean
  readonly judgement: AttachmentJudgement | null
  readonly lastUpdated: Date
}

/** What the verification rests on beside the document itself. */
export interface AttachmentJudgement {
  /** Of what it was compared with: another one, and it is to be compared anew. */
  readonly basis: string
  /** RFC 3339 */
  readonly at: string
  /** The check that says so; null while no credential is there. */
  readonly checkId: string | null
  /** Whether it makes its credential REVIEWED by itself. */
  readonly vouches: boolean
}

/** What stands for the same document elsewhere in the organisation. */
export interface SameElsewhere {
  readonly attachmentId: string
  readonly credentialId: string | null
  readonly heldFor: string | null
  /** The same bytes; else the same number on another document. */
  readonly isSameFile: boolean
}

/** Whether a virus scanner has looked at the bytes: there is none, it has yet to answer, it found nothing. */
export type ScanState = 'OFF' | 'WAITING' | 'CLEAN'

/** A credential, or what the file was handed in for as long as there is no credential (the item of a fetch request). */
export type AttachmentOwner = { readonly credentialId: string } | { readonly heldFor: string }

/** A document that was on file. */
export interface PastDocument {
  readonly credentialId: string
  readonly attachmentId: string
  readonly addedAt: Date
  /** Null = it is there still. */
  readonly deletedAt: Date | null
}
