/**
 * What happens, inside one unit of work, when a complete file comes to stand under a name, leaves it, or is not taken
 * (spec 50, Server: Arrival; Files). The caller holds the tree's lock.
 */
import type { WriteContext } from '../../platform/context.ts'
import { AppError, errorCatalogue, type ErrorCode } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { parseArchiveName, parseFileName } from '../imports/imports.file-names.rules.ts'
import { noteRefusal, receiveFile, withdrawFile } from '../imports/imports.ts'
import { attachmentsFolder, isWaitingName, resultsFolder, uploadFolder } from './file-exchange.paths.rules.ts'
import { timeRetention } from './file-exchange.retention.ts'
import type { ErrorReport, FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

const nameExamples = [
  'HRMS-20260129_143000.csv',
  'HRMS-20260129.csv',
  'HRMS-DELTA-20260129_143000.csv',
  'HRMS-POS-20260129_143000.csv',
]

const archiveExamples = ['HRMS-ATT-20260129_143000.zip', 'HRMS-ATT-20260129.zip']

/** A report is written to storage before the transaction that puts it into the tree. */
export interface Report {
  readonly name: string
  readonly blob: StoredBlob
  readonly fileName: string
  readonly detail: string
}

export const errorReportName = (fileName: string): string => `${fileName}-error.json`

async function writeReport(
  runtime: Runtime,
  organisationId: string,
  fileName: string,
  code: ErrorCode,
  fault: { readonly detail: string; readonly help?: string; readonly examples?: readonly string[] },
): Promise<Report> {
  const report: ErrorReport = {
    fileName,
    code,
    title: errorCatalogue[code].title,
    detail: fault.detail,
    help: fault.help ?? errorCatalogue[code].help,
    examples: [...(fault.examples ?? [])],
    at: runtime.clock.now().toISOString(),
  }
  async function* source(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${JSON.stringify(report, null, 2)}\n`)
  }
  return {
    name: errorReportName(fileName),
    blob: await runtime.storage.write(organisationId, source()),
    fileName,
    detail: fault.detail,
  }
}

/** The report for a file that cannot be taken because of where it stands or what it is called; null when it can be. */
export async function reportOnName(
  runtime: Runtime,
  organisationId: string,
  folder: string,
  name: string,
): Promise<Report | null> {
  if (isWaitingName(name)) return null
  const isArchive = folder === attachmentsFolder
  const named = isArchive ? parseArchiveName(name) : parseFileName(name)
  if (!('fault' in named)) return null
  return writeReport(runtime, organisationId, name, 'FILE_NAME_INVALID', {
    detail: named.fault,
    examples: isArchive ? archiveExamples : nameExamples,
  })
}

/** The report for a file that is too large. */
export function reportOnSize(
  runtime: Runtime,
  organisationId: string,
  name: string,
  bytesMax: number,
): Promise<Report> {
  return writeReport(runtime, organisationId, name, 'BODY_TOO_LARGE', {
    detail: `The file has more than ${bytesMax} bytes, which is the limit here (import.maxBytes). It was not kept.`,
    help: 'Split it into smaller files: changes (DELTA) may come in any number of files. Or have the limit raised.',
  })
}

/** The report for a file for which the account has no room. */
export function reportOnStorage(
  runtime: Runtime,
  organisationId: string,
  name: string,
  bytesMax: number,
): Promise<Report> {
  return writeReport(runtime, organisationId, name, 'STORAGE_FULL', {
    detail: `With this file the account's files would take more than ${bytesMax} bytes, which is the limit here (sftp.storageMegabytes). It was not kept.`,
  })
}

/** Puts a file of ours into the tree under that name, in place of an older one. Nothing changes if it is there already. */
export async function putFile(
  ctx: WriteContext,
  folder: string,
  name: string,
  blob: StoredBlob,
  modifiedAt: Date = ctx.now,
): Promise<void> {
  const there = await store.completeFile(ctx, folder, name)
  if (there?.sha256 === blob.sha256) {
    // The same bytes twice: those that nobody else has go.
    if (there.blobKey !== blob.key) await releaseBlobs(ctx, [blob.key])
    return
  }
  if (there) await dropFile(ctx, there)
  await store.insertFile(ctx, {
    id: ctx.newId('sftpFile'),
    folder,
    name,
    state: 'COMPLETE',
    accountId: null,
    blobKey: blob.key,
    bytes: blob.bytes,
    sha256: blob.sha256,
    clientModifiedAt: null,
    modifiedAt,
  })
}

export async function removeFileOfOurs(ctx: WriteContext, folder: string, name: string): Promise<void> {
  const there = await store.completeFile(ctx, folder, name)
  if (there) await dropFile(ctx, there)
}

/** The file goes from the tree; its bytes stay as long as a run or an export needs them. */
async function dropFile(ctx: WriteContext, file: FileRow): Promise<void> {
  await store.deleteFile(ctx, file.id)
  await releaseBlobs(ctx, [file.blobKey])
}

/** What is wrong with a file stands beside the results, for who sent it; people are told too. */
export async function putReport(ctx: WriteContext, fileId: string, report: Report): Promise<void> {
  await putFile(ctx, resultsFolder, report.name, report.blob)
  await timeRetention(ctx)
  await noteRefusal(ctx, { id: fileId, fileName: report.fileName, detail: report.detail })
}

/** Makes room under a name: a file that stands there goes, and if it waits to be imported, it no longer does. */
export async function vacate(ctx: WriteContext, folder: string, name: string): Promise<FileRow | undefined> {
  const there = await store.completeFile(ctx, folder, name)
  if (!there) return undefined
  await dropFile(ctx, there)
  await withdraw(ctx, there)
  return there
}

/** What waits to be imported no longer does; what is being imported goes on with the bytes that it has. */
export async function withdraw(ctx: WriteContext, file: FileRow): Promise<void> {
  if (file.folder === uploadFolder || file.folder === attachmentsFolder) await withdrawFile(ctx, file.id)
}

/** A complete file stands under its name now. `report` is what `reportOnName` said. */
export async function arrive(ctx: WriteContext, file: FileRow, report: Report | null): Promise<void> {
  if (report) {
    await putReport(ctx, file.id, report)
    return
  }
  const isArchive = file.folder === attachmentsFolder
  if ((file.folder !== uploadFolder && !isArchive) || isWaitingName(file.name)) return
  if (file.sha256 === null) throw new AppError('INTERNAL', 'A file arrived that is not complete.')
  await Promise.all([
    removeFileOfOurs(ctx, resultsFolder, errorReportName(file.name)),
    receiveFile(ctx, {
      fileName: file.name,
      blob: { key: file.blobKey, bytes: file.bytes, sha256: file.sha256 },
      fileId: file.id,
      ...(isArchive ? { fileKind: 'ATTACHMENT' as const } : {}),
    }),
  ])
}
