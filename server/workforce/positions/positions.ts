/**
 * Positions: the roles that people are rostered for, and what each requires.
 *
 * Owns: positions, their requirement rows by source, their versions. Words: a *stub* is a position that a person's row
 * named and nobody described; an *unresolved* requirement is one that could not be read and stays as a yellow gap.
 * Promises: requirements of one source never touch those of another; rules never fail open.
 */
import type { WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import * as store from './positions.bulk.store.ts'

export { findPositionId, findPositionIds } from './positions.store.ts'
export type { RequirementPlanCounts } from './positions.bulk.store.ts'
export {
  createStage as createRequirementStage,
  planActions as planRequirements,
  planCounts as requirementPlanCounts,
  planLines as requirementPlanLines,
} from './positions.bulk.store.ts'

/** Makes a stub of every code in `codes` (a query of one column, `code`) that names no position yet. */
export async function ensurePositionStubs(ctx: WriteContext, codes: Sql, runId: string): Promise<void> {
  await store.insertStubs(ctx, codes, runId, true)
}

/** Applies the planned requirement rows of one source; positions that they name first are made. */
export async function applyRequirements(
  ctx: WriteContext,
  request: { sourceFolded: string; runId: string },
): Promise<void> {
  await store.insertStubs(
    ctx,
    sql`select position_code as code from planned_requirements`,
    request.runId,
    false,
  )
  await store.applyPlan(ctx, request.sourceFolded, request.runId)
}
