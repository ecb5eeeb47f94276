/**
 * Workers, set-wise: what an import of a whole source plans and applies (spec 50, A run, 2–5).
 *
 * The importer makes the stage, fills `named_people` and `rejected_people`, asks for the plan of its people, and applies it
 * in the same transaction. Promises: nobody outside the source is touched; an e-mail address is never held
 * by two active people; the same stage always makes the same plan.
 */
import type { WriteContext } from '../../platform/context.ts'
import type { Sql } from '../../platform/db/database.ts'
import * as store from './workers.bulk.store.ts'

export type { GivenWorkerFields, WorkerPlanCounts } from './workers.bulk.store.ts'
export {
  createStage,
  planCounts,
  absentWorkerIds,
  countWithoutSource,
  planLines,
} from './workers.bulk.store.ts'

export interface WorkerPlanRequest {
  readonly sourceFolded: string
  readonly isSnapshot: boolean
  /** The people of the file: see `matchPeople`. */
  readonly people: Sql
  readonly given: store.GivenWorkerFields
  /** Called whenever people were rejected, so that the importer marks their rows and protects them from absence. */
  onRejected(): Promise<void>
}

/**
 * Completes the plan in `planned_workers` and `planned_absences`. Rejecting a person keeps that person's old e-mail in
 * use and may protect somebody from absence, which may reject another: repeated until nothing changes (each round
 * rejects at least one, so it ends).
 */
export async function planWorkers(ctx: WriteContext, request: WorkerPlanRequest): Promise<void> {
  await store.matchPeople(ctx, request.sourceFolded, request.people)
  await request.onRejected()
  for (;;) {
    if (request.isSnapshot) await store.findAbsences(ctx, request.sourceFolded)
    const rejected = await store.settleEmails(ctx, request.sourceFolded)
    if (rejected === 0) break
    await request.onRejected()
  }
  await store.planActions(ctx, request.given)
}

/** Applies the plan, with versions, audit entries and events. The positions named must be there. */
export async function applyWorkers(ctx: WriteContext, application: store.WorkerApplication): Promise<void> {
  await store.applyPlan(ctx, application)
  await store.recordChanges(ctx, application.runId)
  await store.emitChanges(ctx, application.runId)
}
