/**
 * Changing one position over the API.
 *
 * Promises: a code is one position's; what is set here and what files say never overwrite each other; a position that
 * people hold is not taken from under them.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { brokenUnique, sql } from '../../platform/db/database.ts'
import { AppError, type Fault } from '../../platform/errors.ts'
import { catalogueOf } from '../credential-types/credential-types.ts'
import { leavesOf, type Requirements } from '../requirements/requirements.schema.ts'
import * as store from './positions.change.store.ts'
import type { Position, PositionInput } from './positions.schema.ts'
import { withEffective } from './positions.effective.ts'
import { findPosition } from './positions.store.ts'
import { insertVersions } from './positions.versions.store.ts'

/** Refuses types that nobody knows: a rule that cannot be read would fail open. */
export async function assertTypesAreKnown(ctx: ReadContext, tree: Requirements): Promise<void> {
  const { types } = await catalogueOf(ctx)
  const faults = leavesOf(tree).flatMap(({ pointer, leaf }): Fault[] => {
    const named = [
      ['/credentialType', leaf.credentialType] as const,
      ...(leaf.exemptedBy ?? []).map((code, index) => [`/exemptedBy/${index}`, code] as const),
    ]
    const unknown = named
      .filter(([, code]) => !types.has(code))
      .map(([place, code]) => ({
        pointer: `/requirements${pointer}${place}`,
        code: 'UNKNOWN_CREDENTIAL_TYPE',
        detail: `There is no credential type "${code}".`,
      }))
    const bound = types.get(leaf.credentialType)?.jurisdiction ?? null
    return bound === null || leaf.jurisdiction === undefined || leaf.jurisdiction === bound
      ? unknown
      : [
          ...unknown,
          {
            pointer: `/requirements${pointer}/jurisdiction`,
            code: 'JURISDICTION_DIFFERS',
            detail: `${leaf.credentialType} is a credential of ${bound}.`,
          },
        ]
  })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map(({ detail }) => detail).join(' '), { errors: faults })
}

async function valuesOf(ctx: WriteContext, input: PositionInput): Promise<store.PositionValues> {
  const tree = input.requirements ?? null
  if (tree !== null) await assertTypesAreKnown(ctx, tree)
  return {
    code: input.code,
    name: input.name ?? null,
    state: input.state ?? null,
    requirements: tree,
    graceDays: input.graceDays ?? 0,
    effectiveFrom: input.effectiveFrom ?? null,
  }
}

async function assertCodeIsFree(ctx: WriteContext, code: string, id: string): Promise<void> {
  const holder = await store.holderOfCode(ctx, code, id)
  if (holder !== undefined)
    throw new AppError('NAME_TAKEN', `The position ${holder} has the code "${code}".`, { extra: { holder } })
}

/** A parallel change may take what was free a moment ago: told in the same words. */
async function toldWhenTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (brokenUnique(error) !== 'positions_by_code') throw error
    throw new AppError('NAME_TAKEN', 'Another position has just got this code.', { cause: error })
  }
}

async function shown(ctx: WriteContext, id: string): Promise<Position> {
  const position = await findPosition(ctx, id)
  if (!position) throw new AppError('NOT_FOUND', 'There is no such position.')
  const [whole] = await withEffective(ctx, [position])
  return whole as Position
}

async function record(
  ctx: WriteContext,
  id: string,
  action: string,
  fields: readonly string[],
): Promise<void> {
  await insertVersions(ctx, sql`select ${id}::text`, null)
  await ctx.audit({ entityType: 'position', entityId: id, action, changes: { fields } })
  await ctx.emit({ type: 'position.changed', data: { positionIds: [id] } })
}

/** Refuses NAME_TAKEN, naming who has the code, and credential types that are not there. */
export async function createPosition(ctx: WriteContext, input: PositionInput): Promise<Position> {
  const values = await valuesOf(ctx, input)
  const id = ctx.newId('position')
  await assertCodeIsFree(ctx, values.code, id)
  await toldWhenTaken(() => store.insertPosition(ctx, id, values))
  await record(ctx, id, 'create', [])
  return shown(ctx, id)
}

async function locked(ctx: WriteContext, idOrCode: string): Promise<store.LockedPosition> {
  const row = await store.lockPosition(ctx, idOrCode)
  if (!row || row.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such position.')
  return row
}

/** The position as it is now, locked. NOT_FOUND also for a deleted one. */
export async function lockedPosition(ctx: WriteContext, idOrCode: string): Promise<Position> {
  return shown(ctx, (await locked(ctx, idOrCode)).id)
}

const fieldNames = ['code', 'name', 'state', 'requirements', 'graceDays', 'effectiveFrom'] as const

/** Puts the whole position in place of what was there (PUT). What files say of it stays. A stub is none any more. */
export async function replacePosition(
  ctx: WriteContext,
  idOrCode: string,
  input: PositionInput,
): Promise<Position> {
  const before = await locked(ctx, idOrCode)
  const values = await valuesOf(ctx, input)
  const fields: string[] = fieldNames.filter((name) => !isDeepStrictEqual(before[name], values[name]))
  if (before.isStub) fields.push('isStub')
  if (fields.length === 0) return shown(ctx, before.id)
  await assertCodeIsFree(ctx, values.code, before.id)
  await toldWhenTaken(() => store.updatePosition(ctx, before.id, { ...values, isStub: false }, null))
  await record(ctx, before.id, 'update', fields)
  return shown(ctx, before.id)
}

/**
 * Hides the position; `restorePosition` brings it back.
 * @param activeHolders how many active people hold it: none may (the caller counts, workers lie to the right)
 */
export async function deletePosition(
  ctx: WriteContext,
  idOrCode: string,
  activeHolders: (ctx: WriteContext, positionId: string) => Promise<number>,
): Promise<void> {
  const row = await locked(ctx, idOrCode)
  const holders = await activeHolders(ctx, row.id)
  if (holders > 0)
    throw new AppError(
      'POSITION_IN_USE',
      `${holders === 1 ? 'An active worker holds' : `${holders} active workers hold`} this position.`,
      { extra: { holders } },
    )
  await store.updatePosition(ctx, row.id, row, ctx.now)
  await record(ctx, row.id, 'delete', [])
}

/** NOT_FOUND for one that was never there; one that is not deleted stays as it is. Refuses when the code is taken. */
export async function restorePosition(ctx: WriteContext, id: string): Promise<Position> {
  const row = await store.lockPosition(ctx, id)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such position.')
  if (row.deletedAt === null) return shown(ctx, row.id)
  await assertCodeIsFree(ctx, row.code, row.id)
  await toldWhenTaken(() => store.updatePosition(ctx, row.id, row, null))
  await record(ctx, row.id, 'restore', [])
  return shown(ctx, row.id)
}
