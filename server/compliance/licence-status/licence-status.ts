/**
 * Licence status: green, yellow or red for each credential, with its reasons, kept up to date.
 *
 * Owns: what the status is (licence-status.rules.ts) and when it is computed. Each credential carries the first day on
 * which its status may change by time alone; what changes is marked as due at once. So one sweep serves a change, an
 * import of a million rows and the passage of time, and nothing is computed twice.
 */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { localDateOf, type LocalDate } from '../../platform/local-date.ts'
import { startOfDay } from '../../platform/zoned-time.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf, type OrganisationSettings } from '../../tenancy/organisations/organisations.ts'
import {
  catalogueOf,
  loadCatalogue,
  noteCatalogue,
  type Catalogue,
} from '../../workforce/credential-types/credential-types.ts'
import {
  dueForStatus,
  dueMarks,
  earliestStatusDue,
  markAllDue,
  markWorkersDue,
  rollUpWorkers,
  saveStatuses,
  type ComputedStatus,
  type DueCredential,
} from '../../workforce/credentials/credentials.ts'
import { lockWorkers, markAllAnswersDue, remarkAnswers } from '../../workforce/workers/workers.ts'
import { licenceStatusOf, type LicenceStatus } from './licence-status.rules.ts'
import { noteInputs } from './licence-status.store.ts'

/** The job of compliance/answers, which lies to the right. */
const answersJob = 'compliance.answers'

/** Rows of one transaction: enough that its own cost does not count, few enough to lie in memory. */
const batchSize = 4_000
/** Rows judged in one go, before others get their turn. */
const goSize = 250

export interface RecomputeResult {
  readonly computed: number
  readonly changed: number
}

/**
 * Computes every status of the organisation that is due, in batches of one transaction each; all of them when a setting or
 * the catalogue that they rest on has changed since, which `compliance.changed` then tells. Idempotent; two nodes do not do
 * it at once. Sets the timer for the next day on which one may change by time alone.
 */
