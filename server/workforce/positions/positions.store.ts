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

/** The same for many: by what was asked for, those that are there. */
export async function findPositionIds(
  { tx, organisationId }: ReadContext,
  idsOrCodes: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx.rows<{ named: string; id: string }>(sql`select distinct on (n.named) n.named, p.id
    from unnest(${idsOrCodes}::text[]) as n(named)
    join positions p on p.organisation_id = ${organisationId} and p.deleted_at is null and (p.id = n.named or p.code = n.named)
    order by n.named, p.id = n.named desc`)
  return new Map(rows.map(({ named, id }) => [named, id]))
}
