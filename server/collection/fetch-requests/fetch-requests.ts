/**
 * Fetch requests: asking a worker for credentials, following how far they are, and taking in what they supply.
 *
 * Owns: fetch requests, their items, history and links. Promises: a request is only ever in a state of the table of spec 30; what
 * a worker supplied is lost by no transition; a mail goes out once for its cause and never after the request was called off; a
 * link that was replaced, has expired or was withdrawn opens nothing, and tells nobody why.
 */
import type { ReadContext } from '../../platform/context.ts'
import type { Total } from '../../platform/db/total.ts'
import { AppError } from '../../platform/errors.ts'
import { sql } from '../../platform/db/database.ts'
import { workersBeginningWith } from '../../workforce/workers/workers.ts'
import { findRequests, type RequestPage } from './fetch-requests.list.store.ts'
import { present, type FetchRequest, type FetchRequestFilter } from './fetch-requests.schema.ts'
import { findHistory, findRequest, type HistoryEntry } from './fetch-requests.store.ts'

export { rotateLinkKey } from './fetch-requests.links.ts'
export { confirmItem, declineItem, reopenItem, saveDraft, supplyItem } from './fetch-requests.answers.ts'
export {
  cancelFetchRequest,
  deleteFetchRequest,
  handOverLink,
  lockedFetchRequest,
  patchFetchRequest,
  remindFetchRequest,
  resendFetchRequest,
  restoreFetchRequest,
} from './fetch-requests.change.ts'
export { completeWith, completeWithBanChecks, heedReview } from './fetch-requests.completion.ts'
export { createFetchRequest, createFetchRequests } from './fetch-requests.create.ts'
export {
  mailContents,
  noteDeliveryProblem,
  noteMailTaken,
  type MailFacts,
} from './fetch-requests.delivery.ts'
export {
  assertTakesFiles,
  deleteFile,
  inspectSentFile,
  openFile,
  receiveFile,
  type SentFile,
} from './fetch-requests.files.ts'
export {
  findByToken,
  identify,
  linkDead,
  requireIdentity,
  start,
  type Guest,
  type Identified,
} from './fetch-requests.guests.ts'
export { askedOf as heldDocument } from './fetch-requests.items.store.ts'
export { reportNotMe, submit } from './fetch-requests.hand-in.ts'
export { pageOf } from './fetch-requests.page.ts'
export { expireFetchRequest, remindByItself } from './fetch-requests.scheduler.ts'
export { reportOf } from './fetch-requests.report.ts'
export { submissionsOf, type Submission } from './fetch-requests.submissions.ts'
export { expiryTimer, reminderTimer } from './fetch-requests.times.ts'

/** NOT_FOUND for another organisation's and an unknown one alike, and for a deleted one unless it is asked for. */
export async function getFetchRequest(
  ctx: ReadContext,
  id: string,
  withDeleted = false,
): Promise<FetchRequest> {
  const row = await findRequest(ctx, id)
  if (!row || (row.deletedAt !== null && !withDeleted))
    throw new AppError('NOT_FOUND', 'There is no such fetch request.')
  return present(row)
}

/** Newest first. */
export async function listFetchRequests(
  ctx: ReadContext,
  filter: FetchRequestFilter,
  page: RequestPage,
): Promise<{ requests: FetchRequest[]; total: Total }> {
  const query = filter.query?.trim() ?? ''
  const ofWorkers = query === '' ? undefined : await workersBeginningWith(ctx, query, sql`f.worker_id`)
  const { rows, total } = await findRequests(ctx, filter, ofWorkers, page)
  return { requests: rows.map(present), total }
}

/** What happened to it, oldest first. NOT_FOUND as `getFetchRequest`; a deleted one keeps its history. */
export async function historyOf(
  ctx: ReadContext,
  id: string,
  page: { readonly limit: number; readonly offset: number; readonly after: number | null },
): Promise<{ entries: HistoryEntry[]; total: number }> {
  await getFetchRequest(ctx, id, true)
  return findHistory(ctx, id, page)
}
