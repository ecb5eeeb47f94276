/** What becomes of answers: they are recorded, decide about their credentials, and set the next turn, in one transaction. */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import type { Catalogue, CredentialTypeEntry } from '../../workforce/credential-types/credential-types.ts'
import {
  applyAnswers,
  lockedAskedCredentials,
  type AskedCredential,
  type CredentialAnswer,
} from '../../workforce/credentials/credentials.ts'
import type { CheckAnswer, CheckQuestion } from '../registers/connectors.schema.ts'
import type { Results } from '../registers/registers.breaker.rules.ts'
import { judgeAnswers, noteResults, type ConnectedSource } from '../registers/registers.ts'
import { identityOf, nextTurn, redacted } from './checks.rules.ts'
import * as schedule from './checks.schedule.store.ts'
import { insertChecks, type CheckRecord } from './checks.store.ts'

export interface AnsweredQuestion {
  readonly scheduled: schedule.Scheduled
  readonly asked: AskedCredential
  readonly type: CredentialTypeEntry
  readonly question: CheckQuestion
  readonly answer: CheckAnswer
  readonly evidence: { readonly mediaType: string; readonly body: Buffer; readonly sha256: string } | null
  /** Inputs are lacking: it was never sent. */
  readonly isUnaskable: boolean
  readonly startedAt: Date
  readonly finishedAt: Date
}

export interface Settlement {
  readonly register: string
  readonly source: ConnectedSource
  readonly catalogue: Catalogue
  readonly timeZone: string
  readonly answered: readonly AnsweredQuestion[]
  /** Queued, but not to be asked about any more. */
  readonly over: readonly string[]
}

export async function settleAnswers(
  runtime: Runtime,
  organisationId: string,
  settlement: Settlement,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const { answered, over, register } = settlement
    // An answer is about what was asked: what was changed while the source thought is asked about anew.
    const present = new Map(
      (
        await lockedAskedCredentials(
          ctx,
          answered.map(({ asked }) => asked.id),
        )
      ).map((one) => [one.id, one]),
    )
    const isStale = ({ asked }: AnsweredQuestion): boolean => {
      const now = present.get(asked.id)
      return now === undefined || identityOf(now) !== identityOf(asked)
    }
    const { answers, proof, lastGoodAt } = await judgeAnswers(
      ctx,
      register,
      answered.map(({ asked, scheduled, answer, isUnaskable }) => ({
        answer,
        isUnaskable,
        wasKnown: present.get(asked.id)?.isKnown === true,
        isRepeated: scheduled.failures > 0,
      })),
    )
    const made = answered.map((one, index) => ({
      ...one,
      answer: answers[index] ?? one.answer,
      checkId: ctx.newId('check'),
      isStale: isStale(one),
    }))
    if (made.length > 0) {
      await insertChecks(
        ctx,
        made.map((one) => recordOf(one, settlement)),
      )
      const applied = await applyAnswers(ctx, made.filter((one) => !one.isStale).map(answerOf))
      const expiries = new Map(applied.map(({ id, expiryDate }) => [id, expiryDate]))
      await tellSettled(
        ctx,
        await schedule.settle(
          ctx,
          made.map((one) => turnOf(ctx, one, expiries.get(one.asked.id) ?? null, settlement)),
        ),
      )
      await noteResults(ctx, register, { ...resultsOf(made, lastGoodAt), proof })
    }
    if (over.length > 0) {
      const waited = await schedule.dismiss(ctx, over)
      const open = await Promise.all(waited.map((id) => schedule.isAwaited(ctx, id)))
      await tellSettled(
        ctx,
        waited.filter((_, index) => !open[index]),
      )
    }
  })
}

/** All that an import changed has had a first answer. */
async function tellSettled(ctx: WriteContext, importIds: readonly string[]): Promise<void> {
  for (const importId of importIds) await ctx.emit({ type: 'checks.settled', data: { importId } })
}

type Made = AnsweredQuestion & { readonly checkId: string; readonly isStale: boolean }

