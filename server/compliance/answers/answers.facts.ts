/**
 * What answers rest on, gathered for many workers at once: the rules of their positions, what they hold, since when they are
 * there. The same for what is so now and for what was so then, so that both are one answer.
 */
import type { ReadContext } from '../../platform/context.ts'
import type { AsOf } from '../../platform/db/as-of.ts'
import { localDateOf, type LocalDate } from '../../platform/local-date.ts'
import { banAnswers, banAnswersAt } from '../../evidence/ban-checks/ban-checks.ts'
import { lastAnswers } from '../../evidence/checks/checks.ts'
import { settingsAsOf, settingsOf } from '../../tenancy/organisations/organisations.ts'
import {
  catalogueAsOf,
  catalogueOf,
  type Catalogue,
} from '../../workforce/credential-types/credential-types.ts'
import {
  credentialsAsOf,
  heldCredentials,
  type PastCredential,
} from '../../workforce/credentials/credentials.ts'
import {
  graceUntil,
  joinedTree,
  rulesInForce,
  type RulesInForce,
} from '../../workforce/positions/positions.rules.ts'
import { positionVersionsAsOf } from '../../workforce/positions/positions.ts'
import type {
  BanAnswer,
  EvaluatedCredential,
} from '../../workforce/requirements/requirements.evaluate.rules.ts'
import type { Tree } from '../../workforce/requirements/requirements.groups.rules.ts'
import type { StatusReason } from '../../workforce/requirements/requirements.reasons.schema.ts'
import { tenuresAsOf, type PastWorker } from '../../workforce/workers/workers.ts'
import { dayFinder, judgeCredential } from '../licence-status/licence-status.ts'
import type { Question } from './answers.rules.ts'

/** The organisation at an instant: what every answer of it is judged by. */
export interface Judged {
  readonly at: AsOf
  readonly today: LocalDate
  readonly timeZone: string
  readonly catalogue: Catalogue
  /** Types for which a declaration is enough. */
  readonly accepted: ReadonlySet<string>
}

/** By what is in force now. */
export async function judgedNow(ctx: ReadContext): Promise<Judged> {
  const [settings, catalogue] = await Promise.all([settingsOf(ctx), catalogueOf(ctx)])
  return judged({ valid: ctx.now, known: ctx.now }, settings, catalogue)
}

/** By what was in force then: settings, the catalogue and the zone in which it was which day. */
export async function judgedAsOf(ctx: ReadContext, at: AsOf): Promise<Judged> {
  const [settings, catalogue] = await Promise.all([settingsAsOf(ctx, at), catalogueAsOf(ctx, at)])
  return judged(at, settings, catalogue)
}

function judged(at: AsOf, settings: Awaited<ReturnType<typeof settingsOf>>, catalogue: Catalogue): Judged {
  const timeZone = settings['timeZone']
  return {
    at,
    today: localDateOf(at.valid, timeZone),
    timeZone,
    catalogue,
    accepted: new Set(settings['import.acceptDeclared']),
  }
}

export interface PositionRules {
  readonly rules: RulesInForce
  /** All that is required, as one tree; undefined where that is nothing. */
  readonly tree: Tree | undefined
}

/** What each of these positions requires on the day. */
export async function rulesOf(
  ctx: ReadContext,
  positionIds: readonly string[],
  { at, today, timeZone, catalogue }: Judged,
): Promise<ReadonlyMap<string, PositionRules>> {
  const versions = await positionVersionsAsOf(ctx, [...new Set(positionIds)], at, today)
  const dayOf = dayFinder(timeZone)
  const found = new Map<string, PositionRules>()
  for (const [positionId, ofPosition] of versions) {
    const rules = rulesInForce(ofPosition, today, dayOf)
    if (!rules) continue
    const tree = joinedTree(rules.requirements, rules.fileRequirements, (code) => catalogue.types.get(code))
    found.set(positionId, { rules, tree })
  }
  return found
}

/** Somebody to be answered for. */
export interface Asked {
  readonly workerId: string
  readonly positionId: string | null
  readonly startDate: string | null
}

/** What is to be judged of each worker. */
export interface Case {
  readonly credentials: readonly EvaluatedCredential[]
  /** Null where the position requires nothing, or there is none. */
  readonly question: Question | null
  /** When other rules of the position come into force. */
  readonly nextRulesOn: LocalDate | null
}

/**
 * The cases of these workers, in a few statements however many they are.
 * @param held what each of them holds
 * @param rules in place of what the positions require, by the position's id: for trying out
 */
