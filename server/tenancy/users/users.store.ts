/** The tables `users` and `user_links`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database, type Sql } from '../../platform/db/database.ts'
import {
  foldEmail,
  type ListPage,
  type Role,
  type User,
  type UserFilter,
  type UserState,
} from './users.schema.ts'

interface UserShown {
  readonly id: string
  readonly email: string
  readonly email_folded: string
  readonly display_name: string
  readonly role: Role
  readonly state: UserState
  readonly has_password: boolean
  readonly has_second_factor: boolean
  readonly has_single_sign_on: boolean
  readonly last_signed_in_at: Date | null
  readonly updated_at: Date
  readonly deleted_at: Date | null
}

const state = sql`case when u.is_disabled then 'DISABLED' when u.joined_at is null then 'INVITED' else 'ACTIVE' end`
const columns = sql`u.id, u.email, u.email_folded, u.display_name, u.role, ${state} as state, u.password_hash is not null as has_password,
  u.oidc_subject is not null as has_single_sign_on, u.updated_at, u.deleted_at,
  exists (select from user_second_factors f where f.organisation_id = u.organisation_id and f.user_id = u.id and f.confirmed_at is not null)
    as has_second_factor,
  (select max(s.created_at) from user_sessions s where s.organisation_id = u.organisation_id and s.user_id = u.id) as last_signed_in_at`

function present(row: UserShown): User {
  return {
    id: row.id,
    lastUpdated: row.updated_at,
    sortKey: [row.email_folded, row.id],
    attributes: {
      email: row.email,
      displayName: row.display_name,
      role: row.role,
      state: row.state,
      hasPassword: row.has_password,
      hasSecondFactor: row.has_second_factor,
      hasSingleSignOn: row.has_single_sign_on,
      lastSignedInAt: row.last_signed_in_at,
      deletedAt: row.deleted_at,
    },
  }
}

export async function findUser(
  { tx, organisationId }: ReadContext,
  id: string,
  options: { readonly includeDeleted?: boolean } = {},
): Promise<User | undefined> {
  const row = await tx.maybeOne<UserShown>(sql`select ${columns} from users u
    where u.organisation_id = ${organisationId} and u.id = ${id} ${options.includeDeleted ? sql`` : sql`and u.deleted_at is null`}`)
  return row && present(row)
}

function conditions(organisationId: string, filter: UserFilter): Sql {
  const parts: Sql[] = [sql`u.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`u.deleted_at is null`)
  if (filter.role) parts.push(sql`u.role = ${filter.role}`)
  if (filter.state) parts.push(sql`${state} = ${filter.state}`)
  if (filter.email !== undefined) parts.push(sql`u.email_folded = ${foldEmail(filter.email)}`)
  if (filter.updatedSince) parts.push(sql`u.updated_at >= ${filter.updatedSince}`)
  return sql.join(parts, sql` and `)
}

/** In the order of the e-mail. */
export async function findUsers(
  { tx, organisationId }: ReadContext,
  filter: UserFilter,
  page: ListPage,
): Promise<User[]> {
  const behind = page.after ? sql`and (u.email_folded, u.id) > (${page.after[0]}, ${page.after[1]})` : sql``
  const rows = await tx.rows<UserShown>(sql`select ${columns} from users u
    where ${conditions(organisationId, filter)} ${behind}
    order by u.email_folded, u.id limit ${page.limit} offset ${page.offset}`)
  return rows.map(present)
}

export async function countUsers({ tx, organisationId }: ReadContext, filter: UserFilter): Promise<number> {
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from users u where ${conditions(organisationId, filter)}`,
  )
  return total
}

/** Who can sign in, of these roles, in the order of the e-mail. */
export function activeUsers(
  { tx, organisationId }: ReadContext,
  roles: readonly Role[],
): Promise<{ email: string; displayName: string }[]> {
  return tx.rows(sql`select email, display_name as "displayName" from users where organisation_id = ${organisationId}
    and role = any (${roles}::text[]) and not is_disabled and joined_at is not null and deleted_at is null order by email_folded`)
}

/** What signing in and changing need to know. */
export interface UserRow {
  readonly id: string
  readonly email: string
  readonly displayName: string
  readonly role: Role
  readonly isDisabled: boolean
  readonly joinedAt: Date | null
  readonly passwordHash: string | null
}

const rowColumns = sql`u.id, u.email, u.display_name as "displayName", u.role, u.is_disabled as "isDisabled", u.joined_at as "joinedAt",
  u.password_hash as "passwordHash"`

export function userRow(
  { tx, organisationId }: ReadContext,
  id: string,
  options: { readonly isLocked?: boolean } = {},
): Promise<UserRow | undefined> {
  return tx.maybeOne<UserRow>(sql`select ${rowColumns} from users u
    where u.organisation_id = ${organisationId} and u.id = ${id} and u.deleted_at is null ${options.isLocked ? sql`for update` : sql``}`)
}

export async function userIdByEmail(
  { tx, organisationId }: ReadContext,
  email: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select id from users
    where organisation_id = ${organisationId} and email_folded = ${foldEmail(email)} and deleted_at is null`)
  return row?.id
}

/** By who they are at the provider of single sign-on. */
export async function userIdByOidc(
  { tx, organisationId }: ReadContext,
  oidc: { readonly issuer: string; readonly subject: string },
): Promise<string | undefined> {
  const row = await tx.maybeOne<{
    id: string
  }>(sql`select id from users where organisation_id = ${organisationId}
    and oidc_issuer = ${oidc.issuer} and oidc_subject = ${oidc.subject} and deleted_at is null`)
  return row?.id
}

