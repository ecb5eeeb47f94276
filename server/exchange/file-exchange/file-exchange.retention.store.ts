/** The table `exchange_files`, as clearing up needs it. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'

export interface ExpiredFile {
  readonly id: string
  readonly folder: string
  readonly name: string
  readonly blobKey: string
}

/**
 * Deletes the oldest files of a folder that are kept since before `before`, at most `limit`. With `keepsWithUploads` not the
 * results and reports of a file that still lies in the folder of that name: who is to mend it needs them.
 */
export function deleteExpired(
  ctx: WriteContext,
  folder: string,
  before: Date,
  limit: number,
  keepsWithUploads: string | null,
): Promise<ExpiredFile[]> {
  return ctx.tx.rows<ExpiredFile>(sql`delete from exchange_files f
    using (select id from exchange_files f where organisation_id = ${ctx.organisationId} and folder = ${folder} and state = 'COMPLETE'
      and coalesce(kept_since, modified_at) < ${before} ${keepsWithUploads === null ? sql`` : withoutUpload(ctx.organisationId, keepsWithUploads)}
      order by coalesce(kept_since, modified_at) limit ${limit}) old
    where f.organisation_id = ${ctx.organisationId} and f.id = old.id
    returning f.id, f.folder, f.name, f.blob_key as "blobKey"`)
}

/** By the names that the upload of a result can have: looked up one by one, however many there are. */
function withoutUpload(organisationId: string, folder: string): Sql {
  const stem = sql`regexp_replace(f.name, '-(results\\.csv|summary\\.json)$', '')`
  return sql`and not exists (select from exchange_files u where u.organisation_id = ${organisationId} and u.folder = ${folder}
    and u.state = 'COMPLETE' and u.name in (${stem} || '.csv', ${stem} || '.CSV', regexp_replace(f.name, '-error\\.json$', '')))`
}

/** One audit entry for each. */
export async function recordExpired(ctx: WriteContext, files: readonly ExpiredFile[]): Promise<void> {
  const { tx, organisationId, now, actor, channel, requestId } = ctx
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id,
      action, changes)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${requestId}, 'sftpFile', f.id, 'expire',
      jsonb_build_object('folder', f.folder, 'fileName', f.name)
    from unnest(${files.map(({ id }) => id)}::text[], ${files.map(({ folder }) => folder)}::text[], ${files.map(({ name }) => name)}::text[])
      as f (id, folder, name)`)
}

/** Which of these blobs a file of the tree has. */
export async function neededBlobs(
  { tx, organisationId }: ReadContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select distinct blob_key as key from exchange_files
    where organisation_id = ${organisationId} and blob_key = any (${keys}::text[])`)
  return rows.map((row) => row.key)
}
