/** Lists of fetch requests, newest first. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import type { FetchRequestFilter, RequestRow } from './fetch-requests.schema.ts'
import { columns, withWorker } from './fetch-requests.store.ts'

export interface RequestPage {
  readonly limit: number
  readonly offset: number
  readonly after: { readonly at: Date; readonly id: string } | null
  readonly counting: Counting
}

/**
 * In an organisation of a million requests each filter has an index in the order of the list (all, one status, one worker), or
 * is met so often that walking it fills a page. Several statuses are walked one by one and merged: an index on the status gives
 * the order for one of them only.
 * @param ofWorkers a condition on `f.worker_id`, where people are searched for
 */
export async function findRequests(
  { tx, organisationId }: ReadContext,
  filter: FetchRequestFilter,
  ofWorkers: Sql | undefined,
  page: RequestPage,
): Promise<{ rows: RequestRow[]; total: Total }> {
  const parts: Sql[] = [sql`f.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`f.deleted_at is null`)
  if (filter.workerId !== undefined) parts.push(sql`f.worker_id = ${filter.workerId}`)
  if (filter.updatedSince) parts.push(sql`f.updated_at >= ${filter.updatedSince}`)
  if (ofWorkers) parts.push(ofWorkers)
  const where = sql.join(parts, sql` and `)
  const behind = page.after ? sql`and (f.created_at, f.id) < (${page.after.at}, ${page.after.id})` : sql``
  const order = sql`order by f.created_at desc, f.id desc`
  const statuses = [...new Set(filter.status ?? [])]
  const ways = (
    statuses.length === 0 ? [sql``] : statuses.map((status) => sql`and f.status = ${status}`)
  ).map(
    (way) => sql`(select f.id, f.created_at from fetch_requests f where ${where} ${way} ${behind} ${order}
      limit ${page.limit + page.offset})`,
  )
  const rows = await tx.rows<RequestRow>(sql`with found as materialized (
      select id from (${sql.join(ways, sql` union all `)}) f ${order} limit ${page.limit} offset ${page.offset})
    select ${columns} from fetch_requests f ${withWorker}
    where f.organisation_id = ${organisationId} and f.id = any (array(select id from found)) ${order}`)
  const countable = {
    rows: sql`from fetch_requests f where ${where} ${statuses.length === 0 ? sql`` : sql`and f.status = any (${statuses}::text[])`}`,
    all: sql`from fetch_requests f where f.organisation_id = ${organisationId}`,
    sizeKey: `fetch-requests:${organisationId}`,
  }
  return { rows, total: await totalBeside(tx, countable, { ...page, found: rows.length }) }
}