export async function casesOf(
  ctx: ReadContext,
  asked: readonly Asked[],
  by: Judged,
  held: ReadonlyMap<string, readonly EvaluatedCredential[]>,
  rules?: ReadonlyMap<string, PositionRules>,
): Promise<ReadonlyMap<string, Case>> {
  const positionIds = asked.flatMap(({ positionId }) => (positionId === null ? [] : [positionId]))
  const ofPositions = rules ?? (await rulesOf(ctx, positionIds, by))
  const ruleOf = ({ positionId }: Asked): PositionRules | undefined =>
    positionId === null ? undefined : ofPositions.get(positionId)
  const withGrace = asked.filter((one) => (ruleOf(one)?.rules.graceDays ?? 0) > 0)
  const dayOf = dayFinder(by.timeZone)
  const tenures = new Map(
    withGrace.length === 0
      ? []
      : (
          await tenuresAsOf(
            ctx,
            withGrace.map(({ workerId }) => workerId),
            by.at,
          )
        ).map(({ workerId, since, hasMoved }) => [workerId, { since: dayOf(since), hasMoved }] as const),
  )
  const bans = await bansOf(
    ctx,
    asked.filter((one) => ruleOf(one)?.tree?.banChecks !== undefined).map(({ workerId }) => workerId),
    by,
  )
  const found = new Map<string, Case>()
  for (const one of asked) {
    const credentials = held.get(one.workerId) ?? []
    const { rules: inForce, tree } = ruleOf(one) ?? {}
    const question = tree &&
      inForce && {
        tree,
        graceUntil: graceUntil(inForce, one.startDate as LocalDate | null, tenures.get(one.workerId) ?? null),
        credentials,
        bans: bans.get(one.workerId) ?? [],
        today: by.today,
        knownTypes: by.catalogue.types,
      }
    found.set(one.workerId, {
      credentials,
      question: question ?? null,
      nextRulesOn: inForce?.nextOn ?? null,
    })
  }
  return found
}

/** What the ban lists say, or said, of these workers. A list that did not look for somebody says nothing: that is yellow. */
async function bansOf(
  ctx: ReadContext,
  workerIds: readonly string[],
  { at }: Judged,
): Promise<ReadonlyMap<string, readonly BanAnswer[]>> {
  if (workerIds.length === 0) return new Map()
  return at.valid.getTime() === ctx.now.getTime() && at.known.getTime() === ctx.now.getTime()
    ? banAnswers(ctx, workerIds)
    : banAnswersAt(ctx, workerIds, { validAt: at.valid, knownAt: at.known })
}

/** What these workers hold, with the statuses that are kept. */
export async function heldNow(
  ctx: ReadContext,
  workerIds: readonly string[],
): Promise<ReadonlyMap<string, readonly EvaluatedCredential[]>> {
  const held = await heldCredentials(ctx, workerIds)
  return byWorker(
    held.map(({ workerId, ...credential }) => ({
      workerId,
      credential: { ...credential, reasons: credential.reasons as readonly StatusReason[] },
    })),
  )
}

/** A credential that somebody held, with the status that it had then. */
export interface HeldThen {
  readonly past: PastCredential
  readonly credential: EvaluatedCredential
}

/** What these workers held, judged by what was in force. */
export async function heldThen(
  ctx: ReadContext,
  workers: readonly PastWorker[],
  by: Judged,
): Promise<ReadonlyMap<string, readonly HeldThen[]>> {
  const types = new Map(workers.map(({ workerId, workerType }) => [workerId, workerType]))
  const past = await credentialsAsOf(ctx, [...types.keys()], by.at)
  const upTo = by.at.valid < by.at.known ? by.at.valid : by.at.known
  const answers = await lastAnswers(
    ctx,
    past.map(({ id }) => id),
    upTo,
  )
  const answeredAt = new Map(answers.map((one) => [one.credentialId, one.answeredAt]))
  const dayOf = dayFinder(by.timeZone)
  return byWorker(
    past.map((one) => {
      const { status, reasons } = judgeCredential(
        by.catalogue,
        {
          ...one,
          answeredAt: answeredAt.get(one.id) ?? one.verifiedAt,
          workerType: types.get(one.workerId) ?? null,
        },
        by.today,
        by.accepted,
        dayOf,
      )
      const { id, credentialType, jurisdiction, expiryDate, assurance } = one
      return {
        workerId: one.workerId,
        credential: {
          past: one,
          credential: { id, credentialType, jurisdiction, expiryDate, assurance, status, reasons },
        },
      }
    }),
  )
}

function byWorker<Credential>(
  rows: readonly { readonly workerId: string; readonly credential: Credential }[],
): ReadonlyMap<string, readonly Credential[]> {
  const found = new Map<string, Credential[]>()
  for (const { workerId, credential } of rows) {
    const theirs = found.get(workerId)
    if (theirs) theirs.push(credential)
    else found.set(workerId, [credential])
  }
  return found
}
