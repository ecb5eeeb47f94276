/**
 * Lock-out with backoff: who guesses, waits. Counted per address that is signed in with and per network that it comes from,
 * in the database, so that it holds over nodes and restarts.
 *
 * An address that nobody has is counted and locked like any other: a lock does not tell who exists.
 */
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { keyedHash } from '../../platform/secrets.ts'
import * as store from './users.lock-out.store.ts'
import { networkOf } from './users.rules.ts'
import { foldEmail } from './users.schema.ts'

const userSubject = ({ masterKey }: Runtime, email: string): Buffer =>
  keyedHash(masterKey, 'sign-in user', foldEmail(email))

export interface Attempt {
  /** It went well: nothing is held against user and network any more. */
  succeeded(): Promise<void>
  /** It was no failure, but not the end either: it does not count. */
  undecided(): Promise<void>
}

/**
 * Begins an attempt, which counts as failed unless it is told otherwise. Refuses (TOO_MANY_REQUESTS) while user or network
 * is locked, without counting.
 * @param email undefined where nobody is named yet
 */
export async function beginAttempt(
  runtime: Runtime,
  from: { readonly email: string | undefined; readonly address: string },
): Promise<Attempt> {
  const { db, clock, masterKey } = runtime
  const network = keyedHash(masterKey, 'sign-in network', networkOf(from.address))
  const subjects = from.email === undefined ? [network] : [userSubject(runtime, from.email), network]
  const now = clock.now()
  const lockedUntil = await store.reserveAttempt(db, subjects, now)
  if (lockedUntil !== undefined)
    throw new AppError('TOO_MANY_REQUESTS', 'Signing in went wrong too often. Wait before you try again.', {
      extra: { retryAfter: Math.ceil((lockedUntil.getTime() - now.getTime()) / 1_000) },
    })
  return {
    succeeded: () => store.clearFailures(db, subjects),
    undecided: () => store.releaseAttempt(db, subjects),
  }
}

/** Who has shown otherwise that the address is theirs is locked out no more. */
export async function forgive(runtime: Runtime, email: string): Promise<void> {
  await store.clearFailures(runtime.db, [userSubject(runtime, email)])
}
