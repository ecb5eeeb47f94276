/** Deciding a review: whether it may be decided so, by whom, and what follows. */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { foldEmail } from '../../tenancy/users/users.schema.ts'
import { getUser } from '../../tenancy/users/users.ts'
import { assertSeenValues, lockedCredential } from '../../workforce/credentials/credentials.ts'
import { getWorker } from '../../workforce/workers/workers.ts'
import { recordPersonCheck, requestCheck } from '../checks/checks.ts'
import { isAboutCredential, isSameWish } from './reviews.rules.ts'
import type { CorrectedValues, DecisionInput, Review } from './reviews.schema.ts'
import * as store from './reviews.store.ts'

const notFound = (): AppError => new AppError('NOT_FOUND', 'There is no such review.')

const refusedAt = (pointer: string, code: string, detail: string): AppError =>
  new AppError('VALIDATION_FAILED', detail, { errors: [{ pointer, code, detail }] })

/**
 * Decides a review on the caller's word. ACCEPT and REJECT of what is about a credential write a check by a PERSON; everything else
 * is for those who hear `review.decided`. Where the organisation asks for four eyes, the first word waits for a second person's.
 *
 * Refuses a decision that does not fit, one without its reason, corrections that cannot be (VALIDATION_FAILED); a decision on
 * one's own record (REVIEW_OWN_RECORD); a review that is over (REVIEW_DECIDED): of two at once, the second. And, of the
 * same person again, REVIEW_SECOND_NEEDED; of asking a register that cannot be asked, NOT_CHECKABLE.
 */
export async function decideReview(ctx: WriteContext, id: string, input: DecisionInput): Promise<Review> {
  const review = await store.lockReview(ctx, id)
  if (!review) throw notFound()
  assertWaiting(review)
  const wish = wishOf(review, input)
  await assertNotOwn(ctx, review)
  const { credential } = review.attributes
  if (credential && isAboutCredential(review.attributes.reason))
    await assertCredentialIsThere(ctx, credential.id)
  if (credential && wish.corrected) await assertSeenValues(ctx, credential.id, wish.corrected, '/corrected')
  const first = await secondedBy(ctx, review, wish)
  if (first === 'NEEDS_SECOND') {
    await store.saveDecision(ctx, id, ctx.actor, { status: 'AWAITING_SECOND', ...wish, first: null })
    await audit(ctx, review, 'propose', wish)
  } else await take(ctx, review, first === null ? wish : secondedWish(review, wish), first)
  const decided = await store.findReview(ctx, id)
  if (!decided) throw notFound()
  return decided
}

type Wish = Pick<store.SavedDecision, 'decision' | 'reason' | 'corrected'>

function assertWaiting({ attributes: { status, decision } }: Review): void {
  if (status === 'WITHDRAWN')
    throw new AppError('REVIEW_DECIDED', 'The review was withdrawn: what it was about is gone or settled.')
  if (status === 'DECIDED')
    throw new AppError('REVIEW_DECIDED', `The review is decided already: ${decision?.decision ?? ''}.`)
}

/** What the caller wants, with everything that does not fit refused. */
function wishOf({ attributes }: Review, input: DecisionInput): Wish {
  const { decision } = input
  const { reason: why, possibleDecisions: possible } = attributes
  if (!possible.includes(decision))
    throw refusedAt(
      '/decision',
      'DECISION_UNFIT',
      `${decision} does not fit a review for ${why} ${attributes.fetchRequest ? 'of' : 'without'} a fetch request; ${possible.join(', ')} do.`,
    )
  const reason = input.reason ?? null
  if (reason === null && decision !== 'ACCEPT')
    throw refusedAt('/reason', 'REQUIRED', `${decision} needs a reason: say it in \`reason\`.`)
  // A member that is sent as undefined was not sent.
  const corrected = Object.fromEntries(
    Object.entries(input.corrected ?? {}).filter(([, value]) => value !== undefined),
  ) as CorrectedValues
  if (Object.keys(corrected).length === 0) return { decision, reason, corrected: null }
  if (decision !== 'ACCEPT' || !isAboutCredential(why))
    throw refusedAt(
      '/corrected',
      'CORRECTS_NOTHING',
      'Only with ACCEPT, and of a credential, can something be corrected.',
    )
  return { decision, reason, corrected }
}

