/** The table `user_sessions`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database, type Sql } from '../../platform/db/database.ts'
import { sessionIdleMs } from './users.rules.ts'
import type { Role, Session, SignInMethod } from './users.schema.ts'

export async function insertSession(
  { tx, organisationId, now }: WriteContext,
  session: {
    readonly id: string
    readonly userId: string
    readonly hash: Buffer
    readonly methods: readonly SignInMethod[]
    readonly address: string
    readonly userAgent: string | null
    readonly expiresAt: Date
  },
): Promise<void> {
  await tx.run(sql`insert into user_sessions (organisation_id, id, user_id, hash, methods, address, user_agent, created_at, last_used_at, expires_at)
    values (${organisationId}, ${session.id}, ${session.userId}, ${session.hash}, ${[...session.methods]}::text[], ${session.address},
      ${session.userAgent}, ${now}, ${now}, ${session.expiresAt})`)
}

export interface SessionRow {
  readonly organisationId: string
  readonly id: string
  readonly userId: string
  readonly role: Role
  readonly isUsable: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

/** Before a scope is known: the cookie is what tells the organisation and the user. */
export function unscopedSession(db: Database, hash: Buffer): Promise<SessionRow | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne<SessionRow>(
      sql`select s.organisation_id as "organisationId", s.id, s.user_id as "userId", u.role,
        not u.is_disabled and u.joined_at is not null and u.deleted_at is null as "isUsable",
        s.created_at as "createdAt", s.last_used_at as "lastUsedAt", s.expires_at as "expiresAt"
      from user_sessions s join users u on u.organisation_id = s.organisation_id and u.id = s.user_id where s.hash = ${hash}`,
      'unscopedSession',
    ),
  )
}

export async function touchSession(
  { tx, organisationId, now }: WriteContext,
  id: string,
  notSince: Date,
): Promise<void> {
  await tx.run(sql`update user_sessions set last_used_at = ${now}
    where organisation_id = ${organisationId} and id = ${id} and last_used_at <= ${notSince}`)
}

export function sessionTimes(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<{ userId: string; createdAt: Date; expiresAt: Date } | undefined> {
  return tx.maybeOne(sql`select user_id as "userId", created_at as "createdAt", expires_at as "expiresAt" from user_sessions
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** @param userId everybody's when undefined */
function alive(
  { organisationId, now }: ReadContext,
  userId: string | undefined,
  since: Date | undefined,
): Sql {
  const idleSince = new Date(now.getTime() - sessionIdleMs)
  return sql`organisation_id = ${organisationId} and expires_at > ${now} and last_used_at > ${idleSince}
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`} ${since === undefined ? sql`` : sql`and last_used_at >= ${since}`}`
}

interface SessionShown {
  readonly id: string
  readonly userId: string
  readonly methods: SignInMethod[]
  readonly address: string
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

const shownColumns = sql`id, user_id as "userId", methods, address, user_agent as "userAgent", created_at as "createdAt",
  last_used_at as "lastUsedAt", expires_at as "expiresAt"`

function present({ id, ...shown }: SessionShown, currentId: string | undefined): Session {
  return { id, lastUpdated: shown.lastUsedAt, attributes: { ...shown, isCurrent: id === currentId } }
}

/** The newest first. */
export async function findSessions(
  ctx: ReadContext,
  filter: { readonly userId: string | undefined; readonly since: Date | undefined },
  page: { readonly limit: number; readonly offset: number; readonly after: { at: Date; id: string } | null },
  currentId: string | undefined,
): Promise<{ sessions: Session[]; total: number }> {
  const is = alive(ctx, filter.userId, filter.since)
  const behind = page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``
  const rows = await ctx.tx.rows<SessionShown>(
    sql`select ${shownColumns} from user_sessions where ${is} ${behind} order by created_at desc, id desc limit ${page.limit} offset ${page.offset}`,
  )
  const { total } = await ctx.tx.one<{ total: number }>(
    sql`select count(*) as total from user_sessions where ${is}`,
  )
  return { total, sessions: rows.map((row) => present(row, currentId)) }
}

export async function findSession(
  ctx: ReadContext,
  id: string,
  currentId: string | undefined,
): Promise<Session | undefined> {
  const row = await ctx.tx.maybeOne<SessionShown>(
    sql`select ${shownColumns} from user_sessions where ${alive(ctx, undefined, undefined)} and id = ${id}`,
  )
  return row && present(row, currentId)
}

/** Whose it was; undefined when it is not there. */
export async function deleteSession(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ userId: string }>(
    sql`delete from user_sessions where organisation_id = ${organisationId} and id = ${id} returning user_id as "userId"`,
  )
  return row?.userId
}

/** @param exceptId a session that stays */
export function deleteSessionsOf(
  { tx, organisationId }: WriteContext,
  userId: string,
  exceptId?: string,
): Promise<number> {
  return tx.run(sql`delete from user_sessions where organisation_id = ${organisationId} and user_id = ${userId}
    ${exceptId === undefined ? sql`` : sql`and id <> ${exceptId}`}`)
}

/** Those of a user that are over: cleared away when they sign in anew. */
export async function deleteEndedSessions(
  { tx, organisationId, now }: WriteContext,
  userId: string,
): Promise<void> {
  await tx.run(sql`delete from user_sessions where organisation_id = ${organisationId} and user_id = ${userId}
    and (expires_at <= ${now} or last_used_at <= ${new Date(now.getTime() - sessionIdleMs)})`)
}
