/**
 * Set-wise statements over positions and their requirement rows. Temporary tables of the transaction:
 *
 *   planned_requirements   one row per requirement of the file, filled by the importer
 *   kept_requirements      what rejected rows seem to speak of (license_code null = any of the position): never removed
 *   removed_requirements   rows of this source that the file no longer has
 *   changed_positions      positions whose requirements (or being) changed, for versions and audit
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { insertVersions } from './positions.versions.store.ts'

export async function createStage({ tx }: ReadContext): Promise<void> {
  await tx.run(sql`create temp table planned_requirements (
    "row" integer not null, position_code text collate "C" not null, license_code text collate "C" not null, state text collate "C" not null,
    credential_type text collate "C", jurisdiction text, unresolved_reason text, action text,
    primary key (position_code, license_code, state)) on commit drop`)
  await tx.run(
    sql`create temp table kept_requirements (position_code text collate "C" not null, license_code text collate "C") on commit drop`,
  )
  await tx.run(sql`create temp table removed_requirements (position_id text collate "C" not null, license_code text collate "C" not null,
    state text collate "C" not null, primary key (position_id, license_code, state)) on commit drop`)
  await tx.run(
    sql`create temp table changed_positions (position_id text collate "C" primary key, is_new boolean not null) on commit drop`,
  )
}

/**
 * Makes a stub of every position code that nobody described yet; `codes` is a query of one column, `code`. Records
 * versions and audit entries.
 */
export async function insertStubs(
  ctx: WriteContext,
  codes: Sql,
  runId: string,
  isStub: boolean,
): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  await tx.run(sql`with made as (
      insert into positions (organisation_id, id, version, code, is_stub, created_at, updated_at)
      select ${organisationId}, new_id('pos'), 1, c.code, ${isStub}, ${now}, ${now}
      from (select distinct code from (${codes}) given where code is not null) c
      where not exists (select from positions p where p.organisation_id = ${organisationId} and p.code = c.code and p.deleted_at is null)
      returning id, code
    ), audited as (
      insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id, action, changes, run_id)
      select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${ctx.requestId}, 'position', id, 'create',
        jsonb_build_object('isStub', ${isStub}::boolean), ${runId} from made
    )
    insert into position_versions (organisation_id, position_id, version, valid_from, recorded_at, run_id, is_deleted, code, grace_days, requirements)
    select ${organisationId}, id, 1, ${now}, ${now}, ${runId}, false, code, 0, '[]' from made`)
}

/** CREATED, UPDATED (resolved otherwise than before) or UNCHANGED for each row, and what is removed. */
export async function planActions({ tx, organisationId }: ReadContext, sourceFolded: string): Promise<void> {
  await tx.run(sql`update planned_requirements r set action = case
      when q.position_id is null then 'CREATED'
      when q.credential_type is distinct from r.credential_type or q.jurisdiction is distinct from r.jurisdiction
        or q.unresolved_reason is distinct from r.unresolved_reason then 'UPDATED'
      else 'UNCHANGED' end
    from planned_requirements n
    left join positions p on p.organisation_id = ${organisationId} and p.code = n.position_code and p.deleted_at is null
    left join position_requirements q on q.organisation_id = ${organisationId} and q.position_id = p.id and q.source_folded = ${sourceFolded}
      and q.license_code = n.license_code and q.state = n.state
    where n.position_code = r.position_code and n.license_code = r.license_code and n.state = r.state`)
  await tx.run(sql`insert into removed_requirements (position_id, license_code, state)
    select q.position_id, q.license_code, q.state
    from position_requirements q join positions p on p.organisation_id = q.organisation_id and p.id = q.position_id
    where q.organisation_id = ${organisationId} and q.source_folded = ${sourceFolded}
      and not exists (select from planned_requirements n where n.position_code = p.code and n.license_code = q.license_code and n.state = q.state)
      and not exists (select from kept_requirements k where k.position_code = p.code
        and (k.license_code is null or k.license_code = q.license_code))`)
}

