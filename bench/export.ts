/** The status export, beside a raw COPY TO of the same query by the tables' owner (no row-level security, no file). */
import { systemCaller } from '../server/platform/context.ts'
import { writeStatusExports } from '../server/exchange/exports/exports.ts'
import { median, type BenchHouse } from './house.ts'

export interface ExportFigures {
  readonly exportMs: number
  readonly copyMs: number
}

const query = (
  organisationId: string,
): string => `copy (select k.external_id_received, k.licence_type, k.licence_number,
    coalesce(c.declared_issue_date::text, ''), coalesce(c.declared_expiry_date::text, ''), c.licence_status
  from credential_source_keys k join credentials c on c.organisation_id = k.organisation_id and c.id = k.credential_id
    join workers w on w.organisation_id = k.organisation_id and w.id = k.worker_id
  where k.organisation_id = '${organisationId}' and c.lifecycle = 'ACTIVE' and c.deleted_at is null and w.status = 'ACTIVE' and w.deleted_at is null
  order by k.source_folded, k.external_id, k.licence_type, k.licence_number) to stdout with (format csv, force_quote *)`

/** On books that an import has filled. */
export async function measureExport(
  house: BenchHouse,
  organisationId: string,
  repeats: number,
): Promise<ExportFigures> {
  const write = (): Promise<unknown> =>
    writeStatusExports(house.runtime, systemCaller, { organisationId, trigger: 'DEMAND' })
  await write()
  await house.asOwner('analyze')
  const ours: number[] = []
  const copies: number[] = []
  for (let n = 0; n < repeats; n += 1) {
    copies.push((await house.copyOutAsOwner(query(organisationId))).ms)
    const started = performance.now()
    await write()
    ours.push(performance.now() - started)
  }
  return { exportMs: median(ours), copyMs: median(copies) }
}
