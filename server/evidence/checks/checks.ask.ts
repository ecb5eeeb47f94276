/**
 * Asking a register about what is due, a slice at a time.
 *
 * A slice is a few seconds long, so that a slow register keeps no worker busy that others wait for. Within it no more is
 * asked in a second, and no more at once, than the connector's pace allows; since one slice of a register runs at a time,
 * on whichever node, and waits out its own debt before it ends, the pace holds over all of them. Nothing is written while a
 * source is awaited; a crash costs the answers of at most one flush, which are asked for again.
 */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCaller } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import { localDateOf } from '../../platform/local-date.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import {
  catalogueOf,
  type Catalogue,
  type CredentialTypeEntry,
} from '../../workforce/credential-types/credential-types.ts'
import { askedCredentials, type AskedCredential } from '../../workforce/credentials/credentials.ts'
import type { CheckAnswer, CheckQuestion, ConnectorPace } from '../registers/connectors.schema.ts'
import { breakerState, connectorFor, type ConnectedSource } from '../registers/registers.ts'
import { askTimer } from './checks.schedule.ts'
import * as schedule from './checks.schedule.store.ts'
import { settleAnswers, type AnsweredQuestion } from './checks.settle.ts'

/** How long new questions are asked in one slice. */
const sliceMs = 4_000
/** Answers are written so many at a time, and after so long at the latest: who waits for one is not kept. */
const flushSize = 250
const flushMs = 500
/** Most questions of one slice: what is held in memory. */
const sliceMax = 2_000
/** Faults in a row after which the slice leaves it to the breaker when to ask again. */
const faultsInARowMax = 5
/** Slices at once on one node: each takes a worker and a connection. */
const slicesAtOnceMax = 2
const busyMs = 1_000

/** How long a place that was taken is handed on from register to register before its worker does something else. */
const turnsMs = 15_000

let slicesRunning = 0
/** Registers that found no place free, in the order in which they came; a timer stands behind each, for when this ends. */
const waiting = new Map<string, { runtime: Runtime; organisationId: string; register: string }>()

/** Something that may be asked. */
interface Question {
  readonly scheduled: schedule.Scheduled
  readonly asked: AskedCredential
  readonly type: CredentialTypeEntry
  readonly question: CheckQuestion
}

/** Asks what is due at the register, and sees to it that the rest is asked in its time. */
export async function askDue(runtime: Runtime, organisationId: string, register: string): Promise<void> {
  if (slicesRunning >= slicesAtOnceMax) {
    waiting.set(`${organisationId}:${register}`, { runtime, organisationId, register })
    await askAgainAt(runtime, organisationId, register, busyMs)
    return
  }
  slicesRunning += 1
  try {
    await takeTurn(runtime, organisationId, register)
    // Whoever found no place has this one now, not when a timer happens to see it free.
    for (const started = performance.now(); performance.now() - started < turnsMs;) {
      const [next] = waiting
      if (next === undefined || next[1].runtime !== runtime) break
      waiting.delete(next[0])
      await takeTurn(runtime, next[1].organisationId, next[1].register)
    }
  } finally {
    slicesRunning -= 1
  }
}

async function takeTurn(runtime: Runtime, organisationId: string, register: string): Promise<void> {
  waiting.delete(`${organisationId}:${register}`)
  const done = await runtime.db.withLock(`checks:${organisationId}:${register}`, async () => {
    await slice(runtime, organisationId, register)
    return true
  })
  // Another slice is at it. It may have looked for the last time before what we were called for was there.
  if (done === undefined) await askAgainAt(runtime, organisationId, register, busyMs)
}

async function askAgainAt(
  runtime: Runtime,
  organisationId: string,
  register: string,
  inMs: number,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, (ctx) =>
    ctx.setTimer({
      kind: askTimer,
      subjectId: register,
      dueAt: new Date(ctx.now.getTime() + inMs),
      // Whoever runs what is due until nothing is left does not leave this.
      isQuietTime: true,
      orEarlier: true,
    }),
  )
}