/** Refuses a user who is the person whom the review is about: who has that person's e-mail. */
export async function assertNotOwn(
  ctx: WriteContext,
  { attributes: { worker } }: Review,
  userId: string | null = ctx.actor.kind === 'USER' ? ctx.actor.id : null,
): Promise<void> {
  if (userId === null || worker === null) return
  const { email } = (await getUser(ctx, userId)).attributes
  const { workEmail } = (await getWorker(ctx, worker.id)).attributes.contact
  if (workEmail !== null && foldEmail(workEmail) === foldEmail(email))
    throw new AppError(
      'REVIEW_OWN_RECORD',
      'The review is about your own record. Somebody else has to decide it.',
    )
}

/** It may have been deleted a moment ago: then the review is about to be withdrawn. */
async function assertCredentialIsThere(ctx: WriteContext, credentialId: string): Promise<void> {
  try {
    await lockedCredential(ctx, credentialId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      throw new AppError('REVIEW_DECIDED', 'The credential that the review is about is deleted.', {
        cause: error,
      })
    throw error
  }
}

/** Who wanted the same before, where it takes two; null where one is enough. */
async function secondedBy(
  ctx: WriteContext,
  { attributes }: Review,
  wish: Wish,
): Promise<store.SavedDecision['first'] | 'NEEDS_SECOND'> {
  if (!(await settingsOf(ctx))['review.fourEyes'].includes(wish.decision)) return null
  const { decision: before, status } = attributes
  if (status !== 'AWAITING_SECOND' || before === null || !isSameWish(before, wish)) return 'NEEDS_SECOND'
  if (before.by.kind === ctx.actor.kind && before.by.id === ctx.actor.id)
    throw new AppError(
      'REVIEW_SECOND_NEEDED',
      `You have decided ${wish.decision} already; a second person has to decide the same.`,
    )
  return { by: { kind: before.by.kind, id: before.by.id }, at: before.at }
}

/** The second one's wish, with what only the first one said. */
function secondedWish({ attributes: { decision: before } }: Review, wish: Wish): Wish {
  return {
    ...wish,
    reason: wish.reason ?? before?.reason ?? null,
    corrected: wish.corrected ?? (before?.corrected as CorrectedValues | null | undefined) ?? null,
  }
}

async function take(
  ctx: WriteContext,
  review: Review,
  wish: Wish,
  first: store.SavedDecision['first'],
): Promise<void> {
  const { id, attributes } = review
  const { reason, subject, worker, credential, fetchRequest } = attributes
  const { decision } = wish
  await store.saveDecision(ctx, id, ctx.actor, { status: 'DECIDED', ...wish, first })
  await audit(ctx, review, 'decide', wish)
  if (credential && isAboutCredential(reason)) {
    if (decision === 'ASK_AGAIN' && reason === 'REGISTER_ANSWER') await requestCheck(ctx, credential.id)
    if (decision === 'ACCEPT' || decision === 'REJECT')
      await recordPersonCheck(ctx, {
        credentialId: credential.id,
        outcome: decision === 'ACCEPT' ? 'MAY_ENGAGE' : 'MAY_NOT_ENGAGE',
        corrected: wish.corrected ?? {},
        pointer: '/corrected',
        words: wish.reason,
        reviewId: id,
      })
  }
  await ctx.emit({
    type: 'review.decided',
    data: {
      reviewId: id,
      reason,
      decision,
      subject,
      workerId: worker?.id ?? null,
      credentialId: credential?.id ?? null,
      fetchRequestId: fetchRequest?.id ?? null,
    },
  })
}

async function audit(
  ctx: WriteContext,
  { id, attributes }: Review,
  action: string,
  wish: Wish,
): Promise<void> {
  const { decision, reason, corrected } = wish
  await ctx.audit({
    entityType: 'review',
    entityId: id,
    action,
    changes: { reason: attributes.reason, decision, corrected: Object.keys(corrected ?? {}) },
    ...(reason === null ? {} : { reason }),
  })
}
