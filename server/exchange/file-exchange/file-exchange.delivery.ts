/**
 * What we put into the tree: results and summaries of runs, status exports (spec 50, A run, 6 to 8).
 *
 * Each delivery says what is true now and may be repeated: a second one changes nothing.
 */
import { systemCaller } from '../../platform/context.ts'
import type { WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { exportById } from '../exports/exports.ts'
import { importAttributes } from '../imports/imports.schema.ts'
import { runById, type ImportRun } from '../imports/imports.ts'
import { putFile, removeFileOfOurs } from './file-exchange.arrivals.ts'
import {
  downloadArchiveFolder,
  downloadFolder,
  exportSeries,
  freeName,
  resultsFolder,
  stemOf,
  uploadArchiveFolder,
  uploadFolder,
} from './file-exchange.paths.rules.ts'
import type { FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

/** The same attributes that `GET /imports/{id}` has. */
function summaryOf(run: ImportRun): string {
  return `${JSON.stringify({ id: run.id, ...importAttributes.parse(run) }, null, 2)}\n`
}

/**
 * Puts the results and the summary of a run that came as a file of the tree into `/download/results`, and the file
 * itself, if it was applied or superseded and that very version still stands there, into `/upload/archive`. A file
 * that its owner took back gets no summary, unless an earlier one would otherwise say that it still waits.
 */
export async function deliverRun(runtime: Runtime, organisationId: string, importId: string): Promise<void> {
  for (;;) {
    const run = await runtime.read(organisationId, systemCaller, (ctx) => runById(ctx, importId))
    if (run.fileId === null) return
    const summary = summaryOf(run)
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from(summary)
    }
    const summaryBlob = await runtime.storage.write(organisationId, source())
    const isDelivered = await runtime.write(organisationId, systemCaller, async (ctx) => {
      await store.lockTree(ctx)
      // The run went on while its summary was written: once more, with what is true now.
      if ((await runById(ctx, importId)).version !== run.version) return false
      const summaryName = `${stemOf(run.fileName)}-summary.json`
      if (run.status === 'CANCELLED' && !(await store.completeFile(ctx, resultsFolder, summaryName)))
        return true
      await putFile(ctx, resultsFolder, summaryName, summaryBlob)
      const resultsName = `${stemOf(run.fileName)}-results.csv`
      if (run.resultsBlob) await putFile(ctx, resultsFolder, resultsName, run.resultsBlob)
      else await removeFileOfOurs(ctx, resultsFolder, resultsName)
      if (run.status === 'COMPLETED' || run.status === 'SUPERSEDED') await archiveUpload(ctx, run)
      return true
    })
    if (isDelivered) return
  }
}

async function archiveUpload(ctx: WriteContext, run: ImportRun): Promise<void> {
  const file = await store.fileById(ctx, run.fileId as string)
  if (!file || file.folder !== uploadFolder) return
  await moveTo(ctx, file, uploadArchiveFolder, run.id)
}

async function moveTo(ctx: WriteContext, file: FileRow, folder: string, runId?: string): Promise<void> {
  const taken = await store.namesLike(ctx, folder, stemOf(file.name))
  const name = freeName(file.name, taken)
  await store.moveFile(ctx, file.id, { id: file.id, folder, name })
  await ctx.audit({
    entityType: 'sftpFile',
    entityId: file.id,
    action: 'archive',
    changes: { from: `${file.folder}/${file.name}`, to: `${folder}/${name}` },
    ...(runId === undefined ? {} : { runId }),
  })
}

/**
 * Puts an export into `/download`; older ones of its prefix and source move to `/download/archive`, and so does this
 * one if a newer one came before it.
 */
export async function deliverExport(
  runtime: Runtime,
  organisationId: string,
  exportId: string,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    await store.lockTree(ctx)
    const { fileName, blob, createdAt } = await exportById(ctx, exportId)
    const series = exportSeries(fileName)
    const isArchived = (await store.completeFilesIn(ctx, downloadArchiveFolder)).some(
      (file) => file.blobKey === blob.key,
    )
    if (!isArchived) await putFile(ctx, downloadFolder, fileName, blob, createdAt)
    const inSeries = (await store.completeFilesIn(ctx, downloadFolder)).filter(
      (file) => series !== null && exportSeries(file.name) === series,
    )
    const newest = inSeries.reduce<FileRow | undefined>(
      (best, file) => (best && !isNewer(file, best) ? best : file),
      undefined,
    )
    for (const file of inSeries) if (file !== newest) await moveTo(ctx, file, downloadArchiveFolder)
  })
}

/** By time of writing; two of one instant by name, whose seconds were counted on (never two files of one name). */
function isNewer(file: FileRow, than: FileRow): boolean {
  const difference = file.modifiedAt.getTime() - than.modifiedAt.getTime()
  return difference > 0 || (difference === 0 && file.name > than.name)
}
