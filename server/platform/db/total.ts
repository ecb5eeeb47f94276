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
  exactUpTo: 200,
  budgetMs: 1,
  /** What the planner expects to cost more (in its units) would spend the budget and end in the estimate. */
  costUpTo: 1_000,
  /**
   * As many as are worth collecting by their ids. Where more meet a filter of another table, one in five hundred of a
   * million does, and walking a list in its order finds a page of them soon.
   */
  fewRows: 2_000,
}
const canceled = '57014'

/** What is counted: `from … where …`, and all that the organisation has in that table, for telling its size. */
export interface Countable {
  readonly rows: Sql
  /** The same, said so that a few are counted soonest, where that is not how the planner expects best. */
  readonly counted?: Sql
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

/** What the planner expects: rows, and what reading them costs in its units. */
async function estimate(tx: Tx, rows: Sql): Promise<{ readonly count: number; readonly cost: number }> {
  const { 'QUERY PLAN': plan } = await tx.one<{
    'QUERY PLAN': [{ Plan: { 'Plan Rows': number; 'Total Cost': number } }]
  }>(sql`explain (format json) select 1 ${rows}`)
  return { count: plan[0].Plan['Plan Rows'], cost: plan[0].Plan['Total Cost'] }
}

/** Whether an organisation has so many rows there that counting and collecting them is to be minded. */
export async function isLarge(tx: Tx, { all, sizeKey }: Omit<Countable, 'rows'>): Promise<boolean> {
  const now = performance.now()
  const known = sizes.get(sizeKey)
  if (known && known.until > now) return known.isLarge
  const answer = (await estimate(tx, all)).count > listLimits.largeFrom
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

/** The same with an end to it: undefined when it takes longer than the budget. The statements go out together. */
async function countInTime(tx: Tx, rows: Sql): Promise<number | undefined> {
  const [saved, limited, counted, unlimited] = await Promise.allSettled([
    tx.run(sql`savepoint counting`),
    tx.run(sql`set local statement_timeout = ${sql.lit(listLimits.budgetMs)}`),
    countUpTo(tx, rows, sql`limit ${listLimits.exactUpTo + 1}`),
    tx.run(sql`set local statement_timeout = 0`),
  ])
  // The first that failed says why; those behind it only that it did.
  const failed = [saved, limited, counted, unlimited].find((one) => one.status === 'rejected')
  if (!failed) return counted.status === 'fulfilled' ? counted.value : undefined
  if ((failed.reason as { code?: unknown }).code !== canceled) throw failed.reason
  await tx.run(sql`rollback to savepoint counting`)
  return undefined
}

export async function totalOf(tx: Tx, countable: Countable, counting: Counting): Promise<Total> {
  if (typeof counting === 'object') return counting
  const { rows } = countable
  if (counting === 'EXACT' || !(await isLarge(tx, countable)))
    return { count: await countUpTo(tx, rows, sql``), isExact: true }
  // Counting what is expected to be many would spend the budget on every first page and end in the estimate anyway.
  const { count: expected, cost } = await estimate(tx, rows)
  const isDear = countable.counted === undefined && cost > listLimits.costUpTo
  if (expected > listLimits.exactUpTo || isDear) return { count: expected, isExact: false }
  const count = await countInTime(tx, countable.counted ?? rows)
  if (count !== undefined && count <= listLimits.exactUpTo) return { count, isExact: true }
  return { count: Math.max(count ?? 1, expected), isExact: false }
}

/**
 * The ids that a filter of another table gives, where they are few: as one value, since rows by the thousand cost more than
 * finding them. Undefined where there are more, which the planner mostly knows without looking.
 * @param rows `from … where …`
 */
export async function fewIdsOf(tx: Tx, id: Sql, rows: Sql): Promise<readonly string[] | undefined> {
  if ((await estimate(tx, rows)).count > listLimits.fewRows) return undefined
  const { ids } = await tx.one<{ ids: string[] }>(
    sql`select array(select ${id} ${rows} limit ${listLimits.fewRows + 1}) as ids`,
  )
  return ids.length > listLimits.fewRows ? undefined : ids
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
