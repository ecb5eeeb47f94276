/** Whom many references mean, each kind of reference in one statement. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

export interface ReferredWorker {
  readonly id: string
  readonly displayName: string
  readonly workEmail: string | null
  readonly birthDate: string | null
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly deletedAt: Date | null
}

const columns = sql`w.id, w.display_name as "displayName", w.work_email as "workEmail", w.birth_date as "birthDate", w.status,
  w.deleted_at as "deletedAt"`

/** Deleted ones too; erased ones never. None is deleted until the transaction ends. */
export function holdById(
  { tx, organisationId }: WriteContext,
  ids: readonly string[],
): Promise<ReferredWorker[]> {
  return tx.rows<ReferredWorker>(sql`select ${columns} from workers w
    where w.organisation_id = ${organisationId} and w.id = any (${ids}::text[]) and w.erased_at is null order by w.id for share of w`)
}

/** Everybody whom any system knows by one of these keys, deleted ones left out, with the system's name. */
export function holdByExternalId(
  { tx, organisationId }: WriteContext,
  externalIds: readonly string[],
): Promise<(ReferredWorker & { readonly externalId: string; readonly sourceSystem: string })[]> {
  return tx.rows(sql`select ${columns}, k.external_id as "externalId", k.source_system as "sourceSystem" from worker_sources k
    join workers w on w.organisation_id = k.organisation_id and w.id = k.worker_id and w.deleted_at is null
    where k.organisation_id = ${organisationId} and k.source_folded in (select worker_source_systems(${organisationId}))
      and k.external_id = any (${externalIds}::text[]) order by w.id, k.source_folded for share of w`)
}
