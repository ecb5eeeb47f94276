/** The tables `partners`, `partner_clients`, `partner_client_secrets` and `partner_access_tokens`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { PartnerScope } from './partners.schema.ts'

export interface PartnerRow {
  readonly id: string
  readonly name: string
  /** Of a sandbox; null elsewhere. */
  readonly testHolderId: string | null
}

export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly scopes: readonly PartnerScope[]
  readonly disabledAt: Date | null
  readonly createdAt: Date
}

export interface SecretRow {
  readonly id: string
  readonly clientId: string
  readonly lastFour: string
  readonly createdAt: Date
}

export async function insertPartner(
  ctx: WriteContext,
  row: {
    readonly name: string
    readonly nameFolded: string
    readonly wrappedKey: Buffer
    readonly testHolderId: string | null
  },
): Promise<void> {
  await ctx.tx
    .run(sql`insert into partners (partner_id, name, name_folded, wrapped_key, test_holder_id, created_at)
    values (${ctx.organisationId}, ${row.name}, ${row.nameFolded}, ${row.wrappedKey}, ${row.testHolderId}, ${ctx.now})`)
}

/** Before a scope is known: names and ids only. */
export function unscopedPartners(db: Database): Promise<PartnerRow[]> {
  return db.unscoped((tx) =>
    tx.rows<PartnerRow>(
      sql`select partner_id as id, name, test_holder_id as "testHolderId" from partners order by created_at, partner_id`,
    ),
  )
}

export function partnerRow({ tx, organisationId }: ReadContext): Promise<PartnerRow> {
  return tx.one<PartnerRow>(
    sql`select partner_id as id, name, test_holder_id as "testHolderId" from partners where partner_id = ${organisationId}`,
  )
}

/** Locked until the transaction ends, so that it is wrapped anew once. */
export async function lockedWrappedKey({ tx, organisationId }: WriteContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from partners where partner_id = ${organisationId} for update`,
  )
  return row?.wrapped_key
}

export async function setWrappedKey({ tx, organisationId }: WriteContext, wrappedKey: Buffer): Promise<void> {
  await tx.run(sql`update partners set wrapped_key = ${wrappedKey} where partner_id = ${organisationId}`)
}

export async function wrappedKey({ tx, organisationId }: ReadContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from partners where partner_id = ${organisationId}`,
  )
  return row?.wrapped_key
}

export async function insertClient(
  ctx: WriteContext,
  row: { readonly id: string; readonly name: string; readonly scopes: readonly PartnerScope[] },
): Promise<void> {
  await ctx.tx.run(sql`insert into partner_clients (partner_id, id, name, scopes, created_at)
    values (${ctx.organisationId}, ${row.id}, ${row.name}, ${[...row.scopes]}::text[], ${ctx.now})`)
}

const clientColumns = sql`id, name, scopes, disabled_at as "disabledAt", created_at as "createdAt"`

export function clientRows({ tx, organisationId }: ReadContext): Promise<ClientRow[]> {
  return tx.rows<ClientRow>(sql`select ${clientColumns} from partner_clients
    where partner_id = ${organisationId} order by created_at, id`)
}

/** Locked until the transaction ends: a client's secrets change one after the other. */
export function lockClient({ tx, organisationId }: WriteContext, id: string): Promise<ClientRow | undefined> {
  return tx.maybeOne<ClientRow>(sql`select ${clientColumns} from partner_clients
    where partner_id = ${organisationId} and id = ${id} for update`)
}

export async function setClient(
  { tx, organisationId }: WriteContext,
  id: string,
  row: { readonly scopes: readonly PartnerScope[]; readonly disabledAt: Date | null },
): Promise<void> {
  await tx.run(sql`update partner_clients set scopes = ${[...row.scopes]}::text[], disabled_at = ${row.disabledAt}
    where partner_id = ${organisationId} and id = ${id}`)
}

