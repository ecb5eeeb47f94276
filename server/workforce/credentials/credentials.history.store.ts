/** What these workers hold, and what they held: `credentials` and `credential_versions`, read. */
import type { ReadContext } from '../../platform/context.ts'
import { knownVersions, type AsOf } from '../../platform/db/as-of.ts'
import { sql } from '../../platform/db/database.ts'
import type { HeldCredential, PastCredential } from './credentials.history.schema.ts'

/** Their ACTIVE credentials with the status that is kept. */
export function heldCredentials(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
): Promise<HeldCredential[]> {
  return tx.rows<HeldCredential>(sql`select c.id, c.worker_id as "workerId", c.credential_type as "credentialType", c.jurisdiction,
      case when c.verified_never_expires then null else coalesce(c.verified_expiry_date, c.declared_expiry_date) end as "expiryDate",
      c.assurance, c.licence_status as status, c.status_reasons as reasons
    from credentials c where c.organisation_id = ${organisationId} and c.worker_id = any (${workerIds}::text[])
      and c.lifecycle = 'ACTIVE' and c.deleted_at is null`)
}

/** What was ACTIVE then; what was deleted since still counts. */
export function credentialsAsOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  at: AsOf,
): Promise<PastCredential[]> {
  // Two ways, so that each has its index: those that are there, and those that were deleted.
  return tx.rows<PastCredential>(sql`with theirs as (
      select id from credentials where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[]) and deleted_at is null
      union all
      select id from credentials where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[]) and deleted_at is not null)
    select x.credential_id as id, x.worker_id as "workerId", x.credential_type as "credentialType", x.jurisdiction,
      coalesce(x.verified_number, x.declared_number) as "number",
      coalesce(x.verified_issue_date, x.declared_issue_date) as "issueDate",
      case when x.verified_never_expires then null else coalesce(x.verified_expiry_date, x.declared_expiry_date) end as "expiryDate",
      x.eligibility, x.status_details as details, x.assurance, x.verified_at as "verifiedAt", x.verified_by_check as "verifiedByCheck"
    from theirs cross join lateral (select v.* from credential_versions v where v.organisation_id = ${organisationId}
      and v.credential_id = theirs.id and ${knownVersions('v', at)} order by v.valid_from desc, v.version desc limit 1) x
    where not x.is_deleted and x.lifecycle = 'ACTIVE'`)
}