/** By address, of those whom the provider has not named yet. */
export async function userIdForFirstOidc(
  { tx, organisationId }: ReadContext,
  email: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{
    id: string
  }>(sql`select id from users where organisation_id = ${organisationId}
    and email_folded = ${foldEmail(email)} and oidc_subject is null and deleted_at is null`)
  return row?.id
}

export async function insertUser(
  { tx, organisationId, now }: WriteContext,
  user: { readonly id: string; readonly email: string; readonly displayName: string; readonly role: Role },
): Promise<void> {
  await tx.run(sql`insert into users (organisation_id, id, email, email_folded, display_name, role, is_disabled, created_at, updated_at)
    values (${organisationId}, ${user.id}, ${user.email}, ${foldEmail(user.email)}, ${user.displayName}, ${user.role}, false, ${now}, ${now})`)
}

export async function updateUser(
  { tx, organisationId, now }: WriteContext,
  id: string,
  values: {
    readonly role?: Role
    readonly isDisabled?: boolean
    readonly displayName?: string
    readonly email?: string
    readonly joinedAt?: Date
    readonly passwordHash?: string | null
    readonly deletedAt?: Date
    readonly oidc?: { readonly issuer: string; readonly subject: string }
  },
): Promise<void> {
  const set: Sql[] = [sql`updated_at = ${now}`]
  if (values.role !== undefined) set.push(sql`role = ${values.role}`)
  if (values.isDisabled !== undefined) set.push(sql`is_disabled = ${values.isDisabled}`)
  if (values.displayName !== undefined) set.push(sql`display_name = ${values.displayName}`)
  if (values.email !== undefined)
    set.push(sql`email = ${values.email}, email_folded = ${foldEmail(values.email)}`)
  if (values.joinedAt !== undefined) set.push(sql`joined_at = ${values.joinedAt}`)
  if (values.passwordHash !== undefined) set.push(sql`password_hash = ${values.passwordHash}`)
  if (values.deletedAt !== undefined) set.push(sql`deleted_at = ${values.deletedAt}`)
  if (values.oidc !== undefined)
    set.push(sql`oidc_issuer = ${values.oidc.issuer}, oidc_subject = ${values.oidc.subject}`)
  await tx.run(
    sql`update users set ${sql.join(set)} where organisation_id = ${organisationId} and id = ${id}`,
  )
}

/**
 * Holds every other change of who owns the organisation until the transaction ends, and counts the owners that can sign in
 * beside this user.
 */
export async function otherOwners({ tx, organisationId }: WriteContext, id: string): Promise<number> {
  const rows = await tx.rows<{
    id: string
  }>(sql`select id from users where organisation_id = ${organisationId}
    and role = 'owner' and not is_disabled and joined_at is not null and deleted_at is null order by id for update`)
  return rows.filter((row) => row.id !== id).length
}

/** Before a scope is known: whose the address is. */
export function unscopedUsersByEmail(
  db: Database,
  email: string,
): Promise<{ organisationId: string; id: string }[]> {
  return db.unscoped((tx) =>
    tx.rows(sql`select organisation_id as "organisationId", id from users
      where email_folded = ${foldEmail(email)} and deleted_at is null order by organisation_id limit 20`),
  )
}

export type LinkKind = 'INVITATION' | 'PASSWORD_RESET'

/** The old link of this kind dies. */
export async function replaceLink(
  ctx: WriteContext,
  link: {
    readonly id: string
    readonly userId: string
    readonly kind: LinkKind
    readonly hash: Buffer
    readonly expiresAt: Date
  },
): Promise<void> {
  await deleteLinks(ctx, link.userId, link.kind)
  await ctx.tx
    .run(sql`insert into user_links (organisation_id, id, user_id, kind, hash, created_at, expires_at)
    values (${ctx.organisationId}, ${link.id}, ${link.userId}, ${link.kind}, ${link.hash}, ${ctx.now}, ${link.expiresAt})`)
}

/** @param kind all kinds when absent */
export async function deleteLinks(
  { tx, organisationId }: WriteContext,
  userId: string,
  kind?: LinkKind,
): Promise<void> {
  await tx.run(sql`delete from user_links where organisation_id = ${organisationId} and user_id = ${userId}
    ${kind === undefined ? sql`` : sql`and kind = ${kind}`}`)
}

export function linkOf(
  { tx, organisationId }: ReadContext,
  userId: string,
  kind: LinkKind,
): Promise<{ createdAt: Date; expiresAt: Date } | undefined> {
  return tx.maybeOne(sql`select created_at as "createdAt", expires_at as "expiresAt" from user_links
    where organisation_id = ${organisationId} and user_id = ${userId} and kind = ${kind}`)
}

/** Takes the link out, so that it serves once, whatever runs at the same time. */
export function takeLink(
  { tx, organisationId }: WriteContext,
  hash: Buffer,
  kind: LinkKind,
): Promise<{ userId: string; expiresAt: Date } | undefined> {
  return tx.maybeOne(sql`delete from user_links where organisation_id = ${organisationId} and hash = ${hash} and kind = ${kind}
    returning user_id as "userId", expires_at as "expiresAt"`)
}

/** Before a scope is known: whose link it is. */
export async function unscopedLinkOrganisation(db: Database, hash: Buffer): Promise<string | undefined> {
  const row = await db.unscoped((tx) =>
    tx.maybeOne<{ organisationId: string }>(
      sql`select organisation_id as "organisationId" from user_links where hash = ${hash}`,
    ),
  )
  return row?.organisationId
}
