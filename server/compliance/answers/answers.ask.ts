/** Asking: may this person work this position, today, or then (spec 60, Positions, As-of). */
import type { ReadContext } from '../../platform/context.ts'
import type { AsOf } from '../../platform/db/as-of.ts'
import type { Counting, Total } from '../../platform/db/total.ts'
import { AppError } from '../../platform/errors.ts'
import { addDays, localDateOf, type LocalDate } from '../../platform/local-date.ts'
import { startOfDay } from '../../platform/zoned-time.ts'
import { documentsAt } from '../../evidence/attachments/attachments.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { findPositionId } from '../../workforce/positions/positions.ts'
import {
  activeAsOf,
  assertNotErased,
  externalIdsOf,
  keptAnswers,
  listWorkers,
  workersAsOf,
  type Answer,
  type PastWorker,
  type Worker,
} from '../../workforce/workers/workers.ts'
import {
  casesOf,
  heldNow,
  heldThen,
  judgedAsOf,
  type Case,
  type HeldThen,
  type Judged,
} from './answers.facts.ts'
import { answerOf, answerOfHeld } from './answers.rules.ts'
import type { AnswerAttributes, AnswerFilter, Evidence, Moment } from './answers.schema.ts'

export interface AnswerResource {
  readonly id: string
  readonly attributes: AnswerAttributes
  readonly lastUpdated: Date
}

/**
 * Nothing can have been recorded before it, or be known of after it: what is asked about times beyond has the answer of there. No
 * calendar of zones reaches to the year 1, nor beyond 9999.
 */
const earliest = '1900-01-01' as LocalDate
const latest = '9998-12-31' as LocalDate
const within = (day: LocalDate): LocalDate => (day < earliest ? earliest : day > latest ? latest : day)

/** A day means its end in the organisation's zone; without one, now. What was known is asked for the same instant by default. */
async function instantsOf(
  ctx: ReadContext,
  { asOf, knownAt }: { readonly asOf?: Moment | undefined; readonly knownAt?: Moment | undefined },
): Promise<AsOf> {
  const { timeZone } = await settingsOf(ctx)
  const instantOf = (moment: Moment): Date =>
    'at' in moment ? moment.at : new Date(startOfDay(addDays(within(moment.day), 1), timeZone).getTime() - 1)
  const valid = asOf ? instantOf(asOf) : ctx.now
  return { valid, known: knownAt ? instantOf(knownAt) : valid }
}

/** The answer of a case, whichever way its worker is judged. */
function judge({ question, credentials }: Case, { today }: Judged): Answer | undefined {
  return question ? answerOf(question) : answerOfHeld(credentials, today)
}

interface Answered {
  readonly answer: Answer | undefined
  readonly held: readonly HeldThen[]
}

/** The answers about these workers as they were, from what was recorded by then. */
async function answersThen(
  ctx: ReadContext,
  workers: readonly PastWorker[],
  by: Judged,
): Promise<ReadonlyMap<string, Answered>> {
  const held = await heldThen(ctx, workers, by)
  const credentials = new Map(
    [...held].map(([workerId, theirs]) => [workerId, theirs.map(({ credential }) => credential)] as const),
  )
  const cases = await casesOf(ctx, workers, by, credentials)
  return new Map(
    [...cases].map(([workerId, one]) => [
      workerId,
      { answer: judge(one, by), held: held.get(workerId) ?? [] },
    ]),
  )
}

const nothing = { status: null, satisfied: false, gaps: [] } as const

function attributesOf(
  workerId: string,
  externalId: string | null,
  positionId: string | null,
  answer: Answer | undefined,
  at: AsOf,
): AnswerAttributes {
  const { status, satisfied, gaps } = answer ?? nothing
  return {
    workerId,
    externalId,
    positionId,
    status,
    satisfied,
    gaps: gaps as AnswerAttributes['gaps'],
    asOf: at.valid,
    knownAt: at.known,
  }
}

/**
 * The answer about one worker, with what it rests on, judged this moment. NOT_FOUND for one who was not there then;
 * ERASED_PERSON for one of whom nothing is kept.
 */
