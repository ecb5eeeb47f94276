/** Reading the table `positions`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { foldText } from '../../platform/text.ts'
import type { Position, PositionAttributes, PositionFilter } from './positions.schema.ts'

interface PositionRow extends Omit<PositionAttributes, 'fileRequirements' | 'effectiveRequirements'> {
  readonly id: string
  readonly updatedAt: Date
  readonly fileRequirements: PositionAttributes['fileRequirements'] | null
}

const columns = sql`p.id, p.code, p.name, p.state, p.requirements, p.grace_days as "graceDays", p.effective_from as "effectiveFrom",
  p.is_stub as "isStub", p.deleted_at as "deletedAt", p.updated_at as "updatedAt",
  (select jsonb_agg(jsonb_build_object('sourceSystem', q.source_folded, 'licenceType', q.license_code, 'state', nullif(q.state, ''),
      'credentialType', q.credential_type, 'jurisdiction', q.jurisdiction, 'unresolvedReason', q.unresolved_reason)
      order by q.source_folded, q.license_code, q.state)
    from position_requirements q where q.organisation_id = p.organisation_id and q.position_id = p.id) as "fileRequirements"`

function present({ id, updatedAt, fileRequirements, ...attributes }: PositionRow): Position {
  return {
    id,
    lastUpdated: updatedAt,
    attributes: { ...attributes, fileRequirements: fileRequirements ?? [], effectiveRequirements: null },
  }
}

/** By id or code; an id wins over a code that looks like one. */
export async function findPosition(
  { tx, organisationId }: ReadContext,
  idOrCode: string,
): Promise<Position | undefined> {
  const row = await tx.maybeOne<PositionRow>(sql`select ${columns} from positions p
    where p.organisation_id = ${organisationId} and p.deleted_at is null and (p.id = ${idOrCode} or p.code = ${idOrCode})
    order by p.id = ${idOrCode} desc limit 1`)
  return row && present(row)
}

function conditions(organisationId: string, filter: PositionFilter): Sql {
  const parts: Sql[] = [sql`p.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`p.deleted_at is null`)
  if (filter.state !== undefined) parts.push(sql`p.state = ${filter.state}`)
  if (filter.updatedSince) parts.push(sql`p.updated_at >= ${filter.updatedSince}`)
  // A few hundred positions: read through. Folding is the database's here, so case only.
  if (filter.query !== undefined)
    parts.push(sql`(starts_with(lower(p.code), ${filter.query.toLowerCase()}) or starts_with(lower(p.name), ${filter.query.toLowerCase()})
      or starts_with(lower(p.name), ${foldText(filter.query)}))`)
  return sql.join(parts, sql` and `)
}

/** In the order of the code, then id. */
export async function findPositions(
  { tx, organisationId }: ReadContext,
  filter: PositionFilter,
  page: { readonly limit: number; readonly offset: number; readonly after: readonly [string, string] | null },
): Promise<{ positions: Position[]; total: number }> {
  const where = conditions(organisationId, filter)
  const behind = page.after ? sql`and (p.code, p.id) > (${page.after[0]}, ${page.after[1]})` : sql``
  const rows = await tx.rows<PositionRow>(sql`select ${columns} from positions p where ${where} ${behind}
    order by p.code, p.id limit ${page.limit} offset ${page.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from positions p where ${where}`,
  )
  return { positions: rows.map(present), total }
}

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
