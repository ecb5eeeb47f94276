/**
 * Workers: the people on an organisation's books.
 *
 * Owns: workers, the keys under which other systems know them (sources), their versions. Promises: an e-mail address
 * belongs to one active worker at most; a source's key names one worker; every change leaves a version and an audit
 * entry.
 */
import { AppError } from '../../platform/errors.ts'
import type { ReadContext } from '../../platform/context.ts'
import type { Worker, WorkerFilter, WorkerPage } from './workers.schema.ts'
import * as store from './workers.store.ts'

export type { Worker, WorkerFilter } from './workers.schema.ts'
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

/** In the order of the name. */
export async function listWorkers(
  ctx: ReadContext,
  filter: WorkerFilter,
  page: WorkerPage,
): Promise<{ workers: Worker[]; total: number }> {
  return { workers: await store.findWorkers(ctx, filter, page), total: await store.countWorkers(ctx, filter) }
}
