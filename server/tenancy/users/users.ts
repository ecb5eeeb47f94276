/**
 * Users: the people who work with an organisation's data in the console, or on the API by their own session.
 *
 * Owns: users, their invitations, passwords, second factors and sessions. Promises: a user can do what their role's grants
 * say, judged anew at every request; nobody makes anybody more than they are themselves; an organisation that has an owner
 * keeps one.
 */
import type { ReadContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { grantsOfRole, roles } from '../access/access.roles.rules.ts'
import { holdsGrant, type EntityType, type Verb } from '../access/access.schema.ts'
import { placeholderEmail, type ListPage, type User, type UserFilter } from './users.schema.ts'
import * as store from './users.store.ts'

export type { User } from './users.schema.ts'
export {
  changeUser,
  deleteUser,
  inviteFirstOwner,
  inviteUser,
  lockedUser,
  resendInvitation,
  type Invited,
} from './users.change.ts'
export { sessionCookie } from './users.rules.ts'
export { authenticateSession, type SignedIn } from './users.sessions.ts'

/** NOT_FOUND for another organisation's, a deleted and an unknown one alike. */
export async function getUser(ctx: ReadContext, id: string): Promise<User> {
  const user = await store.findUser(ctx, id)
  if (!user) throw new AppError('NOT_FOUND', 'There is no such user.')
  return user
}

/** In the order of the e-mail. */
export async function listUsers(
  ctx: ReadContext,
  filter: UserFilter,
  page: ListPage,
): Promise<{ users: User[]; total: number }> {
  return { users: await store.findUsers(ctx, filter, page), total: await store.countUsers(ctx, filter) }
}

/** The user with this id or e-mail, for the command line. */
export async function findUserByName(ctx: ReadContext, idOrEmail: string): Promise<User> {
  return getUser(ctx, (await store.userIdByEmail(ctx, idOrEmail)) ?? idOrEmail)
}

export interface Addressee {
  readonly email: string
  readonly displayName: string
}

/** Who can sign in and may do this: those who are written to when it is to be done. In the order of the e-mail. */
export async function usersWhoMay(ctx: ReadContext, entity: EntityType, verb: Verb): Promise<Addressee[]> {
  const able = roles.filter((role) => holdsGrant(grantsOfRole(role), entity, verb))
  return (await store.activeUsers(ctx, able)).filter(({ email }) => email !== placeholderEmail)
}
