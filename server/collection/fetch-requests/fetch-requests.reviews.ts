/** Where a person has to decide. */
import type { WriteContext } from '../../platform/context.ts'
import { openReview, withdrawReviews } from '../../evidence/reviews/reviews.ts'

export interface NeededReview {
  readonly reason: 'DOCUMENT' | 'DECLINED_ITEM' | 'NOT_ME'
  readonly subject: { readonly type: string; readonly id: string }
  readonly workerId: string
  readonly credentialId?: string
  readonly fetchRequestId: string
  /** Plain facts for the reviewer. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** Puts it into the queue of those who decide; once, while it waits there. */
export async function needReview(ctx: WriteContext, needed: NeededReview): Promise<void> {
  await openReview(ctx, needed)
}

/** Of a request that can no longer be answered, sent or called off or run out: what was declined needs no decision any more. Documents that came in still do. */
export async function withdrawNeeded(ctx: WriteContext, fetchRequestId: string): Promise<void> {
  await withdrawReviews(ctx, { fetchRequestId, reasons: ['DECLINED_ITEM'] })
}
