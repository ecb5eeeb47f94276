/** The table `trusted_issuers`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { TrustedIssuer } from './signed-documents.schema.ts'

export interface TrustedIssuerRow extends TrustedIssuer {
  readonly id: string
  readonly createdAt: Date
}

const columns = sql`id, identifier, name, jwks_url as "jwksUrl", created_at as "createdAt"`

/** The oldest first. */
export function trustedIssuerRows({ tx, organisationId }: ReadContext): Promise<TrustedIssuerRow[]> {
  return tx.rows<TrustedIssuerRow>(sql`select ${columns} from trusted_issuers
    where organisation_id = ${organisationId} order by created_at, id`)
}

export function trustedIssuerById(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<TrustedIssuerRow | undefined> {
  return tx.maybeOne<TrustedIssuerRow>(sql`select ${columns} from trusted_issuers
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** False when the identifier is on the list already. */
export async function insertTrustedIssuer(
  { tx, organisationId }: WriteContext,
  { id, identifier, name, jwksUrl, createdAt }: TrustedIssuerRow,
): Promise<boolean> {
  return (
    (await tx.run(sql`insert into trusted_issuers (organisation_id, id, identifier, name, jwks_url, created_at)
      values (${organisationId}, ${id}, ${identifier}, ${name}, ${jwksUrl}, ${createdAt})
      on conflict (organisation_id, identifier) do nothing`)) === 1
  )
}

export async function deleteTrustedIssuer(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<boolean> {
  return (
    (await tx.run(
      sql`delete from trusted_issuers where organisation_id = ${organisationId} and id = ${id}`,
    )) === 1
  )
}
