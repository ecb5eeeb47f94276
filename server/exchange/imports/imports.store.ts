/** The tables `import_runs` and `import_rows`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type {
  FileFault,
  FileType,
  HoldReason,
  ImportCounts,
  ImportRow,
  ImportRun,
  ImportStatus,
} from './imports.schema.ts'

/** A run as the pipeline needs it. */
export interface RunRow {
  readonly id: string
  readonly status: ImportStatus
  readonly channel: string
  readonly file_name: string
  readonly file_kind: FileType
  readonly source_system: string
  readonly source_folded: string
  readonly mode: 'SNAPSHOT' | 'UPSERT'
  readonly is_delta: boolean
  readonly name_date: string | null
  readonly name_time: string | null
  readonly blob_key: string
  readonly sha256: string
  readonly arrival: number
  readonly stop_at_plan: boolean
  /** The file of the virtual tree that it came as; null when it came another way. */
  readonly file_id: string | null
  readonly plan_hash: string | null
  readonly hold_reasons: HoldReason[]
  /** The reasons for which people were last told that it is held; null when they were not, or it no longer is. */
  readonly held_told: string[] | null
  readonly header: string[] | null
  readonly results_blob_key: string | null
  /** Of a file that a person brought: our column → the file's. Null for one that came by itself. */
  readonly column_mapping: Readonly<Record<string, string>> | null
  readonly sheet: string | null
}

const runColumns = sql`id, status, channel, file_name, file_kind, source_system, source_folded, mode, is_delta, name_date, name_time,
  blob_key, sha256, arrival, stop_at_plan, file_id, plan_hash, hold_reasons, held_told, header,
  results_blob_key, column_mapping, sheet`

export interface NewRun {
  readonly id: string
  readonly fileName: string
  readonly fileKind: FileType
  readonly source: string
  readonly sourceFolded: string
  readonly mode: 'SNAPSHOT' | 'UPSERT'
  readonly isDelta: boolean
  readonly nameDate: string | null
  readonly nameTime: string | null
  readonly blobKey: string
  readonly bytes: number
  readonly sha256: string
  readonly fileId: string | null
  readonly stopAtPlan: boolean
  readonly columnMapping: Readonly<Record<string, string>> | null
  readonly sheet: string | null
}

export async function insertRun(ctx: WriteContext, run: NewRun): Promise<void> {
  await ctx.tx
    .run(sql`insert into import_runs (organisation_id, id, version, channel, file_name, file_kind, source_system, source_folded,
      mode, is_delta, name_date, name_time, blob_key, bytes, sha256, arrival, file_id, actor_kind, actor_id, status, stop_at_plan,
      column_mapping, sheet, received_at, updated_at)
    values (${ctx.organisationId}, ${run.id}, 1, ${ctx.channel}, ${run.fileName}, ${run.fileKind}, ${run.source}, ${run.sourceFolded},
      ${run.mode}, ${run.isDelta}, ${run.nameDate}, ${run.nameTime}, ${run.blobKey}, ${run.bytes}, ${run.sha256},
      nextval('import_arrival_sequence'), ${run.fileId}, ${ctx.actor.kind}, ${ctx.actor.id}, 'RECEIVED', ${run.stopAtPlan},
      ${run.columnMapping === null ? null : JSON.stringify(run.columnMapping)}::jsonb, ${run.sheet}, ${ctx.now}, ${ctx.now})`)
}

export function runRow({ tx, organisationId }: ReadContext, id: string): Promise<RunRow | undefined> {
  return tx.maybeOne<RunRow>(
    sql`select ${runColumns} from import_runs where organisation_id = ${organisationId} and id = ${id}`,
  )
}

/** Runs that are not at their end, in order of arrival. */
export function unfinishedRuns({ tx, organisationId }: ReadContext): Promise<RunRow[]> {
  return tx.rows<RunRow>(sql`select ${runColumns} from import_runs
    where organisation_id = ${organisationId} and status in ('RECEIVED', 'PLANNING', 'PLANNED', 'HELD', 'APPLYING') order by arrival`)
}

