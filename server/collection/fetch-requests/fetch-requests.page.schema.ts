/** What the worker's page is to know of a request. */
import type { AttachmentRecord } from '../../evidence/attachments/attachments.schema.ts'
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'
import type { Credential } from '../../workforce/credentials/credentials.schema.ts'
import type { AnswerFields } from './fetch-requests.fields.rules.ts'
import type { Answered, ItemState, PageNode } from './fetch-requests.tree.rules.ts'

export interface PrivacyNotice {
  /** The hash of the text: another text is another version. */
  readonly version: string
  readonly text: string
}

export interface PageItemFacts {
  readonly id: string
  readonly type: CredentialTypeEntry
  readonly guidingText: string | null
  readonly state: ItemState
  readonly fields: AnswerFields
  readonly files: readonly AttachmentRecord[]
  readonly onFile: Credential | null
  readonly declineReason: string | null
  readonly sentBackReason: string | null
}

export interface PageFacts {
  readonly organisation: string
  readonly privacyNotice: PrivacyNotice | null
  readonly stage: 'WELCOME' | 'ANSWERING' | 'SENT'
  readonly worker: { readonly firstName: string; readonly displayName: string }
  readonly message: string | null
  readonly expiresAt: Date
  readonly items: readonly PageItemFacts[]
  readonly tree: PageNode
  readonly answered: Answered
  readonly sentAt: Date | null
}
