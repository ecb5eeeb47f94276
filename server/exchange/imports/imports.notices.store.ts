/** The table `import_notices`: what people are to be told, and what they were told. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { Notice, NoticeKind } from './imports.notices.rules.ts'

const columns = sql`id, kind, source, import_id as "importId", file_name as "fileName", detail, at`

/** Of an organisation, one at a time tells: so that two that come at once know of each other. */
export async function lockNotices({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('import-notices:' || ${organisationId}, 0))`,
  )
}

/** False when this very matter is known already. */
export async function insertNotice(ctx: WriteContext, notice: Notice): Promise<boolean> {
  const made = await ctx.tx
    .run(sql`insert into import_notices (organisation_id, id, kind, source, import_id, file_name, detail, at)
    values (${ctx.organisationId}, ${notice.id}, ${notice.kind}, ${notice.source}, ${notice.importId}, ${notice.fileName}, ${notice.detail},
      ${notice.at})
    on conflict (organisation_id, id) do nothing`)
  return made === 1
}

export function untoldNotice({ tx, organisationId }: ReadContext, id: string): Promise<Notice | undefined> {
  return tx.maybeOne<Notice>(
    sql`select ${columns} from import_notices where organisation_id = ${organisationId} and id = ${id} and told_at is null`,
  )
}

/** The oldest first. */
export function untoldNotices({ tx, organisationId }: ReadContext, limit: number): Promise<Notice[]> {
  return tx.rows<Notice>(sql`select ${columns} from import_notices where organisation_id = ${organisationId} and told_at is null
    order by at, id limit ${limit}`)
}

export interface Told {
  readonly kind: NoticeKind
  readonly source: string | null
  readonly by: 'ALONE' | 'TOGETHER'
  readonly at: Date
}

/** What went out after `since`. */
export function toldSince({ tx, organisationId }: ReadContext, since: Date): Promise<Told[]> {
  return tx.rows<Told>(sql`select kind, source, told_by as by, max(told_at) as at from import_notices
    where organisation_id = ${organisationId} and told_at > ${since} and told_by <> 'NOT_WANTED' group by kind, source, told_by`)
}

/** How many went out in mails of their own after `since`. */
export async function countAlone({ tx, organisationId }: ReadContext, since: Date): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*)::int as n from import_notices
    where organisation_id = ${organisationId} and told_at > ${since} and told_by = 'ALONE'`)
  return n
}

export async function markTold(
  ctx: WriteContext,
  ids: readonly string[],
  by: 'ALONE' | 'TOGETHER' | 'NOT_WANTED',
): Promise<void> {
  await ctx.tx.run(sql`update import_notices set told_at = ${ctx.now}, told_by = ${by}
    where organisation_id = ${ctx.organisationId} and id = any (${ids}::text[]) and told_at is null`)
}

export async function deleteUntold(ctx: WriteContext, id: string): Promise<void> {
  await ctx.tx.run(
    sql`delete from import_notices where organisation_id = ${ctx.organisationId} and id = ${id} and told_at is null`,
  )
}

export function deleteToldBefore(ctx: WriteContext, before: Date, limit: number): Promise<number> {
  return ctx.tx.run(sql`delete from import_notices n
    using (select id from import_notices where organisation_id = ${ctx.organisationId} and told_at < ${before} limit ${limit}) old
    where n.organisation_id = ${ctx.organisationId} and n.id = old.id`)
}
