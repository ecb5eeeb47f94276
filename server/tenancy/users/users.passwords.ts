/**
 * Passwords of users who have joined: changed, and set anew when forgotten.
 *
 * Promises: who has the password or the mailbox sets it, nobody else; sessions that were there before end; an answer does not
 * tell whether anybody has an address.
 */
import { setTimeout } from 'node:timers/promises'
import type { Config } from '../../platform/config.ts'
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { hashChosenPassword, verifyChosenPassword } from '../../platform/passwords.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { makeLink, organisationOfLink, useLink } from './users.links.ts'
import { beginAttempt, forgive } from './users.lock-out.ts'
import { deliver, type UserMail } from './users.mails.ts'
import { assertGoodPassword, passwordResetPauseMs } from './users.rules.ts'
import { userCaller, type Origin } from './users.sessions.ts'
import { deleteSessionsOf } from './users.sessions.store.ts'
import { maySignIn, noteRefusal } from './users.sign-in.ts'
import * as store from './users.store.ts'

/**
 * Sets another password; the user's other sessions end. Refuses (SIGN_IN_FAILED) a wrong present one, counted like a wrong
 * sign-in, and a new one that would be guessed first.
 */
export async function changePassword(
  runtime: Runtime,
  session: { readonly id: string; readonly userId: string; readonly organisationId: string },
  input: { readonly currentPassword: string; readonly newPassword: string },
  from: Origin,
): Promise<void> {
  const { organisationId, userId } = session
  const caller = userCaller(userId, from.requestId)
  const user = await runtime.read(organisationId, caller, (ctx) => store.userRow(ctx, userId))
  if (!user) throw new AppError('SESSION_INVALID', 'The session is over.')
  const attempt = await beginAttempt(runtime, { email: user.email, address: from.address })
  if (!(await verifyChosenPassword(input.currentPassword, user.passwordHash))) {
    await noteRefusal(runtime, { organisationId, user }, from, 'PASSWORD')
    throw new AppError('SIGN_IN_FAILED', 'The present password is not right.')
  }
  await attempt.succeeded()
  assertGoodPassword(input.newPassword, user, '/newPassword')
  const passwordHash = await hashChosenPassword(input.newPassword)
  await runtime.write(organisationId, caller, async (ctx) => {
    const locked = await store.userRow(ctx, userId, { isLocked: true })
    if (locked?.passwordHash !== user.passwordHash)
      throw new AppError('CONFLICT', 'The password has just been changed by somebody else.')
    await store.updateUser(ctx, userId, { passwordHash })
    await store.deleteLinks(ctx, userId, 'PASSWORD_RESET')
    await deleteSessionsOf(ctx, userId, session.id)
    await ctx.audit({ entityType: 'user', entityId: userId, action: 'changePassword' })
  })
}

/**
 * Makes the mail for who forgot a password; undefined for who may not sign in, and when one was made a moment ago. To be
 * delivered by the caller.
 */
export async function preparePasswordReset(
  ctx: WriteContext,
  config: Config,
  userId: string,
): Promise<UserMail | undefined> {
  const user = await store.userRow(ctx, userId, { isLocked: true })
  if (!user || !maySignIn(user)) return undefined
  const last = await store.linkOf(ctx, userId, 'PASSWORD_RESET')
  if (last && ctx.now.getTime() - last.createdAt.getTime() < passwordResetPauseMs) return undefined
  await ctx.audit({ entityType: 'user', entityId: userId, action: 'requestPasswordReset' })
  return (await makeLink(ctx, config, 'PASSWORD_RESET', user)).mail
}

/** Longer than the work takes, so that the time does not tell whether there was any. */
const resetAnswerMs = 250

/** Writes to whoever has this address, in each of their organisations. Tells nobody whether there is one. */
export async function requestPasswordReset(
  runtime: Runtime,
  email: string,
  requestId: string | null,
): Promise<void> {
  const caller = { ...systemCaller, channel: 'API', requestId } as const
  const work = async (): Promise<void> => {
    for (const { organisationId, id } of await store.unscopedUsersByEmail(runtime.db, email))
      await runtime.write(organisationId, caller, async (ctx) => {
        const mail = await preparePasswordReset(ctx, runtime.config, id)
        if (mail) await deliver(ctx, mail)
      })
  }
  await Promise.all([work(), setTimeout(resetAnswerMs)])
}

/**
 * Sets the password by the link that was mailed; all sessions of the user end, and who was locked out by somebody's guesses
 * is not any more. Signing in comes after, second factor and all. Refuses LINK_INVALID and a password that would be guessed
 * first; the link stays good then.
 */
export async function resetPassword(
  runtime: Runtime,
  input: { readonly token: string; readonly password: string },
  from: Origin,
): Promise<void> {
  const organisationId = await organisationOfLink(runtime, input.token)
  const caller = { ...systemCaller, channel: 'API', requestId: from.requestId } as const
  const passwordHash = await hashChosenPassword(input.password)
  const { email } = await runtime.write(organisationId, caller, async (ctx) => {
    const user = await useLink(ctx, 'PASSWORD_RESET', input.token)
    assertGoodPassword(input.password, user)
    await store.updateUser(ctx, user.id, { passwordHash })
    await deleteSessionsOf(ctx, user.id)
    await ctx.audit({ entityType: 'user', entityId: user.id, action: 'resetPassword' })
    return user
  })
  await forgive(runtime, email)
}
