/** Who succeeds whom, over any number of credentials at once: the table `credentials`. */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'

export interface Succession {
  readonly id: string
  readonly workerId: string
  readonly lifecycle: 'ACTIVE' | 'SUPERSEDED'
}

/**
 * The clauses `with … moved as (…)` that settle it (spec 10, Credentials): a credential is SUPERSEDED while another of the same
 * worker, type and jurisdiction expires later and is known at least as well. Two that one source names side by side both
 * stand.
 *
 * In one pass over what the workers hold, in the order of worker and type, so that it costs the same whatever the planner
 * believes about rows that were written a moment ago; only for the few that something outlasts is it looked at by what.
 * @param touched a query of `worker_id` and `credential_type`
 * @param types those whose renewal replaces
 */
function settling({ organisationId, now }: WriteContext, touched: Sql, types: readonly string[]): Sql {
  const rank = (assurance: Sql): Sql =>
    sql`array_position(array['DECLARED', 'REVIEWED', 'VERIFIED'], ${assurance})`
  const end = (of: Sql): Sql => sql`case when ${of}.verified_never_expires then 'infinity'::date
      else coalesce(${of}.verified_expiry_date, ${of}.declared_expiry_date, 'infinity'::date) end`
  return sql`with touched as materialized (select t.worker_id from (${touched}) t where t.credential_type = any (${types}::text[])),
    mine as materialized (
      select c.id, c.worker_id, c.credential_type, c.jurisdiction, c.lifecycle as before, ${end(sql`c`)} as ends, ${rank(sql`c.assurance`)} as rank
      from credentials c
      where c.organisation_id = ${organisationId} and c.worker_id = any (array(select worker_id from touched))
        and c.credential_type = any (${types}::text[]) and c.deleted_at is null and c.lifecycle <> 'INACTIVE'),
    outlasted as materialized (
      select m.*, ends < case rank when 1 then max(ends) over held when 2 then max(ends) filter (where rank >= 2) over held
        else max(ends) filter (where rank >= 3) over held end as by_some
      from mine m window held as (partition by worker_id, credential_type, jurisdiction)),
    settled as materialized (
      select c.id, c.before, case when not c.by_some then 'ACTIVE' when exists (
          select from credentials s
          where s.organisation_id = ${organisationId} and s.worker_id = c.worker_id and s.credential_type = c.credential_type
            and s.deleted_at is null and s.lifecycle <> 'INACTIVE' and s.id <> c.id
            and s.jurisdiction is not distinct from c.jurisdiction and ${end(sql`s`)} > c.ends
            and ${rank(sql`s.assurance`)} >= c.rank
            and not exists (select from credential_source_keys a join credential_source_keys b
              on b.organisation_id = a.organisation_id and b.source_folded = a.source_folded and b.credential_id = s.id and b.is_named
              where a.organisation_id = ${organisationId} and a.credential_id = c.id and a.is_named))
        then 'SUPERSEDED' else 'ACTIVE' end as lifecycle
      from outlasted c),
    moved as (
      update credentials u set lifecycle = h.lifecycle, version = u.version + 1, updated_at = ${now}, status_due_on = '-infinity'
      from settled h where u.organisation_id = ${organisationId} and u.id = h.id and h.lifecycle <> h.before
      returning u.id, u.worker_id, u.lifecycle)`
}

/** Settles it among these. Those whose lifecycle changed get a new version and are due for their status. */
export function settleSuccession(
  ctx: WriteContext,
  touched: Sql,
  types: readonly string[],
): Promise<Succession[]> {
  return ctx.tx.rows<Succession>(sql`${settling(ctx, touched, types)}
    select id, worker_id as "workerId", lifecycle from moved order by id`)
}

/** What these hold, of the types that they are of: for `touched`. */
export function touchedBy({ organisationId }: WriteContext, credentialIds: Sql): Sql {
  return sql`select c.worker_id, c.credential_type from credentials c
    where c.organisation_id = ${organisationId} and c.id = any (array(${credentialIds}))`
}

/**
 * Settles it after an import's plan was written, and adds what changed to `changed_credentials`. Whom the run itself brought
 * holds only what stands side by side in one file: nothing of theirs is looked at.
 */
export async function settleImported(ctx: WriteContext, types: readonly string[]): Promise<number> {
  const touched = sql`select p.worker_id, p.credential_type from (
      select credential_id from changed_credentials
      union all select credential_id from absent_credential_keys
      union all select credential_id from planned_credential_keys where key_action <> 'KEEP') t
    join credentials p on p.organisation_id = ${ctx.organisationId} and p.id = t.credential_id
    where not exists (select from changed_workers w where w.worker_id = p.worker_id and w.action = 'CREATE')`
  return ctx.tx.run(sql`${settling(ctx, touched, types)}
    insert into changed_credentials (credential_id, action, changes)
    select id, case lifecycle when 'SUPERSEDED' then 'SUPERSEDE' else 'REINSTATE' end, '{lifecycle}'::text[] from moved`)
}
