/** What is asked of a source, and what it answers: the one small interface behind which each register lies (spec 60, Checks). */
import type { LocalDate } from '../../platform/local-date.ts'

export type CheckOutcome = 'MAY_ENGAGE' | 'MAY_NOT_ENGAGE' | 'REVIEW_REQUIRED' | 'IN_PROGRESS' | 'ERROR'

/** What a source is asked about one credential. */
export interface CheckQuestion {
  readonly correlationId: string
  readonly register: string
  readonly credentialType: string
  readonly jurisdiction: string | null
  /** As declared. */
  readonly number: string | null
  readonly familyName: string | null
  /** First and middle. */
  readonly givenNames: string | null
  /** The name on the card, else the one that the worker goes by. */
  readonly holderName: string | null
  readonly birthDate: LocalDate | null
  /** As declared. */
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
  /** In the organisation's zone, by the platform's clock. */
  readonly today: LocalDate
  /** Whether "not found" decides: of the type's catalogue entry. */
  readonly absenceIsDecisive: boolean
}

export type FaultCode =
  | 'TIMEOUT'
  | 'UNREACHABLE'
  | 'REFUSED'
  | 'UNAUTHORISED'
  | 'TOO_MANY'
  | 'SERVER_ERROR'
  | 'UNREADABLE'
  | 'REJECTED'
  | 'NOBODY_FOUND'

export interface CheckAnswer {
  readonly outcome: CheckOutcome
  /** CONDITIONS, NON_PRACTISING, RENEWAL_PENDING and VOLUNTEER_ONLY count for the status; EXPIRED, SUSPENDED, NOT_FOUND and others tell more. */
  readonly details: readonly string[]
  /** In the source's words: at most 20, of at most 500 characters. */
  readonly conditions: readonly string[]
  /** The source's own word for the state, at most 500 characters. */
  readonly ownWords: string | null
  /** What the source says is so; null members = it did not say. */
  readonly verified: {
    readonly number: string | null
    readonly holderName: string | null
    readonly issueDate: LocalDate | null
    readonly expiryDate: LocalDate | null
    readonly neverExpires: boolean
  } | null
  /** What came back, at most 64 KiB. */
  readonly evidence: { readonly mediaType: string; readonly body: Buffer } | null
  /** Why no answer came: exactly when the outcome is ERROR. */
  readonly fault: {
    readonly code: FaultCode
    readonly detail: string
    readonly retryAfterSeconds: number | null
  } | null
  /**
   * "Not found", said by nothing but a status as anything that lies at a wrong address says it too. Whether it is believed
   * follows from how the source has answered others (registers.not-found.rules.ts).
   */
  readonly isBare?: true
}

export interface Connector {
  readonly kind: string
  /** Null = yes; else which inputs are lacking, in words. */
  canCheck(question: CheckQuestion): string | null
  /** Never throws for what the source does: its fault is an answer with the outcome ERROR. */
  check(question: CheckQuestion, signal?: AbortSignal): Promise<CheckAnswer>
  /** A cheap look whether it can be reached and lets us in. */
  health(): Promise<{ readonly isReachable: boolean; readonly detail: string }>
}

/** How fast a source may be asked, and how often at once. */
export interface ConnectorPace {
  readonly perSecond: number
  readonly atOnce: number
  readonly timeoutMs: number
}
