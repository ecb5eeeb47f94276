/** The tables `organisations`, `organisation_settings` and `organisation_setting_versions`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { knownVersions, type AsOf } from '../../platform/db/as-of.ts'
import { sql, type Database } from '../../platform/db/database.ts'
import type { Organisation } from './organisations.schema.ts'

export async function insertOrganisation(
  ctx: WriteContext,
  row: { readonly name: string; readonly nameFolded: string; readonly wrappedKey: Buffer },
): Promise<void> {
  await ctx.tx.run(sql`insert into organisations (organisation_id, name, name_folded, wrapped_key, created_at)
    values (${ctx.organisationId}, ${row.name}, ${row.nameFolded}, ${row.wrappedKey}, ${ctx.now})`)
}

/** Before a scope is known: names and ids only. */
export function unscopedOrganisations(db: Database): Promise<Organisation[]> {
  return db.unscoped((tx) =>
    tx.rows<Organisation>(
      sql`select organisation_id as id, name from organisations order by created_at, organisation_id`,
    ),
  )
}

/** Locked until the transaction ends, so that it is wrapped anew once. */
export async function lockedWrappedKey({ tx, organisationId }: WriteContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from organisations where organisation_id = ${organisationId} for update`,
  )
  return row?.wrapped_key
}

export async function setWrappedKey({ tx, organisationId }: WriteContext, wrappedKey: Buffer): Promise<void> {
  await tx.run(
    sql`update organisations set wrapped_key = ${wrappedKey} where organisation_id = ${organisationId}`,
  )
}

export async function wrappedKey({ tx, organisationId }: ReadContext): Promise<Buffer | undefined> {
  const row = await tx.maybeOne<{ wrapped_key: Buffer }>(
    sql`select wrapped_key from organisations where organisation_id = ${organisationId}`,
  )
  return row?.wrapped_key
}

export function settingRows({ tx, organisationId }: ReadContext): Promise<{ key: string; value: string }[]> {
  return tx.rows(sql`select key, value from organisation_settings where organisation_id = ${organisationId}`)
}

/** What was set then. */
export function settingRowsAsOf(
  { tx, organisationId }: ReadContext,
  at: AsOf,
): Promise<{ key: string; value: string }[]> {
  return tx.rows(sql`select key, value from (
      select distinct on (v.key) v.key, v.value from organisation_setting_versions v
      where v.organisation_id = ${organisationId} and ${knownVersions('v', at)} order by v.key, v.valid_from desc, v.version desc) latest
    where value is not null`)
}

/** `value` null takes the setting back to its default. */
export async function saveSetting(
  { tx, organisationId, now }: WriteContext,
  key: string,
  value: string | null,
): Promise<void> {
  if (value === null) {
    await tx.run(
      sql`delete from organisation_settings where organisation_id = ${organisationId} and key = ${key}`,
    )
  } else {
    await tx.run(sql`insert into organisation_settings (organisation_id, key, value) values (${organisationId}, ${key}, ${value})
      on conflict (organisation_id, key) do update set value = excluded.value`)
  }
  await tx.run(sql`insert into organisation_setting_versions (organisation_id, key, value, valid_from, recorded_at, version)
    select ${organisationId}, ${key}, ${value}, ${now}, ${now}, coalesce(max(version), 0) + 1
    from organisation_setting_versions where organisation_id = ${organisationId} and key = ${key}`)
  await tx.run(
    sql`update organisations set settings_version = settings_version + 1, updated_at = ${now} where organisation_id = ${organisationId}`,
  )
}

export async function mappingVersion({ tx, organisationId }: ReadContext): Promise<number> {
  const row = await tx.one<{ mapping_version: number }>(
    sql`select mapping_version from organisations where organisation_id = ${organisationId}`,
  )
  return row.mapping_version
}

/** Holds every other change of this organisation's settings and mappings until the transaction ends. */
export async function lockOrganisation({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.run(sql`select 1 from organisations where organisation_id = ${organisationId} for update`)
}

/** Takes the organisation's row first, so that two mapping changes number themselves one after the other. */
export async function bumpMappingVersion({ tx, organisationId }: WriteContext): Promise<void> {
  await tx.run(
    sql`update organisations set mapping_version = mapping_version + 1 where organisation_id = ${organisationId}`,
  )
}

export async function organisationName({ tx, organisationId }: ReadContext): Promise<string> {
  const row = await tx.one<{ name: string }>(
    sql`select name from organisations where organisation_id = ${organisationId}`,
  )
  return row.name
}

export interface OrganisationRow {
  readonly name: string
  readonly lastUpdated: Date
}

export function organisationRow({ tx, organisationId }: ReadContext): Promise<OrganisationRow> {
  return tx.one<OrganisationRow>(sql`select name, coalesce(updated_at, created_at) as "lastUpdated" from organisations
    where organisation_id = ${organisationId}`)
}

export async function rename(
  { tx, organisationId, now }: WriteContext,
  name: string,
  nameFolded: string,
): Promise<void> {
  await tx.run(sql`update organisations set name = ${name}, name_folded = ${nameFolded}, updated_at = ${now}
    where organisation_id = ${organisationId}`)
}
