/** What PostgreSQL does to answer, for tests that a list or a sweep reads no more than it needs. */
import { expect } from 'vitest'
import type { ReadContext } from '../server/platform/context.ts'
import { sql, type Sql } from '../server/platform/db/database.ts'
import { operator, type TestHouse } from './harness.ts'

/** A step of a plan, as `explain (analyze, format json)` tells of it; rows are those of one loop. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Heap Fetches'?: number
  readonly Plans?: readonly PlanNode[]
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** How many rows a step looked at, those it left out included. */
export function rowsRead(node: PlanNode): number {
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
}

/** What a statement does, node by node. */
export async function planOfStatement(ctx: ReadContext, statement: Sql): Promise<PlanNode[]> {
  const row = await ctx.tx.one<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    sql`explain (analyze, format json) ${statement}`,
  )
  const plan = row['QUERY PLAN'][0]?.Plan
  return plan ? nodesOf(plan) : []
}

/**
 * What the application's role does, node by node, for the last statement that `ask` reads with.
 * @param ask is given what is read as well
 * @param by which of the ways of reading is meant
 */
export async function planOf(
  house: TestHouse,
  organisationId: string,
  ask: (ctx: ReadContext) => Promise<unknown>,
  by: 'rows' | 'one' = 'rows',
): Promise<PlanNode[]> {
  let plan: PlanNode[] = []
  await house.runtime.read(organisationId, operator, async (ctx) => {
    expect(await ctx.tx.one(sql`select current_user::text as "role"`)).toEqual({ role: 'vouchsafe_app' })
    const tx = {
      ...ctx.tx,
      [by]: async (statement: Sql) => {
        plan = await planOfStatement(ctx, statement)
        return ctx.tx[by](statement)
      },
    }
    await ask({ ...ctx, tx } as ReadContext)
  })
  if (plan.length === 0) throw new Error('No rows were asked for.')
  return plan
}
