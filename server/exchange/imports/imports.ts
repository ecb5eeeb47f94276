/**
 * Imports: a file of people and credentials, or of position requirements, becomes the books.
 *
 * Owns: import runs and their rows. Words: a *run* is one file's way; its *plan* says what would be created, updated,
 * deactivated and rejected, and has a hash; a *held* run waits for a person. Promises: only a plan that was made is
 * applied; a file is applied exactly once or not at all, whatever crashes; nobody else's source is touched.
 */
import { AppError } from '../../platform/errors.ts'
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf, mappingsOf } from '../../workforce/credential-types/credential-types.ts'
import { resolveLicenceType } from '../../workforce/credential-types/licence-types.rules.ts'
import { parseArchiveName, parseFileName } from './imports.file-names.rules.ts'
import type { ColumnMapping } from './imports.column-mapping.rules.ts'
import { valuesOf } from './imports.mends.ts'
import { noteArrival } from './imports.missing.ts'
import { withdrawRefusal } from './imports.notices.ts'
import { endRun } from './imports.ends.ts'
import type { FileType, ImportRow, ImportRun } from './imports.schema.ts'
import { columnsOf } from './imports.stage.ts'
import * as store from './imports.store.ts'
import { timePickUp } from './imports.timing.ts'

export { processRuns } from './imports.run.ts'
export { approveRun, mendRow } from './imports.waiting.ts'
export type { ImportRun } from './imports.schema.ts'
export { followSilenceSettings, silenceTimer, tellSilence } from './imports.missing.ts'
export {
  forgetNotices,
  noteRefusal,
  refusalTimer,
  tellOfEvent,
  tellOfRefusal,
  tellTogether,
  togetherTimer,
} from './imports.notices.ts'
export { expireRuns, importBlobs } from './imports.retention.ts'
export { followSchedule, retimePickUp } from './imports.timing.ts'

/** The most bytes of a file that the organisation takes. */
export async function fileBytesMax(ctx: ReadContext): Promise<number> {
  return (await settingsOf(ctx))['import.maxBytes']
}

export interface ReceivedFile {
  readonly fileName: string
  readonly blob: StoredBlob
  /** The file of the virtual tree that it came as; null when it came another way. */
  readonly fileId: string | null
  /** Said by hand: the name then need not tell it. */
  readonly source?: string
  readonly mode?: 'SNAPSHOT' | 'UPSERT'
  /** Said by hand: what the file is about, where its name does not tell. */
  readonly fileKind?: FileType
  /** Said by hand: our column → the file's, where they are not called the same. */
  readonly columnMapping?: ColumnMapping
  /** Said by hand: which sheet of a workbook. */
  readonly sheet?: string
  /** Stop at the plan and wait for its hash to be applied. */
  readonly stopAtPlan?: boolean
}

/**
 * Takes a file in. From the file exchange it waits for its turn (the organisation's schedule, a quiet time after the
 * last arrival); by hand it is taken at once. Refuses with FILE_NAME_INVALID when neither name nor caller says what it is.
 */