export interface RequirementPlanCounts {
  readonly created: number
  readonly updated: number
  readonly removed: number
  readonly before: number
  /** Positions that have requirements now and would have none at all. */
  readonly emptied: number
}

export function planCounts(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
): Promise<RequirementPlanCounts> {
  return tx.one<RequirementPlanCounts>(sql`select
    (select count(*) from planned_requirements where action = 'CREATED') as created,
    (select count(*) from planned_requirements where action = 'UPDATED') as updated,
    (select count(*) from removed_requirements) as removed,
    (select count(*) from position_requirements where organisation_id = ${organisationId} and source_folded = ${sourceFolded}) as before,
    (select count(*) from (select distinct position_id from removed_requirements) r
      where not exists (select from position_requirements q where q.organisation_id = ${organisationId} and q.position_id = r.position_id
          and not (q.source_folded = ${sourceFolded} and exists (select from removed_requirements x where x.position_id = q.position_id
            and x.license_code = q.license_code and x.state = q.state)))
        and not exists (select from planned_requirements n join positions p on p.organisation_id = ${organisationId} and p.code = n.position_code
          and p.deleted_at is null where p.id = r.position_id)) as emptied`)
}

/** Replaces the source's rows, and records a version of every position that changed. */
export async function applyPlan(ctx: WriteContext, sourceFolded: string, runId: string): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  await tx.run(sql`insert into changed_positions (position_id, is_new)
    select p.id, bool_and(p.is_stub) from (
        select position_id from removed_requirements
        union select p.id from planned_requirements n join positions p on p.organisation_id = ${organisationId} and p.code = n.position_code
          and p.deleted_at is null where n.action <> 'UNCHANGED') t
      join positions p on p.organisation_id = ${organisationId} and p.id = t.position_id group by p.id`)
  await tx.run(sql`delete from position_requirements q using removed_requirements r
    where q.organisation_id = ${organisationId} and q.source_folded = ${sourceFolded} and q.position_id = r.position_id
      and q.license_code = r.license_code and q.state = r.state`)
  await tx.run(sql`insert into position_requirements (organisation_id, position_id, source_folded, license_code, state, credential_type,
      jurisdiction, unresolved_reason)
    select ${organisationId}, p.id, ${sourceFolded}, n.license_code, n.state, n.credential_type, n.jurisdiction, n.unresolved_reason
    from planned_requirements n join positions p on p.organisation_id = ${organisationId} and p.code = n.position_code and p.deleted_at is null
    where n.action <> 'UNCHANGED'
    on conflict (organisation_id, position_id, source_folded, license_code, state) do update
      set credential_type = excluded.credential_type, jurisdiction = excluded.jurisdiction, unresolved_reason = excluded.unresolved_reason`)
  await tx.run(sql`update positions p set version = p.version + 1, is_stub = false, updated_at = ${now}
    from changed_positions c where p.organisation_id = ${organisationId} and p.id = c.position_id`)
  await insertVersions(ctx, sql`select position_id from changed_positions`, runId)
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id,
      action, changes, run_id)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${ctx.requestId}, 'position', position_id,
      'update', '{"fields": ["requirements"]}', ${runId} from changed_positions`)
  await ctx.emitSelected(sql`select 'position.changed' as type, jsonb_build_object('importId', ${runId}::text, 'positionIds',
      jsonb_agg(position_id)) as data
    from (select position_id, (row_number() over (order by position_id) - 1) / 1000 as lot from changed_positions) p group by lot`)
}

/** One line per planned change for the plan's hash. */
export const planLines = sql`
  select 'requirement|' || position_code || '|' || license_code || '|' || state || '|' || action || '|' ||
    coalesce(credential_type, '?') || '|' || coalesce(jurisdiction, '') || '|' || coalesce(unresolved_reason, '') as line
  from planned_requirements
  union all
  select 'requirement|' || position_id || '|' || license_code || '|' || state || '|REMOVE' from removed_requirements`
