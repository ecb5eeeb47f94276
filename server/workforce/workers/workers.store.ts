/** Reading the tables `workers` and `worker_sources`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { totalOf, type Counting, type Total } from '../../platform/db/total.ts'
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

function conditions(organisationId: string, filter: WorkerFilter): Sql {
  const parts: Sql[] = [sql`w.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`w.deleted_at is null`)
  if (filter.status) parts.push(sql`w.status = ${filter.status}`)
  if (filter.licenceStatus) parts.push(sql`w.licence_status = ${filter.licenceStatus}`)
  if (filter.updatedSince) parts.push(sql`w.updated_at >= ${filter.updatedSince}`)
  if (filter.positionId) {
    parts.push(sql`w.position_id in (select id from positions q where q.organisation_id = ${organisationId}
      and (q.id = ${filter.positionId} or q.code = ${filter.positionId}))`)
  }
  if (filter.externalId !== undefined || filter.sourceSystem !== undefined) {
    parts.push(sql`w.id in (select k.worker_id from worker_sources k where k.organisation_id = ${organisationId}
      and k.source_folded ${filter.sourceSystem === undefined ? sql`in (select worker_source_systems(${organisationId}))` : sql`= ${filter.sourceSystem.toLowerCase()}`}
      ${filter.externalId === undefined ? sql`` : sql`and k.external_id = ${filter.externalId}`})`)
  }
  if (filter.query !== undefined) {
    const text = foldText(filter.query)
    // Said in two halves, so that each finds its partial index.
    const byEmail = (
      isActive: Sql,
    ): Sql => sql`select e.id from workers e where e.organisation_id = ${organisationId} and ${isActive}
      and e.work_email_folded is not null and ${startsWith(sql`e.work_email_folded`, text)}`
    parts.push(sql`(${startsWith(sql`w.display_name_folded`, text)} or w.id in (
      ${byEmail(sql`e.status = 'ACTIVE' and e.deleted_at is null`)} union all
      ${byEmail(sql`not (e.status = 'ACTIVE' and e.deleted_at is null)`)}))`)
  }
  return sql.join(parts, sql` and `)
}

/** In the order of the folded name, then id. */
export async function findWorkers(
  { tx, organisationId }: ReadContext,
  filter: WorkerFilter,
  page: WorkerPage,
): Promise<Worker[]> {
  const behind = page.after
    ? sql`and (w.display_name_folded, w.id) > (${page.after[0]}, ${page.after[1]})`
    : sql``
  const rows = await tx.rows<WorkerRow>(sql`select ${columns} from workers w ${withPosition}
    where ${conditions(organisationId, filter)} ${behind}
    order by w.display_name_folded, w.id limit ${page.limit} offset ${page.offset}`)
  return rows.map(present)
}

export function countWorkers(
  { tx, organisationId }: ReadContext,
  filter: WorkerFilter,
  counting: Counting,
): Promise<Total> {
  return totalOf(tx, sql`from workers w where ${conditions(organisationId, filter)}`, counting)
}

export async function countActiveHolders(
  { tx, organisationId }: ReadContext,
  positionId: string,
): Promise<number> {
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total from workers w
    where w.organisation_id = ${organisationId} and w.position_id = ${positionId} and w.status = 'ACTIVE' and w.deleted_at is null`)
  return total
}
