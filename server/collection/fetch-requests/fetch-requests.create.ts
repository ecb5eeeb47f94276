/**
 * Asking: one worker or many.
 *
 * Promises: a bulk call costs a constant number of statements; each worker's fault is that worker's alone; a request is there
 * with its mail, its timers and the first entry of its history, or not at all.
 */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { AppError, type Fault } from '../../platform/errors.ts'
import { faultsOf } from '../../platform/faults.ts'
import { localDateOf } from '../../platform/local-date.ts'
import { isAddress, queueMails } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { catalogueOf } from '../../workforce/credential-types/credential-types.ts'
import { leavesOf } from '../../workforce/requirements/requirements.schema.ts'
import { referredWorkers, type Referred, type ReferredWorker } from '../../workforce/workers/workers.ts'
import * as store from './fetch-requests.create.store.ts'
import { currentLinkKey, tokenHashOf, tokenOf } from './fetch-requests.links.ts'
import {
  present,
  bulkWorker,
  type Asked,
  type BulkOutcome,
  type BulkFetchRequests,
  type FetchRequest,
  type NewFetchRequest,
} from './fetch-requests.schema.ts'
import { findRequest } from './fetch-requests.store.ts'
import { invitationOf, timersOf } from './fetch-requests.times.ts'
import { askedTypes, treeOfTypes } from './fetch-requests.tree.rules.ts'

const dayMs = 86_400_000

