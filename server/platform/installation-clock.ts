/** Where the sandbox's clock stands, for every node of the installation (spec 97). */
import type { MovableClock } from './clock.ts'
import { sql, type Database } from './db/database.ts'

/** Milliseconds by which the platform's clock is ahead of the machine's; 0 when it was never moved. */
export async function readClockOffset(db: Database): Promise<number> {
  const row = await db.installation((tx) =>
    tx.maybeOne<{ offset_ms: number }>(sql`select offset_ms from installation_clock`),
  )
  return row?.offset_ms ?? 0
}

/** The offset that was set on whichever node. */
export function followClock(db: Database, clock: MovableClock): Promise<void> {
  return clock.changeOffset(() => readClockOffset(db))
}

/**
 * Moves the clock of this node at once and of every other within a second, as each follows it.
 * @param move `toMs` from the machine's time, or `byMs` from wherever the installation's clock stands: two nodes that move
 *   it forward at once move it by both
 */
export function moveClock(
  db: Database,
  clock: MovableClock,
  move: { readonly toMs: number } | { readonly byMs: number },
): Promise<void> {
  const [offsetMs, base] =
    'toMs' in move ? [move.toMs, sql`0`] : [move.byMs, sql`installation_clock.offset_ms`]
  return clock.changeOffset(async () => {
    const row = await db.installation((tx) =>
      tx.one<{
        offset_ms: number
      }>(sql`insert into installation_clock (only_row, offset_ms) values (true, ${offsetMs})
        on conflict (only_row) do update set offset_ms = ${base} + excluded.offset_ms returning offset_ms`),
    )
    return row.offset_ms
  })
}

/** The database's version, and how far its clock is from an instant of the machine's, in milliseconds. */
export function askServer(db: Database, machineNow: Date): Promise<{ version: string; skewMs: number }> {
  return db.installation((tx) =>
    tx.one<{ version: string; skewMs: number }>(sql`select current_setting('server_version') as version,
      abs(extract(epoch from clock_timestamp() - ${machineNow}::timestamptz) * 1000)::bigint as "skewMs"`),
  )
}
