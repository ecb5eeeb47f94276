/** `/reviews` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Current, type Route } from '../../platform/http/route.ts'
import { decisionInput, reviewAttributes, reviewFilter, reviewPatch } from './reviews.schema.ts'
import { assignReview, decideReview, getReview, listReviews, lockedReview } from './reviews.ts'

const example = {
  id: 'rev_6tYp83LwQz1mHc5V',
  type: 'review',
  attributes: {
    reason: 'DOCUMENT',
    status: 'OPEN',
    subject: { type: 'credential', id: 'cred_2mVt80JdXs1bRk5N' },
    worker: { id: 'wkr_9bXe27KfQz0aLw3M', displayName: 'Sarah Chen' },
    credential: { id: 'cred_2mVt80JdXs1bRk5N', credentialType: 'FIRST_AID' },
    fetchRequest: { id: 'cap_3nHs65VkRt9xBw2D' },
    facts: { attachments: 1 },
    possibleDecisions: ['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'],
    assignee: null,
    openedAt: '2026-02-01T00:00:00.000Z',
    decision: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const decided = {
  ...example,
  attributes: {
    ...example.attributes,
    status: 'DECIDED',
    possibleDecisions: [],
    decision: {
      decision: 'ACCEPT',
      reason: 'Seen, and it is the right person.',
      corrected: { expiryDate: '2027-02-14' },
      by: { kind: 'USER', id: 'usr_9bXe27KfQz0aLw3M', displayName: 'Kim Reviewer' },
      at: '2026-02-02T00:00:00.000Z',
      first: null,
      isFinal: true,
    },
  },
}
const tag = 'Reviews'
const params = { id: example.id }
const shown = { type: 'review', attributes: reviewAttributes } as const
const current: Current = (ctx, { id = '' }) => lockedReview(ctx, id)

export const reviewRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/reviews',
    name: 'listReviews',
    summary: 'List what waits for a person’s decision.',
    description:
      'A review stands by the time since it was opened, and earlier by what its reason is worth: LIST_MATCH 30 days, NOT_ME 14, REGISTER_ANSWER and HELD_IMPORT 7, DOCUMENT 2, DECLINED_ITEM 1. So the riskiest come first, and what has waited long comes before them.',
    tag,
    grant: { entity: 'review', verb: 'READ' },
    ...shown,
    example,
    order: 'oldest and riskiest first, then id; with `updatedSince` the change',
    query: z.strictObject({ ...pagingQuery, ...reviewFilter, updatedSince }),
    run: async ({ read, query }, { pageSize: limit, offset, after, counting }) => {
      const key = after === null ? null : timeKey(after)
      const { reviews, total } = await read((ctx) =>
        listReviews(ctx, query, { limit, offset, after: key, counting }),
      )
      const last = reviews.at(-1)
      const at = query.updatedSince ? last?.lastUpdated : last?.turnAt
      return {
        resources: reviews,
        total,
        nextKey: reviews.length < limit || !last || !at ? null : [at.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/reviews/{id}',
    name: 'getReview',
    summary: 'Get a review.',
    tag,
    grant: { entity: 'review', verb: 'READ' },
    params,
    ...shown,
    example,
    run: ({ read, params: { id = '' } }) => read((ctx) => getReview(ctx, id)),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/reviews/{id}',
    name: 'updateReview',
    summary: 'Give a review to somebody.',
    description:
      'Whoever may decide can still do so. null = nobody in particular. The user must be able to decide on it.',
    tag,
    grant: { entity: 'review', verb: 'UPDATE' },
    params,
    ...shown,
    example,
    body: reviewPatch,
    bodyExample: { assignee: null },
    errors: ['REVIEW_DECIDED'],
    find: ({ read, params: { id = '' } }) => read((ctx) => getReview(ctx, id)),
    current,
    run: ({ write, params: { id = '' }, body }) => write((ctx) => assignReview(ctx, id, body)),
  }),
  resourceRoute({
    method: 'POST',
    path: '/reviews/{id}/decide',
    name: 'decideReview',
    summary: 'Decide a review.',
    description:
      '`possibleDecisions` says what fits; all but ACCEPT need a reason. ACCEPT of a document makes its credential REVIEWED, with what `corrected` says; REJECT says that it may not count. For a list match ACCEPT means that it is somebody else; for a register’s answer ASK_AGAIN asks the register. Of two decisions at once one is taken, the other is 409. Nobody decides on their own record: 403. Where `review.fourEyes` names the decision, the review is AWAITING_SECOND until somebody else decides the same.',
    tag,
    grant: { entity: 'review', verb: 'UPDATE' },
    params,
    ...shown,
    example: decided,
    body: decisionInput,
    bodyExample: { decision: 'ACCEPT', reason: 'Seen, and it is the right person.' },
    errors: ['REVIEW_DECIDED', 'REVIEW_SECOND_NEEDED', 'REVIEW_OWN_RECORD', 'NOT_CHECKABLE'],
    find: ({ read, params: { id = '' } }) => read((ctx) => getReview(ctx, id)),
    run: ({ write, params: { id = '' }, body }) => write((ctx) => decideReview(ctx, id, body)),
  }),
]
