/**
 * Set-wise statements over the credentials that one source names. Temporary tables of the transaction:
 *
 *   given_credential_keys     one row per row of the file that carries a credential, filled by the importer
 *   planned_credentials       one row per credential (worker, type, normalised number), made here
 *   planned_credential_keys   the given keys with their credential and what becomes of the key: ADD, MOVE or KEEP
 *   planned_credential_absences, absent_credential_keys   what the file no longer names
 *   changed_credentials       what was done, for versions, audit and events; who succeeded whom comes last
 *
 * They have no keys or indexes: large ones are joined by hashing, and every row would pay for them.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { insertVersions } from './credentials.versions.store.ts'

const keyColumns = sql`"row" integer not null, external_id text collate "C" not null, external_id_received text not null,
  licence_type text collate "C" not null, licence_number text collate "C" not null`

export async function createStage({ tx }: ReadContext): Promise<void> {
  await tx.run(sql`create temp table given_credential_keys (${keyColumns},
    credential_type text collate "C" not null, number_normalised text collate "C" not null, "number" text not null, jurisdiction text,
    issue_date date, expiry_date date, worker_id text collate "C" not null) on commit drop`)
  await tx.run(sql`create temp table planned_credentials (
    worker_id text collate "C" not null, credential_type text collate "C" not null, number_normalised text collate "C" not null,
    external_id text collate "C" not null, rows_sharing integer not null, "number" text not null, jurisdiction text,
    issue_date date, expiry_date date, credential_id text collate "C" not null, base_version integer, action text not null,
    changes text[] not null, differs_from_register date) on commit drop`)
  await tx.run(sql`create temp table planned_credential_keys (${keyColumns},
    worker_id text collate "C" not null, credential_id text collate "C" not null, credential_action text not null, key_action text not null,
    expiry_date date, is_shared boolean not null, differs_from_register date) on commit drop`)
  await tx.run(sql`create temp table planned_credential_absences (credential_id text collate "C" not null, base_version integer not null)
    on commit drop`)
  await tx.run(sql`create temp table absent_credential_keys (external_id text collate "C" not null, licence_type text collate "C" not null,
    licence_number text collate "C" not null, credential_id text collate "C" not null, is_kept boolean not null) on commit drop`)
  await tx.run(sql`create temp table changed_credentials (credential_id text collate "C" not null, action text not null,
    changes text[] not null) on commit drop`)
}

/**
 * Plans what the keys say: CREATE, REACTIVATE, UPDATE or UNCHANGED. Of rows that share one credential, the one that
 * expires last speaks for it (no expiry is last of all), then the first row.
 */
export async function planActions({ tx, organisationId }: ReadContext, sourceFolded: string): Promise<void> {
  await tx.run(sql`analyze given_credential_keys (external_id, worker_id, number_normalised)`)
  await tx.run(sql`insert into planned_credentials (worker_id, credential_type, number_normalised, external_id, rows_sharing, "number",
      jurisdiction, issue_date, expiry_date, credential_id, base_version, action, changes, differs_from_register)
    select g.worker_id, g.credential_type, g.number_normalised, g.external_id, g.rows_sharing, g."number", g.jurisdiction, g.issue_date,
      g.expiry_date, coalesce(c.id, new_id('cred')), c.version,
      case when c.id is null then 'CREATE' when c.lifecycle = 'INACTIVE' then 'REACTIVATE' when d.changes <> '{}' then 'UPDATE' else 'UNCHANGED' end,
      d.changes, case when g.expiry_date is distinct from c.verified_expiry_date then c.verified_expiry_date end
    from (
      select distinct on (worker_id, credential_type, number_normalised) *,
        count(*) over (partition by worker_id, credential_type, number_normalised) as rows_sharing
      from given_credential_keys
      order by worker_id, credential_type, number_normalised, expiry_date desc nulls first, "row") g
    left join credentials c on c.organisation_id = ${organisationId} and c.worker_id = g.worker_id and c.credential_type = g.credential_type
      and c.number_normalised = g.number_normalised and c.deleted_at is null
    cross join lateral (select case when c.id is null then '{}' else array_remove(array[
        case when c.declared_number is distinct from g."number" then 'number' end,
        case when c.declared_issue_date is distinct from g.issue_date then 'issueDate' end,
        case when c.declared_expiry_date is distinct from g.expiry_date then 'expiryDate' end], null) end as changes) d`)
  await tx.run(sql`analyze planned_credentials (worker_id, number_normalised, credential_id)`)
  await tx.run(sql`insert into planned_credential_keys ("row", external_id, external_id_received, licence_type, licence_number, worker_id,
      credential_id, credential_action, key_action, expiry_date, is_shared, differs_from_register)
    select g."row", g.external_id, g.external_id_received, g.licence_type, g.licence_number, g.worker_id, p.credential_id, p.action,
      case when s.credential_id is null then 'ADD'
        when s.credential_id <> p.credential_id or s.worker_id <> g.worker_id or s.external_id_received <> g.external_id_received
          or not s.is_named then 'MOVE'
        else 'KEEP' end,
      g.expiry_date, p.rows_sharing > 1, p.differs_from_register
    from given_credential_keys g
    join planned_credentials p on p.worker_id = g.worker_id and p.credential_type = g.credential_type and p.number_normalised = g.number_normalised
    left join credential_source_keys s on s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded}
      and s.external_id = g.external_id and s.licence_type = g.licence_type and s.licence_number = g.licence_number`)
}

