/** What the licence status needs of a credential, and what is kept of it. */
import type { LocalDate } from '../../platform/local-date.ts'

/** A credential whose status is to be computed, with what the rules need. */
export interface DueCredential {
  readonly id: string
  readonly workerId: string
  readonly credentialType: string
  readonly number: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
  readonly eligibility: 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR' | null
  readonly details: readonly string[]
  readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
  readonly verifiedAt: Date | null
  readonly workerType: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null
  readonly status: 'green' | 'yellow' | 'red'
  readonly reasons: readonly string[]
}

export interface ComputedStatus {
  readonly id: string
  readonly status: 'green' | 'yellow' | 'red'
  readonly reasons: readonly string[]
  /** The first day on which the answer may change by time alone; null = never. */
  readonly dueOn: LocalDate | null
}
