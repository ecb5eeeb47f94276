/** The table `worker_answers`: one row for each worker whose position requires something. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import {
  answerMarks,
  type ComputedAnswer,
  type DueAnswer,
  type KeptAnswer,
} from './workers.answers.schema.ts'

/** Positions that require something, or will; a query of ids. */
function ruledPositions(organisationId: string): Sql {
  return sql`select p.id from positions p where p.organisation_id = ${organisationId}
    and (p.requirements is not null or p.effective_from is not null or exists (select from position_requirements q
      where q.organisation_id = p.organisation_id and q.position_id = p.id))`
}

/**
 * The answers of these workers are to be computed: something changed that they rest on. Whose position requires nothing, and
 * never did, has none. How many were marked that were not before.
 * @param workerIds a query of one column
 */
export function markAnswersDue({ tx, organisationId }: WriteContext, workerIds: Sql): Promise<number> {
  return tx.run(sql`insert into worker_answers as a (organisation_id, worker_id, due_on)
    select w.organisation_id, w.id, ${answerMarks.changed}::date from workers w
    where w.organisation_id = ${organisationId} and w.id in (${workerIds})
      and (w.position_id = any (array(${ruledPositions(organisationId)}))
        or exists (select from worker_answers k where k.organisation_id = w.organisation_id and k.worker_id = w.id))
    order by w.id
    on conflict (organisation_id, worker_id) do update set due_on = excluded.due_on
      where a.due_on is distinct from excluded.due_on`)
}

/** Whether anybody's position requires something: where nobody's does, there is nothing to mark, however many changed. */
export async function hasRules({ tx, organisationId }: WriteContext): Promise<boolean> {
  const { has } = await tx.one<{ has: boolean }>(sql`select
    exists (select from worker_answers a where a.organisation_id = ${organisationId}) or exists (${ruledPositions(organisationId)}) as has`)
  return has
}

/** The same for whoever holds one of these positions. */
export function markHoldersDue(ctx: WriteContext, positionIds: readonly string[]): Promise<number> {
  return markAnswersDue(
    ctx,
    sql`select h.id from workers h where h.organisation_id = ${ctx.organisationId} and h.position_id = any (${positionIds}::text[])`,
  )
}

/**
 * What these workers hold changed: those of them who have an answer are answered for anew. How many were marked that were not before.
 */
export async function remarkAnswers(
  { tx, organisationId }: WriteContext,
  workerIds: readonly string[],
): Promise<number> {
  if (workerIds.length === 0) return 0
  return tx.run(sql`update worker_answers a set due_on = ${answerMarks.changed} from (select worker_id from worker_answers
      where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[]) and due_on is distinct from ${answerMarks.changed}::date
      order by worker_id for update) d
    where a.organisation_id = ${organisationId} and a.worker_id = d.worker_id`)
}

/**
 * Locks workers until the transaction ends, in one order. Whoever changes a worker holds their row and then marks their answer: who
 * holds answers, and then writes to their workers, would meet them half-way, each waiting for the other.
 */
export async function lockWorkers(
  { tx, organisationId }: WriteContext,
  workerIds: readonly string[],
): Promise<void> {
  if (workerIds.length === 0) return
  await tx.run(sql`select 1 from workers where organisation_id = ${organisationId} and id = any (${workerIds}::text[])
    order by id for no key update`)
}

/** All are to be computed anew; what is due because it changed stays so. */
export function markAllAnswersDue({ tx, organisationId }: WriteContext): Promise<number> {
  return tx.run(sql`update worker_answers a set due_on = ${answerMarks.anew} from (select worker_id from worker_answers
      where organisation_id = ${organisationId} and (due_on is null or due_on > ${answerMarks.anew}::date)
      order by worker_id for update) d
    where a.organisation_id = ${organisationId} and a.worker_id = d.worker_id`)
}

/**
 * What is due on this day, locked until the transaction ends, so that no mark that is set meanwhile is lost. What somebody else
 * is just marking is left to them.
 */
