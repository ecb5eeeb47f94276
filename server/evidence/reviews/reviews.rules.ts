/** Which decisions fit, and what comes first. Pure. */
import type { Decision, ReviewReason } from './reviews.schema.ts'

const dayMs = 86_400_000

/**
 * By how many days earlier a review stands in the queue than it was opened: the riskier, the earlier. What is so many days
 * older comes before it all the same, so that nothing waits for ever.
 */
export const headStartDays: Readonly<Record<ReviewReason, number>> = {
  // Somebody who may be barred may be at work.
  LIST_MATCH: 30,
  // A link with personal data may be in the wrong hands.
  NOT_ME: 14,
  REGISTER_ANSWER: 7,
  HELD_IMPORT: 7,
  DOCUMENT: 2,
  DECLINED_ITEM: 1,
  MAPPING_PROPOSAL: 0,
}

/** When its turn is. */
export function turnOf(reason: ReviewReason, openedAt: Date): Date {
  return new Date(openedAt.getTime() - headStartDays[reason] * dayMs)
}

const fitting: Readonly<Record<ReviewReason, readonly Decision[]>> = {
  DOCUMENT: ['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'],
  // ASK_AGAIN: the register is asked anew.
  REGISTER_ANSWER: ['ACCEPT', 'REJECT', 'ASK_AGAIN'],
  // ACCEPT: it is somebody else.
  LIST_MATCH: ['ACCEPT', 'REJECT'],
  HELD_IMPORT: ['ACCEPT', 'REJECT'],
  DECLINED_ITEM: ['ASK_AGAIN', 'WAIVE'],
  // ACCEPT: what was reported is right.
  NOT_ME: ['ACCEPT', 'REJECT'],
  MAPPING_PROPOSAL: ['ACCEPT', 'REJECT'],
}

/** What can be decided. A worker can be asked again, and an item waived, only where a fetch request asked for it. */
export function possibleDecisions(reason: ReviewReason, hasFetchRequest: boolean): readonly Decision[] {
  const all = fitting[reason]
  if (reason !== 'DOCUMENT' || hasFetchRequest) return all
  return all.filter((decision) => decision !== 'ASK_AGAIN' && decision !== 'WAIVE')
}

/** Whether a decision writes a check about the review's credential. */
export function isAboutCredential(reason: ReviewReason): boolean {
  return reason === 'DOCUMENT' || reason === 'REGISTER_ANSWER'
}

type Corrected = Readonly<Record<string, unknown>> | null

/** Whether a second person wants the same as the first; one who corrects nothing takes the first one's corrections. */
export function isSameWish(
  first: { readonly decision: Decision; readonly corrected: Corrected },
  second: { readonly decision: Decision; readonly corrected: Corrected },
): boolean {
  if (first.decision !== second.decision) return false
  if (second.corrected === null) return true
  const { corrected } = second
  const names = new Set([...Object.keys(first.corrected ?? {}), ...Object.keys(corrected)])
  return [...names].every((name) => first.corrected?.[name] === corrected[name])
}
