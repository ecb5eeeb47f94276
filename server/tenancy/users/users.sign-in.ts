/**
 * Signing in: with a password, with a passkey, and by accepting an invitation.
 *
 * Promises: an unknown address, a wrong password and a disabled user get one answer after one time; passwords are judged
 * outside of any unit of work, since they are slow on purpose.
 */
import type { Config } from '../../platform/config.ts'
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { brokenUnique } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { hashChosenPassword, verifyChosenPassword } from '../../platform/passwords.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { listOrganisations, organisationKey } from '../organisations/organisations.ts'
import { foldText } from '../../platform/text.ts'
import { organisationOfLink, useLink } from './users.links.ts'
import { beginAttempt } from './users.lock-out.ts'
import { assertGoodPassword } from './users.rules.ts'
import {
  placeholderEmail,
  type Acceptance,
  type PasskeyAnswer,
  type SecondFactorAnswer,
  type SignInInput,
  type SignInMethod,
} from './users.schema.ts'
import { answeredChallenge, usePasskey, type ChallengedAnswer } from './users.passkeys.ts'
import { unscopedPasskeyUser } from './users.second-factors.store.ts'
import { secondFactorWays, useSecondFactor } from './users.second-factors.ts'
import {
  describeMe,
  endFormerSession,
  startSession,
  userCaller,
  type Me,
  type Origin,
  type Started,
} from './users.sessions.ts'
import * as store from './users.store.ts'

/** Who is in now, and the secret for the cookie. */
export interface SignInResult {
  readonly me: Me
  readonly secret: string
}

interface Candidate {
  readonly organisationId: string
  readonly user: store.UserRow
}

/** One answer, whatever it was. */
export const failed = (): AppError =>
  new AppError(
    'SIGN_IN_FAILED',
    'E-mail, password or second factor is not right, or the user may not sign in.',
  )

async function candidatesOf(runtime: Runtime, email: string, organisation?: string): Promise<Candidate[]> {
  const found = await store.unscopedUsersByEmail(runtime.db, email)
  const named =
    organisation === undefined
      ? undefined
      : (await listOrganisations(runtime)).find(
          (one) => one.id === organisation || foldText(one.name) === foldText(organisation),
        )?.id
  const wanted = organisation === undefined ? found : found.filter((one) => one.organisationId === named)
  const rows = await Promise.all(
    wanted.map(async ({ organisationId, id }) => ({
      organisationId,
      user: await runtime.read(organisationId, systemCaller, (ctx) => store.userRow(ctx, id)),
    })),
  )
  return rows.filter((row): row is Candidate => row.user !== undefined)
}

export function maySignIn(user: store.UserRow): boolean {
  return user.joinedAt !== null && !user.isDisabled
}

/** Those for whom the password is right. One password is judged even when there is nobody. */
async function withRightPassword(candidates: readonly Candidate[], password: string): Promise<Candidate[]> {
  if (candidates.length === 0) await verifyChosenPassword(password, null)
  const judged = await Promise.all(
    candidates.map(async (candidate) => ({
      candidate,
      isRight: await verifyChosenPassword(
        password,
        maySignIn(candidate.user) ? candidate.user.passwordHash : null,
      ),
    })),
  )
  return judged.filter(({ isRight }) => isRight).map(({ candidate }) => candidate)
}

/** A refused sign-in as the organisation can read of it. */
export async function noteRefusal(
  runtime: Runtime,
  { organisationId, user }: Candidate,
  from: Origin,
  reason: string,
): Promise<void> {
  const caller = { ...systemCaller, channel: 'API', requestId: from.requestId } as const
  await runtime.write(organisationId, caller, (ctx) =>
    ctx.audit({
      entityType: 'user',
      entityId: user.id,
      action: 'signInRefused',
      changes: { address: from.address },
      reason,
    }),
  )
}

async function secondFactorOf(
  ctx: WriteContext,
  config: Config,
  key: Buffer,
  userId: string,
  answer: SecondFactorAnswer | undefined,
  passkey: ChallengedAnswer | undefined,
): Promise<SignInMethod[]> {
  const ways = await secondFactorWays(ctx, userId)
  if (ways.length === 0) return []
  if (answer === undefined)
    throw new AppError('SECOND_FACTOR_REQUIRED', 'This user signs in with a second factor.', {
      extra: { methods: ways },
    })
  if (passkey && (await usePasskey(ctx, config, userId, passkey))) return ['PASSKEY']
  const way = await useSecondFactor(ctx, key, userId, answer)
  if (way === undefined) throw failed()
  return [way]
}

/** @param check what else must be so, in the session's unit of work; the ways by which it was shown */
export async function enter(
  runtime: Runtime,
  { organisationId, userId }: { readonly organisationId: string; readonly userId: string },
  from: Origin,
  check: (ctx: WriteContext) => Promise<SignInMethod[]>,
): Promise<SignInResult> {
  const result = await runtime.write(organisationId, userCaller(userId, from.requestId), async (ctx) => {
    // What was true when the password was judged need not be true any more.
    const row = await store.userRow(ctx, userId, { isLocked: true })
    if (!row || !maySignIn(row)) throw failed()
    return resultOf(ctx, await startSession(ctx, userId, await check(ctx), from))
  })
  await endFormerSession(runtime, from)
  return result
}