/**
 * What the source's named people no longer have in it. `complete_people` (external_id) are those none of whose rows was
 * rejected: only of them is silence taken as an answer. Where what goes missing is kept, its key stays, as one not named.
 */
export async function findAbsentKeys(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
  silence: 'deactivate' | 'keep',
): Promise<void> {
  const isKept = silence === 'keep'
  await tx.run(sql`insert into absent_credential_keys (external_id, licence_type, licence_number, credential_id, is_kept)
    select s.external_id, s.licence_type, s.licence_number, s.credential_id, ${isKept}::boolean
    from credential_source_keys s join complete_people n on n.external_id = s.external_id
    where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and (s.is_named or not ${isKept}::boolean)
      and not exists (select from planned_credential_keys k where k.external_id = s.external_id
        and k.licence_type = s.licence_type and k.licence_number = s.licence_number)`)
}

/** The credentials that no source names any more. */
export async function findAbsences({ tx, organisationId }: ReadContext, sourceFolded: string): Promise<void> {
  await tx.run(sql`insert into planned_credential_absences (credential_id, base_version)
    select c.id, c.version
    from (select distinct credential_id from absent_credential_keys) a
    join credentials c on c.organisation_id = ${organisationId} and c.id = a.credential_id
    where c.lifecycle = 'ACTIVE' and c.deleted_at is null
      and not exists (select from planned_credentials p where p.credential_id = c.id)
      and not exists (select from credential_source_keys s where s.organisation_id = ${organisationId} and s.credential_id = c.id
        and not (s.source_folded = ${sourceFolded} and exists (select from absent_credential_keys k
          where k.external_id = s.external_id and k.licence_type = s.licence_type and k.licence_number = s.licence_number)))`)
}

export interface CredentialPlanCounts {
  readonly created: number
  readonly updated: number
  readonly reactivated: number
  readonly deactivated: number
  /** Active credentials that the source names before the run. */
  readonly activeBefore: number
}

export function planCounts(
  { tx, organisationId }: ReadContext,
  sourceFolded: string,
): Promise<CredentialPlanCounts> {
  return tx.one<CredentialPlanCounts>(sql`select
    (select count(*) from planned_credentials where action = 'CREATE') as created,
    (select count(*) from planned_credentials where action = 'UPDATE') as updated,
    (select count(*) from planned_credentials where action = 'REACTIVATE') as reactivated,
    (select count(*) from planned_credential_absences) as deactivated,
    (select count(distinct c.id) from credential_source_keys s join credentials c on c.organisation_id = s.organisation_id and c.id = s.credential_id
      join workers w on w.organisation_id = c.organisation_id and w.id = c.worker_id and w.status = 'ACTIVE'
      where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and c.lifecycle = 'ACTIVE' and c.deleted_at is null)
      as "activeBefore"`)
}

export interface CredentialApplication {
  readonly sourceFolded: string
  readonly sourceSystem: string
  readonly runId: string
}

/**
 * Writes the plan. What is new or changed is due for its licence status at once, and so is what a worker holds whose kind
 * of work changed (`changed_workers`, a volunteer's card does not serve paid work). Another spelling of a number is the same
 * card: the normal form is its key, so what a check said about it stands. Fills changed_credentials.
 */
