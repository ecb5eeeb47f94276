/** Reading the tables `workers` and `worker_sources`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql, type Tx } from '../../platform/db/database.ts'
import { fewIdsOf, totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import type { Worker, WorkerAttributes, WorkerFilter } from './workers.schema.ts'
import { beginningWith, beginsWith, lettersIn } from './workers.search.store.ts'

interface WorkerRow {
  readonly id: string
  readonly display_name: string
  readonly first_name: string | null
  readonly middle_name: string | null
  readonly last_name: string | null
  readonly birth_date: string | null
  readonly work_email: string | null
  readonly mobile: string | null
  readonly job_title: string | null
  readonly position_id: string | null
  readonly position_code: string | null
  readonly state: string | null
  readonly worker_type: WorkerAttributes['employment']['workerType']
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly start_date: string | null
  readonly licence_status: 'green' | 'yellow' | 'red' | null
  readonly gaps: WorkerAttributes['compliance']['gaps'] | null
  readonly deleted_at: Date | null
  readonly updated_at: Date
  readonly display_name_folded: string
  readonly sources: { externalId: string; sourceSystem: string; isPrimary: boolean }[] | null
}

const columns = sql`w.id, w.display_name, w.first_name, w.middle_name, w.last_name, w.birth_date, w.work_email, w.mobile, w.job_title,
  w.position_id, p.code as position_code, w.state, w.worker_type, w.status, w.start_date, w.licence_status, w.deleted_at, w.updated_at,
  w.display_name_folded,
  (select a.gaps from worker_answers a where a.organisation_id = w.organisation_id and a.worker_id = w.id) as gaps,
  (select jsonb_agg(jsonb_build_object('externalId', s.external_id, 'sourceSystem', s.source_system, 'isPrimary', s.is_primary)
      order by s.is_primary desc, s.source_folded, s.external_id)
    from worker_sources s where s.organisation_id = w.organisation_id and s.worker_id = w.id) as sources`

const withPosition = sql`left join positions p on p.organisation_id = w.organisation_id and p.id = w.position_id`

export interface WorkerPage {
  readonly limit: number
  readonly offset: number
  readonly after: readonly [string, string] | null
  readonly counting: Counting
}

function present(row: WorkerRow): Worker {
  const sources = (row.sources ?? []).map(({ externalId, sourceSystem }) => ({ externalId, sourceSystem }))
  return {
    id: row.id,
    lastUpdated: row.updated_at,
    sortKey: [row.display_name_folded, row.id],
    attributes: {
      identity: {
        displayName: row.display_name,
        firstName: row.first_name,
        middleName: row.middle_name,
        lastName: row.last_name,
        birthDate: row.birth_date,
      },
      contact: { workEmail: row.work_email, mobile: row.mobile },
      employment: {
        jobTitle: row.job_title,
        positionId: row.position_id,
        positionCode: row.position_code,
        state: row.state,
        workerType: row.worker_type,
        status: row.status,
        startDate: row.start_date,
      },
      source: sources[0] ?? null,
      sources,
      compliance: { licenceStatus: row.licence_status, gaps: row.gaps ?? [] },
      deletedAt: row.deleted_at,
    },
  }
}

export async function findWorker(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<Worker | undefined> {
  const row = await tx.maybeOne<WorkerRow>(
    sql`select ${columns} from workers w ${withPosition}
    where w.organisation_id = ${organisationId} and w.id = ${id} and w.deleted_at is null`,
    'findWorker',
  )
  return row && present(row)
}

export async function findWorkerByExternalId(
  { tx, organisationId }: ReadContext,
  sourceSystem: string,
  externalId: string,
): Promise<Worker | undefined> {
  const row = await tx.maybeOne<WorkerRow>(
    sql`select ${columns} from worker_sources k
    join workers w on w.organisation_id = k.organisation_id and w.id = k.worker_id ${withPosition}
    where k.organisation_id = ${organisationId} and k.source_folded = ${sourceSystem.toLowerCase()} and k.external_id = ${externalId}
      and w.deleted_at is null`,
    'findWorkerByExternalId',
  )
  return row && present(row)
}

/** Whom the systems know by this key, deleted ones left out. */
export function holdersOfExternalId(
  { tx, organisationId }: ReadContext,
  externalId: string,
  sourceSystem: string | undefined,
): Promise<{ workerId: string; sourceSystem: string }[]> {
  const systems =
    sourceSystem === undefined
      ? sql`in (select worker_source_systems(${organisationId}))`
      : sql`= ${sourceSystem.toLowerCase()}`
  return tx.rows(sql`select k.worker_id as "workerId", k.source_system as "sourceSystem"
    from worker_sources k join workers w on w.organisation_id = k.organisation_id and w.id = k.worker_id and w.deleted_at is null
    where k.organisation_id = ${organisationId} and k.external_id = ${externalId} and k.source_folded ${systems}
    order by k.source_folded`)
}

