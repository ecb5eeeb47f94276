/** What an answer about a worker rests on: what is held now, and what was held then. */
import type { LocalDate } from '../../platform/local-date.ts'
import type { DueCredential } from './credentials.status.schema.ts'

/** An ACTIVE credential with the licence status that is kept. */
export interface HeldCredential {
  readonly id: string
  readonly workerId: string
  readonly credentialType: string
  readonly jurisdiction: string | null
  readonly expiryDate: LocalDate | null
  readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
  readonly status: 'green' | 'yellow' | 'red'
  readonly reasons: readonly string[]
}

/** A credential that was ACTIVE at some instant, as it was: its status is for whoever asks to compute. */
export interface PastCredential
  extends
    Omit<HeldCredential, 'status' | 'reasons'>,
    Pick<DueCredential, 'number' | 'issueDate' | 'eligibility' | 'details'> {
  /** When a check last vouched for its values; checks know when a source last answered. */
  readonly verifiedAt: Date | null
  /** The check on which the verified values rested. */
  readonly verifiedByCheck: string | null
}
