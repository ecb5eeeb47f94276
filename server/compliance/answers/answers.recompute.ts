/**
 * Keeping the answers: computed at once for whom a change touches, and on the day on which time alone changes one.
 *
 * Whatever changes somebody's answer marks it as due, in the transaction of the change; this computes what is due, a thousand
 * workers with a few statements, and tells which answers are others than before.
 */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { startOfDay } from '../../platform/zoned-time.ts'
import type { LocalDate } from '../../platform/local-date.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { rollUpWorkers } from '../../workforce/credentials/credentials.ts'
import {
  deleteAnswers,
  earliestAnswerDue,
  lockDueAnswers,
  markHoldersDue,
  remarkAnswers,
  saveAnswers,
  type ComputedAnswer,
} from '../../workforce/workers/workers.ts'
import { answerMarks } from '../../workforce/workers/workers.answers.schema.ts'
import { recomputeDue } from '../licence-status/licence-status.ts'
import { casesOf, heldNow, judgedNow, type Judged } from './answers.facts.ts'
import { answerOf, answerOfHeld, nextAnswerOn, sameAnswer } from './answers.rules.ts'

/** The job and the timer; the organisation is their subject. */
export const answersJob = 'compliance.answers'

const batchSize = 1_000

/**
 * Computes every answer of the organisation that is due, after the statuses on which they rest, and sets the timer for the next day
 * on which one may change. Idempotent; two nodes do not do it at once, and whoever calls may rely on all being computed.
 */
export async function bringAnswersUpToDate(runtime: Runtime, organisationId: string): Promise<void> {
  await recomputeDue(runtime, organisationId)
  for (;;) {
    const isMore: boolean | undefined = await runtime.db.withLock(`answers:${organisationId}`, () =>
      runtime.write(organisationId, systemCaller, recomputeBatch),
    )
    if (isMore === undefined) await new Promise((resolve) => setTimeout(resolve, 50))
    else if (!isMore) return
  }
}

/** Whether there may be more. */
async function recomputeBatch(ctx: WriteContext): Promise<boolean> {
  const by = await judgedNow(ctx)
  const due = await lockDueAnswers(ctx, by.today, batchSize)
  const workerIds = due.map(({ workerId }) => workerId)
  const cases = await casesOf(ctx, due, by, await heldNow(ctx, workerIds))
  const computed: ComputedAnswer[] = []
  const unruled: string[] = []
  for (const { workerId, positionId, kept } of due) {
    const { question = null, nextRulesOn = null, credentials = [] } = cases.get(workerId) ?? {}
    if (positionId === null || (question === null && nextRulesOn === null)) {
      unruled.push(workerId)
      continue
    }
    // What will be required some day is waited for.
    const answer = question ? answerOf(question) : (answerOfHeld(credentials, by.today) ?? null)
    const isSame = answer === null ? kept === null : kept !== null && sameAnswer(kept, answer)
    const dueOn = question ? nextAnswerOn(question, nextRulesOn) : nextRulesOn
    const isChanged = !isSame || (kept !== null && kept.positionId !== positionId)
    computed.push({ workerId, positionId, answer, isChanged, dueOn })
  }
  await saveAnswers(ctx, computed)
  const changed = computed.filter((one) => one.isChanged).map(({ workerId }) => workerId)
  const freed = due
    .filter((one) => one.kept !== null && unruled.includes(one.workerId))
    .map((one) => one.workerId)
  changed.push(...freed)
  if (changed.length > 0)
    await ctx.emit({ type: 'compliance.changed', data: { cause: 'ANSWERS', workerIds: changed } })
  if (unruled.length > 0) {
    await deleteAnswers(ctx, unruled)
    await rollUpWorkers(ctx, unruled)
  }
  if (due.length === batchSize) return true
  await setNextTimer(ctx, by)
  return false
}

async function setNextTimer(ctx: WriteContext, { timeZone }: Judged): Promise<void> {
  const next = await earliestAnswerDue(ctx)
  if (next === null) await ctx.clearTimer(answersJob, ctx.organisationId)
  // A mark means that somebody is at it: they have it computed.
  else if (next !== answerMarks.changed && next !== answerMarks.anew)
    await ctx.setTimer({
      kind: answersJob,
      subjectId: ctx.organisationId,
      dueAt: startOfDay(next as LocalDate, timeZone),
    })
}

/** What these workers' answers rest on changed elsewhere: they are answered for anew. */
export async function followWorkers(
  runtime: Runtime,
  organisationId: string,
  workerIds: readonly string[],
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    if ((await remarkAnswers(ctx, workerIds)) > 0) await ctx.enqueue(answersJob, organisationId)
  })
}

/** Positions ask for something else than before: whoever holds them is answered for anew. */
export async function followPositions(
  runtime: Runtime,
  organisationId: string,
  positionIds: readonly string[],
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    if ((await markHoldersDue(ctx, positionIds)) > 0) await ctx.enqueue(answersJob, organisationId)
  })
}
