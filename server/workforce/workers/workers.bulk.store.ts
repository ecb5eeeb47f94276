/**
 * Set-wise statements over the workers of one source: what an import plans and applies. One statement serves ten
 * people or a million. They work on temporary tables of the transaction:
 *
 *   planned_workers    one row per person of the file, given by the importer, matched and planned here
 *   named_people       every external id that the file names, on whichever row
 *   rejected_people    e-mail, name and birth date that stand on a rejected row: they protect from absence
 *   planned_absences   workers that become INACTIVE; absent_source_keys: the keys that are no longer present
 *   changed_workers    what was done, for versions, audit and events
 *
 * They have no keys or indexes: large ones are joined by hashing, and every update would pay for them.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { hasRules, markAnswersDue } from './workers.answers.store.ts'
import { insertVersions } from './workers.versions.store.ts'

/** Which optional columns the file has: what a file does not speak of stays as it is. */
export interface GivenWorkerFields {
  readonly middleName: boolean
  readonly workerType: boolean
  readonly state: boolean
  readonly mobile: boolean
  readonly jobTitle: boolean
}

export async function createStage({ tx }: ReadContext): Promise<void> {
  await tx.run(sql`create temp table planned_workers (
    external_id text collate "C" not null, first_row integer not null,
    first_name text, middle_name text, last_name text, display_name text not null, display_name_folded text collate "C" not null,
    family_name_folded text collate "C" not null,
    birth_date date, work_email text, work_email_folded text collate "C", mobile text, job_title text,
    position_code text collate "C", state text, worker_type text,
    worker_id text collate "C" not null, "match" text, base_version integer, action text not null, changes text[] not null,
    rejection jsonb, warning jsonb) on commit drop`)
  await tx.run(sql`create temp table named_people (external_id text collate "C" not null) on commit drop`)
  await tx.run(sql`create temp table rejected_people (work_email_folded text collate "C", first_name text, last_name text, birth_date date)
    on commit drop`)
  await tx.run(sql`create temp table planned_absences (worker_id text collate "C" not null, base_version integer not null,
    work_email_folded text collate "C") on commit drop`)
  await tx.run(sql`create temp table absent_source_keys (external_id text collate "C" not null, worker_id text collate "C" not null)
    on commit drop`)
  await tx.run(sql`create temp table changed_workers (worker_id text collate "C" not null, action text not null,
    changes text[] not null) on commit drop`)
}

/**
 * Fills planned_workers with the people of the file, found again by their external id where the source named them before,
 * deleted ones too. An erased person is refused.
 * @param people a query of the columns of planned_workers up to worker_type, one row per external_id
 */
export async function matchPeople(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
  people: Sql,
): Promise<void> {
  await tx.run(sql`insert into planned_workers
    select g.*, coalesce(w.id, new_id('wkr')), case when w.id is not null then 'SOURCE' end, w.version,
      case when w.id is null then 'CREATE' else 'UNCHANGED' end, '{}',
      case when w.erased_at is not null then jsonb_build_object('severity', 'ERROR', 'column', 'external_id',
        'value', g.external_id, 'rule', 'ERASED_PERSON',
        'detail', 'The data of this person was erased on request; the person cannot come back under this external_id.') end
    from (${people}) g
    left join worker_sources s on s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.external_id = g.external_id
    left join workers w on w.organisation_id = ${organisationId} and w.id = s.worker_id`)
  // Temporary tables have no statistics until they are asked for.
  await tx.run(sql`analyze planned_workers (external_id, worker_id, work_email_folded)`)
}

/** Who would become INACTIVE, given who is named and who is protected now. Replaces what an earlier call found. */
export async function findAbsences({ tx, organisationId }: ReadContext, sourceFolded: string): Promise<void> {
  await tx.run(sql`truncate planned_absences, absent_source_keys`)
  const isProtected = sql`(exists (select from rejected_people r where r.work_email_folded = w.work_email_folded)
    or exists (select from rejected_people r where r.birth_date = w.birth_date
      and r.first_name = lower(coalesce(w.first_name, '')) and r.last_name = lower(coalesce(w.last_name, ''))))`
  await tx.run(sql`insert into absent_source_keys (external_id, worker_id)
    select s.external_id, s.worker_id
    from worker_sources s join workers w on w.organisation_id = s.organisation_id and w.id = s.worker_id
    where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.is_present
      and not exists (select from named_people n where n.external_id = s.external_id) and not ${isProtected}`)
  await tx.run(sql`insert into planned_absences (worker_id, base_version, work_email_folded)
    select w.id, w.version, w.work_email_folded
    from workers w
    where w.organisation_id = ${organisationId} and w.status = 'ACTIVE' and w.deleted_at is null
      and exists (select from absent_source_keys a where a.worker_id = w.id)
      and not exists (select from planned_workers p where p.worker_id = w.id)
      and not exists (select from worker_sources s where s.organisation_id = ${organisationId} and s.worker_id = w.id and s.is_present
        and not (s.source_folded = ${sourceFolded} and exists (select from absent_source_keys a where a.external_id = s.external_id)))`)
}

