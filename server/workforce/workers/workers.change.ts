/**
 * Changing one worker: what an integration does over the API, one person at a time.
 *
 * Promises: keys and e-mails stay unique whatever runs at once; what changes nothing leaves no version and no event; a
 * deleted worker can come back unless somebody took their place meanwhile.
 */
import type { WriteContext } from '../../platform/context.ts'
import { brokenUnique, sql } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { findPositionId } from '../positions/positions.ts'
import * as store from './workers.change.store.ts'
import type { Worker, WorkerInput } from './workers.schema.ts'
import { findWorker } from './workers.store.ts'
import { markAnswersDue } from './workers.answers.store.ts'
import { insertVersions } from './workers.versions.store.ts'

const emptied = (text: string | null | undefined): string | null => text ?? null

/** What was sent, as it will lie in the table. */
export function valuesFrom(
  { identity, contact, employment }: WorkerInput,
  positionId: string | null,
): store.WorkerValues {
  return {
    displayName: identity.displayName,
    firstName: emptied(identity.firstName),
    middleName: emptied(identity.middleName),
    lastName: emptied(identity.lastName),
    birthDate: emptied(identity.birthDate),
    workEmail: emptied(contact?.workEmail),
    mobile: emptied(contact?.mobile),
    jobTitle: emptied(employment?.jobTitle),
    positionId,
    state: emptied(employment?.state),
    workerType: employment?.workerType ?? null,
    status: employment?.status ?? 'ACTIVE',
    startDate: emptied(employment?.startDate),
  }
}

/** The same with the position looked up. Refuses one that is not there (VALIDATION_FAILED). */
async function valuesOf(ctx: WriteContext, input: WorkerInput): Promise<store.WorkerValues> {
  const position = emptied(input.employment?.positionId)
  const positionId = position === null ? null : await findPositionId(ctx, position)
  if (positionId === undefined) {
    const detail = `There is no position with the id or code "${position}".`
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/employment/positionId', code: 'UNKNOWN_POSITION', detail }],
    })
  }
  return valuesFrom(input, positionId)
}

async function assertEmailIsFree(ctx: WriteContext, id: string, values: store.WorkerValues): Promise<void> {
  if (values.workEmail === null || values.status !== 'ACTIVE') return
  const holder = await store.emailHolder(ctx, values.workEmail, id)
  if (holder !== undefined)
    throw new AppError('EMAIL_TAKEN', `The active worker ${holder} has this work e-mail.`, {
      extra: { holder },
    })
}

/** A parallel change may take what was free a moment ago: told in the same words. */
async function toldWhenTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const broken = brokenUnique(error)
    if (broken === 'workers_by_active_email')
      throw new AppError('EMAIL_TAKEN', 'Another active worker has just got this work e-mail.', {
        cause: error,
      })
    if (broken === 'worker_sources_pkey')
      throw new AppError('EXTERNAL_ID_TAKEN', 'Another worker has just got this external id.', {
        cause: error,
      })
    throw error
  }
}

const sameKey = (a: store.SourceKey, b: store.SourceKey): boolean =>
  a.externalId === b.externalId && a.sourceSystem.toLowerCase() === b.sourceSystem.toLowerCase()

/** Gives the worker a key that is free or a deleted worker's. Refuses EXTERNAL_ID_TAKEN, naming who has it. */
async function takeSource(
  ctx: WriteContext,
  workerId: string,
  key: store.SourceKey,
  isPrimary: boolean,
): Promise<void> {
  const taken = await store.lockSource(ctx, key)
  if (!taken) return store.insertSource(ctx, workerId, key, isPrimary)
  if (taken.workerId !== workerId) {
    if (!taken.isOfDeletedWorker)
      throw new AppError(
        'EXTERNAL_ID_TAKEN',
        `The worker ${taken.workerId} has the external id ${key.externalId} of ${taken.sourceSystem}.`,
        { extra: { holder: taken.workerId } },
      )
    await store.noteLostSource(ctx, taken.workerId, key)
  }
  await store.assignSource(ctx, workerId, key, isPrimary)
}

/** Makes `key` the worker's primary key; null takes the primary one away. True when something changed. */
async function setPrimarySource(
  ctx: WriteContext,
  workerId: string,
  key: store.SourceKey | null,
): Promise<boolean> {
  const own = await store.sourcesOf(ctx, workerId)
  const primary = own.find((source) => source.isPrimary)
  if (key === null) {
    if (!primary) return false
    await store.removeSource(ctx, primary)
    // Somebody whom another system still knows keeps a primary key.
    const next = own.find((source) => !source.isPrimary)
    if (next) await store.assignSource(ctx, workerId, next, true)
    return true
  }
  if (primary && sameKey(primary, key)) {
    if (primary.sourceSystem === key.sourceSystem) return false
    await store.assignSource(ctx, workerId, key, true)
    return true
  }
  await takeSource(ctx, workerId, key, true)
  if (primary) await store.removeSource(ctx, primary)
  return true
}

async function record(
  ctx: WriteContext,
  id: string,
  action: string,
  fields: readonly string[],
): Promise<void> {
  await insertVersions(ctx, sql`select ${id}::text`, null)
  await markAnswersDue(ctx, sql`select ${id}::text`)
  await ctx.audit({ entityType: 'worker', entityId: id, action, changes: { fields } })
}

