/** What partners ask about and do to what they sent: how far it is, a new link, and taking it back (spec 80, Status). */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { Kind, SubmissionStatus } from './submissions.schema.ts'
import { sealReason } from './submissions.seal.ts'
import { advance, empty, expire, isOverdue, lockedSubmission } from './submissions.state.ts'
import * as store from './submissions.store.ts'
import { uploadLinks } from './submissions.uploads.ts'

export interface CredentialStatus {
  /** As the partner calls it. */
  readonly id: string
  readonly status: SubmissionStatus
  readonly finalizedAt: Date | null
}

const unknown = (): AppError => new AppError('NOT_FOUND', 'There is nothing with this id.')

function itemStatus({ state, settledAt }: store.ItemRow): Omit<CredentialStatus, 'id'> {
  if (settledAt === null) return { status: 'incomplete', finalizedAt: null }
  return { status: state === 'ACCEPTED' ? 'verified' : 'canceled', finalizedAt: settledAt }
}

/**
 * Of each id, in the order asked; undefined for one that is unknown here. An item's id answers for the item. What is overdue ends
 * first: the clock decides, and not when its timer is looked at.
 */
export async function statusesOf(
  ctx: WriteContext,
  ids: readonly string[],
): Promise<(CredentialStatus | undefined)[]> {
  const named = await store.takenIds(ctx, ids)
  const submissionIds = [...new Set(named.map(({ submissionId }) => submissionId))]
  const before = await store.submissionsById(ctx, submissionIds)
  const overdue = before.filter((one) => isOverdue(one, ctx.now))
  for (const one of await store.lockSubmissions(
    ctx,
    overdue.map(({ id }) => id),
  ))
    await expire(ctx, one)
  const submissions = overdue.length === 0 ? before : await store.submissionsById(ctx, submissionIds)
  const items = await store.itemsById(
    ctx,
    named.flatMap(({ itemId }) => (itemId === null ? [] : [itemId])),
  )
  return ids.map((id) => {
    const one = named.find(({ credentialId }) => credentialId === id)
    const item = items.find((each) => each.id === one?.itemId)
    if (item) return { id, ...itemStatus(item) }
    const submission = submissions.find((each) => each.id === one?.submissionId)
    return submission && { id, status: submission.status, finalizedAt: submission.finalizedAt }
  })
}

/** NOT_FOUND. */
export async function statusOf(ctx: WriteContext, id: string): Promise<CredentialStatus> {
  const [status] = await statusesOf(ctx, [id])
  if (!status) throw unknown()
  return status
}

interface Named {
  readonly submission: store.SubmissionRow
  /** The one item that the id names, or all of the submission. */
  readonly items: readonly store.ItemRow[]
}

async function named(ctx: ReadContext, credentialId: string): Promise<Named> {
  const [one] = await store.takenIds(ctx, [credentialId])
  const submission = one && (await store.submissionById(ctx, one.submissionId))
  if (!submission) throw unknown()
  const items = await store.itemsOf(ctx, submission.id)
  return { submission, items: one.itemId === null ? items : items.filter(({ id }) => id === one.itemId) }
}

/** The kinds of what an id names, for the scopes that it takes to change it. NOT_FOUND. */
export async function kindsNamed(ctx: ReadContext, credentialId: string): Promise<readonly Kind[]> {
  return (await named(ctx, credentialId)).items.map(({ kind }) => kind)
}

/**
 * A fresh link for an asset that has not arrived. NOT_FOUND for an asset that is not of what the id names; ASSET_ARRIVED for one
 * that has come; SUBMISSION_STATE for one whose time is over.
 */
export async function renewUploadLink(
  runtime: Runtime,
  ctx: ReadContext,
  credentialId: string,
  assetId: string,
): Promise<{ readonly assetId: string; readonly url: string; readonly expiresAt: Date }> {
  const { submission, items } = await named(ctx, credentialId)
  if (submission.status === 'canceled' || isOverdue(submission, ctx.now))
    throw new AppError('SUBMISSION_STATE', 'The submission is canceled: nothing waits for a file any more.')
  const asset = (await store.assetsOf(ctx, submission.id)).find(
    (one) => one.assetId === assetId && items.some(({ id }) => id === one.itemId),
  )
  if (!asset) throw unknown()
  if (asset.arrivedAt !== null)
    throw new AppError('ASSET_ARRIVED', `The asset ${assetId} has arrived; it needs no other link.`)
  const [link] = await uploadLinks(runtime, ctx, [asset])
  if (!link) throw new Error('a link was asked for')
  return link
}

/**
 * Withdraws what an id names: of accepted items the holder is told and what was shared is looked at again; what was only offered
 * is deleted. Again: nothing more happens. NOT_FOUND; SUBMISSION_STATE when nothing of it is there any more.
 * @returns the partner's ids of the items that are revoked now or were before
 */
export async function revoke(
  ctx: WriteContext,
  credentialId: string,
  reason: string,
): Promise<readonly string[]> {
  const first = await named(ctx, credentialId)
  const submission = await lockedSubmission(ctx, first.submission.id)
  if (!submission) throw unknown()
  await expire(ctx, submission)
  const { items } = await named(ctx, credentialId)
  const accepted = items.filter(({ state }) => state === 'ACCEPTED')
  const offered = items.filter(({ state }) => state === 'OFFERED')
  if (accepted.length + offered.length === 0)
    throw new AppError(
      'SUBMISSION_STATE',
      'Nothing of it is with the holder: it was refused, or its time was over.',
    )
  const anew = accepted.filter(({ revokedAt }) => revokedAt === null)
  await store.setRevoked(
    ctx,
    await Promise.all(anew.map(async ({ id }) => ({ id, sealedReason: await sealReason(ctx, id, reason) }))),
  )
  await empty(ctx, offered, 'DROPPED')
  for (const { id } of anew)
    await ctx.emit({
      type: 'partnerItem.revoked',
      data: { submissionId: submission.id, itemId: id, holderId: submission.holderId },
    })
  if (anew.length + offered.length > 0)
    await ctx.audit({
      entityType: 'partnerSubmission',
      entityId: submission.id,
      action: 'revoke',
      changes: { revoked: anew.length, withdrawn: offered.length },
    })
  const now = await lockedSubmission(ctx, submission.id)
  if (now) await advance(ctx, now)
  return [...accepted, ...offered].map((item) => item.credentialId)
}