/** What the filter says about the row of the worker alone. */
function conditions(organisationId: string, filter: WorkerFilter): Sql[] {
  const parts: Sql[] = [sql`w.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`w.deleted_at is null`)
  if (filter.status) parts.push(sql`w.status = ${filter.status}`)
  if (filter.licenceStatus) parts.push(sql`w.licence_status = ${filter.licenceStatus}`)
  if (filter.updatedSince) parts.push(sql`w.updated_at >= ${filter.updatedSince}`)
  return parts
}

/** The positions that an id or code names: one, or none, or deleted ones of the same code. */
async function positionOf(tx: Tx, organisationId: string, idOrCode: string): Promise<Sql> {
  const rows = await tx.rows<{ id: string }>(sql`select id from positions
    where organisation_id = ${organisationId} and (id = ${idOrCode} or code = ${idOrCode})`)
  const [first, ...others] = rows.map(({ id }) => id)
  // One by itself: its index gives them in the order of the name.
  return others.length === 0
    ? sql`w.position_id = ${first ?? ''}`
    : sql`w.position_id = any (${rows.map(({ id }) => id)}::text[])`
}

/** Whom another system knows: by their ids where they are few, else read on the way through the names. */
async function knownTo(
  tx: Tx,
  organisationId: string,
  { sourceSystem, externalId }: WorkerFilter,
): Promise<Sql> {
  const systems =
    sourceSystem === undefined
      ? sql`in (select worker_source_systems(${organisationId}))`
      : sql`= ${sourceSystem.toLowerCase()}`
  const keys = sql`k.organisation_id = ${organisationId} and k.source_folded ${systems}
    ${externalId === undefined ? sql`` : sql`and k.external_id = ${externalId}`}`
  const ids = await fewIdsOf(tx, sql`k.worker_id`, sql`from worker_sources k where ${keys}`)
  if (ids) return sql`w.id = any (${ids}::text[])`
  // Most of those whom the system does not know are told from their row (source_bits) alone.
  const may =
    sourceSystem === undefined
      ? sql``
      : sql`w.source_bits & source_bit(${sourceSystem.toLowerCase()}) <> 0 and`
  // `offset 0` keeps the planner from reading all of a system's workers to join them.
  return sql`${may} exists (select from worker_sources k where ${keys} and k.worker_id = w.id offset 0)`
}

/**
 * In the order of the folded name, then id, with how many there are.
 *
 * In an organisation of a million, each filter either has an index in that order (name, position, licence status,
 * inactive, a letter of the family name), or is met by so many that walking the names soon fills a page, in an index that holds what most filters look
 * at, or comes in as the ids of a few. Where a name or an e-mail may match, each is looked for by itself and they are
 * merged (bench/lists.ts).
 */
export async function findWorkers(
  { tx, organisationId }: ReadContext,
  filter: WorkerFilter,
  page: WorkerPage,
): Promise<{ workers: Worker[]; total: Total }> {
  const parts = conditions(organisationId, filter)
  if (filter.positionId) parts.push(await positionOf(tx, organisationId, filter.positionId))
  if (filter.externalId !== undefined || filter.sourceSystem !== undefined)
    parts.push(await knownTo(tx, organisationId, filter))
  const where = sql.join(parts, sql` and `)
  const behind = page.after
    ? sql`(w.display_name_folded, w.id) > (${page.after[0]}, ${page.after[1]})`
    : sql`true`
  const order = sql`w.display_name_folded, w.id`
  const most = page.limit + page.offset
  const walk = (way: Sql): Sql =>
    sql`(select w.id, w.display_name_folded from workers w where ${where} and ${way} order by ${order} limit ${most})`
  const { query } = filter
  let found = [walk(behind)]
  if (query !== undefined) {
    const { family, others } = beginningWith(filter, page.after, behind)
    // Of two letters many family names may begin, and yet the names may be walked far to the first: `offset 0` keeps the planner
    // to their own index, all of which is read, but nothing else. Inactive ones are few enough to be walked, and what else is
    // looked at is not in that index, so that reading all of them would cost all the more.
    const isManyByFamily =
      lettersIn(query) === 2 &&
      filter.status !== 'INACTIVE' &&
      filter.positionId === undefined &&
      filter.sourceSystem === undefined &&
      filter.externalId === undefined &&
      filter.updatedSince === undefined
    const byFamily = isManyByFamily
      ? sql`(select w.id, w.display_name_folded from (select w.id, w.display_name_folded from workers w
          where ${where} and ${family} offset 0) w order by ${order} limit ${most})`
      : walk(family)
    found = [byFamily, ...others.map(walk)]
  }
  // All in one order and the same left out as they come: no way is read further than the page needs.
  const ids = sql`select id from (select distinct display_name_folded, id from (${sql.join(found, sql` union all `)}) ways) once
      order by display_name_folded, id limit ${page.limit} offset ${page.offset}`
  // The ids first: walking the names then reads their index alone.
  const rows = await tx.rows<WorkerRow>(sql`with found (id) as materialized (${ids})
    select ${columns} from workers w ${withPosition}
    where w.organisation_id = ${organisationId} and w.id = any (array(select id from found))
    order by ${order}`)
  const countable = {
    rows: sql`from workers w where ${where} ${query === undefined ? sql`` : sql`and ${beginsWith(query)}`}`,
    all: sql`from workers w where w.organisation_id = ${organisationId}`,
    sizeKey: `workers:${organisationId}`,
  }
  const total = await totalBeside(tx, countable, { ...page, found: rows.length })
  return { workers: rows.map(present), total }
}

export async function countActiveHolders(
  { tx, organisationId }: ReadContext,
  positionId: string,
): Promise<number> {
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total from workers w
    where w.organisation_id = ${organisationId} and w.position_id = ${positionId} and w.status = 'ACTIVE' and w.deleted_at is null`)
  return total
}
