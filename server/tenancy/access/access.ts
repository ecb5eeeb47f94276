/**
 * Access: who may ask for what.
 *
 * Owns: access tokens. Words: a *principal* is whom a token speaks for; a *grant* is entity type × operation. Promises:
 * only a token's hash is kept; an organisation comes from the token alone, never from what is asked.
 */
import { AppError } from '../../platform/errors.ts'
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hashToken, newToken } from '../../platform/secrets.ts'
import { holdsGrant, type EntityType, type Grants, type Verb } from './access.schema.ts'
import * as store from './access.store.ts'

export type { TokenSummary } from './access.store.ts'

export interface Principal {
  readonly organisationId: string
  readonly tokenId: string
  readonly grants: Grants
}

/** Makes a token; its text is in the answer and nowhere else. */
export async function createToken(
  ctx: WriteContext,
  input: {
    readonly name: string
    readonly grants: Grants
    readonly expiresInMs?: number
    /** Instead of `expiresInMs`; null = no end. */
    readonly expiresAt?: Date | null
  },
): Promise<{ id: string; token: string }> {
  const name = input.name.trim()
  if (name === '' || name.length > 200)
    throw new AppError('VALIDATION_FAILED', 'A token needs a name of 1 to 200 characters.')
  const token = newToken('vs')
  const id = ctx.newId('token')
  const expiresAt =
    input.expiresInMs === undefined
      ? (input.expiresAt ?? null)
      : new Date(ctx.now.getTime() + input.expiresInMs)
  if (expiresAt !== null && expiresAt <= ctx.now) {
    const detail = 'A token cannot have expired before it is made.'
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/expiresAt', code: 'EXPIRED', detail }],
    })
  }
  await store.insertToken(ctx, {
    id,
    name,
    hash: hashToken(token),
    lastFour: token.slice(-4),
    grants: input.grants,
    expiresAt,
  })
  await ctx.audit({
    entityType: 'settings',
    entityId: id,
    action: 'createToken',
    changes: { grants: input.grants, expiresAt },
  })
  return { id, token }
}

/**
 * Takes effect with the commit on this node, within a second on others (see `remembered`). Refuses a token that is not there
 * or revoked already.
 */
export async function revokeToken(ctx: WriteContext, id: string): Promise<void> {
  forget(id)
  if (!(await store.revokeToken(ctx, id)))
    throw new AppError('NOT_FOUND', 'There is no such token, or it is revoked already.')
  await ctx.audit({ entityType: 'settings', entityId: id, action: 'revokeToken' })
}

/** All of them, the oldest first, revoked ones too. */
export function listTokens(ctx: ReadContext): Promise<store.TokenSummary[]> {
  return store.tokenRows(ctx)
}

/** NOT_FOUND for another organisation's, a revoked and an unknown one alike. */
export async function getToken(ctx: ReadContext, id: string): Promise<store.TokenSummary> {
  const token = await store.tokenById(ctx, id)
  if (!token || token.revokedAt !== null) throw new AppError('NOT_FOUND', 'There is no such token.')
  return token
}

/** The same, locked until the transaction ends. */
export async function lockedToken(ctx: WriteContext, id: string): Promise<store.TokenSummary> {
  const token = await store.lockToken(ctx, id)
  if (!token || token.revokedAt !== null) throw new AppError('NOT_FOUND', 'There is no such token.')
  return token
}

/** Gives a token a new secret, in the answer and nowhere else; the old one is dead with the commit. */
export async function rotateToken(ctx: WriteContext, id: string): Promise<{ id: string; token: string }> {
  await lockedToken(ctx, id)
  forget(id)
  const token = newToken('vs')
  await store.replaceSecret(ctx, id, hashToken(token), token.slice(-4))
  await ctx.audit({ entityType: 'settings', entityId: id, action: 'rotateToken' })
  return { id, token }
}

/**
 * Tokens that were found good a moment ago. A busy client asks hundreds of times a second, and asking the database first who
 * it is would double what each request costs. The price: another node refuses a revoked token a second later.
 */
const remembered = new Map<string, { readonly row: store.TokenRow; readonly until: number }>()
const rememberedMs = 1_000
const rememberedMax = 10_000
/** Being revoked by this node: not to be remembered while the revocation is on its way to its commit. */
const forgotten = new Map<string, number>()
const forgottenMs = 10_000

function forget(id: string): void {
  const now = performance.now()
  for (const [known, until] of forgotten) if (until < now) forgotten.delete(known)
  forgotten.set(id, now + forgottenMs)
  for (const [key, { row }] of remembered) if (row.id === id) remembered.delete(key)
}

async function tokenRow(runtime: Runtime, token: string): Promise<store.TokenRow | undefined> {
  const hash = hashToken(token)
  const key = hash.toString('base64')
  const now = performance.now()
  const known = remembered.get(key)
  if (known && known.until > now) return known.row
  const row = await store.unscopedToken(runtime.db, hash)
  if (!row || row.revokedAt !== null || forgotten.has(row.id)) remembered.delete(key)
  else {
    if (remembered.size >= rememberedMax) remembered.clear()
    remembered.set(key, { row, until: now + rememberedMs })
  }
  return row
}

/**
 * Whom an `Authorization` header speaks for. TOKEN_MISSING without one; TOKEN_INVALID, with no word on why, for one that
 * is malformed, unknown, expired or revoked.
 */
export async function authenticate(runtime: Runtime, header: string | undefined): Promise<Principal> {
  if (header === undefined || header.trim() === '')
    throw new AppError('TOKEN_MISSING', 'The request has no access token.')
  const token = /^bearer +(vs_[0-9A-Za-z]{20,100})$/i.exec(header.trim())?.[1]
  const row = token === undefined ? undefined : await tokenRow(runtime, token)
  if (!row || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= runtime.clock.now())) {
    throw new AppError('TOKEN_INVALID', 'The access token is not valid.')
  }
  return { organisationId: row.organisationId, tokenId: row.id, grants: row.grants }
}

/** Refuses with GRANT_MISSING, naming the grant. The same for tokens and for the roles of users. */
export function requireGrant(holder: { readonly grants: Grants }, entity: EntityType, verb: Verb): void {
  if (!holdsGrant(holder.grants, entity, verb)) {
    throw new AppError(
      'GRANT_MISSING',
      `This needs the grant ${entity}:${verb}, which the access token or role lacks.`,
      { extra: { grant: `${entity}:${verb}` } },
    )
  }
}

/** What a token may do; nothing when it is not there or revoked. */
export async function grantsOfToken(ctx: ReadContext, id: string): Promise<Grants> {
  return (await store.tokenGrants(ctx, id)) ?? {}
}

export function callerOf(principal: Principal, requestId: string): Caller {
  return { actor: { kind: 'TOKEN', id: principal.tokenId }, channel: 'API', requestId }
}
