/** Statements that keep each credential's licence status, and the workers' roll-up of it. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import { dueMarks, type ComputedStatus, type DueCredential } from './credentials.status.schema.ts'

/**
 * What is due, in the order of the day and the id.
 * @param after the last one that the caller has had; those that become due later than it was read lie before it
 */
export function dueForStatus(
  { tx, organisationId }: ReadContext,
  today: LocalDate,
  after: Pick<DueCredential, 'dueOn' | 'id'> | null,
  limit: number,
): Promise<DueCredential[]> {
  const isBehind = after
    ? sql`and (c.status_due_on, c.id) > (${after.dueOn}::date, ${after.id}::text)`
    : sql``
  return tx.rows<DueCredential>(sql`select c.id, c.worker_id as "workerId", c.credential_type as "credentialType",
      coalesce(c.verified_number, c.declared_number) as "number",
      coalesce(c.verified_issue_date, c.declared_issue_date) as "issueDate",
      case when c.verified_never_expires then null else coalesce(c.verified_expiry_date, c.declared_expiry_date) end as "expiryDate",
      c.eligibility, c.status_details as details, c.assurance, coalesce(c.answered_at, c.verified_at) as "answeredAt", w.worker_type as "workerType",
      c.licence_status as status, c.status_reasons as reasons, c.status_due_on as "dueOn", c.xmin::text as "rowVersion"
    from credentials c join workers w on w.organisation_id = c.organisation_id and w.id = c.worker_id
    where c.organisation_id = ${organisationId} and c.status_due_on <= ${today}::date ${isBehind}
    order by c.status_due_on, c.id limit ${limit}`)
}

/**
 * Writes what was computed; where the answer is the same, only the next day on which it may change. What was changed since it
 * was read stays due: whoever changed it has it computed anew.
 */
export async function saveStatuses(
  { tx, organisationId, now }: WriteContext,
  computed: readonly ComputedStatus[],
): Promise<void> {
  const isThat = sql`c.organisation_id = ${organisationId} and c.id = s.id and c.xmin::text = s.row_version`
  const same = computed.filter((row) => !row.isChanged)
  if (same.length > 0)
    await tx.run(sql`update credentials c set status_due_on = s.due_on
      from unnest(${same.map((row) => row.id)}::text[], ${same.map((row) => row.rowVersion)}::text[],
        ${same.map((row) => row.dueOn)}::date[]) as s(id, row_version, due_on)
      where ${isThat}`)
  const changed = computed.filter((row) => row.isChanged)
  if (changed.length === 0) return
  await tx.run(sql`update credentials c
    set licence_status = s.status, status_reasons = coalesce(string_to_array(nullif(s.reasons, ''), ','), '{}'),
      status_due_on = s.due_on, updated_at = ${now}
    from unnest(${changed.map((row) => row.id)}::text[], ${changed.map((row) => row.rowVersion)}::text[],
      ${changed.map((row) => row.status)}::text[], ${changed.map((row) => row.reasons.join(','))}::text[],
      ${changed.map((row) => row.dueOn)}::date[]) as s(id, row_version, status, reasons, due_on)
    where ${isThat}`)
}

/**
 * For each worker the worst, over credential types, of the best active credential of that type (spec 60). Whose position
 * requires something has an answer of his own instead.
 */
export async function rollUpWorkers(
  { tx, organisationId, now }: WriteContext,
  workerIds: readonly string[],
): Promise<void> {
  await tx.run(sql`update workers w set licence_status = r.status, updated_at = ${now}
    from (
      select t.worker_id, case max(t.best) when 0 then 'green' when 1 then 'yellow' when 2 then 'red' end as status
      from (select ids.worker_id, min(case c.licence_status when 'green' then 0 when 'yellow' then 1 else 2 end) filter (where c.id is not null) as best
        from unnest(${workerIds}::text[]) as ids(worker_id)
        left join credentials c on c.organisation_id = ${organisationId} and c.worker_id = ids.worker_id and c.lifecycle = 'ACTIVE'
          and c.deleted_at is null
        group by ids.worker_id, c.credential_type) t
      group by t.worker_id) r
    where w.organisation_id = ${organisationId} and w.id = r.worker_id and w.licence_status is distinct from r.status
      and not exists (select from worker_answers a where a.organisation_id = w.organisation_id and a.worker_id = w.id)`)
}

/** What these workers hold is to be judged again: something about them changed that their statuses depend on. */
export async function markWorkersDue(
  { tx, organisationId }: WriteContext,
  workerIds: readonly string[],
): Promise<void> {
  await tx.run(sql`update credentials set status_due_on = '-infinity'
    where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[])`)
}

export async function markAllDue({ tx, organisationId }: WriteContext): Promise<number> {
  return tx.run(sql`update credentials set status_due_on = ${dueMarks.anew}
    where organisation_id = ${organisationId} and (status_due_on is null or status_due_on > ${dueMarks.anew})`)
}

export async function earliestStatusDue({ tx, organisationId }: ReadContext): Promise<LocalDate | null> {
  const { due } = await tx.one<{
    due: LocalDate | null
  }>(sql`select min(status_due_on) as due from credentials
    where organisation_id = ${organisationId} and status_due_on is not null`)
  return due
}
