/** Accounts of the file exchange: who may come in, how, and from where (spec 50, Server). */
import { addressList } from '../../platform/address-list.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { hashPassword } from '../../platform/secrets.ts'
import * as store from './file-exchange.accounts.store.ts'
import { parsePublicKey } from './file-exchange.public-keys.ts'
import {
  usernamePattern,
  type AccountKey,
  type AccountPatch,
  type AccountRecord,
  type LoginRequirement,
} from './file-exchange.schema.ts'

const passwordCharactersMin = 8

export interface AccountRequest {
  readonly username: string
  /** Lines of OpenSSH's public key format. */
  readonly publicKeys: readonly string[]
  readonly password?: string
  /** Default: what was given; either of both where both were. */
  readonly requires?: LoginRequirement
  /** Addresses or networks (`203.0.113.0/24`) that it may come from; none = from anywhere. */
  readonly allowedAddresses?: readonly string[]
}

/**
 * Adds an account. `fingerprint` is the first key's, null without keys. Refuses a user name that any organisation
 * of the installation has (NAME_TAKEN: a login names no organisation), and with VALIDATION_FAILED a name of another
 * form, a faulty key, a short password, or a way of login for which the key or the password was not given.
 */
export async function addAccount(
  ctx: WriteContext,
  request: AccountRequest,
): Promise<{ id: string; username: string; fingerprint: string | null }> {
  if (!usernamePattern.test(request.username)) {
    throw faulty(
      '/username',
      'A user name has 1 to 64 letters, digits, dots, dashes or underscores, and starts with a letter or digit.',
    )
  }
  const keys = request.publicKeys.map(keyAt)
  const requires = requirementOf(request, keys.length > 0)
  const allowedAddresses = request.allowedAddresses ?? []
  checkAddresses(allowedAddresses)
  const passwordHash = request.password === undefined ? null : await hashOf(request.password)

  const id = ctx.newId('sftpAccount')
  try {
    await store.insertAccount(ctx, {
      id,
      username: request.username,
      usernameFolded: request.username.toLowerCase(),
      passwordHash,
      requires,
      allowedAddresses,
    })
  } catch (error) {
    if (!brokenUnique(error)) throw error
    throw new AppError('NAME_TAKEN', `The user name ${request.username} is taken.`, { cause: error })
  }
  const different = new Map(keys.map((key) => [key.fingerprint, key]))
  for (const key of different.values()) await store.insertKey(ctx, id, key)
  await ctx.audit({
    entityType: 'sftpAccount',
    entityId: id,
    action: 'create',
    changes: { username: request.username, requires, fingerprints: [...different.keys()], allowedAddresses },
  })
  return { id, username: request.username, fingerprint: keys[0]?.fingerprint ?? null }
}

function requirementOf(request: AccountRequest, hasKey: boolean): LoginRequirement {
  const hasPassword = request.password !== undefined
  const requires = request.requires ?? (hasKey && hasPassword ? 'EITHER' : hasKey ? 'KEY' : 'PASSWORD')
  assertPossible(requires, hasKey, hasPassword)
  return requires
}

/** Refuses a way of login for which the key or the password is not there. */
function assertPossible(requires: LoginRequirement, hasKey: boolean, hasPassword: boolean): void {
  if (!hasKey && !hasPassword)
    throw faulty('/publicKeys', 'An account needs a public key or a password, or both.')
  const lacks =
    (requires === 'KEY' || requires === 'BOTH') && !hasKey
      ? 'a public key'
      : (requires === 'PASSWORD' || requires === 'BOTH') && !hasPassword
        ? 'a password'
        : undefined
  if (lacks) throw faulty('/requires', `To require ${requires}, give ${lacks}.`)
}

const faulty = (pointer: string, detail: string): AppError =>
  new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, code: 'ACCOUNT', detail }] })

function keyAt(line: string, index: number): AccountKey {
  try {
    return parsePublicKey(line)
  } catch (error) {
    throw error instanceof AppError ? faulty(`/publicKeys/${index}`, error.message) : error
  }
}

function hashOf(password: string): Promise<string> {
  if ([...password].length < passwordCharactersMin)
    throw faulty('/password', `A password has at least ${passwordCharactersMin} characters.`)
  return hashPassword(password)
}