/** Refuses (VALIDATION_FAILED, all at once) types that nobody knows and texts beside types that are not asked for. */
async function prepared(ctx: WriteContext, asked: Asked) {
  const { types } = await catalogueOf(ctx)
  const tree = asked.requirements ?? treeOfTypes(asked.requestedCredentialTypes ?? [])
  const faults: Fault[] = []
  const unknown = (pointer: string, code: string): void => {
    if (!types.has(code))
      faults.push({
        pointer,
        code: 'UNKNOWN_CREDENTIAL_TYPE',
        detail: `There is no credential type "${code}".`,
      })
  }
  if (asked.requestedCredentialTypes)
    asked.requestedCredentialTypes.forEach((code, index) =>
      unknown(`/requestedCredentialTypes/${index}`, code),
    )
  else
    for (const { pointer, leaf } of leavesOf(tree)) {
      unknown(`/requirements${pointer}/credentialType`, leaf.credentialType)
      leaf.exemptedBy?.forEach((code, index) => unknown(`/requirements${pointer}/exemptedBy/${index}`, code))
    }
  const items = askedTypes(tree)
  if (items.length === 0)
    faults.push({
      pointer: '/requirements',
      code: 'NOTHING_ASKED',
      detail: 'The requirements name no credential type that a worker could supply.',
    })
  const guidingTexts = asked.credentialGuidingTexts ?? {}
  for (const code of Object.keys(guidingTexts))
    if (!items.some(({ credentialType }) => credentialType === code))
      faults.push({
        pointer: `/credentialGuidingTexts/${code.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        code: 'NOT_ASKED',
        detail: `"${code}" is not among the types asked for.`,
      })
  if (faults.length > 0)
    throw new AppError('VALIDATION_FAILED', faults.map(({ detail }) => detail).join(' '), { errors: faults })
  return { tree, items, guidingTexts }
}

/** Why this worker cannot be asked; undefined when they can. */
function hindranceOf(
  worker: ReferredWorker,
  { needsMail, needsBirthDate }: { readonly needsMail: boolean; readonly needsBirthDate: boolean },
): string | undefined {
  if (worker.deletedAt !== null) return 'The worker was deleted. Restore them first.'
  if (worker.status === 'INACTIVE') return 'The worker is inactive. Only active workers are asked.'
  if (needsMail && worker.workEmail === null)
    return 'The worker has no e-mail address on file. Add one, or ask with delivery {"channel": "LINK"} and hand the link over.'
  if (needsMail && !isAddress(worker.workEmail ?? ''))
    return 'The worker’s e-mail address on file cannot be written to. Mend it, or ask with delivery {"channel": "LINK"}.'
  if (needsBirthDate && worker.birthDate === null)
    return 'The worker has no date of birth on file, which the organisation asks for before it shows anything (fetchRequest.stepUp).'
  return undefined
}

interface Made {
  readonly id: string
  readonly workerId: string
}

/** Makes a request for each of the workers that can be asked; what keeps the others from it, in the order given. */
async function ask(
  runtime: Runtime,
  ctx: WriteContext,
  asked: Asked,
  referred: readonly Referred[],
): Promise<(Made | { readonly code: string; readonly detail: string })[]> {
  const settings = await settingsOf(ctx)
  const { tree, items, guidingTexts } = await prepared(ctx, asked)
  const channel = asked.delivery?.channel ?? 'EMAIL'
  const needs = {
    needsMail: channel === 'EMAIL',
    needsBirthDate:
      settings['fetchRequest.stepUp'] === 'birthDate' && !settings['fetchRequest.stepUpMayBeSkipped'],
  }
  const { version, key } = await currentLinkKey(runtime, ctx.tx, ctx.now)
  const expiryDays = asked.expiryDays ?? settings['fetchRequest.expiryDays']
  const tokenExpiresAt = new Date(ctx.now.getTime() + expiryDays * dayMs)
  const today = localDateOf(ctx.now, settings.timeZone)
  const seen = new Set<string>()
  const requests: store.NewRequest[] = []
  const outcomes = referred.map((one) => {
    if (!('worker' in one)) return one
    const { worker } = one
    if (seen.has(worker.id))
      return { code: 'TWICE', detail: 'The worker is named before in this call, and is asked once.' }
    seen.add(worker.id)
    const detail = hindranceOf(worker, needs)
    if (detail !== undefined) return { code: 'CANNOT_BE_ASKED', detail }
    const id = ctx.newId('fetchRequest')
    requests.push({
      id,
      workerId: worker.id,
      displayName: `Fetch Request — ${worker.displayName} — ${today}`,
      emailAddress: channel === 'EMAIL' ? worker.workEmail : null,
      tokenHash: tokenHashOf(tokenOf(key, id, 1)),
    })
    return { id, workerId: worker.id }
  })
  if (requests.length === 0) return outcomes
  await store.insertRequests(ctx, requests, {
    message: asked.message === undefined || asked.message === '' ? null : asked.message,
    requestedTypes: asked.requestedCredentialTypes ?? null,
    requirements: tree,
    guidingTexts,
    expiryDays,
    channel,
    linkKeyVersion: version,
    tokenExpiresAt,
  })
  await store.insertItems(
    ctx,
    requests.flatMap(({ id }) =>
      items.map((item, place) => ({ ...item, id: ctx.newId('fetchRequestItem'), requestId: id, place })),
    ),
  )
  const ids = requests.map(({ id }) => id)
  await store.insertFirstHistory(ctx, ids)
  await ctx.auditAll(
    requests.map(({ id, workerId }) => ({
      entityType: 'captureRequest',
      entityId: id,
      action: 'create',
      changes: { workerId, credentialTypes: items.map(({ credentialType }) => credentialType), channel },
    })),
  )
  await ctx.emitSelected(sql`select 'fetchRequest.created' as type,
      jsonb_build_object('fetchRequestId', r.id, 'workerId', r.worker_id) as data
    from jsonb_to_recordset(${JSON.stringify(requests.map(({ id, workerId }) => ({ id, worker_id: workerId })))}::jsonb) r (id text, worker_id text)`)
  await queueMails(
    ctx,
    requests.flatMap(({ id, emailAddress }) =>
      emailAddress === null ? [] : [invitationOf(id, 1, emailAddress)],
    ),
  )
  await ctx.setTimers(
    ids.flatMap((id) =>
      timersOf({ id, tokenExpiresAt, lastMailAt: null, issuedAt: ctx.now, channel }, settings),
    ),
  )
  return outcomes
}

/**
 * Asks one worker. Refuses VALIDATION_FAILED (the body's faults, all at once; a worker that is unknown or ambiguous) and
 * WORKER_CANNOT_BE_ASKED (422: deleted, inactive, without an e-mail address or, where it is needed, a date of birth).
 */
export async function createFetchRequest(
  runtime: Runtime,
  ctx: WriteContext,
  { worker, ...asked }: NewFetchRequest,
): Promise<FetchRequest> {
  const [referred] = await referredWorkers(ctx, [worker])
  if (referred && !('worker' in referred))
    throw new AppError('VALIDATION_FAILED', referred.detail, {
      errors: [{ pointer: '/worker', code: referred.code, detail: referred.detail }],
    })
  const [outcome] = await ask(runtime, ctx, asked, referred ? [referred] : [])
  if (!outcome) throw new Error('one worker, one outcome')
  if (!('id' in outcome)) throw new AppError('WORKER_CANNOT_BE_ASKED', outcome.detail)
  const row = await findRequest(ctx, outcome.id)
  if (!row) throw new Error('the request was made just now')
  return present(row)
}

/**
 * Asks many workers for the same, in the order given. Refuses (VALIDATION_FAILED) faults of what they have in common, and more
 * workers than the organisation takes in one call; a worker's own fault is in their outcome.
 */
export async function createFetchRequests(
  runtime: Runtime,
  ctx: WriteContext,
  { workers, ...asked }: BulkFetchRequests,
): Promise<BulkOutcome[]> {
  const most = (await settingsOf(ctx))['fetchRequest.bulkMax']
  if (workers.length > most) {
    const detail = `There are ${workers.length} workers, and ${most} is the most in one call. Split the list.`
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/workers', code: 'TOO_MANY', detail }],
    })
  }
  const judged = workers.map((sent) => {
    const { data, error } = bulkWorker.safeParse(sent)
    return (
      data ?? {
        code: 'REFERENCE' as const,
        detail: faultsOf(error)
          .map(({ detail: words }) => words.replace(/^The body:/, 'The worker:'))
          .join(' '),
      }
    )
  })
  const found = await referredWorkers(
    ctx,
    judged.map((one) => ('code' in one ? {} : one)),
  )
  const outcomes = await ask(
    runtime,
    ctx,
    asked,
    found.map((one, index) => {
      const fault = judged[index]
      return fault && 'code' in fault ? fault : one
    }),
  )
  return outcomes.map((outcome, index) =>
    'id' in outcome
      ? { success: true, workerId: outcome.workerId, requestId: outcome.id }
      : { success: false, workerId: sentIdOf(workers[index]), error: outcome.detail },
  )
}

/** What a caller knows the worker by who could not be asked. */
function sentIdOf(sent: unknown): string | null {
  const { id, externalId } = (sent ?? {}) as Readonly<Record<string, unknown>>
  return [id, externalId].find((one): one is string => typeof one === 'string') ?? null
}
