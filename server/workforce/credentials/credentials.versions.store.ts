/** The table `credential_versions`: what was so from when on, as recorded when. Append-only. */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'

/**
 * Records the credentials as they stand now, under their present version.
 * @param credentialIds a query of one column
 * @param runId the import that changed them, if one did
 */
export async function insertVersions(
  ctx: WriteContext,
  credentialIds: Sql,
  runId: string | null,
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into credential_versions (organisation_id, credential_id, version, valid_from, recorded_at, run_id, is_deleted,
      worker_id, credential_type, jurisdiction, declared_number, declared_holder_name, declared_issue_date, declared_expiry_date,
      declared_channel, declared_by, declared_at, verified_number, verified_holder_name, verified_issue_date, verified_expiry_date,
      verified_never_expires, verified_by_check, verified_at, eligibility, status_details, conditions, assurance, lifecycle)
    select c.organisation_id, c.id, c.version, ${now}, ${now}, ${runId}, c.deleted_at is not null, c.worker_id, c.credential_type,
      c.jurisdiction, c.declared_number, c.declared_holder_name, c.declared_issue_date, c.declared_expiry_date, c.declared_channel,
      c.declared_by, c.declared_at, c.verified_number, c.verified_holder_name, c.verified_issue_date, c.verified_expiry_date,
      c.verified_never_expires, c.verified_by_check, c.verified_at, c.eligibility, c.status_details, c.conditions, c.assurance, c.lifecycle
    from credentials c where c.organisation_id = ${organisationId} and c.id in (${credentialIds})`)
}
