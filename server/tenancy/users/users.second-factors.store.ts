/** The tables `user_second_factors` and `user_recovery_codes`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { SecondFactor } from './users.second-factors.schema.ts'

export async function deleteFactorsOf(ctx: WriteContext, userId: string): Promise<void> {
  await deleteRecoveryCodes(ctx, userId)
  await ctx.tx.run(
    sql`delete from user_second_factors where organisation_id = ${ctx.organisationId} and user_id = ${userId}`,
  )
}

export async function deleteRecoveryCodes(
  { tx, organisationId }: WriteContext,
  userId: string,
): Promise<void> {
  await tx.run(
    sql`delete from user_recovery_codes where organisation_id = ${organisationId} and user_id = ${userId}`,
  )
}

export async function insertRecoveryCodes(
  { tx, organisationId }: WriteContext,
  userId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  for (const hash of hashes)
    await tx.run(
      sql`insert into user_recovery_codes (organisation_id, user_id, hash) values (${organisationId}, ${userId}, ${hash})`,
    )
}

/** Uses a code up; false when there is none like it. */
export async function takeRecoveryCode(
  { tx, organisationId }: WriteContext,
  userId: string,
  hash: Buffer,
): Promise<boolean> {
  const taken = await tx.run(
    sql`delete from user_recovery_codes where organisation_id = ${organisationId} and user_id = ${userId} and hash = ${hash}`,
  )
  return taken === 1
}

export async function countRecoveryCodes(
  { tx, organisationId }: ReadContext,
  userId: string,
): Promise<number> {
  const { left } = await tx.one<{ left: number }>(
    sql`select count(*) as left from user_recovery_codes where organisation_id = ${organisationId} and user_id = ${userId}`,
  )
  return left
}

interface FactorShown {
  readonly id: string
  readonly kind: 'TOTP' | 'PASSKEY'
  readonly name: string
  readonly confirmedAt: Date | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** The oldest first. */
export async function findFactors(
  { tx, organisationId }: ReadContext,
  userId: string,
): Promise<SecondFactor[]> {
  const rows =
    await tx.rows<FactorShown>(sql`select id, kind, name, confirmed_at as "confirmedAt", created_at as "createdAt",
      last_used_at as "lastUsedAt" from user_second_factors
    where organisation_id = ${organisationId} and user_id = ${userId} order by created_at, id`)
  return rows.map(({ id, confirmedAt, ...shown }) => ({
    id,
    lastUpdated: shown.lastUsedAt ?? confirmedAt ?? shown.createdAt,
    attributes: { ...shown, isConfirmed: confirmedAt !== null },
  }))
}

export async function deleteFactor(
  { tx, organisationId }: WriteContext,
  userId: string,
  id: string,
): Promise<void> {
  await tx.run(
    sql`delete from user_second_factors where organisation_id = ${organisationId} and user_id = ${userId} and id = ${id}`,
  )
}

export async function insertTotp(
  { tx, organisationId, now }: WriteContext,
  totp: {
    readonly id: string
    readonly userId: string
    readonly name: string
    readonly wrappedSecret: Buffer
  },
): Promise<void> {
  // One that was begun and never confirmed gives way.
  await tx.run(sql`delete from user_second_factors where organisation_id = ${organisationId} and user_id = ${totp.userId}
    and kind = 'TOTP' and confirmed_at is null`)
  await tx.run(sql`insert into user_second_factors (organisation_id, id, user_id, kind, name, wrapped_secret, created_at)
    values (${organisationId}, ${totp.id}, ${totp.userId}, 'TOTP', ${totp.name}, ${totp.wrappedSecret}, ${now})`)
}

export interface TotpRow {
  readonly id: string
  readonly wrappedSecret: Buffer
  readonly lastStep: number | null
}

/** Locked, so that one code is used once whatever runs at the same time. */
export function lockTotps(
  { tx, organisationId }: WriteContext,
  userId: string,
  isConfirmed: boolean,
): Promise<TotpRow[]> {
  return tx.rows<TotpRow>(sql`select id, wrapped_secret as "wrappedSecret", last_step as "lastStep" from user_second_factors
    where organisation_id = ${organisationId} and user_id = ${userId} and kind = 'TOTP' and (confirmed_at is not null) = ${isConfirmed}
    order by id for update`)
}

export async function useTotp(
  { tx, organisationId, now }: WriteContext,
  id: string,
  step: number,
): Promise<void> {
  await tx.run(sql`update user_second_factors set last_step = ${step}, last_used_at = ${now}, confirmed_at = coalesce(confirmed_at, ${now})
    where organisation_id = ${organisationId} and id = ${id}`)
}

export async function insertPasskey(
  { tx, organisationId, now }: WriteContext,
  passkey: {
    readonly id: string
    readonly userId: string
    readonly name: string
    readonly credentialId: string
    readonly publicKey: Buffer
    readonly signCount: number
    readonly transports: readonly string[]
  },
): Promise<void> {
  await tx.run(sql`insert into user_second_factors
      (organisation_id, id, user_id, kind, name, credential_id, public_key, sign_count, transports, confirmed_at, created_at)
    values (${organisationId}, ${passkey.id}, ${passkey.userId}, 'PASSKEY', ${passkey.name}, ${passkey.credentialId},
      ${passkey.publicKey}, ${passkey.signCount}, ${[...passkey.transports]}::text[], ${now}, ${now})`)
}

export interface PasskeyRow {
  readonly id: string
  readonly userId: string
  readonly publicKey: Buffer
  readonly signCount: number
}

/** Locked, so that its counter only goes up. */
export function lockPasskey(
  { tx, organisationId }: WriteContext,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  return tx.maybeOne<PasskeyRow>(sql`select id, user_id as "userId", public_key as "publicKey", sign_count as "signCount"
    from user_second_factors where organisation_id = ${organisationId} and credential_id = ${credentialId} for update`)
}

export async function usePasskey(
  { tx, organisationId, now }: WriteContext,
  id: string,
  signCount: number,
): Promise<void> {
  await tx.run(sql`update user_second_factors set sign_count = ${signCount}, last_used_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export async function passkeysOf(
  { tx, organisationId }: ReadContext,
  userId: string,
): Promise<{ id: string; transports: string[] }[]> {
  return tx.rows(sql`select credential_id as id, transports from user_second_factors
    where organisation_id = ${organisationId} and user_id = ${userId} and kind = 'PASSKEY' order by id`)
}

/** Before a scope is known: whose passkey it is. */
export function unscopedPasskeyUser(
  db: Database,
  credentialId: string,
): Promise<{ organisationId: string; userId: string } | undefined> {
  return db.unscoped((tx) =>
    tx.maybeOne(sql`select organisation_id as "organisationId", user_id as "userId" from user_second_factors
      where credential_id = ${credentialId}`),
  )
}