async function slice(runtime: Runtime, organisationId: string, register: string): Promise<void> {
  const source = await connectorFor(runtime, organisationId, register)
  // It was disconnected meanwhile; what is queued goes with it.
  if (source === undefined) return
  const ready = await readyQuestions(runtime, organisationId, register, source)
  if (ready.mayAskAt === null) {
    const asking = new Slice(runtime, organisationId, register, source, ready)
    await asking.run()
  }
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const { mayAskAt } = await breakerState(ctx, register)
    const next = await schedule.earliestTurn(ctx, register)
    if (next === null) return
    const at = mayAskAt !== null && mayAskAt > next ? mayAskAt : next
    // At once: behind what other registers and other jobs wait for.
    if (at <= ctx.now) await ctx.enqueue(askTimer, register)
    else await ctx.setTimer({ kind: askTimer, subjectId: register, dueAt: at, orEarlier: true })
  })
}

interface Ready {
  /** The breaker lets nothing through before. */
  readonly mayAskAt: Date | null
  readonly isProbe: boolean
  readonly questions: readonly Question[]
  /** Queued, but not to be asked about any more. */
  readonly over: readonly string[]
  readonly catalogue: Catalogue
  readonly timeZone: string
}

/** What is due, with all that is to be said of it, in one short reading transaction. */
async function readyQuestions(
  runtime: Runtime,
  organisationId: string,
  register: string,
  { pace }: ConnectedSource,
): Promise<Ready> {
  return runtime.read(organisationId, systemCaller, async (ctx) => {
    const breaker = await breakerState(ctx, register)
    const catalogue = await catalogueOf(ctx)
    const { timeZone } = await settingsOf(ctx)
    const nothing = { questions: [], over: [], catalogue, timeZone, isProbe: false }
    if (breaker.mayAskAt !== null && breaker.mayAskAt > ctx.now)
      return { ...nothing, mayAskAt: breaker.mayAskAt }
    const isProbe = breaker.state !== 'CLOSED'
    const most = Math.max(1, Math.min(sliceMax, Math.ceil((pace.perSecond * sliceMs) / 1_000)))
    const due = isProbe
      ? await schedule.probeAt(ctx, register, ctx.now)
      : await schedule.dueAt(ctx, register, ctx.now, most)
    const found = new Map(
      (
        await askedCredentials(
          ctx,
          due.map(({ credentialId }) => credentialId),
        )
      ).map((one) => [one.id, one]),
    )
    const today = localDateOf(ctx.now, timeZone)
    const questions: Question[] = []
    const over: string[] = []
    for (const scheduled of due) {
      const asked = found.get(scheduled.credentialId)
      const type = asked && catalogue.types.get(asked.credentialType)
      if (!asked?.isAsked || type?.register !== register) over.push(scheduled.credentialId)
      else
        questions.push({
          scheduled,
          asked,
          type,
          question: questionOf(asked, type, register, today, scheduled.correlationId ?? newId('request')),
        })
    }
    return { mayAskAt: null, isProbe, questions, over, catalogue, timeZone }
  })
}

function questionOf(
  asked: AskedCredential,
  type: CredentialTypeEntry,
  register: string,
  today: CheckQuestion['today'],
  correlationId: string,
): CheckQuestion {
  const given = [asked.firstName, asked.middleName].filter((name) => name !== null && name !== '').join(' ')
  return {
    correlationId,
    register,
    credentialType: asked.credentialType,
    jurisdiction: asked.jurisdiction,
    number: asked.number,
    familyName: asked.lastName,
    givenNames: given === '' ? null : given,
    holderName: asked.holderName ?? asked.displayName,
    birthDate: asked.birthDate,
    issueDate: asked.issueDate,
    expiryDate: asked.expiryDate,
    today,
    absenceIsDecisive: type.absenceIsDecisive,
  }
}

/** One slice at work. */
class Slice {
  readonly #runtime: Runtime
  readonly #organisationId: string
  readonly #register: string
  readonly #source: ConnectedSource
  readonly #ready: Ready
  readonly #answered: AnsweredQuestion[] = []
  #flushing: Promise<void> = Promise.resolve()
  #flushedAt = performance.now()
  #faultsInARow = 0
  #fault: Error | undefined

