/**
 * What sources answered about credentials. Checks (to the right) ask and record; this keeps what follows for the credential.
 *
 * Promises: a check decides about the values that it was asked about, and an error decides nothing; what an answer changes
 * leaves a version, an audit entry and `credential.verified`; one that only confirms moves `lastVerifiedAt` and nothing else.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { catalogueOf } from '../credential-types/credential-types.ts'
import type {
  AnsweredCredential,
  AskedCredential,
  CredentialAnswer,
  SeenValues,
} from './credentials.answers.schema.ts'
import * as store from './credentials.answers.store.ts'
import { findCredential } from './credentials.store.ts'
import { settleCredentials } from './credentials.succession.ts'
import { refusedValues, valueFaults } from './credentials.values.rules.ts'
import { insertVersions } from './credentials.versions.store.ts'

export {
  activeCredentialsOfTypes,
  credentialIdsOf,
  credentialsOfWorkers,
  eligibilitiesOf,
  ownersOf,
  sameNumberOfOthers,
} from './credentials.answers.store.ts'
export type {
  AnsweredCredential,
  AskedCredential,
  CredentialAnswer,
  SeenValues,
} from './credentials.answers.schema.ts'

/** The check on which the verified values of a credential rest. NOT_FOUND for a credential that is not there. */
export async function decidingCheck(ctx: ReadContext, credentialId: string): Promise<string | null> {
  const id = await store.decidingCheckOf(ctx, credentialId)
  if (id === undefined) throw new AppError('NOT_FOUND', 'There is no such credential.')
  return id
}

/** Those of the ids that are there, in the order of the id. */
export function askedCredentials(ctx: ReadContext, ids: readonly string[]): Promise<AskedCredential[]> {
  return store.askedCredentials(ctx, ids, false)
}

/** The same, locked against changes until the transaction ends. */
export function lockedAskedCredentials(
  ctx: WriteContext,
  ids: readonly string[],
): Promise<AskedCredential[]> {
  return store.askedCredentials(ctx, ids, true)
}

/**
 * Refuses (VALIDATION_FAILED) what nobody can have read on a document of this type, and any correction where a register has
 * vouched: its word is not a person's to mend.
 * @param pointer where the values stand in what was sent
 */
export async function assertSeenValues(
  ctx: ReadContext,
  credentialId: string,
  seen: SeenValues,
  pointer: string,
): Promise<void> {
  if (Object.keys(seen).length === 0) return
  const credential = await findCredential(ctx, credentialId)
  if (!credential) throw new AppError('NOT_FOUND', 'There is no such credential.')
  const { credentialType, declared, assurance } = credential.attributes
  const type = (await catalogueOf(ctx)).types.get(credentialType)
  const { number = declared.number, issueDate = declared.issueDate, expiryDate = declared.expiryDate } = seen
  const faults = type ? valueFaults(type, { number, issueDate, expiryDate }) : []
  if (assurance === 'VERIFIED')
    faults.push({
      pointer: '',
      code: 'VERIFIED_ALREADY',
      detail: 'A register vouches for this credential: nothing of it can be corrected here.',
    })
  if (type && seen.expiryDate === null && !type.mayLackExpiry)
    faults.push({
      pointer: '/expiryDate',
      code: 'REQUIRED',
      detail: `${type.name} always expires: say when.`,
    })
  if (faults.length > 0)
    throw refusedValues(faults.map((fault) => ({ ...fault, pointer: pointer + fault.pointer })))
}

/** Applies up to a thousand answers, one for each credential, in a few statements. */
export async function applyAnswers(
  ctx: WriteContext,
  answers: readonly CredentialAnswer[],
): Promise<AnsweredCredential[]> {
  if (answers.length === 0) return []
  const answered = await store.writeAnswers(ctx, answers)
  // Nobody hears of an answer that only confirms: the status that was stale is computed all the same.
  if (answered.some((one) => one.isFreshAgain))
    await ctx.enqueue('licence-status.recompute', ctx.organisationId)
  const changed = answered.filter((one) => one.isChanged)
  if (changed.length === 0) return answered
  const ids = changed.map(({ id }) => id)
  await insertVersions(ctx, sql`select unnest(${ids}::text[])`, null)
  await store.auditAnswers(ctx, ids)
  await ctx.emit({
    type: 'credential.verified',
    data: { credentialIds: ids, workerIds: [...new Set(changed.map(({ workerId }) => workerId))] },
  })
  // A later end than was declared, or better known: another may be succeeded by it now, or no longer.
  await settleCredentials(ctx, ids)
  return answered
}
