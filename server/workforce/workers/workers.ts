/**
 * Workers: the people on an organisation's books.
 *
 * Owns: workers, the keys under which other systems know them (sources), their versions. Promises: an e-mail address
 * belongs to one active worker at most; a source's key names one worker; every change leaves a version and an audit
 * entry.
 */
import { AppError } from '../../platform/errors.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import type { Total } from '../../platform/db/total.ts'
import type { Worker, WorkerFilter, WorkerReference } from './workers.schema.ts'
import { holdWorker } from './workers.change.store.ts'
import { erasure } from './workers.history.store.ts'
import * as store from './workers.store.ts'

export type { Worker, WorkerFilter, WorkerReference } from './workers.schema.ts'
export {
  absentWorkerIds,
  applyWorkers,
  countWithoutSource,
  createStage,
  planCounts,
  planLines,
  planWorkers,
} from './workers.bulk.ts'
export type { GivenWorkerFields, WorkerPlanCounts } from './workers.bulk.ts'
export { unhindered, upsertWorkers, type BatchOutcome } from './workers.batch.ts'
export { referredWorkers, type Referred, type ReferredWorker } from './workers.references.ts'
export { workersBeginningWith } from './workers.search.store.ts'
export {
  deleteAnswers,
  earliestAnswerDue,
  keptAnswers,
  lockDueAnswers,
  lockWorkers,
  markAllAnswersDue,
  markAnswersDue,
  markHoldersDue,
  remarkAnswers,
  saveAnswers,
} from './workers.answers.store.ts'
export type {
  Answer,
  AnswerGap,
  ComputedAnswer,
  DueAnswer,
  KeptAnswer,
  PastWorker,
} from './workers.answers.schema.ts'
export { activeAsOf, externalIdsOf, holdersOf, tenuresAsOf, workersAsOf } from './workers.history.store.ts'
export {
  createWorker,
  deleteWorker,
  lockedWorker,
  replaceWorker,
  restoreWorker,
  upsertWorker,
} from './workers.change.ts'

/** NOT_FOUND for another organisation's, a deleted and an unknown one alike. */
export async function getWorker(ctx: ReadContext, id: string): Promise<Worker> {
  const worker = await store.findWorker(ctx, id)
  if (!worker) throw new AppError('NOT_FOUND', 'There is no such worker.')
  return worker
}

/** Refuses (ERASED_PERSON) one of whom nothing is kept any more. */
export async function assertNotErased(ctx: ReadContext, workerId: string): Promise<void> {
  if ((await erasure(ctx, workerId))?.erasedAt)
    throw new AppError(
      'ERASED_PERSON',
      'This person was erased: nothing is kept that could be answered from.',
    )
}

/** By the key of another system; the system's name counts without case. */
export async function getWorkerByExternalId(
  ctx: ReadContext,
  sourceSystem: string,
  externalId: string,
): Promise<Worker> {
  const worker = await store.findWorkerByExternalId(ctx, sourceSystem, externalId)
  if (!worker) throw new AppError('NOT_FOUND', 'There is no such worker.')
  return worker
}

/**
 * The id of the worker that a reference in a body means. Refuses (VALIDATION_FAILED) one who is not there, and an external
 * id that several systems give to different people, naming the systems.
 * @param pointer where the reference stands in the body
 */
export async function referredWorkerId(
  ctx: ReadContext,
  { id, externalId = '', sourceSystem }: WorkerReference,
  pointer: string,
): Promise<string> {
  const refuse = (code: string, detail: string): never => {
    throw new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, code, detail }] })
  }
  if (id !== undefined)
    return (
      (await store.findWorker(ctx, id))?.id ??
      refuse('UNKNOWN_WORKER', `There is no worker with the id "${id}".`)
    )
  const holders = await store.holdersOfExternalId(ctx, externalId, sourceSystem)
  const [first] = holders
  if (!first) return refuse('UNKNOWN_WORKER', `There is no worker with the external id "${externalId}".`)
  if (holders.some((one) => one.workerId !== first.workerId)) {
    const systems = holders.map((one) => one.sourceSystem).join(', ')
    return refuse(
      'AMBIGUOUS_WORKER',
      `The external id "${externalId}" names different people in ${systems}. Say which with sourceSystem.`,
    )
  }
  return first.workerId
}

/** The same; the worker is not deleted until the transaction ends, so that what is added now has an owner. */
export async function heldWorkerId(
  ctx: WriteContext,
  reference: WorkerReference,
  pointer: string,
): Promise<string> {
  const id = await referredWorkerId(ctx, reference, pointer)
  return (await holdWorker(ctx, id)) ? id : referredWorkerId(ctx, { id }, pointer)
}

/** In the order of the name. */
export async function listWorkers(
  ctx: ReadContext,
  filter: WorkerFilter,
  page: store.WorkerPage,
): Promise<{ workers: Worker[]; total: Total }> {
  return store.findWorkers(ctx, filter, page)
}

/** How many active people hold a position (app.ts hands it to positions, which lie to the left). */
export const activeHolders = store.countActiveHolders
