/** What a position requires today, all that was said of it together. */
import type { ReadContext } from '../../platform/context.ts'
import { localDateOf } from '../../platform/local-date.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../credential-types/credential-types.ts'
import { positionVersionsAsOf } from './positions.history.store.ts'
import { joinedTree, rulesInForce } from './positions.rules.ts'
import type { Position } from './positions.schema.ts'

/** With everything that is required of each today. */
export async function withEffective(ctx: ReadContext, positions: readonly Position[]): Promise<Position[]> {
  if (positions.length === 0) return []
  const [{ timeZone }, { types }] = await Promise.all([settingsOf(ctx), catalogueOf(ctx)])
  const today = localDateOf(ctx.now, timeZone)
  const at = { valid: ctx.now, known: ctx.now }
  const versions = await positionVersionsAsOf(
    ctx,
    positions.map(({ id }) => id),
    at,
    today,
  )
  return positions.map((position) => {
    const rules = rulesInForce(versions.get(position.id) ?? [], today, (instant) =>
      localDateOf(instant, timeZone),
    )
    const tree = rules && joinedTree(rules.requirements, rules.fileRequirements, (code) => types.get(code))
    return {
      ...position,
      attributes: { ...position.attributes, effectiveRequirements: (tree as never) ?? null },
    }
  })
}
