/** The table `import_sources`: what is known of the habits of each source. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { LocalDate } from '../../platform/local-date.ts'

export interface SourceRow {
  readonly id: string
  readonly name: string
  readonly lastImportId: string
  readonly lastReceivedAt: Date
  readonly days: readonly LocalDate[]
  readonly silenceToldAt: Date | null
}

const columns = sql`id, name, last_import_id as "lastImportId", last_received_at as "lastReceivedAt", days::text[] as days,
  silence_told_at as "silenceToldAt"`

/** Whether its last file came after `since`, and not in the future of a clock that was set back. */
export async function isJustSeen(
  { tx, organisationId, now }: ReadContext,
  folded: string,
  since: Date,
): Promise<boolean> {
  const { isSeen } = await tx.one<{ isSeen: boolean }>(sql`select exists (select from import_sources
    where organisation_id = ${organisationId} and source_folded = ${folded} and last_received_at > ${since} and last_received_at <= ${now}
      and silence_told_at is null) as "isSeen"`)
  return isSeen
}

/** The source, held against others until the transaction ends. */
export function lockedSource(
  { tx, organisationId }: WriteContext,
  by: { readonly folded: string } | { readonly id: string },
): Promise<SourceRow | undefined> {
  const which = 'id' in by ? sql`id = ${by.id}` : sql`source_folded = ${by.folded}`
  return tx.maybeOne<SourceRow>(
    sql`select ${columns} from import_sources where organisation_id = ${organisationId} and ${which} for update`,
  )
}

/** False when another transaction made it first. */
export async function insertSource(
  ctx: WriteContext,
  source: { readonly id: string; readonly folded: string; readonly name: string; readonly importId: string },
): Promise<boolean> {
  const made = await ctx.tx.run(sql`insert into import_sources
      (organisation_id, id, source_folded, name, last_import_id, last_received_at, days)
    values (${ctx.organisationId}, ${source.id}, ${source.folded}, ${source.name}, ${source.importId}, ${ctx.now}, '{}')
    on conflict (organisation_id, source_folded) do nothing`)
  return made === 1
}

export async function saveArrival(
  ctx: WriteContext,
  id: string,
  arrival: { readonly name: string; readonly importId: string; readonly days: readonly LocalDate[] },
): Promise<void> {
  await ctx.tx
    .run(sql`update import_sources set name = ${arrival.name}, last_import_id = ${arrival.importId}, last_received_at = ${ctx.now},
      days = ${arrival.days}::date[], silence_told_at = null
    where organisation_id = ${ctx.organisationId} and id = ${id}`)
}

export async function saveSilenceTold(ctx: WriteContext, id: string): Promise<void> {
  await ctx.tx.run(
    sql`update import_sources set silence_told_at = ${ctx.now} where organisation_id = ${ctx.organisationId} and id = ${id}`,
  )
}

/** Every source whose silence would still be told. */
export function untoldSources({ tx, organisationId }: ReadContext): Promise<SourceRow[]> {
  return tx.rows<SourceRow>(
    sql`select ${columns} from import_sources where organisation_id = ${organisationId} and silence_told_at is null order by id`,
  )
}

/** One arrival of each hour in which the source sent since then: what was there before this table was. */
export async function arrivalHours(
  { tx, organisationId }: ReadContext,
  folded: string,
  since: Date,
): Promise<Date[]> {
  const rows = await tx.rows<{ at: Date }>(sql`select min(received_at) as at from import_runs
    where organisation_id = ${organisationId} and received_at >= ${since} and source_folded = ${folded} and not stop_at_plan
    group by date_trunc('hour', received_at)`)
  return rows.map((row) => row.at)
}
