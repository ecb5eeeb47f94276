/**
 * Files that partners send for what they declared (spec 80, Uploading assets).
 *
 * A link is the only thing that its user needs: a signature under a key of the partner's says which asset, type and size, and
 * until when. Promises: nothing of a body is read before the link is judged; the bytes go into the storage a piece at a time,
 * encrypted; what they are is looked at before they count; an asset that has arrived never changes.
 *
 * A storage that hands out links of its own would make them in `uploadLinks`, and have what came in looked at by `settleUpload`.
 */
import { systemCaller, type Caller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { equalSecrets, keyedHash } from '../../platform/secrets.ts'
import type { StoredBlob } from '../../platform/storage/storage.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { inspectUpload, scanUpload } from '../../evidence/attachments/attachments.ts'
import { JsonReading } from './submissions.json.rules.ts'
import {
  isMediaTypeOf,
  mediaTypesOf,
  readUploadLink,
  signedText,
  uploadPath,
  uploadQuery,
  type UploadTerms,
} from './submissions.links.rules.ts'
import type { AssetType } from './submissions.schema.ts'
import { advance, isOverdue, lockedSubmission } from './submissions.state.ts'
import * as store from './submissions.store.ts'

export { uploadPath } from './submissions.links.rules.ts'

export const partnerBasePath = '/api/partner'
/** 25 MB. */
export const assetBytesMax = 26_214_400
const linkMs = 3_600_000

const signatureOf = (key: Buffer, terms: UploadTerms): string =>
  keyedHash(key, 'partner-upload-link', signedText(terms)).toString('base64url')

/** A fresh link for each, in their order. */
export async function uploadLinks(
  runtime: Runtime,
  ctx: ReadContext,
  assets: readonly { readonly id: string; readonly assetId: string; readonly assetType: AssetType }[],
): Promise<{ readonly assetId: string; readonly url: string; readonly expiresAt: Date }[]> {
  const key = await ctx.key()
  const expires = Math.floor((ctx.now.getTime() + linkMs) / 1_000)
  return assets.map(({ id, assetId, assetType }) => {
    const terms: UploadTerms = {
      partnerId: ctx.organisationId,
      assetKey: id,
      type: assetType,
      bytesMax: assetBytesMax,
      expires,
    }
    const path = uploadPath.replace('{partner}', terms.partnerId).replace('{asset}', id)
    const query = uploadQuery(terms, signatureOf(key, terms))
    return {
      assetId,
      url: `${publicUrlOf(runtime.config)}${partnerBasePath}${path}?${query}`,
      expiresAt: new Date(expires * 1_000),
    }
  })
}

/** Whether it was altered, is over, or its submission is gone: its user gets a new one, or has no more to send. */
const linkInvalid = (): AppError =>
  new AppError(
    'UPLOAD_LINK_INVALID',
    'The upload link was altered, has run out, or belongs to nothing that waits.',
  )

/** An upload that a link allows. */
export interface AllowedUpload {
  readonly terms: UploadTerms
  /** Keeps the bytes. See `receiveUpload`. */
  readonly caller: Caller
}

/**
 * Judges a link before a byte is read: UPLOAD_LINK_INVALID, whatever the cause; MEDIA_TYPE_UNSUPPORTED for bytes that are
 * declared as another type than the asset has.
 */
export async function admitUpload(
  runtime: Runtime,
  request: {
    readonly params: Readonly<Record<string, string>>
    readonly search: string
    readonly contentType: string | undefined
    readonly requestId: string
  },
): Promise<AllowedUpload> {
  const link = readUploadLink(request.params, request.search)
  if (!link) throw linkInvalid()
  const { terms, signature } = link
  const submission = await runtime.read(terms.partnerId, systemCaller, async (ctx) => {
    const key = await ctx.key().catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'NOT_FOUND') throw linkInvalid()
      throw error
    })
    if (!equalSecrets(signature, signatureOf(key, terms)) || terms.expires * 1_000 <= ctx.now.getTime())
      throw linkInvalid()
    return store.submissionOfAsset(ctx, terms.assetKey)
  })
  if (!submission || submission.status === 'canceled' || isOverdue(submission, runtime.clock.now()))
    throw linkInvalid()
  if (!isMediaTypeOf(terms.type, request.contentType))
    throw new AppError(
      'MEDIA_TYPE_UNSUPPORTED',
      `The asset was declared as ${terms.type}: send its bytes with Content-Type: ${mediaTypesOf[terms.type].join(' or ')}.`,
    )
  const actor = { kind: 'PARTNER', id: submission.clientId } as const
  return { terms, caller: { actor, channel: 'API', requestId: request.requestId } }
}

export interface ReceivedAsset {
  readonly assetId: string
  readonly bytes: number
  readonly sha256: string
}

