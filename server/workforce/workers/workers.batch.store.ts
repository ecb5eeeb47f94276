/**
 * Set-wise statements of a batch of workers over the API: the same number of them for one item as for a thousand. They
 * take the items as arrays, and lock in the order of the keys, so that two batches wait for each other instead of locking
 * each other out.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { foldText } from '../../platform/text.ts'
import type { EmailHolder } from './workers.batch.rules.ts'
import type { WorkerValues } from './workers.change.store.ts'
import { foldedFamilyName } from './workers.names.rules.ts'
import { markAnswersDue } from './workers.answers.store.ts'
import { insertVersions } from './workers.versions.store.ts'

export interface BatchKey {
  readonly sourceSystem: string
  readonly externalId: string
}

export interface LockedKey {
  readonly sourceFolded: string
  readonly externalId: string
  readonly workerId: string
  readonly isDeleted: boolean
}

/** Who has these keys, locked together with the keys. */
export function lockKeys(
  { tx, organisationId }: WriteContext,
  keys: readonly BatchKey[],
): Promise<LockedKey[]> {
  return tx.rows<LockedKey>(sql`select s.source_folded as "sourceFolded", s.external_id as "externalId", s.worker_id as "workerId",
      w.deleted_at is not null as "isDeleted"
    from unnest(${keys.map((key) => key.sourceSystem.toLowerCase())}::text[], ${keys.map((key) => key.externalId)}::text[]) as k(source, id)
    join worker_sources s on s.organisation_id = ${organisationId} and s.source_folded = k.source and s.external_id = k.id
    join workers w on w.organisation_id = s.organisation_id and w.id = s.worker_id
    order by s.source_folded, s.external_id for update of s, w`)
}

export function emailHolders(
  { tx, organisationId }: ReadContext,
  emails: readonly string[],
): Promise<EmailHolder[]> {
  return tx.rows<EmailHolder>(sql`select w.id as "workerId", w.work_email_folded as email
    from unnest(${emails}::text[]) as e(email)
    join workers w on w.organisation_id = ${organisationId} and w.work_email_folded = e.email and w.status = 'ACTIVE' and w.deleted_at is null`)
}

/** What is to be written of one worker. */
export interface BatchRow extends BatchKey {
  readonly index: number
  readonly id: string
  readonly isNew: boolean
  readonly values: WorkerValues
}

/**
 * Writes the rows. Replaces those who are there and differ, makes the others, gives the new ones their keys (a deleted
 * worker's key goes to its new holder). Returns what became of the ones that were there: those that changed.
 */
