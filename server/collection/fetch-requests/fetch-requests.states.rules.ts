/**
 * The states of a fetch request (spec 30, States): one total function from where it is and what happens to where it is then.
 * Pure: it knows no clock and no database.
 */

export const statuses = [
  'INITIATED',
  'SENT',
  'OPENED',
  'PARTIALLY_COMPLETED',
  'SUBMITTED',
  'COMPLETED',
  'EXPIRED',
  'CANCELLED',
] as const
export type Status = (typeof statuses)[number]

/** Those in which the worker can still answer. */
export const openStatuses = [
  'INITIATED',
  'SENT',
  'OPENED',
  'PARTIALLY_COMPLETED',
] as const satisfies readonly Status[]

export const isOpen = (status: Status): boolean => (openStatuses as readonly Status[]).includes(status)

/** What can happen to a request once it is there. */
export const causes = [
  'MAIL_ACCEPTED',
  'STARTED',
  'ANSWERED',
  'HANDED_IN',
  'WAIVED',
  'ALL_CHECKED',
  'SENT_BACK',
  'EXPIRED',
  'CANCELLED',
  'RESENT',
  'REMINDED',
  'REMINDED_AUTOMATICALLY',
] as const
export type Cause = (typeof causes)[number]

/** What of the answers decides. */
export interface AnswerFacts {
  /** Whether anything that was asked for is supplied. */
  readonly isSomeSupplied: boolean
  /** Whether what is supplied or waived is everything that was asked for: the tree is satisfied. */
  readonly isSatisfied: boolean
}

/** `to` = the state from now on, which may be the same one; `refused` = a conflict (409) that says why. */
export type Step = { readonly to: Status } | { readonly refused: string }

const refused = (why: string): Step => ({ refused: why })

const ends: Readonly<Record<Status, string>> = {
  INITIATED: 'is on its way to the worker',
  SENT: 'has been sent',
  OPENED: 'has been opened',
  PARTIALLY_COMPLETED: 'is partly answered',
  SUBMITTED: 'has been submitted',
  COMPLETED: 'is completed',
  EXPIRED: 'has expired',
  CANCELLED: 'was cancelled',
}

/** The state in words: `has expired`. */
export const inWords = (status: Status): string => ends[status]

const notOpen = (status: Status): Step =>
  refused(`The request ${inWords(status)}: it can no longer be answered.`)

/**
 * One step of a request. Total: every state and cause has an answer.
 * Guarantees: COMPLETED and CANCELLED are left by nothing; SUBMITTED is left only by a check of everything, by being sent back
 * and by a cancellation; only RESENT and SENT_BACK bring a closed request back to the worker.
 */
export function step(status: Status, cause: Cause, { isSomeSupplied, isSatisfied }: AnswerFacts): Step {
  switch (cause) {
    case 'MAIL_ACCEPTED':
      // Whoever was quicker than the mail server's answer stays where they are.
      return { to: status === 'INITIATED' ? 'SENT' : status }
    case 'STARTED':
      if (!isOpen(status)) return notOpen(status)
      if (status === 'PARTIALLY_COMPLETED' || isSomeSupplied) return { to: 'PARTIALLY_COMPLETED' }
      return { to: 'OPENED' }
    case 'ANSWERED':
      if (!isOpen(status)) return notOpen(status)
      return { to: isSomeSupplied ? 'PARTIALLY_COMPLETED' : status }
    case 'HANDED_IN':
    case 'WAIVED':
      if (!isOpen(status)) return notOpen(status)
      if (isSatisfied) return { to: 'SUBMITTED' }
      return { to: isSomeSupplied ? 'PARTIALLY_COMPLETED' : status }
    case 'ALL_CHECKED':
      return { to: status === 'SUBMITTED' ? 'COMPLETED' : status }
    case 'SENT_BACK':
      if (status === 'SUBMITTED') return { to: 'PARTIALLY_COMPLETED' }
      return isOpen(status)
        ? { to: isSomeSupplied ? 'PARTIALLY_COMPLETED' : status }
        : refused(`The request ${inWords(status)}: nothing can be sent back to the worker.`)
    case 'EXPIRED':
      return { to: isOpen(status) ? 'EXPIRED' : status }
    case 'CANCELLED':
      return status === 'COMPLETED' || status === 'CANCELLED'
        ? refused(`The request ${inWords(status)} and cannot be cancelled.`)
        : { to: 'CANCELLED' }
    case 'RESENT':
      return isOpen(status) || status === 'EXPIRED'
        ? { to: 'INITIATED' }
        : refused(`The request ${inWords(status)}: there is nothing to send again.`)
    case 'REMINDED':
      return isOpen(status)
        ? { to: status }
        : refused(`The request ${inWords(status)}: there is nothing to remind anybody of.`)
    case 'REMINDED_AUTOMATICALLY':
      return { to: status === 'SENT' || status === 'OPENED' ? 'INITIATED' : status }
  }
}

const order: Readonly<Record<Status, number>> = {
  INITIATED: 0,
  SENT: 1,
  OPENED: 2,
  PARTIALLY_COMPLETED: 3,
  EXPIRED: 3,
  CANCELLED: 3,
  SUBMITTED: 4,
  COMPLETED: 5,
}

/** The furthest that a request has come; endings do not count. */
export function furthestOf(before: Status, now: Status): Status {
  return now === 'EXPIRED' || now === 'CANCELLED' || order[now] <= order[before] ? before : now
}
