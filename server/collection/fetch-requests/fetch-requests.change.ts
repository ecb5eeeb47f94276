/** What the employer does with a request that is there: change, remind, send again, cancel, delete, restore, hand the link over. */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { isAddress, queueMail } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { completeIfChecked } from './fetch-requests.completion.ts'
import { currentLinkKey, linkKey, linkUrl, tokenHashOf, tokenOf } from './fetch-requests.links.ts'
import {
  present,
  type FetchRequest,
  type FetchRequestPatch,
  type RequestRow,
} from './fetch-requests.schema.ts'
import { inWords, isOpen } from './fetch-requests.states.rules.ts'
import { findRequest, insertHistory, updateRequest } from './fetch-requests.store.ts'
import { expiryTimer, invitationOf, reminderOf } from './fetch-requests.times.ts'
import { clearTimers, lockedRow, setTimersAnew, transition } from './fetch-requests.transition.ts'

const dayMs = 86_400_000

async function rowNow(ctx: WriteContext, id: string): Promise<RequestRow> {
  const row = await findRequest(ctx, id)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such fetch request.')
  return row
}

const shown = async (ctx: WriteContext, id: string): Promise<FetchRequest> => present(await rowNow(ctx, id))

/** The request as it is, locked until the transaction ends. NOT_FOUND, also for a deleted one. */
export async function lockedFetchRequest(ctx: WriteContext, id: string): Promise<FetchRequest> {
  return present(await lockedRow(ctx, id))
}

/**
 * Changes message and days of an open request. The expiry counts from the last issue of the link. Refuses CONFLICT once it is
 * closed, and EXPIRY_IN_THE_PAST (422) days that are over already.
 */
export async function patchFetchRequest(
  ctx: WriteContext,
  id: string,
  patch: FetchRequestPatch,
): Promise<FetchRequest> {
  const row = await lockedRow(ctx, id)
  if (!isOpen(row.status))
    throw new AppError('CONFLICT', `The request ${inWords(row.status)}: nothing of it can be changed.`)
  const message = patch.message === undefined ? row.message : patch.message === '' ? null : patch.message
  const expiryDays = patch.expiryDays ?? row.expiryDays
  const tokenExpiresAt =
    patch.expiryDays === undefined
      ? row.tokenExpiresAt
      : new Date(row.issuedAt.getTime() + expiryDays * dayMs)
  if (tokenExpiresAt <= ctx.now)
    throw new AppError(
      'EXPIRY_IN_THE_PAST',
      `The link was issued on ${row.issuedAt.toISOString()}: ${expiryDays} days from then are over. Give more days, or send it again.`,
    )
  const fields = [
    ...(message === row.message ? [] : ['message']),
    ...(tokenExpiresAt.getTime() === row.tokenExpiresAt.getTime() && expiryDays === row.expiryDays
      ? []
      : ['expiryDays']),
  ]
  if (fields.length === 0) return present(row)
  await updateRequest(ctx, id, { message, expiryDays, tokenExpiresAt })
  await insertHistory(ctx, id, { cause: 'CHANGED', from: row.status, to: row.status, facts: { fields } })
  await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'update', changes: { fields } })
  await ctx.setTimer({ kind: expiryTimer, subjectId: id, dueAt: tokenExpiresAt })
  return shown(ctx, id)
}

/** Notes a nudge: nothing else changes. CONFLICT once it is not open. */
export async function remindFetchRequest(ctx: WriteContext, id: string): Promise<FetchRequest> {
  await transition(ctx, id, 'REMINDED', (row) => ({ remindersSent: row.remindersSent + 1 }))
  return shown(ctx, id)
}

/**
 * A new link, a new expiry, a new e-mail: the old link is dead at once, and automatic reminders are counted from none. CONFLICT
 * unless open or EXPIRED; WORKER_CANNOT_BE_ASKED where the worker has no address by now, is inactive or deleted.
 */
export async function resendFetchRequest(
  runtime: Runtime,
  ctx: WriteContext,
  id: string,
  days: number | undefined,
): Promise<FetchRequest> {
  const row = await lockedRow(ctx, id)
  const emailAddress = await addressNow(ctx, row)
  const expiryDays = days ?? (await settingsOf(ctx))['fetchRequest.expiryDays']
  const { version, key } = await currentLinkKey(runtime, ctx.tx, ctx.now)
  const generation = row.generation + 1
  await transition(
    ctx,
    id,
    'RESENT',
    () => ({
      generation,
      linkKeyVersion: version,
      tokenHash: tokenHashOf(tokenOf(key, id, generation)),
      tokenExpiresAt: new Date(ctx.now.getTime() + expiryDays * dayMs),
      issuedAt: ctx.now,
      expiryDays,
      emailAddress,
      automaticReminders: 0,
      lastMailAt: null,
      deliveryProblem: null,
      identityTries: 0,
      lockedAt: null,
      lockReason: null,
    }),
    { generation, expiryDays },
  )
  if (emailAddress !== null) await queueMail(ctx, invitationOf(id, generation, emailAddress))
  const now = await rowNow(ctx, id)
  await setTimersAnew(ctx, now)
  return present(now)
}

