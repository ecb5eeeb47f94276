/**
 * What a source of logins is held to (spec 50, Server): points for what goes wrong, a score that is forgotten little by
 * little, and bans that grow with each repeat. No clock: instants and spans are milliseconds.
 *
 * The figures are chosen for an office that shares one address. Of one account's wrong passwords only so many count in
 * full, and from then on its password is not looked at any more: a job with a stale password shuts out itself, not its
 * colleagues, and who guesses at one account has ten guesses in a window. Who guesses at names is banned after eight.
 */

/** What a connection did wrong. */
export type LoginFault =
  /** A name that no account has. */
  | 'UNKNOWN_NAME'
  /** A password or signature that is not the account's, or an account that may not come in. */
  | 'REFUSED'
  /** Began to speak and never logged in: scanners, and half-open connections that had to be cut. */
  | 'NO_LOGIN'
  /** Came when there was no place for it: more connections at once than anybody needs, or the wrong moment. */
  | 'CROWDING'
  /** Came and went without a word: a load balancer that looks whether somebody listens. */
  | 'SILENT'

export const faultPoints: Readonly<Record<LoginFault, number>> = {
  UNKNOWN_NAME: 5,
  REFUSED: 2,
  NO_LOGIN: 1,
  CROWDING: 0.2,
  // Looked at every second, a server never bans its load balancer.
  SILENT: 0.05,
}

/** The share of the score at which a ban comes that one account's wrong passwords can make up in full. */
const accountShare = 0.5
/** What each further one of that account counts. */
const excessPoints = 0.5

export interface BanTerms {
  /** Points at which a source is banned. */
  readonly score: number
  /** How long it takes until that many points are forgotten. */
  readonly windowMs: number
  readonly firstMs: number
  readonly longestMs: number
}

interface Held {
  readonly points: number
  readonly at: number
}

/** What is held against a source. */
export interface SourceRecord extends Held {
  /** How much of it is due to each account, by id. Fewer than the points that make a ban. */
  readonly accounts: ReadonlyMap<string, Held>
}

const nothing = { points: 0, at: 0 }

/** What is left of it. A clock that went back forgets nothing and adds nothing. */
const left = (held: Held, now: number, terms: BanTerms, share = 1): number =>
  Math.max(0, held.points - (Math.max(0, now - held.at) * terms.score * share) / terms.windowMs)

/** What is held against a source at this instant. */
export function pointsNow(record: SourceRecord | undefined, now: number, terms: BanTerms): number {
  return record ? left(record, now, terms) : 0
}

const accountPoints = (record: SourceRecord | undefined, account: string, now: number, terms: BanTerms) =>
  left(record?.accounts.get(account) ?? nothing, now, terms, accountShare)

/** Whether this account's password was guessed at so often from this source that it is not looked at for a while. */
export function isAccountLocked(
  record: SourceRecord | undefined,
  account: string,
  now: number,
  terms: BanTerms,
): boolean {
  const room = terms.score * accountShare - accountPoints(record, account, now, terms)
  return room < Math.min(faultPoints.REFUSED, terms.score * accountShare)
}

/** @param account the account that it was about, if there is one */
export function withFault(
  record: SourceRecord | undefined,
  fault: LoginFault,
  account: string | undefined,
  now: number,
  terms: BanTerms,
): SourceRecord {
  const before = pointsNow(record, now, terms)
  const accounts = new Map(record?.accounts)
  for (const id of accounts.keys()) if (accountPoints(record, id, now, terms) === 0) accounts.delete(id)
  if (account === undefined || fault !== 'REFUSED')
    return { points: before + faultPoints[fault], at: now, accounts }
  if (isAccountLocked(record, account, now, terms))
    return { points: before + excessPoints, at: now, accounts }
  const points = accountPoints(record, account, now, terms) + faultPoints.REFUSED
  accounts.set(account, { points, at: now })
  return { points: before + faultPoints.REFUSED, at: now, accounts }
}

/**
 * A login that went well: what the account's own wrong passwords added is forgiven. What was held for other reasons stays,
 * so that nobody who has one account buys guesses at others with it.
 */
export function withSuccess(
  record: SourceRecord | undefined,
  account: string,
  now: number,
  terms: BanTerms,
): SourceRecord | undefined {
  if (!record) return undefined
  const points = pointsNow(record, now, terms) - accountPoints(record, account, now, terms)
  const accounts = new Map(record.accounts)
  accounts.delete(account)
  return points > 0 ? { points, at: now, accounts } : undefined
}

/** A source's bans: the last one, and how many count as repeats. */
export interface BanRecord {
  readonly until: number
  readonly repeats: number
}

const growth = 4
/** So long without a ban takes one repeat back. */
const repeatForgottenMs = 86_400_000

/** The next ban of a source that had those before. */
export function nextBan(before: BanRecord | undefined, now: number, terms: BanTerms): BanRecord {
  const forgotten = before ? Math.floor(Math.max(0, now - before.until) / repeatForgottenMs) : 0
  const repeats = Math.max(0, (before?.repeats ?? 0) - forgotten) + 1
  const lengthMs = Math.min(terms.longestMs, terms.firstMs * growth ** (repeats - 1))
  // More repeats than make the longest ban would only take longer to forget.
  const repeatsMax = 1 + Math.ceil(Math.log(terms.longestMs / terms.firstMs) / Math.log(growth))
  return { until: now + lengthMs, repeats: Math.min(repeats, Math.max(1, repeatsMax)) }
}

/** When nothing is known of it any more. */
export const forgottenAt = (ban: BanRecord): number => ban.until + ban.repeats * repeatForgottenMs