  constructor(
    runtime: Runtime,
    organisationId: string,
    register: string,
    source: ConnectedSource,
    ready: Ready,
  ) {
    this.#runtime = runtime
    this.#organisationId = organisationId
    this.#register = register
    this.#source = source
    this.#ready = ready
  }

  async run(): Promise<void> {
    const { questions } = this.#ready
    const { pace } = this.#source
    const gap = 1_000 / pace.perSecond
    const started = performance.now()
    let nextAt = started
    const running = new Set<Promise<void>>()
    for (const question of questions) {
      if (performance.now() - started > sliceMs || this.#faultsInARow >= faultsInARowMax) break
      if (this.#fault !== undefined) break
      while (running.size >= pace.atOnce) await Promise.race(running)
      const wait = nextAt - performance.now()
      if (wait > 0) await sleep(wait)
      // From when it was sent, never caught up: after a pause there is no burst.
      nextAt = Math.max(nextAt, performance.now()) + gap
      const asking = this.#ask(question, pace).finally(() => running.delete(asking))
      running.add(asking)
      if (this.#answered.length >= flushSize || performance.now() - this.#flushedAt > flushMs) this.#flush()
    }
    while (running.size > 0) {
      await Promise.race([...running, sleep(flushMs, undefined, { ref: false })])
      if (performance.now() - this.#flushedAt > flushMs) this.#flush()
    }
    this.#flush(this.#ready.over)
    await this.#flushing
    if (this.#fault !== undefined) throw this.#fault
    const debt = nextAt - performance.now()
    if (questions.length > 0 && debt > 0) await sleep(Math.min(debt, sliceMs))
  }

  async #ask({ scheduled, asked, type, question }: Question, { timeoutMs }: ConnectorPace): Promise<void> {
    const { clock, log } = this.#runtime
    const { connector } = this.#source
    const startedAt = clock.now()
    const lacking = connector.canCheck(question)
    let answer: CheckAnswer
    if (lacking !== null) answer = unaskable(lacking)
    else {
      try {
        answer = await connector.check(question, AbortSignal.timeout(timeoutMs + 1_000))
      } catch (error) {
        // A connector that throws is at fault itself; the others' questions go on.
        log.error({ err: error, register: this.#register }, 'connector failed')
        answer = broken()
      }
    }
    if (lacking === null) this.#faultsInARow = answer.outcome === 'ERROR' ? this.#faultsInARow + 1 : 0
    const evidence = answer.evidence && {
      ...answer.evidence,
      sha256: createHash('sha256').update(answer.evidence.body).digest('hex'),
    }
    this.#answered.push({
      scheduled,
      asked,
      type,
      question,
      answer,
      evidence,
      isUnaskable: lacking !== null,
      startedAt,
      finishedAt: clock.now(),
    })
  }

  /** Writes what has been answered, behind what is being written. */
  #flush(over: readonly string[] = []): void {
    const answered = this.#answered.splice(0)
    this.#flushedAt = performance.now()
    if (answered.length === 0 && over.length === 0) return
    const { catalogue, timeZone } = this.#ready
    this.#flushing = this.#flushing
      .then(() =>
        settleAnswers(this.#runtime, this.#organisationId, {
          register: this.#register,
          source: this.#source,
          catalogue,
          timeZone,
          answered,
          over,
        }),
      )
      .catch((error: unknown) => {
        this.#fault ??= error instanceof Error ? error : new Error(String(error))
      })
  }
}

const none = { details: [], conditions: [], ownWords: null, verified: null, evidence: null } as const

const unaskable = (lacking: string): CheckAnswer => ({
  ...none,
  outcome: 'ERROR',
  fault: { code: 'REJECTED', detail: lacking, retryAfterSeconds: null },
})

const broken = (): CheckAnswer => ({
  ...none,
  outcome: 'ERROR',
  fault: { code: 'UNREADABLE', detail: 'The connector failed; see the log.', retryAfterSeconds: null },
})