/**
 * Judges e-mail addresses on the plan's end state: an address is free when its holder leaves or takes another one in
 * this very file. A holder under another source who is the same person (birth date and family name) gets a second key;
 * one without any source is adopted; otherwise the newcomer is rejected. Returns how many were rejected now.
 */
export async function settleEmails(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
): Promise<number> {
  await tx.run(sql`create temp table email_holders on commit drop as
    select p.external_id, w.id as worker_id, w.version, w.birth_date, lower(coalesce(w.last_name, '')) as last_name,
      count(s.external_id) as keys, coalesce(bool_or(s.source_folded = ${sourceFolded}), false) as is_same_source,
      string_agg(s.source_system || ' ' || s.external_id, ', ' order by s.source_folded, s.external_id) as key_list
    from planned_workers p
    join workers w on w.organisation_id = ${organisationId} and w.work_email_folded = p.work_email_folded
      and w.status = 'ACTIVE' and w.deleted_at is null
    left join worker_sources s on s.organisation_id = ${organisationId} and s.worker_id = w.id
    where p.rejection is null and w.id <> p.worker_id
      and not exists (select from planned_workers other where other.worker_id = w.id and other.rejection is null
        and other.external_id <> p.external_id)
      and not exists (select from planned_absences a where a.worker_id = w.id)
    group by p.external_id, w.id, w.version, w.birth_date, w.last_name`)
  await tx.run(sql`update planned_workers p
    set worker_id = h.worker_id, base_version = h.version, action = 'LINK', "match" = case when h.keys = 0 then 'ADOPTED' else 'EMAIL' end,
        warning = jsonb_build_object('severity', 'WARNING', 'column', 'email', 'value', coalesce(p.work_email, ''),
          'rule', case when h.keys = 0 then 'WORKER_ADOPTED' else 'SAME_PERSON' end,
          'detail', case when h.keys = 0 then 'A worker with this e-mail and birth date was there already and got this external_id.'
            else 'This e-mail, birth date and family name belong to the person known as ' || h.key_list || '; both keys now name one person.' end)
    from email_holders h
    where h.external_id = p.external_id and p.action = 'CREATE' and p.birth_date = h.birth_date and not h.is_same_source
      and (h.keys = 0 or lower(coalesce(p.last_name, '')) = h.last_name)`)
  const rejected = await tx.run(sql`update planned_workers p
    set rejection = jsonb_build_object('severity', 'ERROR', 'column', 'email', 'value', coalesce(p.work_email, ''), 'rule', 'EMAIL_TAKEN',
      'detail', 'This e-mail belongs to another active person (' || coalesce(nullif(h.key_list, ''), h.worker_id) ||
        '). Correct the e-mail of one of the two, or let the other leave first.')
    from email_holders h where h.external_id = p.external_id and p.worker_id <> h.worker_id`)
  await tx.run(sql`drop table email_holders`)
  return rejected
}

