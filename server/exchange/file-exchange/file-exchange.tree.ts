/** Reading, deleting and renaming in the virtual tree (spec 50, Server), as one account sees it. */
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { arrive, reportOnName, vacate, withdraw } from './file-exchange.arrivals.ts'
import { entryAt, nothingThere } from './file-exchange.entries.ts'
import { templatesFolder, type Place } from './file-exchange.paths.rules.ts'
import * as store from './file-exchange.store.ts'
import { templates } from './file-exchange.templates.ts'
import type { ExchangeSession, FilePlace } from './file-exchange.open-uploads.ts'
import { partialTimer, removePartial } from './file-exchange.partials.ts'
import { beginUpload, checkWritable, cutUpload, finishUpload, resizeUpload } from './file-exchange.uploads.ts'

/** A file opened for reading: what it was then, whatever becomes of its name. */
export interface Download {
  readonly bytes: number
  /** Short at the end, empty past it. */
  read(offset: number, length: number): Promise<Buffer>
  /** The same in pieces, to be sent one after the other; none past the end. */
  readParts(offset: number, length: number): Promise<readonly Buffer[]>
  close(): Promise<void>
}

/**
 * Opens a complete file for reading; the download is an audit entry (spec 90: a sensitive read). Refuses with
 * NOT_FOUND, and CONFLICT for a folder or a file that is not complete.
 */
export async function openDownload(
  runtime: Runtime,
  session: ExchangeSession,
  place: Place,
): Promise<Download> {
  if (place.kind === 'NOTHING') throw nothingThere(place)
  if (place.kind === 'FOLDER') throw new AppError('CONFLICT', `${place.canonical} is a folder.`)
  const { folder, name } = place
  const template = folder === templatesFolder ? templates.find((one) => one.name === name) : undefined
  if (template) {
    return {
      bytes: template.content.length,
      read: (offset, length) => Promise.resolve(template.content.subarray(offset, offset + length)),
      readParts: (offset, length) =>
        Promise.resolve(
          [template.content.subarray(offset, offset + length)].filter((part) => part.length > 0),
        ),
      close: () => Promise.resolve(),
    }
  }
  const { organisationId, accountId, caller } = session
  const { complete, own } = await runtime.read(organisationId, caller, async (ctx) => ({
    complete: await store.completeFile(ctx, folder, name),
    own: await store.partialFile(ctx, folder, name, accountId),
  }))
  if (!complete && own)
    throw new AppError('CONFLICT', `${place.canonical} is not complete: its upload was cut or still goes on.`)
  if (!complete) throw nothingThere(place)
  const reader = await runtime.storage.open(organisationId, complete.blobKey)
  try {
    await runtime.write(organisationId, caller, (ctx) =>
      ctx.audit({
        entityType: 'sftpFile',
        entityId: complete.id,
        action: 'download',
        changes: { folder, fileName: name, bytes: complete.bytes, sha256: complete.sha256 },
      }),
    )
  } catch (error) {
    await reader.close()
    throw error
  }
  return reader
}

/**
 * Deletes a file, and the account's own partial of that name. A file that waits to be imported is thereby cancelled.
 * Refuses with PATH_FORBIDDEN where nothing may be deleted, NOT_FOUND, and CONFLICT for a folder.
 */
export async function removeFile(runtime: Runtime, session: ExchangeSession, place: Place): Promise<void> {
  if (place.kind === 'NOTHING') throw nothingThere(place)
  if (place.kind === 'FOLDER')
    throw new AppError('PATH_FORBIDDEN', 'The folders are fixed; none can be removed.')
  if (!place.rule.mayDelete) {
    await entryAt(runtime, session, place)
    throw new AppError('PATH_FORBIDDEN', `Nothing is deleted in ${place.folder}.`)
  }
  const { folder, name } = place
  const hadPartial = await removePartial(runtime, session, place)
  const removed = await runtime.write(session.organisationId, session.caller, async (ctx) => {
    await store.lockTree(ctx)
    const row = await vacate(ctx, folder, name)
    if (!row) return false
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: row.id,
      action: 'delete',
      changes: { folder, fileName: name, bytes: row.bytes, sha256: row.sha256 },
    })
    return true
  })
  if (!removed && !hadPartial) throw nothingThere(place)
}

/**
 * Renames a complete file: under its new name it is a new version, which arrives if the name is a final one; under its
 * old one it no longer waits to be imported. Refuses with PATH_FORBIDDEN outside the folders that are written to,
 * NOT_FOUND, and CONFLICT when the file is not complete, or the new name is taken and not to be replaced.
 */