export async function receiveFile(ctx: WriteContext, file: ReceivedFile): Promise<{ id: string }> {
  const named =
    file.fileKind === 'ATTACHMENT'
      ? parseArchiveName(file.fileName)
      : parseFileName(file.fileName.replace(/\.xlsx$/i, file.fileId === null ? '.csv' : '$&'))
  if ('fault' in named && file.source === undefined) throw new AppError('FILE_NAME_INVALID', named.fault)
  const name = 'fault' in named ? undefined : named
  const source = file.source ?? name?.source ?? ''
  if (file.source !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(file.source)) {
    throw new AppError(
      'VALIDATION_FAILED',
      `The source "${file.source}" must be 1 to 64 letters, digits, dots, dashes or underscores.`,
    )
  }
  const fileKind = file.fileKind ?? (name?.kind === 'POSITION' ? 'POSITION' : 'EMPLOYEE')
  // By hand a file changes what it names unless a snapshot is asked for; requirements are always a whole.
  const mode =
    fileKind === 'POSITION'
      ? 'SNAPSHOT'
      : (file.mode ??
        (file.fileId === null || name?.kind === 'DELTA' || fileKind === 'ATTACHMENT' ? 'UPSERT' : 'SNAPSHOT'))
  if (fileKind === 'POSITION' && file.mode === 'UPSERT')
    throw new AppError(
      'VALIDATION_FAILED',
      'A file of position requirements replaces those of its source; it cannot be an UPSERT. Leave the mode out, or say SNAPSHOT.',
    )
  const id = ctx.newId('importRun')
  await Promise.all([
    store.insertRun(ctx, {
      id,
      fileName: file.fileName,
      fileKind,
      source,
      sourceFolded: source.toLowerCase(),
      mode,
      isDelta: mode === 'UPSERT',
      nameDate: name?.timestamp.date ?? null,
      nameTime: name?.timestamp.time ?? null,
      blobKey: file.blob.key,
      bytes: file.blob.bytes,
      sha256: file.blob.sha256,
      fileId: file.fileId,
      stopAtPlan: file.stopAtPlan ?? false,
      columnMapping: file.fileId === null ? (file.columnMapping ?? {}) : null,
      sheet: file.sheet ?? null,
    }),
    ctx.audit({
      entityType: 'import',
      entityId: id,
      action: 'receive',
      runId: id,
      changes: { fileName: file.fileName, bytes: file.blob.bytes, sha256: file.blob.sha256, mode },
    }),
    // Documents come when there are some; only files of people keep a rhythm.
    file.stopAtPlan === true || fileKind === 'ATTACHMENT'
      ? undefined
      : noteArrival(ctx, { source, importId: id }),
    file.fileId === null ? ctx.enqueue('imports.pickUp', id) : timePickUp(ctx),
  ])
  return { id }
}

/** The file was deleted or renamed by its owner: what waits is cancelled, what runs is pinned and goes on. */
export async function withdrawFile(ctx: WriteContext, fileId: string): Promise<void> {
  await withdrawRefusal(ctx, fileId)
  const run = await store.runOfFile(ctx, fileId)
  if (run) await endRun(ctx, run.id, ['RECEIVED', 'HELD', 'PLANNED'], 'CANCELLED')
}

/** A person says no to a plan that waits. Refuses with IMPORT_STATE when it does not wait. */
export async function rejectRun(ctx: WriteContext, id: string): Promise<void> {
  const run = await runById(ctx, id)
  if (!(await endRun(ctx, id, ['HELD', 'PLANNED'], 'REJECTED'))) {
    throw new AppError(
      'IMPORT_STATE',
      `The import is ${run.status}; only one that is HELD or PLANNED can be rejected.`,
    )
  }
}

/** Takes back a run that was not begun or waits for a person. Refuses with IMPORT_STATE any other. */
export async function cancelRun(ctx: WriteContext, id: string): Promise<void> {
  const run = await runById(ctx, id)
  if (!(await endRun(ctx, id, ['RECEIVED', 'HELD', 'PLANNED'], 'CANCELLED'))) {
    throw new AppError(
      'IMPORT_STATE',
      `The import is ${run.status}; only one that is RECEIVED, HELD or PLANNED can be cancelled.`,
    )
  }
}

/** Nobody decided in time (spec 50: held 14 days). Idempotent. */
export async function lapseRun(ctx: WriteContext, id: string): Promise<void> {
  await endRun(ctx, id, ['HELD', 'PLANNED'], 'LAPSED')
}

export async function runById(ctx: ReadContext, id: string): Promise<ImportRun> {
  const run = await store.servedRun(ctx, id)
  if (!run) throw new AppError('NOT_FOUND', 'There is no such import.')
  return run
}

/** Newest first. `after` continues behind a row of an earlier page, in constant time. */
export async function listRuns(
  ctx: ReadContext,
  filter: store.RunFilter,
  page: { limit: number; offset: number; after?: { receivedAt: Date; id: string } | undefined },
): Promise<{ runs: ImportRun[]; total: number }> {
  return { runs: await store.servedRuns(ctx, filter, page), total: await store.countRuns(ctx, filter) }
}

