/** What the status export reads: one row per key exactly as last received (spec 50, A run, 7). */
import type { ReadContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** COPY takes no parameters, so the source goes in as text: only what a source may be made of passes. */
function onlySource(source: string | null): string {
  if (source === null) return ''
  if (!/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(source)) throw new Error('not a source')
  return `and k.source_folded = '${source}'`
}

/** The data lines of active credentials of active workers, everything quoted, as a COPY statement: PostgreSQL prints them faster than we could. */
export function statusCopy(source: string | null): string {
  return `copy (select k.external_id_received, k.licence_type, k.licence_number,
      coalesce(coalesce(c.verified_issue_date, c.declared_issue_date)::text, ''),
      coalesce(case when c.verified_never_expires then null else coalesce(c.verified_expiry_date, c.declared_expiry_date) end::text, ''),
      c.licence_status
    from credential_source_keys k
      join credentials c on c.organisation_id = k.organisation_id and c.id = k.credential_id
      join workers w on w.organisation_id = k.organisation_id and w.id = k.worker_id
    where k.organisation_id = current_setting('vouchsafe.organisation_id')
      and c.lifecycle = 'ACTIVE' and c.deleted_at is null and w.status = 'ACTIVE' and w.deleted_at is null
      ${onlySource(source)} order by k.source_folded, k.external_id, k.licence_type, k.licence_number)
    to stdout with (format csv, force_quote *)`
}

/** The sources that name credentials, as they spell themselves; folded name first in order. */
export function exportSources({
  tx,
  organisationId,
}: ReadContext): Promise<{ folded: string; name: string }[]> {
  return tx.rows(sql`select source_folded as folded, max(source_system) as name from credential_source_keys
    where organisation_id = ${organisationId} group by source_folded order by source_folded`)
}
