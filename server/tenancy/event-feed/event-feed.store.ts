/** The tables `event_feeds` and `event_numbers`, and reading `events` by their numbers. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import type { FeedEvent, FeedFilter } from './event-feed.schema.ts'

/** Holds the feed against other numberings until the transaction ends. */
export async function lockFeed({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.run(sql`insert into event_feeds (organisation_id, last_sequence, numbered_below) values (${organisationId}, 0, '0')
    on conflict (organisation_id) do nothing`)
  await tx.run(sql`select 1 from event_feeds where organisation_id = ${organisationId} for update`)
}

/**
 * Numbers what was committed since, in one statement, so that what is read and the oldest running transaction are of one
 * snapshot. What a transaction that still runs emits gets a later number, never an earlier one.
 */
export async function numberEvents(
  { tx, organisationId }: WriteContext,
  types: readonly string[],
): Promise<void> {
  await tx.run(sql`with feed as (
      select last_sequence, numbered_below, pg_snapshot_xmin(pg_current_snapshot()) as below
      from event_feeds where organisation_id = ${organisationId}),
    numbered as (
      insert into event_numbers (organisation_id, sequence, event_id)
      select e.organisation_id, f.last_sequence + row_number() over (order by e.txid, e.emitted), e.id
      from feed f join events e on e.organisation_id = ${organisationId} and e.txid >= f.numbered_below and e.txid < f.below
      where e.type = any (${types}::text[])
      returning sequence)
    update event_feeds set numbered_below = f.below,
      last_sequence = greatest(event_feeds.last_sequence, (select coalesce(max(sequence), 0) from numbered))
    from feed f where organisation_id = ${organisationId}`)
}

function rows(organisationId: string, filter: FeedFilter): Sql {
  const parts: Sql[] = [sql`n.organisation_id = ${organisationId}`]
  if (filter.after !== undefined) parts.push(sql`n.sequence > ${filter.after}`)
  if (filter.type !== undefined) parts.push(sql`e.type = ${filter.type}`)
  if (filter.updatedSince) parts.push(sql`e.at >= ${filter.updatedSince}`)
  return sql`from event_numbers n join events e on e.organisation_id = n.organisation_id and e.id = n.event_id
    where ${sql.join(parts, sql` and `)}`
}

/** In the order of their numbers. */
export async function findEvents(
  { tx, organisationId }: ReadContext,
  filter: FeedFilter,
  page: { readonly limit: number; readonly offset: number; readonly counting: Counting },
): Promise<{ events: FeedEvent[]; total: Total }> {
  const found = await tx.rows<{
    sequence: number
    id: string
    type: string
    at: Date
    data: Record<string, unknown>
  }>(sql`select n.sequence, e.id, e.type, e.at, e.data ${rows(organisationId, filter)}
    order by n.sequence limit ${page.limit} offset ${page.offset}`)
  return {
    events: found.map(({ sequence, id, type, at, data }) => ({
      id,
      attributes: { sequence, type, timestamp: at, data },
      lastUpdated: at,
    })),
    total: await totalBeside(
      tx,
      {
        rows: rows(organisationId, filter),
        all: sql`from event_numbers n where n.organisation_id = ${organisationId}`,
        sizeKey: `events:${organisationId}`,
      },
      { ...page, found: found.length },
    ),
  }
}
