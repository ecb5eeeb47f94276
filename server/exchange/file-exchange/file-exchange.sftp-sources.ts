/**
 * The sources of this node's connections: what is held against each, and which are banned.
 *
 * Nobody waits for the database: scores are kept in memory, bans follow the database every few seconds, and a new ban holds
 * here at once. Memory is bounded. Where there is no room for another score, the lowest are forgotten, so that a flood from
 * elsewhere does not wipe out what was held against those who are about to be banned; where there is no room for another
 * ban, those that end soonest are.
 */
import { bestEffort } from '../../platform/log.ts'
import type { AddressList } from '../../platform/address-list.ts'
import type { Runtime } from '../../platform/runtime.ts'
import {
  forgottenAt,
  isAccountLocked,
  nextBan,
  pointsNow,
  withFault,
  withSuccess,
  type BanTerms,
  type LoginFault,
  type SourceRecord,
} from './file-exchange.bans.rules.ts'
import { forgetOldBans, imposeBans, readBans, sourceOf, type Ban } from './file-exchange.ts'

export interface Sources {
  /** Of the allow-list: never banned, slowed or limited. */
  isExempt(address: string): boolean
  isBanned(address: string): boolean
  /** Holds a fault against the address's source; `account` is the id of the account it was about, if there is one. */
  hold(address: string, fault: LoginFault, account?: string): void
  /** A login went well. */
  forgive(address: string, account: string): void
  /** Whether this account's password is not to be looked at for this address now. */
  isLocked(address: string, account: string): boolean
  /** How much is held against the address's source; below zero for one from which a login came through lately. */
  points(address: string): number
  /** The same by its source, for those who ask of many: nothing of an allow-list is looked up. */
  pointsOf(source: string): number
  /** Sources with a score, and sources banned at present. */
  readonly counts: { readonly scored: number; readonly banned: number }
  /** Reads what other nodes changed, and writes what is waiting to be written. Called by itself every few seconds. */
  follow(): Promise<void>
  close(): Promise<void>
}

export interface SourcesOptions {
  readonly terms: BanTerms
  readonly allowlist: AddressList
  /** Called when a source is banned on this node. */
  onBan(source: string): void
  readonly scoresMax?: number
  readonly bansMax?: number
}

const followMs = 2_000
const forgetEveryMs = 600_000
/** How many at once are forgotten where there is no room: sorting is for the many, not for each. */
const scoresEvicted = 0.25
const bansEvicted = 0.02

/** Whoever comes every day goes before all who come for the first time, when there is not room for both. */
const regularsCredit = 0.75
const regularsMax = 10_000

type KnownBan = Pick<Ban, 'repeats'> & { readonly until: number }

