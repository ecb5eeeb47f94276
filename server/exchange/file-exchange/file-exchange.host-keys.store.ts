/** Host keys in the table `installation_secrets`, shared by every node. */
import { sql, type Tx } from '../../platform/db/database.ts'

export async function wrappedHostKey(tx: Tx, name: string): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped: Buffer }>(
    sql`select wrapped from installation_secrets where name = ${name}`,
  )
  return row?.wrapped
}

/** Keeps the first: of two nodes that make a key at once, both go on with one. */
export async function insertWrappedHostKey(tx: Tx, name: string, wrapped: Buffer, now: Date): Promise<void> {
  await tx.run(sql`insert into installation_secrets (name, wrapped, created_at) values (${name}, ${wrapped}, ${now})
    on conflict (name) do nothing`)
}