/** Whether a file of the exchange waits to be taken. */
export async function hasWaitingFiles({ tx, organisationId }: ReadContext): Promise<boolean> {
  const { waits } = await tx.one<{ waits: boolean }>(sql`select exists (select from import_runs
    where organisation_id = ${organisationId} and status = 'RECEIVED' and file_id is not null) as waits`)
  return waits
}

/**
 * The arrival numbers of the newest whole-source file of each source and kind, whatever became of it. Cancelled ones do not
 * count, nor plans that were made to be looked at: they say nothing of a file that waits.
 */
export function newestWholeFiles({
  tx,
  organisationId,
}: ReadContext): Promise<{ source_folded: string; file_kind: string; arrival: number }[]> {
  return tx.rows(sql`select source_folded, file_kind, max(arrival) as arrival from import_runs
    where organisation_id = ${organisationId} and not is_delta and mode = 'SNAPSHOT' and status <> 'CANCELLED'
      and (not stop_at_plan or status in ('APPLYING', 'COMPLETED'))
    group by source_folded, file_kind`)
}

/** The newest applied run of a source and type. */
export function lastApplied(
  { tx, organisationId }: ReadContext,
  run: RunRow,
): Promise<{ name_date: string | null; name_time: string | null } | undefined> {
  return tx.maybeOne(sql`select name_date, name_time from import_runs
    where organisation_id = ${organisationId} and source_folded = ${run.source_folded} and file_kind = ${run.file_kind}
      and is_delta = ${run.is_delta} and mode = ${run.mode} and status in ('APPLYING', 'COMPLETED') and name_date is not null and id <> ${run.id}
    order by name_date desc, name_time desc nulls last limit 1`)
}

/** Every source of which people or requirements were ever applied, folded, sorted. */
export async function knownSources({ tx, organisationId }: ReadContext): Promise<string[]> {
  const rows = await tx.rows<{ source_folded: string }>(sql`select distinct source_folded from import_runs
    where organisation_id = ${organisationId} and status in ('APPLYING', 'COMPLETED') and file_kind <> 'ATTACHMENT' order by source_folded`)
  return rows.map((row) => row.source_folded)
}

export async function runOfFile(
  { tx, organisationId }: ReadContext,
  fileId: string,
): Promise<RunRow | undefined> {
  return tx.maybeOne<RunRow>(sql`select ${runColumns} from import_runs
    where organisation_id = ${organisationId} and file_id = ${fileId} order by arrival desc limit 1`)
}

/** Whether a file of the exchange with the name of this run arrived after it and has something to say already. */
export async function hasSuccessorOfName({ tx, organisationId }: ReadContext, id: string): Promise<boolean> {
  const { has } = await tx.one<{ has: boolean }>(sql`select exists (select from import_runs r
    join import_runs later on later.organisation_id = r.organisation_id and later.file_name = r.file_name and later.arrival > r.arrival
    where r.organisation_id = ${organisationId} and r.id = ${id} and later.file_id is not null
      and later.status in ('HELD', 'COMPLETED', 'FAILED', 'SUPERSEDED', 'REJECTED', 'LAPSED')) as has`)
  return has
}

export interface RunChange {
  readonly status: ImportStatus
  readonly planHash?: string
  readonly holdReasons?: readonly HoldReason[]
  readonly notes?: readonly { code: string; detail: string }[]
  readonly counts?: ImportCounts
  readonly deactivatedWorkerIds?: readonly string[]
  readonly fault?: FileFault
  readonly header?: readonly string[]
  readonly supersededBy?: string
  readonly startedAt?: Date
  readonly finishedAt?: Date
  readonly approvedBy?: string
  readonly resultsBlob?: { readonly key: string; readonly bytes: number; readonly sha256: string } | null
  readonly heldTold?: readonly HoldReason[] | null
}

