/**
 * What the server tells the page, as the page reads it. The server's own shapes are in
 * server/collection/worker-page/worker-page.schema.ts; test/worker-page/contract.test.ts holds the two together, since neither
 * side may import the other.
 */

export interface PageState {
  /** IDENTIFY shows `organisation.name` only. */
  stage: 'IDENTIFY' | 'WELCOME' | 'ANSWERING' | 'SENT'
  organisation: { name: string; privacyNotice: { version: string; text: string } | null }
  worker?: { firstName: string; displayName: string } | undefined
  message?: string | null | undefined
  /** RFC 3339 */
  expiresAt?: string | undefined
  items?: PageItem[] | undefined
  tree?: PageNode | undefined
  progress?: { answered: number; asked: number; isSatisfied: boolean; mayBeSent: boolean } | undefined
  submittedAt?: string | null | undefined
}

export type PageNode =
  | { kind: 'all' | 'any'; label?: string | undefined; children: PageNode[] }
  | { kind: 'atLeast'; n: number; label?: string | undefined; children: PageNode[] }
  | { kind: 'item'; itemId: string; alternatives?: string[] | undefined }

export type ItemState = 'OPEN' | 'SUPPLIED' | 'DECLINED' | 'SENT_BACK' | 'WAIVED'

export interface PageItem {
  id: string
  credentialType: string
  name: string
  category: string
  jurisdiction: string | null
  guidingText: string | null
  suppliedBy: 'number' | 'document' | 'both'
  /** null where the type has no number. */
  number: { pattern: string; example: string; firmness: 'firm' | 'advisory' } | null
  mayLackExpiry: boolean
  asksIssueDate: boolean
  asksExpiryDate: boolean
  /** The sentence to agree to, where the type needs explicit consent. */
  consent: string | null
  state: ItemState
  fields: PageFields
  files: PageFile[]
  onFile: { number: string; expiryDate: string | null; licenceStatus: string } | null
  declineReason: string | null
  sentBackReason: string | null
}

/** A draft as it was typed, or what was supplied. Dates: YYYY-MM-DD, or '' */
export interface PageFields {
  number: string
  holderName: string
  issueDate: string
  expiryDate: string
  hasNoExpiry: boolean
}

export type ReadField = 'number' | 'holderName' | 'issueDate' | 'expiryDate'

/** What is odd about a document. */
export type ReadConcern =
  | 'NAME_MISMATCH'
  | 'NUMBER_MISMATCH'
  | 'DATE_MISMATCH'
  | 'EXPIRED'
  | 'EXPIRES_SOON'
  | 'WRONG_TYPE'
  | 'ILLEGIBLE'
  | 'MULTIPLE_DOCUMENTS'
  | 'UNREADABLE'

export interface PageFile {
  id: string
  fileName: string
  mediaType: string
  sizeBytes: number
  /** RFC 3339 */
  uploadedAt: string
  reading: null | {
    state: 'PENDING' | 'DONE'
    fields: { [name in ReadField]?: string | undefined }
    concerns: ReadConcern[]
  }
}

/** A refusal, as problem+json (RFC 9457). */
export interface PageProblem {
  title?: string | undefined
  detail?: string | undefined
  code?: string | undefined
  /** `pointer`: a JSON pointer into the body, such as /fields/expiryDate */
  errors?: { pointer: string; code: string; detail: string }[] | undefined
  /** Of /identify: how often it may still be tried. */
  triesLeft?: number | undefined
}
