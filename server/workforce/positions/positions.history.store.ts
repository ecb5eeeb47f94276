/** What positions required, when: the table `position_versions`, read. */
import type { ReadContext } from '../../platform/context.ts'
import { knownVersions, type AsOf } from '../../platform/db/as-of.ts'
import { sql } from '../../platform/db/database.ts'
import type { PositionVersion } from './positions.schema.ts'

/**
 * The versions of these positions that have to be looked at: the latest, and all before it where that one begins later than
 * `today`. The latest first.
 */
export async function positionVersionsAsOf(
  { tx, organisationId }: ReadContext,
  positionIds: readonly string[],
  at: AsOf,
  today: string,
): Promise<ReadonlyMap<string, readonly PositionVersion[]>> {
  const rows = await tx.rows<PositionVersion & { positionId: string }>(sql`
    select v.position_id as "positionId", v.version, v.code, v.name, v.state, v.grace_days as "graceDays", v.effective_from as "effectiveFrom",
      v.own_requirements as requirements, v.requirements as "fileRequirements", v.valid_from as "since"
    from unnest(${positionIds}::text[]) as ids(id)
    cross join lateral (select l.version, l.effective_from from position_versions l where l.organisation_id = ${organisationId}
      and l.position_id = ids.id and l.valid_from <= ${at.valid} and l.recorded_at <= ${at.known}
      order by l.valid_from desc, l.version desc limit 1) latest
    join position_versions v on v.organisation_id = ${organisationId} and v.position_id = ids.id and ${knownVersions('v', at)}
      and (v.version = latest.version or latest.effective_from > ${today}::date)
    order by v.position_id, v.valid_from desc, v.version desc`)
  const found = new Map<string, PositionVersion[]>()
  for (const { positionId, ...version } of rows) {
    const versions = found.get(positionId)
    if (versions) versions.push(version)
    else found.set(positionId, [version])
  }
  return found
}
