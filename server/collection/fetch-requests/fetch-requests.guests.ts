/**
 * Whom a link lets in: the worker, without an account.
 *
 * Promises: every dead link takes the same way and the same work (one look-up, one row), whatever killed it; a link that was
 * replaced while its page is open opens nothing any more; with the step-up nothing personal is told before a date of birth is.
 */
import { systemCaller, type Caller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { equalSecrets, keyedHash } from '../../platform/secrets.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { linkKey, tokenHashOf, tokenOf } from './fetch-requests.links.ts'
import type { LockReason, RequestRow } from './fetch-requests.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import {
  findRequest,
  insertHistory,
  lockRequest,
  unscopedRequestOf,
  updateRequest,
} from './fetch-requests.store.ts'
import { reminderTimer } from './fetch-requests.times.ts'
import { transition } from './fetch-requests.transition.ts'

export interface Guest {
  readonly organisationId: string
  readonly requestId: string
  /** Of the link that was opened. */
  readonly generation: number
  readonly workerId: string
  /** Whether anything personal may be shown. */
  readonly isIdentified: boolean
  /** The worker, on the page. */
  readonly caller: Caller
}

export const linkDead = (): AppError =>
  new AppError(
    'LINK_DEAD',
    'This link no longer works. Ask your employer for a new one; what you have already sent is safe.',
  )

/** Whom a token of nobody is looked up for, so that it takes the same work. */
const nobody = { organisationId: 'org_0000000000000000', id: 'cap_0000000000000000' }

/** Open ones, and those that were sent: their page says so until the link runs out. */
function isLive(row: RequestRow, now: Date): boolean {
  return (
    row.deletedAt === null &&
    row.workerDeletedAt === null &&
    row.lockedAt === null &&
    row.tokenExpiresAt > now &&
    (isOpen(row.status) || row.status === 'SUBMITTED' || row.status === 'COMPLETED')
  )
}

interface StepUp {
  readonly isAsked: boolean
  /** YYYY-MM-DD; null = not on file. */
  readonly birthDate: string | null
}

async function stepUpOf(ctx: ReadContext, { workerId }: RequestRow): Promise<StepUp> {
  const settings = await settingsOf(ctx)
  if (settings['fetchRequest.stepUp'] !== 'birthDate') return { isAsked: false, birthDate: null }
  const { birthDate } = (await getWorker(ctx, workerId)).attributes.identity
  return { isAsked: birthDate !== null || !settings['fetchRequest.stepUpMayBeSkipped'], birthDate }
}

/** What a browser keeps to show that the date of birth was said: for this link, as long as that date is the one on file. */
async function proofOf(
  runtime: Runtime,
  { tx }: Pick<ReadContext, 'tx'>,
  row: RequestRow,
  birthDate: string,
): Promise<string> {
  const key = await linkKey(runtime, tx, row.linkKeyVersion)
  return keyedHash(key, 'fetch-request-identity', `${row.id}:${row.generation}:${birthDate}`).toString(
    'base64url',
  )
}

async function isIdentified(
  runtime: Runtime,
  ctx: ReadContext,
  row: RequestRow,
  proof: string | undefined,
): Promise<boolean> {
  const { isAsked, birthDate } = await stepUpOf(ctx, row)
  if (!isAsked) return true
  return (
    birthDate !== null &&
    proof !== undefined &&
    equalSecrets(proof, await proofOf(runtime, ctx, row, birthDate))
  )
}

/**
 * Whom a link's token lets in; undefined for every dead link: unknown, expired, cancelled, replaced, locked, deleted.
 * @param proof what the browser kept of the step-up
 * @param callId the request's id, for the audit
 */
export async function findByToken(
  runtime: Runtime,
  token: string,
  proof: string | undefined,
  callId: string | null,
): Promise<Guest | undefined> {
  const { organisationId, id } = (await unscopedRequestOf(runtime.db, tokenHashOf(token))) ?? nobody
  return runtime.read(organisationId, systemCaller, async (ctx) => {
    const row = await findRequest(ctx, id)
    if (!row || !isLive(row, ctx.now)) return undefined
    // It may have been replaced between the two looks.
    const key = await linkKey(runtime, ctx.tx, row.linkKeyVersion)
    if (!equalSecrets(token, tokenOf(key, row.id, row.generation))) return undefined
    return {
      organisationId,
      requestId: row.id,
      generation: row.generation,
      workerId: row.workerId,
      isIdentified: await isIdentified(runtime, ctx, row, proof),
      caller: { actor: { kind: 'WORKER', id: row.workerId }, channel: 'PAGE', requestId: callId },
    }
  })
}

