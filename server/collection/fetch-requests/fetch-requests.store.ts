/** The tables `fetch_requests` and `fetch_request_history`, one request at a time. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { DisputeKind, LockReason, RequestRow } from './fetch-requests.schema.ts'
import type { Status } from './fetch-requests.states.rules.ts'

export const columns = sql`f.id, f.worker_id as "workerId", w.display_name as "workerName", f.display_name as "displayName", f.message,
  f.requested_types as "requestedTypes", f.requirements, f.guiding_texts as "guidingTexts", f.expiry_days as "expiryDays", f.channel,
  f.email_address as "emailAddress", f.generation, f.link_key_version as "linkKeyVersion", f.token_expires_at as "tokenExpiresAt",
  f.issued_at as "issuedAt", f.reminders_sent as "remindersSent", f.automatic_reminders as "automaticReminders",
  f.last_mail_at as "lastMailAt", f.delivery_problem as "deliveryProblem", f.status, f.furthest, f.initiated_at as "initiatedAt",
  f.sent_at as "sentAt", f.opened_at as "openedAt", f.submitted_at as "submittedAt", f.completed_at as "completedAt",
  f.cancelled_at as "cancelledAt", f.expired_at as "expiredAt", f.identity_tries as "identityTries",
  f.privacy_notice_version as "privacyNoticeVersion", f.created_at as "createdAt", f.updated_at as "updatedAt", f.deleted_at as "deletedAt",
  f.locked_at as "lockedAt", f.dispute_kind as "disputeKind", f.dispute_detail as "disputeDetail", f.disputed_at as "disputedAt",
  f.handed_in_at as "handedInAt", w.deleted_at as "workerDeletedAt", w.status as "workerStatus"`

export const withWorker = sql`join workers w on w.organisation_id = f.organisation_id and w.id = f.worker_id`

/** Deleted ones too. */
export function findRequest(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<RequestRow | undefined> {
  return tx.maybeOne<RequestRow>(
    sql`select ${columns} from fetch_requests f ${withWorker} where f.organisation_id = ${organisationId} and f.id = ${id}`,
    'findFetchRequest',
  )
}

/** The same, locked against every other change until the transaction ends. */
export function lockRequest(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<RequestRow | undefined> {
  return tx.maybeOne<RequestRow>(
    sql`select ${columns} from fetch_requests f ${withWorker} where f.organisation_id = ${organisationId} and f.id = ${id} for update of f`,
  )
}

/** What a change may write; what is absent stays. */
export interface RequestChange {
  readonly message?: string | null
  readonly expiryDays?: number
  readonly generation?: number
  readonly linkKeyVersion?: number
  readonly tokenHash?: Buffer
  readonly tokenExpiresAt?: Date
  readonly issuedAt?: Date
  readonly emailAddress?: string | null
  readonly remindersSent?: number
  readonly automaticReminders?: number
  readonly lastMailAt?: Date | null
  readonly deliveryProblem?: string | null
  readonly status?: Status
  readonly furthest?: Status
  readonly initiatedAt?: Date
  readonly sentAt?: Date
  readonly openedAt?: Date
  readonly submittedAt?: Date | null
  readonly completedAt?: Date
  readonly cancelledAt?: Date
  readonly expiredAt?: Date | null
  readonly identityTries?: number
  readonly privacyNoticeVersion?: string | null
  readonly deletedAt?: Date | null
  readonly lockedAt?: Date | null
  readonly lockReason?: LockReason | null
  readonly disputeKind?: DisputeKind
  readonly disputeDetail?: string | null
  readonly disputedAt?: Date
  readonly handedInAt?: Date | null
}

const columnOf: Readonly<Record<keyof RequestChange, string>> = {
  message: 'message',
  expiryDays: 'expiry_days',
  generation: 'generation',
  linkKeyVersion: 'link_key_version',
  tokenHash: 'token_hash',
  tokenExpiresAt: 'token_expires_at',
  issuedAt: 'issued_at',
  emailAddress: 'email_address',
  remindersSent: 'reminders_sent',
  automaticReminders: 'automatic_reminders',
  lastMailAt: 'last_mail_at',
  deliveryProblem: 'delivery_problem',
  status: 'status',
  furthest: 'furthest',
  initiatedAt: 'initiated_at',
  sentAt: 'sent_at',
  openedAt: 'opened_at',
  submittedAt: 'submitted_at',
  completedAt: 'completed_at',
  cancelledAt: 'cancelled_at',
  expiredAt: 'expired_at',
  identityTries: 'identity_tries',
  privacyNoticeVersion: 'privacy_notice_version',
  deletedAt: 'deleted_at',
  lockedAt: 'locked_at',
  lockReason: 'lock_reason',
  disputeKind: 'dispute_kind',
  disputeDetail: 'dispute_detail',
  disputedAt: 'disputed_at',
  handedInAt: 'handed_in_at',
}

export async function updateRequest(
  { tx, organisationId, now }: WriteContext,
  id: string,
  change: RequestChange,
): Promise<void> {
  const sets = Object.entries(change).map(
    ([name, value]) => sql`${sql.ref(columnOf[name as keyof RequestChange])} = ${value}`,
  )
  await tx.run(sql`update fetch_requests set ${sql.join([...sets, sql`updated_at = ${now}`])}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export interface HistoryEntry {
  readonly id: string
  readonly at: Date
  readonly place: number
  readonly cause: string
  readonly from: Status | null
  readonly to: Status
  readonly actorKind: string
  readonly actorId: string | null
  readonly channel: string
  readonly facts: Readonly<Record<string, unknown>>
}

export async function insertHistory(
  ctx: WriteContext,
  id: string,
  entry: {
    readonly cause: string
    readonly from: Status | null
    readonly to: Status
    readonly facts: object
  },
): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  await tx.run(sql`insert into fetch_request_history (organisation_id, fetch_request_id, id, at, cause, from_status, to_status, actor_kind, actor_id, channel, facts)
    values (${organisationId}, ${id}, ${ctx.newId('fetchRequestEvent')}, ${now}, ${entry.cause}, ${entry.from}, ${entry.to},
      ${actor.kind}, ${actor.id}, ${channel}, ${JSON.stringify(entry.facts)}::jsonb)`)
}

/** In the order in which it happened. */
export async function findHistory(
  { tx, organisationId }: ReadContext,
  id: string,
  page: { readonly limit: number; readonly offset: number; readonly after: number | null },
): Promise<{ entries: HistoryEntry[]; total: number }> {
  const of = sql`from fetch_request_history where organisation_id = ${organisationId} and fetch_request_id = ${id}`
  const entries =
    await tx.rows<HistoryEntry>(sql`select id, at, place, cause, from_status as "from", to_status as "to",
      actor_kind as "actorKind", actor_id as "actorId", channel, facts ${of}
    ${page.after === null ? sql`` : sql`and place > ${page.after}`} order by place limit ${page.limit} offset ${page.offset}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total ${of}`)
  return { entries, total }
}

/** Before a scope is known: whose request a link leads to. */
export async function unscopedRequestOf(
  db: Database,
  hash: Buffer,
): Promise<{ organisationId: string; id: string } | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne<{ organisationId: string; id: string }>(
      sql`select organisation_id as "organisationId", id from fetch_requests where token_hash = ${hash}`,
      'unscopedFetchRequest',
    ),
  )
}
