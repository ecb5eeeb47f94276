/** The worker's last word: "Send", or that something about themselves is wrong. */
import { createHash } from 'node:crypto'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { afterSubmission } from './fetch-requests.completion.ts'
import { lockedGuestRow, lockLink, requireIdentity, type Guest } from './fetch-requests.guests.ts'
import { itemsOf } from './fetch-requests.items.store.ts'
import type { PrivacyNotice } from './fetch-requests.page.schema.ts'
import { needReview, withdrawNeeded } from './fetch-requests.reviews.ts'
import type { DisputeKind, RequestRow } from './fetch-requests.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import { insertHistory, updateRequest } from './fetch-requests.store.ts'
import { answersOf, transition } from './fetch-requests.transition.ts'

/** What the organisation tells workers about their data; null where it tells nothing. */
export async function privacyNoticeOf(ctx: ReadContext): Promise<PrivacyNotice | null> {
  const text = (await settingsOf(ctx)).privacyNotice
  if (text === '') return null
  return { version: createHash('sha256').update(text).digest('hex').slice(0, 32), text }
}

/**
 * Hands the answers in. Refuses PRIVACY_NOTICE_CHANGED (with the present one) and CONFLICT while something is not answered. Sent
 * twice, the second changes nothing. Where something that is needed was declined the request stays open, and a person decides.
 */
export async function submit(
  ctx: WriteContext,
  guest: Guest,
  privacyNoticeVersion: string | null,
): Promise<void> {
  const row = await lockedGuestRow(ctx, guest)
  requireIdentity(guest)
  if (!isOpen(row.status)) return
  const notice = await privacyNoticeOf(ctx)
  if (privacyNoticeVersion !== (notice?.version ?? null))
    throw new AppError(
      'PRIVACY_NOTICE_CHANGED',
      'The privacy notice has changed since you opened the page. Read it, then send again.',
      { extra: { privacyNotice: notice } },
    )
  const { isAnswered } = await answersOf(ctx, row)
  if (!isAnswered)
    throw new AppError(
      'CONFLICT',
      'Not everything is answered yet. Answer what is still open, or say that you do not have it; what you have saved is kept.',
    )
  const { status } = await transition(ctx, row.id, 'HANDED_IN', () => ({
    privacyNoticeVersion,
    handedInAt: ctx.now,
  }))
  if (status !== 'SUBMITTED') {
    await askAboutDeclined(ctx, row)
    return
  }
  // What was declined before and turned up after all.
  await withdrawNeeded(ctx, row.id)
  await afterSubmission(ctx, row)
}

async function askAboutDeclined(ctx: WriteContext, { id, workerId }: RequestRow): Promise<void> {
  const declined = (await itemsOf(ctx, id)).filter(({ state }) => state === 'DECLINED')
  await needReview(ctx, {
    reason: 'DECLINED_ITEM',
    subject: { type: 'fetchRequest', id },
    workerId,
    fetchRequestId: id,
    facts: {
      items: declined.map(({ id: itemId, credentialType, declineReason }) => ({
        itemId,
        credentialType,
        reason: declineReason,
      })),
    },
  })
}

/**
 * "This isn't me": the link reached somebody else, so that it opens nothing any more and tells them no more about the worker.
 * "My name is wrong": the worker goes on. Either way a person is told.
 */
export async function reportNotMe(
  ctx: WriteContext,
  guest: Guest,
  { kind, detail }: { readonly kind: DisputeKind; readonly detail: string },
): Promise<void> {
  const row = await lockedGuestRow(ctx, guest)
  requireIdentity(guest)
  const { id, status, workerId } = row
  await updateRequest(ctx, id, { disputeKind: kind, disputeDetail: detail, disputedAt: ctx.now })
  await insertHistory(ctx, id, { cause: 'DISPUTED', from: status, to: status, facts: { kind } })
  await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'DISPUTED', changes: { kind } })
  await ctx.emit({ type: 'fetchRequest.disputed', data: { fetchRequestId: id, workerId, kind } })
  await needReview(ctx, {
    reason: 'NOT_ME',
    subject: { type: 'fetchRequest', id },
    workerId,
    fetchRequestId: id,
    facts: { kind, detail },
  })
  if (kind === 'NOT_ME') await lockLink(ctx, row, 'NOT_ME')
}
