/** The tables `published_lists`, `published_list_versions`, `published_list_entries` and `published_list_confirmations`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { ListRow, ListVersionAttributes } from './published-lists.schema.ts'

export interface ListState {
  readonly register: string
  readonly version: number | null
  readonly confirmedAt: Date | null
  readonly etag: string | null
  readonly lastModified: string | null
}

const state = sql`l.register, l.version, l.confirmed_at as "confirmedAt", l.etag, l.last_modified as "lastModified"`

export function findState(
  { tx, organisationId }: ReadContext,
  register: string,
): Promise<ListState | undefined> {
  return tx.maybeOne(sql`select ${state} from published_lists l
    where l.organisation_id = ${organisationId} and l.register = ${register}`)
}

export function findStates({ tx, organisationId }: ReadContext): Promise<ListState[]> {
  return tx.rows(
    sql`select ${state} from published_lists l where l.organisation_id = ${organisationId} order by l.register`,
  )
}

/** Changes of one list are made one after the other, until the transaction ends. */
export async function lockList(
  { tx, organisationId, now }: WriteContext,
  register: string,
): Promise<ListState> {
  await tx.run(sql`insert into published_lists (organisation_id, register, updated_at) values (${organisationId}, ${register}, ${now})
    on conflict do nothing`)
  return tx.one(sql`select ${state} from published_lists l
    where l.organisation_id = ${organisationId} and l.register = ${register} for update`)
}

export interface VersionRow extends Omit<ListVersionAttributes, 'bytes'> {
  readonly id: string
  readonly bytes: string
  readonly blobKey: string
  readonly etag: string | null
  readonly lastModified: string | null
  readonly updatedAt: Date
}

const version = sql`v.id, v.register, v.number, v.status, v.origin, v.file_name as "fileName", v.blob_key as "blobKey", v.bytes, v.sha256,
  v."rows", v.added, v.removed, v.changed, v.etag, v.last_modified as "lastModified", v.received_at as "receivedAt",
  v.applied_at as "appliedAt", v.updated_at as "updatedAt"`

/** Newest first. */
export function findVersions(
  { tx, organisationId }: ReadContext,
  register: string,
  page: {
    readonly limit: number
    readonly offset: number
    readonly below: number | null
    readonly since: Date | null
  },
): Promise<VersionRow[]> {
  const { limit, offset, below, since } = page
  return tx.rows(sql`select ${version} from published_list_versions v
    where v.organisation_id = ${organisationId} and v.register = ${register} ${below === null ? sql`` : sql`and v.number < ${below}`}
      ${since === null ? sql`` : sql`and v.updated_at >= ${since}`}
    order by v.number desc limit ${limit} offset ${offset}`)
}

export async function countVersions(
  { tx, organisationId }: ReadContext,
  register: string,
  since: Date | null,
): Promise<number> {
  const { count } = await tx.one<{
    count: number
  }>(sql`select count(*)::int as count from published_list_versions v
    where v.organisation_id = ${organisationId} and v.register = ${register} ${since === null ? sql`` : sql`and v.updated_at >= ${since}`}`)
  return count
}

export function findVersion(
  { tx, organisationId }: ReadContext,
  register: string,
  id: string,
): Promise<VersionRow | undefined> {
  return tx.maybeOne(sql`select ${version} from published_list_versions v
    where v.organisation_id = ${organisationId} and v.register = ${register} and v.id = ${id}`)
}

/** The one that waits or came last, of these bytes. */
export function findSame(
  { tx, organisationId }: ReadContext,
  register: string,
  sha256: string,
): Promise<VersionRow | undefined> {
  return tx.maybeOne(sql`select ${version} from published_list_versions v
    where v.organisation_id = ${organisationId} and v.register = ${register} and v.sha256 = ${sha256} and v.status in ('HELD', 'APPLIED')
    order by v.number desc limit 1`)
}

export interface NewVersion {
  readonly id: string
  readonly register: string
  readonly status: 'HELD' | 'APPLIED'
  readonly origin: 'UPLOADED' | 'FETCHED'
  readonly fileName: string
  readonly blob: { readonly key: string; readonly bytes: number; readonly sha256: string }
  readonly rows: number
  readonly difference: Difference
  readonly etag: string | null
  readonly lastModified: string | null
}

