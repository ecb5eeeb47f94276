/**
 * Bans of sources (spec 50, Server): kept in the database, so that they outlive a restart and every node sees them. Who is
 * asked at each connection is the memory of `file-exchange.sftp-sources.ts`, which follows what is read here.
 */
import { isIP } from 'node:net'
import { plainAddress } from '../../platform/address-list.ts'
import type { Caller } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { networkOf } from '../../tenancy/users/users.rules.ts'
import { insertOperatorEntry } from './file-exchange.accounts.store.ts'
import * as store from './file-exchange.bans.store.ts'
import { forgottenAt } from './file-exchange.bans.rules.ts'
import type { Ban } from './file-exchange.schema.ts'

/** What counts as one source: an IPv4 address, or the /64 that one line of IPv6 has (`2001:db8:1:2::/64`). */
export const sourceOf = (address: string): string => networkOf(plainAddress(address))

export interface BanChanges {
  readonly bans: readonly Ban[]
  /** Give it back to hear what changed from here on. */
  readonly horizon: string
}

/**
 * What is known of bans, or what changed since an earlier answer; some of that may have been told before. A lifted ban is
 * one whose end has passed.
 */
export function readBans(runtime: Runtime, since?: string): Promise<BanChanges> {
  return runtime.db.installation(async (tx) => {
    // First: what commits between the two statements is told again rather than never.
    const horizon = await store.horizon(tx)
    const bans =
      since === undefined ? await store.allBans(tx, runtime.clock.now()) : await store.bansSince(tx, since)
    return { bans, horizon }
  })
}

/** At once, so many bans are entries of their own; a flood of them is counted in one. */
const entriesMax = 20

/** Keeps new bans, and says so in the operator's journal. Of two nodes that ban one source, the longer ban stands. */
export async function imposeBans(runtime: Runtime, bans: readonly Ban[]): Promise<void> {
  if (bans.length === 0) return
  await runtime.db.installation(async (tx) => {
    await store.saveBans(
      tx,
      bans.map((ban) => ({
        ...ban,
        forgetAt: new Date(forgottenAt({ until: ban.bannedUntil.getTime(), repeats: ban.repeats })),
      })),
    )
    const at = runtime.clock.now()
    const enter = (action: string, detail: Readonly<Record<string, unknown>>): Promise<void> =>
      insertOperatorEntry(tx, { id: newId('auditEntry'), at, channel: 'SFTP', action, detail })
    for (const { source, reason, repeats, bannedUntil } of bans.slice(0, entriesMax))
      await enter('sftp-ban', { source, reason, repeats, until: bannedUntil.toISOString() })
    const more = bans.length - entriesMax
    if (more > 0) await enter('sftp-bans', { more })
  })
}

/** Forgets bans that count no more. */
export async function forgetOldBans(runtime: Runtime): Promise<void> {
  await runtime.db.installation((tx) => store.forgetBans(tx, runtime.clock.now()))
}

/** Those in force, the longest first. */
export function listBans(runtime: Runtime): Promise<Ban[]> {
  return runtime.db.installation((tx) => store.bansInForce(tx, runtime.clock.now()))
}

const dayMs = 86_400_000

/**
 * Ends the ban of an address's source and forgets what was held against it; every node follows within seconds. Resolves to
 * the source. VALIDATION_FAILED for what is no address, NOT_FOUND when it is not banned.
 */
export async function clearBan(runtime: Runtime, caller: Caller, address: string): Promise<string> {
  const bare = address.replace(/\/64$/, '')
  if (isIP(bare) === 0)
    throw new AppError(
      'VALIDATION_FAILED',
      `"${address}" is no address. Write it as "vouchsafe bans list" shows it: 203.0.113.7 or 2001:db8:1:2::/64.`,
    )
  const source = sourceOf(bare)
  const now = runtime.clock.now()
  await runtime.db.installation(async (tx) => {
    if (!(await store.liftBan(tx, source, now, new Date(now.getTime() + dayMs))))
      throw new AppError('NOT_FOUND', `${source} is not banned.`)
    await insertOperatorEntry(tx, {
      id: newId('auditEntry'),
      at: now,
      channel: caller.channel,
      action: 'sftp-ban-clear',
      detail: { source },
    })
  })
  return source
}
