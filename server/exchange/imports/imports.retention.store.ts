/** The tables `import_runs`, `import_rows` and `import_row_mends`, as clearing up needs them. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** Of runs that ended before `before`, the files go; their blobs. At most `limit`. */
export async function expireFiles(ctx: WriteContext, before: Date, limit: number): Promise<string[]> {
  const rows = await ctx.tx.rows<{ key: string }>(sql`update import_runs r set file_expired_at = ${ctx.now}
    from (select id from import_runs where organisation_id = ${ctx.organisationId} and finished_at < ${before} and file_expired_at is null
      order by finished_at limit ${limit} for update skip locked) old
    where r.organisation_id = ${ctx.organisationId} and r.id = old.id returning r.blob_key as key`)
  return rows.map((row) => row.key)
}

/** The oldest runs that ended before `before` and still have their rows and results. */
export async function runsWithResults(ctx: WriteContext, before: Date, limit: number): Promise<string[]> {
  const rows = await ctx.tx.rows<{ id: string }>(sql`select id from import_runs
    where organisation_id = ${ctx.organisationId} and finished_at < ${before} and results_expired_at is null
    order by finished_at limit ${limit} for update skip locked`)
  return rows.map((row) => row.id)
}

/** Deletes rows of these runs, at most `limit`; how many went. */
export function deleteSomeRows(ctx: WriteContext, runIds: readonly string[], limit: number): Promise<number> {
  return ctx.tx.run(sql`delete from import_rows d
    using (select run_id, "row" from import_rows where organisation_id = ${ctx.organisationId} and run_id = any (${runIds}::text[])
      limit ${limit}) old
    where d.organisation_id = ${ctx.organisationId} and d.run_id = old.run_id and d."row" = old."row"`)
}

/** Their rows are gone: what was mended in them and the results files go too. Those files' blobs. */
export async function expireResults(ctx: WriteContext, runIds: readonly string[]): Promise<string[]> {
  await ctx.tx.run(sql`delete from import_row_mends
    where organisation_id = ${ctx.organisationId} and run_id = any (${runIds}::text[])`)
  const rows = await ctx.tx.rows<{
    key: string | null
  }>(sql`update import_runs r set results_expired_at = ${ctx.now},
      results_blob_key = null, results_bytes = null, results_sha256 = null, version = r.version + 1, updated_at = ${ctx.now}
    from (select id, results_blob_key as key from import_runs
      where organisation_id = ${ctx.organisationId} and id = any (${runIds}::text[])) before
    where r.organisation_id = ${ctx.organisationId} and r.id = before.id returning before.key`)
  return rows.flatMap(({ key }) => (key === null ? [] : [key]))
}

/** Which of these blobs a run still needs. */
export async function neededBlobs(
  { tx, organisationId }: ReadContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select blob_key as key from import_runs
      where organisation_id = ${organisationId} and blob_key = any (${keys}::text[]) and file_expired_at is null
    union all
    select results_blob_key from import_runs
      where organisation_id = ${organisationId} and results_blob_key = any (${keys}::text[])`)
  return rows.map((row) => row.key)
}
