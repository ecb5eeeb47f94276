/**
 * Uploads: from OPEN for writing to CLOSE, or to the cut (spec 50, Server: Arrival).
 *
 * While it is written, a file is a row in state PARTIAL and a staged blob; only its own account sees it. CLOSE makes
 * it whole in one unit of work with its arrival. A cut leaves the partial for `sftp.partialHours`, to be resumed.
 * A crash between the blob's completion and that unit of work leaves a partial too: its client never heard an OK.
 */
import { systemCaller, type Caller } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { newId, randomCharacters } from '../../platform/ids.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StagedBlob } from '../../platform/storage/storage.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import {
  arrive,
  putReport,
  reportOnName,
  reportOnSize,
  reportOnStorage,
  vacate,
  type Report,
} from './file-exchange.arrivals.ts'
import { checkNewName, type Place } from './file-exchange.paths.rules.ts'
import { openShare, quotaOf, type Quota, type StorageShare } from './file-exchange.quota.ts'
import type { FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

/** Who is at work, and under which request id. */
export interface ExchangeSession {
  readonly organisationId: string
  readonly accountId: string
  readonly caller: Caller
}

export type FilePlace = Extract<Place, { kind: 'FILE' }>

/** A file that is being written in this process. */
export interface Upload {
  readonly fileId: string
  readonly folder: string
  readonly name: string
  readonly bytesMax: number
  /** Of what its account may store. */
  readonly share: StorageShare
  staged: StagedBlob
  /** Whether CLOSE makes a version: not when an existing file was opened and left as it was. */
  isTouched: boolean
  clientModifiedAt: Date | null
  /** Why no more can be done with it; undefined while it is open. */
  end: AppError | undefined
}

export const partialTimer = 'file-exchange.partialExpiry'
const copyBytes = 256 * 1_024

/** This process among all nodes: it completes only what it has taken itself. */
const thisProcess = randomCharacters(16)

/** By file id: so that a client that was cut off can take over from a connection that does not know it yet. */
const openUploads = new Map<string, Upload>()

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
  const { own, complete, limits } = await runtime.read(organisationId, caller, async (ctx) => {
    const settings = await settingsOf(ctx)
    return {
      own: await store.partialFile(ctx, place.folder, place.name, accountId),
      complete: await store.completeFile(ctx, place.folder, place.name),
      limits: { bytesMax: settings['import.maxBytes'], quota: await quotaOf(ctx, settings, accountId) },
    }
  })
  const existing = own ?? complete
  if (!existing && !mode.create) throw new AppError('NOT_FOUND', `There is no file ${place.canonical}.`)
  if (existing && mode.create && mode.exclusive)
    throw new AppError('CONFLICT', `The file ${place.canonical} exists already.`)
  if (!existing || mode.truncate) return beginAnew(runtime, session, place, limits, true)
  if (own) {
    const staged = await takeOver(runtime, organisationId, own)
    if (staged === 'COMPLETE') return beginCopy(runtime, session, place, limits, own)
    if (staged) return register(session, own.id, place, limits, staged, true)
    return beginAnew(runtime, session, place, limits, true)
  }
  return beginCopy(runtime, session, place, limits, existing)
}

interface Limits {
  readonly bytesMax: number
  readonly quota: Quota
}

