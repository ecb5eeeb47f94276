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
import { systemCaller, type Caller, type WriteContext } from '../../platform/context.ts'
import { isRetryable } from '../../platform/db/database.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { catalogueOf, mappingsOf } from '../../workforce/credential-types/credential-types.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { groupOf, nextWaiting } from './imports.choice.rules.ts'
import { applyPlan, makePlan, type Plan } from './imports.plan.ts'
import { resultsLines } from './imports.results.ts'
import { takeDocuments } from './imports.documents.ts'
import { callerOf, failRun, supersede } from './imports.ends.ts'
import { brokenOff, faultOf } from './imports.run-faults.rules.ts'
import type { ImportStatus } from './imports.schema.ts'
import { assertMendable, type MendedValues } from './imports.mends.ts'
import { columnsOf, stageFile } from './imports.stage.ts'
import * as store from './imports.store.ts'
import { retimePickUp } from './imports.timing.ts'

const attemptsMax = 6
const lockRetryMs = 1_000
/** So often planning is begun without coming to an end; then the file is held for what ended the process. */
const planningStartsMax = 3

/** The lock under which runs of an organisation are serial. */
export const lockName = (organisationId: string): string => `imports:${organisationId}`

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
    const before = await runtime.write(organisationId, callerOf(run), (ctx) =>
      store.beginPlanning(ctx, run.id),
    )
    if (before === undefined) return // withdrawn in this very moment
    if (before >= planningStartsMax) {
      await failRun(runtime, organisationId, run, brokenOff(before, run.file_kind))
      return
    }
    try {
      if (run.file_kind === 'ATTACHMENT') await takeDocuments(runtime, organisationId, run)
      else await planAndApply(runtime, organisationId, run)
    } catch (error) {
      const fault = faultOf(error)
      if (!fault) {
        await takeBackStart(runtime, organisationId, run)
        throw error
      }
      if (fault.code === 'INTERNAL')
        runtime.log.error({ err: error, organisationId, importId: run.id }, 'import failed')
      await failRun(runtime, organisationId, run, fault)
      return
    }
  }
  await finish(runtime, organisationId, run.id)
}

/**
 * The fault may pass, and it did not end the process: the start does not count. A file that takes the database with it
 * finds nobody to say so, and its start stays counted.
 */
async function takeBackStart(runtime: Runtime, organisationId: string, run: store.RunRow): Promise<void> {
  try {
    await runtime.write(organisationId, callerOf(run), (ctx) => store.takeBackStart(ctx, run.id))
  } catch (error) {
    runtime.log.warn({ err: error, organisationId, importId: run.id }, 'a start of planning stays counted')
  }
}

/** What the run's own transaction decided. */
interface Decision {
  readonly plan: Plan
  readonly status: ImportStatus
}

/** What a person wants of a run that waits: that exactly this plan is applied, or that a row is read otherwise. */
export type Wish =
  | { readonly kind: 'APPROVE'; readonly caller: Caller; readonly planHash: string }
  | {
      readonly kind: 'MEND'
      readonly caller: Caller
      readonly row: number
      readonly values: MendedValues
      /** Throws when the row is no longer the one that the person saw. */
      readonly assertSeen: (ctx: WriteContext) => Promise<void>
    }

/** Plans a run on what is there now and, where it may be, applies it, in one transaction. The caller has the organisation's lock. */
export async function planAndApply(
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

/** Keeps what a person says of a row, and who said it. Throws NOT_FOUND, VALIDATION_FAILED and what `assertSeen` says. */
async function mend(
  ctx: WriteContext,
  run: store.RunRow,
  { row, values, assertSeen }: Extract<Wish, { kind: 'MEND' }>,
): Promise<void> {
  await assertSeen(ctx)
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

/** Writes the results file of a planned or applied run and says what became of it. */
export async function finish(runtime: Runtime, organisationId: string, runId: string): Promise<void> {
  const run = await runtime.read(organisationId, systemCaller, (ctx) => store.runRow(ctx, runId))
  if (!run || !['APPLYING', 'HELD', 'PLANNED'].includes(run.status)) return
  const blob = await runtime.read(organisationId, systemCaller, (ctx) =>
    runtime.storage.write(organisationId, resultsLines(ctx, runId, run.header ?? [])),
  )
  await runtime.write(organisationId, callerOf(run), async (ctx) => {
    const isApplied = run.status === 'APPLYING'
    const reasons = run.status === 'HELD' ? run.hold_reasons : null
    const moved = await store.moveRun(ctx, runId, [run.status], {
      status: isApplied ? 'COMPLETED' : run.status,
      resultsBlob: blob,
      heldTold: reasons,
      ...(isApplied ? { finishedAt: ctx.now } : {}),
    })
    if (!moved) {
      await releaseBlobs(ctx, [blob.key])
      return
    }
    if (isApplied) await ctx.emit({ type: 'import.completed', data: { importId: runId } })
    // A plan that was made anew and waits for what people know already is no news; its results are.
    else if (reasons !== null && !sameReasons(reasons, run.held_told))
      await ctx.emit({ type: 'import.held', data: { importId: runId } })
    else await ctx.emit({ type: 'import.planned', data: { importId: runId } })
  })
}

/** Both in the guard's order. */
function sameReasons(reasons: readonly string[], told: readonly string[] | null): boolean {
  return told !== null && reasons.join() === told.join()
}
