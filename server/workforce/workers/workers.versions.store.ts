/** The table `worker_versions`: what was so from when on, as recorded when. Append-only. */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'

/**
 * Records the workers as they stand now, under their present version.
 * @param workerIds a query of one column
 * @param runId the import that changed them, if one did
 */
export async function insertVersions(ctx: WriteContext, workerIds: Sql, runId: string | null): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into worker_versions (organisation_id, worker_id, version, valid_from, recorded_at, run_id, is_deleted,
      display_name, first_name, middle_name, last_name, birth_date, work_email, mobile, job_title, position_id, state, worker_type, status,
      start_date)
    select w.organisation_id, w.id, w.version, ${now}, ${now}, ${runId}, w.deleted_at is not null, w.display_name, w.first_name,
      w.middle_name, w.last_name, w.birth_date, w.work_email, w.mobile, w.job_title, w.position_id, w.state, w.worker_type, w.status,
      w.start_date
    from workers w where w.organisation_id = ${organisationId} and w.id in (${workerIds})`)
}