export async function insertSecret(
  ctx: WriteContext,
  row: { readonly id: string; readonly clientId: string; readonly hash: Buffer; readonly lastFour: string },
): Promise<void> {
  await ctx.tx
    .run(sql`insert into partner_client_secrets (partner_id, id, client_id, hash, last_four, created_at)
    values (${ctx.organisationId}, ${row.id}, ${row.clientId}, ${row.hash}, ${row.lastFour}, ${ctx.now})`)
}

/** The newest first. */
export function liveSecrets({ tx, organisationId }: ReadContext, clientId: string): Promise<SecretRow[]> {
  return tx.rows<SecretRow>(sql`select id, client_id as "clientId", last_four as "lastFour", created_at as "createdAt"
    from partner_client_secrets where partner_id = ${organisationId} and client_id = ${clientId} and retired_at is null
    order by created_at desc, id desc`)
}

export async function retireSecrets(ctx: WriteContext, ids: readonly string[]): Promise<number> {
  return ctx.tx.run(sql`update partner_client_secrets set retired_at = ${ctx.now}
    where partner_id = ${ctx.organisationId} and id = any (${[...ids]}::text[]) and retired_at is null`)
}

export interface KnownClient {
  readonly partnerId: string
  readonly clientId: string
  readonly scopes: readonly PartnerScope[]
}

/** Before a scope is known: whose secret it is. Of clients that are enabled. */
export function unscopedClientBySecret(
  db: Database,
  clientId: string,
  hash: Buffer,
): Promise<KnownClient | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne<KnownClient>(sql`select c.partner_id as "partnerId", c.id as "clientId", c.scopes
      from partner_client_secrets s join partner_clients c on c.partner_id = s.partner_id and c.id = s.client_id
      where s.hash = ${hash} and s.client_id = ${clientId} and s.retired_at is null and c.disabled_at is null`),
  )
}

/** Before a scope is known: whose client it is, also one that is disabled by now. */
export async function unscopedPartnerOfClient(db: Database, clientId: string): Promise<string | undefined> {
  const row = await db.unscoped((tx) =>
    tx.maybeOne<{ partnerId: string }>(
      sql`select partner_id as "partnerId" from partner_clients where id = ${clientId}`,
    ),
  )
  return row?.partnerId
}

export async function insertToken(
  ctx: WriteContext,
  row: {
    readonly id: string
    readonly clientId: string
    readonly hash: Buffer
    readonly scopes: readonly PartnerScope[]
    readonly expiresAt: Date
  },
): Promise<void> {
  await ctx.tx
    .run(sql`insert into partner_access_tokens (partner_id, id, client_id, hash, scopes, created_at, expires_at)
    values (${ctx.organisationId}, ${row.id}, ${row.clientId}, ${row.hash}, ${[...row.scopes]}::text[], ${ctx.now}, ${row.expiresAt})`)
}

/** Those that are over go whenever a new one is made: nobody needs them. */
export async function deleteExpiredTokens({ tx, organisationId, now }: WriteContext): Promise<void> {
  await tx.run(
    sql`delete from partner_access_tokens where partner_id = ${organisationId} and expires_at <= ${now}`,
  )
}

export async function deleteTokensOf({ tx, organisationId }: WriteContext, clientId: string): Promise<void> {
  await tx.run(
    sql`delete from partner_access_tokens where partner_id = ${organisationId} and client_id = ${clientId}`,
  )
}

export interface TokenRow extends KnownClient {
  readonly id: string
  readonly expiresAt: Date
}

/** Before a scope is known. What the client may not do any more, its tokens may not either. */
export function unscopedToken(db: Database, hash: Buffer): Promise<TokenRow | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne<TokenRow>(
      sql`select t.partner_id as "partnerId", t.id, t.client_id as "clientId", t.expires_at as "expiresAt",
        array(select unnest(t.scopes) intersect select unnest(c.scopes)) as scopes
      from partner_access_tokens t join partner_clients c on c.partner_id = t.partner_id and c.id = t.client_id
      where t.hash = ${hash} and c.disabled_at is null`,
    ),
  )
}