/** The newest run that planned to this hash and still waits, for a caller that knows only the hash. */
export async function waitingRunByHash(ctx: ReadContext, planHash: string): Promise<ImportRun | undefined> {
  const waiting = (await store.unfinishedRuns(ctx)).filter((run) => run.plan_hash === planHash)
  const newest = waiting.at(-1)
  return newest ? store.servedRun(ctx, newest.id) : undefined
}

/** Whether what lies under the name of this run's file is about a later file of that name. */
export function hasSuccessorOfName(ctx: ReadContext, id: string): Promise<boolean> {
  return store.hasSuccessorOfName(ctx, id)
}

/** What became of each row, in order. */
export async function listRows(
  ctx: ReadContext,
  id: string,
  status: ImportRow['status'] | undefined,
  page: { readonly limit: number; readonly offset: number; readonly after: number },
): Promise<{ rows: ImportRow[]; total: number; lastUpdated: Date }> {
  const run = await runById(ctx, id)
  const names = await columnNames(ctx, id)
  const kept = await store.servedRows(ctx, id, status, page)
  return {
    rows: kept.map((row) => served(row, names)),
    total: await store.countRows(ctx, id, status),
    lastUpdated: run.updatedAt,
  }
}

/** One row by its number. NOT_FOUND when there is no such run or row. */
export async function rowOf(
  ctx: ReadContext,
  id: string,
  row: number,
): Promise<{ row: ImportRow; lastUpdated: Date }> {
  const run = await runById(ctx, id)
  // What is no number of a row is that of none.
  const kept =
    Number.isInteger(row) && row > 0 && row < 2 ** 31 ? await store.servedRow(ctx, id, row) : undefined
  if (!kept) throw new AppError('NOT_FOUND', 'The import has no such row.')
  return { row: served(kept, await columnNames(ctx, id)), lastUpdated: run.updatedAt }
}

/** The names by which messages call a file's columns. */
async function columnNames(ctx: ReadContext, id: string): Promise<readonly string[]> {
  const run = await store.runRow(ctx, id)
  return run?.header ? columnsOf(run.header, run).names : []
}

function served({ cells, mendedAt, ...row }: store.KeptRow, names: readonly string[]): ImportRow {
  return { ...row, mended: [...row.mended], values: valuesOf(cells, names) }
}

/** The results file, to be read to its end. IMPORT_STATE when there is none (yet). */
export async function openResults(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
): Promise<{ name: string; bytes: number; content: AsyncIterable<Buffer> }> {
  const run = await runtime.read(organisationId, caller, (ctx) => runById(ctx, id))
  const { resultsBlob, resultsExpiredAt } = run
  if (resultsExpiredAt !== null)
    throw new AppError(
      'IMPORT_STATE',
      `The results of this import were kept until ${resultsExpiredAt.toISOString().slice(0, 10)} and are gone.`,
    )
  if (!resultsBlob) throw new AppError('IMPORT_STATE', `The import is ${run.status} and has no results file.`)
  const reader = await runtime.storage.open(organisationId, resultsBlob.key)
  async function* content(): AsyncGenerator<Buffer> {
    try {
      yield* reader.stream()
    } finally {
      await reader.close()
    }
  }
  return {
    name: `${run.fileName.replace(/\.(csv|xlsx|zip)$/i, '')}-results.csv`,
    bytes: resultsBlob.bytes,
    content: content(),
  }
}

const proposalDays = 30

export interface MappingProposal {
  readonly code: string
  readonly rows: number
  readonly lastSeenAt: Date
  readonly credentialTypes: readonly string[]
}

/**
 * Codes of files of the last 30 days that stand for nothing yet, with what they may mean, the most frequent first. Proposals
 * for a person: nothing is mapped by them (spec 10, Credential types).
 */
export async function mappingProposals(ctx: ReadContext): Promise<MappingProposal[]> {
  const catalogue = await catalogueOf(ctx)
  const { byCode } = await mappingsOf(ctx)
  const since = new Date(ctx.now.getTime() - proposalDays * 86_400_000)
  return (await store.unmappedCodes(ctx, since)).flatMap((seen) => {
    const answer = resolveLicenceType(seen.code, byCode, catalogue)
    return answer.credentialType === null ? [{ ...seen, credentialTypes: answer.proposals }] : []
  })
}