/**
 * Keeps the bytes of an asset. The same bytes again change nothing. Refuses what is too large (BODY_TOO_LARGE), of another type
 * by its bytes (MEDIA_TYPE_UNSUPPORTED), empty or unreadable (VALIDATION_FAILED), infected (FILE_INFECTED), another file than the
 * one that has arrived (ASSET_ARRIVED), and what came too late (UPLOAD_LINK_INVALID); then nothing of it is kept.
 */
export async function receiveUpload(
  runtime: Runtime,
  { terms, caller }: AllowedUpload,
  bytes: AsyncIterable<Buffer>,
): Promise<ReceivedAsset> {
  const { partnerId } = terms
  const blob = await runtime.storage.write(partnerId, bytes, { bytesMax: terms.bytesMax })
  try {
    const mediaType = await inspectAsset(runtime, partnerId, terms.type, blob)
    return await runtime.write(partnerId, caller, (ctx) => settleUpload(ctx, terms.assetKey, blob, mediaType))
  } catch (error) {
    // Refused before anything was done with it. After a fault of ours nobody knows: then it stays, and the sweeper decides.
    if (error instanceof AppError && error.kind !== 'internal')
      await runtime.storage.delete(partnerId, blob.key)
    throw error
  }
}

/** The usual name of what the bytes are. */
async function inspectAsset(
  runtime: Runtime,
  partnerId: string,
  type: AssetType,
  blob: StoredBlob,
): Promise<string> {
  const mediaType = mediaTypesOf[type][0]
  if (type === 'open_cert') await inspectJson(runtime, partnerId, blob)
  const scan =
    type === 'open_cert'
      ? await scanUpload(runtime, partnerId, blob.key)
      : (
          await inspectUpload(runtime, partnerId, {
            name: `asset.${type}`,
            declaredType: mediaType,
            blob,
          }).catch((error: unknown) => {
            throw asUploadFault(error)
          })
        ).scan
  // A system sends it again by itself: nobody needs to be left waiting for a scanner.
  if (scan === 'WAITING')
    throw new AppError(
      'OUTBOUND_FAILED',
      'The virus scanner does not answer. Send the file again in a moment.',
    )
  return mediaType
}

/** Of what a file is by its bytes, the status says it (415); of what is wrong in it, the fault. */
function asUploadFault(error: unknown): unknown {
  const isOfType =
    error instanceof AppError &&
    error.errors.some(({ code }) => code === 'TYPE_DIFFERS' || code === 'TYPE_UNSUPPORTED')
  return isOfType ? new AppError('MEDIA_TYPE_UNSUPPORTED', error.message, { cause: error }) : error
}

async function inspectJson(runtime: Runtime, partnerId: string, blob: StoredBlob): Promise<void> {
  if (blob.bytes === 0) throw unreadable('The file is empty: it has 0 bytes.')
  const reading = new JsonReading()
  const reader = await runtime.storage.open(partnerId, blob.key)
  try {
    for await (const piece of reader.stream()) if (!reading.take(piece)) break
  } finally {
    await reader.close()
  }
  const fault = reading.end()
  if (fault !== undefined)
    throw new AppError(
      'MEDIA_TYPE_UNSUPPORTED',
      `The asset was declared as open_cert, an object in JSON, and the file ${fault}.`,
    )
}

const unreadable = (detail: string): AppError =>
  new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer: '/file', code: 'EMPTY', detail }] })

/** Makes a file that was looked at the asset's, and what waits for it goes on. */
async function settleUpload(
  ctx: WriteContext,
  assetKey: string,
  blob: StoredBlob,
  mediaType: string,
): Promise<ReceivedAsset> {
  const named = await store.submissionOfAsset(ctx, assetKey)
  const submission = named && (await lockedSubmission(ctx, named.id))
  // Read behind the lock: of two that come at once, the second sees what the first left.
  const asset = await store.assetById(ctx, assetKey)
  if (!submission || !asset || submission.status === 'canceled' || isOverdue(submission, ctx.now))
    throw linkInvalid()
  const received = { assetId: asset.assetId, bytes: blob.bytes, sha256: blob.sha256 }
  if (asset.arrivedAt !== null) {
    if (asset.sha256 !== blob.sha256)
      throw new AppError('ASSET_ARRIVED', `The asset ${asset.assetId} has arrived before, with other bytes.`)
    await releaseBlobs(ctx, [blob.key])
    return received
  }
  await store.setArrived(ctx, assetKey, {
    blobKey: blob.key,
    bytes: blob.bytes,
    sha256: blob.sha256,
    mediaType,
  })
  await ctx.audit({
    entityType: 'partnerSubmission',
    entityId: submission.id,
    action: 'asset.receive',
    changes: { itemId: asset.itemId, type: asset.assetType, bytes: blob.bytes, sha256: blob.sha256 },
  })
  await ctx.emit({
    type: 'partnerAsset.arrived',
    data: {
      submissionId: submission.id,
      itemId: asset.itemId,
      assetId: assetKey,
      holderId: submission.holderId,
    },
  })
  await advance(ctx, submission)
  return received
}
