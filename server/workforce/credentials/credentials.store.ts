/** Reading the table `credentials`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql, type Sql, type Tx } from '../../platform/db/database.ts'
import { fewIdsOf, totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import {
  credentialOrder,
  type Credential,
  type CredentialAttributes,
  type CredentialFilter,
  type CredentialOrder,
  type CredentialSummary,
} from './credentials.schema.ts'

interface CredentialRow {
  readonly id: string
  readonly worker_id: string
  readonly worker_name: string
  readonly credential_type: string
  readonly licence_type: string | null
  readonly jurisdiction: string | null
  readonly declared_number: string | null
  readonly declared_holder_name: string | null
  readonly declared_issue_date: string | null
  readonly declared_expiry_date: string | null
  readonly declared_channel: string
  readonly declared_by: string
  readonly declared_at: Date
  readonly verified_number: string | null
  readonly verified_holder_name: string | null
  readonly verified_issue_date: string | null
  readonly verified_expiry_date: string | null
  readonly verified_never_expires: boolean
  readonly verified_by_check: string | null
  readonly verified_at: Date | null
  readonly eligibility: CredentialAttributes['eligibility']
  readonly status_details: string[]
  readonly conditions: string[]
  readonly last_check_id: string | null
  readonly last_check_outcome: CredentialAttributes['eligibility']
  readonly last_checked_at: Date | null
  readonly assurance: CredentialAttributes['assurance']
  readonly lifecycle: CredentialAttributes['lifecycle']
  readonly licence_status: CredentialAttributes['licenceStatus']
  readonly status_reasons: string[]
  readonly updated_at: Date
  readonly deleted_at: Date | null
  readonly owner_key?: string
}

const columns = sql`c.id, c.worker_id, w.display_name as worker_name, c.credential_type, c.jurisdiction,
  (select k.licence_type from credential_source_keys k where k.organisation_id = c.organisation_id and k.credential_id = c.id
    order by k.source_folded, k.external_id, k.licence_type limit 1) as licence_type,
  c.declared_number, c.declared_holder_name, c.declared_issue_date, c.declared_expiry_date, c.declared_channel, c.declared_by, c.declared_at,
  c.verified_number, c.verified_holder_name, c.verified_issue_date, c.verified_expiry_date, c.verified_never_expires, c.verified_by_check,
  c.verified_at, c.eligibility, c.status_details, c.conditions, c.last_check_id, c.last_check_outcome, c.last_checked_at, c.assurance, c.lifecycle, c.licence_status, c.status_reasons, c.updated_at, c.deleted_at`

const withWorker = sql`join workers w on w.organisation_id = c.organisation_id and w.id = c.worker_id`

export interface CredentialPage {
  readonly limit: number
  readonly offset: number
  /** The key behind which to go on, in the order of the filter (`credentialKey`). */
  readonly after: readonly string[] | null
  readonly counting: Counting
}

/** The plain fields show what was verified where there is something, else what was declared. */
function present(row: CredentialRow): Credential {
  return {
    id: row.id,
    lastUpdated: row.updated_at,
    ownerKey: row.owner_key ?? null,
    attributes: {
      worker: { id: row.worker_id, displayName: row.worker_name },
      credentialType: row.credential_type,
      licenceType: row.licence_type,
      number: row.verified_number ?? row.declared_number,
      holderName: row.verified_holder_name ?? row.declared_holder_name,
      issueDate: row.verified_issue_date ?? row.declared_issue_date,
      expiryDate: row.verified_never_expires ? null : (row.verified_expiry_date ?? row.declared_expiry_date),
      jurisdiction: row.jurisdiction,
      conditions: row.conditions,
      lifecycle: row.lifecycle,
      eligibility: row.eligibility,
      statusDetail: row.status_details,
      licenceStatus: row.licence_status,
      statusReasons: row.status_reasons,
      assurance: row.assurance,
      lastVerifiedAt: row.verified_at,
      verificationAuthority: null,
      source: { channel: row.declared_channel },
      declared: {
        number: row.declared_number,
        holderName: row.declared_holder_name,
        issueDate: row.declared_issue_date,
        expiryDate: row.declared_expiry_date,
        channel: row.declared_channel,
        by: row.declared_by,
        at: row.declared_at,
      },
      verified:
        row.verified_at === null
          ? null
          : {
              number: row.verified_number,
              holderName: row.verified_holder_name,
              issueDate: row.verified_issue_date,
              expiryDate: row.verified_expiry_date,
              check: row.verified_by_check,
              at: row.verified_at,
            },
      lastCheck:
        row.last_check_id === null || row.last_check_outcome === null || row.last_checked_at === null
          ? null
          : { id: row.last_check_id, outcome: row.last_check_outcome, at: row.last_checked_at },
      deletedAt: row.deleted_at,
    },
  }
}

