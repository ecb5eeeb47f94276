/** What a document that was read means for its credential: a check, and a person's look where it takes one. */
import type { WriteContext } from '../../platform/context.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { lockedAskedCredentials, type AskedCredential } from '../../workforce/credentials/credentials.ts'
import {
  attachmentsOfCredentials,
  lockedById,
  readingOf,
  recordVerification,
} from '../attachments/attachments.ts'
import type { AttachmentRecord } from '../attachments/attachments.schema.ts'
import { recordDocumentCheck } from '../checks/checks.ts'
import type { DocumentReading } from '../document-reading/document-reading.schema.ts'
import { compareReading } from '../document-reading/document-reading.ts'
import { openReview, reviewStanding, withdrawReviews } from '../reviews/reviews.ts'
import {
  basisOf,
  duplicatesOf,
  expectationOf,
  type DocumentCheckParts,
  type DocumentSubject,
} from './document-checks.expect.ts'
import {
  duplicateConcern,
  lookingNeeded,
  verificationOf,
  vouchedBy,
  type JudgedDocument,
} from './document-checks.rules.ts'

/** The job that compares the documents of a credential anew; its subject is the credential. */
export const judgeJob = 'documents.judge'

/**
 * Compares every document of a credential that was read with what is declared now, where that is something else than it was
 * compared with before, and sees to the review. Without reading anew. Idempotent.
 */
export async function judgeCredential(
  ctx: WriteContext,
  parts: DocumentCheckParts,
  credentialId: string,
): Promise<void> {
  const [credential] = await lockedAskedCredentials(ctx, [credentialId])
  if (!credential) return
  for (const one of await attachmentsOfCredentials(ctx, [credentialId]))
    if (one.isRead) await judgeDocument(ctx, parts, { credential }, one.id)
  await seeToReview(ctx, credentialId)
}

/**
 * Compares one document that was read, and writes down what was found: with a check where it belongs to a credential (which is
 * locked, and may decide on it). Nothing where it was compared with the same before, or belongs to somebody else by now.
 */
export async function judgeDocument(
  ctx: WriteContext,
  parts: DocumentCheckParts,
  subject: DocumentSubject,
  attachmentId: string,
): Promise<void> {
  const one = await lockedById(ctx, attachmentId)
  if (!one || one.credentialId !== (subject.credential?.id ?? null)) return
  const stored = (await readingOf(ctx, attachmentId)) as DocumentReading | null | undefined
  if (!stored) return
  const workerId = subject.credential?.workerId ?? subject.held?.workerId
  const expectation = await expectationOf(ctx, subject)
  const read = compareReading(stored, expectation)
  const duplicates = workerId === undefined ? [] : await duplicatesOf(ctx, parts, one, read, workerId)
  const basis = basisOf(expectation, subject, duplicates)
  if (one.verification !== null && one.judgement?.basis === basis) return
  const verification = verificationOf(read, duplicates, ctx.now)
  const { credential } = subject
  const vouched = credential
    ? await recordCheck(ctx, credential, one, read, duplicates.length > 0)
    : { checkId: null, vouches: false }
  await recordVerification(ctx, attachmentId, verification, { basis, at: ctx.now.toISOString(), ...vouched })
  // The other ones were looked at before this one was there.
  const others = [...new Set(duplicates.flatMap(({ credentialId }) => credentialId ?? []))]
  await ctx.enqueueAll(judgeJob, others)
}

