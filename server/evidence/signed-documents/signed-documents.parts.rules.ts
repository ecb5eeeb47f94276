/** How the parts of a report come together. No input or output. */
import type { Part, PartName, PartOutcome, SignedDocumentReport } from './signed-documents.schema.ts'

export const passed = (part: PartName, detail: string): Part => ({ part, outcome: 'PASSED', detail })
export const failed = (part: PartName, detail: string): Part => ({ part, outcome: 'FAILED', detail })
export const notChecked = (part: PartName, detail: string): Part => ({ part, outcome: 'NOT_CHECKED', detail })

export function outcomeOf(parts: readonly Part[], part: PartName): PartOutcome | undefined {
  return parts.find((one) => one.part === part)?.outcome
}

/**
 * What the parts come to. A faulty part makes the document FAILED, save two that only a person can judge: an issuer who is not
 * on the list, and fields that were submitted otherwise. VERIFIED is what passed in every part.
 */
export function outcomeOfParts(parts: readonly Part[]): SignedDocumentReport['outcome'] {
  const isRefused = parts.some(
    ({ part, outcome }) => outcome === 'FAILED' && part !== 'TRUSTED_ISSUER' && part !== 'SUBMITTED_FIELDS',
  )
  if (isRefused) return 'FAILED'
  return parts.every(({ outcome }) => outcome === 'PASSED') ? 'VERIFIED' : 'REVIEW_REQUIRED'
}
