/**
 * What we put into the tree: results and summaries of runs, status exports (spec 50, A run, 6 to 8).
 *
 * Each delivery says what is true now and may be repeated: a second one changes nothing.
 */
import { systemCaller } from '../../platform/context.ts'
import type { WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { exportById, sourcesOfNames } from '../exports/exports.ts'
import { importAttributes } from '../imports/imports.schema.ts'
import { hasSuccessorOfName, runById, type ImportRun } from '../imports/imports.ts'
import { putFile, removeFileOfOurs } from './file-exchange.arrivals.ts'
import {
  attachmentsFolder,
  downloadArchiveFolder,
  downloadFolder,
  freeName,
  resultsFolder,
  stemOf,
  uploadArchiveFolder,
  uploadFolder,
} from './file-exchange.paths.rules.ts'
import { timeRetention } from './file-exchange.retention.ts'
import type { FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

/** The same attributes that `GET /imports/{id}` has. */
function summaryOf(run: ImportRun): string {
  return `${JSON.stringify({ id: run.id, ...importAttributes.parse(run) }, null, 2)}\n`
}

/** Runs in these states are over: nothing of theirs is left to wait in `/upload`. A failed file stays, to be mended. */
const overStates: readonly ImportRun['status'][] = [
  'COMPLETED',
  'SUPERSEDED',
  'REJECTED',
  'CANCELLED',
  'LAPSED',
]

/**
 * Puts the results and the summary of a run that came as a file of the tree into `/download/results`, and the file
 * itself, if the run is over and that very version still stands there, into `/upload/archive`. A file that its owner took
 * back gets no summary, unless an earlier one would otherwise say that it still waits.
 */
export async function deliverRun(runtime: Runtime, organisationId: string, importId: string): Promise<void> {
  for (;;) {
    const run = await runtime.read(organisationId, systemCaller, (ctx) => runById(ctx, importId))
    if (run.fileId === null) {
      await runtime.write(organisationId, systemCaller, (ctx) => timeRetention(ctx))
      return
    }
    const summary = summaryOf(run)
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from(summary)
    }
    const summaryBlob = await runtime.storage.write(organisationId, source())
    const isDelivered = await runtime.write(organisationId, systemCaller, async (ctx) => {
      await store.lockTree(ctx)
      // The run went on while its summary was written: once more, with what is true now.
      if ((await runById(ctx, importId)).version !== run.version) return false
      await timeRetention(ctx)
      if (!(await putResults(ctx, run, summaryBlob))) await releaseBlobs(ctx, [summaryBlob.key])
      if (overStates.includes(run.status)) await archiveUpload(ctx, run)
      return true
    })
    if (isDelivered) return
    await runtime.write(organisationId, systemCaller, (ctx) => releaseBlobs(ctx, [summaryBlob.key]))
  }
}

/** False when nobody is to find a summary of this run. */
async function putResults(ctx: WriteContext, run: ImportRun, summary: StoredBlob): Promise<boolean> {
  const summaryName = `${stemOf(run.fileName)}-summary.json`
  if (run.status === 'CANCELLED') {
    const wasTakenBack = (await store.fileById(ctx, run.fileId as string)) === undefined
    if (wasTakenBack && !(await store.completeFile(ctx, resultsFolder, summaryName))) return false
  }
  if (await hasSuccessorOfName(ctx, run.id)) return false
  await putFile(ctx, resultsFolder, summaryName, summary)
  const resultsName = `${stemOf(run.fileName)}-results.csv`
  if (run.resultsBlob) await putFile(ctx, resultsFolder, resultsName, run.resultsBlob)
  else await removeFileOfOurs(ctx, resultsFolder, resultsName)
  return true
}

async function archiveUpload(ctx: WriteContext, run: ImportRun): Promise<void> {
  const file = await store.fileById(ctx, run.fileId as string)
  if (!file || (file.folder !== uploadFolder && file.folder !== attachmentsFolder)) return
  await moveTo(ctx, file, uploadArchiveFolder, { runId: run.id, keptSince: ctx.now })
}

async function moveTo(
  ctx: WriteContext,
  file: FileRow,
  folder: string,
  more: { readonly runId?: string; readonly keptSince?: Date } = {},
): Promise<void> {
  const { runId, ...since } = more
  const taken = await store.namesLike(ctx, folder, stemOf(file.name))
  const name = freeName(file.name, taken)
  await store.moveFile(ctx, file.id, { id: file.id, folder, name, ...since })
  await ctx.audit({
    entityType: 'sftpFile',
    entityId: file.id,
    action: 'archive',
    changes: { from: `${file.folder}/${file.name}`, to: `${folder}/${name}` },
    ...(runId === undefined ? {} : { runId }),
  })
}

/**
 * Puts an export into `/download`; older ones that it takes the place of move to `/download/archive`, and so does this one
 * if a newer one came before it. An export of all sources takes the place of those of one, and each of them of that of all:
 * so that no file of the way it was before is taken for the newest.
 */
export async function deliverExport(
  runtime: Runtime,
  organisationId: string,
  exportId: string,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    await store.lockTree(ctx)
    const { fileName, blob, createdAt, contentExpiredAt } = await exportById(ctx, exportId)
    if (contentExpiredAt !== null) return
    await timeRetention(ctx)
    const isArchived = (await store.filesOfBlob(ctx, blob.key)).some(
      (file) => file.folder === downloadArchiveFolder,
    )
    if (!isArchived) await putFile(ctx, downloadFolder, fileName, blob, createdAt)
    const lying = await store.completeFilesIn(ctx, downloadFolder)
    const sources = new Map(
      (
        await sourcesOfNames(
          ctx,
          lying.map((file) => file.name),
        )
      ).map((row) => [row.fileName, row]),
    )
    for (const file of lying)
      if (lying.some((other) => isNewer(other, file) && takesPlaceOf(other, file, sources)))
        await moveTo(ctx, file, downloadArchiveFolder)
  })
}

/** Whether these are exports of the same rows, wholly or in part. */
function takesPlaceOf(
  file: FileRow,
  older: FileRow,
  sources: ReadonlyMap<string, { readonly source: string | null; readonly kind: string }>,
): boolean {
  const [one, two] = [sources.get(file.name), sources.get(older.name)]
  if (one === undefined || two === undefined || one.kind !== two.kind) return false
  const [source, other] = [one.source, two.source]
  return source === null || other === null || source.toLowerCase() === other.toLowerCase()
}

/** By time of writing; two of one instant by name, whose seconds were counted on (never two files of one name). */
function isNewer(file: FileRow, than: FileRow): boolean {
  const difference = file.modifiedAt.getTime() - than.modifiedAt.getTime()
  return difference > 0 || (difference === 0 && file.name > than.name)
}
