/** How many rows a list has, without counting a million of them for every page (docs/adr/0010). */
import { sql, type Sql, type Tx } from './database.ts'

export interface Total {
  readonly count: number
  /** False = an estimate of the database's planner. */
  readonly isExact: boolean
}

/**
 * QUICK counts exactly in an organisation of ordinary size; in a large one only what the planner expects to be few, as far
 * as `exactUpTo` and for `budgetMs`, and estimates the rest. EXACT counts all. A total that is known already is not counted again.
 */
export type Counting = 'QUICK' | 'EXACT' | Total

/** From where on lists are read with an eye on their size. An object, so that a test can try them on a few rows. */
export const listLimits = {
  /** So many rows of an organisation are counted without a thought. */
  largeFrom: 50_000,
  exactUpTo: 1_000,
  budgetMs: 2,
  /**
   * As many as are worth collecting by their ids. Where more meet a filter of another table, one in five hundred of a
   * million does, and walking a list in its order finds a page of them soon.
   */
  fewRows: 2_000,
  /**
   * The same for names, e-mails and late changes: those of one beginning, or of one day, lie far from where a walk of
   * others begins.
   */
  fewNames: 5_000,
}
const canceled = '57014'

/** What is counted: `from … where …`, and all that the organisation has in that table, for telling its size. */
export interface Countable {
  readonly rows: Sql
  readonly all: Sql
  /** Under which the size is remembered: the organisation and the table. */
  readonly sizeKey: string
}

const sizes = new Map<string, { readonly isLarge: boolean; readonly until: number }>()
const rememberedMs = 60_000
const rememberedMax = 10_000

/** For tests: how large organisations are is asked anew. */
export function forgetSizes(): void {
  sizes.clear()
}

async function estimate(tx: Tx, rows: Sql): Promise<number> {
  const { 'QUERY PLAN': plan } = await tx.one<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`explain (format json) select 1 ${rows}`,
  )
  return plan[0].Plan['Plan Rows']
}

/** Whether an organisation has so many rows there that counting and collecting them is to be minded. */
export async function isLarge(tx: Tx, { all, sizeKey }: Omit<Countable, 'rows'>): Promise<boolean> {
  const now = performance.now()
  const known = sizes.get(sizeKey)
  if (known && known.until > now) return known.isLarge
  const answer = (await estimate(tx, all)) > listLimits.largeFrom
  if (sizes.size >= rememberedMax) sizes.clear()
  sizes.set(sizeKey, { isLarge: answer, until: now + rememberedMs })
  return answer
}

async function countUpTo(tx: Tx, rows: Sql, most: Sql): Promise<number> {
  const { count } = await tx.one<{ count: number }>(
    sql`select count(*) as count from (select 1 ${rows} ${most}) counted`,
  )
  return count
}

/** The ids that a query gives: as one value, since rows by the thousand cost more than finding them. */
export async function idsOf(tx: Tx, query: Sql): Promise<readonly string[]> {
  const { ids } = await tx.one<{ ids: string[] }>(sql`select array(${query}) as ids`)
  return ids
}

/** The same with an end to it: undefined when it takes longer than the budget. */
async function countInTime(tx: Tx, rows: Sql): Promise<number | undefined> {
  await tx.run(sql`savepoint counting`)
  try {
    await tx.run(sql`set local statement_timeout = ${sql.lit(listLimits.budgetMs)}`)
    const count = await countUpTo(tx, rows, sql`limit ${listLimits.exactUpTo + 1}`)
    await tx.run(sql`set local statement_timeout = 0`)
    return count
  } catch (error) {
    if ((error as { code?: unknown }).code !== canceled) throw error
    await tx.run(sql`rollback to savepoint counting`)
    return undefined
  }
}

export async function totalOf(tx: Tx, countable: Countable, counting: Counting): Promise<Total> {
  if (typeof counting === 'object') return counting
  const { rows } = countable
  if (counting === 'EXACT' || !(await isLarge(tx, countable)))
    return { count: await countUpTo(tx, rows, sql``), isExact: true }
  // Counting what is expected to be many would spend the budget on every first page and end in the estimate anyway.
  const expected = await estimate(tx, rows)
  if (expected > listLimits.exactUpTo) return { count: expected, isExact: false }
  const count = await countInTime(tx, rows)
  if (count !== undefined && count <= listLimits.exactUpTo) return { count, isExact: true }
  return { count: Math.max(count ?? 1, expected), isExact: false }
}

/** Whether a list is asked for by its changes and by nothing else. */
export function isOnlyUpdatedSince(filter: object): boolean {
  const said = Object.entries(filter).filter(([, value]) => value !== undefined && value !== false)
  return said.length > 0 && said.every(([name]) => ['updatedSince', 'includeDeleted'].includes(name))
}

/**
 * The ids of a page of what changed of late in a large organisation. The planner is unsure how many that are, and where it
 * thinks of some thousands it walks the list in its order, past a million rows that did not change. Collecting them by their
 * index takes milliseconds. With another filter beside it the planner would rather collect by that, so it is only for this
 * one. Undefined where there are more, or where nobody needs to mind.
 * @param from gives `id` and what the list is ordered by, without an order
 * @param page what to choose of it, as SQL behind `from found`
 */
export async function fewIdsOf(
  tx: Tx,
  countable: Countable,
  from: Sql,
  page: Sql,
): Promise<{ readonly ids: readonly string[]; readonly total: Total } | undefined> {
  if (!(await isLarge(tx, countable)) || (await estimate(tx, countable.rows)) > listLimits.fewRows)
    return undefined
  const { count, ids } = await tx.one<{ count: number; ids: string[] }>(
    sql`with found as materialized (${from} limit ${listLimits.fewNames + 1})
      select (select count(*) from found) as count, array(select id from found ${page}) as ids`,
  )
  return count > listLimits.fewNames ? undefined : { ids, total: { count, isExact: true } }
}

/**
 * The total of a list whose page was read first: a first page that is not full is the whole list.
 * @param page what was asked for, and how many rows came
 */
export async function totalBeside(
  tx: Tx,
  countable: Countable,
  page: {
    readonly counting: Counting
    readonly offset: number
    readonly limit: number
    readonly found: number
  },
): Promise<Total> {
  const isWhole = typeof page.counting !== 'object' && page.offset === 0 && page.found < page.limit
  return isWhole ? { count: page.found, isExact: true } : totalOf(tx, countable, page.counting)
}
