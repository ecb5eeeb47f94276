/** The table `exports`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { ExportRecord } from './exports.schema.ts'

const columns = sql`id, kind, source_system as source, file_name as "fileName", "trigger", counts,
  jsonb_build_object('key', blob_key, 'bytes', bytes, 'sha256', sha256) as blob, created_at as "createdAt"`

export async function insertExport(ctx: WriteContext, row: ExportRecord): Promise<void> {
  await ctx.tx
    .run(sql`insert into exports (organisation_id, id, kind, source_system, file_name, "trigger", counts, blob_key, bytes, sha256, created_at)
    values (${ctx.organisationId}, ${row.id}, ${row.kind}, ${row.source}, ${row.fileName}, ${row.trigger}, ${JSON.stringify(row.counts)}::jsonb,
      ${row.blob.key}, ${row.blob.bytes}, ${row.blob.sha256}, ${row.createdAt})`)
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

/** Newest first. */
export function exportRows({ tx, organisationId }: ReadContext, limit: number): Promise<ExportRecord[]> {
  return tx.rows<ExportRecord>(
    sql`select ${columns} from exports where organisation_id = ${organisationId} order by created_at desc, file_name desc limit ${limit}`,
  )
}
