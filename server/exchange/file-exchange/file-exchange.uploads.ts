/**
 * Uploads: from OPEN for writing to CLOSE, or to the cut (spec 50, Server: Arrival).
 *
 * While it is written, a file is a row in state PARTIAL and a staged blob; only its own account sees it. CLOSE makes
 * it whole in one unit of work with its arrival. A cut leaves the partial for `sftp.partialHours`, to be resumed.
 * A crash between the blob's completion and that unit of work leaves a partial too: its client never heard an OK.
 */
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StagedBlob } from '../../platform/storage/storage.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { arrive, reportOnName, vacate } from './file-exchange.arrivals.ts'
import {
  endUpload,
  newWriter,
  openUploads,
  uploadsLeft,
  whileLeaving,
  type ExchangeSession,
  type FilePlace,
  type Upload,
} from './file-exchange.open-uploads.ts'
import { checkSize, storageFull } from './file-exchange.oversize.ts'
import { dropPartial, partialTimer, takeOver, timePartial } from './file-exchange.partials.ts'
import { checkNewName, type Place } from './file-exchange.paths.rules.ts'
import { openShare, quotaFrom, type Quota } from './file-exchange.quota.ts'
import type { FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

export interface OpenMode {
  readonly create: boolean
  readonly truncate: boolean
  /** With `create`: refuse what exists. */
  readonly exclusive: boolean
}

/** Refuses, in this order: folders that are not written to, names that cannot be kept. */
export function checkWritable(place: Place): asserts place is FilePlace {
  if (place.kind === 'NOTHING') throw new AppError('NOT_FOUND', `There is no folder for ${place.canonical}.`)
  if (place.kind === 'FOLDER') throw new AppError('CONFLICT', `${place.canonical} is a folder.`)
  if (!place.rule.mayWrite)
    throw new AppError('PATH_FORBIDDEN', `Nothing is written into ${place.folder}; put files into /upload.`)
  checkNewName(place.name)
}

/**
 * Opens a file for writing. The account's own partial is resumed unless it is to be truncated; an existing file is
 * copied, since what is complete never changes. Refuses as `checkWritable`, and NOT_FOUND without `create`, CONFLICT
 * with `exclusive`.
 */
export async function beginUpload(
  runtime: Runtime,
  session: ExchangeSession,
  place: Place,
  mode: OpenMode,
): Promise<Upload> {
  checkWritable(place)
  const { organisationId, accountId, caller } = session
  const look = () =>
    runtime.read(organisationId, caller, async (ctx) => {
      const [settings, there, storedBytes] = await Promise.all([
        settingsOf(ctx),
        store.filesNamed(ctx, place.folder, place.name, accountId),
        store.storedBytes(ctx, accountId),
      ])
      return {
        there,
        limits: {
          bytesMax: settings['import.maxBytes'],
          partialHours: settings['sftp.partialHours'],
          quota: quotaFrom(settings, storedBytes),
        },
      }
    })
  let found = await look()
  while (!(await uploadsLeft(found.there.map((row) => row.id)))) found = await look()
  const { there, limits } = found
  const own = there.find((row) => row.state === 'PARTIAL')
  const existing = own ?? there[0]
  if (!existing && !mode.create) throw new AppError('NOT_FOUND', `There is no file ${place.canonical}.`)
  if (existing && mode.create && mode.exclusive)
    throw new AppError('CONFLICT', `The file ${place.canonical} exists already.`)
  if (!existing || mode.truncate) return beginAnew(runtime, session, place, limits, true)
  if (own) {
    const writer = newWriter()
    const staged = await takeOver(runtime, organisationId, own, writer)
    if (staged === 'COMPLETE') return beginCopy(runtime, session, place, limits, own)
    if (staged) return register(session, { fileId: own.id, writer, isTouched: true }, place, limits, staged)
    return beginAnew(runtime, session, place, limits, true)
  }
  return beginCopy(runtime, session, place, limits, existing)
}

interface Limits {
  readonly bytesMax: number
  readonly partialHours: number
  readonly quota: Quota
}

function register(
  { accountId }: ExchangeSession,
  begun: Pick<Upload, 'fileId' | 'writer' | 'isTouched'>,
  place: FilePlace,
  { bytesMax, quota }: Limits,
  staged: StagedBlob,
): Upload {
  const upload: Upload = {
    ...begun,
    folder: place.folder,
    name: place.name,
    bytesMax,
    share: openShare(accountId, quota, staged.size),
    staged,
    clientModifiedAt: null,
    end: undefined,
  }
  openUploads.set(begun.fileId, upload)
  return upload
}

/** A new partial in place of the account's older one of that name. */
async function beginAnew(
  runtime: Runtime,
  session: ExchangeSession,
  place: FilePlace,
  limits: Limits,
  isTouched: boolean,
): Promise<Upload> {
  const { organisationId, accountId, caller } = session
  const staged = await runtime.storage.stage(organisationId)
  try {
    const fileId = newId('sftpFile')
    const writer = newWriter()
    const replaced = await runtime.write(organisationId, caller, async (ctx) => {
      const [, older] = await Promise.all([
        store.lockTree(ctx),
        store.removePartial(ctx, place.folder, place.name, accountId),
      ])
      if (older) await ctx.clearTimer(partialTimer, older.id)
      await Promise.all([
        store.insertFile(ctx, {
          id: fileId,
          folder: place.folder,
          name: place.name,
          state: 'PARTIAL',
          accountId,
          blobKey: staged.key,
          bytes: 0,
          sha256: null,
          clientModifiedAt: null,
          modifiedAt: ctx.now,
          writer,
        }),
        timePartial(ctx, fileId, limits.partialHours),
      ])
      return older
    })
    if (replaced) await dropPartial(runtime, organisationId, replaced, 'The file was opened anew meanwhile.')
    return register(session, { fileId, writer, isTouched }, place, limits, staged)
  } catch (error) {
    await bestEffort(runtime.log, 'the sweeper finds what is left', staged.discard())
    throw error
  }
}

async function beginCopy(
  runtime: Runtime,
  session: ExchangeSession,
  place: FilePlace,
  limits: Limits,
  source: FileRow,
): Promise<Upload> {
  const reader = await runtime.storage.open(session.organisationId, source.blobKey)
  try {
    const upload = await beginAnew(runtime, session, place, limits, false)
    try {
      if (!upload.share.grow(reader.bytes)) throw storageFull(upload)
      for await (const chunk of reader.stream()) await upload.staged.write(upload.staged.size, chunk)
    } catch (error) {
      await abandonUpload(runtime, session, upload)
      throw error
    }
    return upload
  } finally {
    await reader.close()
  }
}

/**
 * Writes; the bytes are with the operating system when it resolves. Above the limit the file is thrown away, a report
 * is left, and this and everything after it is refused with BODY_TOO_LARGE or STORAGE_FULL.
 */
export async function writeUpload(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  offset: number,
  data: Buffer,
): Promise<void> {
  throwIfEnded(upload)
  await checkSize(runtime, session, upload, offset + data.length)
  upload.isTouched = true
  await upload.staged.write(offset, data)
}

/** Cuts the file, or lengthens it with zeros. */
export async function resizeUpload(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  bytes: number,
): Promise<void> {
  throwIfEnded(upload)
  if (bytes === upload.staged.size) return
  await checkSize(runtime, session, upload, bytes)
  upload.isTouched = true
  await upload.staged.truncate(bytes)
}

/**
 * CLOSE of a complete write: the file is whole and durable, stands under its name in place of an older one, and has
 * arrived; all of that or nothing.
 */
export async function finishUpload(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
): Promise<void> {
  throwIfEnded(upload)
  if (!upload.isTouched) {
    await abandonUpload(runtime, session, upload)
    return
  }
  const { organisationId, caller } = session
  const { fileId, folder, name } = upload
  // What is asked of the database first may take a while, and another connection may go on with the file meanwhile.
  const report = await reportOnName(runtime, organisationId, folder, name)
  throwIfEnded(upload)
  endUpload(upload, 'The file is closed.')
  const blob = await upload.staged.complete()
  await runtime.write(organisationId, caller, async (ctx) => {
    const [, replaced] = await Promise.all([store.lockTree(ctx), vacate(ctx, folder, name)])
    const [file] = await Promise.all([
      store.completePartial(ctx, fileId, upload.writer, blob, upload.clientModifiedAt),
      ctx.clearTimer(partialTimer, fileId),
      ctx.audit({
        entityType: 'sftpFile',
        entityId: fileId,
        action: 'upload',
        changes: {
          folder,
          fileName: name,
          bytes: blob.bytes,
          sha256: blob.sha256,
          replaces: replaced?.id ?? null,
        },
      }),
    ])
    if (!file) throw new AppError('CONFLICT', 'The file was removed or opened anew while it was written.')
    await arrive(ctx, file, report)
  })
}

function throwIfEnded(upload: Upload): void {
  if (upload.end) throw upload.end
}

/** The connection was cut before CLOSE: what is there stays for a while, to be gone on with. */
export async function cutUpload(runtime: Runtime, session: ExchangeSession, upload: Upload): Promise<void> {
  if (upload.end) return
  if (!upload.isTouched) {
    await abandonUpload(runtime, session, upload)
    return
  }
  const bytes = upload.staged.size
  endUpload(upload, 'The connection was cut.')
  await whileLeaving(upload, async () => {
    await upload.staged.close()
    await runtime.write(session.organisationId, session.caller, async (ctx) => {
      if (!(await store.leavePartial(ctx, upload.fileId, upload.writer, bytes))) return
      if (upload.clientModifiedAt) await store.saveClientTime(ctx, upload.fileId, upload.clientModifiedAt)
      await timePartial(ctx, upload.fileId)
    })
  })
}

/** As if it had never been opened. */
async function abandonUpload(runtime: Runtime, session: ExchangeSession, upload: Upload): Promise<void> {
  endUpload(upload, 'The file is closed.')
  await whileLeaving(upload, async () => {
    await runtime.write(session.organisationId, session.caller, async (ctx) => {
      if (!(await store.leavePartial(ctx, upload.fileId, upload.writer, 0))) return
      await store.deleteFile(ctx, upload.fileId)
      await ctx.clearTimer(partialTimer, upload.fileId)
    })
    await bestEffort(runtime.log, 'the sweeper finds what is left', upload.staged.discard())
  })
}
