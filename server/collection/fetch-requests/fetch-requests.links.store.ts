/** Link keys in the table `installation_secrets`, shared by every node. */
import { sql, type Tx } from '../../platform/db/database.ts'

export async function wrappedLinkKey(tx: Tx, name: string): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped: Buffer }>(
    sql`select wrapped from installation_secrets where name = ${name}`,
  )
  return row?.wrapped
}

export async function newestLinkKeyVersion(tx: Tx): Promise<number | undefined> {
  const { version } = await tx.one<{
    version: number | null
  }>(sql`select max(substring(name from '^link-key:([0-9]{1,9})$')::int) as version
    from installation_secrets where name like 'link-key:%'`)
  return version ?? undefined
}

/** Keeps the first: of two nodes that make a key at once, both go on with one. */
export async function insertWrappedLinkKey(tx: Tx, name: string, wrapped: Buffer, now: Date): Promise<void> {
  await tx.run(sql`insert into installation_secrets (name, wrapped, created_at) values (${name}, ${wrapped}, ${now})
    on conflict (name) do nothing`)
}
