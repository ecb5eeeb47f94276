/** The tables `partner_submissions`, `partner_items`, `partner_assets` and `partner_credential_ids`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { AssetType, Kind, SubmissionStatus } from './submissions.schema.ts'

export interface SubmissionRow {
  readonly id: string
  readonly clientId: string
  readonly credentialId: string
  readonly bodyHash: Buffer | null
  readonly status: SubmissionStatus
  readonly holderId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly finalizedAt: Date | null
}

export type ItemState = 'OFFERED' | 'ACCEPTED' | 'REFUSED' | 'DROPPED'

export interface ItemRow {
  readonly id: string
  readonly submissionId: string
  readonly position: number
  readonly credentialId: string
  readonly kind: Kind
  readonly sealed: Buffer | null
  readonly warnings: readonly string[]
  readonly state: ItemState
  readonly settledAt: Date | null
  readonly deliveredAt: Date | null
  readonly revokedAt: Date | null
}

export interface AssetRow {
  readonly id: string
  readonly itemId: string
  readonly position: number
  readonly assetId: string
  readonly assetType: AssetType
  readonly blobKey: string | null
  readonly bytes: number | null
  readonly sha256: string | null
  readonly mediaType: string | null
  readonly arrivedAt: Date | null
}

const submissionColumns = sql`s.id, s.client_id as "clientId", s.credential_id as "credentialId", s.body_hash as "bodyHash",
  s.status, s.holder_id as "holderId", s.created_at as "createdAt", s.expires_at as "expiresAt", s.finalized_at as "finalizedAt"`

const itemColumns = sql`i.id, i.submission_id as "submissionId", i.position, i.credential_id as "credentialId", i.kind, i.sealed,
  i.warnings, i.state, i.settled_at as "settledAt", i.delivered_at as "deliveredAt", i.revoked_at as "revokedAt"`

const assetColumns = sql`a.id, a.item_id as "itemId", a.position, a.asset_id as "assetId", a.asset_type as "assetType",
  a.blob_key as "blobKey", a.bytes, a.sha256, a.media_type as "mediaType", a.arrived_at as "arrivedAt"`

export interface TakenId {
  readonly credentialId: string
  readonly submissionId: string
  readonly itemId: string | null
}

/** Which of these ids name something, whatever became of it. */
export function takenIds(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
): Promise<TakenId[]> {
  return tx.rows<TakenId>(sql`select credential_id as "credentialId", submission_id as "submissionId", item_id as "itemId"
    from partner_credential_ids where partner_id = ${organisationId} and credential_id = any (${[...credentialIds]}::text[])`)
}

/** In one order whoever locks several. */
export function lockSubmissions(
  { tx, organisationId }: WriteContext,
  ids: readonly string[],
): Promise<SubmissionRow[]> {
  return tx.rows<SubmissionRow>(sql`select ${submissionColumns} from partner_submissions s
    where s.partner_id = ${organisationId} and s.id = any (${[...ids]}::text[]) order by s.id for update`)
}

