/**
 * Attachments: documents that vouch for a credential, and those handed in for one that is not there yet.
 *
 * Owns: attachments and their bytes. Promises: what is kept could be opened as what it says it is; the same bytes stand on a
 * credential once; what is deleted is gone for good, with an audit entry that says so; nothing is kept of what is refused.
 */
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs, type BlobOwner } from '../../platform/storage/sweeper.ts'
import { getCredential, lockedCredential } from '../../workforce/credentials/credentials.ts'
import { factsOf, subjectOf } from './attachments.audit.rules.ts'
import type { InspectedFile } from './attachments.inspect.ts'
import { awaitScan } from './attachments.scan.ts'
import {
  attachmentsMax,
  type AttachmentOwner,
  type AttachmentRecord,
  type AttachmentSource,
} from './attachments.schema.ts'
import * as store from './attachments.store.ts'

export { inspectUpload } from './attachments.inspect.ts'
export { documentsAt } from './attachments.store.ts'
export { scanTimer, scanUpload, scanWaiting } from './attachments.scan.ts'
export type { InspectedFile } from './attachments.inspect.ts'
export {
  attachmentsOfCredentials,
  contentOf,
  lockedById,
  noteReadingFault,
  readCredentials,
  readingOf,
  recordReading,
  recordVerification,
  sameElsewhere,
  unread,
} from './attachments.reading.ts'

export const attachmentBlobs: BlobOwner = {
  columns: ['attachments.blob_key'],
  neededOf: (ctx, keys) => store.neededBlobs(ctx, keys),
}

const notFound = (): AppError => new AppError('NOT_FOUND', 'There is no such attachment.')

/**
 * Keeps a file that was inspected. The same bytes on the same owner: the attachment that is there, and the new copy is let go
 * of. Refuses NOT_FOUND (no such credential, or a deleted one) and ATTACHMENTS_FULL; then the blob stays the caller's.
 */
export async function receiveAttachment(
  ctx: WriteContext,
  owner: AttachmentOwner,
  file: InspectedFile,
  source: AttachmentSource,
): Promise<AttachmentRecord & { readonly isDeduplicated: boolean }> {
  if ('credentialId' in owner) await lockedCredential(ctx, owner.credentialId)
  else await store.lockHeld(ctx, owner.heldFor)
  const there = await store.attachmentsOf(ctx, owner)
  const same = there.find(({ sha256 }) => sha256 === file.blob.sha256)
  if (same) {
    await releaseBlobs(ctx, [file.blob.key])
    return { ...same, isDeduplicated: true }
  }
  if (there.length >= attachmentsMax)
    throw new AppError(
      'ATTACHMENTS_FULL',
      `There are ${there.length} files here already, and ${attachmentsMax} is the most. Delete one that is no longer needed.`,
    )
  const { blob } = file
  const one: AttachmentRecord = {
    id: ctx.newId('attachment'),
    credentialId: 'credentialId' in owner ? owner.credentialId : null,
    heldFor: 'heldFor' in owner ? owner.heldFor : null,
    fileName: file.name,
    mediaType: file.mediaType,
    bytes: blob.bytes,
    sha256: blob.sha256,
    blobKey: blob.key,
    source,
    scan: file.scan,
    uploadedAt: ctx.now,
    verification: null,
    isRead: false,
    judgement: null,
    lastUpdated: ctx.now,
  }
  await store.insertAttachment(ctx, one)
  await ctx.audit({
    ...subjectOf(owner),
    action: 'attachment.receive',
    changes: { ...factsOf(one), source, scan: file.scan },
  })
  const data = { attachmentId: one.id, credentialId: one.credentialId }
  await ctx.emit({ type: 'attachment.received', data })
  if (file.scan === 'WAITING') await awaitScan(ctx)
  else await ctx.emit({ type: 'attachment.readable', data })
  return { ...one, isDeduplicated: false }
}

/** In the order in which they came. NOT_FOUND for a credential that is not there. */
export async function attachmentsOf(ctx: ReadContext, owner: AttachmentOwner): Promise<AttachmentRecord[]> {
  await assertOwner(ctx, owner)
  return store.attachmentsOf(ctx, owner)
}

/** NOT_FOUND for one that is not there, or not this owner's. */
export async function getAttachment(
  ctx: ReadContext,
  owner: AttachmentOwner,
  id: string,
): Promise<AttachmentRecord> {
  await assertOwner(ctx, owner)
  const one = await store.findAttachment(ctx, owner, id)
  if (!one) throw notFound()
  return one
}

