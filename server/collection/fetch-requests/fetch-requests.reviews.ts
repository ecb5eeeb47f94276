/** Where a person has to decide. */
import type { WriteContext } from '../../platform/context.ts'

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
  const { reason, subject, fetchRequestId } = needed
  await ctx.audit({
    entityType: 'captureRequest',
    entityId: fetchRequestId,
    action: 'needsReview',
    changes: { reason, subject },
  })
}
