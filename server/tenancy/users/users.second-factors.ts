/**
 * Second factors: authenticator apps and recovery codes. (Passkeys: users.passkeys.ts.)
 *
 * Promises: a shared secret is shown once and lies encrypted with the organisation's key; a code serves once; who takes a
 * factor away has signed in a moment ago.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { randomCharacters } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { keyedHash, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import { organisationKey, organisationName } from '../organisations/organisations.ts'
import { freshSignInMs } from './users.rules.ts'
import type { SecondFactorAnswer, SignInMethod } from './users.schema.ts'
import type { SecondFactor } from './users.second-factors.schema.ts'
import * as store from './users.second-factors.store.ts'
import { sessionTimes } from './users.sessions.store.ts'
import * as users from './users.store.ts'
import { base32, matchingStep, newTotpSecret, totpUri } from './users.totp.ts'

/** The secret opens only in the row that it was made for. */
const purposeOf = (ctx: ReadContext, userId: string, id: string): string =>
  `totp:${ctx.organisationId}:${userId}:${id}`

const recoveryCodes = 10

/** Refuses (REAUTHENTICATE) what a borrowed session must not do: the sign-in must be fresh. */
export async function assertFreshSignIn(ctx: ReadContext, sessionId: string): Promise<void> {
  const session = await sessionTimes(ctx, sessionId)
  if (!session || ctx.now.getTime() - session.createdAt.getTime() > freshSignInMs)
    throw new AppError('REAUTHENTICATE', 'This needs a sign-in of the last ten minutes.')
}

/** The key under which secrets of this organisation's users lie: asked for before a unit of work begins. */
export function factorKey(runtime: Runtime, organisationId: string): Promise<Buffer> {
  return organisationKey(runtime, organisationId)
}

/** Those of a user, the unconfirmed too. */
export function listSecondFactors(ctx: ReadContext, userId: string): Promise<SecondFactor[]> {
  return store.findFactors(ctx, userId)
}

async function factorOf(ctx: ReadContext, userId: string, id: string): Promise<SecondFactor> {
  const found = (await store.findFactors(ctx, userId)).find((factor) => factor.id === id)
  if (!found) throw new AppError('NOT_FOUND', 'There is no such second factor.')
  return found
}

/** The caller's own factor. NOT_FOUND for anybody else's. */
export async function ownSecondFactor(ctx: ReadContext, id: string): Promise<SecondFactor> {
  return factorOf(ctx, ctx.actor.id ?? '', id)
}

/**
 * Begins with an authenticator app: what it must be told, once. It counts after `confirmTotp`; one that was begun before and
 * not confirmed gives way.
 * @param key the organisation's
 */
export async function beginTotp(
  ctx: WriteContext,
  key: Buffer,
  input: { readonly userId: string; readonly name: string | undefined },
): Promise<{ factor: SecondFactor; secret: string; uri: string }> {
  const user = await users.userRow(ctx, input.userId, { isLocked: true })
  if (!user) throw new AppError('NOT_FOUND', 'There is no such user.')
  const id = ctx.newId('secondFactor')
  const secret = newTotpSecret()
  await store.insertTotp(ctx, {
    id,
    userId: user.id,
    name: input.name ?? 'Authenticator app',
    wrappedSecret: wrapKey(key, purposeOf(ctx, user.id, id), secret),
  })
  await ctx.audit({
    entityType: 'user',
    entityId: user.id,
    action: 'beginSecondFactor',
    changes: { factor: id, kind: 'TOTP' },
  })
  return {
    factor: await factorOf(ctx, user.id, id),
    secret: base32(secret),
    uri: totpUri(secret, `Vouchsafe ${await organisationName(ctx)}`, user.email),
  }
}

function openSecret(key: Buffer, purpose: string, wrapped: Buffer): Buffer {
  try {
    return unwrapKey(key, purpose, wrapped)
  } catch (cause) {
    // A damaged row is our fault, and nothing for who signs in to read about.
    throw new AppError('INTERNAL', 'A second factor cannot be read.', { cause })
  }
}

async function useMatchingTotp(
  ctx: WriteContext,
  key: Buffer,
  userId: string,
  code: string,
  isConfirmed: boolean,
): Promise<string | undefined> {
  for (const { id, wrappedSecret, lastStep } of await store.lockTotps(ctx, userId, isConfirmed)) {
    const secret = openSecret(key, purposeOf(ctx, userId, id), wrappedSecret)
    const step = matchingStep(secret, code, ctx.now, lastStep)
    if (step === undefined) continue
    await store.useTotp(ctx, id, step)
    return id
  }
  return undefined
}

/**
 * Shows that the app was told the secret: asked for at every sign-in from now on. The recovery codes come with the first
 * factor, else null. Refuses (VALIDATION_FAILED) a code that does not fit, and when no app was begun with.
 */
