/**
 * Partners: issuers that push credentials to people, and how their systems are known (spec 80, OAuth).
 *
 * Owns: partners, their data keys, their clients, secrets and access tokens. Words: a *client* is a system of a partner; its
 * *secret* is shown once. Promises: only hashes of secrets and tokens are kept; two secrets of a client are live at most;
 * a partner's scope comes from its token alone.
 */
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import { systemCaller } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { nearest } from '../../platform/nearest.ts'
import { rewrapKeys } from '../../platform/rewrap-keys.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hashToken, newKey, newToken, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import { foldText } from '../../platform/text.ts'
import { grantedScopes, refusal, type TokenRefusal, type TokenRequest } from './partners.oauth.rules.ts'
import type { PartnerScope } from './partners.schema.ts'
import * as store from './partners.store.ts'

export type { ClientRow, PartnerRow, SecretRow } from './partners.store.ts'
export { partnerRow } from './partners.store.ts'

/** Seconds. Long enough for a night's batch, short enough that one that leaked is soon worth nothing. */
export const tokenSeconds = 1_800
const secretsMax = 2
/** The daily look at what lies in a partner's storage without a name. */
export const dailyTimer = 'partners.daily'
const dayMs = 86_400_000

const keyPurpose = (partnerId: string): string => `partner:${partnerId}`

/** Wraps every partner's data key by the master key in force, where another one wrapped it; how many. */
export async function rewrapPartners(runtime: Runtime, caller: Caller): Promise<number> {
  return rewrapKeys(runtime, caller, await store.unscopedPartners(runtime.db), {
    purpose: keyPurpose,
    entityType: 'partner',
    locked: store.lockedWrappedKey,
    set: store.setWrappedKey,
  })
}

/** The partner's data key (32 bytes), unwrapped. NOT_FOUND when there is no such partner. */
export async function partnerKeyWithin(runtime: Runtime, ctx: ReadContext): Promise<Buffer> {
  const wrapped = await store.wrappedKey(ctx)
  if (!wrapped) throw new AppError('NOT_FOUND', 'There is no such partner.')
  return unwrapKey(runtime.masterKeys, keyPurpose(ctx.organisationId), wrapped)
}

export interface NewClient {
  readonly partnerId: string
  readonly clientId: string
  /** In this answer and nowhere else. */
  readonly clientSecret: string
}

function partnerName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > 200)
    throw new AppError('VALIDATION_FAILED', 'A partner needs a name of 1 to 200 characters.')
  if (/^prt_[0-9A-Za-z]{16}$/.test(name))
    throw new AppError('VALIDATION_FAILED', 'A name must not look like an id.')
  return name
}

/** Makes a partner with a scope, a data key and a first client. Refuses a name that is taken (case and accents apart). */
export async function createPartner(
  runtime: Runtime,
  caller: Caller,
  input: {
    readonly name: string
    readonly scopes: readonly PartnerScope[]
    /** Makes it a sandbox. */
    readonly testHolderId?: string
  },
): Promise<NewClient> {
  const name = partnerName(input.name)
  const id = newId('partner')
  try {
    return await runtime.write(id, caller, async (ctx) => {
      await store.insertPartner(ctx, {
        name,
        nameFolded: foldText(name),
        wrappedKey: wrapKey(runtime.masterKey, keyPurpose(id), newKey()),
        testHolderId: input.testHolderId ?? null,
      })
      await ctx.audit({ entityType: 'partner', entityId: id, action: 'create' })
      await setDaily(ctx)
      return addClient(ctx, { name, scopes: input.scopes })
    })
  } catch (error) {
    if (brokenUnique(error) === undefined) throw error
    throw new AppError('NAME_TAKEN', `There is a partner called "${name}" already.`, { cause: error })
  }
}

async function setDaily(ctx: WriteContext): Promise<void> {
  const dueAt = new Date(ctx.now.getTime() + dayMs)
  await ctx.setTimer({ kind: dailyTimer, subjectId: ctx.organisationId, dueAt })
}

/** Has the storage looked at for what nothing names, and comes again in a day. */
export async function runDaily(ctx: WriteContext): Promise<void> {
  await store.deleteExpiredTokens(ctx)
  await ctx.enqueue('storage.sweepOrphans', ctx.organisationId)
  await setDaily(ctx)
}

