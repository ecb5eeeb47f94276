/** What a reader of one format finds out, before it is held against the organisation's list and what was submitted. */
import type { Part, SignedDocumentReport } from './signed-documents.schema.ts'

export interface Findings extends Pick<SignedDocumentReport, 'issuer' | 'fields' | 'redactedCount'> {
  readonly format: NonNullable<SignedDocumentReport['format']>
  readonly types: readonly string[]
  /** What was proved of who issued it, in the words of a trusted issuer's `identifier`. Empty where nothing was. */
  readonly identifiers: readonly string[]
  readonly parts: readonly Part[]
  /** Whether a fault was found that makes it needless to ask on. */
  readonly isStopped: boolean
}