export async function workerAnswer(
  ctx: ReadContext,
  workerId: string,
  moments: { readonly asOf?: Moment | undefined; readonly knownAt?: Moment | undefined },
): Promise<AnswerResource> {
  await assertNotErased(ctx, workerId)
  const at = await instantsOf(ctx, moments)
  const [worker] = await workersAsOf(ctx, [workerId], at)
  if (!worker || worker.isDeleted) throw new AppError('NOT_FOUND', 'There is no such worker.')
  const by = await judgedAsOf(ctx, at)
  const { answer, held = [] } = (await answersThen(ctx, [worker], by)).get(workerId) ?? {}
  const [key] = await externalIdsOf(ctx, [workerId])
  return {
    id: workerId,
    lastUpdated: at.valid < ctx.now ? at.valid : ctx.now,
    attributes: {
      ...attributesOf(workerId, key?.externalId ?? null, worker.positionId, answer, at),
      evidence: await evidenceOf(ctx, held, by),
    },
  }
}

async function evidenceOf(ctx: ReadContext, held: readonly HeldThen[], by: Judged): Promise<Evidence[]> {
  const upTo = by.at.valid < by.at.known ? by.at.valid : by.at.known
  const documents = await documentsAt(
    ctx,
    held.map(({ past }) => past.id),
    upTo,
  )
  return held
    .map(({ past, credential }) => ({
      credentialId: past.id,
      credentialType: past.credentialType,
      status: credential.status,
      reasons: [...credential.reasons],
      assurance: past.assurance,
      expiryDate: past.expiryDate,
      checkId: past.verifiedByCheck,
      documents: documents
        .filter(({ credentialId }) => credentialId === past.id)
        .map(({ attachmentId, addedAt, deletedAt }) => ({
          attachmentId,
          addedAt,
          deletedAt,
          note: deletedAt && `evidence deleted on ${localDateOf(deletedAt, by.timeZone)}`,
        })),
    }))
    .sort((a, b) =>
      a.credentialType === b.credentialType
        ? a.credentialId < b.credentialId
          ? -1
          : 1
        : a.credentialType < b.credentialType
          ? -1
          : 1,
    )
}

export interface AnswerPage {
  readonly limit: number
  readonly offset: number
  readonly after: readonly string[] | null
  readonly counting: Counting
}

export interface AnswerList {
  readonly answers: readonly AnswerResource[]
  readonly total: Total
  /** The place behind which to go on; null at the end. */
  readonly nextKey: readonly string[] | null
}

/** Active workers' answers as they are kept, in the order of the name. */
export async function listAnswers(
  ctx: ReadContext,
  { positionId, licenceStatus, updatedSince }: AnswerFilter,
  { limit, offset, after, counting }: AnswerPage,
): Promise<AnswerList> {
  const { workers, total } = await listWorkers(
    ctx,
    { positionId, licenceStatus, updatedSince, status: 'ACTIVE' },
    { limit, offset, after: after as [string, string] | null, counting },
  )
  const kept = await answersOfWorkers(ctx, workers)
  const at = { valid: ctx.now, known: ctx.now }
  return {
    answers: workers.map(({ id, attributes, lastUpdated }) => ({
      id,
      lastUpdated,
      attributes: attributesOf(
        id,
        attributes.source?.externalId ?? null,
        attributes.employment.positionId,
        kept.get(id),
        at,
      ),
    })),
    total,
    nextKey: workers.length < limit ? null : (workers.at(-1)?.sortKey ?? null),
  }
}

/** An active person with the answer, and what names them to other systems. */
export interface AnsweredWorker {
  readonly externalId: string | null
  readonly positionCode: string | null
  /** In which the person works. */
  readonly state: string | null
  readonly answer: Pick<AnswerAttributes, 'status' | 'satisfied' | 'gaps'>
  readonly asOf: Date
}

const atOnce = 1_000

