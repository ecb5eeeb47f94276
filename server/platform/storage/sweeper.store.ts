/** The table `released_blobs`. */
import type { ReadContext, WriteContext } from '../context.ts'
import { sql } from '../db/database.ts'

export interface Released {
  readonly key: string
  /** How often it was let go of. */
  readonly releases: number
}

export async function insertReleased(ctx: WriteContext, keys: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`insert into released_blobs (organisation_id, blob_key, released_at, releases)
    select distinct ${ctx.organisationId}, key, ${ctx.now}::timestamptz, 1 from unnest(${keys}::text[]) as key order by 2
    on conflict (organisation_id, blob_key) do update set released_at = excluded.released_at, releases = released_blobs.releases + 1`)
}

/** Some of them behind `after`, in order of their keys. */
export function releasedBlobs(
  { tx, organisationId }: ReadContext,
  after: string,
  limit: number,
): Promise<Released[]> {
  return tx.rows<Released>(sql`select blob_key as key, releases from released_blobs
    where organisation_id = ${organisationId} and blob_key > ${after} order by blob_key limit ${limit}`)
}

/** Those that were not let go of again meanwhile. */
export async function deleteReleased(
  { tx, organisationId }: WriteContext,
  released: readonly Released[],
): Promise<void> {
  await tx.run(sql`delete from released_blobs b
    using unnest(${released.map(({ key }) => key)}::text[], ${released.map(({ releases }) => releases)}::int[]) as r (key, releases)
    where b.organisation_id = ${organisationId} and b.blob_key = r.key and b.releases = r.releases`)
}
