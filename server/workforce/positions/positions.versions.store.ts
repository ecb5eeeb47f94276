/** The table `position_versions`: what was so from when on, as recorded when. Append-only. */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'

/**
 * Records the positions as they stand now, with what their files say, under their present version.
 * @param positionIds a query of one column
 * @param runId the import that changed them, if one did
 */
export async function insertVersions(
  ctx: WriteContext,
  positionIds: Sql,
  runId: string | null,
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into position_versions (organisation_id, position_id, version, valid_from, recorded_at, run_id, is_deleted, code,
      name, state, grace_days, effective_from, own_requirements, requirements)
    select p.organisation_id, p.id, p.version, ${now}, ${now}, ${runId}, p.deleted_at is not null, p.code, p.name, p.state, p.grace_days,
      p.effective_from, p.requirements,
      coalesce((select jsonb_agg(jsonb_build_object('source', q.source_folded, 'licenseCode', q.license_code, 'state', q.state,
          'credentialType', q.credential_type, 'jurisdiction', q.jurisdiction, 'unresolvedReason', q.unresolved_reason)
          order by q.source_folded, q.license_code, q.state)
        from position_requirements q where q.organisation_id = p.organisation_id and q.position_id = p.id), '[]')
    from positions p where p.organisation_id = ${organisationId} and p.id in (${positionIds})`)
}