export async function recomputeDue(runtime: Runtime, organisationId: string): Promise<RecomputeResult> {
  const result = { computed: 0, changed: 0 }
  let isAnew = false
  let after: DueCredential | null = null
  for (;;) {
    const from: DueCredential | null = after
    const batch: Batch | undefined = await runtime.db.withLock(`statuses:${organisationId}`, () =>
      recomputeBatch(runtime, organisationId, from),
    )
    if (batch === undefined) {
      // Somebody else is at it: what they leave is ours, so that our caller may rely on all being computed.
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    result.computed += batch.computed
    result.changed += batch.changed
    isAnew ||= batch.isAnew
    after = batch.last
    // What became due meanwhile may lie before where we are: the last look begins at the beginning.
    if (after !== null || from !== null) continue
    if (isAnew && result.changed > 0) {
      await runtime.write(organisationId, systemCaller, (ctx) =>
        ctx.emit({ type: 'compliance.changed', data: { cause: 'SETTINGS', credentials: result.changed } }),
      )
    }
    return result
  }
}

interface Batch extends RecomputeResult {
  readonly isAnew: boolean
  /** Where the next one begins; null when there was no more. */
  readonly last: DueCredential | null
}

async function recomputeBatch(
  runtime: Runtime,
  organisationId: string,
  after: DueCredential | null,
): Promise<Batch> {
  return runtime.write(organisationId, systemCaller, async (ctx) => {
    const settings = await settingsOf(ctx)
    const catalogue = await catalogueOf(ctx)
    const inputs = JSON.stringify({
      acceptDeclared: [...settings['import.acceptDeclared']].sort(),
      timeZone: settings['timeZone'],
      // Noted with its content, so that what was answered by it can be answered again.
      isCatalogueKept: true,
      // A type of the organisation's own is only ever added: nothing that is there rests on it.
      catalogue: loadCatalogue().version,
    })
    // Here and not only where a setting is changed: whoever needs the statuses next must not be earlier than the news.
    const noted = await noteInputs(ctx, inputs)
    const isAnew = noted === 'CHANGED'
    if (noted !== 'SAME') await noteCatalogue(ctx)
    if (isAnew) {
      await markAllDue(ctx)
      await markAllAnswersDue(ctx)
      await ctx.enqueue(answersJob, ctx.organisationId)
    }
    const today = localDateOf(ctx.now, settings['timeZone'])
    const due = await dueForStatus(ctx, today, isAnew ? null : after, batchSize)
    const computed = await compute(catalogue, due, today, settings)
    await saveStatuses(ctx, computed)
    const toAnswerFor = workersToAnswerFor(due, computed)
    const toRollUp = workersToRollUp(due, computed)
    await lockWorkers(ctx, [...new Set([...toAnswerFor, ...toRollUp])])
    if ((await remarkAnswers(ctx, toAnswerFor)) > 0) await ctx.enqueue(answersJob, ctx.organisationId)
    // After it: whose answer is just being taken away, as his position requires nothing any more, is rolled up once it is gone.
    await rollUpWorkers(ctx, toRollUp)
    const last = due.length === batchSize ? (due.at(-1) ?? null) : null
    if (last === null) await setNextTimer(ctx, settings['timeZone'])
    return { computed: due.length, changed: computed.filter((row) => row.isChanged).length, isAnew, last }
  })
}

/** Whose roll-up may be another: of what changed in itself (it may be over, or new), and of what has another colour. */
function workersToRollUp(due: readonly DueCredential[], computed: readonly ComputedStatus[]): string[] {
  const ids = due.flatMap((before, index) =>
    before.dueOn === dueMarks.changed || computed[index]?.status !== before.status ? [before.workerId] : [],
  )
  return [...new Set(ids)]
}

/** Whose answer may be another: gaps tell reasons too. */
function workersToAnswerFor(due: readonly DueCredential[], computed: readonly ComputedStatus[]): string[] {
  const ids = due.flatMap((before, index) =>
    before.dueOn === dueMarks.changed || computed[index]?.isChanged ? [before.workerId] : [],
  )
  return [...new Set(ids)]
}

async function setNextTimer(ctx: WriteContext, timeZone: string): Promise<void> {
  const next = await earliestStatusDue(ctx)
  if (next === null) await ctx.clearTimer('licence-status.recompute', ctx.organisationId)
  else if (/^\d/.test(next)) {
    await ctx.setTimer({
      kind: 'licence-status.recompute',
      subjectId: ctx.organisationId,
      dueAt: startOfDay(next, timeZone),
    })
  }
}

/** The rules over rows as they lie in the books, some at a time, in the same order. */
async function compute(
  catalogue: Catalogue,
  due: readonly DueCredential[],
  today: LocalDate,
  settings: OrganisationSettings,
): Promise<ComputedStatus[]> {
  const accepted = new Set(settings['import.acceptDeclared'])
  const dayOf = dayFinder(settings['timeZone'])
  const computed: ComputedStatus[] = []
  for (const [index, credential] of due.entries()) {
    if (index % goSize === goSize - 1) await new Promise((resolve) => setImmediate(resolve))
    const { status, reasons, nextChangeOn } = judgeCredential(catalogue, credential, today, accepted, dayOf)
    const isChanged = status !== credential.status || reasons.join() !== credential.reasons.join()
    const { id, rowVersion } = credential
    computed.push({ id, rowVersion, isChanged, status, reasons, dueOn: nextChangeOn })
  }
  return computed
}

/** What a credential's status is computed from. */
export type JudgedCredential = Pick<
  DueCredential,
  | 'credentialType'
  | 'number'
  | 'issueDate'
  | 'expiryDate'
  | 'eligibility'
  | 'details'
  | 'assurance'
  | 'answeredAt'
  | 'workerType'
>

/**
 * The rules over a credential as it is, or was.
 * @param accepted the types for which the organisation lets a declaration be enough
 */
export function judgeCredential(
  catalogue: Catalogue,
  credential: JudgedCredential,
  today: LocalDate,
  accepted: ReadonlySet<string>,
  dayOf: (instant: Date) => LocalDate,
): LicenceStatus {
  const type = catalogue.types.get(credential.credentialType)
  if (!type) return { status: 'yellow', reasons: ['REVIEW_REQUIRED'], nextChangeOn: null }
  return licenceStatusOf({
    type,
    today,
    issueDate: credential.issueDate,
    expiryDate: credential.expiryDate,
    number: credential.number,
    eligibility: credential.eligibility,
    details: credential.details as never,
    assurance: credential.assurance,
    lastGoodAnswerOn: credential.answeredAt ? dayOf(credential.answeredAt) : null,
    checkCadenceDays: type.checkEveryDays,
    acceptDeclared: accepted.has(credential.credentialType),
    workerType: credential.workerType,
  })
}

const quarterHourMs = 900_000

/** The day of an instant in a zone. Clocks differ by quarters of an hour: what was answered in one has one day. */
export function dayFinder(timeZone: string): (instant: Date) => LocalDate {
  const days = new Map<number, LocalDate>()
  return (instant) => {
    const quarter = Math.floor(instant.getTime() / quarterHourMs)
    let day = days.get(quarter)
    if (day === undefined) days.set(quarter, (day = localDateOf(instant, timeZone)))
    return day
  }
}

/** A volunteer's card does not serve paid work: with the kind of work, the status may change. */
export async function recomputeWorkers(
  runtime: Runtime,
  organisationId: string,
  workerIds: readonly string[],
): Promise<void> {
  await runtime.write(organisationId, systemCaller, (ctx) => markWorkersDue(ctx, workerIds))
  await recomputeDue(runtime, organisationId)
}

/** Everything is to be computed anew: the clock was moved. */
export async function recomputeAll(ctx: WriteContext): Promise<void> {
  await markAllDue(ctx)
  await markAllAnswersDue(ctx)
  await ctx.enqueue('licence-status.recompute', ctx.organisationId)
  await ctx.enqueue(answersJob, ctx.organisationId)
}
