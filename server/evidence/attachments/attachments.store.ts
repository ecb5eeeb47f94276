/** The table `attachments`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import type {
  AttachmentJudgement,
  AttachmentOwner,
  AttachmentRecord,
  AttachmentVerification,
  PastDocument,
  ScanState,
} from './attachments.schema.ts'

const columns = sql`id, credential_id as "credentialId", held_for as "heldFor", file_name as "fileName", media_type as "mediaType",
  bytes, sha256, blob_key as "blobKey", source, uploaded_at as "uploadedAt", scan, verification, reading is not null as "isRead", judgement, updated_at as "lastUpdated"`

const isOf = (owner: AttachmentOwner): Sql =>
  'credentialId' in owner ? sql`credential_id = ${owner.credentialId}` : sql`held_for = ${owner.heldFor}`

/** Until the transaction ends, nobody else adds to what is handed in here. */
export async function lockHeld({ tx, organisationId }: WriteContext, heldFor: string): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('attachments:' || ${organisationId} || ${heldFor}, 0))`,
  )
}

export async function insertAttachment(
  { tx, organisationId, now }: WriteContext,
  one: Omit<AttachmentRecord, 'uploadedAt' | 'lastUpdated' | 'verification' | 'isRead' | 'judgement'>,
): Promise<void> {
  await tx.run(sql`insert into attachments (organisation_id, id, credential_id, held_for, file_name, media_type, bytes, sha256,
      blob_key, source, uploaded_at, scan, updated_at)
    values (${organisationId}, ${one.id}, ${one.credentialId}, ${one.heldFor}, ${one.fileName}, ${one.mediaType}, ${one.bytes},
      ${one.sha256}, ${one.blobKey}, ${one.source}, ${now}, ${one.scan}, ${now})`)
}

/** In the order in which they came. */
export function attachmentsOf(
  { tx, organisationId }: ReadContext,
  owner: AttachmentOwner,
): Promise<AttachmentRecord[]> {
  return tx.rows<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and ${isOf(owner)} order by uploaded_at, id`)
}

export function findAttachment(
  { tx, organisationId }: ReadContext,
  owner: AttachmentOwner,
  id: string,
): Promise<AttachmentRecord | undefined> {
  return tx.maybeOne<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and id = ${id} and ${isOf(owner)}`)
}

/** Whosever it is. */
export function findById(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<AttachmentRecord | undefined> {
  return tx.maybeOne<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** Of each of the credentials, in the order in which they came. */
export function ofCredentials(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
): Promise<AttachmentRecord[]> {
  return tx.rows<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and credential_id = any (${credentialIds}::text[]) order by uploaded_at, id`)
}

/** Locks it: undefined when it is not there (any more). */
export function lockAttachment(
  { tx, organisationId }: WriteContext,
  owner: AttachmentOwner,
  id: string,
): Promise<AttachmentRecord | undefined> {
  return tx.maybeOne<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and id = ${id} and ${isOf(owner)} for update`)
}

export function lockById(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<AttachmentRecord | undefined> {
  return tx.maybeOne<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and id = ${id} for update`)
}

/** Those that no scanner has looked at yet, oldest first. */
export function waitingForScan(
  { tx, organisationId }: ReadContext,
  limit: number,
): Promise<AttachmentRecord[]> {
  return tx.rows<AttachmentRecord>(sql`select ${columns} from attachments
    where organisation_id = ${organisationId} and scan = 'WAITING' order by uploaded_at, id limit ${limit}`)
}

export async function setScan(
  { tx, organisationId }: WriteContext,
  id: string,
  scan: ScanState,
): Promise<void> {
  await tx.run(
    sql`update attachments set scan = ${scan} where organisation_id = ${organisationId} and id = ${id}`,
  )
}

/** Of a credential's that it was there, and until when, is kept. */
export async function removeAttachment({ tx, organisationId, now }: WriteContext, id: string): Promise<void> {
  await tx.run(sql`with gone as (delete from attachments where organisation_id = ${organisationId} and id = ${id}
      returning id, credential_id, uploaded_at)
    insert into deleted_attachments (organisation_id, id, credential_id, uploaded_at, deleted_at)
    select ${organisationId}, id, credential_id, uploaded_at, ${now} from gone where credential_id is not null`)
}

/** The documents that were on file for these credentials at an instant, those too that are gone by now. */
export function documentsAt(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
  at: Date,
): Promise<PastDocument[]> {
  return tx.rows<PastDocument>(sql`select credential_id as "credentialId", id as "attachmentId", uploaded_at as "addedAt",
      null::timestamptz as "deletedAt"
    from attachments where organisation_id = ${organisationId} and credential_id = any (${credentialIds}::text[]) and uploaded_at <= ${at}
    union all
    select credential_id, id, uploaded_at, deleted_at from deleted_attachments
    where organisation_id = ${organisationId} and credential_id = any (${credentialIds}::text[]) and uploaded_at <= ${at}
      and deleted_at > ${at}
    order by 3, 2`)
}

export async function giveToCredential(
  { tx, organisationId, now }: WriteContext,
  id: string,
  credentialId: string,
): Promise<void> {
  await tx.run(sql`update attachments set credential_id = ${credentialId}, held_for = null, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** False when it is not there (any more). */
export async function setVerification(
  { tx, organisationId, now }: WriteContext,
  id: string,
  verification: AttachmentVerification,
  judgement: AttachmentJudgement | null,
): Promise<boolean> {
  const count = await tx.run(sql`update attachments set verification = ${JSON.stringify(verification)}::jsonb,
      judgement = ${judgement === null ? null : JSON.stringify(judgement)}::jsonb, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
  return count > 0
}

/** Those of the keys that some attachment names. */
export async function neededBlobs(
  { tx, organisationId }: ReadContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select blob_key as key from attachments
    where organisation_id = ${organisationId} and blob_key = any (${keys}::text[])`)
  return rows.map((row) => row.key)
}