async function shown(ctx: WriteContext, id: string): Promise<Worker> {
  const worker = await findWorker(ctx, id)
  if (!worker) throw new AppError('NOT_FOUND', 'There is no such worker.')
  return worker
}

/** Refuses EMAIL_TAKEN and EXTERNAL_ID_TAKEN, naming the other. A deleted worker's key goes to the new one. */
export async function createWorker(ctx: WriteContext, input: WorkerInput): Promise<Worker> {
  const values = await valuesOf(ctx, input)
  const id = ctx.newId('worker')
  await assertEmailIsFree(ctx, id, values)
  await toldWhenTaken(async () => {
    await store.insertWorker(ctx, id, values)
    if (input.source) await setPrimarySource(ctx, id, input.source)
  })
  await record(ctx, id, 'create', [])
  await ctx.emit({ type: 'worker.created', data: { workerIds: [id] } })
  return shown(ctx, id)
}

/** The worker as it is now, locked. NOT_FOUND also for a deleted one. */
export async function lockedWorker(ctx: WriteContext, id: string): Promise<Worker> {
  const row = await store.lockWorker(ctx, id)
  if (!row || row.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such worker.')
  return shown(ctx, id)
}

function changedFields(before: store.WorkerValues, after: store.WorkerValues): string[] {
  return (Object.keys(after) as (keyof store.WorkerValues)[]).filter((name) => before[name] !== after[name])
}

/** Puts the whole worker in place of what was there (PUT). What is absent is emptied; no status means ACTIVE. */
export async function replaceWorker(ctx: WriteContext, id: string, input: WorkerInput): Promise<Worker> {
  const before = await store.lockWorker(ctx, id)
  if (!before || before.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such worker.')
  const values = await valuesOf(ctx, input)
  const fields = changedFields(before, values)
  if (fields.includes('workEmail') || fields.includes('status')) await assertEmailIsFree(ctx, id, values)
  await toldWhenTaken(async () => {
    if (await setPrimarySource(ctx, id, input.source ?? null)) fields.push('source')
    if (fields.length > 0) await store.updateWorker(ctx, id, values, null)
  })
  if (fields.length === 0) return shown(ctx, id)
  await record(ctx, id, 'update', fields)
  await emitChange(ctx, id, fields, values.status)
  return shown(ctx, id)
}

async function emitChange(
  ctx: WriteContext,
  id: string,
  fields: readonly string[],
  status: 'ACTIVE' | 'INACTIVE',
): Promise<void> {
  if (fields.includes('status')) {
    const type = status === 'ACTIVE' ? 'worker.reactivated' : 'worker.deactivated'
    await ctx.emit({ type, data: { workerIds: [id] } })
  }
  const others = fields.filter((field) => field !== 'status')
  if (others.length > 0)
    await ctx.emit({ type: 'worker.updated', data: { workerIds: [id], changed: others } })
}

/** Hides the worker and what they hold from lists, statuses and exports; `restoreWorker` brings them back. */
export async function deleteWorker(ctx: WriteContext, id: string): Promise<void> {
  const row = await store.lockWorker(ctx, id)
  if (!row || row.deletedAt !== null) throw new AppError('NOT_FOUND', 'There is no such worker.')
  await store.updateWorker(ctx, id, row, ctx.now)
  await record(ctx, id, 'delete', [])
  await ctx.emit({ type: 'worker.deleted', data: { workerIds: [id] } })
}

/** NOT_FOUND for one that was never there; one that is not deleted stays as it is. Refuses when key or e-mail is taken. */
export async function restoreWorker(ctx: WriteContext, id: string): Promise<Worker> {
  const row = await store.lockWorker(ctx, id)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such worker.')
  if (row.deletedAt === null) return shown(ctx, id)
  await assertEmailIsFree(ctx, id, row)
  await toldWhenTaken(async () => {
    let hasPrimary = (await store.sourcesOf(ctx, id)).some((source) => source.isPrimary)
    for (const key of row.lostSources) {
      await takeSource(ctx, id, key, !hasPrimary)
      hasPrimary = true
    }
    if (row.lostSources.length > 0) await store.noteLostSource(ctx, id, null)
    await store.updateWorker(ctx, id, row, null)
  })
  await record(ctx, id, 'restore', [])
  await ctx.emit({ type: 'worker.reactivated', data: { workerIds: [id] } })
  return shown(ctx, id)
}

/** Makes the worker with this key or replaces the one who has it. The key in the input must be this one or absent. */
export async function upsertWorker(
  ctx: WriteContext,
  key: store.SourceKey,
  input: WorkerInput,
): Promise<{ readonly worker: Worker; readonly isNew: boolean }> {
  if (input.source && !sameKey(input.source, key)) {
    const detail =
      'The source in the body is another than that in the address. Leave it out, or make them agree.'
    throw new AppError('VALIDATION_FAILED', detail, {
      errors: [{ pointer: '/source', code: 'SOURCE_DIFFERS', detail }],
    })
  }
  const holder = await store.lockSource(ctx, key)
  const own = { ...input, source: input.source ?? key }
  if (!holder || holder.isOfDeletedWorker) return { worker: await createWorker(ctx, own), isNew: true }
  // A further key of somebody does not become the primary one by being used.
  const primary = (await store.sourcesOf(ctx, holder.workerId)).find((source) => source.isPrimary)
  return {
    worker: await replaceWorker(ctx, holder.workerId, {
      ...own,
      source: primary && !holder.isPrimary ? primary : own.source,
    }),
    isNew: false,
  }
}
