/** The tables `sftp_accounts` and `sftp_account_keys`, and the installation's own journal of refused logins. */
import type { Channel, ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Tx } from '../../platform/db/database.ts'
import type { AccountKey, AccountRecord, LoginAccount, LoginRequirement } from './file-exchange.schema.ts'

export interface NewAccount {
  readonly id: string
  readonly username: string
  readonly usernameFolded: string
  readonly passwordHash: string | null
  readonly requires: LoginRequirement
  readonly allowedAddresses: readonly string[]
}

export async function insertAccount(ctx: WriteContext, account: NewAccount): Promise<void> {
  await ctx.tx.run(sql`insert into sftp_accounts
    (organisation_id, id, username, username_folded, password_hash, requires, is_enabled, allowed_addresses, created_at)
    values (${ctx.organisationId}, ${account.id}, ${account.username}, ${account.usernameFolded}, ${account.passwordHash},
      ${account.requires}, true, ${account.allowedAddresses}::text[], ${ctx.now})`)
}

export async function insertKey(ctx: WriteContext, accountId: string, key: AccountKey): Promise<void> {
  await ctx.tx.run(sql`insert into sftp_account_keys
    (organisation_id, account_id, fingerprint, algorithm, public_key, comment, created_at)
    values (${ctx.organisationId}, ${accountId}, ${key.fingerprint}, ${key.algorithm}, ${key.publicKey}, ${key.comment}, ${ctx.now})`)
}

const columns = sql`a.id, a.username, a.requires, a.is_enabled as "isEnabled",
  a.password_hash is not null as "hasPassword", a.allowed_addresses as "allowedAddresses", a.created_at as "createdAt",
  coalesce(a.updated_at, a.created_at) as "updatedAt", a.deleted_at as "deletedAt",
  coalesce((select jsonb_agg(jsonb_build_object('fingerprint', k.fingerprint, 'algorithm', k.algorithm, 'comment', k.comment)
      order by k.created_at, k.fingerprint)
    from sftp_account_keys k where k.organisation_id = a.organisation_id and k.account_id = a.id), '[]') as keys`

/** By name, deleted ones too. */
export function accountRows({ tx, organisationId }: ReadContext): Promise<AccountRecord[]> {
  return tx.rows<AccountRecord>(sql`select ${columns} from sftp_accounts a where a.organisation_id = ${organisationId}
    order by a.username_folded, a.id`)
}

export function accountById(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<AccountRecord | undefined> {
  return tx.maybeOne<AccountRecord>(
    sql`select ${columns} from sftp_accounts a where a.organisation_id = ${organisationId} and a.id = ${id}`,
  )
}

/** Holds the account against other changes until the transaction ends. */
export async function lockAccount({ tx, organisationId }: WriteContext, id: string): Promise<void> {
  await tx.run(
    sql`select 1 from sftp_accounts where organisation_id = ${organisationId} and id = ${id} for update`,
  )
}

/** @param passwordHash undefined keeps what is there */
export async function updateAccount(
  { tx, organisationId, now }: WriteContext,
  id: string,
  values: {
    readonly requires: LoginRequirement
    readonly isEnabled: boolean
    readonly allowedAddresses: readonly string[]
    readonly passwordHash: string | null | undefined
    readonly deletedAt: Date | null
  },
): Promise<void> {
  const password = values.passwordHash === undefined ? sql`password_hash` : sql`${values.passwordHash}`
  await tx.run(sql`update sftp_accounts set requires = ${values.requires}, is_enabled = ${values.isEnabled},
      allowed_addresses = ${values.allowedAddresses}::text[], password_hash = ${password}, deleted_at = ${values.deletedAt},
      updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export async function removeKeys({ tx, organisationId }: WriteContext, accountId: string): Promise<void> {
  await tx.run(
    sql`delete from sftp_account_keys where organisation_id = ${organisationId} and account_id = ${accountId}`,
  )
}

const loginColumns = sql`a.organisation_id as "organisationId", a.id, a.username, a.requires, a.is_enabled as "isEnabled",
  a.password_hash as "passwordHash", a.allowed_addresses as "allowedAddresses",
  array(select k.fingerprint from sftp_account_keys k where k.organisation_id = a.organisation_id and k.account_id = a.id
    order by k.fingerprint) as fingerprints,
  array(select k.public_key from sftp_account_keys k where k.organisation_id = a.organisation_id and k.account_id = a.id
    order by k.fingerprint) as "publicKeys"`

type LoginRow = Omit<LoginAccount, 'keys'> & {
  readonly fingerprints: readonly string[]
  readonly publicKeys: readonly Buffer[]
}

const loginAccount = ({ fingerprints, publicKeys, ...account }: LoginRow): LoginAccount => ({
  ...account,
  keys: fingerprints.map((fingerprint, index) => ({ fingerprint, publicKey: publicKeys[index] as Buffer })),
})

/**
 * Across organisations, as the narrow role: a login names no organisation. One statement whatever is found, so that time
 * does not tell whether there is such an account.
 */
export async function unscopedAccountByName(
  tx: Tx,
  usernameFolded: string,
): Promise<LoginAccount | undefined> {
  const row = await tx.maybeOne<LoginRow>(sql`select ${loginColumns} from sftp_accounts a
    where a.username_folded = ${usernameFolded} and a.deleted_at is null`)
  return row && loginAccount(row)
}

/** The same for accounts that are logged in, of any organisation; those that were deleted are left out. */
export async function unscopedAccountsById(
  tx: Tx,
  accounts: readonly { readonly organisationId: string; readonly id: string }[],
): Promise<LoginAccount[]> {
  const rows = await tx.rows<LoginRow>(sql`select ${loginColumns} from sftp_accounts a
    join unnest(${accounts.map((one) => one.organisationId)}::text[], ${accounts.map((one) => one.id)}::text[])
      as wanted(organisation_id, id) on a.organisation_id = wanted.organisation_id and a.id = wanted.id
    where a.deleted_at is null`)
  return rows.map(loginAccount)
}

/** What belongs to no organisation: a login under an unknown name, a ban. */
export async function insertOperatorEntry(
  tx: Tx,
  entry: {
    id: string
    at: Date
    channel: Channel
    action: string
    detail: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  await tx.run(sql`insert into operator_audit_entries (id, at, channel, action, detail)
    values (${entry.id}, ${entry.at}, ${entry.channel}, ${entry.action}, ${JSON.stringify(entry.detail)}::jsonb)`)
}