/** Whosever it is: for the automatic check. Undefined when it is not there (any more). */
export function attachmentById(ctx: ReadContext, id: string): Promise<AttachmentRecord | undefined> {
  return store.findById(ctx, id)
}

async function assertOwner(ctx: ReadContext, owner: AttachmentOwner): Promise<void> {
  if ('credentialId' in owner) await getCredential(ctx, owner.credentialId)
}

/** The bytes of an attachment, to be read once or closed. */
export interface OpenAttachment {
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  readonly sha256: string
  /** From `start` up to before `endExclusive`; closes at its end, also when it is left early. */
  stream(start?: number, endExclusive?: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

/** NOT_FOUND as `getAttachment`; STORAGE_FAULT when the bytes are damaged. */
export async function openAttachment(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  owner: AttachmentOwner,
  id: string,
): Promise<OpenAttachment> {
  const one = await runtime.read(organisationId, caller, (ctx) => getAttachment(ctx, owner, id))
  const reader = await runtime.storage.open(organisationId, one.blobKey)
  return {
    name: one.fileName,
    mediaType: one.mediaType,
    bytes: one.bytes,
    sha256: one.sha256,
    close: () => reader.close(),
    async *stream(start, endExclusive) {
      try {
        yield* reader.stream(start, endExclusive)
      } finally {
        await reader.close()
      }
    },
  }
}

/** The attachment as it is, locked until the transaction ends. NOT_FOUND. */
export async function lockedAttachment(
  ctx: WriteContext,
  owner: AttachmentOwner,
  id: string,
): Promise<AttachmentRecord> {
  await assertOwner(ctx, owner)
  const one = await store.lockAttachment(ctx, owner, id)
  if (!one) throw notFound()
  return one
}

/** Removes row and bytes for good; the audit entry stays. NOT_FOUND. */
export async function deleteAttachment(ctx: WriteContext, owner: AttachmentOwner, id: string): Promise<void> {
  const one = await lockedAttachment(ctx, owner, id)
  await remove(ctx, owner, one, 'attachment.delete')
}

async function remove(
  ctx: WriteContext,
  owner: AttachmentOwner,
  one: AttachmentRecord,
  action: string,
): Promise<void> {
  await store.removeAttachment(ctx, one.id)
  await releaseBlobs(ctx, [one.blobKey])
  await ctx.audit({ ...subjectOf(owner), action, changes: factsOf(one) })
  await tellMoved(ctx, 'credentialId' in owner ? [owner.credentialId] : [])
}

/** What lies on these credentials is other than it was. */
async function tellMoved(ctx: WriteContext, credentialIds: readonly string[]): Promise<void> {
  if (credentialIds.length > 0) await ctx.emit({ type: 'attachments.moved', data: { credentialIds } })
}

/**
 * What was held becomes the credential's; bytes that it has already are dropped. More than `attachmentsMax` may come together:
 * what somebody handed in is not lost for it.
 */
export async function adoptHeld(ctx: WriteContext, heldFor: string, credentialId: string): Promise<void> {
  await store.lockHeld(ctx, heldFor)
  const owner = { heldFor }
  await give(ctx, owner, await store.attachmentsOf(ctx, owner), credentialId, { heldFor })
}

/** What came in for one credential by this way becomes another's: it turned out to belong there. NOT_FOUND. */
export async function moveAttachments(
  ctx: WriteContext,
  fromCredentialId: string,
  toCredentialId: string,
  source: AttachmentSource,
): Promise<void> {
  await lockedCredential(ctx, fromCredentialId)
  const owner = { credentialId: fromCredentialId }
  const moved = (await store.attachmentsOf(ctx, owner)).filter((one) => one.source === source)
  await give(ctx, owner, moved, toCredentialId, { fromCredentialId })
}

async function give(
  ctx: WriteContext,
  owner: AttachmentOwner,
  files: readonly AttachmentRecord[],
  credentialId: string,
  from: Readonly<Record<string, string>>,
): Promise<void> {
  if (files.length === 0) return
  await lockedCredential(ctx, credentialId)
  const there = await store.attachmentsOf(ctx, { credentialId })
  for (const one of files) {
    if (there.some(({ sha256 }) => sha256 === one.sha256)) {
      await remove(ctx, owner, one, 'attachment.drop')
      continue
    }
    await store.giveToCredential(ctx, one.id, credentialId)
    await ctx.audit({
      ...subjectOf({ credentialId }),
      action: 'attachment.adopt',
      changes: { ...factsOf(one), ...from },
    })
  }
  await tellMoved(ctx, [credentialId, ...('credentialId' in owner ? [owner.credentialId] : [])])
}
