/** Reading the table `positions`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** The id of the position with this id or code, if there is one. An id wins over a code that looks like one. */
export async function findPositionId(
  { tx, organisationId }: ReadContext,
  idOrCode: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select id from positions
    where organisation_id = ${organisationId} and deleted_at is null and (id = ${idOrCode} or code = ${idOrCode})
    order by id = ${idOrCode} desc limit 1`)
  return row?.id
}