/** By id or by name (case and accents apart). */
export async function findPartner(runtime: Runtime, idOrName: string): Promise<store.PartnerRow> {
  const all = await store.unscopedPartners(runtime.db)
  const folded = foldText(idOrName)
  const found = all.find((one) => one.id === idOrName) ?? all.find((one) => foldText(one.name) === folded)
  if (found) return found
  const near = nearest(
    idOrName,
    all.map((one) => one.name),
  )
  throw new AppError(
    'NOT_FOUND',
    `There is no partner "${idOrName}"${near ? `. Did you mean "${near}"?` : '.'}`,
  )
}

/** All of the installation, oldest first: for the operator. */
export function listPartners(runtime: Runtime): Promise<store.PartnerRow[]> {
  return store.unscopedPartners(runtime.db)
}

/** Another system of the partner, with a first secret. */
export async function addClient(
  ctx: WriteContext,
  input: { readonly name: string; readonly scopes: readonly PartnerScope[] },
): Promise<NewClient> {
  const name = input.name.trim()
  if (name === '' || name.length > 200)
    throw new AppError('VALIDATION_FAILED', 'A client needs a name of 1 to 200 characters.')
  const clientId = ctx.newId('partnerClient')
  await store.insertClient(ctx, { id: clientId, name, scopes: input.scopes })
  const clientSecret = await addSecret(ctx, clientId)
  await ctx.audit({
    entityType: 'partner',
    entityId: clientId,
    action: 'client.create',
    changes: { scopes: input.scopes },
  })
  return { partnerId: ctx.organisationId, clientId, clientSecret }
}

async function addSecret(ctx: WriteContext, clientId: string): Promise<string> {
  const secret = newToken('vps')
  await store.insertSecret(ctx, {
    id: ctx.newId('partnerSecret'),
    clientId,
    hash: hashToken(secret),
    lastFour: secret.slice(-4),
  })
  return secret
}

async function lockedClient(ctx: WriteContext, clientId: string): Promise<store.ClientRow> {
  const client = await store.lockClient(ctx, clientId)
  if (!client) throw new AppError('NOT_FOUND', `The partner has no client ${clientId}.`)
  return client
}

export interface ClientOverview extends store.ClientRow {
  readonly secrets: readonly store.SecretRow[]
}

/** The partner's clients, the oldest first, each with its live secrets. */
export async function listClients(ctx: ReadContext): Promise<ClientOverview[]> {
  const clients = await store.clientRows(ctx)
  return Promise.all(clients.map(async (one) => ({ ...one, secrets: await store.liveSecrets(ctx, one.id) })))
}

/**
 * A new secret beside the one in use, which stays live until the next rotation or until it is retired. An older one than that is
 * dead with the commit. NOT_FOUND.
 */
export async function rotateSecret(ctx: WriteContext, clientId: string): Promise<NewClient> {
  await lockedClient(ctx, clientId)
  const live = await store.liveSecrets(ctx, clientId)
  await store.retireSecrets(
    ctx,
    live.slice(secretsMax - 1).map(({ id }) => id),
  )
  const clientSecret = await addSecret(ctx, clientId)
  await ctx.audit({ entityType: 'partner', entityId: clientId, action: 'client.rotateSecret' })
  return { partnerId: ctx.organisationId, clientId, clientSecret }
}

/** Ends a rotation: all but the newest secret are dead with the commit. The number that were live. NOT_FOUND. */
export async function retireOldSecrets(ctx: WriteContext, clientId: string): Promise<number> {
  await lockedClient(ctx, clientId)
  const live = await store.liveSecrets(ctx, clientId)
  const retired = await store.retireSecrets(
    ctx,
    live.slice(1).map(({ id }) => id),
  )
  await ctx.audit({
    entityType: 'partner',
    entityId: clientId,
    action: 'client.retireSecrets',
    changes: { retired },
  })
  return retired
}

/**
 * What the client may do from now on, tokens that are out included, and whether it may do anything: a disabled one gets no
 * tokens, and its present ones are dead with the commit. NOT_FOUND.
 */
