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
  type Catalogue,
} from '../../workforce/credential-types/credential-types.ts'
import {
  dueForStatus,
  earliestStatusDue,
  markAllDue,
  markWorkersDue,
  rollUpWorkers,
  saveStatuses,
  type ComputedStatus,
  type DueCredential,
} from '../../workforce/credentials/credentials.ts'
import { licenceStatusOf } from './licence-status.rules.ts'
import { noteInputs } from './licence-status.store.ts'

const batchSize = 5_000

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
  for (;;) {
    const batch = await runtime.db.withLock(`statuses:${organisationId}`, () =>
      recomputeBatch(runtime, organisationId),
    )
    if (batch === undefined) {
      // Somebody else is at it: what they leave is ours, so that our caller may rely on all being computed.
      await new Promise((resolve) => setTimeout(resolve, 50))
      continue
    }
    result.computed += batch.computed
    result.changed += batch.changed
    isAnew ||= batch.isAnew
    if (batch.computed === batchSize) continue
    if (isAnew && result.changed > 0) {
      await runtime.write(organisationId, systemCaller, (ctx) =>
        ctx.emit({ type: 'compliance.changed', data: { cause: 'SETTINGS', credentials: result.changed } }),
      )
    }
    return result
  }
}

async function recomputeBatch(
  runtime: Runtime,
  organisationId: string,
): Promise<RecomputeResult & { readonly isAnew: boolean }> {
  return runtime.write(organisationId, systemCaller, async (ctx) => {
    const settings = await settingsOf(ctx)
    const catalogue = await catalogueOf(ctx)
    const inputs = JSON.stringify({
      acceptDeclared: [...settings['import.acceptDeclared']].sort(),
      timeZone: settings['timeZone'],
      // A type of the organisation's own is only ever added: nothing that is there rests on it.
      catalogue: loadCatalogue().version,
    })
    const noted = await noteInputs(ctx, inputs)
    // Here and not only where a setting is changed: whoever needs the statuses next must not be earlier than the news.
    if (noted === 'CHANGED') await markAllDue(ctx)
    const isAnew = noted === 'CHANGED'
    const today = localDateOf(ctx.now, settings['timeZone'])
    const due = await dueForStatus(ctx, today, batchSize)
    if (due.length > 0) {
      const computed = compute(catalogue, due, today, settings)
      await saveStatuses(ctx, computed)
      await rollUpWorkers(ctx, [...new Set(due.map((credential) => credential.workerId))])
      const changed = computed.filter((row, index) => {
        const before = due[index] as DueCredential
        return row.status !== before.status || row.reasons.join() !== before.reasons.join()
      }).length
      if (due.length === batchSize) return { computed: due.length, changed, isAnew }
      await setNextTimer(ctx, settings['timeZone'])
      return { computed: due.length, changed, isAnew }
    }
    await setNextTimer(ctx, settings['timeZone'])
    return { computed: 0, changed: 0, isAnew }
  })
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

/** The rules over rows as they lie in the books. Pure. */
function compute(
  catalogue: Catalogue,
  due: readonly DueCredential[],
  today: LocalDate,
  settings: OrganisationSettings,
): ComputedStatus[] {
  const accepted = new Set(settings['import.acceptDeclared'])
  const { timeZone } = settings
  return due.map((credential) => {
    const type = catalogue.types.get(credential.credentialType)
    const { id, rowVersion } = credential
    if (!type) return { id, rowVersion, status: 'yellow', reasons: ['REVIEW_REQUIRED'], dueOn: null }
    const answer = licenceStatusOf({
      type,
      today,
      issueDate: credential.issueDate,
      expiryDate: credential.expiryDate,
      number: credential.number,
      eligibility: credential.eligibility,
      details: credential.details as never,
      assurance: credential.assurance,
      lastGoodAnswerOn: credential.answeredAt ? localDateOf(credential.answeredAt, timeZone) : null,
      checkCadenceDays: type.checkEveryDays,
      acceptDeclared: accepted.has(credential.credentialType),
      workerType: credential.workerType,
    })
    return { id, rowVersion, status: answer.status, reasons: answer.reasons, dueOn: answer.nextChangeOn }
  })
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
  await ctx.enqueue('licence-status.recompute', ctx.organisationId)
}
