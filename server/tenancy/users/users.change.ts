/** Inviting, changing and deleting users. */
import type { Config } from '../../platform/config.ts'
import type { WriteContext } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { grantsOfToken } from '../access/access.ts'
import { coversRole, isAbove, type Role } from '../access/access.roles.rules.ts'
import { makeLink } from './users.links.ts'
import { deliver } from './users.mails.ts'
import { placeholderEmail, type User, type UserInvitation, type UserPatch } from './users.schema.ts'
import * as factors from './users.second-factors.store.ts'
import * as sessions from './users.sessions.store.ts'
import * as store from './users.store.ts'

const notThere = (): AppError => new AppError('NOT_FOUND', 'There is no such user.')

async function shown(ctx: WriteContext, id: string): Promise<User> {
  const user = await store.findUser(ctx, id)
  if (!user) throw notThere()
  return user
}

/**
 * Nobody gives, takes or touches a role above their own (ROLE_ABOVE_OWN). A token has no role: it may give what its own
 * grants cover, or an invitation would be a way to more.
 */
async function assertReaches(ctx: WriteContext, role: Role): Promise<void> {
  const { kind, id } = ctx.actor
  if (kind === 'OPERATOR' || kind === 'SYSTEM') return
  if (kind === 'USER') {
    const own = await store.userRow(ctx, id ?? '')
    if (own && !isAbove(role, own.role)) return
  } else if (kind === 'TOKEN' && coversRole(await grantsOfToken(ctx, id ?? ''), role)) return
  throw new AppError('ROLE_ABOVE_OWN', `The role ${role} is more than the caller’s own.`)
}

export interface Invited {
  readonly user: User
  readonly link: string
  readonly expiresAt: Date
}

async function sendInvitation(ctx: WriteContext, config: Config, user: User): Promise<Invited> {
  const { link, expiresAt, mail } = await makeLink(ctx, config, 'INVITATION', {
    id: user.id,
    ...user.attributes,
  })
  await deliver(ctx, mail)
  return { user, link, expiresAt }
}

/**
 * Makes a user who can do nothing but accept the invitation. Refuses an address that a user of this organisation has
 * (USER_EXISTS, naming them) and a role above the caller's (ROLE_ABOVE_OWN).
 */
export async function inviteUser(ctx: WriteContext, config: Config, input: UserInvitation): Promise<Invited> {
  await assertReaches(ctx, input.role)
  const holder = await store.userIdByEmail(ctx, input.email)
  if (holder !== undefined)
    throw new AppError('USER_EXISTS', `The user ${holder} has this e-mail.`, { extra: { holder } })
  const id = ctx.newId('user')
  try {
    await store.insertUser(ctx, { ...input, id, displayName: input.displayName ?? input.email })
  } catch (error) {
    if (brokenUnique(error) !== 'users_by_email') throw error
    throw new AppError('USER_EXISTS', 'Another user has just got this e-mail.', { cause: error })
  }
  await ctx.audit({ entityType: 'user', entityId: id, action: 'invite', changes: { role: input.role } })
  return sendInvitation(ctx, config, await shown(ctx, id))
}

/**
 * The first owner of a new installation: nobody knows their address yet, so there is no mail. Whoever reads what the server
 * prints at its first start accepts, and says who they are.
 */
export async function inviteFirstOwner(ctx: WriteContext, config: Config): Promise<Invited> {
  const user = {
    id: ctx.newId('user'),
    email: placeholderEmail,
    displayName: 'Owner',
    role: 'owner',
  } as const
  await store.insertUser(ctx, user)
  await ctx.audit({ entityType: 'user', entityId: user.id, action: 'invite', changes: { role: user.role } })
  const { link, expiresAt } = await makeLink(ctx, config, 'INVITATION', user)
  return { user: await shown(ctx, user.id), link, expiresAt }
}

/** Invites anew; the old link is worth nothing from now on. Refuses (CONFLICT) a user who has joined or is disabled. */
export async function resendInvitation(ctx: WriteContext, config: Config, id: string): Promise<Invited> {
  const row = await store.userRow(ctx, id, { isLocked: true })
  if (!row) throw notThere()
  await assertReaches(ctx, row.role)
  if (row.joinedAt !== null)
    throw new AppError('CONFLICT', 'The user has joined already. A forgotten password has its own way.')
  if (row.isDisabled) throw new AppError('CONFLICT', 'The user is disabled. Make them ACTIVE first.')
  await ctx.audit({ entityType: 'user', entityId: id, action: 'resendInvitation' })
  return sendInvitation(ctx, config, await shown(ctx, id))
}

/** The user as they are, locked against other changes. NOT_FOUND for a deleted one too. */
export async function lockedUser(ctx: WriteContext, id: string): Promise<User> {
  if (!(await store.userRow(ctx, id, { isLocked: true }))) throw notThere()
  return shown(ctx, id)
}

/** Locks who must not change meanwhile. The owners first and in one order, so that two changes never wait for each other. */
async function lockForChange(
  ctx: WriteContext,
  id: string,
): Promise<{ row: store.UserRow; isLastOwner: boolean }> {
  const others = await store.otherOwners(ctx, id)
  const row = await store.userRow(ctx, id, { isLocked: true })
  if (!row) throw notThere()
  await assertReaches(ctx, row.role)
  const isOwner = row.role === 'owner' && row.joinedAt !== null && !row.isDisabled
  return { row, isLastOwner: isOwner && others === 0 }
}

const lastOwner = (): AppError =>
  new AppError('LAST_OWNER', 'This is the only owner who can sign in. Make somebody else an owner first.')

/**
 * Role, state, name. A disabled user's sessions and links end with the commit. Refuses LAST_OWNER and ROLE_ABOVE_OWN, for the
 * role that the user has and for the one that they would get.
 */
export async function changeUser(ctx: WriteContext, id: string, patch: UserPatch): Promise<User> {
  const { row, isLastOwner } = await lockForChange(ctx, id)
  const isDisabled = patch.state === undefined ? row.isDisabled : patch.state === 'DISABLED'
  const role = patch.role ?? row.role
  const displayName = patch.displayName ?? row.displayName
  if (role !== row.role) await assertReaches(ctx, role)
  if (isLastOwner && (isDisabled || role !== 'owner')) throw lastOwner()
  const fields = [
    ...(role === row.role ? [] : ['role']),
    ...(isDisabled === row.isDisabled ? [] : ['state']),
    ...(displayName === row.displayName ? [] : ['displayName']),
  ]
  if (fields.length === 0) return shown(ctx, id)
  await store.updateUser(ctx, id, { role, isDisabled, displayName })
  if (isDisabled) {
    await sessions.deleteSessionsOf(ctx, id)
    await store.deleteLinks(ctx, id)
  }
  await ctx.audit({
    entityType: 'user',
    entityId: id,
    action: 'update',
    changes: {
      fields,
      ...(role === row.role ? {} : { role }),
      ...(isDisabled === row.isDisabled ? {} : { isDisabled }),
    },
  })
  return shown(ctx, id)
}

/** Hides the user for good and frees the address; sessions, links and second factors end with the commit. */
export async function deleteUser(ctx: WriteContext, id: string): Promise<void> {
  const { isLastOwner } = await lockForChange(ctx, id)
  if (isLastOwner) throw lastOwner()
  await store.updateUser(ctx, id, { deletedAt: ctx.now, passwordHash: null })
  await sessions.deleteSessionsOf(ctx, id)
  await store.deleteLinks(ctx, id)
  await factors.deleteFactorsOf(ctx, id)
  await ctx.audit({ entityType: 'user', entityId: id, action: 'delete' })
}
