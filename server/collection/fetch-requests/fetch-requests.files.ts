/** Files that a worker sends with an answer: held for its item, and the credential's once it is supplied. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import type { AttachmentOwner, AttachmentRecord } from '../../evidence/attachments/attachments.schema.ts'
import {
  attachmentsOf,
  deleteAttachment,
  inspectUpload,
  openAttachment,
  receiveAttachment,
  type InspectedFile,
  type OpenAttachment,
} from '../../evidence/attachments/attachments.ts'
import { answerableRow, guestRow, requireIdentity, type Guest } from './fetch-requests.guests.ts'
import { findItem, type ItemRow } from './fetch-requests.items.store.ts'

export const noSuchItem = (): AppError =>
  new AppError('NOT_FOUND', 'There is nothing of this kind asked for here.')

/** An item of the guest's own request. NOT_FOUND for anybody else's. */
export async function guestItem(ctx: ReadContext, { requestId }: Guest, id: string): Promise<ItemRow> {
  const item = await findItem(ctx, requestId, id)
  if (!item) throw noSuchItem()
  return item
}

export const isToAnswer = ({ state }: ItemRow): boolean => state === 'OPEN' || state === 'SENT_BACK'

export function requireToAnswer(item: ItemRow): void {
  if (isToAnswer(item)) return
  throw new AppError(
    'CONFLICT',
    item.state === 'WAIVED'
      ? 'This is no longer needed.'
      : 'This has been answered already. Open the answer again to change it.',
  )
}

/** What the worker sent with this answer, first held files; never what others put on the credential. */
export async function filesOf(ctx: ReadContext, item: ItemRow): Promise<AttachmentRecord[]> {
  const held = await attachmentsOf(ctx, { heldFor: item.id })
  return [...held, ...(await adoptedOf(ctx, item))]
}

async function adoptedOf(
  ctx: ReadContext,
  { credentialId, isConfirmed }: ItemRow,
): Promise<AttachmentRecord[]> {
  if (credentialId === null || isConfirmed) return []
  const all = await attachmentsOf(ctx, { credentialId }).catch((error: unknown) => {
    // Deleted since.
    if (error instanceof AppError && error.code === 'NOT_FOUND') return []
    throw error
  })
  return all.filter(({ source }) => source === 'upload_link')
}

/** A file as it came, in the storage already. */
export interface SentFile {
  readonly name: string
  readonly blob: StoredBlob
}

/** In words that somebody who only took a photo understands. */
function forWorkers(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'VALIDATION_FAILED') throw error
  throw new AppError('VALIDATION_FAILED', error.message, {
    errors: error.errors.map(({ code, detail }) => ({ pointer: '/file', code, detail })),
    cause: error,
  })
}

/** Looks at a file before it is taken: the bytes decide what it is, whatever a phone calls it. Refuses as `inspectUpload`. */
export async function inspectSentFile(
  runtime: Runtime,
  guest: Guest,
  file: SentFile,
): Promise<InspectedFile> {
  return inspectUpload(runtime, guest.organisationId, { ...file, declaredType: null }).catch(forWorkers)
}

/** Whether a file would be taken here now: asked before it is looked at. */
export async function assertTakesFiles(ctx: WriteContext, guest: Guest, itemId: string): Promise<void> {
  await answerableRow(ctx, guest)
  requireToAnswer(await guestItem(ctx, guest, itemId))
}

/** Keeps a file for an answer; at most 20. The same bytes again are the file that is there. */
export async function receiveFile(
  ctx: WriteContext,
  guest: Guest,
  itemId: string,
  file: InspectedFile,
): Promise<AttachmentRecord> {
  await assertTakesFiles(ctx, guest, itemId)
  const there = await filesOf(ctx, await guestItem(ctx, guest, itemId))
  const same = there.find(({ sha256 }) => sha256 === file.blob.sha256)
  if (same) {
    await releaseBlobs(ctx, [file.blob.key])
    return same
  }
  return receiveAttachment(ctx, { heldFor: itemId }, file, 'upload_link')
}

/**
 * Removes a file of an answer that is open. One that is gone already is left so. What was handed in with "Send" stays: CONFLICT.
 */
export async function deleteFile(
  ctx: WriteContext,
  guest: Guest,
  itemId: string,
  fileId: string,
): Promise<void> {
  const row = await answerableRow(ctx, guest)
  const item = await guestItem(ctx, guest, itemId)
  const owner = await ownerOf(ctx, item, fileId)
  if (!owner) return
  requireToAnswer(item)
  if ('credentialId' in owner && (row.furthest === 'SUBMITTED' || row.furthest === 'COMPLETED'))
    throw new AppError(
      'CONFLICT',
      'This file was sent before and is kept. Add a better one: the newest is looked at first.',
    )
  await deleteAttachment(ctx, owner, fileId)
}

async function ownerOf(
  ctx: ReadContext,
  item: ItemRow,
  fileId: string,
): Promise<AttachmentOwner | undefined> {
  const file = (await filesOf(ctx, item)).find(({ id }) => id === fileId)
  if (!file) return undefined
  return file.credentialId === null ? { heldFor: item.id } : { credentialId: file.credentialId }
}

/** The bytes, for a preview. NOT_FOUND for everything that is not this answer's. */
export async function openFile(
  runtime: Runtime,
  guest: Guest,
  itemId: string,
  fileId: string,
): Promise<OpenAttachment> {
  const owner = await runtime.read(guest.organisationId, guest.caller, async (ctx) => {
    await guestRow(ctx, guest)
    requireIdentity(guest)
    return ownerOf(ctx, await guestItem(ctx, guest, itemId), fileId)
  })
  if (!owner) throw new AppError('NOT_FOUND', 'There is no such file here.')
  return openAttachment(runtime, guest.organisationId, guest.caller, owner, fileId)
}
