/** Whom the references of one body mean, however many there are: a constant number of statements. */
import type { WriteContext } from '../../platform/context.ts'
import type { WorkerReference } from './workers.schema.ts'
import { holdByExternalId, holdById, type ReferredWorker } from './workers.references.store.ts'

export type { ReferredWorker } from './workers.references.store.ts'

/** Whom a reference means, or why it means nobody. */
export type Referred =
  | { readonly worker: ReferredWorker }
  | { readonly code: 'UNKNOWN_WORKER' | 'AMBIGUOUS_WORKER' | 'REFERENCE'; readonly detail: string }

/**
 * In the order given. A deleted worker is found by id, so that the caller can say so; none that is found is deleted until the
 * transaction ends. A reference with neither or both of id and externalId means nobody.
 */
export async function referredWorkers(
  ctx: WriteContext,
  references: readonly Partial<WorkerReference>[],
): Promise<Referred[]> {
  const given = <Key extends 'id' | 'externalId'>(key: Key): string[] => [
    ...new Set(references.flatMap((reference) => reference[key] ?? [])),
  ]
  const byId = new Map((await holdById(ctx, given('id'))).map((worker) => [worker.id, worker]))
  const holders = await holdByExternalId(ctx, given('externalId'))
  return references.map(({ id, externalId, sourceSystem }): Referred => {
    if (
      (id === undefined) === (externalId === undefined) ||
      (sourceSystem !== undefined && externalId === undefined)
    )
      return {
        code: 'REFERENCE',
        detail:
          'A worker is named by exactly one of id and externalId (with sourceSystem where several systems know it).',
      }
    if (id !== undefined) {
      const worker = byId.get(id)
      return worker
        ? { worker }
        : { code: 'UNKNOWN_WORKER', detail: `There is no worker with the id "${id}".` }
    }
    const found = holders.filter(
      (holder) =>
        holder.externalId === externalId &&
        (sourceSystem === undefined || holder.sourceSystem.toLowerCase() === sourceSystem.toLowerCase()),
    )
    const [first] = found
    if (!first)
      return {
        code: 'UNKNOWN_WORKER',
        detail: `There is no worker with the external id "${externalId ?? ''}".`,
      }
    if (found.some((holder) => holder.id !== first.id))
      return {
        code: 'AMBIGUOUS_WORKER',
        detail: `The external id "${externalId ?? ''}" names different people in ${found
          .map((holder) => holder.sourceSystem)
          .sort()
          .join(', ')}. Say which with sourceSystem.`,
      }
    return { worker: first }
  })
}
