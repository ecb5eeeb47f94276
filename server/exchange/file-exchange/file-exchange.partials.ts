/**
 * Partials: what was written of a file that is not closed (spec 50, Server: Arrival). The account that sent it sees it, goes
 * on with it, from this node or another, or deletes it; nobody else does, and after `sftp.partialHours` it is gone.
 */
import { systemCaller, type Caller, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { bestEffort } from '../../platform/log.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { StagedBlob } from '../../platform/storage/storage.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import {
  endUpload,
  isElsewhere,
  openUploads,
  type ExchangeSession,
  type FilePlace,
} from './file-exchange.open-uploads.ts'
import type { FileRow } from './file-exchange.schema.ts'
import * as store from './file-exchange.store.ts'

export const partialTimer = 'file-exchange.partialExpiry'
const copyBytes = 256 * 1_024

/** Counts the hours of a partial from now. */
export async function timePartial(ctx: WriteContext, fileId: string, partialHours?: number): Promise<void> {
  const hours = partialHours ?? (await settingsOf(ctx))['sftp.partialHours']
  const dueAt = new Date(ctx.now.getTime() + hours * 3_600_000)
  await ctx.setTimer({ kind: partialTimer, subjectId: fileId, dueAt })
}

/**
 * The staged blob of a partial, taken from the connection that has it open, if any, on this node or another. `COMPLETE`
 * when a crash left it just short of its arrival; undefined when nothing of it reached the disk.
 */
export async function takeOver(
  runtime: Runtime,
  organisationId: string,
  own: FileRow,
  writer: string,
): Promise<StagedBlob | 'COMPLETE' | undefined> {
  const holder = openUploads.get(own.id)
  if (holder && !holder.end) {
    endUpload(holder, 'Another connection of this account went on with the file.')
    await holder.staged.close()
  }
  const blobKey = await runtime.write(organisationId, systemCaller, (ctx) =>
    store.claimPartial(ctx, own, writer),
  )
  if (blobKey === undefined)
    throw new AppError('CONFLICT', 'The file was completed or opened elsewhere meanwhile.')
  try {
    const staged = await runtime.storage.resume(organisationId, blobKey)
    return isElsewhere(own.writer) ? await moveHere(runtime, organisationId, own.id, writer, staged) : staged
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
  writer: string,
  theirs: StagedBlob,
): Promise<StagedBlob> {
  let ours: StagedBlob | undefined
  try {
    ours = await runtime.storage.stage(organisationId)
    while (ours.size < theirs.size) await ours.write(ours.size, await theirs.read(ours.size, copyBytes))
    await ours.sync()
    const { key } = ours
    const isMoved = await runtime.write(organisationId, systemCaller, (ctx) =>
      store.movePartial(ctx, fileId, writer, key),
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

/** Throws away the bytes of a partial whose row is gone. */
export async function dropPartial(
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

/** Removes the account's own partial of that name. False when there is none. */
export async function removePartial(
  runtime: Runtime,
  session: ExchangeSession,
  place: FilePlace,
): Promise<boolean> {
  const { organisationId, accountId, caller } = session
  const removed = await runtime.write(organisationId, caller, async (ctx) => {
    const row = await store.removePartial(ctx, place.folder, place.name, accountId)
    if (!row) return undefined
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
      await timePartial(ctx, fileId)
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