/** Moves a run on, but only from one of the states it is expected in. False when it was elsewhere. */
export async function moveRun(
  ctx: WriteContext,
  id: string,
  from: readonly ImportStatus[],
  to: RunChange,
): Promise<boolean> {
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
  const keep = <T>(value: T | undefined): T | null => value ?? null
  const moved = await ctx.tx.run(sql`update import_runs set
      status = ${to.status}, version = version + 1, updated_at = ${ctx.now},
      plan_hash = coalesce(${keep(to.planHash)}, plan_hash),
      hold_reasons = coalesce(${keep(to.holdReasons)}::text[], hold_reasons),
      notes = coalesce(${json(to.notes)}::jsonb, notes),
      counts = coalesce(${json(to.counts)}::jsonb, counts),
      deactivated_worker_ids = coalesce(${keep(to.deactivatedWorkerIds)}::text[], deactivated_worker_ids),
      fault = coalesce(${json(to.fault)}::jsonb, fault),
      header = coalesce(${keep(to.header)}::text[], header),
      superseded_by = coalesce(${keep(to.supersededBy)}, superseded_by),
      started_at = coalesce(${keep(to.startedAt)}::timestamptz, started_at),
      finished_at = coalesce(${keep(to.finishedAt)}::timestamptz, finished_at),
      approved_by = coalesce(${keep(to.approvedBy)}, approved_by),
      held_told = case when ${to.heldTold !== undefined} then ${to.heldTold ?? null}::text[] else held_told end,
      results_blob_key = case when ${to.resultsBlob !== undefined} then ${to.resultsBlob?.key ?? null} else results_blob_key end,
      results_bytes = case when ${to.resultsBlob !== undefined} then ${to.resultsBlob?.bytes ?? null}::bigint else results_bytes end,
      results_sha256 = case when ${to.resultsBlob !== undefined} then ${to.resultsBlob?.sha256 ?? null} else results_sha256 end
    where organisation_id = ${ctx.organisationId} and id = ${id} and status = any (${from}::text[])`)
  return moved === 1
}

/**
 * Counts that planning begins, and takes the run there. Undefined when it was withdrawn meanwhile.
 * @returns how often planning was begun before and came to no end
 */
export async function beginPlanning(ctx: WriteContext, id: string): Promise<number | undefined> {
  const begun = await ctx.tx.maybeOne<{ starts: number }>(sql`update import_runs set
      status = 'PLANNING', version = version + 1, updated_at = ${ctx.now}, started_at = ${ctx.now},
      planning_starts = planning_starts + 1
    where organisation_id = ${ctx.organisationId} and id = ${id} and status in ('RECEIVED', 'PLANNING')
    returning planning_starts as starts`)
  return begun === undefined ? undefined : begun.starts - 1
}

/** Something of the file was done: starts are counted anew from here. */
export async function noteProgress({ tx, organisationId }: WriteContext, id: string): Promise<void> {
  await tx.run(sql`update import_runs set planning_starts = 1
    where organisation_id = ${organisationId} and id = ${id} and planning_starts > 1`)
}

/** Takes back the last start: it came to an end, though not to a plan. */
export async function takeBackStart({ tx, organisationId }: WriteContext, id: string): Promise<void> {
  await tx.run(sql`update import_runs set planning_starts = greatest(planning_starts - 1, 0)
    where organisation_id = ${organisationId} and id = ${id} and status = 'PLANNING'`)
}

const servedColumns = sql`id, version, file_name as "fileName", file_kind as "fileType", source_system as source, mode, channel, status,
  plan_hash as "planHash", hold_reasons as "holdReasons", notes, counts, deactivated_worker_ids as "deactivatedWorkerIds", fault,
  superseded_by as "supersededBy", received_at as "receivedAt", started_at as "startedAt", finished_at as "finishedAt",
  updated_at as "updatedAt", file_id as "fileId", results_expired_at as "resultsExpiredAt",
  case when results_blob_key is not null then jsonb_build_object('key', results_blob_key, 'bytes', results_bytes, 'sha256', results_sha256)
    end as "resultsBlob"`

