/** Reading one document: by an engine, outside of any transaction; what it found is written down once. */
import { systemCaller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { askedCredentials, lockedAskedCredentials } from '../../workforce/credentials/credentials.ts'
import {
  attachmentById,
  contentOf,
  lockedById,
  noteReadingFault,
  recordReading,
  unread,
} from '../attachments/attachments.ts'
import type { AttachmentRecord } from '../attachments/attachments.schema.ts'
import type { DocumentExpectation, DocumentReading } from '../document-reading/document-reading.schema.ts'
import { compareReading } from '../document-reading/document-reading.ts'
import { expectationOf, type DocumentCheckParts, type DocumentSubject } from './document-checks.expect.ts'
import { judgeDocument, seeToReview } from './document-checks.judge.ts'
import { readNumberOf } from './document-checks.rules.ts'

/** The job, and the timer of a later try; the subject is the attachment. It has a queue of its own (job-queue.ts). */
export const readJob = 'slow:documents.read'
/** The job that has everything read which is not; its subject is the organisation. */
export const unreadJob = 'documents.unread'

const minuteMs = 60_000
const longestWaitMs = 60 * minuteMs
/** Tries that ended by a fault of the machine, the longest an hour apart: about a day. */
const faultsMax = 30
const sweepCount = 500

/**
 * Reads an attachment and writes down what was found. May be repeated and stopped at any point: until the last transaction
 * nothing is written, and after it there is nothing left to do. A fault of the machine has it tried again later.
 * @throws the signal's reason when the process is stopping
 */
export async function readDocument(
  runtime: Runtime,
  parts: DocumentCheckParts,
  organisationId: string,
  attachmentId: string,
  signal: AbortSignal,
): Promise<void> {
  const question = await runtime.read(organisationId, systemCaller, async (ctx) => {
    const one = await attachmentById(ctx, attachmentId)
    // What no virus scanner has looked at yet is read when one has.
    if (!one || one.isRead || one.scan === 'WAITING') return undefined
    return { one, expectation: await expectationOf(ctx, await subjectOf(ctx, parts, one)) }
  })
  if (!question) return
  const reading = await readOrPutOff(runtime, parts, organisationId, question, signal)
  if (reading) await settle(runtime, parts, organisationId, attachmentId, reading)
}

async function subjectOf(
  ctx: ReadContext,
  parts: DocumentCheckParts,
  one: AttachmentRecord,
): Promise<DocumentSubject> {
  if (one.credentialId === null) return { held: await parts.heldDocument(ctx, one.heldFor ?? '') }
  const [credential] = await askedCredentials(ctx, [one.credentialId])
  return credential ? { credential } : { held: undefined }
}

async function readOrPutOff(
  runtime: Runtime,
  parts: DocumentCheckParts,
  organisationId: string,
  { one, expectation }: { readonly one: AttachmentRecord; readonly expectation: DocumentExpectation },
  signal: AbortSignal,
): Promise<DocumentReading | undefined> {
  const document = {
    mediaType: one.mediaType,
    bytes: () => contentOf(runtime, organisationId, one),
  }
  try {
    return await parts.engine.read(document, expectation, signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    return runtime.write(organisationId, systemCaller, (ctx) => putOff(ctx, one, expectation, error))
  }
}

/** Undefined = it is tried again later, or gone. The last time, a person is to look at what no machine could read. */
async function putOff(
  ctx: WriteContext,
  { id }: AttachmentRecord,
  expectation: DocumentExpectation,
  error: unknown,
): Promise<DocumentReading | undefined> {
  const faults = await noteReadingFault(ctx, id)
  if (faults === 0) return undefined
  ctx.log.warn({ err: error, attachmentId: id, faults }, 'a document could not be read now')
  if (faults >= faultsMax) return unreadable(expectation)
  const waitMs = Math.min(longestWaitMs, minuteMs * 2 ** Math.min(faults - 1, 10))
  await ctx.setTimer({ kind: readJob, subjectId: id, dueAt: new Date(ctx.now.getTime() + waitMs) })
  return undefined
}

const unreadable = (expectation: DocumentExpectation): DocumentReading =>
  compareReading(
    {
      outcome: 'UNREADABLE',
      detectedType: null,
      extracted: { holderName: null, number: null, issueDate: null, expiryDate: null, issuer: null },
      findings: {
        types: [],
        names: [],
        numbers: [],
        dates: [],
        monthsFromIssue: null,
        legibility: 0,
        concerns: [{ code: 'UNREADABLE', message: 'No machine could read it.' }],
        notes: [],
      },
      engine: 'none',
      engineVersion: '0',
    },
    expectation,
  )

/** Between a look at whose it is and its lock it may have been given to a credential: then once more. */
const looksMax = 5

async function settle(
  runtime: Runtime,
  parts: DocumentCheckParts,
  organisationId: string,
  attachmentId: string,
  reading: DocumentReading,
): Promise<void> {
  for (let look = 0; look < looksMax; look += 1) {
    const isDone = await runtime.write(organisationId, systemCaller, (ctx) =>
      settleOnce(ctx, parts, attachmentId, reading),
    )
    if (isDone) return
  }
  throw new Error('The attachment went from hand to hand while it was to be settled.')
}

async function settleOnce(
  ctx: WriteContext,
  parts: DocumentCheckParts,
  attachmentId: string,
  reading: DocumentReading,
): Promise<boolean> {
  const seen = await attachmentById(ctx, attachmentId)
  if (!seen) return true
  // The credential first, as whoever gives it documents does: no two wait for each other.
  const [credential] =
    seen.credentialId === null ? [] : await lockedAskedCredentials(ctx, [seen.credentialId])
  const one = await lockedById(ctx, attachmentId)
  if (!one || one.isRead) return true
  if (one.credentialId !== seen.credentialId) return false
  await recordReading(ctx, attachmentId, reading, readNumberOf(reading))
  const subject = credential ? { credential } : { held: await heldBy(ctx, parts, one) }
  await judgeDocument(ctx, parts, subject, attachmentId)
  if (credential) await seeToReview(ctx, credential.id)
  return true
}

async function heldBy(
  ctx: ReadContext,
  parts: DocumentCheckParts,
  { heldFor }: AttachmentRecord,
): Promise<Extract<DocumentSubject, { credential?: never }>['held']> {
  return heldFor === null ? undefined : parts.heldDocument(ctx, heldFor)
}

/** Has everything read that is not: what came before there was a reader, or while its job was lost. */
export async function readUnread(runtime: Runtime, organisationId: string): Promise<void> {
  for (let after = ''; ;) {
    const ids = await runtime.write(organisationId, systemCaller, async (ctx) => {
      const found = await unread(ctx, after, sweepCount)
      await ctx.enqueueAll(readJob, found)
      return found
    })
    if (ids.length < sweepCount) return
    after = ids.at(-1) ?? ''
  }
}
