/**
 * Submissions: credentials that a partner offers to a person, until that person has decided (spec 80).
 *
 * Owns: submissions, their items and assets, and the ids that partners gave them. Words: a *submission* is what one add sends; an
 * *item* is one credential of it; an *asset* is a file that belongs to an item and comes later, by a link.
 * Promises: all of a submission is kept or nothing; what partners say of people lies under the partner's key; what was refused,
 * withdrawn or not decided in 48 hours is deleted, bytes too, and only ids and states are left to answer for it.
 */
import type { BlobOwner } from '../../platform/storage/sweeper.ts'
import { requireScopes, type PartnerPrincipal } from '../partners/partners.ts'
import type { PartnerScope } from '../partners/partners.schema.ts'
import type { Kind } from './submissions.schema.ts'
import * as store from './submissions.store.ts'

export {
  authenticatePartner,
  partnerCaller,
  requireScopes,
  type PartnerPrincipal,
} from '../partners/partners.ts'
export { addSubmission, type Added } from './submissions.add.ts'
export {
  claimOffer,
  decideOffer,
  deliverable,
  findOffer,
  markDelivered,
  offerFor,
  openOfferAsset,
  revocationReason,
  type Decision,
  type Deliverable,
  type Offer,
  type OfferedAsset,
  type OfferedItem,
  type OpenAsset,
} from './submissions.offers.ts'
export { createSandbox, playTestHolder, type Sandbox } from './submissions.sandbox.ts'
export { expireById, expiryTimer } from './submissions.state.ts'
export { kindsNamed, renewUploadLink, revoke, statusesOf, statusOf } from './submissions.status.ts'
export {
  admitUpload,
  assetBytesMax,
  partnerBasePath,
  receiveUpload,
  uploadPath,
} from './submissions.uploads.ts'

export const submissionBlobs: BlobOwner = {
  columns: ['partner_assets.blob_key'],
  neededOf: (ctx, keys) => store.neededBlobs(ctx, keys),
}

const scopeOf: Readonly<Record<Kind, PartnerScope>> = {
  digital_identity: 'write.digital_identity',
  education: 'write.education',
  microcredential: 'write.microcredential',
  english_proficiency: 'write.english_proficiency',
  right_to_work: 'write.right_to_work',
  career_history: 'write.career_history',
  universal_credential: 'write.universal',
}

export const scopesOf = (kinds: readonly Kind[]): PartnerScope[] => [
  ...new Set(kinds.map((kind) => scopeOf[kind])),
]

/** Refuses with SCOPE_MISSING who may not push all of these kinds. */
export function requireKinds(principal: PartnerPrincipal, kinds: readonly Kind[]): void {
  requireScopes(principal, scopesOf(kinds))
}
