/**
 * Many workers at once: made or replaced by the keys of other systems, each item with its own result, set-wise.
 *
 * Promises: what can be done is done, in one transaction; an item that cannot says why and changes nothing; the number
 * of statements does not grow with the items.
 */
import type { WriteContext } from '../../platform/context.ts'
import { brokenUnique, isRetryable } from '../../platform/db/database.ts'
import { faultsOf } from '../../platform/faults.ts'
import { findPositionIds } from '../positions/positions.ts'
import { emailOf, judgeBatch, keyOf, type BatchFault, type BatchItem } from './workers.batch.rules.ts'
import * as store from './workers.batch.store.ts'
import { valuesFrom } from './workers.change.ts'
import { batchItem } from './workers.schema.ts'

export interface BatchResult {
  readonly index: number
  readonly externalId: string | null
  readonly sourceSystem: string | null
  readonly result: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'FAILED'
  readonly id: string | null
  readonly problem: BatchFault | null
}

export interface BatchOutcome {
  readonly counts: Readonly<Record<'created' | 'updated' | 'unchanged' | 'failed', number>>
  /** One for each item, in the order in which they were sent. */
  readonly results: readonly BatchResult[]
}

const attemptsMax = 5

/**
 * Runs a batch's unit of work again when a parallel change took a key or an e-mail between its look and its write: the
 * next look sees it, and the item fails in words instead of the whole batch.
 */
export async function unhindered<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const isHindered = brokenUnique(error) !== undefined || isRetryable(error)
      if (!isHindered || attempt === attemptsMax) throw error
    }
  }
}

const textOr = (value: unknown, name: string): string | null => {
  const found = (value as { source?: Record<string, unknown> } | null)?.source?.[name]
  return typeof found === 'string' ? found : null
}

/** Makes or replaces the workers of these items; what is absent of one is emptied, as with PUT. */
export async function upsertWorkers(ctx: WriteContext, sent: readonly unknown[]): Promise<BatchOutcome> {
  const failed = new Map<number, BatchFault>()
  const items = sent.flatMap((one, index): BatchItem[] => {
    const parsed = batchItem.safeParse(one)
    if (parsed.success) return [{ index, input: parsed.data, ...parsed.data.source }]
    const errors = faultsOf(parsed.error)
    failed.set(index, {
      code: 'VALIDATION_FAILED',
      detail: errors.map((fault) => fault.detail).join(' '),
      errors,
    })
    return []
  })
  // E-mails before keys: a parallel batch of the same people that commits in between shows its keys then, and these are
  // no strangers who have the e-mails.
  const wanted = items.flatMap(({ input }) => emailOf(input) ?? [])
  const emails = wanted.length === 0 ? [] : await store.emailHolders(ctx, wanted)
  const holders = new Map(
    (await store.lockKeys(ctx, items)).map(({ sourceFolded, externalId, ...holder }) => [
      keyOf(sourceFolded, externalId),
      holder,
    ]),
  )
  const named = items.flatMap(({ input }) => input.employment?.positionId ?? [])
  const positions = named.length === 0 ? new Map<string, string>() : await findPositionIds(ctx, named)
  for (const [index, fault] of judgeBatch(items, { holders, emails, positions })) failed.set(index, fault)

  const rows = items
    .filter(({ index }) => !failed.has(index))
    .map(({ index, input, externalId, sourceSystem }): store.BatchRow => {
      const holder = holders.get(keyOf(sourceSystem, externalId))
      const isNew = !holder || holder.isDeleted
      const position = input.employment?.positionId ?? null
      return {
        index,
        externalId,
        sourceSystem,
        isNew,
        id: isNew ? ctx.newId('worker') : holder.workerId,
        values: valuesFrom(input, position === null ? null : (positions.get(position) ?? null)),
      }
    })
  const changed = rows.length === 0 ? [] : await store.writeBatch(ctx, rows)
  const made = rows.filter((row) => row.isNew).map((row) => row.id)
  if (made.length + changed.length > 0) await store.recordBatch(ctx, made, changed)
  await tell(ctx, made, changed)
  return outcome(sent, failed, rows, new Set(changed.map((row) => row.id)))
}

/** An event for each kind of change; those that others must judge anew say which fields. */
async function tell(
  ctx: WriteContext,
  made: readonly string[],
  changed: readonly { readonly id: string; readonly changed: readonly string[]; readonly status: string }[],
): Promise<void> {
  const withStatus = changed.filter((row) => row.changed.includes('status'))
  const idsOf = (status: string): string[] =>
    withStatus.filter((row) => row.status === status).map((row) => row.id)
  const others = changed.filter((row) => row.changed.some((field) => field !== 'status'))
  const events = [
    ['worker.created', made, undefined],
    ['worker.reactivated', idsOf('ACTIVE'), undefined],
    ['worker.deactivated', idsOf('INACTIVE'), undefined],
    [
      'worker.updated',
      others.map((row) => row.id),
      [...new Set(others.flatMap((row) => row.changed))].filter((field) => field !== 'status'),
    ],
  ] as const
  for (const [type, workerIds, fields] of events)
    if (workerIds.length > 0)
      await ctx.emit({ type, data: { workerIds, ...(fields === undefined ? {} : { changed: fields }) } })
}

function outcome(
  sent: readonly unknown[],
  failed: ReadonlyMap<number, BatchFault>,
  rows: readonly store.BatchRow[],
  changed: ReadonlySet<string>,
): BatchOutcome {
  const byIndex = new Map(rows.map((row) => [row.index, row]))
  const results = sent.map((one, index): BatchResult => {
    const row = byIndex.get(index)
    const result = !row ? 'FAILED' : row.isNew ? 'CREATED' : changed.has(row.id) ? 'UPDATED' : 'UNCHANGED'
    return {
      index,
      externalId: row?.externalId ?? textOr(one, 'externalId'),
      sourceSystem: row?.sourceSystem ?? textOr(one, 'sourceSystem'),
      result,
      id: row?.id ?? null,
      problem: failed.get(index) ?? null,
    }
  })
  const count = (result: BatchResult['result']): number =>
    results.filter((one) => one.result === result).length
  return {
    counts: {
      created: count('CREATED'),
      updated: count('UPDATED'),
      unchanged: count('UNCHANGED'),
      failed: count('FAILED'),
    },
    results,
  }
}
