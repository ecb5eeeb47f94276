/** What people do to a run that waits for them: apply its plan, or mend a row. */
import { AppError } from '../../platform/errors.ts'
import type { Caller, WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { MendedValues } from './imports.mends.ts'
import { finish, lockName, planAndApply } from './imports.run.ts'
import type { ImportRun } from './imports.schema.ts'
import * as store from './imports.store.ts'

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
 * @param assertSeen throws when the row is no longer the one that the caller saw; asked in the transaction that mends it
 */
export async function mendRow(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
  row: number,
  values: MendedValues,
  assertSeen: (ctx: WriteContext) => Promise<void> = () => Promise.resolve(),
): Promise<ImportRun> {
  const { run } = await withWaiting(runtime, organisationId, caller, id, 'mended', (waiting) =>
    planAndApply(runtime, organisationId, waiting, { kind: 'MEND', caller, row, values, assertSeen }),
  )
  return run
}
