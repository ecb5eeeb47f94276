/**
 * Taking runs through their states (spec 50, A run).
 *
 *   RECEIVED → PLANNING → (HELD | PLANNED | APPLYING) → COMPLETED, or FAILED
 *
 * Plan and application are one transaction, so a crash leaves either nothing or everything of them; what was planned but
 * has no results file yet gets it on the next visit. Runs of one organisation are serial: a lock that dies with its
 * holder.
 */
import { AppError } from '../../platform/errors.ts'
import { systemCaller, type Caller, type Channel, type WriteContext } from '../../platform/context.ts'
import { isRetryable } from '../../platform/db/database.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { catalogueOf, mappingsOf } from '../../workforce/credential-types/credential-types.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { groupOf, nextWaiting } from './imports.choice.rules.ts'
import { applyPlan, makePlan, type Plan } from './imports.plan.ts'
import { resultsLines } from './imports.results.ts'
import type { FileFault, ImportRun, ImportStatus } from './imports.schema.ts'
import { assertMendable, type MendedValues } from './imports.mends.ts'
import { columnsOf, stageFile } from './imports.stage.ts'
import * as store from './imports.store.ts'
import { retimePickUp } from './imports.timing.ts'

const attemptsMax = 6
const lockRetryMs = 1_000

const lockName = (organisationId: string): string => `imports:${organisationId}`

/** A run goes on under the channel that its file came by, so that versions and audit say SFTP or CLI rightly. */
const callerOf = (run: store.RunRow): Caller => ({ ...systemCaller, channel: run.channel as Channel })

/**
 * Does everything that is to be done for an organisation's runs now: finishes what a crash left, then plans and applies
 * what waits. With `onlyRunId`, of the waiting files only that one. When another process is at it, tries again shortly.
 */
export async function processRuns(
  runtime: Runtime,
  organisationId: string,
  onlyRunId?: string,
): Promise<void> {
  const done = await runtime.db.withLock(lockName(organisationId), async () => {
    for (;;) {
      const run = await nextRun(runtime, organisationId, onlyRunId)
      if (!run) return true
      await advance(runtime, organisationId, run)
    }
  })
  if (done === undefined) {
    await runtime.write(organisationId, systemCaller, (ctx) =>
      ctx.setTimer({
        kind: 'imports.pickUp',
        subjectId: onlyRunId ?? organisationId,
        dueAt: new Date(ctx.now.getTime() + lockRetryMs),
        isQuietTime: true,
      }),
    )
  }
}

async function nextRun(
  runtime: Runtime,
  organisationId: string,
  onlyRunId?: string,
): Promise<store.RunRow | undefined> {
  return runtime.read(organisationId, systemCaller, async (ctx) => {
    const runs = await store.unfinishedRuns(ctx)
    const left = runs.find(
      (run) =>
        run.status === 'APPLYING' ||
        run.status === 'PLANNING' ||
        ((run.status === 'HELD' || run.status === 'PLANNED') && run.results_blob_key === null),
    )
    if (left) return left
    if (onlyRunId !== undefined) return runs.find((run) => run.id === onlyRunId && run.status === 'RECEIVED')
    const newest = await store.newestWholeFiles(ctx)
    return nextWaiting(runs, new Map(newest.map((row) => [groupOf(row), row.arrival])))
  })
}

async function advance(runtime: Runtime, organisationId: string, run: store.RunRow): Promise<void> {
  if (run.status === 'RECEIVED' || run.status === 'PLANNING') {
    const started = await runtime.write(organisationId, callerOf(run), (ctx) =>
      store.moveRun(ctx, run.id, ['RECEIVED', 'PLANNING'], { status: 'PLANNING', startedAt: ctx.now }),
    )
    if (!started) return // withdrawn in this very moment
    try {
      await planAndApply(runtime, organisationId, run)
    } catch (error) {
      const fault = faultOf(error)
      if (!fault) throw error
      if (fault.code === 'INTERNAL')
        runtime.log.error({ err: error, organisationId, importId: run.id }, 'import failed')
      await fail(runtime, organisationId, run, fault)
      return
    }
  }
  await finish(runtime, organisationId, run.id)
}

/** What the run's own transaction decided. */
interface Decision {
  readonly plan: Plan
  readonly status: ImportStatus
}

/** What a person wants of a run that waits: that exactly this plan is applied, or that a row is read otherwise. */
type Wish =
  | { readonly kind: 'APPROVE'; readonly caller: Caller; readonly planHash: string }
  | { readonly kind: 'MEND'; readonly caller: Caller; readonly row: number; readonly values: MendedValues }