export async function renameFile(
  runtime: Runtime,
  session: ExchangeSession,
  from: Place,
  to: Place,
  options: { readonly replaces: boolean },
): Promise<void> {
  if (from.kind === 'NOTHING') throw nothingThere(from)
  if (from.kind === 'FOLDER' || to.kind === 'FOLDER') {
    if (from.kind === 'FOLDER')
      throw new AppError('PATH_FORBIDDEN', 'The folders are fixed; none can be renamed.')
    throw new AppError('CONFLICT', `${to.canonical} is a folder.`)
  }
  await entryAt(runtime, session, from)
  if (!from.rule.mayWrite)
    throw new AppError('PATH_FORBIDDEN', `Nothing is renamed in ${from.folder}; fetch the file instead.`)
  checkWritable(to)
  if (options.replaces && from.canonical === to.canonical) return
  const report = await reportOnName(runtime, session.organisationId, to.folder, to.name)
  await runtime.write(session.organisationId, session.caller, async (ctx) => {
    await store.lockTree(ctx)
    const file = await store.completeFile(ctx, from.folder, from.name)
    if (!file)
      throw new AppError(
        'CONFLICT',
        `${from.canonical} is not complete: its upload was cut or still goes on. Finish it first.`,
      )
    if (!options.replaces && (await store.completeFile(ctx, to.folder, to.name)))
      throw new AppError('CONFLICT', `The file ${to.canonical} exists already.`)
    await withdraw(ctx, file)
    const replaced = await vacate(ctx, to.folder, to.name)
    // An older, cut upload to the final name would hide the file that now has it.
    const cut = await store.removePartial(ctx, to.folder, to.name, session.accountId)
    if (cut) await ctx.clearTimer(partialTimer, cut.id)
    const moved = { id: newId('sftpFile'), folder: to.folder, name: to.name }
    await store.moveFile(ctx, file.id, moved)
    await ctx.audit({
      entityType: 'sftpFile',
      entityId: moved.id,
      action: 'rename',
      changes: { from: from.canonical, to: to.canonical, was: file.id, replaces: replaced?.id ?? null },
    })
    await arrive(ctx, { ...file, ...moved }, report)
  })
}

/** What a client may set of a file: its time, for display, and its size. Owner and mode are fixed, and ignored. */
export interface FileAttributes {
  readonly modifiedAt?: Date
  readonly bytes?: number
}

/** Refuses as writing would. Another size makes a new version, as writing would. */
export async function setAttributes(
  runtime: Runtime,
  session: ExchangeSession,
  place: Place,
  attributes: FileAttributes,
): Promise<void> {
  const entry = await entryAt(runtime, session, place)
  checkWritable(place)
  if (attributes.bytes !== undefined && attributes.bytes !== entry.bytes)
    await resizeFile(runtime, session, place, attributes.bytes)
  const { modifiedAt } = attributes
  if (modifiedAt === undefined) return
  await runtime.write(session.organisationId, session.caller, async (ctx) => {
    const row =
      (await store.partialFile(ctx, place.folder, place.name, session.accountId)) ??
      (await store.completeFile(ctx, place.folder, place.name))
    if (row) await store.saveClientTime(ctx, row.id, modifiedAt)
  })
}

async function resizeFile(
  runtime: Runtime,
  session: ExchangeSession,
  place: FilePlace,
  bytes: number,
): Promise<void> {
  const wasPartial = await runtime.read(
    session.organisationId,
    session.caller,
    async (ctx) => (await store.partialFile(ctx, place.folder, place.name, session.accountId)) !== undefined,
  )
  const upload = await beginUpload(runtime, session, place, {
    create: false,
    truncate: false,
    exclusive: false,
  })
  try {
    await resizeUpload(runtime, session, upload, bytes)
    if (!wasPartial) await finishUpload(runtime, session, upload)
  } finally {
    await cutUpload(runtime, session, upload)
  }
}

/** A request that was refused because it is not allowed (spec 50: every refusal is an audit entry). */
export async function recordRefusal(
  runtime: Runtime,
  session: ExchangeSession,
  refusal: { readonly operation: string; readonly path: string },
): Promise<void> {
  await runtime.write(session.organisationId, session.caller, (ctx) =>
    ctx.audit({ entityType: 'sftpFile', entityId: null, action: 'refuse', changes: refusal }),
  )
}
