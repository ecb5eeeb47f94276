/** What the automatic check of documents works with (spec 40, "The automatic check"). */

/** For whom a document is held that belongs to no credential yet, and what it is to be. */
export interface HeldDocument {
  readonly workerId: string
  readonly credentialType: string
}

/** Somebody else's credential or document that has the same bytes or the same number. */
export interface Duplicate {
  readonly workerId: string
  readonly isSameFile: boolean
  /** Of theirs, where it is a document. */
  readonly attachmentId: string | null
  readonly credentialId: string | null
}