export async function confirmTotp(
  ctx: WriteContext,
  key: Buffer,
  input: { readonly userId: string; readonly code: string },
): Promise<{ factor: SecondFactor; recoveryCodes: string[] | null }> {
  const id = await useMatchingTotp(ctx, key, input.userId, input.code, false)
  if (id === undefined) {
    const detail =
      'The code does not fit the secret that was shown last. Look at the device’s clock, or begin anew.'
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/code', code: 'CODE_WRONG', detail }],
    })
  }
  await ctx.audit({
    entityType: 'user',
    entityId: input.userId,
    action: 'confirmSecondFactor',
    changes: { factor: id, kind: 'TOTP' },
  })
  return {
    factor: await factorOf(ctx, input.userId, id),
    recoveryCodes: await firstRecoveryCodes(ctx, key, input.userId),
  }
}

/** Recovery codes for who has none yet; null for who has. */
export async function firstRecoveryCodes(
  ctx: WriteContext,
  key: Buffer,
  userId: string,
): Promise<string[] | null> {
  return (await store.countRecoveryCodes(ctx, userId)) > 0 ? null : makeRecoveryCodes(ctx, key, userId)
}

const codeHash = (key: Buffer, userId: string, code: string): Buffer =>
  keyedHash(key, `recovery code ${userId}`, code.replaceAll(/[\s-]/g, '').toUpperCase())

/** Ten new codes; those from before are worth nothing from now on. */
async function makeRecoveryCodes(ctx: WriteContext, key: Buffer, userId: string): Promise<string[]> {
  // Sixteen characters without case: more than 80 random bits.
  const codes = Array.from({ length: recoveryCodes }, () =>
    (randomCharacters(16).toUpperCase().match(/.{4}/g) ?? []).join('-'),
  )
  await store.deleteRecoveryCodes(ctx, userId)
  await store.insertRecoveryCodes(
    ctx,
    userId,
    codes.map((code) => codeHash(key, userId, code)),
  )
  await ctx.audit({ entityType: 'user', entityId: userId, action: 'makeRecoveryCodes' })
  return codes
}

/** The same for who asks: refuses REAUTHENTICATE, and CONFLICT without a second factor that they could stand in for. */
export async function renewRecoveryCodes(
  ctx: WriteContext,
  key: Buffer,
  session: { readonly id: string; readonly userId: string },
): Promise<string[]> {
  await assertFreshSignIn(ctx, session.id)
  const own = await store.findFactors(ctx, session.userId)
  if (!own.some((factor) => factor.attributes.isConfirmed))
    throw new AppError('CONFLICT', 'There is no second factor that codes could stand in for.')
  return makeRecoveryCodes(ctx, key, session.userId)
}

/** Takes a factor away, and the recovery codes with the last one. Refuses REAUTHENTICATE and NOT_FOUND. */
export async function deleteSecondFactor(
  ctx: WriteContext,
  session: { readonly id: string; readonly userId: string },
  id: string,
): Promise<void> {
  const { userId } = session
  await factorOf(ctx, userId, id)
  await assertFreshSignIn(ctx, session.id)
  await store.deleteFactor(ctx, userId, id)
  const left = await store.findFactors(ctx, userId)
  if (!left.some((factor) => factor.attributes.isConfirmed)) await store.deleteRecoveryCodes(ctx, userId)
  await ctx.audit({
    entityType: 'user',
    entityId: userId,
    action: 'deleteSecondFactor',
    changes: { factor: id },
  })
}

/** By which ways a user can answer for a second factor; none when none is asked for. */
export async function secondFactorWays(ctx: ReadContext, userId: string): Promise<SignInMethod[]> {
  const confirmed = (await store.findFactors(ctx, userId)).filter((factor) => factor.attributes.isConfirmed)
  if (confirmed.length === 0) return []
  const kinds = new Set<SignInMethod>(confirmed.map((factor) => factor.attributes.kind))
  if ((await store.countRecoveryCodes(ctx, userId)) > 0) kinds.add('RECOVERY_CODE')
  return [...kinds]
}

/** Uses an answer up; by which way it was right, undefined when it was not. */
export async function useSecondFactor(
  ctx: WriteContext,
  key: Buffer,
  userId: string,
  answer: SecondFactorAnswer,
): Promise<SignInMethod | undefined> {
  if (answer.code !== undefined) {
    const id = await useMatchingTotp(ctx, key, userId, answer.code, true)
    return id === undefined ? undefined : 'TOTP'
  }
  if (answer.recoveryCode !== undefined) {
    const isTaken = await store.takeRecoveryCode(ctx, userId, codeHash(key, userId, answer.recoveryCode))
    return isTaken ? 'RECOVERY_CODE' : undefined
  }
  return undefined
}