/** NOT_FOUND for another organisation's, a deleted and an unknown one alike. */
export async function getAccount(ctx: ReadContext, id: string): Promise<AccountRecord> {
  const account = await store.accountById(ctx, id)
  if (!account || account.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such account.')
  return account
}

/** The same, locked until the transaction ends. */
export async function lockedAccount(ctx: WriteContext, id: string): Promise<AccountRecord> {
  await store.lockAccount(ctx, id)
  return getAccount(ctx, id)
}

/**
 * Changes what is given: keys and addresses as a whole, the password, whether it may log in. A session whose key, password or
 * address is no longer good is ended within seconds (`reasonToEnd`). Refuses with VALIDATION_FAILED what `addAccount` refuses.
 */
export async function changeAccount(
  ctx: WriteContext,
  id: string,
  patch: AccountPatch,
): Promise<AccountRecord> {
  const before = await lockedAccount(ctx, id)
  const keys = patch.publicKeys?.map(keyAt)
  const hasKey = keys === undefined ? before.keys.length > 0 : keys.length > 0
  const hasPassword = patch.password === undefined ? before.hasPassword : patch.password !== null
  const requires = patch.requires ?? before.requires
  assertPossible(requires, hasKey, hasPassword)
  const allowedAddresses = patch.allowedAddresses ?? before.allowedAddresses
  checkAddresses(allowedAddresses)
  const isEnabled = patch.isEnabled ?? before.isEnabled
  const different = keys && new Map(keys.map((key) => [key.fingerprint, key]))
  const keysBefore = before.keys.map(({ fingerprint }) => fingerprint).sort()
  const changes = {
    ...(requires === before.requires ? {} : { requires }),
    ...(isEnabled === before.isEnabled ? {} : { isEnabled }),
    ...(allowedAddresses.join() === before.allowedAddresses.join() ? {} : { allowedAddresses }),
    ...(different && [...different.keys()].sort().join() !== keysBefore.join()
      ? { fingerprints: [...different.keys()] }
      : {}),
    ...(patch.password === undefined || (patch.password === null && !before.hasPassword)
      ? {}
      : { password: patch.password === null ? 'removed' : 'set' }),
  }
  if (Object.keys(changes).length === 0) return before
  const passwordHash = patch.password ? await hashOf(patch.password) : patch.password
  await store.updateAccount(ctx, id, { requires, isEnabled, allowedAddresses, passwordHash, deletedAt: null })
  if (different && 'fingerprints' in changes) {
    await store.removeKeys(ctx, id)
    for (const key of different.values()) await store.insertKey(ctx, id, key)
  }
  await ctx.audit({ entityType: 'sftpAccount', entityId: id, action: 'update', changes })
  return getAccount(ctx, id)
}

/** Takes the account away: it can no longer log in, and its user name is free. `restoreAccount` brings it back. */
export async function deleteAccount(ctx: WriteContext, id: string): Promise<void> {
  const before = await lockedAccount(ctx, id)
  await store.updateAccount(ctx, id, { ...before, passwordHash: undefined, deletedAt: ctx.now })
  await ctx.audit({ entityType: 'sftpAccount', entityId: id, action: 'delete' })
}

/** NOT_FOUND for one that was never there; one that is not deleted stays as it is. Refuses NAME_TAKEN. */
export async function restoreAccount(ctx: WriteContext, id: string): Promise<AccountRecord> {
  await store.lockAccount(ctx, id)
  const account = await store.accountById(ctx, id)
  if (!account) throw new AppError('NOT_FOUND', 'There is no such account.')
  if (account.deletedAt === null) return account
  try {
    await store.updateAccount(ctx, id, { ...account, passwordHash: undefined, deletedAt: null })
  } catch (error) {
    if (!brokenUnique(error)) throw error
    throw new AppError('NAME_TAKEN', `The user name ${account.username} is taken by now.`, { cause: error })
  }
  await ctx.audit({ entityType: 'sftpAccount', entityId: id, action: 'restore' })
  return getAccount(ctx, id)
}

/** The organisation's accounts, by name, deleted ones too. */
export function listAccounts(ctx: ReadContext): Promise<AccountRecord[]> {
  return store.accountRows(ctx)
}

function checkAddresses(addresses: readonly string[]): void {
  try {
    addressList(addresses)
  } catch (error) {
    throw faulty('/allowedAddresses', `${(error as Error).message}.`)
  }
}