const stillOpens = (row: RequestRow | undefined, guest: Guest, now: Date): row is RequestRow =>
  row !== undefined && row.generation === guest.generation && isLive(row, now)

/** The guest's request as it is. LINK_DEAD where the link has died since it was opened. */
export async function guestRow(ctx: ReadContext, guest: Guest): Promise<RequestRow> {
  const row = await findRequest(ctx, guest.requestId)
  if (!stillOpens(row, guest, ctx.now)) throw linkDead()
  return row
}

/** The same, locked until the transaction ends. */
export async function lockedGuestRow(ctx: WriteContext, guest: Guest): Promise<RequestRow> {
  const row = await lockRequest(ctx, guest.requestId)
  if (!stillOpens(row, guest, ctx.now)) throw linkDead()
  return row
}

/**
 * The guest's request, locked, to be answered: whoever answers has opened it. LINK_DEAD; IDENTITY_REQUIRED; CONFLICT once the
 * answers were sent.
 */
export async function answerableRow(ctx: WriteContext, guest: Guest): Promise<RequestRow> {
  const row = await lockedGuestRow(ctx, guest)
  requireIdentity(guest)
  if (!isOpen(row.status))
    throw new AppError(
      'CONFLICT',
      'Your answers have been sent already, and cannot be changed here any more. Ask your employer if something is wrong.',
    )
  if (row.status === 'INITIATED' || row.status === 'SENT') await transition(ctx, row.id, 'STARTED')
  return row
}

export function requireIdentity({ isIdentified: isKnown }: Guest): void {
  if (!isKnown) throw new AppError('IDENTITY_REQUIRED', 'Say your date of birth first: open the link again.')
}

/** The worker pressed "Start". */
export async function start(ctx: WriteContext, guest: Guest): Promise<void> {
  const row = await lockedGuestRow(ctx, guest)
  requireIdentity(guest)
  // Sent from another tab: the page shows that.
  if (isOpen(row.status)) await transition(ctx, row.id, 'STARTED')
}

export const identityTriesMax = 5

export type Identified =
  | {
      readonly isRight: true
      /** For the browser to keep; null where nothing is asked. */ readonly proof: string | null
    }
  | { readonly isRight: false; readonly triesLeft: number }

/** Says the date of birth. At the fifth wrong one, whoever said the others, the link locks: `triesLeft` is 0. */
export async function identify(
  runtime: Runtime,
  ctx: WriteContext,
  guest: Guest,
  birthDate: string,
): Promise<Identified> {
  const row = await lockedGuestRow(ctx, guest)
  const known = await stepUpOf(ctx, row)
  if (!known.isAsked) return { isRight: true, proof: null }
  if (known.birthDate !== null && equalSecrets(known.birthDate, birthDate))
    return { isRight: true, proof: await proofOf(runtime, ctx, row, birthDate) }
  const tries = row.identityTries + 1
  await updateRequest(ctx, row.id, { identityTries: tries })
  if (tries >= identityTriesMax) await lockLink(ctx, row, 'IDENTITY_TRIES')
  return { isRight: false, triesLeft: Math.max(0, identityTriesMax - tries) }
}

const lockedWords: Readonly<Record<LockReason, string>> = {
  IDENTITY_TRIES:
    'The link is locked: five dates of birth that were tried are not the one on file. Check it, then send the request again.',
  NOT_ME: 'The link is locked: whoever opened it says that they are not this worker. Check the address.',
}

/** The link opens nothing any more until the request is sent again. */
export async function lockLink(ctx: WriteContext, row: RequestRow, reason: LockReason): Promise<void> {
  const { id, status, workerId } = row
  await updateRequest(ctx, id, {
    lockedAt: ctx.now,
    lockReason: reason,
    deliveryProblem: lockedWords[reason],
  })
  await ctx.clearTimer(reminderTimer, id)
  await insertHistory(ctx, id, { cause: 'LINK_LOCKED', from: status, to: status, facts: { reason } })
  await ctx.audit({
    entityType: 'captureRequest',
    entityId: id,
    action: 'LINK_LOCKED',
    changes: { reason },
  })
  await ctx.emit({ type: 'fetchRequest.linkLocked', data: { fetchRequestId: id, workerId, reason } })
}
