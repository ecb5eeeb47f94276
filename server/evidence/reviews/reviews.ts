/**
 * Reviews: one queue of what a person has to decide, whatever it is about.
 *
 * Owns: reviews, from their opening to their end. Words: the *reason* is why a person is asked, the *subject* what it is about.
 * Promises: of a reason and a subject one review waits at a time; each ends with one decision, by somebody whom it is not
 * about, or is withdrawn with its subject; what was decided stays as it is. What a decision means for fetch requests, imports
 * and lists is theirs to do: they hear `review.decided`.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import type { Total } from '../../platform/db/total.ts'
import { AppError } from '../../platform/errors.ts'
import { holdsGrant } from '../../tenancy/access/access.schema.ts'
import { grantsOfRole } from '../../tenancy/access/access.roles.rules.ts'
import { getUser } from '../../tenancy/users/users.ts'
import { eligibilitiesOf } from '../../workforce/credentials/credentials.ts'
import { assertNotOwn } from './reviews.decide.ts'
import { isAboutCredential, turnOf } from './reviews.rules.ts'
import type { Review, ReviewFilter, ReviewPatch, ReviewReason } from './reviews.schema.ts'
import * as store from './reviews.store.ts'

export { decideReview } from './reviews.decide.ts'
export type { NewReview, Withdrawal } from './reviews.store.ts'
export type { Decision, Review, ReviewReason } from './reviews.schema.ts'

/**
 * Puts something into the queue. Idempotent by reason and subject as long as that one waits: then it is told the new facts, and
 * where they are others, what a first of four eyes wanted is void.
 * @throws Error for a review of a document or an answer without its credential: a fault of the caller
 */
export async function openReview(
  ctx: WriteContext,
  review: store.NewReview,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  if (isAboutCredential(review.reason) && !review.credentialId)
    throw new Error(`A review for ${review.reason} names its credential.`)
  const waiting = await store.renewWaiting(ctx, review)
  if (waiting !== undefined) return { id: waiting, isNew: false }
  const id = ctx.newId('review')
  if (!(await store.insertReview(ctx, id, review, turnOf(review.reason, ctx.now)))) {
    // Somebody has just opened it.
    const theirs = await store.renewWaiting(ctx, review)
    if (theirs !== undefined) return { id: theirs, isNew: false }
    // And somebody else has just decided it.
    return openReview(ctx, review)
  }
  const { reason, subject, workerId, credentialId = null, fetchRequestId = null } = review
  await ctx.audit({ entityType: 'review', entityId: id, action: 'open', changes: { reason, subject } })
  await ctx.emit({
    type: 'review.created',
    data: { reviewId: id, reason, subject, workerId, credentialId, fetchRequestId },
  })
  return { id, isNew: true }
}

/**
 * How it stands with a reason and a subject: what waits for a decision, locked, and when the last one was taken.
 */
export async function reviewStanding(
  ctx: WriteContext,
  reason: ReviewReason,
  subject: { readonly type: string; readonly id: string },
): Promise<{ readonly waiting: Review | null; readonly decidedAt: Date | null }> {
  const { waiting, decidedAt } = await store.standingOf(ctx, reason, subject)
  const review = waiting === null ? undefined : await store.lockReview(ctx, waiting)
  // Decided in the meantime.
  if (review && review.attributes.status !== 'OPEN' && review.attributes.status !== 'AWAITING_SECOND')
    return { waiting: null, decidedAt: review.attributes.decision?.at ?? decidedAt }
  return { waiting: review ?? null, decidedAt }
}

/** Ends what waits for a decision that nobody needs any more: its subject is gone, cancelled, or answered otherwise. */
export async function withdrawReviews(ctx: WriteContext, withdrawal: store.Withdrawal): Promise<void> {
  for (const id of await store.withdrawWaiting(ctx, withdrawal))
    await ctx.audit({ entityType: 'review', entityId: id, action: 'withdraw' })
}

/**
 * Opens a review for each of the credentials about which a register could not tell, and withdraws those of which it can by now.
 * @param credentialIds up to a thousand, whose answers have changed
 */
