/**
 * The holder's side of a submission: who may see it, what is offered, and what they decided. Whoever calls works in the
 * partner's scope, and has made sure who the holder is.
 *
 * Promises: the first holder who signs in owns the submission, before any consent; to anybody else it does not exist
 * (LINK_DEAD, whatever the cause); what is refused is deleted at once; a decision stays.
 */
import type { Caller, ReadContext, WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs } from '../../platform/storage/sweeper.ts'
import { partnerOfClient, partnerRow } from '../partners/partners.ts'
import type { AssetType, Kind, SubmissionStatus } from './submissions.schema.ts'
import { openFields, openReason, type Fields } from './submissions.seal.ts'
import { advance, empty, isOverdue, lockedSubmission } from './submissions.state.ts'
import * as store from './submissions.store.ts'

const dead = (): AppError => new AppError('LINK_DEAD', 'This link no longer works.')

export interface OfferedAsset {
  readonly id: string
  readonly assetType: AssetType
  /** False = the document is on its way. */
  readonly isArrived: boolean
  readonly bytes: number | null
  readonly mediaType: string | null
  readonly sha256: string | null
}

export interface OfferedItem {
  readonly id: string
  readonly kind: Kind
  /** Null once it was refused or dropped, or the holder has a copy of their own. */
  readonly fields: Fields | null
  readonly warnings: readonly string[]
  readonly state: store.ItemState
  readonly isRevoked: boolean
  readonly assets: readonly OfferedAsset[]
}

export interface Offer {
  readonly submissionId: string
  readonly partner: { readonly id: string; readonly name: string }
  readonly status: SubmissionStatus
  readonly expiresAt: Date
  readonly items: readonly OfferedItem[]
}

/** What the fragment of `redirect_uri` names. LINK_DEAD for what names nothing that is open. */
export async function findOffer(
  runtime: Runtime,
  caller: Caller,
  link: { readonly clientId: string; readonly content: string },
): Promise<{ readonly partnerId: string; readonly submissionId: string }> {
  if (!/^pcl_[0-9A-Za-z]{16}$/.test(link.clientId) || !/^sub_[0-9A-Za-z]{16}$/.test(link.content))
    throw dead()
  const partnerId = await partnerOfClient(runtime, link.clientId)
  if (partnerId === undefined) throw dead()
  const submission = await runtime.read(partnerId, caller, (ctx) => store.submissionById(ctx, link.content))
  if (!submission || submission.clientId !== link.clientId || submission.status === 'canceled') throw dead()
  return { partnerId, submissionId: submission.id }
}

/** The submission becomes this holder's, or is theirs already. LINK_DEAD for everybody else, and when its time is over. */
export async function claimOffer(ctx: WriteContext, submissionId: string, holderId: string): Promise<void> {
  const submission = await lockedSubmission(ctx, submissionId)
  if (!submission || submission.status === 'canceled' || isOverdue(submission, ctx.now)) throw dead()
  if (submission.holderId === holderId) return
  if (submission.holderId !== null) throw dead()
  await store.claim(ctx, submissionId, holderId)
  await ctx.audit({ entityType: 'partnerSubmission', entityId: submissionId, action: 'claim' })
}

function assertOwn(submission: store.SubmissionRow | undefined, holderId: string): store.SubmissionRow {
  if (!submission || submission.holderId !== holderId) throw dead()
  return submission
}

function offered(asset: store.AssetRow): OfferedAsset {
  const { id, assetType, arrivedAt, bytes, mediaType, sha256 } = asset
  return { id, assetType, isArrived: arrivedAt !== null, bytes, mediaType, sha256 }
}

async function offeredItem(
  ctx: ReadContext,
  item: store.ItemRow,
  assets: readonly store.AssetRow[],
): Promise<OfferedItem> {
  return {
    id: item.id,
    kind: item.kind,
    fields: item.sealed && (await openFields(ctx, item.id, item.sealed)),
    warnings: item.warnings,
    state: item.state,
    isRevoked: item.revokedAt !== null,
    assets: assets.filter(({ itemId }) => itemId === item.id).map(offered),
  }
}

/** What is offered, by whom, and how far it is. LINK_DEAD for anybody but the holder who claimed it. */
export async function offerFor(ctx: ReadContext, submissionId: string, holderId: string): Promise<Offer> {
  const submission = assertOwn(await store.submissionById(ctx, submissionId), holderId)
  const { id, name } = await partnerRow(ctx)
  const assets = await store.assetsOf(ctx, submissionId)
  const items = await store.itemsOf(ctx, submissionId)
  return {
    submissionId,
    partner: { id, name },
    status: submission.status,
    expiresAt: submission.expiresAt,
    items: await Promise.all(items.map((item) => offeredItem(ctx, item, assets))),
  }
}