/** Reads the bans there are, then follows. */
export async function openSources(runtime: Runtime, options: SourcesOptions): Promise<Sources> {
  const { terms, allowlist, onBan, scoresMax = 20_000, bansMax = 100_000 } = options
  const scores = new Map<string, SourceRecord>()
  const bans = new Map<string, KnownBan>()
  /** Sources from which a login came through, the latest last. */
  const regulars = new Set<string>()
  /** Made here and not yet written, by source: while the database is away, one may be banned twice. */
  let unwritten = new Map<string, Ban>()
  let horizon: string | undefined
  let forgetAt = 0
  let following: Promise<void> | undefined
  const now = (): number => runtime.clock.now().getTime()

  /** Makes room by a share: the entries of the lowest rank go. */
  const makeRoom = <T>(
    all: Map<string, T>,
    most: number,
    share: number,
    rank: (entry: T) => number,
  ): void => {
    if (all.size < most) return
    const ranked = [...all].map(([key, entry]) => ({ key, rank: rank(entry) }))
    ranked.sort((one, other) => one.rank - other.rank)
    for (const { key } of ranked.slice(0, Math.ceil(most * share))) all.delete(key)
  }
  const knowBan = (source: string, ban: KnownBan): void => {
    if (!bans.has(source)) makeRoom(bans, bansMax, bansEvicted, ({ until }) => until)
    bans.set(source, ban)
  }
  const isBannedNow = (source: string, at: number): boolean => (bans.get(source)?.until ?? 0) > at

  const pointsOf = (source: string): number =>
    pointsNow(scores.get(source), now(), terms) - (regulars.has(source) ? regularsCredit : 0)

  const ban = (source: string, reason: string, at: number): void => {
    const before = bans.get(source)
    const { until, repeats } = nextBan(before, at, terms)
    scores.delete(source)
    knowBan(source, { until, repeats })
    const [bannedAt, bannedUntil] = [new Date(at), new Date(until)]
    unwritten.set(source, { source, reason, repeats, bannedAt, bannedUntil })
    onBan(source)
  }

  const write = async (): Promise<void> => {
    const writing = unwritten
    if (writing.size === 0) return
    unwritten = new Map()
    try {
      await imposeBans(runtime, [...writing.values()])
    } catch (error) {
      // They hold here meanwhile. A database that is away for long must not fill the memory.
      if (writing.size + unwritten.size <= bansMax) unwritten = new Map([...writing, ...unwritten])
      throw error
    }
  }

  const read = async (): Promise<void> => {
    const heard = await readBans(runtime, horizon)
    horizon = heard.horizon
    const at = now()
    for (const { source, repeats, bannedUntil } of heard.bans) {
      if (unwritten.has(source)) continue
      const until = bannedUntil.getTime()
      if (repeats === 0) {
        // Lifted: a fresh start.
        bans.delete(source)
        scores.delete(source)
      } else if (forgottenAt({ until, repeats }) > at) knowBan(source, { until, repeats })
    }
  }

  const followOnce = async (): Promise<void> => {
    await write()
    await read()
    const at = now()
    if (at < forgetAt) return
    forgetAt = at + forgetEveryMs
    await forgetOldBans(runtime)
    for (const [source, known] of bans)
      if (forgottenAt({ until: known.until, repeats: known.repeats }) <= at) bans.delete(source)
    for (const [source, record] of scores) if (pointsNow(record, at, terms) === 0) scores.delete(source)
  }
  const follow = async (): Promise<void> => {
    // One after the other: an older answer must not overwrite a newer one.
    while (following) await following
    following = followOnce().finally(() => (following = undefined))
    await following
  }
  await follow()
  const timer = setInterval(() => {
    if (!following) void bestEffort(runtime.log, 'bans are followed again in a moment', follow())
  }, followMs)
  timer.unref()

  return {
    isExempt: (address) => allowlist.has(address),
    isBanned: (address) => !allowlist.has(address) && isBannedNow(sourceOf(address), now()),
    hold: (address, fault, account) => {
      if (allowlist.has(address)) return
      const [source, at] = [sourceOf(address), now()]
      // What was under way when the ban came adds nothing to it.
      if (isBannedNow(source, at)) return
      const record = withFault(scores.get(source), fault, account, at, terms)
      if (record.points >= terms.score) {
        ban(source, fault, at)
        return
      }
      if (!scores.has(source))
        makeRoom(scores, scoresMax, scoresEvicted, (other) => pointsNow(other, at, terms))
      scores.set(source, record)
    },
    forgive: (address, account) => {
      const source = sourceOf(address)
      const record = withSuccess(scores.get(source), account, now(), terms)
      if (record) scores.set(source, record)
      else scores.delete(source)
      regulars.delete(source)
      regulars.add(source)
      const [longestAgo] = regulars
      if (regulars.size > regularsMax && longestAgo !== undefined) regulars.delete(longestAgo)
    },
    isLocked: (address, account) =>
      !allowlist.has(address) && isAccountLocked(scores.get(sourceOf(address)), account, now(), terms),
    points: (address) => (allowlist.has(address) ? -1 : pointsOf(sourceOf(address))),
    pointsOf,
    get counts() {
      const at = now()
      let banned = 0
      for (const { until } of bans.values()) if (until > at) banned += 1
      return { scored: scores.size, banned }
    },
    follow,
    close: async () => {
      clearInterval(timer)
      await bestEffort(runtime.log, 'the bans of the last moments are lost', follow())
    },
  }
}
