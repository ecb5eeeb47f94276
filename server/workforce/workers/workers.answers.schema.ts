/** The answer to "may this person work this position", as it is kept. What it *is* belongs to compliance (to the right). */

/** Days before all others: see the credentials' `dueMarks`. */
export const answerMarks = { changed: '-infinity', anew: '0001-01-01' } as const

export interface AnswerGap {
  readonly path: string
  readonly credentialType: string | null
  readonly reason: string
  readonly credentialId?: string
}

export interface Answer {
  readonly status: 'green' | 'yellow' | 'red'
  readonly satisfied: boolean
  readonly gaps: readonly AnswerGap[]
}

/** A worker whose answer is to be computed, with the one that is kept. */
export interface DueAnswer {
  readonly workerId: string
  readonly positionId: string | null
  readonly startDate: string | null
  /** Null = none yet. */
  readonly kept: (Answer & { readonly positionId: string | null }) | null
}

export interface ComputedAnswer {
  readonly workerId: string
  readonly positionId: string
  /** Null = nothing is required yet, and nothing is held. */
  readonly answer: Answer | null
  /** Whether it is another than the one that is kept. */
  readonly isChanged: boolean
  /** The first day on which it may change by time alone; null = never. */
  readonly dueOn: string | null
}

/** An answer that is kept. */
export interface KeptAnswer extends Answer {
  readonly workerId: string
  readonly positionId: string | null
  readonly changedAt: Date
}

/** A worker as he was at some instant: what an answer rests on. */
export interface PastWorker {
  readonly workerId: string
  readonly positionId: string | null
  readonly startDate: string | null
  readonly workerType: 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT' | null
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly isDeleted: boolean
}

/** Since when a worker holds the position that he holds. */
export interface Tenure {
  readonly workerId: string
  readonly since: Date
  /** Whether he came to it from another one, or from none; else he has held it for as long as he is known. */
  readonly hasMoved: boolean
}