async function recordCheck(
  ctx: WriteContext,
  credential: AskedCredential,
  one: AttachmentRecord,
  read: DocumentReading,
  hasDuplicates: boolean,
): Promise<{ checkId: string; vouches: boolean }> {
  const type = (await catalogueOf(ctx)).types.get(credential.credentialType)
  const acceptPercent = (await settingsOf(ctx))['document.acceptPercent']
  const vouched =
    type === undefined
      ? null
      : vouchedBy(read, { type, declaredNumber: credential.number, hasDuplicates, acceptPercent })
  const mayDecide = vouched !== null && (await isFreeToDecide(ctx, credential, one))
  const checkId = await recordDocumentCheck(ctx, credential, {
    attachmentId: one.id,
    sha256: one.sha256,
    engine: read.engine,
    engineVersion: read.engineVersion,
    confidencePercent: read.confidencePercent,
    detectedType: read.detectedType,
    concerns: [...read.concerns.map(({ code }) => code), ...(hasDuplicates ? [duplicateConcern] : [])],
    vouchesFor: mayDecide ? vouched : null,
  })
  return { checkId, vouches: mayDecide }
}

/**
 * What a register verified, what a person rejected or is in the middle of deciding, and what a newer document vouches for is not
 * for this one to decide.
 */
async function isFreeToDecide(
  ctx: WriteContext,
  { id }: AskedCredential,
  one: AttachmentRecord,
): Promise<boolean> {
  // As it is by now: another document may have decided in this very transaction.
  const [credential] = await lockedAskedCredentials(ctx, [id])
  if (!credential || credential.assurance === 'VERIFIED' || credential.eligibility === 'MAY_NOT_ENGAGE')
    return false
  const documents = await attachmentsOfCredentials(ctx, [id])
  const at = documents.findIndex((other) => other.id === one.id)
  if (documents.slice(at + 1).some(({ judgement }) => judgement?.vouches === true)) return false
  const { waiting } = await reviewStanding(ctx, 'DOCUMENT', { type: 'credential', id })
  return waiting?.attributes.status !== 'AWAITING_SECOND'
}

const judged = ({ id, isRead, judgement, verification }: AttachmentRecord): JudgedDocument => ({
  id,
  isRead,
  judgedAt: judgement && new Date(judgement.at),
  vouches: judgement?.vouches === true,
  hasConcerns: (verification?.concerns.length ?? 0) > 0,
})

/** Opens a review where a document of the credential takes a person's look, and withdraws it where none does any more. */
export async function seeToReview(ctx: WriteContext, credentialId: string): Promise<void> {
  const [credential] = await lockedAskedCredentials(ctx, [credentialId])
  if (!credential) return
  const subject = { type: 'credential', id: credentialId }
  const { waiting, decidedAt } = await reviewStanding(ctx, 'DOCUMENT', subject)
  const documents = await attachmentsOfCredentials(ctx, [credentialId])
  const isVerified = credential.assurance === 'VERIFIED'
  const { needed, vouching, isUnfinished } = lookingNeeded(documents.map(judged), decidedAt, isVerified)
  if (needed.length > 0) {
    if (credential.isAsked)
      await openReview(ctx, {
        reason: 'DOCUMENT',
        subject,
        workerId: credential.workerId,
        credentialId,
        facts: { credentialType: credential.credentialType, documents: factsOf(documents, needed) },
      })
    return
  }
  if (waiting?.attributes.status !== 'OPEN' || isUnfinished) return
  const { openedAt, facts, fetchRequest } = waiting.attributes
  const isSettled = vouching?.judgedAt ? vouching.judgedAt >= openedAt : false
  // What a fetch request asks a person about stands until a document or a person answers it.
  const isOursAlone = fetchRequest === null && 'documents' in facts
  if (isSettled || isOursAlone)
    await withdrawReviews(ctx, { reasons: ['DOCUMENT'], credentialIds: [credentialId] })
}

/** Ids and codes: what stands on the documents is shown beside the review, and goes with them. */
function factsOf(
  documents: readonly AttachmentRecord[],
  needed: readonly string[],
): readonly Readonly<Record<string, unknown>>[] {
  return documents
    .filter(({ id }) => needed.includes(id))
    .map(({ id, verification }) => ({
      attachmentId: id,
      concerns: verification?.concerns.map(({ code }) => code) ?? [],
      confidencePercent: verification?.confidencePercent ?? 0,
    }))
}
