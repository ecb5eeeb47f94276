/**
 * How long the files, rows and results of runs are kept (spec 50, A run, 8). The run itself stays: who sent what when, and
 * what became of it.
 */
import { systemCaller } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs, type BlobOwner } from '../../platform/storage/sweeper.ts'
import * as store from './imports.retention.store.ts'

const runsAtOnce = 200
const rowsAtOnce = 20_000

/** A run needs its file until the file's days are over, whatever became of the name that it came under. */
export const importBlobs: BlobOwner = {
  columns: ['import_runs.blob_key', 'import_runs.results_blob_key'],
  neededOf: (ctx, keys) => store.neededBlobs(ctx, keys),
}

/**
 * Lets go of the files of runs that ended before `filesBefore`, and of rows and results of those that ended before
 * `resultsBefore`: one bounded piece of it, in a transaction of its own. False when nothing was left to do.
 */
export async function expireRuns(
  runtime: Runtime,
  organisationId: string,
  limits: { readonly filesBefore: Date; readonly resultsBefore: Date },
): Promise<boolean> {
  return runtime.write(organisationId, systemCaller, async (ctx) => {
    const files = await store.expireFiles(ctx, limits.filesBefore, runsAtOnce)
    const runs = await store.runsWithResults(ctx, limits.resultsBefore, runsAtOnce)
    const rows = runs.length === 0 ? 0 : await store.deleteSomeRows(ctx, runs, rowsAtOnce)
    // The last of the rows are gone only when fewer were left than might go at once.
    const ended = rows < rowsAtOnce ? runs : []
    const results = ended.length === 0 ? [] : await store.expireResults(ctx, ended)
    await releaseBlobs(ctx, [...files, ...results])
    for (const id of ended)
      await ctx.audit({ entityType: 'import', entityId: id, action: 'expireResults', runId: id })
    return files.length > 0 || runs.length > 0
  })
}
