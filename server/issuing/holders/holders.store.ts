/** The table `holders`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

export async function insertHolder(
  ctx: WriteContext,
  row: { readonly wrappedKey: Buffer; readonly isSandbox: boolean },
): Promise<void> {
  await ctx.tx.run(sql`insert into holders (holder_id, wrapped_key, is_sandbox, created_at)
    values (${ctx.organisationId}, ${row.wrappedKey}, ${row.isSandbox}, ${ctx.now})`)
}

export async function wrappedKey({ tx, organisationId }: ReadContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from holders where holder_id = ${organisationId}`,
  )
  return row?.wrapped_key
}
