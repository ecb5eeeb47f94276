/** What the licence status needs of a credential, and what is kept of it. */
import type { LocalDate } from '../../platform/local-date.ts'

/** Days before all others: what is due because it changed, and what because all are to be computed anew. */
export const dueMarks = { changed: '-infinity', anew: '0001-01-01' } as const

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
  /** When a source last answered, whatever it said. */
  readonly answeredAt: Date | null
  readonly workerType: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null
  readonly status: 'green' | 'yellow' | 'red'
  readonly reasons: readonly string[]
  /** The day that has come, or one of `dueMarks`. */
  readonly dueOn: string
  /** Another one by the time of writing: the row was changed in between, and the answer is about what it was. */
  readonly rowVersion: string
}

export interface ComputedStatus {
  readonly id: string
  readonly rowVersion: string
  /** Whether status or reasons are others than those that lie in the books. */
  readonly isChanged: boolean
  readonly status: 'green' | 'yellow' | 'red'
  readonly reasons: readonly string[]
  /** The first day on which the answer may change by time alone; null = never. */
  readonly dueOn: LocalDate | null
}
