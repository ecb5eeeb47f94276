/**
 * Passkeys (WebAuthn level 3): instead of the password, or beside it as a second factor.
 *
 * Promises: a challenge serves once, within five minutes, for what it was made for; an answer counts for the pages of
 * PUBLIC_URL alone, and only when the authenticator knows who touched it; a counter never goes back.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import type { Config } from '../../platform/config.ts'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { keyedHash } from '../../platform/secrets.ts'
import * as challenges from './users.challenges.store.ts'
import { newSecret } from './users.links.ts'
import { challengeMs } from './users.rules.ts'
import type { PasskeyAnswer } from './users.schema.ts'
import type { SecondFactor } from './users.second-factors.schema.ts'
import { assertFreshSignIn, firstRecoveryCodes, ownSecondFactor } from './users.second-factors.ts'
import * as store from './users.second-factors.store.ts'
import { userRow } from './users.store.ts'

/** What an answer must be for. A passkey has no use for an address in digits: then it is localhost that is meant. */
function partyOf(config: Config): { readonly id: string; readonly origin: string } {
  const url = new URL(publicUrlOf(config))
  if (/^[\d.]+$|^\[/.test(url.hostname)) url.hostname = 'localhost'
  return { id: url.hostname, origin: url.origin }
}

/** EdDSA, ES256, RS256 (RFC 9053): what authenticators have. Later ones are experimental in Node. */
const algorithms = [-8, -7, -257]

const signingIn = 'sign-in'
const addingTo = (userId: string): string => `add to ${userId}`

const challengeHash = ({ masterKey }: Runtime, purpose: string, challenge: string): Buffer =>
  keyedHash(masterKey, `passkey challenge ${purpose}`, challenge)

async function newChallenge(runtime: Runtime, purpose: string): Promise<string> {
  const challenge = newSecret()
  const now = runtime.clock.now()
  const expiresAt = new Date(now.getTime() + challengeMs)
  await challenges.insertChallenge(
    runtime.db,
    { hash: challengeHash(runtime, purpose, challenge), expiresAt },
    now,
  )
  return challenge
}

/** An answer whose challenge was ours and has now been used up. */
export interface ChallengedAnswer {
  readonly answer: PasskeyAnswer
  readonly challenge: string
}

function challengeIn(answer: PasskeyAnswer): string | undefined {
  try {
    const text = Buffer.from(String(answer.response['clientDataJSON']), 'base64url').toString()
    const { challenge } = JSON.parse(text) as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : undefined
  } catch {
    return undefined
  }
}

async function challenged(
  runtime: Runtime,
  purpose: string,
  answer: PasskeyAnswer,
): Promise<ChallengedAnswer | undefined> {
  const challenge = challengeIn(answer)
  if (challenge === undefined) return undefined
  const hash = challengeHash(runtime, purpose, challenge)
  return (await challenges.takeChallenge(runtime.db, hash, runtime.clock.now()))
    ? { answer, challenge }
    : undefined
}

/** The same for an answer at sign-in; undefined when the challenge is none of ours, too old or used. */
export function answeredChallenge(
  runtime: Runtime,
  answer: PasskeyAnswer,
): Promise<ChallengedAnswer | undefined> {
  return challenged(runtime, signingIn, answer)
}

/** What `navigator.credentials.get` is given: any passkey of this installation, by which the user is known. */
export async function passkeySignInOptions(runtime: Runtime): Promise<object> {
  return generateAuthenticationOptions({
    rpID: partyOf(runtime.config).id,
    challenge: Buffer.from(await newChallenge(runtime, signingIn), 'base64url'),
    timeout: challengeMs,
    userVerification: 'required',
  })
}

interface OwnSession {
  readonly id: string
  readonly userId: string
  readonly organisationId: string
}

/** What `navigator.credentials.create` is given. Refuses REAUTHENTICATE: a passkey opens the account by itself. */
export async function passkeyOptions(
  runtime: Runtime,
  session: OwnSession,
  read: <T>(work: (ctx: ReadContext) => Promise<T>) => Promise<T>,
): Promise<object> {
  const { user, passkeys } = await read(async (ctx) => {
    await assertFreshSignIn(ctx, session.id)
    return {
      user: await userRow(ctx, session.userId),
      passkeys: await store.passkeysOf(ctx, session.userId),
    }
  })
  if (!user) throw new AppError('SESSION_INVALID', 'The session is over.')
  return generateRegistrationOptions({
    rpName: 'Vouchsafe',
    rpID: partyOf(runtime.config).id,
    userName: user.email,
    userDisplayName: user.displayName,
    userID: Uint8Array.from(Buffer.from(user.id)),
    challenge: Buffer.from(await newChallenge(runtime, addingTo(user.id)), 'base64url'),
    timeout: challengeMs,
    attestationType: 'none',
    excludeCredentials: passkeys,
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

function refusedPasskey(cause?: unknown): AppError {
  const detail = 'The authenticator’s answer does not fit what it was asked. Begin anew.'
  return new AppError('VALIDATION_FAILED', detail, {
    cause,
    errors: [{ pointer: '/response', code: 'PASSKEY_INVALID', detail }],
  })
}

/**
 * Certificates of authenticators are not asked for, and none are looked at: they name addresses that checking them would
 * call.
 */
function assertNoCertificates(answer: PasskeyAnswer): void {
  const bytes = Buffer.from(String(answer.response['attestationObject']), 'base64url')
  const decoded = decodeAttestationObject(Uint8Array.from(bytes))
  const isSelfMade = decoded.get('fmt') === 'packed' && decoded.get('attStmt').get('x5c') === undefined
  if (decoded.get('fmt') !== 'none' && !isSelfMade) throw new Error('attested by a certificate')
}

interface NewPasskey {
  readonly credentialId: string
  readonly publicKey: Buffer
  readonly signCount: number
  readonly transports: readonly string[]
}

/** Judges what an authenticator made, before any unit of work. Refuses VALIDATION_FAILED. */
export async function judgeNewPasskey(
  runtime: Runtime,
  userId: string,
  answer: PasskeyAnswer,
): Promise<NewPasskey> {
  const found = await challenged(runtime, addingTo(userId), answer)
  if (!found) throw refusedPasskey()
  const { id, origin } = partyOf(runtime.config)
  try {
    assertNoCertificates(answer)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer as unknown as RegistrationResponseJSON,
      expectedChallenge: found.challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified) throw new Error('not verified')
    const { credential } = registrationInfo
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      transports: (credential.transports ?? []).map(String).slice(0, 10),
    }
  } catch (error) {
    throw refusedPasskey(error)
  }
}

/** Keeps a passkey that was judged; the recovery codes come with the first factor, else null. Refuses REAUTHENTICATE. */
export async function addPasskey(
  ctx: WriteContext,
  key: Buffer,
  input: {
    readonly session: { readonly id: string; readonly userId: string }
    readonly name: string | undefined
    readonly passkey: NewPasskey
  },
): Promise<{ factor: SecondFactor; recoveryCodes: string[] | null }> {
  const { userId } = input.session
  await assertFreshSignIn(ctx, input.session.id)
  await userRow(ctx, userId, { isLocked: true })
  const id = ctx.newId('secondFactor')
  try {
    await store.insertPasskey(ctx, { ...input.passkey, id, userId, name: input.name ?? 'Passkey' })
  } catch (error) {
    if (brokenUnique(error) === undefined) throw error
    throw new AppError('CONFLICT', 'This passkey is in use already.', { cause: error })
  }
  await ctx.audit({
    entityType: 'user',
    entityId: userId,
    action: 'confirmSecondFactor',
    changes: { factor: id, kind: 'PASSKEY' },
  })
  return {
    factor: await ownSecondFactor(ctx, id),
    recoveryCodes: await firstRecoveryCodes(ctx, key, userId),
  }
}

/** Whether the answer is by a passkey of this user; its counter goes up. */
export async function usePasskey(
  ctx: WriteContext,
  config: Config,
  userId: string,
  { answer, challenge }: ChallengedAnswer,
): Promise<boolean> {
  const row = await store.lockPasskey(ctx, answer.id)
  const { userHandle } = answer.response
  const isOwnHandle =
    userHandle === undefined ||
    userHandle === null ||
    userHandle === Buffer.from(userId).toString('base64url')
  if (!row || row.userId !== userId || !isOwnHandle) return false
  const { id, origin } = partyOf(config)
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      credential: { id: answer.id, publicKey: Uint8Array.from(row.publicKey), counter: row.signCount },
      requireUserVerification: true,
    })
    if (verified) await store.usePasskey(ctx, row.id, authenticationInfo.newCounter)
    return verified
  } catch {
    // The library throws for whatever does not fit; the caller's answer is one for all of it.
    return false
  }
}
