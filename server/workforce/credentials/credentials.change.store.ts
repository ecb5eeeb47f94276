/** Writing one credential: the table `credentials`. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** What is declared of a credential, as it lies in the table. */
export interface DeclaredValues {
  readonly credentialType: string
  readonly numberNormalised: string
  readonly jurisdiction: string | null
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: string | null
  readonly expiryDate: string | null
  readonly lifecycle: 'ACTIVE' | 'INACTIVE' | 'SUPERSEDED'
}

export interface LockedCredential extends DeclaredValues {
  readonly id: string
  readonly workerId: string
  readonly verifiedNumber: string | null
  readonly verifiedHolderName: string | null
  readonly assurance: 'DECLARED' | 'REVIEWED' | 'VERIFIED'
  readonly deletedAt: Date | null
}

/** Locked against every other change until the transaction ends. Deleted ones too. */
export function lockCredential(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<LockedCredential | undefined> {
  return tx.maybeOne<LockedCredential>(sql`select id, worker_id as "workerId", credential_type as "credentialType",
      number_normalised as "numberNormalised", jurisdiction, declared_number as "number", declared_holder_name as "holderName",
      declared_issue_date as "issueDate", declared_expiry_date as "expiryDate", lifecycle, verified_number as "verifiedNumber",
      verified_holder_name as "verifiedHolderName", assurance, deleted_at as "deletedAt"
    from credentials where organisation_id = ${organisationId} and id = ${id} for update`)
}

/** The way of a declaration as credentials name it (spec 10, Credentials): the worker's page answers fetch requests. */
const channelOf = (channel: WriteContext['channel']): string =>
  channel === 'PAGE' ? 'FETCH_REQUEST' : channel

/** New ones are due for their status at once. */
export async function insertCredential(
  ctx: WriteContext,
  id: string,
  workerId: string,
  values: DeclaredValues,
): Promise<void> {
  const { tx, organisationId, now, channel, actor } = ctx
  await tx.run(sql`insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, jurisdiction,
      declared_number, declared_holder_name, declared_issue_date, declared_expiry_date, declared_channel, declared_by, declared_at,
      assurance, lifecycle, licence_status, status_reasons, status_due_on, created_at, updated_at)
    values (${organisationId}, ${id}, 1, ${workerId}, ${values.credentialType}, ${values.numberNormalised}, ${values.jurisdiction},
      ${values.number}, ${values.holderName}, ${values.issueDate}, ${values.expiryDate}, ${channelOf(channel)}, ${actor.id ?? actor.kind}, ${now},
      'DECLARED', ${values.lifecycle}, 'yellow', '{NOT_YET_CHECKED}', '-infinity', ${now}, ${now})`)
}

/** @param isKnownNoBetter whether what was verified or reviewed is about other values than these */
export async function updateCredential(
  ctx: WriteContext,
  id: string,
  values: DeclaredValues,
  isKnownNoBetter: boolean,
): Promise<void> {
  const { tx, organisationId, now, channel, actor } = ctx
  await tx.run(sql`update credentials set version = version + 1, updated_at = ${now}, status_due_on = '-infinity',
      credential_type = ${values.credentialType}, number_normalised = ${values.numberNormalised}, jurisdiction = ${values.jurisdiction},
      declared_number = ${values.number}, declared_holder_name = ${values.holderName}, declared_issue_date = ${values.issueDate},
      declared_expiry_date = ${values.expiryDate}, declared_channel = ${channelOf(channel)}, declared_by = ${actor.id ?? actor.kind},
      declared_at = ${now}, lifecycle = ${values.lifecycle},
      assurance = case when ${isKnownNoBetter} then 'DECLARED' else assurance end
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** @param deletedAt null brings a deleted one back */
export async function setDeleted(ctx: WriteContext, id: string, deletedAt: Date | null): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`update credentials set version = version + 1, updated_at = ${now}, status_due_on = '-infinity', deleted_at = ${deletedAt}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** The other credential of this worker, type and number, if there is one. */
export async function holderOfNumber(
  { tx, organisationId }: WriteContext,
  workerId: string,
  { credentialType, numberNormalised }: Pick<DeclaredValues, 'credentialType' | 'numberNormalised'>,
  exceptId: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select id from credentials
    where organisation_id = ${organisationId} and worker_id = ${workerId} and credential_type = ${credentialType}
      and number_normalised = ${numberNormalised} and deleted_at is null and id <> ${exceptId}`)
  return row?.id
}