async function planAndApply(
  runtime: Runtime,
  organisationId: string,
  run: store.RunRow,
  wish?: Wish,
): Promise<Decision> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runtime.write(
        organisationId,
        wish?.caller ?? callerOf(run),
        async (ctx) => {
          const settings = await settingsOf(ctx)
          const mappings = await mappingsOf(ctx)
          const catalogue = await catalogueOf(ctx)
          if (wish?.kind === 'MEND') await mend(ctx, run, wish)
          const mends = await store.mendsOf(ctx, run.id)
          await store.deleteRows(ctx, run.id)
          const file = await stageFile(ctx, runtime.storage, run, {
            settings,
            mappings: mappings.byCode,
            catalogue,
            mends,
          })
          const plan = await makePlan(ctx, run, file, {
            settings,
            mappingVersion: mappings.version,
            catalogueVersion: catalogue.version,
            mends,
          })
          return decide(ctx, run, file, plan, settings['import.heldDays'], wish)
        },
        { isolation: 'repeatable read' },
      )
    } catch (error) {
      // Somebody wrote to the same people meanwhile: the plan is made again on what is there now.
      const isConflict = isRetryable(error) || (error as { code?: string }).code === '23505'
      if (!isConflict || attempt === attemptsMax) throw error
    }
  }
}

async function decide(
  ctx: WriteContext,
  run: store.RunRow,
  file: Awaited<ReturnType<typeof stageFile>>,
  plan: Plan,
  heldDays: number,
  wish?: Wish,
): Promise<Decision> {
  const isApproved = wish?.kind === 'APPROVE' && wish.planHash === plan.hash
  // A plan that somebody is at is never applied without their word: neither another one than theirs, nor a mended one.
  const mayApply = isApproved || (wish === undefined && !run.stop_at_plan && plan.holdReasons.length === 0)
  const status: ImportStatus = mayApply ? 'APPLYING' : plan.holdReasons.length > 0 ? 'HELD' : 'PLANNED'

  if (mayApply) await applyPlan(ctx, run, file)
  // The results of an earlier plan are those of another one.
  if (run.results_blob_key !== null) await releaseBlobs(ctx, [run.results_blob_key])
  await store.moveRun(ctx, run.id, ['PLANNING', 'PLANNED', 'HELD'], {
    status,
    planHash: plan.hash,
    holdReasons: plan.holdReasons,
    notes: file.notes,
    counts: plan.counts,
    deactivatedWorkerIds: plan.deactivatedWorkerIds,
    header: file.header,
    resultsBlob: null,
    ...(isApproved ? { approvedBy: ctx.actor.id ?? ctx.actor.kind } : {}),
  })
  await ctx.audit({
    entityType: 'import',
    entityId: run.id,
    action: mayApply ? 'apply' : 'plan',
    runId: run.id,
    changes: { planHash: plan.hash, holdReasons: plan.holdReasons, counts: plan.counts },
  })
  if (mayApply) {
    await ctx.clearTimer('imports.lapse', run.id)
    await supersede(ctx, run, ['RECEIVED', 'HELD', 'PLANNED'])
    // Changes that waited behind this one may go on.
    if (isApproved) await retimePickUp(ctx, { orEarlier: true })
  } else {
    await ctx.setTimer({
      kind: 'imports.lapse',
      subjectId: run.id,
      dueAt: new Date(ctx.now.getTime() + heldDays * 86_400_000),
    })
    // A plan that is made to be looked at takes the place of none.
    if (!run.stop_at_plan) await supersede(ctx, run, ['HELD', 'PLANNED'])
  }
  return { plan, status }
}

/** Keeps what a person says of a row, and who said it. Throws NOT_FOUND and VALIDATION_FAILED. */
async function mend(
  ctx: WriteContext,
  run: store.RunRow,
  { row, values }: Extract<Wish, { kind: 'MEND' }>,
): Promise<void> {
  const kept = await store.servedRow(ctx, run.id, row)
  if (!kept) throw new AppError('NOT_FOUND', 'The import has no such row.')
  assertMendable(values, columnsOf(run.header ?? [], run), kept.cells)
  await store.mendRow(ctx, run.id, row, values)
  await ctx.audit({
    entityType: 'import',
    entityId: run.id,
    action: 'mend',
    runId: run.id,
    changes: { row, columns: Object.keys(values).sort() },
  })
}

