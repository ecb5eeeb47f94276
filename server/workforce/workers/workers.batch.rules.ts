/**
 * Which items of a batch of workers can be done (spec 10, Workers). Pure: what lies in the books is handed in.
 *
 * An item that cannot be done fails by itself and the others go on, judged on the end state of the whole batch: two
 * people may swap their e-mails in one. An item that fails keeps what it had, so that another may fail by it.
 */
import type { Fault } from '../../platform/errors.ts'
import type { WorkerInput } from './workers.schema.ts'

/** A worker to be made or replaced, under a key of another system. */
export interface BatchItem {
  readonly index: number
  readonly input: WorkerInput
  readonly externalId: string
  readonly sourceSystem: string
}

export interface BatchFault {
  readonly code: string
  readonly detail: string
  readonly errors?: readonly Fault[]
}

/** Who has the key of an item now. */
export interface KeyHolder {
  readonly workerId: string
  readonly isDeleted: boolean
}

/** An active worker and the e-mail that they have now. */
export interface EmailHolder {
  readonly workerId: string
  readonly email: string
}

export interface BatchBooks {
  /** By `keyOf` of the item. */
  readonly holders: ReadonlyMap<string, KeyHolder>
  /** Active workers who have an e-mail that an item wants. */
  readonly emails: readonly EmailHolder[]
  /** Ids by id or code, of the positions that items name. */
  readonly positions: ReadonlyMap<string, string>
}

export const keyOf = (sourceSystem: string, externalId: string): string =>
  `${sourceSystem.toLowerCase()}\n${externalId}`

export const emailOf = ({ contact, employment }: WorkerInput): string | null =>
  (employment?.status ?? 'ACTIVE') === 'ACTIVE' ? (contact?.workEmail?.toLowerCase() ?? null) : null

/** The faults by index of the items that cannot be done. */
export function judgeBatch(items: readonly BatchItem[], books: BatchBooks): Map<number, BatchFault> {
  const faults = new Map<number, BatchFault>()
  const fail = (index: number, code: string, detail: string, pointer?: string): void => {
    const errors = pointer === undefined ? {} : { errors: [{ pointer, code, detail }] }
    faults.set(index, { code: pointer === undefined ? code : 'VALIDATION_FAILED', detail, ...errors })
  }
  const byKey = new Map<string, number>()
  const byWorker = new Map<string, number>()
  for (const { index, input, externalId, sourceSystem } of items) {
    const key = keyOf(sourceSystem, externalId)
    const earlier = byKey.get(key)
    const position = input.employment?.positionId ?? null
    const holder = books.holders.get(key)
    const twin = holder && !holder.isDeleted ? byWorker.get(holder.workerId) : undefined
    if (earlier !== undefined)
      fail(index, 'DUPLICATE_ITEM', `Item ${earlier} has the same external id. Send each person once.`)
    else if (position !== null && !books.positions.has(position))
      fail(
        index,
        'UNKNOWN_POSITION',
        `There is no position with the id or code "${position}".`,
        '/employment/positionId',
      )
    else if (twin !== undefined)
      fail(
        index,
        'DUPLICATE_ITEM',
        `Item ${twin} is the same person under another key. Send each person once.`,
      )
    byKey.set(key, earlier ?? index)
    if (holder && !holder.isDeleted && !faults.has(index)) byWorker.set(holder.workerId, index)
  }
  while (failTakenEmails(items, books, byWorker, faults, fail));
  return faults
}

/** One round over the e-mails; true when an item failed, which may make another one fail. */
function failTakenEmails(
  items: readonly BatchItem[],
  { holders, emails }: BatchBooks,
  byWorker: ReadonlyMap<string, number>,
  faults: ReadonlyMap<number, BatchFault>,
  fail: (index: number, code: string, detail: string) => void,
): boolean {
  const doing = items.filter(({ index }) => !faults.has(index))
  const doneTo = new Set(
    [...byWorker].filter(([, index]) => !faults.has(index)).map(([workerId]) => workerId),
  )
  // Who has an e-mail when the batch is done: those whom it does not touch, then the items in their order.
  const takenBy = new Map(
    emails.filter(({ workerId }) => !doneTo.has(workerId)).map(({ email, workerId }) => [email, workerId]),
  )
  const before = faults.size
  for (const { index, input, externalId, sourceSystem } of doing) {
    const email = emailOf(input)
    if (email === null) continue
    const own = holders.get(keyOf(sourceSystem, externalId))
    const holder = takenBy.get(email)
    if (holder !== undefined && holder !== own?.workerId)
      fail(index, 'EMAIL_TAKEN', `The active worker ${holder} has this work e-mail.`)
    else takenBy.set(email, own && !own.isDeleted ? own.workerId : `of item ${index}`)
  }
  return faults.size > before
}