async function addressNow(ctx: WriteContext, row: RequestRow): Promise<string | null> {
  const refuse = (detail: string): never => {
    throw new AppError('WORKER_CANNOT_BE_ASKED', detail)
  }
  const worker = await getWorker(ctx, row.workerId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      return refuse('The worker was deleted. Restore them first.')
    throw error
  })
  const { contact, employment } = worker.attributes
  if (employment.status === 'INACTIVE') refuse('The worker is inactive. Only active workers are asked.')
  if (row.channel === 'LINK') return null
  if (contact.workEmail === null || !isAddress(contact.workEmail))
    return refuse('The worker has no e-mail address on file that can be written to.')
  return contact.workEmail
}

/** Withdraws it; its link stops working, and no mail about it goes out any more. CONFLICT for a completed or cancelled one. */
export async function cancelFetchRequest(ctx: WriteContext, id: string): Promise<FetchRequest> {
  await transition(ctx, id, 'CANCELLED')
  return shown(ctx, id)
}

/** Hides it from lists; its link is dead and its mails stop until `restoreFetchRequest`. What was supplied stays. */
export async function deleteFetchRequest(ctx: WriteContext, id: string): Promise<void> {
  const row = await lockedRow(ctx, id)
  await updateRequest(ctx, id, { deletedAt: ctx.now })
  await clearTimers(ctx, id)
  await insertHistory(ctx, id, { cause: 'DELETED', from: row.status, to: row.status, facts: {} })
  await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'delete' })
}

/** Brings it back: its link works again, unless it has expired meanwhile. One that is not deleted stays as it is. */
export async function restoreFetchRequest(ctx: WriteContext, id: string): Promise<FetchRequest> {
  const row = await lockedRow(ctx, id, true)
  if (row.deletedAt === null) return present(row)
  await updateRequest(ctx, id, { deletedAt: null })
  await insertHistory(ctx, id, { cause: 'RESTORED', from: row.status, to: row.status, facts: {} })
  await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'restore' })
  if (row.tokenExpiresAt <= ctx.now) await transition(ctx, id, 'EXPIRED')
  const now = await rowNow(ctx, id)
  await setTimersAnew(ctx, now)
  // The mail that it waits for may have been called off meanwhile.
  if (now.status === 'INITIATED' && now.emailAddress !== null)
    await queueMail(
      ctx,
      now.automaticReminders === 0
        ? invitationOf(id, now.generation, now.emailAddress)
        : reminderOf(id, now.generation, now.automaticReminders, now.emailAddress),
    )
  // Checks that came while it was deleted were not looked at.
  await completeIfChecked(ctx, id)
  return shown(ctx, id)
}

/**
 * The link itself, to hand over. It is audited, since whoever has it answers in the worker's name. CONFLICT where it opens
 * nothing: the request is closed, the link has expired or is locked, or the worker was deleted.
 */
export async function handOverLink(
  runtime: Runtime,
  ctx: WriteContext,
  id: string,
): Promise<{ readonly request: FetchRequest; readonly url: string }> {
  const row = await lockedRow(ctx, id)
  if (!isOpen(row.status) || row.tokenExpiresAt <= ctx.now)
    throw new AppError(
      'CONFLICT',
      `The request ${isOpen(row.status) ? 'has expired' : inWords(row.status)}: its link opens nothing. Send it again first.`,
    )
  if (row.workerDeletedAt !== null)
    throw new AppError('CONFLICT', 'The worker was deleted: their link opens nothing. Restore them first.')
  if (row.lockedAt !== null)
    throw new AppError(
      'CONFLICT',
      `The link is locked: it opens nothing. Send the request again for a new one.`,
    )
  await ctx.audit({ entityType: 'captureRequest', entityId: id, action: 'handOverLink' })
  await insertHistory(ctx, id, { cause: 'LINK_HANDED_OVER', from: row.status, to: row.status, facts: {} })
  return { request: present(row), url: await urlOf(runtime, ctx, row) }
}

/** The link of the present generation, derived again. */
export async function urlOf(
  runtime: Runtime,
  { tx }: Pick<WriteContext, 'tx'>,
  row: RequestRow,
): Promise<string> {
  const key = await linkKey(runtime, tx, row.linkKeyVersion)
  return linkUrl(runtime.config, tokenOf(key, row.id, row.generation))
}
