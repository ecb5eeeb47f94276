/** What the worker's page is told, and what it sends. web/request/page-state.ts says the same to the browser's code. */
import { z } from 'zod'

/** Where the page and its operations lie, from the root of the site. */
export const pagePath = '/r/{token}'

/** How large a file a worker may send (spec 30). */
export const pageFileBytesMax = 10 * 1024 * 1024

export const declineReasonMax = 500
export const notMeDetailMax = 1_000

/** A calendar date as YYYY-MM-DD; '' where none was given. */
const dateText = z.string().max(10)

export const pageFields = z.strictObject({
  number: z.string().max(200),
  holderName: z.string().max(200),
  issueDate: dateText,
  expiryDate: dateText,
  hasNoExpiry: z.boolean(),
})

/** What is odd about a document, as far as its worker is told; the page has the words, in its languages. */
export const pageConcerns = [
  'NAME_MISMATCH',
  'NUMBER_MISMATCH',
  'DATE_MISMATCH',
  'EXPIRED',
  'EXPIRES_SOON',
  'WRONG_TYPE',
  'ILLEGIBLE',
  'MULTIPLE_DOCUMENTS',
  'UNREADABLE',
] as const
export type PageConcern = (typeof pageConcerns)[number]

const fileReading = z.strictObject({
  state: z.enum(['PENDING', 'DONE']),
  fields: z.strictObject({
    number: z.string().optional(),
    holderName: z.string().optional(),
    issueDate: z.string().optional(),
    expiryDate: z.string().optional(),
  }),
  concerns: z.array(z.enum(pageConcerns)),
})

export const pageFile = z.strictObject({
  id: z.string(),
  fileName: z.string(),
  mediaType: z.string(),
  sizeBytes: z.int(),
  uploadedAt: z.string(),
  reading: fileReading.nullable(),
})

export const pageItem = z.strictObject({
  id: z.string(),
  credentialType: z.string(),
  name: z.string(),
  category: z.string(),
  jurisdiction: z.string().nullable(),
  guidingText: z.string().nullable(),
  suppliedBy: z.enum(['number', 'document', 'both']),
  number: z
    .strictObject({ pattern: z.string(), example: z.string(), firmness: z.enum(['firm', 'advisory']) })
    .nullable(),
  mayLackExpiry: z.boolean(),
  asksIssueDate: z.boolean(),
  asksExpiryDate: z.boolean(),
  consent: z.string().nullable(),
  state: z.enum(['OPEN', 'SUPPLIED', 'DECLINED', 'SENT_BACK', 'WAIVED']),
  fields: pageFields,
  files: z.array(pageFile),
  onFile: z
    .strictObject({ number: z.string(), expiryDate: z.string().nullable(), licenceStatus: z.string() })
    .nullable(),
  declineReason: z.string().nullable(),
  sentBackReason: z.string().nullable(),
})

export type PageNode =
  | { kind: 'all' | 'any'; label?: string | undefined; children: PageNode[] }
  | { kind: 'atLeast'; n: number; label?: string | undefined; children: PageNode[] }
  | { kind: 'item'; itemId: string; alternatives?: string[] | undefined }

export const pageNode: z.ZodType<PageNode> = z.lazy(() =>
  z.union([
    z.strictObject({
      kind: z.enum(['all', 'any']),
      label: z.string().optional(),
      children: z.array(pageNode),
    }),
    z.strictObject({
      kind: z.literal('atLeast'),
      n: z.int(),
      label: z.string().optional(),
      children: z.array(pageNode),
    }),
    z.strictObject({
      kind: z.literal('item'),
      itemId: z.string(),
      alternatives: z.array(z.string()).optional(),
    }),
  ]),
)

export const pageState = z.strictObject({
  stage: z.enum(['IDENTIFY', 'WELCOME', 'ANSWERING', 'SENT']),
  organisation: z.strictObject({
    name: z.string(),
    privacyNotice: z.strictObject({ version: z.string(), text: z.string() }).nullable(),
  }),
  worker: z.strictObject({ firstName: z.string(), displayName: z.string() }).optional(),
  message: z.string().nullable().optional(),
  expiresAt: z.string().optional(),
  items: z.array(pageItem).optional(),
  tree: pageNode.optional(),
  progress: z
    .strictObject({
      answered: z.int(),
      asked: z.int(),
      isSatisfied: z.boolean(),
      mayBeSent: z.boolean(),
    })
    .optional(),
  submittedAt: z.string().nullable().optional(),
})

/** Bodies of the page's operations. */
export const identifyInput = z.strictObject({ birthDate: z.string() })
export const draftInput = z.strictObject({ fields: pageFields })
export const supplyInput = z.strictObject({ fields: pageFields, consent: z.boolean().optional() })
export const declineInput = z.strictObject({ reason: z.string().trim().min(1).max(declineReasonMax) })
export const submitInput = z.strictObject({ privacyNoticeVersion: z.string().nullable() })
export const notMeInput = z.strictObject({
  kind: z.enum(['NOT_ME', 'NAME_WRONG']),
  detail: z.string().trim().max(notMeDetailMax),
})

export type PageFields = z.infer<typeof pageFields>
export type PageFile = z.infer<typeof pageFile>
export type PageItem = z.infer<typeof pageItem>
export type PageState = z.infer<typeof pageState>
