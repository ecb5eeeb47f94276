/** Where the sandbox's clock stands, for every node of the installation (spec 97). */
import { sql, type Database } from './db/database.ts'

/** Milliseconds by which the platform's clock is ahead of the machine's; 0 when it was never moved. */
export async function readClockOffset(db: Database): Promise<number> {
  const row = await db.installation((tx) =>
    tx.maybeOne<{ offset_ms: number }>(sql`select offset_ms from installation_clock`),
  )
  return row?.offset_ms ?? 0
}

/** Every node reads it each second. */
export async function saveClockOffset(db: Database, offsetMs: number): Promise<void> {
  await db.installation((tx) =>
    tx.run(sql`insert into installation_clock (only_row, offset_ms) values (true, ${offsetMs})
      on conflict (only_row) do update set offset_ms = excluded.offset_ms`),
  )
}

/** The database's version, and how far its clock is from an instant of the machine's, in milliseconds. */
export function askServer(db: Database, machineNow: Date): Promise<{ version: string; skewMs: number }> {
  return db.installation((tx) =>
    tx.one<{ version: string; skewMs: number }>(sql`select current_setting('server_version') as version,
      abs(extract(epoch from clock_timestamp() - ${machineNow}::timestamptz) * 1000)::bigint as "skewMs"`),
  )
}
