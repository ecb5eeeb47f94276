/** The table `access_tokens`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { Grants } from './access.schema.ts'

export interface TokenRow {
  readonly id: string
  readonly organisationId: string
  readonly grants: Grants
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

export async function insertToken(
  ctx: WriteContext,
  row: {
    readonly id: string
    readonly name: string
    readonly hash: Buffer
    readonly lastFour: string
    readonly grants: Grants
    readonly expiresAt: Date | null
  },
): Promise<void> {
  await ctx.tx
    .run(sql`insert into access_tokens (organisation_id, id, name, hash, last_four, grants, expires_at, created_at)
    values (${ctx.organisationId}, ${row.id}, ${row.name}, ${row.hash}, ${row.lastFour}, ${JSON.stringify(row.grants)}::jsonb, ${row.expiresAt}, ${ctx.now})`)
}

/** Before a scope is known: the token is what tells the organisation. */
export function unscopedToken(db: Database, hash: Buffer): Promise<TokenRow | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne<TokenRow>(sql`select id, organisation_id as "organisationId", grants, expires_at as "expiresAt", revoked_at as "revokedAt"
      from access_tokens where hash = ${hash}`),
  )
}

export async function revokeToken(ctx: WriteContext, id: string): Promise<boolean> {
  return (
    (await ctx.tx.run(sql`update access_tokens set revoked_at = ${ctx.now}
      where organisation_id = ${ctx.organisationId} and id = ${id} and revoked_at is null`)) === 1
  )
}

export interface TokenSummary {
  readonly id: string
  readonly name: string
  readonly lastFour: string
  readonly grants: Grants
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly rotatedAt: Date | null
  readonly createdAt: Date
}

const columns = sql`id, name, last_four as "lastFour", grants, expires_at as "expiresAt", revoked_at as "revokedAt",
  rotated_at as "rotatedAt", created_at as "createdAt"`

export function tokenRows({ tx, organisationId }: ReadContext): Promise<TokenSummary[]> {
  return tx.rows<TokenSummary>(sql`select ${columns} from access_tokens where organisation_id = ${organisationId}
    order by created_at, id`)
}

export function tokenById(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<TokenSummary | undefined> {
  return tx.maybeOne<TokenSummary>(
    sql`select ${columns} from access_tokens where organisation_id = ${organisationId} and id = ${id}`,
  )
}

/** The same, locked until the transaction ends. */
export function lockToken(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<TokenSummary | undefined> {
  return tx.maybeOne<TokenSummary>(
    sql`select ${columns} from access_tokens where organisation_id = ${organisationId} and id = ${id} for update`,
  )
}

/** Puts a new secret in the place of the old one. */
export async function replaceSecret(
  ctx: WriteContext,
  id: string,
  hash: Buffer,
  lastFour: string,
): Promise<void> {
  await ctx.tx
    .run(sql`update access_tokens set hash = ${hash}, last_four = ${lastFour}, rotated_at = ${ctx.now}
    where organisation_id = ${ctx.organisationId} and id = ${id}`)
}

export async function tokenGrants(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<Grants | undefined> {
  const row = await tx.maybeOne<{ grants: Grants }>(sql`select grants from access_tokens
    where organisation_id = ${organisationId} and id = ${id} and revoked_at is null`)
  return row?.grants
}
