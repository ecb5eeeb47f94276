/** The table `reviews`. */
import type { Actor, ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import { possibleDecisions } from './reviews.rules.ts'
import type {
  CorrectedValues,
  Decision,
  Review,
  ReviewAttributes,
  ReviewFilter,
  ReviewReason,
  ReviewStatus,
} from './reviews.schema.ts'

/** What opens a review. */
export interface NewReview {
  readonly reason: ReviewReason
  readonly subject: { readonly type: string; readonly id: string }
  readonly workerId: string | null
  readonly credentialId?: string | null | undefined
  readonly fetchRequestId?: string | null | undefined
  /** Ids and plain facts: what the reviewer needs to know beside the subject itself. */
  readonly facts: Readonly<Record<string, unknown>>
}

interface ReviewRow {
  readonly id: string
  readonly reason: ReviewReason
  readonly status: ReviewStatus
  readonly subject_type: string
  readonly subject_id: string
  readonly worker_id: string | null
  readonly worker_name: string | null
  readonly credential_id: string | null
  readonly credential_type: string | null
  readonly fetch_request_id: string | null
  readonly facts: Record<string, unknown>
  readonly turn_at: Date
  readonly assignee_id: string | null
  readonly assignee_name: string | null
  readonly opened_at: Date
  readonly decision: Decision | null
  readonly decision_reason: string | null
  readonly corrected: CorrectedValues | null
  readonly decided_by_kind: string | null
  readonly decided_by_id: string | null
  readonly decided_by_name: string | null
  readonly decided_at: Date | null
  readonly first_by_kind: string | null
  readonly first_by_id: string | null
  readonly first_by_name: string | null
  readonly first_at: Date | null
  readonly updated_at: Date
}

const columns = sql`r.id, r.reason, r.status, r.subject_type, r.subject_id, r.worker_id, w.display_name as worker_name, r.credential_id,
  c.credential_type, r.fetch_request_id, r.facts, r.turn_at, r.assignee_id, a.display_name as assignee_name, r.opened_at, r.decision,
  r.decision_reason, r.corrected, r.decided_by_kind, r.decided_by_id, d.display_name as decided_by_name, r.decided_at, r.first_by_kind,
  r.first_by_id, f.display_name as first_by_name, r.first_at, r.updated_at`

const withNames = sql`left join workers w on w.organisation_id = r.organisation_id and w.id = r.worker_id
  left join credentials c on c.organisation_id = r.organisation_id and c.id = r.credential_id
  left join users a on a.organisation_id = r.organisation_id and a.id = r.assignee_id
  left join users d on d.organisation_id = r.organisation_id and d.id = r.decided_by_id
  left join users f on f.organisation_id = r.organisation_id and f.id = r.first_by_id`

/** Word for word as in the indexes of what waits. */
const waits = sql`r.status in ('OPEN', 'AWAITING_SECOND')`

function decisionOf(row: ReviewRow): ReviewAttributes['decision'] {
  if (row.decision === null || row.decided_by_kind === null || row.decided_at === null) return null
  return {
    decision: row.decision,
    reason: row.decision_reason,
    corrected: row.corrected,
    by: { kind: row.decided_by_kind, id: row.decided_by_id, displayName: row.decided_by_name },
    at: row.decided_at,
    first:
      row.first_by_kind === null || row.first_at === null
        ? null
        : {
            by: { kind: row.first_by_kind, id: row.first_by_id, displayName: row.first_by_name },
            at: row.first_at,
          },
    isFinal: row.status === 'DECIDED',
  }
}

function present(row: ReviewRow): Review {
  const isWaiting = row.status === 'OPEN' || row.status === 'AWAITING_SECOND'
  return {
    id: row.id,
    lastUpdated: row.updated_at,
    turnAt: row.turn_at,
    attributes: {
      reason: row.reason,
      status: row.status,
      subject: { type: row.subject_type, id: row.subject_id },
      worker: row.worker_id === null ? null : { id: row.worker_id, displayName: row.worker_name ?? '' },
      credential:
        row.credential_id === null
          ? null
          : { id: row.credential_id, credentialType: row.credential_type ?? '' },
      fetchRequest: row.fetch_request_id === null ? null : { id: row.fetch_request_id },
      facts: row.facts,
      possibleDecisions: isWaiting ? [...possibleDecisions(row.reason, row.fetch_request_id !== null)] : [],
      assignee:
        row.assignee_id === null ? null : { id: row.assignee_id, displayName: row.assignee_name ?? '' },
      openedAt: row.opened_at,
      decision: decisionOf(row),
    },
  }
}

export async function findReview(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<Review | undefined> {
  const row = await tx.maybeOne<ReviewRow>(
    sql`select ${columns} from reviews r ${withNames} where r.organisation_id = ${organisationId} and r.id = ${id}`,
  )
  return row && present(row)
}

/** Locked against every other change until the transaction ends. */
export async function lockReview(ctx: WriteContext, id: string): Promise<Review | undefined> {
  await ctx.tx.run(
    sql`select from reviews r where r.organisation_id = ${ctx.organisationId} and r.id = ${id} for update`,
  )
  return findReview(ctx, id)
}

/** @returns false when one of this reason and subject waits already; then nothing was written */
export async function insertReview(
  { tx, organisationId, now }: WriteContext,
  id: string,
  review: NewReview,
  turnAt: Date,
): Promise<boolean> {
  const made =
    await tx.run(sql`insert into reviews (organisation_id, id, reason, subject_type, subject_id, worker_id, credential_id,
      fetch_request_id, facts, status, turn_at, opened_at, updated_at)
    values (${organisationId}, ${id}, ${review.reason}, ${review.subject.type}, ${review.subject.id}, ${review.workerId},
      ${review.credentialId ?? null}, ${review.fetchRequestId ?? null}, ${JSON.stringify(review.facts)}::jsonb, 'OPEN', ${turnAt}, ${now}, ${now})
    on conflict do nothing`)
  return made === 1
}

/**
 * The one of this reason and subject that waits, locked; undefined when none does. Other facts than it was opened with take their
 * place, and what a first person wanted by the old ones is void. A document is told of from two sides, by what it says and by the
 * fetch request that asked for it: there, what one side said stays beside what the other says.
 */
export async function renewWaiting(
  { tx, organisationId, now }: WriteContext,
  { reason, subject, facts, credentialId, fetchRequestId }: NewReview,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select r.id from reviews r
    where r.organisation_id = ${organisationId} and r.reason = ${reason} and r.subject_type = ${subject.type} and r.subject_id = ${subject.id}
      and ${waits} for update`)
  if (!row) return undefined
  const isToldTwice = reason === 'DOCUMENT'
  const given = sql`${JSON.stringify(facts)}::jsonb`
  const newFacts = isToldTwice ? sql`r.facts || ${given}` : given
  const request = sql`${fetchRequestId ?? null}::text`
  const newRequest = isToldTwice ? sql`coalesce(${request}, r.fetch_request_id)` : request
  await tx.run(sql`update reviews r set facts = ${newFacts}, credential_id = ${credentialId ?? null},
      fetch_request_id = ${newRequest}, status = 'OPEN', decision = null, decision_reason = null, corrected = null,
      decided_by_kind = null, decided_by_id = null, decided_at = null, first_by_kind = null, first_by_id = null, first_at = null,
      updated_at = ${now}
    where r.organisation_id = ${organisationId} and r.id = ${row.id}
      and row(r.facts, r.credential_id, r.fetch_request_id)
        is distinct from row(${newFacts}, ${credentialId ?? null}::text, ${newRequest})`)
  return row.id
}

/** The one of this reason and subject that waits, and when one was decided last. */
export async function standingOf(
  { tx, organisationId }: ReadContext,
  reason: ReviewReason,
  subject: { readonly type: string; readonly id: string },
): Promise<{ readonly waiting: string | null; readonly decidedAt: Date | null }> {
  return tx.one(sql`select
      (select r.id from reviews r where r.organisation_id = ${organisationId} and r.reason = ${reason}
        and r.subject_type = ${subject.type} and r.subject_id = ${subject.id} and ${waits}) as waiting,
      (select max(r.decided_at) from reviews r where r.organisation_id = ${organisationId} and r.reason = ${reason}
        and r.subject_type = ${subject.type} and r.subject_id = ${subject.id} and r.status = 'DECIDED') as "decidedAt"`)
}

export interface SavedDecision {
  readonly status: 'AWAITING_SECOND' | 'DECIDED'
  readonly decision: Decision
  readonly reason: string | null
  readonly corrected: CorrectedValues | null
  /** Who wanted the same before. */
  readonly first: {
    readonly by: { readonly kind: string; readonly id: string | null }
    readonly at: Date
  } | null
}

export async function saveDecision(
  { tx, organisationId, now }: WriteContext,
  id: string,
  by: Actor,
  saved: SavedDecision,
): Promise<void> {
  const { first } = saved
  const corrected = saved.corrected === null ? null : JSON.stringify(saved.corrected)
  await tx.run(sql`update reviews set status = ${saved.status}, decision = ${saved.decision}, decision_reason = ${saved.reason},
      corrected = ${corrected}::jsonb, decided_by_kind = ${by.kind}, decided_by_id = ${by.id}, decided_at = ${now},
      first_by_kind = ${first?.by.kind ?? null}, first_by_id = ${first?.by.id ?? null}, first_at = ${first?.at ?? null}, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export async function saveAssignee(
  { tx, organisationId, now }: WriteContext,
  id: string,
  assigneeId: string | null,
): Promise<void> {
  await tx.run(sql`update reviews set assignee_id = ${assigneeId}, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** What a review hangs on: when that goes, the review does. */
export interface Withdrawal {
  readonly reasons?: readonly ReviewReason[]
  readonly workerIds?: readonly string[]
  readonly credentialIds?: readonly string[]
  readonly fetchRequestId?: string
  readonly subject?: { readonly type: string; readonly id: string }
}

/** Those that wait and meet all that is said. @returns their ids */
export async function withdrawWaiting(
  { tx, organisationId, now }: WriteContext,
  { reasons, workerIds, credentialIds, fetchRequestId, subject }: Withdrawal,
): Promise<string[]> {
  const parts: Sql[] = [sql`r.organisation_id = ${organisationId}`, waits]
  if (reasons) parts.push(sql`r.reason = any (${reasons}::text[])`)
  if (workerIds) parts.push(sql`r.worker_id = any (${workerIds}::text[])`)
  if (credentialIds) parts.push(sql`r.credential_id = any (${credentialIds}::text[])`)
  if (fetchRequestId !== undefined) parts.push(sql`r.fetch_request_id = ${fetchRequestId}`)
  if (subject) parts.push(sql`r.subject_type = ${subject.type} and r.subject_id = ${subject.id}`)
  const rows = await tx.rows<{
    id: string
  }>(sql`update reviews r set status = 'WITHDRAWN', decision = null, decision_reason = null,
      corrected = null, decided_by_kind = null, decided_by_id = null, decided_at = null, first_by_kind = null, first_by_id = null,
      first_at = null, updated_at = ${now}
    where ${sql.join(parts, sql` and `)} returning r.id`)
  return rows.map(({ id }) => id)
}

export interface ReviewPage {
  readonly limit: number
  readonly offset: number
  readonly after: { readonly at: Date; readonly id: string } | null
  readonly counting: Counting
}

/** @param filter.assignee an id, or `none` */
function conditions(organisationId: string, filter: ReviewFilter): Sql {
  const parts: Sql[] = [sql`r.organisation_id = ${organisationId}`]
  if (filter.status) parts.push(sql`r.status = ${filter.status}`)
  // Said beside the one status too: the indexes of what waits are known by it.
  if (
    filter.status === 'OPEN' ||
    filter.status === 'AWAITING_SECOND' ||
    (!filter.status && !filter.updatedSince)
  )
    parts.push(waits)
  if (filter.reason) parts.push(sql`r.reason = ${filter.reason}`)
  if (filter.assignee === 'none') parts.push(sql`r.assignee_id is null`)
  else if (filter.assignee !== undefined) parts.push(sql`r.assignee_id = ${filter.assignee}`)
  if (filter.updatedSince) parts.push(sql`r.updated_at >= ${filter.updatedSince}`)
  return sql.join(parts, sql` and `)
}

/** In the order of the turn, then id; with `updatedSince` of the change. */
export async function findReviews(
  { tx, organisationId }: ReadContext,
  filter: ReviewFilter,
  page: ReviewPage,
): Promise<{ reviews: Review[]; total: Total }> {
  const where = conditions(organisationId, filter)
  const by = filter.updatedSince ? sql`r.updated_at` : sql`r.turn_at`
  const behind = page.after
    ? sql`and (${by}, r.id) > (${page.after.at}::timestamptz, ${page.after.id})`
    : sql``
  // The page first, the names after: joined the other way round they would be looked up for what is passed over too.
  const rows = await tx.rows<ReviewRow>(sql`with found as materialized (
      select r.* from reviews r where ${where} ${behind} order by ${by}, r.id limit ${page.limit} offset ${page.offset})
    select ${columns} from found r ${withNames} order by ${by}, r.id`)
  const countable = {
    rows: sql`from reviews r where ${where}`,
    all: sql`from reviews r where r.organisation_id = ${organisationId}`,
    sizeKey: `reviews:${organisationId}`,
  }
  const total = await totalBeside(tx, countable, { ...page, found: rows.length })
  return { reviews: rows.map(present), total }
}
