/** The table `sftp_bans`: the installation's, shared by every node and kept over restarts. */
import { sql, type Tx } from '../../platform/db/database.ts'
import type { Ban } from './file-exchange.schema.ts'

const columns = sql`source, reason, repeats, banned_at as "bannedAt", banned_until as "bannedUntil"`

/** What may be known of bans at once: more than that, and those that end soonest are left out. */
const known = 100_000

/** Bans in force and those that still count as repeats, the longest first. */
export function allBans(tx: Tx, now: Date): Promise<Ban[]> {
  return tx.rows<Ban>(sql`select ${columns} from sftp_bans where forget_at > ${now}
    order by banned_until desc limit ${known}`)
}

export function bansInForce(tx: Tx, now: Date): Promise<Ban[]> {
  return tx.rows<Ban>(sql`select ${columns} from sftp_bans where banned_until > ${now}
    order by banned_until desc, source limit ${known}`)
}

/** Every transaction below it has ended: what changes from now on is at or above it. */
export async function horizon(tx: Tx): Promise<string> {
  return (await tx.one<{ xmin: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`))
    .xmin
}

/** Bans that were made, lengthened or lifted by transactions at or above a horizon; some may have been seen before. */
export function bansSince(tx: Tx, from: string): Promise<Ban[]> {
  return tx.rows<Ban>(sql`select ${columns} from sftp_bans where txid >= ${from}::xid8
    order by banned_until desc limit ${known}`)
}

/** Two nodes may ban one source at the same time: the longer ban stands. */
export async function saveBans(tx: Tx, bans: readonly (Ban & { readonly forgetAt: Date })[]): Promise<void> {
  const list = <T>(pick: (ban: Ban & { readonly forgetAt: Date }) => T): T[] => bans.map(pick)
  await tx.run(sql`insert into sftp_bans (source, reason, repeats, banned_at, banned_until, forget_at, txid)
    select source, reason, repeats, banned_at, banned_until, forget_at, pg_current_xact_id()
    from unnest(${list((ban) => ban.source)}::text[], ${list((ban) => ban.reason)}::text[], ${list((ban) => ban.repeats)}::int[],
      ${list((ban) => ban.bannedAt)}::timestamptz[], ${list((ban) => ban.bannedUntil)}::timestamptz[],
      ${list((ban) => ban.forgetAt)}::timestamptz[]) as made(source, reason, repeats, banned_at, banned_until, forget_at)
    order by source
    on conflict (source) do update set reason = excluded.reason, banned_at = excluded.banned_at, txid = excluded.txid,
      repeats = greatest(sftp_bans.repeats, excluded.repeats), banned_until = greatest(sftp_bans.banned_until, excluded.banned_until),
      forget_at = greatest(sftp_bans.forget_at, excluded.forget_at)`)
}

/** Ends a ban, and forgets its repeats. The row stays for a while, so that every node hears of it. False when there is none in force. */
export async function liftBan(tx: Tx, source: string, now: Date, forgetAt: Date): Promise<boolean> {
  const lifted =
    await tx.run(sql`update sftp_bans set banned_until = ${now}, repeats = 0, forget_at = ${forgetAt},
      txid = pg_current_xact_id() where source = ${source} and banned_until > ${now}`)
  return lifted === 1
}

export async function forgetBans(tx: Tx, now: Date): Promise<void> {
  await tx.run(sql`delete from sftp_bans where source in
    (select source from sftp_bans where forget_at <= ${now} limit 10000 for update skip locked)`)
}