export async function insertVersion(ctx: WriteContext, made: NewVersion): Promise<number> {
  const { tx, organisationId, now } = ctx
  const { id, register, status, origin, fileName, blob, rows, difference, etag, lastModified } = made
  const { number } = await tx.one<{
    number: number
  }>(sql`insert into published_list_versions (organisation_id, id, register, number, status,
      origin, file_name, blob_key, bytes, sha256, "rows", added, removed, changed, etag, last_modified, received_at, applied_at, updated_at)
    values (${organisationId}, ${id}, ${register},
      (select coalesce(max(number), 0) + 1 from published_list_versions where organisation_id = ${organisationId} and register = ${register}),
      ${status}, ${origin}, ${fileName}, ${blob.key}, ${blob.bytes}, ${blob.sha256}, ${rows}, ${difference.added}, ${difference.removed},
      ${difference.changed}, ${etag}, ${lastModified}, ${now}, ${status === 'APPLIED' ? now : null}, ${now})
    returning number`)
  return number
}

/** What stands in its place counts; what waited from before is overtaken. */
export async function supersedeOthers(
  { tx, organisationId, now }: WriteContext,
  register: string,
  number: number,
): Promise<void> {
  await tx.run(sql`update published_list_versions set status = 'SUPERSEDED', updated_at = ${now}
    where organisation_id = ${organisationId} and register = ${register} and number <> ${number} and status in ('APPLIED', 'HELD')`)
}

