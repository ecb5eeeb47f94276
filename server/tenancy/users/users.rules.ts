/** Rules of users and of signing in: how long, how often, from where. Pure. */
import { AppError } from '../../platform/errors.ts'
import { foldEmail } from './users.schema.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const invitationMs = 7 * day
export const passwordResetMs = hour
/** Between two mails about a forgotten password. */
export const passwordResetPauseMs = minute
export const sessionIdleMs = 12 * hour
export const sessionMs = 30 * day
export const lastUsedEveryMs = minute
/** How fresh a sign-in must be for what could lock the user out. */
export const freshSignInMs = 10 * minute

export interface SessionTimes {
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

export function isSessionOver({ lastUsedAt, expiresAt }: SessionTimes, now: Date): boolean {
  return expiresAt <= now || now.getTime() - lastUsedAt.getTime() >= sessionIdleMs
}

const failuresFree = 5
const lockMaxMs = hour
/** Wrong ones that are this old count no more. */
export const failuresForgottenMs = day

/** For how long nobody signs in after so many wrong ones in a row: a minute after five, then twice as long each time. */
export function lockMs(failures: number): number {
  if (failures < failuresFree) return 0
  return Math.min(lockMaxMs, minute * 2 ** Math.min(failures - failuresFree, 10))
}

const passwordLeast = 12

/**
 * Refuses (VALIDATION_FAILED) a password that would be guessed first. Long enough is what counts (NIST SP 800-63B, 5.1.1.2):
 * no rule about kinds of characters.
 */
export function assertGoodPassword(
  password: string,
  user: { readonly email: string; readonly displayName: string },
  pointer = '/password',
): void {
  const fault = passwordFault(password, user)
  if (fault === undefined) return
  throw new AppError('VALIDATION_FAILED', fault, {
    errors: [{ pointer, code: 'PASSWORD_WEAK', detail: fault }],
  })
}

function passwordFault(password: string, user: { email: string; displayName: string }): string | undefined {
  const length = [...password].length
  if (length < passwordLeast) return `A password has at least ${passwordLeast} characters.`
  const folded = foldEmail(password)
  if (new Set(folded).size < 5) return 'The password repeats a few characters. Choose a longer thought.'
  const name = foldEmail(user.displayName)
  if (folded === foldEmail(user.email) || (name.length >= 4 && folded.replaceAll(name, '').length < 4))
    return 'The password is the user’s own name or address.'
  const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiopasdfghjklzxcvbnm', 'password']
  const left = runs.reduce((text, run) => withoutRuns(text, run), folded)
  if (left.length < 4) return 'The password is one of those that are tried first.'
  return undefined
}

/** Takes out what stands in a row on a keyboard or in the alphabet, four characters or more. */
function withoutRuns(text: string, run: string): string {
  for (let size = Math.min(run.length, text.length); size >= 4; size -= 1)
    for (let at = 0; at + size <= run.length; at += 1) text = text.replaceAll(run.slice(at, at + size), '')
  return text
}

/** The network of a source that counts as one: an IPv4 address, or the /64 that one line of IPv6 has. */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  if (!bare.includes(':')) return bare
  const [head = '', tail] = bare.split('::') as [string, string?]
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.join(':')}::/64`
}

const userAgentMost = 200

/** Enough to tell one's devices apart. */
export function shortUserAgent(text: string | null): string | null {
  if (text === null) return null
  const shown = text.replaceAll(/[^\x20-\x7e]/g, '?').trim()
  if (shown === '') return null
  return shown.length <= userAgentMost ? shown : `${shown.slice(0, userAgentMost - 1)}…`
}

export const sessionCookie = 'vouchsafe_session'

/** A `Set-Cookie` value (RFC 6265). An empty value with no life takes the cookie away. */
export function cookie(
  name: string,
  value: string,
  options: { readonly isSecure: boolean; readonly path?: string; readonly maxAgeSeconds: number },
): string {
  const secure = options.isSecure ? '; Secure' : ''
  return `${name}=${value}; Path=${options.path ?? '/'}; Max-Age=${options.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

/** Between leaving for the provider of single sign-on and coming back. */
export const oidcMs = 10 * minute
export const oidcCookie = 'vouchsafe_oidc'

/** For which an authenticator may answer a challenge. */
export const challengeMs = 5 * minute