export async function lockDueAnswers(ctx: WriteContext, today: string, limit: number): Promise<DueAnswer[]> {
  const { tx, organisationId } = ctx
  const { ids } = await tx.one<{
    ids: string[]
  }>(sql`select coalesce(array_agg(worker_id), '{}') as ids from (select worker_id from worker_answers
    where organisation_id = ${organisationId} and due_on <= ${today}::date order by due_on, worker_id limit ${limit}) due`)
  if (ids.length === 0) return []
  await lockWorkers(ctx, ids)
  return tx.rows<DueAnswer>(sql`select a.worker_id as "workerId", w.position_id as "positionId", w.start_date as "startDate",
      case when a.status is not null then jsonb_build_object('status', a.status, 'satisfied', a.satisfied, 'gaps', a.gaps,
        'positionId', a.position_id) end as kept
    from worker_answers a join workers w on w.organisation_id = a.organisation_id and w.id = a.worker_id
    where a.organisation_id = ${organisationId} and a.worker_id = any (${ids}::text[]) and a.due_on <= ${today}::date
    order by a.due_on, a.worker_id for update of a skip locked`)
}

/** Writes what was computed; the workers' own status goes with it. */
export async function saveAnswers(
  { tx, organisationId, now }: WriteContext,
  computed: readonly ComputedAnswer[],
): Promise<void> {
  if (computed.length === 0) return
  const changed = computed.filter((one) => one.isChanged)
  const same = computed.filter((one) => !one.isChanged)
  if (same.length > 0)
    await tx.run(sql`update worker_answers a set due_on = s.due_on
      from unnest(${same.map((one) => one.workerId)}::text[], ${same.map((one) => one.dueOn)}::date[]) as s(worker_id, due_on)
      where a.organisation_id = ${organisationId} and a.worker_id = s.worker_id`)
  // Before he had a place among the answers, a status of what he held may have been written.
  const unanswered = same.filter((one) => one.answer === null).map((one) => one.workerId)
  if (unanswered.length > 0)
    await tx.run(sql`update workers set licence_status = null, updated_at = ${now}
      where organisation_id = ${organisationId} and id = any (${unanswered}::text[]) and licence_status is not null`)
  if (changed.length === 0) return
  const rows = JSON.stringify(
    changed.map(({ workerId, positionId, answer, dueOn }) => ({
      workerId,
      positionId,
      ...(answer ?? { status: null, satisfied: null, gaps: [] }),
      dueOn,
    })),
  )
  await tx.run(sql`with given as materialized (select * from jsonb_to_recordset(${rows}::jsonb)
      as g("workerId" text, "positionId" text, status text, satisfied boolean, gaps jsonb, "dueOn" date)),
    kept as (
      update worker_answers a set due_on = g."dueOn", position_id = g."positionId", status = g.status, satisfied = g.satisfied,
        gaps = g.gaps, changed_at = ${now}
      from given g where a.organisation_id = ${organisationId} and a.worker_id = g."workerId")
    update workers w set licence_status = g.status, updated_at = ${now}
    from given g where w.organisation_id = ${organisationId} and w.id = g."workerId"`)
}

/** Of workers whose position requires nothing any more. */
export async function deleteAnswers(
  { tx, organisationId }: WriteContext,
  workerIds: readonly string[],
): Promise<void> {
  await tx.run(sql`delete from worker_answers
    where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[])`)
}

/** The first day on which one is due; a mark when some are due now. */
export async function earliestAnswerDue({ tx, organisationId }: ReadContext): Promise<string | null> {
  const { due } = await tx.one<{ due: string | null }>(sql`select min(due_on) as due from worker_answers
    where organisation_id = ${organisationId} and due_on is not null`)
  return due
}

/** Those of these workers' answers that are kept and computed. */
export function keptAnswers(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
): Promise<KeptAnswer[]> {
  return tx.rows<KeptAnswer>(sql`select worker_id as "workerId", position_id as "positionId", status, satisfied, gaps,
      changed_at as "changedAt"
    from worker_answers where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[]) and status is not null`)
}
