/** How a submitted request becomes completed, and what reviewers' decisions do to a request. */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { queueMail } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { banAnswers } from '../../evidence/ban-checks/ban-checks.ts'
import { getReview } from '../../evidence/reviews/reviews.ts'
import { assuranceNeededOf } from '../../workforce/credential-types/credential-types.schema.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import type { Credential } from '../../workforce/credentials/credentials.schema.ts'
import { getCredential } from '../../workforce/credentials/credentials.ts'
import {
  itemsOf,
  submittedRequestsWith,
  submittedWithBanChecks,
  updateItem,
  type ItemRow,
} from './fetch-requests.items.store.ts'
import { filesOf } from './fetch-requests.files.ts'
import { needReview } from './fetch-requests.reviews.ts'
import type { RequestRow } from './fetch-requests.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import { findRequest, lockRequest } from './fetch-requests.store.ts'
import { sentBackMailOf } from './fetch-requests.times.ts'
import { setTimersAnew, transition } from './fetch-requests.transition.ts'

const final: ReadonlySet<string | null> = new Set(['MAY_ENGAGE', 'MAY_NOT_ENGAGE'])

/** Undefined for one that was deleted after it was supplied. */
export function presentCredential(ctx: WriteContext, id: string): Promise<Credential | undefined> {
  return getCredential(ctx, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  })
}

/**
 * Whether a source or a person has decided on what this item was answered with. What came in anew, and no register vouches for,
 * is decided by a look at it, not by one at what was there before.
 */
export async function isItemDecided(ctx: WriteContext, item: ItemRow): Promise<boolean> {
  const { state, credentialId, credentialType, isConfirmed, answeredAt } = item
  if (state !== 'SUPPLIED' || credentialId === null) return true
  const attributes = (await presentCredential(ctx, credentialId))?.attributes
  // Deleted, and so never checked: restoring it or cancelling the request goes on from here.
  if (!attributes) return false
  if (attributes.verified === null || !final.has(attributes.eligibility)) return false
  const hasRegister = ((await catalogueOf(ctx)).types.get(credentialType)?.register ?? null) !== null
  return hasRegister || isConfirmed || answeredAt === null || attributes.verified.at >= answeredAt
}

/**
 * COMPLETED, when every credential that was supplied has a final check (spec 60, Checks), and each ban list that is asked for has
 * a final answer about the worker; else nothing. Idempotent.
 */
export async function completeIfChecked(ctx: WriteContext, id: string): Promise<void> {
  const row = await lockRequest(ctx, id)
  if (row?.status !== 'SUBMITTED' || row.deletedAt !== null) return
  const lists = (row.requirements.banChecks ?? []).map(({ register }) => register)
  if (!(await areBanChecksFinal(ctx, row.workerId, lists))) return
  for (const item of await itemsOf(ctx, id)) if (!(await isItemDecided(ctx, item))) return
  await transition(ctx, id, 'ALL_CHECKED')
}

/** A likeness waits for a person; a list that is not connected, or too old to say that somebody is clear, has not answered. */
async function areBanChecksFinal(
  ctx: WriteContext,
  workerId: string,
  registers: readonly string[],
): Promise<boolean> {
  if (registers.length === 0) return true
  const said = (await banAnswers(ctx, [workerId])).get(workerId) ?? []
  return registers.every((register) =>
    said.some((one) => one.register === register && (one.outcome === 'CLEAR' || one.outcome === 'MATCH')),
  )
}

/** Looks at the submitted requests with ban checks. @param workerIds null = whoever they are about. Idempotent. */
export async function completeWithBanChecks(
  runtime: Runtime,
  organisationId: string,
  workerIds: readonly string[] | null,
): Promise<void> {
  const ids = await runtime.read(organisationId, systemCaller, (ctx) =>
    submittedWithBanChecks(ctx, workerIds),
  )
  for (const id of ids) await runtime.write(organisationId, systemCaller, (ctx) => completeIfChecked(ctx, id))
}

/** Looks at the submitted requests that were answered with these credentials. Idempotent. */
export async function completeWith(
  runtime: Runtime,
  organisationId: string,
  credentialIds: readonly string[],
): Promise<void> {
  const ids = await runtime.read(organisationId, systemCaller, (ctx) =>
    submittedRequestsWith(ctx, credentialIds),
  )
  for (const id of ids) await runtime.write(organisationId, systemCaller, (ctx) => completeIfChecked(ctx, id))
}

