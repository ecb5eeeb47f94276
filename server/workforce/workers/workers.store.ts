/** Reading the tables `workers` and `worker_sources`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql, type Tx } from '../../platform/db/database.ts'
import {
  fewIdsOf,
  idsOf,
  isOnlyUpdatedSince,
  listLimits,
  totalBeside,
  type Counting,
  type Total,
} from '../../platform/db/total.ts'
import { foldText } from '../../platform/text.ts'
import type { Worker, WorkerAttributes, WorkerFilter } from './workers.schema.ts'

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
  readonly deleted_at: Date | null
  readonly updated_at: Date
  readonly display_name_folded: string
  readonly sources: { externalId: string; sourceSystem: string; isPrimary: boolean }[] | null
}

const columns = sql`w.id, w.display_name, w.first_name, w.middle_name, w.last_name, w.birth_date, w.work_email, w.mobile, w.job_title,
  w.position_id, p.code as position_code, w.state, w.worker_type, w.status, w.start_date, w.licence_status, w.deleted_at, w.updated_at,
  w.display_name_folded,
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
      compliance: { licenceStatus: row.licence_status, gaps: [] },
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

/** Text ranges instead of LIKE: LIKE is not leak-proof, so under row-level security it would not use an index. */
const lastCharacter = '\u{10FFFF}'

function startsWith(column: Sql, text: string): Sql {
  return sql`(${column} >= ${text} and ${column} < ${text + lastCharacter})`
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

/** Whom another system knows: by their ids where they are few, else probed on the way through the names. */
async function knownTo(tx: Tx, organisationId: string, filter: WorkerFilter): Promise<Sql> {
  const systems =
    filter.sourceSystem === undefined
      ? sql`in (select worker_source_systems(${organisationId}))`
      : sql`= ${filter.sourceSystem.toLowerCase()}`
  const keys = sql`k.organisation_id = ${organisationId} and k.source_folded ${systems}
    ${filter.externalId === undefined ? sql`` : sql`and k.external_id = ${filter.externalId}`}`
  const ids = await idsOf(
    tx,
    sql`select k.worker_id from worker_sources k where ${keys} limit ${listLimits.fewRows + 1}`,
  )
  if (ids.length <= listLimits.fewRows) return sql`w.id = any (${ids}::text[])`
  return sql`(select count(*) from worker_sources k where ${keys} and k.worker_id = w.id) > 0`
}

/**
 * Where the beginning of a name, a family name or an e-mail may stand: each way by itself finds its index. The latter two
 * come in as ids where they are few, else they are looked at on the way through the names.
 */
async function beginningWith(tx: Tx, organisationId: string, query: string): Promise<Sql[]> {
  const text = foldText(query)
  const byName = startsWith(sql`w.display_name_folded`, text)
  // The e-mail is said in two halves, so that each finds its partial index.
  const found = (condition: Sql): Sql =>
    sql`(select e.id from workers e where e.organisation_id = ${organisationId} and ${condition} limit ${listLimits.fewNames + 1})`
  const email = sql`e.work_email_folded is not null and ${startsWith(sql`e.work_email_folded`, text)}`
  const ids = await idsOf(
    tx,
    sql.join(
      [
        found(startsWith(sql`e.family_name_folded`, text)),
        found(sql`e.status = 'ACTIVE' and e.deleted_at is null and ${email}`),
        found(sql`not (e.status = 'ACTIVE' and e.deleted_at is null) and ${email}`),
      ],
      sql` union all `,
    ),
  )
  if (ids.length === 0) return [byName]
  if (ids.length <= listLimits.fewNames) return [byName, sql`(w.id = any (${ids}::text[]) and not ${byName})`]
  const others = [sql`w.family_name_folded`, sql`w.work_email_folded`].map((column) =>
    startsWith(column, text),
  )
  return [sql`(${byName} or ${sql.join(others, sql` or `)})`]
}

/**
 * In the order of the folded name, then id, with how many there are.
 *
 * In an organisation of a million, each filter either has an index in that order (name, position, licence status,
 * inactive), or is met by so many that walking the names soon fills a page, or comes in as the ids of a few. Where a name
 * or an e-mail may match, each is looked for by itself and they are merged (bench/lists.ts).
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
  const ways =
    filter.query === undefined ? [sql`true`] : await beginningWith(tx, organisationId, filter.query)
  const behind = page.after
    ? sql`and (w.display_name_folded, w.id) > (${page.after[0]}, ${page.after[1]})`
    : sql``
  const way = (condition: Sql, most: Sql): Sql => sql`select ${columns} from workers w ${withPosition}
    where ${where} and ${condition} ${behind} order by w.display_name_folded, w.id ${most}`
  const [only = sql`true`, ...others] = ways
  const bounds = sql`limit ${page.limit} offset ${page.offset}`
  const countable = {
    rows: sql`from workers w where ${where} and (${sql.join(ways, sql` or `)})`,
    all: sql`from workers w where w.organisation_id = ${organisationId}`,
    sizeKey: `workers:${organisationId}`,
  }
  const few =
    isOnlyUpdatedSince(filter) &&
    (await fewIdsOf(
      tx,
      countable,
      sql`select w.id, w.display_name_folded ${countable.rows}`,
      sql`where ${page.after ? sql`(display_name_folded, id) > (${page.after[0]}, ${page.after[1]})` : sql`true`}
      order by display_name_folded, id ${bounds}`,
    ))
  if (few) {
    const chosen = await tx.rows<WorkerRow>(sql`select ${columns} from workers w ${withPosition}
      where w.organisation_id = ${organisationId} and w.id = any (${few.ids}::text[]) order by w.display_name_folded, w.id`)
    return { workers: chosen.map(present), total: few.total }
  }
  const rows = await tx.rows<WorkerRow>(
    others.length === 0
      ? way(only, bounds)
      : sql`select * from (${sql.join(
          ways.map((one) => sql`(${way(one, sql`limit ${page.limit + page.offset}`)})`),
          sql` union all `,
        )}) found order by display_name_folded, id ${bounds}`,
  )
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
