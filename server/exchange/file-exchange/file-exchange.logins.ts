/** Logins to the file exchange and the sessions that they open: who is let in, what is entered in the journals, and when it ends. */
import { addressList } from '../../platform/address-list.ts'
import type { Caller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import * as store from './file-exchange.accounts.store.ts'
import { usernamePattern, type LoginAccount } from './file-exchange.schema.ts'

/**
 * Why a session that was opened may not go on, now that its account is another; undefined when it may.
 * @param by what it logged in with: `password`, `publickey SHA256:…`, or both
 */
export function reasonToEnd(
  opened: { readonly account: LoginAccount; readonly by: readonly string[]; readonly address: string },
  now: LoginAccount | undefined,
): string | undefined {
  if (!now) return 'DELETED'
  if (!now.isEnabled) return 'DISABLED'
  if (!isAddressAllowed(now, opened.address)) return 'ADDRESS'
  const hasPassword = opened.by.includes('password')
  const fingerprint = opened.by.find((one) => one !== 'password')?.replace(/^publickey /, '')
  if (hasPassword && now.passwordHash !== opened.account.passwordHash) return 'PASSWORD'
  if (fingerprint !== undefined && !now.keys.some((key) => key.fingerprint === fingerprint)) return 'KEY'
  const needs = { KEY: ['key'], PASSWORD: ['password'], BOTH: ['key', 'password'], EITHER: [] }[now.requires]
  const has = { key: fingerprint !== undefined, password: hasPassword }
  return needs.every((need) => has[need as keyof typeof has]) ? undefined : 'REQUIRES'
}

/** How those accounts are now; those that are gone are left out. For the sessions of a node, of any organisation. */
export function unscopedAccounts(
  runtime: Runtime,
  accounts: readonly Pick<LoginAccount, 'organisationId' | 'id'>[],
): Promise<LoginAccount[]> {
  return runtime.db.unscoped((tx) => store.unscopedAccountsById(tx, accounts))
}

/** A session that was ended because of `reasonToEnd`. */
export async function recordSessionEnd(
  runtime: Runtime,
  caller: Caller,
  account: LoginAccount,
  fact: { readonly reason: string; readonly address: string },
): Promise<void> {
  await runtime.write(account.organisationId, caller, (ctx) =>
    ctx.audit({ entityType: 'sftpAccount', entityId: account.id, action: 'session-ended', changes: fact }),
  )
}

/** For a login, which names no organisation. Whether there is such an account must not be told to the client. */
export function unscopedFindAccount(runtime: Runtime, username: string): Promise<LoginAccount | undefined> {
  if (!usernamePattern.test(username)) return Promise.resolve(undefined)
  return runtime.db.unscoped((tx) => store.unscopedAccountByName(tx, username.toLowerCase()))
}

/** Whether the account may come from this address. An IPv4 address in IPv6 dress (`::ffff:…`) counts as IPv4. */
export function isAddressAllowed(account: LoginAccount, remoteAddress: string): boolean {
  if (account.allowedAddresses.length === 0) return true
  return addressList(account.allowedAddresses).has(remoteAddress)
}

/** On whose behalf a session works. */
export function accountCaller(accountId: string, requestId: string | null): Caller {
  return { actor: { kind: 'SFTP_ACCOUNT', id: accountId }, channel: 'SFTP', requestId }
}

/**
 * Enters a login that succeeded. `by` says how: `publickey SHA256:…`, `password`, or both. Resolves to undefined; or,
 * entering nothing, to the limit when the account has that many connections already.
 * @param connections how many it has on this node, this one not counted
 */
export function recordLogin(
  runtime: Runtime,
  caller: Caller,
  account: LoginAccount,
  fact: { readonly by: readonly string[]; readonly address: string },
  connections: number,
): Promise<number | undefined> {
  return runtime.write(account.organisationId, caller, async (ctx) => {
    const { 'sftp.connectionsPerAccount': most } = await settingsOf(ctx)
    if (connections >= most) return most
    await ctx.audit({ entityType: 'sftpAccount', entityId: account.id, action: 'login', changes: fact })
    return undefined
  })
}

/** A login that was refused, or many of them (`file-exchange.refusals.ts`). */
export interface RefusedLogin {
  readonly username: string
  readonly reason: string
  readonly address: string
  /** Of many: how many there were. */
  readonly count?: number
  readonly reasons?: Readonly<Record<string, number>>
  readonly areMoreAddresses?: boolean
  readonly from?: string
}

/**
 * Enters it in the journal of the account's organisation. Of an unknown name the operator is told, since no organisation
 * can be; a name that no account can have is not kept, because people type passwords in its place.
 */
export async function recordLoginRefusal(
  runtime: Runtime,
  caller: Caller,
  account: Pick<LoginAccount, 'organisationId' | 'id'> | undefined,
  { username, ...changes }: RefusedLogin,
): Promise<void> {
  if (account) {
    await runtime.write(account.organisationId, caller, (ctx) =>
      ctx.audit({ entityType: 'sftpAccount', entityId: account.id, action: 'login-refused', changes }),
    )
    return
  }
  const shown = usernamePattern.test(username) ? username : null
  await runtime.db.installation((tx) =>
    store.insertOperatorEntry(tx, {
      id: newId('auditEntry'),
      at: runtime.clock.now(),
      channel: 'SFTP',
      action: 'sftp-login-refused',
      detail: { username: shown, ...changes },
    }),
  )
}