/** What no register can vouch for, a person looks at. Each credential that waits for nobody else. */
async function askAboutDocuments(
  ctx: WriteContext,
  { id, workerId }: Pick<RequestRow, 'id' | 'workerId'>,
): Promise<void> {
  const { types } = await catalogueOf(ctx)
  for (const item of await itemsOf(ctx, id)) {
    const type = types.get(item.credentialType)
    if (item.state !== 'SUPPLIED' || item.credentialId === null || !type) continue
    if (await isItemDecided(ctx, item)) continue
    const attributes = (await presentCredential(ctx, item.credentialId))?.attributes
    if (!attributes) continue
    if (type.register !== null && assuranceNeededOf(type, attributes.expiryDate !== null) === 'VERIFIED')
      continue
    await needReview(ctx, {
      reason: 'DOCUMENT',
      subject: { type: 'credential', id: item.credentialId },
      workerId,
      credentialId: item.credentialId,
      fetchRequestId: id,
      facts: {
        credentialType: item.credentialType,
        attachmentIds: (await filesOf(ctx, item)).map((file) => file.id),
        isConfirmed: item.isConfirmed,
      },
    })
  }
}

/** What follows when everything is there: people look at what nobody else vouches for; it may all have been known before. */
export async function afterSubmission(
  ctx: WriteContext,
  row: Pick<RequestRow, 'id' | 'workerId'>,
): Promise<void> {
  await askAboutDocuments(ctx, row)
  await completeIfChecked(ctx, row.id)
}

const dayMs = 86_400_000
const sentBackDays = 7

/**
 * Gives one answer back to the worker with a reason: they are written to, and the link lives at least seven more days. The
 * credential and its documents stay where they are. Nothing where the request is completed, cancelled or expired.
 */
export async function sendBack(ctx: WriteContext, id: string, itemId: string, reason: string): Promise<void> {
  const row = await lockRequest(ctx, id)
  if (!row || row.deletedAt !== null || !(isOpen(row.status) || row.status === 'SUBMITTED')) return
  await updateItem(ctx, itemId, { state: 'SENT_BACK', sentBackReason: reason, answeredAt: null })
  const least = new Date(ctx.now.getTime() + sentBackDays * dayMs)
  await transition(
    ctx,
    id,
    'SENT_BACK',
    (before: RequestRow) => (before.tokenExpiresAt < least ? { tokenExpiresAt: least } : {}),
    { itemId },
  )
  const now = await findRequest(ctx, id)
  if (!now) return
  await setTimersAnew(ctx, now)
  if (now.emailAddress !== null)
    await queueMail(ctx, sentBackMailOf(id, now.generation, ctx.now, now.emailAddress))
}

/** Lets go of what the worker declined: what is left may be everything that is needed. */
export async function waiveDeclined(ctx: WriteContext, id: string): Promise<void> {
  const row = await lockRequest(ctx, id)
  if (!row || row.deletedAt !== null || !isOpen(row.status)) return
  for (const item of await itemsOf(ctx, id))
    if (item.state === 'DECLINED') await updateItem(ctx, item.id, { state: 'WAIVED' })
  const { status } = await transition(ctx, id, 'WAIVED')
  if (status === 'SUBMITTED') await afterSubmission(ctx, row)
}

interface Decided {
  readonly reviewId: string
  readonly reason: string
  readonly decision: string
  readonly fetchRequestId: string | null
  readonly credentialId: string | null
}

/** What a reviewer's decision means for the request that it is about. Idempotent: what was done already is left alone. */
export async function heedReview(
  runtime: Runtime,
  organisationId: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { reviewId, decision, fetchRequestId, credentialId, reason } = data as unknown as Decided
  if (fetchRequestId === null || fetchRequestId === undefined) {
    if (credentialId) await completeWith(runtime, organisationId, [credentialId])
    return
  }
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    // Not in the event, which is for everybody who listens: what a reviewer writes may name people.
    const words = (await getReview(ctx, reviewId)).attributes.decision?.reason ?? 'Please look at this again.'
    const items = await itemsOf(ctx, fetchRequestId)
    if (reason === 'DECLINED_ITEM') {
      if (decision === 'WAIVE' || decision === 'ACCEPT') await waiveDeclined(ctx, fetchRequestId)
      else if (decision === 'ASK_AGAIN')
        for (const item of items)
          if (item.state === 'DECLINED') await sendBack(ctx, fetchRequestId, item.id, words)
      return
    }
    const item = items.find((one) => one.credentialId === credentialId && one.state === 'SUPPLIED')
    if (item && decision === 'ASK_AGAIN') await sendBack(ctx, fetchRequestId, item.id, words)
    else if (item && reason === 'DOCUMENT' && decision === 'WAIVE') {
      await updateItem(ctx, item.id, { state: 'WAIVED' })
      await completeIfChecked(ctx, fetchRequestId)
    } else await completeIfChecked(ctx, fetchRequestId)
  })
}