function register(
  { accountId }: ExchangeSession,
  fileId: string,
  place: FilePlace,
  { bytesMax, quota }: Limits,
  staged: StagedBlob,
  isTouched: boolean,
): Upload {
  const upload: Upload = {
    fileId,
    folder: place.folder,
    name: place.name,
    bytesMax,
    share: openShare(accountId, quota, staged.size),
    staged,
    isTouched,
    clientModifiedAt: null,
    end: undefined,
  }
  openUploads.set(fileId, upload)
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
    const replaced = await runtime.write(organisationId, caller, async (ctx) => {
      await store.lockTree(ctx)
      const older = await store.partialFile(ctx, place.folder, place.name, accountId)
      if (older) {
        await store.deleteFile(ctx, older.id)
        await ctx.clearTimer(partialTimer, older.id)
      }
      await store.insertFile(ctx, {
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
        writer: thisProcess,
      })
      const { 'sftp.partialHours': hours } = await settingsOf(ctx)
      await ctx.setTimer({ kind: partialTimer, subjectId: fileId, dueAt: hoursAfter(ctx.now, hours) })
      return older
    })
    if (replaced) await dropPartial(runtime, organisationId, replaced, 'The file was opened anew meanwhile.')
    return register(session, fileId, place, limits, staged, isTouched)
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

const hoursAfter = (instant: Date, hours: number): Date => new Date(instant.getTime() + hours * 3_600_000)

/**
 * The staged blob of a partial, taken from the connection that has it open, if any, on this node or another. `COMPLETE`
 * when a crash left it just short of its arrival; undefined when nothing of it reached the disk.
 */
async function takeOver(
  runtime: Runtime,
  organisationId: string,
  own: FileRow,
): Promise<StagedBlob | 'COMPLETE' | undefined> {
  const holder = openUploads.get(own.id)
  if (holder && !holder.end) {
    endUpload(holder, 'Another connection of this account went on with the file.')
    await holder.staged.close()
  }
  const blobKey = await runtime.write(organisationId, systemCaller, (ctx) =>
    store.claimPartial(ctx, own, thisProcess),
  )
  if (blobKey === undefined)
    throw new AppError('CONFLICT', 'The file was completed or opened elsewhere meanwhile.')
  try {
    const staged = await runtime.storage.resume(organisationId, blobKey)
    const isOthers = own.writer !== null && own.writer !== undefined && own.writer !== thisProcess
    return isOthers ? await moveHere(runtime, organisationId, own.id, staged) : staged
  } catch (error) {
    if (error instanceof AppError && error.extra['isComplete'] === true) return 'COMPLETE'
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/**
 * What another process wrote, in a blob of our own. It died, or it holds a connection that its client has given up: then it
 * may write on, to bytes that nobody reads any more, and its CLOSE is refused.
 */
async function moveHere(
  runtime: Runtime,
  organisationId: string,
  fileId: string,
  theirs: StagedBlob,
): Promise<StagedBlob> {
  let ours: StagedBlob | undefined
  try {
    ours = await runtime.storage.stage(organisationId)
    while (ours.size < theirs.size) await ours.write(ours.size, await theirs.read(ours.size, copyBytes))
    await ours.sync()
    const { key } = ours
    const isMoved = await runtime.write(organisationId, systemCaller, (ctx) =>
      store.movePartial(ctx, fileId, thisProcess, key),
    )
    if (!isMoved) throw new AppError('CONFLICT', 'The file was opened elsewhere meanwhile.')
  } catch (error) {
    await bestEffort(runtime.log, 'the sweeper finds what is left', theirs.close())
    if (ours) await bestEffort(runtime.log, 'the sweeper finds what is left', ours.discard())
    throw error
  }
  await bestEffort(runtime.log, 'the sweeper finds what is left', theirs.discard())
  return ours
}

function forgetUpload(upload: Upload): void {
  openUploads.delete(upload.fileId)
  upload.share.settle()
}

function endUpload(upload: Upload, why: string): void {
  upload.end = new AppError('CONFLICT', why)
  forgetUpload(upload)
}

/** Throws away the bytes of a partial whose row is gone. */
async function dropPartial(
  runtime: Runtime,
  organisationId: string,
  row: FileRow,
  why: string,
): Promise<void> {
  const holder = openUploads.get(row.id)
  if (holder && !holder.end) {
    endUpload(holder, why)
    await bestEffort(runtime.log, 'the sweeper finds what is left', holder.staged.discard())
  }
  await bestEffort(
    runtime.log,
    'the sweeper finds what is left',
    runtime.storage.delete(organisationId, row.blobKey),
  )
}

/** How much of a partial there is, whatever the row says: a crash may have left more, or less. */
export async function partialBytes(runtime: Runtime, organisationId: string, row: FileRow): Promise<number> {
  const holder = openUploads.get(row.id)
  if (holder && !holder.end) return holder.staged.size
  try {
    const staged = await runtime.storage.resume(organisationId, row.blobKey)
    const { size } = staged
    await staged.close()
    return size
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'NOT_FOUND') return 0
    if (error.extra['isComplete'] === true) {
      const reader = await runtime.storage.open(organisationId, row.blobKey)
      await reader.close()
      return reader.bytes
    }
    if (error.code === 'CONFLICT') return row.bytes // somebody opens it in this very moment
    throw error
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
  if (upload.end) throw upload.end
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
  if (upload.end) throw upload.end
  if (bytes === upload.staged.size) return
  await checkSize(runtime, session, upload, bytes)
  upload.isTouched = true
  await upload.staged.truncate(bytes)
}

const storageFull = ({ share }: Upload): AppError =>
  new AppError('STORAGE_FULL', `The account's files take at most ${share.bytesMax} bytes here.`)

/** Refuses what is above the limit of a file, or of the account. */
async function checkSize(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  bytes: number,
): Promise<void> {
  const { name, bytesMax, share } = upload
  const { organisationId } = session
  if (bytes > bytesMax) {
    const tooLarge = new AppError('BODY_TOO_LARGE', `A file has at most ${bytesMax} bytes here.`)
    await throwAway(runtime, session, upload, tooLarge, bytesMax, () =>
      reportOnSize(runtime, organisationId, name, bytesMax),
    )
  }
  if (!share.grow(bytes)) {
    await throwAway(runtime, session, upload, storageFull(upload), share.bytesMax, () =>
      reportOnStorage(runtime, organisationId, name, share.bytesMax),
    )
  }
}

async function throwAway(
  runtime: Runtime,
  session: ExchangeSession,
  upload: Upload,
  why: AppError,
  bytesMax: number,
  writeReport: () => Promise<Report>,
): Promise<never> {
  const { organisationId, caller } = session
  upload.end = why
  forgetUpload(upload)
  const report = await writeReport()
  await runtime.write(organisationId, caller, async (ctx) => {
    await store.lockTree(ctx)
    await store.deleteFile(ctx, upload.fileId)
    await ctx.clearTimer(partialTimer, upload.fileId)
    await putReport(ctx, upload.fileId, report)
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: upload.fileId,
      action: 'refuse',
      changes: {
        folder: upload.folder,
        fileName: upload.name,
        code: why.code,
        bytesMax,
      },
    })
  })
  await bestEffort(runtime.log, 'the sweeper finds what is left', upload.staged.discard())
  throw why
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
  if (upload.end) throw upload.end
  if (!upload.isTouched) {
    await abandonUpload(runtime, session, upload)
    return
  }
  const { organisationId, caller } = session
  const { fileId, folder, name } = upload
  const report = await reportOnName(runtime, organisationId, folder, name)
  endUpload(upload, 'The file is closed.')
  const blob = await upload.staged.complete()
  await runtime.write(organisationId, caller, async (ctx) => {
    await store.lockTree(ctx)
    const replaced = await vacate(ctx, folder, name)
    if (!(await store.completePartial(ctx, fileId, thisProcess, blob, upload.clientModifiedAt)))
      throw new AppError('CONFLICT', 'The file was removed or opened anew while it was written.')
    await ctx.clearTimer(partialTimer, fileId)
    const file = (await store.fileById(ctx, fileId)) as FileRow
    await ctx.audit({
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
    })
    await arrive(ctx, file, report)
  })
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
  await upload.staged.close()
  await runtime.write(session.organisationId, session.caller, async (ctx) => {
    if (!(await store.leavePartial(ctx, upload.fileId, thisProcess, bytes))) return
    if (upload.clientModifiedAt) await store.saveClientTime(ctx, upload.fileId, upload.clientModifiedAt)
    const { 'sftp.partialHours': hours } = await settingsOf(ctx)
    await ctx.setTimer({ kind: partialTimer, subjectId: upload.fileId, dueAt: hoursAfter(ctx.now, hours) })
  })
}

/** As if it had never been opened. */
async function abandonUpload(runtime: Runtime, session: ExchangeSession, upload: Upload): Promise<void> {
  endUpload(upload, 'The file is closed.')
  await runtime.write(session.organisationId, session.caller, async (ctx) => {
    await store.deleteFile(ctx, upload.fileId)
    await ctx.clearTimer(partialTimer, upload.fileId)
  })
  await bestEffort(runtime.log, 'the sweeper finds what is left', upload.staged.discard())
}

/** Removes the account's own partial of that name. False when there is none. */
export async function removePartial(
  runtime: Runtime,
  session: ExchangeSession,
  place: FilePlace,
): Promise<boolean> {
  const { organisationId, accountId, caller } = session
  const removed = await runtime.write(organisationId, caller, async (ctx) => {
    const row = await store.partialFile(ctx, place.folder, place.name, accountId)
    if (!row) return undefined
    await store.deleteFile(ctx, row.id)
    await ctx.clearTimer(partialTimer, row.id)
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: row.id,
      action: 'delete',
      changes: { folder: place.folder, fileName: place.name, state: 'PARTIAL' },
    })
    return row
  })
  if (removed) await dropPartial(runtime, organisationId, removed, 'The file was deleted meanwhile.')
  return removed !== undefined
}

/** A partial that nobody went on with is thrown away. One that is being written at this moment is given more time. */
export async function expirePartial(
  runtime: Runtime,
  caller: Caller,
  organisationId: string,
  fileId: string,
): Promise<void> {
  const expired = await runtime.write(organisationId, caller, async (ctx) => {
    const row = await store.fileById(ctx, fileId)
    if (row?.state !== 'PARTIAL') return undefined
    if (openUploads.has(fileId)) {
      const { 'sftp.partialHours': hours } = await settingsOf(ctx)
      await ctx.setTimer({ kind: partialTimer, subjectId: fileId, dueAt: hoursAfter(ctx.now, hours) })
      return undefined
    }
    await store.deleteFile(ctx, fileId)
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: fileId,
      action: 'expire',
      changes: { folder: row.folder, fileName: row.name },
    })
    return row
  })
  if (expired) await dropPartial(runtime, organisationId, expired, 'The file expired.')
}
