/**
 * The one place in which a request changes its state.
 *
 * Promises: the row is locked, the state table asked, and state, times, history, audit entry, event, timers and mail are written
 * in one unit of work; of two callers who race, the second sees what the first has done.
 */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { EventType } from '../../platform/events/event-types.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { itemsOf } from './fetch-requests.items.store.ts'
import { withdrawNeeded } from './fetch-requests.reviews.ts'
import type { RequestRow } from './fetch-requests.schema.ts'
import { furthestOf, isOpen, step, type Cause, type Status } from './fetch-requests.states.rules.ts'
import { insertHistory, lockRequest, updateRequest, type RequestChange } from './fetch-requests.store.ts'
import { expiryTimer, reminderTimer, timersOf } from './fetch-requests.times.ts'
import { answeredOf, type Answered } from './fetch-requests.tree.rules.ts'

const eventOf: Readonly<Partial<Record<Status, EventType>>> = {
  SENT: 'fetchRequest.sent',
  OPENED: 'fetchRequest.opened',
  PARTIALLY_COMPLETED: 'fetchRequest.partiallyCompleted',
  SUBMITTED: 'fetchRequest.submitted',
  COMPLETED: 'fetchRequest.completed',
  EXPIRED: 'fetchRequest.expired',
  CANCELLED: 'fetchRequest.cancelled',
}

/** What entering a state writes beside it. */
function timesOf(to: Status, now: Date): RequestChange {
  switch (to) {
    case 'INITIATED':
      return { initiatedAt: now, expiredAt: null }
    case 'SENT':
      return { sentAt: now }
    case 'OPENED':
      return { openedAt: now }
    case 'PARTIALLY_COMPLETED':
      return { submittedAt: null }
    case 'SUBMITTED':
      return { submittedAt: now }
    case 'COMPLETED':
      return { completedAt: now }
    case 'EXPIRED':
      return { expiredAt: now }
    case 'CANCELLED':
      return { cancelledAt: now }
  }
}

/** Of these the history tells each time, also where the state stays. */
const alwaysTold: ReadonlySet<Cause> = new Set([
  'RESENT',
  'REMINDED',
  'REMINDED_AUTOMATICALLY',
  'SENT_BACK',
  'WAIVED',
  'HANDED_IN',
])

/** NOT_FOUND for another organisation's, an unknown and (unless `withDeleted`) a deleted one. Locked until the transaction ends. */
export async function lockedRow(ctx: WriteContext, id: string, withDeleted = false): Promise<RequestRow> {
  const row = await lockRequest(ctx, id)
  if (!row || (row.deletedAt !== null && !withDeleted))
    throw new AppError('NOT_FOUND', 'There is no such fetch request.')
  return row
}

/** How far the answers go. */
export async function answersOf(ctx: WriteContext, row: RequestRow): Promise<Answered> {
  return answeredOf(row.requirements, await itemsOf(ctx, row.id))
}

export interface Transition {
  readonly before: RequestRow
  readonly status: Status
  readonly answered: Answered
}

/**
 * Takes a request one step. Refuses NOT_FOUND and, where the state table says so, CONFLICT with the reason.
 * @param more what else is written on the row in the same statement
 * @param facts plain facts for the history: never names, numbers or free texts of people
 */
export async function transition(
  ctx: WriteContext,
  id: string,
  cause: Cause,
  more: (row: RequestRow) => RequestChange = () => ({}),
  facts: Readonly<Record<string, unknown>> = {},
): Promise<Transition> {
  const before = await lockedRow(ctx, id)
  const answered = await answersOf(ctx, before)
  const next = step(before.status, cause, answered)
  if ('refused' in next) throw new AppError('CONFLICT', next.refused)
  const { to } = next
  const isMoved = to !== before.status || cause === 'RESENT'
  const change: RequestChange = {
    ...(isMoved ? { ...timesOf(to, ctx.now), status: to, furthest: furthestOf(before.furthest, to) } : {}),
    // Coming back from a reminder keeps the day of the first opening.
    ...(to === 'OPENED' && before.openedAt !== null ? { openedAt: before.openedAt } : {}),
    ...more(before),
  }
  if (Object.keys(change).length > 0) await updateRequest(ctx, id, change)
  if (isMoved || alwaysTold.has(cause)) {
    await insertHistory(ctx, id, { cause, from: before.status, to, facts })
    await ctx.audit({
      entityType: 'captureRequest',
      entityId: id,
      action: cause,
      changes: { from: before.status, to, ...facts },
    })
  }
  if (to !== before.status) {
    const type = eventOf[to]
    if (type) await ctx.emit({ type, data: { fetchRequestId: id, workerId: before.workerId } })
  }
  if (isOpen(before.status) && !isOpen(to)) {
    await clearTimers(ctx, id)
    // Whoever decided on what was declined would decide on nothing.
    await withdrawNeeded(ctx, id)
  }
  return { before, status: to, answered }
}

export async function clearTimers(ctx: WriteContext, id: string): Promise<void> {
  await ctx.clearTimer(expiryTimer, id)
  await ctx.clearTimer(reminderTimer, id)
}

/** Sets the timers of an open request anew, from what its row says now. */
export async function setTimersAnew(ctx: WriteContext, row: RequestRow): Promise<void> {
  if (!isOpen(row.status) || row.deletedAt !== null) return
  await ctx.setTimers(timersOf(row, await settingsOf(ctx)))
}