export async function changeClient(
  ctx: WriteContext,
  clientId: string,
  change: { readonly scopes?: readonly PartnerScope[]; readonly isEnabled?: boolean },
): Promise<void> {
  const client = await lockedClient(ctx, clientId)
  const { scopes = client.scopes, isEnabled = client.disabledAt === null } = change
  await store.setClient(ctx, clientId, { scopes, disabledAt: isEnabled ? null : ctx.now })
  if (!isEnabled) await store.deleteTokensOf(ctx, clientId)
  await ctx.audit({
    entityType: 'partner',
    entityId: clientId,
    action: 'client.update',
    changes: { scopes, isEnabled },
  })
}

export interface IssuedToken {
  readonly token: string
  readonly expiresIn: number
  readonly scopes: readonly PartnerScope[]
}

/** A token for a client that proves its secret (RFC 6749, section 4.4), or why not. */
export async function issueToken(
  runtime: Runtime,
  request: TokenRequest,
  requestId: string,
): Promise<IssuedToken | TokenRefusal> {
  const { clientId, clientSecret } = request
  // What cannot be an id or a secret of ours is not asked about.
  const client =
    /^pcl_[0-9A-Za-z]{16}$/.test(clientId) && /^vps_[0-9A-Za-z]{32}$/.test(clientSecret)
      ? await store.unscopedClientBySecret(runtime.db, clientId, hashToken(clientSecret))
      : undefined
  if (!client)
    return refusal('invalid_client', 'The client is unknown or disabled, or its secret is another one.')
  const scopes = grantedScopes(request.scopes, client.scopes)
  if ('error' in scopes) return scopes
  const token = newToken('vpt')
  const caller: Caller = { actor: { kind: 'PARTNER', id: clientId }, channel: 'API', requestId }
  await runtime.write(client.partnerId, caller, async (ctx) => {
    await store.deleteExpiredTokens(ctx)
    await store.insertToken(ctx, {
      id: ctx.newId('partnerToken'),
      clientId,
      hash: hashToken(token),
      scopes,
      expiresAt: new Date(ctx.now.getTime() + tokenSeconds * 1_000),
    })
  })
  return { token, expiresIn: tokenSeconds, scopes }
}

/** Whom a partner's access token speaks for. */
export interface PartnerPrincipal {
  readonly partnerId: string
  readonly clientId: string
  readonly tokenId: string
  readonly scopes: readonly PartnerScope[]
}

/** PARTNER_TOKEN_INVALID, with no word on why, for a header that is absent, malformed, forged, expired, or a disabled client's. */
export async function authenticatePartner(
  runtime: Runtime,
  authorization: string | undefined,
): Promise<PartnerPrincipal> {
  const token = /^bearer +(vpt_[0-9A-Za-z]{32})$/i.exec(authorization?.trim() ?? '')?.[1]
  const row = token === undefined ? undefined : await store.unscopedToken(runtime.db, hashToken(token))
  if (!row || row.expiresAt <= runtime.clock.now())
    throw new AppError('PARTNER_TOKEN_INVALID', 'The request has no access token that is valid.')
  return { partnerId: row.partnerId, clientId: row.clientId, tokenId: row.id, scopes: row.scopes }
}

/** Refuses with SCOPE_MISSING, naming every one that the token lacks. */
export function requireScopes(principal: PartnerPrincipal, needed: readonly PartnerScope[]): void {
  const missingScopes = [...new Set(needed)].filter((one) => !principal.scopes.includes(one))
  if (missingScopes.length === 0) return
  throw new AppError('SCOPE_MISSING', `The access token lacks: ${missingScopes.join(' ')}.`, {
    extra: { missingScopes },
  })
}

export function partnerCaller({ clientId }: PartnerPrincipal, requestId: string): Caller {
  return { actor: { kind: 'PARTNER', id: clientId }, channel: 'API', requestId }
}

/** Whose client it is; undefined for an unknown one. */
export function partnerOfClient(runtime: Runtime, clientId: string): Promise<string | undefined> {
  return store.unscopedPartnerOfClient(runtime.db, clientId)
}

/** The partner as it is. */
export function getPartner(runtime: Runtime, partnerId: string): Promise<store.PartnerRow> {
  return runtime.read(partnerId, systemCaller, (ctx) => store.partnerRow(ctx))
}
