/** What was read of attachments: kept beside each, and gone with it. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { AttachmentJudgement, AttachmentRecord, AttachmentVerification } from './attachments.schema.ts'
import * as reading from './attachments.reading.store.ts'
import * as store from './attachments.store.ts'

/** A fault of the machine ended a reading. @returns how often by now; 0 when the attachment is not there (any more) */
export { addFault as noteReadingFault } from './attachments.reading.store.ts'
export { readCredentials, readingOf, sameElsewhere, unread } from './attachments.reading.store.ts'

/** The attachment, locked until the transaction ends; undefined when it is not there (any more). */
export function lockedById(ctx: WriteContext, id: string): Promise<AttachmentRecord | undefined> {
  return store.lockById(ctx, id)
}

/** Of each of the credentials, in the order in which they came. */
export function attachmentsOfCredentials(
  ctx: ReadContext,
  credentialIds: readonly string[],
): Promise<AttachmentRecord[]> {
  return store.ofCredentials(ctx, credentialIds)
}

/** The whole content (10 MB at most). NOT_FOUND when it is not there (any more), STORAGE_FAULT for damaged bytes. */
export async function contentOf(
  runtime: Runtime,
  organisationId: string,
  { blobKey }: AttachmentRecord,
): Promise<Uint8Array> {
  const reader = await runtime.storage.open(organisationId, blobKey)
  try {
    const parts: Buffer[] = []
    for await (const part of reader.stream()) parts.push(part)
    return Buffer.concat(parts)
  } finally {
    await reader.close()
  }
}

/**
 * Keeps what an engine read, as it gave it.
 * @param readNumber the number on it in the normal form, by which the same one is found elsewhere
 */
export async function recordReading(
  ctx: WriteContext,
  id: string,
  read: unknown,
  readNumber: string | null,
): Promise<void> {
  await reading.writeReading(ctx, id, read, readNumber)
}

/** Writes down what the automatic check found. False when the attachment is not there any more. */
export async function recordVerification(
  ctx: WriteContext,
  id: string,
  verification: AttachmentVerification,
  judgement: AttachmentJudgement | null = null,
): Promise<boolean> {
  const one = await store.findById(ctx, id)
  if (!one || !(await store.setVerification(ctx, id, verification, judgement))) return false
  await ctx.emit({
    type: 'attachment.checked',
    data: { attachmentId: id, credentialId: one.credentialId },
  })
  return true
}
