/**
 * Document checks: a document that came in is read and compared with what its credential claims.
 *
 * Owns: nothing of its own; what was read lies with the attachment, what it says in checks, what a person is to decide in reviews.
 * Promises: an upload never waits for it; every document ends with one reading, whatever crashes; a document makes a credential
 * REVIEWED at most, and by itself only without any doubt; what changes later is compared anew without being read anew.
 */
import type { WriteContext } from '../../platform/context.ts'
import { credentialIdsOf } from '../../workforce/credentials/credentials.ts'
import { readCredentials } from '../attachments/attachments.ts'
import { judgeJob } from './document-checks.judge.ts'
import { readJob } from './document-checks.read.ts'

export { judgeCredential, judgeJob } from './document-checks.judge.ts'
export { readDocument, readJob, readUnread, unreadJob } from './document-checks.read.ts'
export type { DocumentCheckParts } from './document-checks.expect.ts'
export type { HeldDocument } from './document-checks.schema.ts'

/** Has a document read, as soon as there is room. */
export async function queueDocument(ctx: WriteContext, attachmentId: string): Promise<void> {
  await ctx.enqueue(readJob, attachmentId)
}

/** Has the documents of those of the credentials compared anew that have some which were read. */
export async function queueJudging(ctx: WriteContext, credentialIds: readonly string[]): Promise<void> {
  await ctx.enqueueAll(judgeJob, await readCredentials(ctx, credentialIds))
}

/** The same for all that these people hold. */
export async function queueJudgingOfWorkers(ctx: WriteContext, workerIds: readonly string[]): Promise<void> {
  await queueJudging(ctx, await credentialIdsOf(ctx, workerIds))
}
