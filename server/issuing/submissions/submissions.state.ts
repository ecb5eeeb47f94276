/**
 * How a submission goes on (spec 80, Adding and The holder): what is decided, what has arrived, what is late.
 *
 * The one place that changes a submission's status: `verified` when every item is decided, one at least is accepted, and no
 * accepted one waits for a document; `canceled` when none is left. After 48 hours what is still open is dropped, and the rest
 * decides.
 */
import type { WriteContext } from '../../platform/context.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import * as store from './submissions.store.ts'

/** Its subject is the submission. */
export const expiryTimer = 'submissions.expire'
export const lifeMs = 48 * 3_600_000

/** The submission, locked until the transaction ends. */
export async function lockedSubmission(
  ctx: WriteContext,
  id: string,
): Promise<store.SubmissionRow | undefined> {
  const [row] = await store.lockSubmissions(ctx, [id])
  return row
}

export const isOverdue = ({ status, expiresAt }: store.SubmissionRow, now: Date): boolean =>
  status === 'incomplete' && expiresAt <= now

/** Deletes what the items held, for good. */
export async function empty(
  ctx: WriteContext,
  items: readonly store.ItemRow[],
  state: 'REFUSED' | 'DROPPED',
): Promise<void> {
  if (items.length === 0) return
  await releaseBlobs(
    ctx,
    await store.emptyItems(
      ctx,
      items.map(({ id }) => id),
      state,
    ),
  )
}

/** Moves a locked submission as far as it goes. */
export async function advance(ctx: WriteContext, submission: store.SubmissionRow): Promise<void> {
  if (submission.status !== 'incomplete') return
  const items = await store.itemsOf(ctx, submission.id)
  const missing = new Set(
    (await store.assetsOf(ctx, submission.id))
      .filter(({ arrivedAt }) => arrivedAt === null)
      .map(({ itemId }) => itemId),
  )
  const isDone = (item: store.ItemRow): boolean => item.state !== 'ACCEPTED' || !missing.has(item.id)
  await store.settleItems(
    ctx,
    items
      .filter((item) => item.state === 'ACCEPTED' && isDone(item) && item.settledAt === null)
      .map(({ id }) => id),
  )
  if (items.some((item) => item.state === 'OFFERED' || !isDone(item))) return
  const status = items.some((item) => item.state === 'ACCEPTED') ? 'verified' : 'canceled'
  await store.finalize(ctx, submission.id, status)
  await ctx.clearTimer(expiryTimer, submission.id)
  await ctx.audit({
    entityType: 'partnerSubmission',
    entityId: submission.id,
    action: 'finalize',
    changes: { status },
  })
  await ctx.emit({
    type: 'partnerSubmission.finalized',
    data: { submissionId: submission.id, credentialId: submission.credentialId, status },
  })
}

/** Ends a locked submission whose time is over; nothing otherwise. What is left then of it. */
export async function expire(ctx: WriteContext, submission: store.SubmissionRow): Promise<void> {
  if (!isOverdue(submission, ctx.now)) return
  const items = await store.itemsOf(ctx, submission.id)
  const late = items.filter(
    (item) => item.state === 'OFFERED' || (item.state === 'ACCEPTED' && !item.settledAt),
  )
  await empty(ctx, late, 'DROPPED')
  for (const item of late.filter(({ state }) => state === 'ACCEPTED'))
    await ctx.emit({
      type: 'partnerItem.dropped',
      data: { submissionId: submission.id, itemId: item.id, holderId: submission.holderId },
    })
  await ctx.audit({
    entityType: 'partnerSubmission',
    entityId: submission.id,
    action: 'expire',
    changes: { dropped: late.length },
  })
  await advance(ctx, submission)
}

/** The job of the timer. May be repeated. */
export async function expireById(ctx: WriteContext, id: string): Promise<void> {
  const submission = await lockedSubmission(ctx, id)
  if (submission) await expire(ctx, submission)
}
