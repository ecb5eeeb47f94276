/** The table `licence_status_inputs`. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** Notes what statuses are computed from now, and tells whether it was so the last time. */
export async function noteInputs(
  { tx, organisationId }: WriteContext,
  inputs: string,
): Promise<'FIRST' | 'CHANGED' | 'SAME'> {
  const row = await tx.maybeOne<{
    isFirst: boolean
  }>(sql`insert into licence_status_inputs (organisation_id, inputs)
    values (${organisationId}, ${inputs})
    on conflict (organisation_id) do update set inputs = excluded.inputs where licence_status_inputs.inputs <> excluded.inputs
    returning xmax = 0 as "isFirst"`)
  if (!row) return 'SAME'
  return row.isFirst ? 'FIRST' : 'CHANGED'
}
