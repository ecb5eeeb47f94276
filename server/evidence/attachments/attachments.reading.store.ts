/** What was read of attachments, on their table. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { SameElsewhere } from './attachments.schema.ts'

/** As it was written; null = not read yet, undefined = not there (any more). */
export async function readingOf({ tx, organisationId }: ReadContext, id: string): Promise<unknown> {
  const row = await tx.maybeOne<{ reading: unknown }>(sql`select reading from attachments
    where organisation_id = ${organisationId} and id = ${id}`)
  return row?.reading
}

export async function writeReading(
  { tx, organisationId }: WriteContext,
  id: string,
  reading: unknown,
  readNumber: string | null,
): Promise<void> {
  await tx.run(sql`update attachments set reading = ${JSON.stringify(reading)}::jsonb, read_number = ${readNumber}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** @returns how often by now; 0 when it is not there (any more) */
export async function addFault({ tx, organisationId }: WriteContext, id: string): Promise<number> {
  const row = await tx.maybeOne<{
    faults: number
  }>(sql`update attachments set reading_faults = least(reading_faults, 1000) + 1
    where organisation_id = ${organisationId} and id = ${id} returning reading_faults as faults`)
  return row?.faults ?? 0
}

/** Those that may be read and have not been, in the order in which they came, behind an id. */
export async function unread(
  { tx, organisationId }: ReadContext,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select id from attachments
    where organisation_id = ${organisationId} and reading is null and scan <> 'WAITING' and id > ${after} order by id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Those of the credentials that have a document that was read. */
export async function readCredentials(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select distinct credential_id as id from attachments
    where organisation_id = ${organisationId} and credential_id = any (${credentialIds}::text[]) and reading is not null`)
  return rows.map(({ id }) => id)
}

/** Other attachments with the same bytes, or with this number on a document of this type: a hundred at most. */
export function sameElsewhere(
  { tx, organisationId }: ReadContext,
  one: {
    readonly id: string
    readonly sha256: string
    readonly number: string | null
    readonly credentialType: string | null
  },
): Promise<SameElsewhere[]> {
  return tx.rows<SameElsewhere>(sql`select id as "attachmentId", credential_id as "credentialId", held_for as "heldFor",
      sha256 = ${one.sha256} as "isSameFile"
    from attachments where organisation_id = ${organisationId} and id <> ${one.id}
      and (sha256 = ${one.sha256} or (read_number = ${one.number}::text and verification->>'detectedType' = ${one.credentialType}::text))
    order by uploaded_at, id limit 100`)
}
