/** How many rows a list has, without counting a million of them for every page (docs/adr/0010). */
import { sql, type Sql, type Tx } from './database.ts'

export interface Total {
  readonly count: number
  /** False = an estimate of the database's planner. */
  readonly isExact: boolean
}

/** QUICK counts as far as `exactUpTo`; EXACT counts all; a total that is known already is not counted again. */
export type Counting = 'QUICK' | 'EXACT' | Total

export const exactUpTo = 10_000

/** @param rows everything behind `select …`: `from … where …` */
export async function totalOf(tx: Tx, rows: Sql, counting: Counting): Promise<Total> {
  if (typeof counting === 'object') return counting
  const limit = counting === 'EXACT' ? sql`` : sql`limit ${exactUpTo + 1}`
  const { count } = await tx.one<{ count: number }>(
    sql`select count(*) as count from (select 1 ${rows} ${limit}) counted`,
  )
  if (counting === 'EXACT' || count <= exactUpTo) return { count, isExact: true }
  const { 'QUERY PLAN': plan } = await tx.one<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`explain (format json) select 1 ${rows}`,
  )
  return { count: Math.max(count, plan[0].Plan['Plan Rows']), isExact: false }
}