/** What becomes of each person: CREATE, RESTORE, REACTIVATE, UPDATE, LINK (a further key only) or UNCHANGED. */
export async function planActions(
  { tx, organisationId }: ReadContext,
  given: GivenWorkerFields,
): Promise<void> {
  await tx.run(sql`update planned_workers p
    set changes = d.changes,
        action = case when d.is_deleted then 'RESTORE' when d.is_inactive then 'REACTIVATE' when d.changes <> '{}' then 'UPDATE'
                      when p."match" <> 'SOURCE' then 'LINK' else 'UNCHANGED' end
    from (
      select q.external_id, w.deleted_at is not null as is_deleted, w.status = 'INACTIVE' as is_inactive,
        array_remove(array[
          case when w.display_name is distinct from q.display_name then 'displayName' end,
          case when w.first_name is distinct from q.first_name then 'firstName' end,
          case when ${given.middleName} and w.middle_name is distinct from q.middle_name then 'middleName' end,
          case when w.last_name is distinct from q.last_name then 'lastName' end,
          case when w.birth_date is distinct from q.birth_date then 'birthDate' end,
          case when w.work_email is distinct from q.work_email then 'workEmail' end,
          case when ${given.mobile} and w.mobile is distinct from q.mobile then 'mobile' end,
          case when ${given.jobTitle} and w.job_title is distinct from q.job_title then 'jobTitle' end,
          case when pos.code is distinct from q.position_code then 'positionId' end,
          case when ${given.state} and w.state is distinct from q.state then 'state' end,
          case when ${given.workerType} and w.worker_type is distinct from q.worker_type then 'workerType' end], null) as changes
      from planned_workers q
      join workers w on w.organisation_id = ${organisationId} and w.id = q.worker_id
      left join positions pos on pos.organisation_id = ${organisationId} and pos.id = w.position_id
      where q.rejection is null) d
    where d.external_id = p.external_id and p.action <> 'CREATE'
      and (d.is_deleted or d.is_inactive or d.changes <> '{}' or p."match" <> 'SOURCE')`)
}

export interface WorkerPlanCounts {
  readonly created: number
  readonly updated: number
  readonly reactivated: number
  readonly deactivated: number
  /** Active workers of the source before the run: what the guard's percentages are of. */
  readonly activeBefore: number
}

export function planCounts(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
): Promise<WorkerPlanCounts> {
  return tx.one<WorkerPlanCounts>(sql`select
    (select count(*) from planned_workers where action = 'CREATE' and rejection is null) as created,
    (select count(*) from planned_workers where action in ('UPDATE', 'LINK') and rejection is null) as updated,
    (select count(*) from planned_workers where action in ('RESTORE', 'REACTIVATE') and rejection is null) as reactivated,
    (select count(*) from planned_absences) as deactivated,
    (select count(distinct w.id) from worker_sources s join workers w on w.organisation_id = s.organisation_id and w.id = s.worker_id
      where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and w.status = 'ACTIVE' and w.deleted_at is null)
      as "activeBefore"`)
}

/** Active people whom no source knows. */
export async function countWithoutSource({ tx, organisationId }: ReadContext): Promise<number> {
  const { count } = await tx.one<{ count: number }>(sql`select count(*) as count from workers w
    where w.organisation_id = ${organisationId} and w.status = 'ACTIVE' and w.deleted_at is null
      and not exists (select from worker_sources s where s.organisation_id = ${organisationId} and s.worker_id = w.id)`)
  return count
}

export async function absentWorkerIds({ tx }: ReadContext): Promise<string[]> {
  const rows = await tx.rows<{ worker_id: string }>(
    sql`select worker_id from planned_absences order by worker_id`,
  )
  return rows.map((row) => row.worker_id)
}

export interface WorkerApplication {
  readonly sourceFolded: string
  readonly sourceSystem: string
  readonly runId: string
  readonly given: GivenWorkerFields
}

