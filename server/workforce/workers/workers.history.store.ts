/** Who was what, when: the table `worker_versions`, read. */
import type { ReadContext } from '../../platform/context.ts'
import { knownVersions, type AsOf } from '../../platform/db/as-of.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import type { PastWorker, Tenure } from './workers.answers.schema.ts'

const columns = sql`x.worker_id as "workerId", x.position_id as "positionId", x.start_date as "startDate", x.worker_type as "workerType",
  x.status, x.is_deleted as "isDeleted"`

function latestOf(organisationId: string, workerId: Sql, at: AsOf): Sql {
  return sql`select v.* from worker_versions v where v.organisation_id = ${organisationId} and v.worker_id = ${workerId}
    and ${knownVersions('v', at)} order by v.valid_from desc, v.version desc limit 1`
}

/** These workers as they were; those who were not known yet are left out. */
export function workersAsOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  at: AsOf,
): Promise<PastWorker[]> {
  return tx.rows<PastWorker>(sql`select ${columns} from unnest(${workerIds}::text[]) as ids(id)
    cross join lateral (${latestOf(organisationId, sql`ids.id`, at)}) x`)
}

/**
 * Active workers as they were, behind an id, in its order: at most `limit` of those who may have been.
 * @param positionId only who held it; null = all
 * @returns who was, and the id up to which was looked; null when there are no more
 */
export async function activeAsOf(
  { tx, organisationId }: ReadContext,
  positionId: string | null,
  at: AsOf,
  after: string,
  limit: number,
): Promise<{ workers: PastWorker[]; lookedTo: string | null }> {
  // Who ever held it, by the index; what they were then decides.
  const ids = await tx.rows<{ id: string }>(
    positionId === null
      ? sql`select w.id from workers w where w.organisation_id = ${organisationId} and w.id > ${after} order by w.id limit ${limit}`
      : sql`select distinct v.worker_id as id from worker_versions v where v.organisation_id = ${organisationId}
          and v.position_id = ${positionId} and v.worker_id > ${after} order by v.worker_id limit ${limit}`,
  )
  const all = await workersAsOf(
    { tx, organisationId } as ReadContext,
    ids.map(({ id }) => id),
    at,
  )
  const workers = all
    .filter((one) => one.status === 'ACTIVE' && !one.isDeleted)
    .filter((one) => positionId === null || one.positionId === positionId)
    .sort((a, b) => (a.workerId < b.workerId ? -1 : 1))
  return { workers, lookedTo: ids.length < limit ? null : (ids.at(-1)?.id ?? null) }
}

export interface Holder {
  readonly workerId: string
  readonly positionId: string
  readonly startDate: string | null
  /** The place in the order of the name. */
  readonly sortKey: readonly [string, string]
}

/** Active holders of a position behind a place, in the order of the name. @param after null = from the beginning */
export async function holdersOf(
  { tx, organisationId }: ReadContext,
  positionId: string,
  after: readonly [string, string] | null,
  limit: number,
): Promise<Holder[]> {
  const behind = after ? sql`and (w.display_name_folded, w.id) > (${after[0]}, ${after[1]})` : sql``
  const rows = await tx.rows<
    Omit<Holder, 'sortKey'> & { name: string }
  >(sql`select w.id as "workerId", w.position_id as "positionId",
      w.start_date as "startDate", w.display_name_folded as name
    from workers w where w.organisation_id = ${organisationId} and w.position_id = ${positionId} and w.status = 'ACTIVE'
      and w.deleted_at is null ${behind} order by w.display_name_folded, w.id limit ${limit}`)
  return rows.map(({ name, ...row }) => ({ ...row, sortKey: [name, row.workerId] }))
}

/** Since when each of these workers has held the position that he held then. */
export function tenuresAsOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  at: AsOf,
): Promise<Tenure[]> {
  const known = knownVersions('v', at)
  return tx.rows<Tenure>(sql`select ids.id as "workerId", f.since, o.version is not null as "hasMoved"
    from unnest(${workerIds}::text[]) as ids(id)
    cross join lateral (${latestOf(organisationId, sql`ids.id`, at)}) x
    left join lateral (select v.version from worker_versions v where v.organisation_id = ${organisationId} and v.worker_id = ids.id
      and v.position_id is distinct from x.position_id and ${known} order by v.version desc limit 1) o on true
    cross join lateral (select min(v.valid_from) as since from worker_versions v where v.organisation_id = ${organisationId}
      and v.worker_id = ids.id and v.version > coalesce(o.version, 0) and ${known}) f`)
}

/** When somebody was erased, of those who were; undefined for one who was never there. */
export function erasure(
  { tx, organisationId }: ReadContext,
  workerId: string,
): Promise<{ erasedAt: Date | null } | undefined> {
  return tx.maybeOne<{ erasedAt: Date | null }>(
    sql`select erased_at as "erasedAt" from workers where organisation_id = ${organisationId} and id = ${workerId}`,
  )
}

/** The primary key under which another system knows each of these workers. */
export function externalIdsOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
): Promise<{ workerId: string; externalId: string; sourceSystem: string }[]> {
  return tx.rows(sql`select distinct on (s.worker_id) s.worker_id as "workerId", s.external_id as "externalId", s.source_system as "sourceSystem"
    from worker_sources s where s.organisation_id = ${organisationId} and s.worker_id = any (${workerIds}::text[])
    order by s.worker_id, s.is_primary desc, s.source_folded, s.external_id`)
}
