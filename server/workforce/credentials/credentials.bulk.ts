/**
 * Credentials, set-wise: what an import of a whole source plans and applies (spec 50, A run, 2–5).
 *
 * The importer makes the stage, fills `given_credential_keys` (and `complete_people`), asks for the plan, and applies
 * it in the same transaction after the workers. Promises: a verified value is never overwritten by a file; a credential
 * that another source or channel knows does not go inactive by one file's silence.
 */
import type { WriteContext } from '../../platform/context.ts'
import { settleImported } from './credentials.succession.ts'
import * as store from './credentials.bulk.store.ts'

export type { CredentialPlanCounts } from './credentials.bulk.store.ts'
export { createStage, planCounts, planLines } from './credentials.bulk.store.ts'

/** @param request.silence what it means that a snapshot no longer names a credential; null for a file that is no snapshot */
export async function planCredentials(
  ctx: WriteContext,
  request: { sourceFolded: string; silence: 'deactivate' | 'keep' | null },
): Promise<void> {
  await store.planActions(ctx, request.sourceFolded)
  if (request.silence !== null) await store.findAbsentKeys(ctx, request.sourceFolded, request.silence)
  if (request.silence === 'deactivate') await store.findAbsences(ctx, request.sourceFolded)
}

/** Applies the plan, with versions, audit entries and events. */
export async function applyCredentials(
  ctx: WriteContext,
  application: store.CredentialApplication,
): Promise<void> {
  await store.applyPlan(ctx, application)
  await store.recordChanges(ctx, application.runId, false)
  if ((await settleImported(ctx)) > 0) await store.recordChanges(ctx, application.runId, true)
  await store.emitChanges(ctx, application.runId)
}