/** Every active person, a thousand at a time, in the order of the name. */
export async function* eachAnswer(ctx: ReadContext): AsyncGenerator<readonly AnsweredWorker[]> {
  let after: readonly [string, string] | null = null
  do {
    const page: Awaited<ReturnType<typeof listWorkers>> = await listWorkers(
      ctx,
      { status: 'ACTIVE' },
      { limit: atOnce, offset: 0, after, counting: { count: 0, isExact: true } },
    )
    const { workers } = page
    const kept = await answersOfWorkers(ctx, workers)
    yield workers.map(({ id, attributes: { source, employment } }) => ({
      externalId: source?.externalId ?? null,
      positionCode: employment.positionCode,
      state: employment.state,
      answer: attributesOf(id, null, null, kept.get(id), { valid: ctx.now, known: ctx.now }),
      asOf: ctx.now,
    }))
    after = workers.length < atOnce ? null : (workers.at(-1)?.sortKey ?? null)
  } while (after !== null)
}

/** What is kept; whose position requires nothing is judged by what he holds, and who was not answered for yet now. */
async function answersOfWorkers(
  ctx: ReadContext,
  workers: readonly Worker[],
): Promise<ReadonlyMap<string, Answer>> {
  const ids = workers.map(({ id }) => id)
  const found = new Map<string, Answer>(
    (await keptAnswers(ctx, ids)).map(({ workerId, status, satisfied, gaps }) => [
      workerId,
      { status, satisfied, gaps },
    ]),
  )
  const others = workers.filter(({ id }) => !found.has(id))
  if (others.length === 0) return found
  const by = await judgedAsOf(ctx, { valid: ctx.now, known: ctx.now })
  const asked = others.map(({ id, attributes: { employment } }) => ({
    workerId: id,
    positionId: employment.positionId,
    startDate: employment.startDate,
  }))
  const cases = await casesOf(ctx, asked, by, await heldNow(ctx, [...asked.map(({ workerId }) => workerId)]))
  for (const [workerId, one] of cases) {
    const answer = judge(one, by)
    if (answer) found.set(workerId, answer)
  }
  return found
}

/** Workers looked at for one page of the past: a status that few had then makes a page short rather than slow. */
const lookedAtMax = 5_000
const chunk = 500

/** Who was active then, with the answers that were given, in the order of the id. */
export async function listAnswersAsOf(
  ctx: ReadContext,
  filter: AnswerFilter,
  { limit, offset, after, counting }: AnswerPage,
): Promise<AnswerList> {
  const at = await instantsOf(ctx, filter)
  const by = await judgedAsOf(ctx, at)
  const positionId =
    filter.positionId === undefined ? null : ((await findPositionId(ctx, filter.positionId)) ?? '')
  const found: { worker: PastWorker; answer: Answer | undefined }[] = []
  let place: string | null = after?.[0] ?? ''
  let looked = 0
  const wanted = limit + offset
  while (place !== null && found.length < wanted && (looked < lookedAtMax || offset > 0)) {
    const size = filter.licenceStatus === undefined ? Math.min(chunk, wanted - found.length) : chunk
    const { workers, lookedTo } = await activeAsOf(ctx, positionId, at, place, size)
    const answers = await answersThen(ctx, workers, by)
    for (const worker of workers) {
      const answer = answers.get(worker.workerId)?.answer
      if (filter.licenceStatus !== undefined && answer?.status !== filter.licenceStatus) continue
      found.push({ worker, answer })
    }
    looked += size
    place = lookedTo
  }
  const page = found.slice(offset, wanted)
  const last = page.at(-1)?.worker.workerId
  const nextPlace = found.length > wanted && last !== undefined ? last : place
  const keys = new Map(
    (
      await externalIdsOf(
        ctx,
        page.map(({ worker }) => worker.workerId),
      )
    ).map((key) => [key.workerId, key.externalId]),
  )
  return {
    answers: page.map(({ worker: { workerId, positionId: held }, answer }) => ({
      id: workerId,
      lastUpdated: at.valid < ctx.now ? at.valid : ctx.now,
      attributes: attributesOf(workerId, keys.get(workerId) ?? null, held, answer, at),
    })),
    // The past is not counted: so many at least.
    total:
      typeof counting === 'object'
        ? counting
        : { count: Math.max(found.length, 0), isExact: after === null && nextPlace === null },
    nextKey: nextPlace === null ? null : [nextPlace],
  }
}
