/**
 * Positions: the roles that people are rostered for, and what each requires.
 *
 * Owns: positions, their requirement rows by source, their versions. Words: a *stub* is a position that a person's row
 * named and nobody described; an *unresolved* requirement is one that could not be read and stays as a yellow gap.
 * Promises: requirements of one source never touch those of another; rules never fail open.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import * as store from './positions.bulk.store.ts'
import type { Position, PositionFilter } from './positions.schema.ts'
import { withEffective } from './positions.effective.ts'
import { findPosition, findPositions } from './positions.store.ts'

export {
  assertTypesAreKnown,
  createPosition,
  deletePosition,
  lockedPosition,
  replacePosition,
  restorePosition,
} from './positions.change.ts'
export type { Position, PositionFilter } from './positions.schema.ts'
export { findPositionId, findPositionIds } from './positions.store.ts'
export { positionVersionsAsOf } from './positions.history.store.ts'
export type { RequirementPlanCounts } from './positions.bulk.store.ts'
export {
  createStage as createRequirementStage,
  planActions as planRequirements,
  planCounts as requirementPlanCounts,
  planLines as requirementPlanLines,
} from './positions.bulk.store.ts'

/** In the order of the code, then id. */
export async function listPositions(
  ctx: ReadContext,
  filter: PositionFilter,
  page: Parameters<typeof findPositions>[2],
): Promise<{ positions: Position[]; total: number }> {
  const { positions, total } = await findPositions(ctx, filter, page)
  return { positions: await withEffective(ctx, positions), total }
}

/** By id or code. NOT_FOUND for another organisation's, a deleted and an unknown one alike. */
export async function getPosition(ctx: ReadContext, idOrCode: string): Promise<Position> {
  const position = await findPosition(ctx, idOrCode)
  if (!position) throw new AppError('NOT_FOUND', 'There is no such position.')
  const [whole] = await withEffective(ctx, [position])
  return whole as Position
}

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