/** What of one type a worker holds, deleted ones left out. */
export function credentialsOfHolder(
  { tx, organisationId }: ReadContext,
  workerId: string,
  credentialType: string,
): Promise<{ id: string; numberNormalised: string | null }[]> {
  return tx.rows(sql`select id, number_normalised as "numberNormalised" from credentials
    where organisation_id = ${organisationId} and worker_id = ${workerId} and credential_type = ${credentialType} and deleted_at is null
    order by id`)
}

export async function findCredential(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<Credential | undefined> {
  const row = await tx.maybeOne<CredentialRow>(
    sql`select ${columns} from credentials c ${withWorker}
    where c.organisation_id = ${organisationId} and c.id = ${id} and c.deleted_at is null and not c.is_owner_deleted`,
    'findCredential',
  )
  return row && present(row)
}

/** A condition said in the ways in which it is best met: one row after the other, and all rows at once. */
interface Owners {
  readonly walking: Sql
  readonly counting: Sql
  /** What tells from the index that is walked of most rows that they do not meet it, and asks nothing of the table. */
  readonly may?: Sql
}

/** Whose credentials are wanted, when it is said by the key of another system; null = anybody's. */
async function ownersOf(tx: Tx, organisationId: string, filter: CredentialFilter): Promise<Owners | null> {
  const { ownerExternalId, ownerSourceSystem } = filter
  if (ownerExternalId === undefined && ownerSourceSystem === undefined) return null
  const systems =
    ownerSourceSystem === undefined
      ? sql`in (select worker_source_systems(${organisationId}))`
      : sql`= ${ownerSourceSystem.toLowerCase()}`
  const named = sql`s.organisation_id = ${organisationId} and s.source_folded ${systems}
    ${ownerExternalId === undefined ? sql`` : sql`and s.external_id = ${ownerExternalId}`}`
  // Of a fenced `exists` the planner takes every other row to meet it.
  const counting = sql`c.worker_id in (select s.worker_id from worker_sources s where ${named})`
  if (credentialOrder(filter) === 'owner') return { walking: sql`true`, counting }
  const ids = await fewIdsOf(tx, sql`s.worker_id`, sql`from worker_sources s where ${named}`)
  if (ids) {
    const among = sql`c.worker_id = any (${ids}::text[])`
    return { walking: among, counting: among }
  }
  // `offset 0` keeps the planner from reading all of a system's workers to join them.
  const walking = sql`exists (select from worker_sources s where ${named} and s.worker_id = c.worker_id offset 0)`
  // Deleted credentials do not know their owners' systems.
  if (ownerSourceSystem === undefined || filter.includeDeleted) return { walking, counting }
  return { walking, counting, may: sql`c.owner_bits & source_bit(${ownerSourceSystem.toLowerCase()}) <> 0` }
}

/** @param types the codes that a wanted category stands for; null = any */
function conditions(
  organisationId: string,
  filter: CredentialFilter,
  types: readonly string[] | null,
  owners: Sql | null,
): Sql {
  const parts: Sql[] = [sql`c.organisation_id = ${organisationId}`]
  if (!filter.includeDeleted) parts.push(sql`c.deleted_at is null and not c.is_owner_deleted`)
  if (filter.workerId) parts.push(sql`c.worker_id = ${filter.workerId}`)
  if (filter.credentialType) parts.push(sql`c.credential_type = ${filter.credentialType}`)
  if (types) parts.push(sql`c.credential_type = any (${types}::text[])`)
  if (filter.jurisdiction) parts.push(sql`c.jurisdiction = ${filter.jurisdiction}`)
  if (filter.eligibility) parts.push(sql`c.eligibility = ${filter.eligibility}`)
  if (filter.licenceStatus) parts.push(sql`c.licence_status = ${filter.licenceStatus}`)
  if (filter.assurance) parts.push(sql`c.assurance = ${filter.assurance}`)
  if (filter.expiringBefore)
    parts.push(sql`not c.verified_never_expires and ${expiry} < ${filter.expiringBefore}::date`)
  if (filter.updatedSince) parts.push(sql`c.updated_at >= ${filter.updatedSince}`)
  if (owners) parts.push(owners)
  return sql.join(parts, sql` and `)
}

/** Word for word as in its index. No coalesce: under row-level security a condition on one would not reach the index. */
const expiry = sql`(case when c.verified_expiry_date is null then c.declared_expiry_date else c.verified_expiry_date end)`

/** What each order sorts by, before the id, and how a cursor's part is compared with it. */
const orders: Readonly<
  Record<Exclude<CredentialOrder, 'owner'>, { readonly by: Sql; readonly cast: Sql } | null>
> = {
  id: null,
  expiry: { by: expiry, cast: sql`::date` },
  change: { by: sql`c.updated_at`, cast: sql`::timestamptz` },
}

/** Credentials, what the filter says about them, and what it says that no index of theirs holds. */
interface Filtered {
  readonly organisationId: string
  readonly where: Sql
  readonly beside: Sql | null
  /** Whether it says several things, of which an index finds but one: far may have to be walked. */
  readonly isCombined: boolean
}

/** `offset 0` keeps the two apart: what the first leaves out it leaves out in an index alone, without fetching the row. */
function meeting({ organisationId, where, beside }: Filtered, columns: Sql, rest: Sql): Sql {
  if (!beside) return sql`(select ${columns} from credentials c where ${where} ${rest})`
  return sql`(select k.* from (select ${columns} from credentials c where ${where} ${rest} offset 0) k
    where exists (select from credentials c where c.organisation_id = ${organisationId} and c.id = k.id and ${beside} offset 0))`
}

function pageInOrder(
  order: Exclude<CredentialOrder, 'owner'>,
  filtered: Filtered,
  page: CredentialPage,
): Sql {
  const by = orders[order]
  const sorted = by === null ? sql`c.id` : sql`${by.by}, c.id`
  const [first, second] = page.after ?? []
  const behind =
    page.after === null
      ? sql``
      : by === null
        ? sql`and c.id > ${first}`
        : sql`and (${sorted}) > (${first}${by.cast}, ${second})`
  const part = sql`limit ${page.limit} offset ${page.offset}`
  if (!filtered.isCombined)
    return sql`select ${columns} from credentials c ${withWorker}
      where ${filtered.where} ${behind} order by ${sorted} ${part}`
  // The ids first: walking then reads an index alone.
  const sought = by === null ? sql`c.id` : sql`${by.by} as "by", c.id`
  const ids = meeting(filtered, sought, sql`${behind} order by ${sorted}`)
  return sql`with found (id) as materialized (select f.id from ${ids} f order by ${by === null ? sql`f.id` : sql`f."by", f.id`} ${part})
    select ${columns} from credentials c ${withWorker}
    where c.organisation_id = ${filtered.organisationId} and c.id = any (array(select id from found)) order by ${sorted}`
}

/**
 * What the people of a system hold, in the order of their keys there: each by the first of his keys. However few of an
 * organisation the system knows, a page reads as many keys as it has credentials.
 */
function pageByOwner(organisationId: string, sourceFolded: string, where: Sql, page: CredentialPage): Sql {
  const [key, id] = page.after ?? []
  // Said of the key alone too: a row of two tables finds no index.
  const behind =
    page.after === null
      ? sql``
      : sql`and s.external_id >= ${key} and (s.external_id > ${key} or c.id > ${id})`
  const ofSystem = (one: Sql): Sql =>
    sql`${one}.organisation_id = ${organisationId} and ${one}.source_folded = ${sourceFolded}`
  return sql`with found as materialized (
      select c.id, s.external_id from worker_sources s
      join credentials c on c.organisation_id = s.organisation_id and c.worker_id = s.worker_id
      where ${ofSystem(sql`s`)} and ${where} ${behind}
        and not exists (select from worker_sources e
          where ${ofSystem(sql`e`)} and e.worker_id = c.worker_id and e.external_id < s.external_id offset 0)
      order by s.external_id, c.id limit ${page.limit} offset ${page.offset})
    select ${columns}, f.external_id as owner_key
    from found f join credentials c on c.organisation_id = ${organisationId} and c.id = f.id ${withWorker}
    order by f.external_id, c.id`
}

/**
 * In the order that the filter gives (`credentialOrder`), with how many there are.
 *
 * In an organisation of a million, a filter that few rows meet is found by its index (type, licence status, jurisdiction,
 * eligibility, assurance), one that many meet by walking the ids, which soon fills a page; what expires, what changed and
 * whom a system knows lies in its index in the order in which it is listed. Filters from other tables come in as ids where
 * they are few; else they are probed on the way. What the indexes by type, jurisdiction, eligibility and assurance hold beside
 * their key (`owner_bits`, and the colour beside the type) leaves out most before it is fetched: of a system that knows one in
 * fifty, and of a colour that one in ten has, a page is found among some ten thousand entries of one index (bench/lists.ts).
 */
export async function findCredentials(
  { tx, organisationId }: ReadContext,
  filter: CredentialFilter,
  types: readonly string[] | null,
  page: CredentialPage,
): Promise<{ credentials: Credential[]; total: Total }> {
  const owners = await ownersOf(tx, organisationId, filter)
  const saying = (ofOwners: Sql | null): Sql => conditions(organisationId, filter, types, ofOwners)
  const order = credentialOrder(filter)
  const filtered: Filtered = {
    organisationId,
    where: saying(owners?.may ?? owners?.walking ?? null),
    beside: owners?.may ? owners.walking : null,
    isCombined: Object.values(filter).filter((value) => value !== undefined).length > 1,
  }
  const rows = await tx.rows<CredentialRow>(
    order === 'owner'
      ? pageByOwner(organisationId, (filter.ownerSourceSystem ?? '').toLowerCase(), saying(null), page)
      : pageInOrder(order, filtered, page),
  )
  const countable = {
    rows: sql`from credentials c where ${saying(owners?.counting ?? null)}`,
    ...(owners?.may && { counted: sql`from ${meeting(filtered, sql`c.id`, sql``)} met` }),
    all: sql`from credentials c where c.organisation_id = ${organisationId}`,
    sizeKey: `credentials:${organisationId}`,
  }
  const total = await totalBeside(tx, countable, { ...page, found: rows.length })
  return { credentials: rows.map(present), total }
}

/** Up to `most` of each worker's, active ones first, then by type. */
export async function summariesOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  most: number,
): Promise<Map<string, CredentialSummary[]>> {
  const rows = await tx.rows<CredentialSummary & { workerId: string }>(sql`select w.id as "workerId", c.*
    from unnest(${workerIds}::text[]) as w(id) cross join lateral (
      select c.id, c.credential_type as "credentialType", coalesce(c.verified_number, c.declared_number) as "number",
        case when c.verified_never_expires then null else coalesce(c.verified_expiry_date, c.declared_expiry_date) end as "expiryDate",
        c.lifecycle, c.assurance, c.licence_status as "licenceStatus", c.status_reasons as "statusReasons"
      from credentials c where c.organisation_id = ${organisationId} and c.worker_id = w.id and c.deleted_at is null
      order by c.lifecycle, c.credential_type, c.id limit ${most}) c`)
  const byWorker = new Map<string, CredentialSummary[]>()
  for (const { workerId, ...summary } of rows)
    byWorker.set(workerId, [...(byWorker.get(workerId) ?? []), summary])
  return byWorker
}
