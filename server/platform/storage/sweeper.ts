/**
 * Clearing the storage of what nothing names any more.
 *
 * Owns: released_blobs. Promises: a blob goes after the commit that let go of it, never before; not as long as anything
 * names it; and not never: a crash leaves its row, and what has no row at all is found by looking at the storage itself.
 */
import { systemCaller, type WriteContext } from '../context.ts'
import type { Runtime } from '../runtime.ts'
import * as store from './sweeper.store.ts'

/** What keeps blobs for a feature. */
export interface BlobOwner {
  /** The columns that name blobs, as `table.column`: a test of the house sees to it that none is left out. */
  readonly columns: readonly string[]
  /**
   * Keeps everybody, until the transaction ends, from copying a key from one row to another: asked of all owners before any
   * is asked what it needs, so that a key that wanders between them is not overlooked.
   */
  holdOff?(ctx: WriteContext): Promise<void>
  /** Which of these keys the owner still needs. */
  neededOf(ctx: WriteContext, keys: readonly string[]): Promise<readonly string[]>
}

export const sweepTimer = 'storage.sweep'
const sweepDelayMs = 60_000
const batch = 500
/** Then the job makes room for others, and goes on as another one. */
const batchesPerJob = 20
const atOnce = 8
/** Younger ones may belong to work that has not written its row yet. */
const orphanIdleMs = 24 * 3_600_000

/** Blobs that the caller's transaction let go of: they are deleted after it, unless something else names them. */
export async function releaseBlobs(ctx: WriteContext, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await store.insertReleased(ctx, keys)
  await ctx.setTimer({
    kind: sweepTimer,
    subjectId: ctx.organisationId,
    dueAt: new Date(ctx.now.getTime() + sweepDelayMs),
    isQuietTime: true,
    orEarlier: true,
  })
}

async function unneeded(
  ctx: WriteContext,
  owners: readonly BlobOwner[],
  keys: readonly string[],
): Promise<string[]> {
  for (const owner of owners) await owner.holdOff?.(ctx)
  const needed = new Set<string>()
  for (const owner of owners) for (const key of await owner.neededOf(ctx, keys)) needed.add(key)
  return keys.filter((key) => !needed.has(key))
}

async function deleteAll(runtime: Runtime, organisationId: string, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += atOnce) {
    const some = keys.slice(at, at + atOnce)
    await Promise.all(some.map((key) => runtime.storage.delete(organisationId, key)))
  }
}

/** Deletes what was released and is needed by nobody. May be repeated, and stopped at any point. */
export async function sweepReleased(
  runtime: Runtime,
  organisationId: string,
  owners: readonly BlobOwner[],
): Promise<void> {
  for (let batches = 0, after = ''; ; batches += 1) {
    const released = await runtime.read(organisationId, systemCaller, (ctx) =>
      store.releasedBlobs(ctx, after, batch),
    )
    const last = released.at(-1)
    if (last === undefined) return
    if (batches === batchesPerJob) {
      await runtime.write(organisationId, systemCaller, (ctx) => ctx.enqueue(sweepTimer, organisationId))
      return
    }
    after = last.key
    const keys = released.map(({ key }) => key)
    // Nobody can name again what nothing names: a new name is always a copy of one that is there.
    const free = await runtime.write(organisationId, systemCaller, (ctx) => unneeded(ctx, owners, keys))
    await deleteAll(runtime, organisationId, free)
    await runtime.write(organisationId, systemCaller, (ctx) => store.deleteReleased(ctx, released))
  }
}

/**
 * Deletes what lies in the storage without anything that names it: what a crash left between a file and its row. Only
 * what nobody wrote to for a day.
 */
export async function sweepOrphans(
  runtime: Runtime,
  organisationId: string,
  owners: readonly BlobOwner[],
): Promise<number> {
  let swept = 0
  const sweep = async (keys: readonly string[]): Promise<void> => {
    const free = await runtime.write(organisationId, systemCaller, (ctx) => unneeded(ctx, owners, keys))
    await deleteAll(runtime, organisationId, free)
    swept += free.length
  }
  let idle: string[] = []
  for await (const { key, idleMs } of runtime.storage.list(organisationId)) {
    if (idleMs >= orphanIdleMs) idle.push(key)
    if (idle.length < batch) continue
    await sweep(idle)
    idle = []
  }
  if (idle.length > 0) await sweep(idle)
  if (swept > 0) {
    runtime.log.info({ organisationId, swept }, 'orphaned files removed')
    await runtime.write(organisationId, systemCaller, (ctx) =>
      ctx.audit({
        entityType: 'storage',
        entityId: organisationId,
        action: 'sweep',
        changes: { files: swept },
      }),
    )
  }
  return swept
}