/** Writes the plan: deactivate, clear the addresses that change hands, write. Fills changed_workers. */
export async function applyPlan(
  ctx: WriteContext,
  { sourceFolded, sourceSystem, given }: WorkerApplication,
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`delete from planned_workers where rejection is not null`)
  await tx.run(sql`insert into changed_workers (worker_id, action, changes)
    select worker_id, 'DEACTIVATE', '{status}'::text[] from planned_absences
    union all select worker_id, action, changes from planned_workers where action <> 'UNCHANGED'`)
  await tx.run(sql`update workers w set status = 'INACTIVE', version = w.version + 1, updated_at = ${now}
    from planned_absences a where w.organisation_id = ${organisationId} and w.id = a.worker_id`)
  await tx.run(sql`update worker_sources s set is_present = false from absent_source_keys a
    where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.external_id = a.external_id`)
  await tx.run(sql`update workers w set work_email_folded = null from planned_workers p
    where w.organisation_id = ${organisationId} and w.id = p.worker_id and 'workEmail' = any (p.changes)`)
  await tx.run(sql`update workers w set
      display_name = p.display_name, display_name_folded = p.display_name_folded,
      family_name_folded = p.family_name_folded, first_name = p.first_name,
      middle_name = case when ${given.middleName} then p.middle_name else w.middle_name end, last_name = p.last_name,
      birth_date = p.birth_date, work_email = p.work_email, work_email_folded = p.work_email_folded,
      mobile = case when ${given.mobile} then p.mobile else w.mobile end,
      job_title = case when ${given.jobTitle} then p.job_title else w.job_title end,
      position_id = pos.id, state = case when ${given.state} then p.state else w.state end,
      worker_type = case when ${given.workerType} then p.worker_type else w.worker_type end,
      status = 'ACTIVE', deleted_at = null, version = w.version + 1, updated_at = ${now}
    from planned_workers p left join positions pos
      on pos.organisation_id = ${organisationId} and pos.code = p.position_code and pos.deleted_at is null
    where w.organisation_id = ${organisationId} and w.id = p.worker_id and p.action in ('UPDATE', 'REACTIVATE', 'RESTORE', 'LINK')`)
  await tx.run(sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, first_name, middle_name, last_name,
      birth_date, work_email, work_email_folded, mobile, job_title, position_id, state, worker_type, status, source_bits, created_at, updated_at)
    select ${organisationId}, p.worker_id, 1, p.display_name, p.display_name_folded, p.family_name_folded, p.first_name, p.middle_name, p.last_name,
      p.birth_date, p.work_email, p.work_email_folded, p.mobile, p.job_title, pos.id, p.state, p.worker_type, 'ACTIVE', source_bit(${sourceFolded}), ${now}, ${now}
    from planned_workers p left join positions pos
      on pos.organisation_id = ${organisationId} and pos.code = p.position_code and pos.deleted_at is null
    where p.action = 'CREATE'`)
  await tx.run(sql`insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
    select ${organisationId}, ${sourceFolded}, p.external_id, ${sourceSystem}, p.worker_id, p."match" is distinct from 'EMAIL', true
    from planned_workers p where p."match" is distinct from 'SOURCE'`)
  await tx.run(sql`update worker_sources s set is_present = true from planned_workers p
    where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.external_id = p.external_id
      and p."match" = 'SOURCE' and not s.is_present`)
}

/** The versions and audit entries of everything in changed_workers. */
export async function recordChanges(ctx: WriteContext, runId: string): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  await insertVersions(ctx, sql`select worker_id from changed_workers`, runId)
  if (await hasRules(ctx)) await markAnswersDue(ctx, sql`select worker_id from changed_workers`)
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id,
      action, changes, run_id)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${ctx.requestId}, 'worker', c.worker_id,
      lower(c.action), jsonb_build_object('fields', to_jsonb(c.changes)), ${runId}
    from changed_workers c`)
}

/** An event for each thousand of ids that one action changed (spec 90, Audit). */
export async function emitChanges(ctx: WriteContext, runId: string): Promise<void> {
  await ctx.emitSelected(sql`select type, jsonb_build_object('importId', ${runId}::text, 'workerIds', jsonb_agg(worker_id)) as data
    from (select type, worker_id, (row_number() over (partition by type) - 1) / 1000 as lot
      from (select worker_id, case when action = 'CREATE' then 'worker.created' when action = 'DEACTIVATE' then 'worker.deactivated'
      when action in ('REACTIVATE', 'RESTORE') then 'worker.reactivated' else 'worker.updated' end as type from changed_workers) typed) t
    group by type, lot order by type, lot`)
}

/**
 * One line per row for the plan's hash: who, what, on which version, to what (spec 50, A run, 4). What stays as it is has no
 * version: whatever changes there meanwhile either makes it another action, or is nothing to the plan.
 */
export const planLines = sql`
  select 'worker|' || external_id || '|' || action || '|' || coalesce(worker_base, '') || '|' || new_values as line from (
    select p.external_id, p.action, case p.action when 'CREATE' then '' when 'UNCHANGED' then p.worker_id else p.worker_id || '@' || p.base_version end as worker_base,
      concat_ws(E'\\x1f', coalesce(p.first_name, E'\\x1e'), coalesce(p.middle_name, E'\\x1e'), coalesce(p.last_name, E'\\x1e'),
        coalesce(p.birth_date::text, E'\\x1e'), coalesce(p.work_email, E'\\x1e'), coalesce(p.mobile, E'\\x1e'), coalesce(p.job_title, E'\\x1e'),
        coalesce(p.position_code, E'\\x1e'), coalesce(p.state, E'\\x1e'), coalesce(p.worker_type, E'\\x1e')) as new_values
    from planned_workers p where p.rejection is null) t
  union all
  select 'worker|' || worker_id || '|DEACTIVATE|' || base_version || '|' from planned_absences`
