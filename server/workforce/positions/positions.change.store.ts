/** Writing one position: the table `positions`. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { Requirements } from './positions.schema.ts'

export interface PositionValues {
  readonly code: string
  readonly name: string | null
  readonly state: string | null
  readonly requirements: Requirements | null
  readonly graceDays: number
  readonly effectiveFrom: string | null
}

export interface LockedPosition extends PositionValues {
  readonly id: string
  readonly isStub: boolean
  readonly deletedAt: Date | null
}

/** Locked against every other change until the transaction ends; by id or code. A deleted one by its id alone. */
export function lockPosition(
  { tx, organisationId }: WriteContext,
  idOrCode: string,
): Promise<LockedPosition | undefined> {
  return tx.maybeOne<LockedPosition>(sql`select id, code, name, state, requirements, grace_days as "graceDays",
      effective_from as "effectiveFrom", is_stub as "isStub", deleted_at as "deletedAt"
    from positions where organisation_id = ${organisationId} and (id = ${idOrCode} or (code = ${idOrCode} and deleted_at is null))
    order by id = ${idOrCode} desc limit 1 for update`)
}

const json = (tree: Requirements | null): string | null => (tree === null ? null : JSON.stringify(tree))

export async function insertPosition(ctx: WriteContext, id: string, values: PositionValues): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into positions (organisation_id, id, version, code, name, state, requirements, grace_days, effective_from, is_stub,
      created_at, updated_at)
    values (${organisationId}, ${id}, 1, ${values.code}, ${values.name}, ${values.state}, ${json(values.requirements)}::jsonb,
      ${values.graceDays}, ${values.effectiveFrom}, false, ${now}, ${now})`)
}

/** @param deletedAt null brings a deleted one back */
export async function updatePosition(
  ctx: WriteContext,
  id: string,
  values: PositionValues & { readonly isStub: boolean },
  deletedAt: Date | null,
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`update positions set version = version + 1, updated_at = ${now}, deleted_at = ${deletedAt}, code = ${values.code},
      name = ${values.name}, state = ${values.state}, requirements = ${json(values.requirements)}::jsonb, grace_days = ${values.graceDays},
      effective_from = ${values.effectiveFrom}, is_stub = ${values.isStub}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** The other position that has this code, if there is one. */
export async function holderOfCode(
  { tx, organisationId }: WriteContext,
  code: string,
  exceptId: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select id from positions
    where organisation_id = ${organisationId} and code = ${code} and deleted_at is null and id <> ${exceptId}`)
  return row?.id
}