/** The bytes of a document, to be read once or closed. */
export interface OpenAsset {
  readonly assetType: AssetType
  readonly mediaType: string
  readonly bytes: number
  readonly sha256: string
  stream(start?: number, endExclusive?: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

/** A document of an offer. LINK_DEAD as `offerFor`; NOT_FOUND while it has not arrived, and once the holder has a copy. */
export async function openOfferAsset(
  runtime: Runtime,
  caller: Caller,
  partnerId: string,
  wanted: { readonly submissionId: string; readonly holderId: string; readonly assetId: string },
): Promise<OpenAsset> {
  const asset = await runtime.read(partnerId, caller, async (ctx) => {
    assertOwn(await store.submissionById(ctx, wanted.submissionId), wanted.holderId)
    return (await store.assetsOf(ctx, wanted.submissionId)).find(({ id }) => id === wanted.assetId)
  })
  if (!asset || asset.blobKey === null) throw new AppError('NOT_FOUND', 'There is no such document.')
  const reader = await runtime.storage.open(partnerId, asset.blobKey)
  return {
    assetType: asset.assetType,
    mediaType: asset.mediaType ?? 'application/octet-stream',
    bytes: reader.bytes,
    sha256: reader.sha256,
    close: () => reader.close(),
    async *stream(start, endExclusive) {
      try {
        yield* reader.stream(start, endExclusive)
      } finally {
        await reader.close()
      }
    },
  }
}

export interface Decision {
  readonly itemId: string
  readonly isAccepted: boolean
  /** Codes of what the holder was shown to be odd about an item, and accepted all the same. */
  readonly concerns?: readonly string[]
}

/**
 * Keeps what the holder decided, per item. The same decision again changes nothing. LINK_DEAD as `offerFor`, and when the time is
 * over; NOT_FOUND for an item that is not of the offer; CONFLICT for one that was decided otherwise.
 */
export async function decideOffer(
  ctx: WriteContext,
  submissionId: string,
  holderId: string,
  decisions: readonly Decision[],
): Promise<SubmissionStatus> {
  const submission = assertOwn(await lockedSubmission(ctx, submissionId), holderId)
  if (submission.status === 'canceled' || isOverdue(submission, ctx.now)) throw dead()
  const items = new Map((await store.itemsOf(ctx, submissionId)).map((item) => [item.id, item]))
  const refused: store.ItemRow[] = []
  for (const { itemId, isAccepted, concerns = [] } of decisions) {
    const item = items.get(itemId)
    if (!item) throw new AppError('NOT_FOUND', 'There is no such credential in this offer.')
    const wanted = isAccepted ? 'ACCEPTED' : 'REFUSED'
    if (item.state === wanted) continue
    if (item.state !== 'OFFERED' || refused.includes(item))
      throw new AppError('CONFLICT', 'It was decided before, and otherwise.')
    items.set(itemId, { ...item, state: wanted })
    if (!isAccepted) {
      refused.push(item)
      continue
    }
    await store.acceptItem(ctx, itemId, concerns)
    await ctx.emit({ type: 'partnerItem.accepted', data: { submissionId, itemId, holderId } })
  }
  await empty(ctx, refused, 'REFUSED')
  await ctx.audit({
    entityType: 'partnerSubmission',
    entityId: submissionId,
    action: 'decide',
    changes: {
      accepted: decisions.filter(({ isAccepted }) => isAccepted).length,
      refused: refused.length,
    },
  })
  await advance(ctx, submission)
  return (await store.submissionById(ctx, submissionId))?.status ?? 'canceled'
}

export interface Deliverable extends OfferedItem {
  readonly submissionId: string
  readonly holderId: string
  readonly credentialId: string
  readonly partner: { readonly id: string; readonly name: string }
}

/** An accepted item as it is to be copied for its holder; undefined when it is none (any more). */
export async function deliverable(ctx: ReadContext, itemId: string): Promise<Deliverable | undefined> {
  const [item] = await store.itemsById(ctx, [itemId])
  if (!item || item.state !== 'ACCEPTED') return undefined
  const submission = await store.submissionById(ctx, item.submissionId)
  if (!submission?.holderId) return undefined
  const { id, name } = await partnerRow(ctx)
  const { submissionId, credentialId } = item
  return {
    ...(await offeredItem(ctx, item, await store.assetsOf(ctx, submissionId))),
    submissionId,
    holderId: submission.holderId,
    credentialId,
    partner: { id, name },
  }
}

/**
 * The holder has a copy of the fields and of these documents, under their own key: what the partner's side held of them goes. May
 * be repeated.
 */
export async function markDelivered(
  ctx: WriteContext,
  itemId: string,
  assetIds: readonly string[],
): Promise<void> {
  await releaseBlobs(ctx, await store.setDelivered(ctx, itemId, assetIds))
}

/** Why the partner took an item back; null for one that it did not. */
export async function revocationReason(ctx: ReadContext, itemId: string): Promise<string | null> {
  const sealed = await store.sealedReason(ctx, itemId)
  return sealed && openReason(ctx, itemId, sealed)
}