export async function writeBatch(
  ctx: WriteContext,
  rows: readonly BatchRow[],
): Promise<{ id: string; changed: string[]; status: 'ACTIVE' | 'INACTIVE' }[]> {
  const { tx, organisationId, now } = ctx
  const column = (pick: (row: BatchRow) => string | boolean | null): (string | boolean | null)[] =>
    rows.map(pick)
  await tx.run(sql`create temp table batch_workers on commit drop as
    select * from unnest(
      ${column((row) => row.id)}::text[], ${column((row) => row.isNew)}::boolean[],
      ${column((row) => row.sourceSystem)}::text[], ${column((row) => row.sourceSystem.toLowerCase())}::text[],
      ${column((row) => row.externalId)}::text[],
      ${column((row) => row.values.displayName)}::text[], ${column((row) => foldText(row.values.displayName))}::text[],
      ${column((row) => foldedFamilyName(row.values.lastName, row.values.displayName))}::text[],
      ${column((row) => row.values.firstName)}::text[], ${column((row) => row.values.middleName)}::text[],
      ${column((row) => row.values.lastName)}::text[], ${column((row) => row.values.birthDate)}::date[],
      ${column((row) => row.values.workEmail)}::text[], ${column((row) => row.values.workEmail?.toLowerCase() ?? null)}::text[],
      ${column((row) => row.values.mobile)}::text[], ${column((row) => row.values.jobTitle)}::text[],
      ${column((row) => row.values.positionId)}::text[], ${column((row) => row.values.state)}::text[],
      ${column((row) => row.values.workerType)}::text[], ${column((row) => row.values.status)}::text[],
      ${column((row) => row.values.startDate)}::date[]
    ) as t(id, is_new, source_system, source_folded, external_id, display_name, display_name_folded, family_name_folded, first_name, middle_name, last_name,
      birth_date, work_email, work_email_folded, mobile, job_title, position_id, state, worker_type, status, start_date)`)
  const changed = await tx.rows<{
    id: string
    changed: string[]
    status: 'ACTIVE' | 'INACTIVE'
  }>(sql`select w.id, d.changed, b.status
    from batch_workers b join workers w on w.organisation_id = ${organisationId} and w.id = b.id
    cross join lateral (select array_remove(array[
      case when w.display_name is distinct from b.display_name then 'displayName' end,
      case when w.first_name is distinct from b.first_name then 'firstName' end,
      case when w.middle_name is distinct from b.middle_name then 'middleName' end,
      case when w.last_name is distinct from b.last_name then 'lastName' end,
      case when w.birth_date is distinct from b.birth_date then 'birthDate' end,
      case when w.work_email is distinct from b.work_email then 'workEmail' end,
      case when w.mobile is distinct from b.mobile then 'mobile' end,
      case when w.job_title is distinct from b.job_title then 'jobTitle' end,
      case when w.position_id is distinct from b.position_id then 'positionId' end,
      case when w.state is distinct from b.state then 'state' end,
      case when w.worker_type is distinct from b.worker_type then 'workerType' end,
      case when w.status is distinct from b.status then 'status' end,
      case when w.start_date is distinct from b.start_date then 'startDate' end], null) as changed) d
    where not b.is_new and d.changed <> '{}'`)
  const ids = changed.map((row) => row.id)
  // First let go of every address that changes hands.
  await tx.run(sql`update workers set work_email_folded = null
    where organisation_id = ${organisationId} and id = any (${ids}::text[])`)
  await tx.run(sql`update workers w set version = w.version + 1, updated_at = ${now}, display_name = b.display_name,
      display_name_folded = b.display_name_folded, family_name_folded = b.family_name_folded, first_name = b.first_name, middle_name = b.middle_name, last_name = b.last_name,
      birth_date = b.birth_date, work_email = b.work_email, work_email_folded = b.work_email_folded, mobile = b.mobile,
      job_title = b.job_title, position_id = b.position_id, state = b.state, worker_type = b.worker_type, status = b.status,
      start_date = b.start_date
    from batch_workers b where w.organisation_id = ${organisationId} and w.id = b.id and w.id = any (${ids}::text[])`)
  await tx.run(sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, first_name, middle_name, last_name,
      birth_date, work_email, work_email_folded, mobile, job_title, position_id, state, worker_type, status, start_date, source_bits,
      created_at, updated_at)
    select ${organisationId}, b.id, 1, b.display_name, b.display_name_folded, b.family_name_folded, b.first_name, b.middle_name, b.last_name,
      b.birth_date, b.work_email, b.work_email_folded, b.mobile, b.job_title, b.position_id, b.state, b.worker_type, b.status, b.start_date,
      source_bit(b.source_folded), ${now}, ${now}
    from batch_workers b where b.is_new`)
  // A deleted worker remembers the key that goes to somebody else (see restoreWorker).
  await tx.run(sql`update workers w set lost_sources = w.lost_sources || l.lost
    from (select s.worker_id, jsonb_agg(jsonb_build_object('externalId', s.external_id, 'sourceSystem', s.source_system)) as lost
      from batch_workers b join worker_sources s on s.organisation_id = ${organisationId} and s.source_folded = b.source_folded
        and s.external_id = b.external_id
      where b.is_new group by s.worker_id) l
    where w.organisation_id = ${organisationId} and w.id = l.worker_id`)
  await tx.run(sql`insert into worker_sources as s (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
    select ${organisationId}, b.source_folded, b.external_id, b.source_system, b.id, true, true from batch_workers b where b.is_new
    on conflict (organisation_id, source_folded, external_id) do update
      set worker_id = excluded.worker_id, is_primary = true, is_present = true, source_system = excluded.source_system`)
  return changed
}

/** Versions and audit entries of what was made and changed. */
export async function recordBatch(
  ctx: WriteContext,
  made: readonly string[],
  changed: readonly { readonly id: string; readonly changed: readonly string[] }[],
): Promise<void> {
  const { tx, organisationId, now, actor, channel, requestId } = ctx
  const entries = [
    ...made.map((id) => ({ id, action: 'create', fields: '[]' })),
    ...changed.map((row) => ({ id: row.id, action: 'update', fields: JSON.stringify(row.changed) })),
  ]
  const ids = sql`select unnest(${entries.map((entry) => entry.id)}::text[])`
  await insertVersions(ctx, ids, null)
  await markAnswersDue(ctx, ids)
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id,
      action, changes)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${requestId}, 'worker', e.id, e.action,
      jsonb_build_object('fields', e.fields::jsonb)
    from unnest(${entries.map((entry) => entry.id)}::text[], ${entries.map((entry) => entry.action)}::text[],
      ${entries.map((entry) => entry.fields)}::text[]) as e(id, action, fields)`)
}