/** What the answers say of the register. @param lastGoodAt when it answered the last time before */
function resultsOf(made: readonly Made[], lastGoodAt: Date | null): Results {
  const good = made.filter(({ answer }) => answer.outcome !== 'ERROR')
  const goodAt = good
    .map(({ finishedAt }) => finishedAt)
    .toSorted((a, b) => a.getTime() - b.getTime())
    .at(-1)
  return {
    good: good.length,
    ...(goodAt ? { goodAt } : {}),
    faults: made.flatMap(({ answer, isUnaskable, scheduled: { failingSince } }) => {
      if (!answer.fault || isUnaskable) return []
      const isOfQuestion = failingSince !== null && lastGoodAt !== null && lastGoodAt > failingSince
      return [{ ...answer.fault, isOfQuestion }]
    }),
  }
}

function recordOf(
  { scheduled, asked, question, answer, evidence, startedAt, finishedAt, checkId, isStale }: Made,
  { register, source, catalogue }: Settlement,
): CheckRecord {
  const isSame = evidence !== null && scheduled.evidenceSha256?.toString('hex') === evidence.sha256
  return {
    id: checkId,
    credentialId: asked.id,
    credentialVersion: asked.version,
    source: 'REGISTER',
    person: null,
    register,
    connectorKind: source.kind,
    connectorVersion: source.version,
    catalogueVersion: catalogue.version,
    trigger: scheduled.trigger,
    correlationId: question.correlationId,
    inputs: redacted({ ...question }),
    startedAt,
    finishedAt,
    outcome: answer.outcome,
    ownWords: answer.ownWords,
    details: answer.details,
    conditions: answer.conditions,
    told: answer.verified ?? {
      number: null,
      holderName: null,
      issueDate: null,
      expiryDate: null,
      neverExpires: false,
    },
    fault: answer.fault && { code: answer.fault.code, detail: answer.fault.detail },
    evidence: evidence === null || isSame ? null : evidence.body.toString('base64'),
    evidenceMediaType: evidence?.mediaType ?? null,
    sameEvidenceAs: isSame ? scheduled.evidenceCheckId : null,
    isStale,
  }
}

function answerOf({ asked, answer, checkId }: Made): CredentialAnswer {
  const told = answer.verified
  return {
    credentialId: asked.id,
    checkId,
    outcome: answer.outcome,
    details: answer.details,
    conditions: answer.conditions,
    // A source that says yes to a number and tells none has confirmed that one.
    number: told?.number ?? asked.number,
    holderName: told?.holderName ?? null,
    issueDate: told?.issueDate ?? null,
    expiryDate: told?.expiryDate ?? null,
    neverExpires: told?.neverExpires ?? false,
  }
}

function turnOf(
  ctx: WriteContext,
  { scheduled, asked, type, answer, evidence, isUnaskable, finishedAt, checkId, isStale }: Made,
  expiryDate: CredentialAnswer['expiryDate'],
  { timeZone }: Settlement,
): schedule.Asked {
  const isAnswer = answer.outcome !== 'ERROR' && answer.outcome !== 'IN_PROGRESS'
  const failures = isAnswer || isUnaskable ? 0 : scheduled.failures + 1
  const turn = nextTurn({
    now: ctx.now,
    outcome: answer.outcome,
    failures,
    retryAfterSeconds: answer.fault?.retryAfterSeconds ?? null,
    isUnaskable,
    everyDays: type.checkEveryDays,
    expiryDate,
    expiringWindowDays: type.expiringWindowDays,
    timeZone,
    spread: spreadOf(asked.id),
  })
  const isSame = evidence !== null && scheduled.evidenceSha256?.toString('hex') === evidence.sha256
  return {
    credentialId: asked.id,
    askedTurnAt: scheduled.turnAt,
    turnAt: turn.at,
    trigger: turn.trigger,
    failures,
    failingSince: failures === 0 ? null : (scheduled.failingSince ?? finishedAt),
    isAnswered: answer.outcome !== 'ERROR' || isUnaskable,
    isStale,
    evidenceSha256: evidence?.sha256 ?? scheduled.evidenceSha256?.toString('hex') ?? null,
    evidenceCheckId: isSame || evidence === null ? scheduled.evidenceCheckId : checkId,
  }
}

/** From 0 to 1, by the id: random, and the same each time. */
function spreadOf(id: string): number {
  let sum = 0
  for (let at = 0; at < id.length; at += 1) sum = (sum * 31 + id.charCodeAt(at)) % 9_973
  return sum / 9_973
}
