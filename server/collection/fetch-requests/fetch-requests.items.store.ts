/** The table `fetch_request_items`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { ItemState } from './fetch-requests.tree.rules.ts'

export interface ItemRow {
  readonly id: string
  readonly credentialType: string
  readonly isAlternative: boolean
  readonly state: ItemState
  readonly draft: Buffer | null
  readonly credentialId: string | null
  readonly declineReason: string | null
  readonly sentBackReason: string | null
  readonly consentedAt: Date | null
  readonly answeredAt: Date | null
  /** What was on file was said to be still right. */
  readonly isConfirmed: boolean
  /** The credential was made by this answer. */
  readonly hasMadeCredential: boolean
}

const columns = sql`id, credential_type as "credentialType", is_alternative as "isAlternative", state, draft,
  credential_id as "credentialId", decline_reason as "declineReason", sent_back_reason as "sentBackReason",
  consented_at as "consentedAt", answered_at as "answeredAt",
  is_confirmed as "isConfirmed", has_made_credential as "hasMadeCredential"`

/** In the order of the tree. */
export function itemsOf({ tx, organisationId }: ReadContext, requestId: string): Promise<ItemRow[]> {
  return tx.rows<ItemRow>(sql`select ${columns} from fetch_request_items
    where organisation_id = ${organisationId} and fetch_request_id = ${requestId} order by place`)
}

export function findItem(
  { tx, organisationId }: ReadContext,
  requestId: string,
  id: string,
): Promise<ItemRow | undefined> {
  return tx.maybeOne<ItemRow>(sql`select ${columns} from fetch_request_items
    where organisation_id = ${organisationId} and fetch_request_id = ${requestId} and id = ${id}`)
}

/** Of whom, and what, an item asks; whatever became of its request. */
export function askedOf(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<{ readonly workerId: string; readonly credentialType: string } | undefined> {
  return tx.maybeOne(sql`select r.worker_id as "workerId", i.credential_type as "credentialType" from fetch_request_items i
    join fetch_requests r on r.organisation_id = i.organisation_id and r.id = i.fetch_request_id
    where i.organisation_id = ${organisationId} and i.id = ${id}`)
}

export interface ItemChange {
  readonly state?: ItemState
  readonly draft?: Buffer | null
  readonly credentialId?: string | null
  readonly declineReason?: string | null
  readonly sentBackReason?: string | null
  readonly consentedAt?: Date | null
  readonly answeredAt?: Date | null
  readonly isConfirmed?: boolean
  readonly hasMadeCredential?: boolean
}

const columnOf: Readonly<Record<keyof ItemChange, string>> = {
  state: 'state',
  draft: 'draft',
  credentialId: 'credential_id',
  declineReason: 'decline_reason',
  sentBackReason: 'sent_back_reason',
  consentedAt: 'consented_at',
  answeredAt: 'answered_at',
  isConfirmed: 'is_confirmed',
  hasMadeCredential: 'has_made_credential',
}

export async function updateItem(
  { tx, organisationId, now }: WriteContext,
  id: string,
  change: ItemChange,
): Promise<void> {
  const sets = Object.entries(change).map(
    ([name, value]) => sql`${sql.ref(columnOf[name as keyof ItemChange])} = ${value}`,
  )
  await tx.run(sql`update fetch_request_items set ${sql.join([...sets, sql`updated_at = ${now}`])}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** Submitted requests that were answered with any of these credentials: whether they are completed by now is to be seen. */
export async function submittedRequestsWith(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select distinct f.id from fetch_request_items i
    join fetch_requests f on f.organisation_id = i.organisation_id and f.id = i.fetch_request_id and f.status = 'SUBMITTED'
    where i.organisation_id = ${organisationId} and i.credential_id = any (${credentialIds}::text[]) order by f.id`)
  return rows.map(({ id }) => id)
}

/** The submitted requests that ask for ban checks, of these workers or of everybody. */
export async function submittedWithBanChecks(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[] | null,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select f.id from fetch_requests f
    where f.organisation_id = ${organisationId} and f.status = 'SUBMITTED' and f.deleted_at is null
      and jsonb_array_length(coalesce(f.requirements -> 'banChecks', '[]')) > 0
      ${workerIds === null ? sql`` : sql`and f.worker_id = any (${workerIds}::text[])`} order by f.id`)
  return rows.map(({ id }) => id)
}
