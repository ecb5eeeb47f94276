/** How long the files of exports are kept (spec 50, A run, 8). That they were written is kept for good. */
import { systemCaller } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs, type BlobOwner } from '../../platform/storage/sweeper.ts'
import * as store from './exports.store.ts'

const atOnce = 500

export const exportBlobs: BlobOwner = {
  columns: ['exports.blob_key'],
  neededOf: (ctx, keys) => store.neededBlobs(ctx, keys),
}

/** Lets go of files that were written before `before`: one bounded piece. False when nothing was left to do. */
export async function expireExports(
  runtime: Runtime,
  organisationId: string,
  before: Date,
): Promise<boolean> {
  return runtime.write(organisationId, systemCaller, async (ctx) => {
    const keys = await store.expireContents(ctx, before, atOnce)
    await releaseBlobs(ctx, keys)
    return keys.length > 0
  })
}
