/**
 * Credentials: what a worker holds, as declared and as verified.
 *
 * Owns: credentials, the keys under which files name them, their versions. Promises: declared and verified values are
 * kept apart and a declaration never overwrites what a check said; every change leaves a version and an audit entry.
 */
import { AppError } from '../../platform/errors.ts'
import type { ReadContext } from '../../platform/context.ts'
import type { Total } from '../../platform/db/total.ts'
import { catalogueOf } from '../credential-types/credential-types.ts'
import {
  withAuthority,
  type Credential,
  type CredentialFilter,
  type CredentialSummary,
} from './credentials.schema.ts'
import * as store from './credentials.store.ts'

export { applyCredentials, createStage, planCounts, planCredentials, planLines } from './credentials.bulk.ts'
export type { CredentialPlanCounts } from './credentials.bulk.ts'
export {
  dueForStatus,
  dueMarks,
  earliestStatusDue,
  markAllDue,
  markWorkersDue,
  rollUpWorkers,
  saveStatuses,
} from './credentials.status.ts'
export type { ComputedStatus, DueCredential } from './credentials.status.ts'
export {
  activeCredentialsOfTypes,
  applyAnswers,
  askedCredentials,
  assertSeenValues,
  credentialIdsOf,
  credentialsOfWorkers,
  decidingCheck,
  eligibilitiesOf,
  lockedAskedCredentials,
  ownersOf,
  sameNumberOfOthers,
} from './credentials.answers.ts'
export type {
  AnsweredCredential,
  AskedCredential,
  CredentialAnswer,
  SeenValues,
} from './credentials.answers.ts'
export { credentialsAsOf, heldCredentials } from './credentials.history.store.ts'
export type { HeldCredential, PastCredential } from './credentials.history.schema.ts'
export { exportSources, statusCopy } from './credentials.export.store.ts'

export {
  createCredential,
  deleteCredential,
  lockedCredential,
  replaceCredential,
  restoreCredential,
} from './credentials.change.ts'

/** What of one type a worker holds: by its number, as it is compared. */
export const credentialsOfHolder = store.credentialsOfHolder

/** NOT_FOUND for another organisation's, a deleted and an unknown one alike. */
export async function getCredential(ctx: ReadContext, id: string): Promise<Credential> {
  const credential = await store.findCredential(ctx, id)
  if (!credential) throw new AppError('NOT_FOUND', 'There is no such credential.')
  return withAuthority(await catalogueOf(ctx), credential)
}

/** In the order that the filter gives (`credentialOrder`). A category stands for the types that the catalogue puts into it. */
export async function listCredentials(
  ctx: ReadContext,
  filter: CredentialFilter,
  page: store.CredentialPage,
): Promise<{ credentials: Credential[]; total: Total }> {
  const { category } = filter
  const catalogue = await catalogueOf(ctx)
  const types =
    category === undefined
      ? null
      : [...catalogue.types.values()].filter((type) => type.category === category).map((type) => type.code)
  const found = await store.findCredentials(ctx, filter, types, page)
  return { ...found, credentials: found.credentials.map((one) => withAuthority(catalogue, one)) }
}

const summariesMax = 50

/** What each worker holds, in short: what `include=credentials` adds to a worker (app.ts joins the two). */
export function credentialSummaries(
  ctx: ReadContext,
  workerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly CredentialSummary[]>> {
  return store.summariesOf(ctx, workerIds, summariesMax)
}
