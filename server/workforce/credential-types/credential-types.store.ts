/** The tables `licence_type_mappings`, `licence_type_mapping_versions` and `own_credential_types`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { credentialTypeEntry, type CredentialTypeEntry } from './credential-types.schema.ts'

export interface MappingRow {
  readonly code: string
  readonly credentialType: string
  readonly updatedAt: Date
}

export function mappingRows({ tx, organisationId }: ReadContext): Promise<MappingRow[]> {
  return tx.rows<MappingRow>(sql`select code, credential_type as "credentialType", updated_at as "updatedAt"
    from licence_type_mappings where organisation_id = ${organisationId} order by code`)
}

/** When a mapping was last set or taken away; null when there never was one. */
export async function mappingsChangedAt({ tx, organisationId }: ReadContext): Promise<Date | null> {
  const { at } = await tx.one<{
    at: Date | null
  }>(sql`select max(recorded_at) as at from licence_type_mapping_versions
    where organisation_id = ${organisationId}`)
  return at
}

/** False when there is none. */
export async function removeMapping(ctx: WriteContext, code: string): Promise<boolean> {
  const { tx, organisationId } = ctx
  const removed = await tx.run(
    sql`delete from licence_type_mappings where organisation_id = ${organisationId} and code = ${code}`,
  )
  if (removed === 0) return false
  await insertVersion(ctx, code, null)
  return true
}

async function insertVersion(
  { tx, organisationId, now }: WriteContext,
  code: string,
  credentialType: string | null,
): Promise<void> {
  await tx.run(sql`insert into licence_type_mapping_versions (organisation_id, code, version, valid_from, recorded_at, credential_type)
    select ${organisationId}, ${code}, coalesce(max(version), 0) + 1, ${now}, ${now}, ${credentialType}
    from licence_type_mapping_versions where organisation_id = ${organisationId} and code = ${code}`)
}

/** False when the mapping is so already. */
export async function saveMapping(ctx: WriteContext, code: string, credentialType: string): Promise<boolean> {
  const { tx, organisationId, now } = ctx
  const changed =
    await tx.run(sql`insert into licence_type_mappings (organisation_id, code, credential_type, updated_at)
    values (${organisationId}, ${code}, ${credentialType}, ${now})
    on conflict (organisation_id, code) do update set credential_type = excluded.credential_type, updated_at = excluded.updated_at
      where licence_type_mappings.credential_type <> excluded.credential_type`)
  if (changed === 0) return false
  await insertVersion(ctx, code, credentialType)
  return true
}

export interface OwnTypeRow {
  readonly entry: CredentialTypeEntry
  readonly createdAt: Date
}

/** What an older release kept of one gets what it did not know yet. */
export async function ownTypes({ tx, organisationId }: ReadContext): Promise<OwnTypeRow[]> {
  const rows = await tx.rows<OwnTypeRow>(sql`select entry, created_at as "createdAt" from own_credential_types
    where organisation_id = ${organisationId} order by code`)
  return rows.map((row) => ({ ...row, entry: credentialTypeEntry.parse(row.entry) }))
}

export async function insertOwnType(ctx: WriteContext, entry: CredentialTypeEntry): Promise<void> {
  await ctx.tx.run(sql`insert into own_credential_types (organisation_id, code, entry, created_at)
    values (${ctx.organisationId}, ${entry.code}, ${JSON.stringify(entry)}::jsonb, ${ctx.now})`)
}
