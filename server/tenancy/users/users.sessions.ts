/**
 * Sessions: where users are signed in.
 *
 * Promises: the cookie's secret is new at every sign-in and only its hash is kept; a session that is ended, or whose user is
 * disabled or deleted, is refused from the commit on, by every node; it ends after 12 hours without use and after 30 days.
 */
import type { Config } from '../../platform/config.ts'
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hashToken, keyedHash } from '../../platform/secrets.ts'
import { grantsOfRole, type Role } from '../access/access.roles.rules.ts'
import type { Grants } from '../access/access.schema.ts'
import { organisationName } from '../organisations/organisations.ts'
import { newSecret } from './users.links.ts'
import {
  cookie,
  isSessionOver,
  lastUsedEveryMs,
  sessionCookie,
  sessionMs,
  shortUserAgent,
} from './users.rules.ts'
import type { MeAttributes, Session, SignInMethod } from './users.schema.ts'
import * as store from './users.sessions.store.ts'
import { findUser } from './users.store.ts'

/** Whom a session speaks for. */
export interface SignedIn {
  readonly organisationId: string
  readonly userId: string
  readonly sessionId: string
  readonly role: Role
  readonly grants: Grants
  readonly csrfToken: string
}

/** Where a sign-in comes from. */
export interface Origin {
  readonly address: string
  readonly userAgent: string | null
  readonly requestId: string | null
  /** The secret of a session that the browser had: it ends when another begins. */
  readonly formerSecret: string | undefined
}

export function userCaller(userId: string, requestId: string | null): Caller {
  return { actor: { kind: 'USER', id: userId }, channel: 'API', requestId }
}

/** Only a page that may read our answers can know it; it tells nothing about the secret. */
function csrfTokenOf(secret: string): string {
  return keyedHash(Buffer.from(secret), 'csrf token', '').toString('base64url')
}

const secretShape = /^[\w-]{43}$/

/** Refuses (SESSION_INVALID), with no word on why, what is no session any more. */
export async function authenticateSession(runtime: Runtime, secret: string): Promise<SignedIn> {
  const row = secretShape.test(secret)
    ? await store.unscopedSession(runtime.db, hashToken(secret))
    : undefined
  const now = runtime.clock.now()
  if (!row || !row.isUsable || isSessionOver(row, now))
    throw new AppError('SESSION_INVALID', 'The session is over.')
  const { organisationId, id, userId, role } = row
  const notSince = new Date(now.getTime() - lastUsedEveryMs)
  if (row.lastUsedAt <= notSince)
    await runtime.write(organisationId, userCaller(userId, null), (ctx) =>
      store.touchSession(ctx, id, notSince),
    )
  return {
    organisationId,
    userId,
    sessionId: id,
    role,
    grants: grantsOfRole(role),
    csrfToken: csrfTokenOf(secret),
  }
}

export interface Started {
  readonly sessionId: string
  readonly userId: string
  readonly secret: string
  readonly csrfToken: string
}

/** Begins a session, in the unit of work that found out who it is. */
export async function startSession(
  ctx: WriteContext,
  userId: string,
  methods: readonly SignInMethod[],
  from: Origin,
): Promise<Started> {
  const secret = newSecret()
  const sessionId = ctx.newId('session')
  await store.deleteEndedSessions(ctx, userId)
  await store.insertSession(ctx, {
    id: sessionId,
    userId,
    hash: hashToken(secret),
    methods,
    address: from.address,
    userAgent: shortUserAgent(from.userAgent),
    expiresAt: new Date(ctx.now.getTime() + sessionMs),
  })
  await ctx.audit({
    entityType: 'user',
    entityId: userId,
    action: 'signIn',
    changes: { session: sessionId, methods },
  })
  return { sessionId, userId, secret, csrfToken: csrfTokenOf(secret) }
}

/** What the browser had before a sign-in ends with it: nobody goes on with a session that was slipped to them. */
export async function endFormerSession(runtime: Runtime, { formerSecret, requestId }: Origin): Promise<void> {
  if (formerSecret === undefined || !secretShape.test(formerSecret)) return
  const row = await store.unscopedSession(runtime.db, hashToken(formerSecret))
  if (!row) return
  await runtime.write(row.organisationId, userCaller(row.userId, requestId), (ctx) => endSession(ctx, row.id))
}

export interface Me {
  readonly id: string
  readonly attributes: MeAttributes
  readonly lastUpdated: Date
}

/** The signed-in user, what they may do, and the token for what they change. */
export async function describeMe(
  ctx: ReadContext,
  session: { readonly id: string; readonly userId: string; readonly csrfToken: string },
): Promise<Me> {
  const user = await findUser(ctx, session.userId)
  const times = await store.sessionTimes(ctx, session.id)
  // Ended between the request's first look and this one.
  if (!user || !times) throw new AppError('SESSION_INVALID', 'The session is over.')
  const { createdAt, expiresAt } = times
  return {
    id: user.id,
    lastUpdated: user.lastUpdated,
    attributes: {
      ...user.attributes,
      organisation: { id: ctx.organisationId, name: await organisationName(ctx) },
      grants: grantsOfRole(user.attributes.role) as MeAttributes['grants'],
      csrfToken: session.csrfToken,
      session: { id: session.id, createdAt, expiresAt },
    },
  }
}

export interface SessionFilter {
  /** Everybody's when undefined. */
  readonly userId: string | undefined
  readonly since: Date | undefined
}

/** Those that are not over, the newest first. */
export function listSessions(
  ctx: ReadContext,
  filter: SessionFilter,
  page: { readonly limit: number; readonly offset: number; readonly after: { at: Date; id: string } | null },
  currentId: string | undefined,
): Promise<{ sessions: Session[]; total: number }> {
  return store.findSessions(ctx, filter, page, currentId)
}

/** NOT_FOUND also for one of another organisation, and for one that is over. */
export async function getSession(ctx: ReadContext, id: string, currentId?: string): Promise<Session> {
  const session = await store.findSession(ctx, id, currentId)
  if (!session) throw new AppError('NOT_FOUND', 'There is no such session.')
  return session
}

/** Whether it is there and this user's. */
export async function isSessionOf(
  ctx: ReadContext,
  id: string,
  userId: string | undefined,
): Promise<boolean> {
  return userId !== undefined && (await store.sessionTimes(ctx, id))?.userId === userId
}

/** The session of a route that has one. */
export function ownSession<Own>(session: Own | null | undefined): Own {
  if (!session) throw new AppError('SESSION_REQUIRED', 'This is for signed-in users.')
  return session
}

/** Takes effect with the commit. NOT_FOUND when it is over already. */
export async function endSession(ctx: WriteContext, id: string): Promise<void> {
  const userId = await store.deleteSession(ctx, id)
  if (userId === undefined) throw new AppError('NOT_FOUND', 'There is no such session.')
  await ctx.audit({ entityType: 'user', entityId: userId, action: 'endSession', changes: { session: id } })
}

const isSecure = (config: Config): boolean => publicUrlOf(config).startsWith('https:')

/** The cookie of a session, as long as the session can last. */
export function cookieOf(config: Config, secret: string): string {
  return cookie(sessionCookie, secret, { isSecure: isSecure(config), maxAgeSeconds: sessionMs / 1_000 })
}

/** Takes the cookie away from the browser. */
export function noCookie(config: Config): string {
  return cookie(sessionCookie, '', { isSecure: isSecure(config), maxAgeSeconds: 0 })
}