export function servedRun({ tx, organisationId }: ReadContext, id: string): Promise<ImportRun | undefined> {
  return tx.maybeOne<ImportRun>(
    sql`select ${servedColumns} from import_runs where organisation_id = ${organisationId} and id = ${id}`,
  )
}

export interface RunFilter {
  readonly status?: ImportStatus | undefined
  readonly source?: string | undefined
  readonly updatedSince?: Date | undefined
}

/** Newest arrival first. `after` is the key of the last row of the page before. */
export function servedRuns(
  { tx, organisationId }: ReadContext,
  filter: RunFilter,
  page: { limit: number; offset: number; after?: { receivedAt: Date; id: string } | undefined },
): Promise<ImportRun[]> {
  return tx.rows<ImportRun>(sql`select ${servedColumns} from import_runs where ${conditions(organisationId, filter)}
    ${page.after ? sql`and (received_at < ${page.after.receivedAt} or (received_at = ${page.after.receivedAt} and id > ${page.after.id}))` : sql``}
    order by received_at desc, id limit ${page.limit} offset ${page.offset}`)
}

export async function countRuns({ tx, organisationId }: ReadContext, filter: RunFilter): Promise<number> {
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from import_runs where ${conditions(organisationId, filter)}`,
  )
  return total
}

function conditions(organisationId: string, filter: RunFilter): ReturnType<typeof sql> {
  return sql`organisation_id = ${organisationId}
    ${filter.status ? sql`and status = ${filter.status}` : sql``}
    ${filter.source ? sql`and source_folded = ${filter.source.toLowerCase()}` : sql``}
    ${filter.updatedSince ? sql`and updated_at >= ${filter.updatedSince}` : sql``}`
}

/**
 * The data lines of a run's results file as a COPY statement: the original columns, then row, row_status, row_severity
 * and row_messages, everything quoted (spec 50, A run, 6). The caller writes the header line, since PostgreSQL cuts
 * names at 63 bytes. The run's id is checked, since COPY takes no parameters.
 *
 * @param columns places of the original columns to write, from 0
 * @param extra how many places behind the header's last one to write as well; the last of them takes all that follow
 */
export function resultsCopy(
  runId: string,
  columns: readonly number[],
  extra: { readonly from: number; readonly count: number },
): string {
  if (!/^imp_[0-9A-Za-z]{16}$/.test(runId)) throw new Error('not a run id')
  const originals = [
    ...columns.map((index) => `coalesce(cells[${index + 1}], '')`),
    ...Array.from({ length: extra.count }, (_, index) => {
      const place = extra.from + index + 1
      return index === extra.count - 1
        ? `coalesce(array_to_string(cells[${place}:], ','), '')`
        : `coalesce(cells[${place}], '')`
    }),
  ]
  return `copy (select ${[...originals, '"row"', 'row_status', 'row_severity'].join(', ')},
      coalesce((select string_agg((m->>'column') || ': ' || (m->>'detail') || ' [' || (m->>'rule') || ']', ' | ' order by n)
        from jsonb_array_elements(messages) with ordinality as e(m, n)), '')
    from import_rows where organisation_id = current_setting('vouchsafe.organisation_id') and run_id = '${runId}' order by "row")
    to stdout with (format csv, force_quote *)`
}

/** The cells of the longest row: only rejected rows have more than the header. 0 without rejected rows. */
export async function longestRow({ tx, organisationId }: ReadContext, runId: string): Promise<number> {
  const { cells } = await tx.one<{
    cells: number | null
  }>(sql`select max(cardinality(cells)) as cells from import_rows
    where organisation_id = ${organisationId} and run_id = ${runId} and row_status = 'REJECTED'`)
  return cells ?? 0
}

export async function deleteRows({ tx, organisationId }: WriteContext, runId: string): Promise<void> {
  await tx.run(sql`delete from import_rows where organisation_id = ${organisationId} and run_id = ${runId}`)
}

/** A row as it is kept: its cells, and what a person changed in them. */
export interface KeptRow extends Omit<ImportRow, 'values' | 'mended'> {
  readonly cells: readonly string[]
  readonly mended: readonly string[]
  readonly mendedAt: Date | null
}

const keptColumns = sql`r."row", r.line, r.row_status as status, r.row_severity as severity, r.messages, r.worker_id as "workerId",
  r.credential_id as "credentialId", r.cells, m.mended_at as "mendedAt",
  array(select jsonb_object_keys(coalesce(m."values", '{}')) order by 1) as mended`
const keptRows = sql`import_rows r left join import_row_mends m
  on m.organisation_id = r.organisation_id and m.run_id = r.run_id and m."row" = r."row"`

/** The rows of a run as they are kept, in order. */
export function servedRows(
  { tx, organisationId }: ReadContext,
  runId: string,
  status: ImportRow['status'] | undefined,
  page: { readonly limit: number; readonly offset: number; readonly after: number },
): Promise<KeptRow[]> {
  return tx.rows<KeptRow>(sql`select ${keptColumns} from ${keptRows}
    where r.organisation_id = ${organisationId} and r.run_id = ${runId} and r."row" > ${page.after}
      ${status === undefined ? sql`` : sql`and r.row_status = ${status}`}
    order by r."row" limit ${page.limit} offset ${page.offset}`)
}

export function servedRow(
  { tx, organisationId }: ReadContext,
  runId: string,
  row: number,
): Promise<KeptRow | undefined> {
  return tx.maybeOne<KeptRow>(sql`select ${keptColumns} from ${keptRows}
    where r.organisation_id = ${organisationId} and r.run_id = ${runId} and r."row" = ${row}`)
}

/** What was mended in a run's rows. */
export async function mendsOf(
  { tx, organisationId }: ReadContext,
  runId: string,
): Promise<Map<number, Readonly<Record<string, string>>>> {
  const rows = await tx.rows<{ row: number; values: Record<string, string> }>(
    sql`select "row", "values" from import_row_mends where organisation_id = ${organisationId} and run_id = ${runId} order by "row"`,
  )
  return new Map(rows.map(({ row, values }) => [row, values]))
}

/** Adds new values to what was mended in a row before. */
export async function mendRow(
  ctx: WriteContext,
  runId: string,
  row: number,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await ctx.tx.run(sql`insert into import_row_mends (organisation_id, run_id, "row", "values", mended_at)
    values (${ctx.organisationId}, ${runId}, ${row}, ${JSON.stringify(values)}::jsonb, ${ctx.now})
    on conflict (organisation_id, run_id, "row") do update
      set "values" = import_row_mends."values" || excluded."values", mended_at = excluded.mended_at`)
}

export async function countRows(
  { tx, organisationId }: ReadContext,
  runId: string,
  status: ImportRow['status'] | undefined,
): Promise<number> {
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total from import_rows
    where organisation_id = ${organisationId} and run_id = ${runId} ${status === undefined ? sql`` : sql`and row_status = ${status}`}`)
  return total
}

/** Codes that files of late used and that stood for nothing then, by how many rows. */
export function unmappedCodes(
  { tx, organisationId }: ReadContext,
  since: Date,
): Promise<{ code: string; rows: number; lastSeenAt: Date }[]> {
  return tx.rows(sql`select m->>'value' as code, count(*) as rows, max(r.received_at) as "lastSeenAt"
    from import_runs r
    join import_rows i on i.organisation_id = r.organisation_id and i.run_id = r.id and i.row_status = 'REJECTED'
    cross join lateral jsonb_array_elements(i.messages) as m
    where r.organisation_id = ${organisationId} and r.received_at >= ${since} and m->>'rule' = 'UNMAPPED_LICENCE_TYPE'
    group by 1
    order by 2 desc, 1 limit 1000`)
}