export async function saveStatus(
  { tx, organisationId, now }: WriteContext,
  id: string,
  status: 'APPLIED' | 'REJECTED',
  difference: Difference,
): Promise<void> {
  await tx.run(sql`update published_list_versions set status = ${status}, updated_at = ${now},
      applied_at = ${status === 'APPLIED' ? now : null}, added = ${difference.added}, removed = ${difference.removed},
      changed = ${difference.changed}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export async function saveState(
  { tx, organisationId, now }: WriteContext,
  register: string,
  seen: { readonly version: number; readonly etag: string | null; readonly lastModified: string | null },
): Promise<void> {
  await tx.run(sql`update published_lists set version = ${seen.version}, etag = ${seen.etag}, last_modified = ${seen.lastModified},
      confirmed_at = ${now}, failed_at = null, fault = null, updated_at = ${now}
    where organisation_id = ${organisationId} and register = ${register}`)
  await tx.run(sql`insert into published_list_confirmations (organisation_id, register, confirmed_at, version)
    values (${organisationId}, ${register}, ${now}, ${seen.version}) on conflict do nothing`)
}

/** The next fetch takes the file whole, whatever the publisher said of it before. */
export async function forgetTags({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.run(sql`update published_lists set etag = null, last_modified = null
    where organisation_id = ${organisationId} and register = ${register}`)
}

/** A list that is asked no more; its versions stay. */
export async function deleteState({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.run(
    sql`delete from published_lists where organisation_id = ${organisationId} and register = ${register}`,
  )
}

export interface KeyedRow {
  readonly key: string
  readonly hash: string
  readonly numberFolded: string | null
  readonly row: ListRow
}

export interface Difference {
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** How many there were. */
  readonly before: number
}

const staged = (rows: readonly KeyedRow[]): string =>
  JSON.stringify(
    rows.map(({ key, hash, numberFolded, row }) => ({
      key,
      hash,
      number_folded: numberFolded,
      content: row,
    })),
  )

/** Puts the rows beside those that count. They stay until the transaction ends. */
export async function stageRows({ tx }: WriteContext, rows: readonly KeyedRow[]): Promise<void> {
  await tx.run(sql`create temporary table if not exists staged_list_rows (key text collate "C" primary key, hash text collate "C" not null,
    number_folded text collate "C", content jsonb not null) on commit drop`)
  await tx.run(sql`truncate staged_list_rows`)
  await tx.run(sql`insert into staged_list_rows select s.key, s.hash, s.number_folded, s.content
    from jsonb_to_recordset(${staged(rows)}::jsonb) s (key text, hash text, number_folded text, content jsonb)`)
}

export async function differenceOf(
  { tx, organisationId }: WriteContext,
  register: string,
): Promise<Difference> {
  return tx.one(sql`with present as (select e.key, e.hash from published_list_entries e
      where e.organisation_id = ${organisationId} and e.register = ${register} and e.to_version is null)
    select count(*) filter (where p.key is null)::int as added, count(*) filter (where s.key is null)::int as removed,
      count(*) filter (where p.hash <> s.hash)::int as changed, count(p.key)::int as before
    from present p full join staged_list_rows s on s.key = p.key`)
}

/** Ends what is gone or was changed, and begins what is new: afterwards the staged rows are those that count. */
export async function exchangeRows(
  { tx, organisationId }: WriteContext,
  register: string,
  number: number,
): Promise<void> {
  await tx.run(sql`update published_list_entries e set to_version = ${number}
    where e.organisation_id = ${organisationId} and e.register = ${register} and e.to_version is null
      and not exists (select from staged_list_rows s where s.key = e.key and s.hash = e.hash)`)
  await tx.run(sql`insert into published_list_entries (organisation_id, register, key, from_version, hash, number_folded, content)
    select ${organisationId}, ${register}, s.key, ${number}, s.hash, s.number_folded, s.content from staged_list_rows s
    where not exists (select from published_list_entries e where e.organisation_id = ${organisationId} and e.register = ${register}
      and e.key = s.key and e.to_version is null)`)
}

export interface EntryRow {
  readonly key: string
  readonly hash: string
  readonly row: ListRow
}

const entry = sql`e.key, e.hash, e.content as row`

/** Those that count, by key. */
export function presentEntries({ tx, organisationId }: ReadContext, register: string): Promise<EntryRow[]> {
  return tx.rows(sql`select ${entry} from published_list_entries e
    where e.organisation_id = ${organisationId} and e.register = ${register} and e.to_version is null order by e.key`)
}

export function entriesWithNumber(
  { tx, organisationId }: ReadContext,
  register: string,
  numberFolded: string,
): Promise<EntryRow[]> {
  return tx.rows(sql`select ${entry} from published_list_entries e where e.organisation_id = ${organisationId} and e.register = ${register}
    and e.to_version is null and e.number_folded = ${numberFolded} order by e.key limit 20`)
}

export interface ChangeRow {
  readonly key: string
  readonly before: ListRow | null
  readonly after: ListRow | null
}

/** What became other with a version that was applied, by key. */
export function changesOf(
  { tx, organisationId }: ReadContext,
  register: string,
  number: number,
  page: { readonly limit: number; readonly offset: number; readonly behind: string | null },
): Promise<ChangeRow[]> {
  const behind = page.behind === null ? sql`` : sql`and e.key > ${page.behind}`
  return tx.rows(sql`with ended as (select e.key, e.content from published_list_entries e where e.organisation_id = ${organisationId}
      and e.register = ${register} and e.to_version = ${number} ${behind}),
    begun as (select e.key, e.content from published_list_entries e where e.organisation_id = ${organisationId}
      and e.register = ${register} and e.from_version = ${number} ${behind})
    select coalesce(o.key, n.key) as key, o.content as before, n.content as after from ended o full join begun n on n.key = o.key
    order by 1 limit ${page.limit} offset ${page.offset}`)
}

/** Which of these blobs a version still needs. */
export async function neededBlobs(
  { tx, organisationId }: WriteContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select blob_key as key from published_list_versions
    where organisation_id = ${organisationId} and blob_key = any (${keys}::text[])`)
  return rows.map(({ key }) => key)
}

export function confirmations(
  { tx, organisationId }: ReadContext,
  at: Date,
): Promise<{ register: string; confirmedAt: Date }[]> {
  return tx.rows(sql`select c.register, max(c.confirmed_at) as "confirmedAt" from published_list_confirmations c
    where c.organisation_id = ${organisationId} and c.confirmed_at <= ${at} group by c.register`)
}
