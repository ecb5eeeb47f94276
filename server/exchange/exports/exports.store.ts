/** The table `exports`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import type { ExportFilter, ExportKind, ExportPage, ExportRecord } from './exports.schema.ts'

const columns = sql`id, kind, source_system as source, file_name as "fileName", "trigger", counts,
  jsonb_build_object('key', blob_key, 'bytes', bytes, 'sha256', sha256) as blob, created_at as "createdAt",
  content_expired_at as "contentExpiredAt"`

export async function insertExport(ctx: WriteContext, row: ExportRecord): Promise<void> {
  await ctx.tx
    .run(sql`insert into exports (organisation_id, id, kind, source_system, file_name, "trigger", counts, blob_key, bytes, sha256, created_at)
    values (${ctx.organisationId}, ${row.id}, ${row.kind}, ${row.source}, ${row.fileName}, ${row.trigger}, ${JSON.stringify(row.counts)}::jsonb,
      ${row.blob.key}, ${row.blob.bytes}, ${row.blob.sha256}, ${row.createdAt})`)
}

/** Names are chosen one after the other, until the transaction ends: two that look at once would choose the same. */
export async function lockNames({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('export-names:' || ${organisationId}, 0))`)
}

/** Whether to wait and whether the wait is over are asked one after the other, until the transaction ends. */
export async function lockSettling({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('export-settling:' || ${organisationId}, 0))`,
  )
}

export async function insertSettling(
  { tx, organisationId }: WriteContext,
  importId: string,
  dueAt: Date,
): Promise<void> {
  await tx.run(sql`insert into settling_exports (organisation_id, import_id, due_at)
    values (${organisationId}, ${importId}, ${dueAt}) on conflict do nothing`)
}

/** False when nothing waits for this import any more. */
export async function deleteSettling(
  { tx, organisationId }: WriteContext,
  importId: string,
): Promise<boolean> {
  const gone = await tx.run(sql`delete from settling_exports
    where organisation_id = ${organisationId} and import_id = ${importId}`)
  return gone > 0
}

export async function isNameTaken({ tx, organisationId }: ReadContext, fileName: string): Promise<boolean> {
  return (
    (await tx.maybeOne(
      sql`select 1 from exports where organisation_id = ${organisationId} and file_name = ${fileName}`,
    )) !== undefined
  )
}

export function exportRow(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<ExportRecord | undefined> {
  return tx.maybeOne<ExportRecord>(
    sql`select ${columns} from exports where organisation_id = ${organisationId} and id = ${id}`,
  )
}

function conditions(organisationId: string, { source, updatedSince }: ExportFilter): Sql {
  const parts: Sql[] = [sql`organisation_id = ${organisationId}`]
  if (source !== undefined) parts.push(sql`lower(source_system) = ${source.toLowerCase()}`)
  if (updatedSince !== undefined) parts.push(sql`created_at >= ${updatedSince}`)
  return sql.join(parts, sql` and `)
}

/** Newest first, then by id: the order of the index exports_by_created. */
export async function findExports(
  { tx, organisationId }: ReadContext,
  filter: ExportFilter,
  { limit, offset, after }: ExportPage,
): Promise<{ exports: ExportRecord[]; total: number }> {
  const where = conditions(organisationId, filter)
  const behind = after
    ? sql`and (created_at < ${after.at} or (created_at = ${after.at} and id > ${after.id}))`
    : sql``
  const exports = await tx.rows<ExportRecord>(
    sql`select ${columns} from exports where ${where} ${behind} order by created_at desc, id limit ${limit} offset ${offset}`,
  )
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total from exports where ${where}`)
  return { exports, total }
}

/** Newest first. */
export function exportRows({ tx, organisationId }: ReadContext, limit: number): Promise<ExportRecord[]> {
  return tx.rows<ExportRecord>(
    sql`select ${columns} from exports where organisation_id = ${organisationId} order by created_at desc, file_name desc limit ${limit}`,
  )
}

/** Of exports that were written before `before`, the files go; their blobs. At most `limit`. */
export async function expireContents(ctx: WriteContext, before: Date, limit: number): Promise<string[]> {
  const rows = await ctx.tx.rows<{ key: string }>(sql`update exports e set content_expired_at = ${ctx.now}
    from (select id from exports where organisation_id = ${ctx.organisationId} and created_at < ${before} and content_expired_at is null
      order by created_at limit ${limit}) old
    where e.organisation_id = ${ctx.organisationId} and e.id = old.id and e.content_expired_at is null returning e.blob_key as key`)
  return rows.map((row) => row.key)
}

/** Which of these blobs an export still needs. */
export async function neededBlobs(
  { tx, organisationId }: ReadContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select blob_key as key from exports
    where organisation_id = ${organisationId} and blob_key = any (${keys}::text[]) and content_expired_at is null`)
  return rows.map((row) => row.key)
}

/** Of those of these names that are exports: whose keys they hold, and what of them. */
export function sourcesOfNames(
  { tx, organisationId }: ReadContext,
  fileNames: readonly string[],
): Promise<{ fileName: string; source: string | null; kind: ExportKind }[]> {
  return tx.rows(sql`select file_name as "fileName", source_system as source, kind from exports
    where organisation_id = ${organisationId} and file_name = any (${fileNames}::text[])`)
}