export async function reviewAnswers(ctx: WriteContext, credentialIds: readonly string[]): Promise<void> {
  const known = await eligibilitiesOf(ctx, credentialIds)
  const unsure = known.filter(({ eligibility }) => eligibility === 'REVIEW_REQUIRED')
  for (const { id, workerId, credentialType, checkId } of unsure)
    await openReview(ctx, {
      reason: 'REGISTER_ANSWER',
      subject: { type: 'credential', id },
      workerId,
      credentialId: id,
      facts: { credentialType, checkId },
    })
  const isUnsure = new Set(unsure.map(({ id }) => id))
  const sure = credentialIds.filter((id) => !isUnsure.has(id))
  if (sure.length > 0) await withdrawReviews(ctx, { reasons: ['REGISTER_ANSWER'], credentialIds: sure })
}

/** NOT_FOUND for another organisation's and an unknown one alike. */
export async function getReview(ctx: ReadContext, id: string): Promise<Review> {
  const review = await store.findReview(ctx, id)
  if (!review) throw new AppError('NOT_FOUND', 'There is no such review.')
  return review
}

/** The same, locked against other changes until the transaction ends. */
export async function lockedReview(ctx: WriteContext, id: string): Promise<Review> {
  const review = await store.lockReview(ctx, id)
  if (!review) throw new AppError('NOT_FOUND', 'There is no such review.')
  return review
}

/** By turn: the oldest and riskiest first; with `updatedSince` by the change. Refuses `assignee=me` of a token. */
export function listReviews(
  ctx: ReadContext,
  filter: ReviewFilter,
  page: store.ReviewPage,
): Promise<{ reviews: Review[]; total: Total }> {
  if (filter.assignee !== 'me') return store.findReviews(ctx, filter, page)
  if (ctx.actor.kind !== 'USER' || ctx.actor.id === null) {
    const detail = 'assignee=me is for signed-in users: a token is assigned nothing. Send a user’s id.'
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/assignee', code: 'NO_USER', detail }],
    })
  }
  return store.findReviews(ctx, { ...filter, assignee: ctx.actor.id }, page)
}

/**
 * Gives a review to somebody, or to nobody in particular. Anybody who may decide may still do so. Refuses a user who cannot
 * decide on it: who is not there, may not, or is the person whom it is about; and REVIEW_DECIDED.
 */
export async function assignReview(
  ctx: WriteContext,
  id: string,
  { assignee }: ReviewPatch,
): Promise<Review> {
  const review = await lockedReview(ctx, id)
  if (assignee === undefined || (assignee?.id ?? null) === (review.attributes.assignee?.id ?? null))
    return review
  const { status } = review.attributes
  if (status === 'DECIDED' || status === 'WITHDRAWN')
    throw new AppError('REVIEW_DECIDED', `The review is ${status}: there is nothing left to see to.`)
  if (assignee !== null) await assertMayDecide(ctx, review, assignee.id)
  await store.saveAssignee(ctx, id, assignee?.id ?? null)
  await ctx.audit({
    entityType: 'review',
    entityId: id,
    action: 'assign',
    changes: { assignee: assignee?.id ?? null },
  })
  return getReview(ctx, id)
}

async function assertMayDecide(ctx: WriteContext, review: Review, userId: string): Promise<void> {
  const refused = (code: string, detail: string): AppError =>
    new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer: '/assignee/id', code, detail }] })
  const user = await getUser(ctx, userId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      throw refused('UNKNOWN_USER', `There is no user ${userId}.`)
    throw error
  })
  const { role, state } = user.attributes
  if (state !== 'ACTIVE' || !holdsGrant(grantsOfRole(role), 'review', 'UPDATE'))
    throw refused(
      'MAY_NOT_DECIDE',
      `The user ${userId} is ${state}, a ${role}, and cannot decide on reviews.`,
    )
  try {
    await assertNotOwn(ctx, review, userId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'REVIEW_OWN_RECORD')
      throw refused('OWN_RECORD', 'The review is about this user’s own record. Give it to somebody else.')
    throw error
  }
}