/** What is answered to who has just come in. */
export async function resultOf(ctx: WriteContext, started: Started): Promise<SignInResult> {
  return { me: await describeMe(ctx, { ...started, id: started.sessionId }), secret: started.secret }
}

/**
 * Signs in with e-mail, password and, where the user has one, a second factor. Refuses SIGN_IN_FAILED; with the right
 * password only, SECOND_FACTOR_REQUIRED (naming the ways) and, for a user of several organisations with this password,
 * ORGANISATION_REQUIRED (naming them); TOO_MANY_REQUESTS while locked out.
 */
export async function signIn(runtime: Runtime, input: SignInInput, from: Origin): Promise<SignInResult> {
  const attempt = await beginAttempt(runtime, { email: input.email, address: from.address })
  const candidates = await candidatesOf(runtime, input.email, input.organisation)
  const [right, ...others] = await withRightPassword(candidates, input.password)
  if (!right) {
    for (const candidate of candidates) await noteRefusal(runtime, candidate, from, 'PASSWORD')
    throw failed()
  }
  if (others.length > 0) {
    await attempt.undecided()
    const known = await listOrganisations(runtime)
    const mine = [right, ...others].map((one) => one.organisationId)
    throw new AppError(
      'ORGANISATION_REQUIRED',
      'You are a user of several organisations: name the one meant.',
      {
        extra: { organisations: known.filter((one) => mine.includes(one.id)) },
      },
    )
  }
  const key = await organisationKey(runtime, right.organisationId)
  const who = { organisationId: right.organisationId, userId: right.user.id }
  const answer = input.secondFactor
  const passkey = answer?.passkey && (await answeredChallenge(runtime, answer.passkey))
  try {
    const result = await enter(runtime, who, from, async (ctx) => [
      'PASSWORD',
      ...(await secondFactorOf(ctx, runtime.config, key, right.user.id, answer, passkey)),
    ])
    await attempt.succeeded()
    return result
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECOND_FACTOR_REQUIRED') await attempt.undecided()
    else if (error instanceof AppError && error.code === 'SIGN_IN_FAILED')
      await noteRefusal(runtime, right, from, 'SECOND_FACTOR')
    throw error
  }
}

/** Signs in with a passkey alone. Refuses SIGN_IN_FAILED, and TOO_MANY_REQUESTS while the network is locked out. */
export async function signInByPasskey(
  runtime: Runtime,
  answer: PasskeyAnswer,
  from: Origin,
): Promise<SignInResult> {
  const attempt = await beginAttempt(runtime, { email: undefined, address: from.address })
  const passkey = await answeredChallenge(runtime, answer)
  const who = passkey && (await unscopedPasskeyUser(runtime.db, answer.id))
  if (!who) throw failed()
  const result = await enter(runtime, who, from, async (ctx) => {
    if (!(await usePasskey(ctx, runtime.config, who.userId, passkey))) throw failed()
    return ['PASSKEY']
  })
  await attempt.succeeded()
  return result
}

/**
 * Takes an invitation up: sets the password and signs in. Refuses LINK_INVALID, and a password that would be guessed first;
 * the link stays good then.
 */
export async function acceptInvitation(
  runtime: Runtime,
  input: Acceptance,
  from: Origin,
): Promise<SignInResult> {
  const organisationId = await organisationOfLink(runtime, input.token)
  const caller = { ...systemCaller, channel: 'API', requestId: from.requestId } as const
  const passwordHash = await hashChosenPassword(input.password)
  const result = await runtime.write(organisationId, caller, async (ctx) => {
    const user = await useLink(ctx, 'INVITATION', input.token)
    const email = newEmail(user, input.email)
    const displayName = input.displayName ?? (email === user.email ? user.displayName : email)
    assertGoodPassword(input.password, { email, displayName })
    try {
      await store.updateUser(ctx, user.id, { passwordHash, displayName, email, joinedAt: ctx.now })
    } catch (error) {
      if (brokenUnique(error) !== 'users_by_email') throw error
      throw new AppError('USER_EXISTS', 'Another user of the organisation has this e-mail.', { cause: error })
    }
    await ctx.audit({ entityType: 'user', entityId: user.id, action: 'acceptInvitation' })
    return resultOf(ctx, await startSession(ctx, user.id, ['PASSWORD'], from))
  })
  await endFormerSession(runtime, from)
  return result
}

/** An address is whose it was sent to; only the first owner of an installation was sent nothing. */
function newEmail(user: store.UserRow, given: string | undefined): string {
  if (given === undefined || given === user.email) return user.email
  if (user.email === placeholderEmail) return given
  const detail = 'The e-mail is the one that was invited. Leave it out.'
  throw new AppError('VALIDATION_FAILED', detail, {
    errors: [{ pointer: '/email', code: 'EMAIL_FIXED', detail }],
  })
}