export async function applyPlan(
  ctx: WriteContext,
  { sourceFolded, sourceSystem, runId }: CredentialApplication,
): Promise<void> {
  const { tx, organisationId, now, channel } = ctx
  await tx.run(sql`insert into changed_credentials (credential_id, action, changes)
    select credential_id, action, changes from planned_credentials where action <> 'UNCHANGED'
    union all select credential_id, 'DEACTIVATE', '{lifecycle}'::text[] from planned_credential_absences`)
  await tx.run(sql`update credentials c set lifecycle = 'INACTIVE', status_due_on = '-infinity', version = c.version + 1, updated_at = ${now}
    from planned_credential_absences a where c.organisation_id = ${organisationId} and c.id = a.credential_id`)
  await tx.run(sql`update credentials c set
      declared_number = p."number", declared_issue_date = p.issue_date, declared_expiry_date = p.expiry_date,
      declared_channel = ${channel}, declared_by = ${runId}, declared_at = ${now},
      lifecycle = case when c.lifecycle = 'INACTIVE' then 'ACTIVE' else c.lifecycle end,
      status_due_on = '-infinity', version = c.version + 1, updated_at = ${now}
    from planned_credentials p
    where c.organisation_id = ${organisationId} and c.id = p.credential_id and p.action in ('UPDATE', 'REACTIVATE')`)
  await tx.run(sql`insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, jurisdiction,
      declared_number, declared_issue_date, declared_expiry_date, declared_channel, declared_by, declared_at, assurance, lifecycle,
      licence_status, status_reasons, status_due_on, owner_bits, created_at, updated_at)
    select ${organisationId}, p.credential_id, 1, p.worker_id, p.credential_type, p.number_normalised, p.jurisdiction,
      p."number", p.issue_date, p.expiry_date, ${channel}, ${runId}, ${now}, 'DECLARED', 'ACTIVE',
      'yellow', '{NOT_YET_CHECKED}', '-infinity',
      case when p.worker_id in (select n.worker_id from changed_workers n where n.action = 'CREATE') then source_bit(${sourceFolded})
        else (select w.source_bits from workers w where w.organisation_id = ${organisationId} and w.id = p.worker_id) end, ${now}, ${now}
    from planned_credentials p where p.action = 'CREATE'`)
  await tx.run(sql`update credentials c set status_due_on = '-infinity' from changed_workers w
    where c.organisation_id = ${organisationId} and c.worker_id = w.worker_id and 'workerType' = any (w.changes)`)
  const isAbsent = sql`s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.external_id = a.external_id
      and s.licence_type = a.licence_type and s.licence_number = a.licence_number`
  await tx.run(
    sql`delete from credential_source_keys s using absent_credential_keys a where not a.is_kept and ${isAbsent}`,
  )
  await tx.run(
    sql`update credential_source_keys s set is_named = false from absent_credential_keys a where a.is_kept and ${isAbsent}`,
  )
  await tx.run(sql`insert into credential_source_keys (organisation_id, source_folded, external_id, licence_type, licence_number,
      external_id_received, source_system, worker_id, credential_id)
    select ${organisationId}, ${sourceFolded}, k.external_id, k.licence_type, k.licence_number, k.external_id_received, ${sourceSystem},
      k.worker_id, k.credential_id
    from planned_credential_keys k where k.key_action = 'ADD'`)
  await tx.run(sql`update credential_source_keys s
    set credential_id = k.credential_id, worker_id = k.worker_id, external_id_received = k.external_id_received, is_named = true
    from planned_credential_keys k
    where s.organisation_id = ${organisationId} and s.source_folded = ${sourceFolded} and s.external_id = k.external_id
      and s.licence_type = k.licence_type and s.licence_number = k.licence_number and k.key_action = 'MOVE'`)
}

const successionActions = sql`('SUPERSEDE', 'REINSTATE')`

/**
 * The versions and audit entries of what is in changed_credentials.
 * @param isSuccession of who succeeded whom, which is settled after all else: a credential may have a version of each
 */
export async function recordChanges(ctx: WriteContext, runId: string, isSuccession: boolean): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  const which = isSuccession ? sql`action in ${successionActions}` : sql`true`
  await insertVersions(ctx, sql`select credential_id from changed_credentials where ${which}`, runId)
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id,
      action, changes, run_id)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${ctx.requestId}, 'credential', d.credential_id,
      lower(d.action), jsonb_build_object('fields', to_jsonb(d.changes)), ${runId}
    from changed_credentials d where ${which}`)
}

/** An event for each thousand of ids that one action changed (spec 90, Audit). What was changed and then succeeded is told once. */
export async function emitChanges(ctx: WriteContext, runId: string): Promise<void> {
  await ctx.emitSelected(sql`select type, jsonb_build_object('importId', ${runId}::text, 'credentialIds', jsonb_agg(credential_id)) as data
    from (select type, credential_id, (row_number() over (partition by type) - 1) / 1000 as lot
      from (select credential_id, case when action = 'CREATE' then 'credential.added' else 'credential.updated' end as type
        from changed_credentials d where action not in ${successionActions}
          or not exists (select from changed_credentials e where e.credential_id = d.credential_id and e.action in ('UPDATE', 'REACTIVATE')))
        typed) t
    group by type, lot order by type, lot`)
}

/** One line per planned change for the plan's hash. */
export const planLines = sql`
  select 'credential|' || external_id || '|' || credential_type || '|' || number_normalised || '|' || action || '|' ||
    case action when 'CREATE' then '' when 'UNCHANGED' then credential_id else credential_id || '@' || base_version end || '|' ||
    concat_ws(E'\\x1f', "number", coalesce(issue_date::text, E'\\x1e'), coalesce(expiry_date::text, E'\\x1e')) as line
  from planned_credentials
  union all
  select 'credential|' || credential_id || '|DEACTIVATE|' || base_version || '|' from planned_credential_absences
  union all
  select 'key|' || external_id || '|' || licence_type || '|' || licence_number || '|' || key_action || '|'
  from planned_credential_keys
  union all
  select 'key|' || external_id || '|' || licence_type || '|' || licence_number || '|REMOVE|' from absent_credential_keys`
