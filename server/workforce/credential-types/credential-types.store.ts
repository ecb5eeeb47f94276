/** The tables `licence_type_mappings`, `licence_type_mapping_versions` and `own_credential_types`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { knownVersions, type AsOf } from '../../platform/db/as-of.ts'
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
export async function ownTypes({ tx, organisationId }: ReadContext, madeBy?: Date): Promise<OwnTypeRow[]> {
  const rows = await tx.rows<OwnTypeRow>(sql`select entry, created_at as "createdAt" from own_credential_types
    where organisation_id = ${organisationId} ${madeBy ? sql`and created_at <= ${madeBy}` : sql``} order by code`)
  return rows.map((row) => ({ ...row, entry: credentialTypeEntry.parse(row.entry) }))
}

export async function insertOwnType(ctx: WriteContext, entry: CredentialTypeEntry): Promise<void> {
  await ctx.tx.run(sql`insert into own_credential_types (organisation_id, code, entry, created_at)
    values (${ctx.organisationId}, ${entry.code}, ${JSON.stringify(entry)}::jsonb, ${ctx.now})`)
}

const pastEntry = credentialTypeEntry.strip()

/** The shipped catalogue that was in force then; before the first that was noted, that one. Undefined when none was. */
export async function catalogueVersion(
  { tx, organisationId }: ReadContext,
  at: AsOf,
): Promise<{ version: string; types: CredentialTypeEntry[] } | undefined> {
  const row = await tx.maybeOne<{ version: string; types: unknown[] }>(sql`select version, types from (
    (select v.version, v.types, 0 as turn from catalogue_versions v where v.organisation_id = ${organisationId} and ${knownVersions('v', at)}
      order by v.valid_from desc limit 1)
    union all
    (select v.version, v.types, 1 as turn from catalogue_versions v where v.organisation_id = ${organisationId} order by v.valid_from limit 1)
    ) found order by turn limit 1`)
  // What a later release added to entries has its defaults, as in the file; what it took away says nothing.
  return row && { version: row.version, types: row.types.map((entry) => pastEntry.parse(entry)) }
}

/** Keeps the catalogue that is in force from now on, where it is another than the last one. */
export async function insertCatalogueVersion(
  { tx, organisationId, now }: WriteContext,
  version: string,
  types: readonly CredentialTypeEntry[],
): Promise<void> {
  await tx.run(sql`insert into catalogue_versions (organisation_id, valid_from, recorded_at, version, types)
    select ${organisationId}, ${now}, ${now}, ${version}, ${JSON.stringify(types)}::jsonb
    where ${version} is distinct from (select v.version from catalogue_versions v where v.organisation_id = ${organisationId}
      order by v.valid_from desc limit 1)
    on conflict (organisation_id, valid_from) do nothing`)
}