export function submissionById(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<SubmissionRow | undefined> {
  return tx.maybeOne<SubmissionRow>(
    sql`select ${submissionColumns} from partner_submissions s where s.partner_id = ${organisationId} and s.id = ${id}`,
  )
}

export function submissionsById(
  { tx, organisationId }: ReadContext,
  ids: readonly string[],
): Promise<SubmissionRow[]> {
  return tx.rows<SubmissionRow>(sql`select ${submissionColumns} from partner_submissions s
    where s.partner_id = ${organisationId} and s.id = any (${[...ids]}::text[])`)
}

export function itemsById({ tx, organisationId }: ReadContext, ids: readonly string[]): Promise<ItemRow[]> {
  return tx.rows<ItemRow>(sql`select ${itemColumns} from partner_items i
    where i.partner_id = ${organisationId} and i.id = any (${[...ids]}::text[])`)
}

export function itemsOf({ tx, organisationId }: ReadContext, submissionId: string): Promise<ItemRow[]> {
  return tx.rows<ItemRow>(sql`select ${itemColumns} from partner_items i
    where i.partner_id = ${organisationId} and i.submission_id = ${submissionId} order by i.position`)
}

/** In the order in which they were declared. */
export function assetsOf({ tx, organisationId }: ReadContext, submissionId: string): Promise<AssetRow[]> {
  return tx.rows<AssetRow>(sql`select ${assetColumns} from partner_assets a
    join partner_items i on i.partner_id = a.partner_id and i.id = a.item_id
    where a.partner_id = ${organisationId} and i.submission_id = ${submissionId} order by i.position, a.position`)
}

export function assetById({ tx, organisationId }: ReadContext, id: string): Promise<AssetRow | undefined> {
  return tx.maybeOne<AssetRow>(
    sql`select ${assetColumns} from partner_assets a where a.partner_id = ${organisationId} and a.id = ${id}`,
  )
}

/** The submission that an asset belongs to, as it is. */
export function submissionOfAsset(
  { tx, organisationId }: ReadContext,
  assetId: string,
): Promise<SubmissionRow | undefined> {
  return tx.maybeOne<SubmissionRow>(sql`select ${submissionColumns} from partner_submissions s
    join partner_items i on i.partner_id = s.partner_id and i.submission_id = s.id
    join partner_assets a on a.partner_id = i.partner_id and a.item_id = i.id
    where s.partner_id = ${organisationId} and a.id = ${assetId}`)
}

export interface NewSubmission {
  readonly id: string
  readonly clientId: string
  readonly credentialId: string
  readonly bodyHash: Buffer
  readonly expiresAt: Date
  readonly items: readonly {
    readonly id: string
    readonly credentialId: string
    readonly kind: Kind
    readonly sealed: Buffer
    readonly warnings: readonly string[]
    readonly assets: readonly {
      readonly id: string
      readonly assetId: string
      readonly assetType: AssetType
    }[]
  }[]
}

/** All of it, in four statements whatever its size. */
export async function insertSubmission(ctx: WriteContext, row: NewSubmission): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into partner_submissions (partner_id, id, client_id, credential_id, body_hash, status, created_at, expires_at)
    values (${organisationId}, ${row.id}, ${row.clientId}, ${row.credentialId}, ${row.bodyHash}, 'incomplete', ${now}, ${row.expiresAt})`)
  const items = JSON.stringify(
    row.items.map(({ id, credentialId, kind, sealed, warnings }, position) => ({
      id,
      position,
      credential_id: credentialId,
      kind,
      sealed: sealed.toString('base64'),
      warnings,
    })),
  )
  await tx.run(sql`insert into partner_items (partner_id, id, submission_id, position, credential_id, kind, sealed, warnings, state, concerns)
    select ${organisationId}, t.id, ${row.id}, t.position, t.credential_id, t.kind, decode(t.sealed, 'base64'), t.warnings, 'OFFERED', '{}'
    from jsonb_to_recordset(${items}::jsonb) t (id text, position int, credential_id text, kind text, sealed text, warnings text[])`)
  const assets = JSON.stringify(
    row.items.flatMap((item) =>
      item.assets.map(({ id, assetId, assetType }, position) => ({
        id,
        item_id: item.id,
        position,
        asset_id: assetId,
        asset_type: assetType,
      })),
    ),
  )
  await tx.run(sql`insert into partner_assets (partner_id, id, item_id, position, asset_id, asset_type)
    select ${organisationId}, t.id, t.item_id, t.position, t.asset_id, t.asset_type
    from jsonb_to_recordset(${assets}::jsonb) t (id text, item_id text, position int, asset_id text, asset_type text)`)
  // Of a single add, submission and item have one name: it is the submission's.
  const names = JSON.stringify([
    { credential_id: row.credentialId, item_id: null },
    ...row.items
      .filter(({ credentialId }) => credentialId !== row.credentialId)
      .map(({ id, credentialId }) => ({ credential_id: credentialId, item_id: id })),
  ])
  await tx.run(sql`insert into partner_credential_ids (partner_id, credential_id, submission_id, item_id)
    select ${organisationId}, t.credential_id, ${row.id}, t.item_id
    from jsonb_to_recordset(${names}::jsonb) t (credential_id text, item_id text) order by t.credential_id`)
}

/** With everything that hangs on it. */
export async function deleteSubmissions(
  { tx, organisationId }: WriteContext,
  ids: readonly string[],
): Promise<void> {
  await tx.run(
    sql`delete from partner_submissions where partner_id = ${organisationId} and id = any (${[...ids]}::text[])`,
  )
}

export async function freeIds(
  { tx, organisationId }: WriteContext,
  credentialIds: readonly string[],
): Promise<void> {
  await tx.run(
    sql`delete from partner_credential_ids where partner_id = ${organisationId} and credential_id = any (${[...credentialIds]}::text[])`,
  )
}

export async function finalize(
  { tx, organisationId, now }: WriteContext,
  id: string,
  status: SubmissionStatus,
): Promise<void> {
  // Of one that was canceled nothing is kept that tells what it held or for whom it was.
  await tx.run(sql`update partner_submissions set status = ${status}, finalized_at = ${now},
    body_hash = case when ${status} = 'canceled' then null else body_hash end,
    holder_id = case when ${status} = 'canceled' then null else holder_id end,
    claimed_at = case when ${status} = 'canceled' then null else claimed_at end
    where partner_id = ${organisationId} and id = ${id}`)
}

export async function claim(
  { tx, organisationId, now }: WriteContext,
  id: string,
  holderId: string,
): Promise<void> {
  await tx.run(sql`update partner_submissions set holder_id = ${holderId}, claimed_at = ${now}
    where partner_id = ${organisationId} and id = ${id} and holder_id is null`)
}

export async function acceptItem(
  { tx, organisationId, now }: WriteContext,
  id: string,
  concerns: readonly string[],
): Promise<void> {
  await tx.run(sql`update partner_items set state = 'ACCEPTED', decided_at = ${now}, concerns = ${[...concerns]}::text[]
    where partner_id = ${organisationId} and id = ${id}`)
}

export async function settleItems(
  { tx, organisationId, now }: WriteContext,
  ids: readonly string[],
): Promise<void> {
  await tx.run(sql`update partner_items set settled_at = ${now}
    where partner_id = ${organisationId} and id = any (${[...ids]}::text[]) and settled_at is null`)
}

/** Takes away what these items held; the keys of the blobs that nothing names any more. */
export async function emptyItems(
  { tx, organisationId, now }: WriteContext,
  ids: readonly string[],
  state: 'REFUSED' | 'DROPPED',
): Promise<string[]> {
  await tx.run(sql`update partner_items set state = ${state}, sealed = null, warnings = '{}', concerns = '{}',
    decided_at = coalesce(decided_at, ${now}), settled_at = coalesce(settled_at, ${now})
    where partner_id = ${organisationId} and id = any (${[...ids]}::text[])`)
  const gone = await tx.rows<{ blobKey: string | null }>(sql`delete from partner_assets
    where partner_id = ${organisationId} and item_id = any (${[...ids]}::text[]) returning blob_key as "blobKey"`)
  return gone.flatMap(({ blobKey }) => (blobKey === null ? [] : [blobKey]))
}

export async function setArrived(
  { tx, organisationId, now }: WriteContext,
  id: string,
  file: {
    readonly blobKey: string
    readonly bytes: number
    readonly sha256: string
    readonly mediaType: string
  },
): Promise<void> {
  await tx.run(sql`update partner_assets set blob_key = ${file.blobKey}, bytes = ${file.bytes}, sha256 = ${file.sha256},
    media_type = ${file.mediaType}, arrived_at = ${now} where partner_id = ${organisationId} and id = ${id}`)
}

export async function setRevoked(
  { tx, organisationId, now }: WriteContext,
  rows: readonly { readonly id: string; readonly sealedReason: Buffer }[],
): Promise<void> {
  const given = JSON.stringify(
    rows.map(({ id, sealedReason }) => ({ id, reason: sealedReason.toString('base64') })),
  )
  await tx.run(sql`update partner_items i set revoked_at = ${now}, sealed_reason = decode(t.reason, 'base64')
    from jsonb_to_recordset(${given}::jsonb) t (id text, reason text)
    where i.partner_id = ${organisationId} and i.id = t.id and i.revoked_at is null`)
}

export async function sealedReason(
  { tx, organisationId }: ReadContext,
  itemId: string,
): Promise<Buffer | null> {
  const row = await tx.maybeOne<{ sealed: Buffer | null }>(
    sql`select sealed_reason as sealed from partner_items where partner_id = ${organisationId} and id = ${itemId}`,
  )
  return row?.sealed ?? null
}

/** What the holder's side has a copy of goes; the blobs that nothing names any more. */
export async function setDelivered(
  { tx, organisationId, now }: WriteContext,
  itemId: string,
  assetIds: readonly string[],
): Promise<string[]> {
  await tx.run(sql`update partner_items set delivered_at = coalesce(delivered_at, ${now}), sealed = null
    where partner_id = ${organisationId} and id = ${itemId}`)
  const held = await tx.rows<{ blobKey: string }>(sql`select blob_key as "blobKey" from partner_assets
    where partner_id = ${organisationId} and item_id = ${itemId} and id = any (${[...assetIds]}::text[]) and blob_key is not null for update`)
  await tx.run(sql`update partner_assets set blob_key = null
    where partner_id = ${organisationId} and item_id = ${itemId} and id = any (${[...assetIds]}::text[])`)
  return held.map(({ blobKey }) => blobKey)
}

export async function neededBlobs(
  { tx, organisationId }: ReadContext,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ key: string }>(sql`select blob_key as key from partner_assets
    where partner_id = ${organisationId} and blob_key = any (${[...keys]}::text[])`)
  return rows.map(({ key }) => key)
}
