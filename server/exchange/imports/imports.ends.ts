/** How runs end that were not applied: failed, superseded, or by somebody's word. */
import type { Runtime } from '../../platform/runtime.ts'
import { systemCaller, type Caller, type Channel, type WriteContext } from '../../platform/context.ts'
import { groupOf } from './imports.choice.rules.ts'
import type { FileFault, ImportStatus } from './imports.schema.ts'
import * as store from './imports.store.ts'
import { retimePickUp } from './imports.timing.ts'

/** A run goes on under the channel that its file came by, so that versions and audit say SFTP or CLI rightly. */
export const callerOf = (run: store.RunRow): Caller => ({ ...systemCaller, channel: run.channel as Channel })

/** Older whole-source files of the same source and kind have nothing left to say. */
export async function supersede(
  ctx: WriteContext,
  by: store.RunRow,
  statuses: readonly ImportStatus[],
): Promise<void> {
  if (by.is_delta) return
  for (const older of await store.unfinishedRuns(ctx)) {
    if (
      older.is_delta ||
      groupOf(older) !== groupOf(by) ||
      older.arrival >= by.arrival ||
      !statuses.includes(older.status)
    )
      continue
    if (older.stop_at_plan) continue // a plan on demand is its maker's to apply or leave
    await endRun(ctx, older.id, statuses, 'SUPERSEDED', by.id)
  }
}

/** Ends a run that was not applied, and tells of it. False when it was not in one of `from`. */
export async function endRun(
  ctx: WriteContext,
  id: string,
  from: readonly ImportStatus[],
  status: 'SUPERSEDED' | 'REJECTED' | 'CANCELLED' | 'LAPSED',
  supersededBy?: string,
): Promise<boolean> {
  const moved = await store.moveRun(ctx, id, from, {
    status,
    finishedAt: ctx.now,
    ...(supersededBy === undefined ? {} : { supersededBy }),
  })
  if (!moved) return false
  await ctx.clearTimer('imports.lapse', id)
  await ctx.audit({ entityType: 'import', entityId: id, action: status.toLowerCase(), runId: id })
  await ctx.emit({ type: 'import.ended', data: { importId: id, status } })
  // What waited behind it may go on: later changes, or the whole file before one that was taken back.
  if (status !== 'SUPERSEDED') await retimePickUp(ctx, { orEarlier: true })
  return true
}

/** Ends a run for a fault of its file, and tells of it. Does nothing when it is no longer under way or waiting. */
export async function failRun(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
  fault: FileFault,
): Promise<void> {
  await runtime.write(organisationId, callerOf(run), async (ctx) => {
    const moved = await store.moveRun(ctx, run.id, ['PLANNING', 'HELD', 'PLANNED'], {
      status: 'FAILED',
      fault,
      finishedAt: ctx.now,
    })
    if (!moved) return
    await ctx.audit({
      entityType: 'import',
      entityId: run.id,
      action: 'fail',
      runId: run.id,
      changes: { code: fault.code },
    })
    await ctx.emit({ type: 'import.failed', data: { importId: run.id } })
  })
}