/** Older whole-source files of the same source and kind have nothing left to say. */
async function supersede(
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

/** Writes the results file of a planned or applied run and says what became of it. */
async function finish(runtime: Runtime, organisationId: string, runId: string): Promise<void> {
  const run = await runtime.read(organisationId, systemCaller, (ctx) => store.runRow(ctx, runId))
  if (!run || !['APPLYING', 'HELD', 'PLANNED'].includes(run.status)) return
  const blob = await runtime.read(organisationId, systemCaller, (ctx) =>
    runtime.storage.write(organisationId, resultsLines(ctx, runId, run.header ?? [])),
  )
  await runtime.write(organisationId, callerOf(run), async (ctx) => {
    const isApplied = run.status === 'APPLYING'
    const moved = await store.moveRun(ctx, runId, [run.status], {
      status: isApplied ? 'COMPLETED' : run.status,
      resultsBlob: blob,
      ...(isApplied ? { finishedAt: ctx.now } : {}),
    })
    if (!moved) {
      await releaseBlobs(ctx, [blob.key])
      return
    }
    if (isApplied) await ctx.emit({ type: 'import.completed', data: { importId: runId } })
    else if (run.status === 'HELD') await ctx.emit({ type: 'import.held', data: { importId: runId } })
  })
}

async function fail(
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

/** What makes a run FAILED; undefined when the fault may pass and the run is to be tried again. */
function faultOf(error: unknown): FileFault | undefined {
  if (error instanceof AppError) {
    if (error.kind === 'unavailable') return undefined
    const { line, column, rule } = error.extra
    return {
      code: typeof rule === 'string' ? rule : error.code,
      detail: error.message,
      line: typeof line === 'number' ? line : null,
      column: typeof column === 'string' ? column : typeof column === 'number' ? String(column) : null,
    }
  }
  const code = (error as { code?: unknown } | null)?.code
  // Connection lost, resources, shutdown, conflicts (SQLSTATE classes 08, 53, 57, 58, 40), or a socket's own error.
  if (typeof code === 'string' && (/^(08|53|57|58|40)/.test(code) || /^E[A-Z]+$/.test(code))) return undefined
  if (error instanceof Error && /connection|terminated/i.test(error.message) && code === undefined)
    return undefined
  return {
    code: 'INTERNAL',
    detail:
      'A fault of ours stopped this file; nothing of it was applied. Report it with the id of this import.',
    line: null,
    column: null,
  }
}

const waitMs = 200
const waitMaxMs = 60_000

/**
 * Does something to a run that waits for a person, when no other run of the organisation is at work. Refuses with NOT_FOUND,
 * with IMPORT_STATE when the run does not wait, and with CONFLICT when the others take too long.
 */
async function withWaiting<T>(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
  wanted: string,
  work: (run: store.RunRow) => Promise<T>,
): Promise<{ readonly result: T; readonly run: ImportRun }> {
  const find = async (): Promise<store.RunRow> => {
    const run = await runtime.read(organisationId, caller, (ctx) => store.runRow(ctx, id))
    if (!run) throw new AppError('NOT_FOUND', 'There is no such import.')
    return run
  }
  await find()
  for (let waitedMs = 0; waitedMs < waitMaxMs; waitedMs += waitMs) {
    const done = await runtime.db.withLock(lockName(organisationId), async () => {
      const run = await find()
      if (run.status !== 'HELD' && run.status !== 'PLANNED') {
        throw new AppError(
          'IMPORT_STATE',
          `The import is ${run.status}; only one that is HELD or PLANNED can be ${wanted}.`,
        )
      }
      const result = await work(run)
      await finish(runtime, organisationId, id)
      return { result }
    })
    if (done) {
      const run = await runtime.read(organisationId, caller, (ctx) => store.servedRun(ctx, id))
      if (!run) throw new AppError('NOT_FOUND', 'There is no such import.')
      return { result: done.result, run }
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  throw new AppError(
    'CONFLICT',
    'Another import of this organisation is being applied. Try again when it has ended.',
  )
}

/**
 * Applies exactly the plan whose hash is given. Refuses with PLAN_STALE when the plan made now differs: the run then
 * carries the new plan, judged by the guard anew. Refuses with IMPORT_STATE when the run does not wait for this.
 */
export async function approveRun(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
  planHash: string,
): Promise<ImportRun> {
  const { result, run } = await withWaiting(runtime, organisationId, caller, id, 'applied', (waiting) =>
    planAndApply(runtime, organisationId, waiting, { kind: 'APPROVE', caller, planHash }),
  )
  if (result.plan.hash === planHash) return run
  throw new AppError(
    'PLAN_STALE',
    'The plan with this hash is no longer the plan. Look at the new one and apply its hash.',
    {
      extra: {
        planHash: result.plan.hash,
        status: run.status,
        holdReasons: run.holdReasons,
        counts: run.counts,
      },
    },
  )
}

/**
 * Reads a row of a run that waits otherwise than it came, and plans anew: the run has another hash then, and still waits.
 * Refuses with IMPORT_STATE when it does not wait, with NOT_FOUND when it has no such row, and with VALIDATION_FAILED for
 * columns that the file does not have.
 * @param values new values by column; the others stay
 */
export async function mendRow(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
  row: number,
  values: MendedValues,
): Promise<ImportRun> {
  const { run } = await withWaiting(runtime, organisationId, caller, id, 'mended', (waiting) =>
    planAndApply(runtime, organisationId, waiting, { kind: 'MEND', caller, row, values }),
  )
  return run
}
