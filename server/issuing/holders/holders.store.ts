/** The table `holders`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Database } from '../../platform/db/database.ts'

/** Before a scope is known: ids only. */
export function unscopedHolders(db: Database): Promise<{ id: string }[]> {
  return db.unscoped((tx) => tx.rows(sql`select holder_id as id from holders order by holder_id`))
}

export async function insertHolder(
  ctx: WriteContext,
  row: { readonly wrappedKey: Buffer; readonly isSandbox: boolean },
): Promise<void> {
  await ctx.tx.run(sql`insert into holders (holder_id, wrapped_key, is_sandbox, created_at)
    values (${ctx.organisationId}, ${row.wrappedKey}, ${row.isSandbox}, ${ctx.now})`)
}

/** Locked until the transaction ends, so that it is wrapped anew once. */
export async function lockedWrappedKey({ tx, organisationId }: WriteContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from holders where holder_id = ${organisationId} for update`,
  )
  return row?.wrapped_key
}

export async function setWrappedKey({ tx, organisationId }: WriteContext, wrappedKey: Buffer): Promise<void> {
  await tx.run(sql`update holders set wrapped_key = ${wrappedKey} where holder_id = ${organisationId}`)
}

export async function wrappedKey({ tx, organisationId }: ReadContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from holders where holder_id = ${organisationId}`,
  )
  return row?.wrapped_key
}
