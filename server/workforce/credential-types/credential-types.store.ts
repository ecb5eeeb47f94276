/** The tables `licence_type_mappings` and `licence_type_mapping_versions`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

export interface MappingRow {
  readonly code: string
  readonly credentialType: string
  readonly updatedAt: Date
}

export function mappingRows({ tx, organisationId }: ReadContext): Promise<MappingRow[]> {
  return tx.rows<MappingRow>(sql`select code, credential_type as "credentialType", updated_at as "updatedAt"
    from licence_type_mappings where organisation_id = ${organisationId} order by code`)
}

/** False when the mapping is so already. */
export async function saveMapping(
  { tx, organisationId, now }: WriteContext,
  code: string,
  credentialType: string,
): Promise<boolean> {
  const changed =
    await tx.run(sql`insert into licence_type_mappings (organisation_id, code, credential_type, updated_at)
    values (${organisationId}, ${code}, ${credentialType}, ${now})
    on conflict (organisation_id, code) do update set credential_type = excluded.credential_type, updated_at = excluded.updated_at
      where licence_type_mappings.credential_type <> excluded.credential_type`)
  if (changed === 0) return false
  await tx.run(sql`insert into licence_type_mapping_versions (organisation_id, code, version, valid_from, recorded_at, credential_type)
    select ${organisationId}, ${code}, coalesce(max(version), 0) + 1, ${now}, ${now}, ${credentialType}
    from licence_type_mapping_versions where organisation_id = ${organisationId} and code = ${code}`)
  return true
}
