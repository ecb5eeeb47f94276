/**
 * How long files are kept (spec 50, A run, 8): processed uploads for `retention.uploadArchiveDays` since they were
 * processed, exports and results for `retention.downloadDays` since they were written; results not before the upload that
 * they tell of, as long as it lies in `/upload`.
 *
 * Once a day, at night; in pieces, each a transaction, so that nothing waits long and a crash costs a piece at most.
 */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { releaseBlobs, type BlobOwner } from '../../platform/storage/sweeper.ts'
import { nextDaily } from '../../platform/zoned-time.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { expireExports } from '../exports/exports.ts'
import { expireRuns, forgetNotices } from '../imports/imports.ts'
import {
  downloadArchiveFolder,
  downloadFolder,
  resultsFolder,
  uploadArchiveFolder,
  uploadFolder,
} from './file-exchange.paths.rules.ts'
import * as retentionStore from './file-exchange.retention.store.ts'
import * as store from './file-exchange.store.ts'

export const retentionTimer = 'file-exchange.retention'

const clearedAt = '03:30:00'
const filesAtOnce = 1_000
/** Then the job makes room for others, and goes on as another one. */
const piecesPerJob = 50

/** Files hand their blobs on to runs, and runs and exports theirs to files: always under the tree's lock. */
export const fileExchangeBlobs: BlobOwner = {
  columns: ['exchange_files.blob_key'],
  holdOff: (ctx) => store.lockTree(ctx),
  neededOf: (ctx, keys) => retentionStore.neededBlobs(ctx, keys),
}

/** There is something that will be old one day. */
export async function timeRetention(ctx: WriteContext): Promise<void> {
  const { timeZone } = await settingsOf(ctx)
  await ctx.setTimer({
    kind: retentionTimer,
    subjectId: ctx.organisationId,
    dueAt: nextDaily(ctx.now, clearedAt, timeZone),
    orEarlier: true,
  })
}

interface Limits {
  readonly uploadsBefore: Date
  readonly downloadsBefore: Date
}

async function limitsOf(ctx: WriteContext): Promise<Limits> {
  const settings = await settingsOf(ctx)
  const daysAgo = (days: number): Date => new Date(ctx.now.getTime() - days * 86_400_000)
  return {
    uploadsBefore: daysAgo(settings['retention.uploadArchiveDays']),
    downloadsBefore: daysAgo(settings['retention.downloadDays']),
  }
}

/** One piece of the tree. False when nothing was left to do. */
async function expireFiles(runtime: Runtime, organisationId: string, limits: Limits): Promise<boolean> {
  const { uploadsBefore, downloadsBefore } = limits
  return runtime.write(organisationId, systemCaller, async (ctx) => {
    await store.lockTree(ctx)
    for (const [folder, before, keepsWith] of [
      [uploadArchiveFolder, uploadsBefore, null],
      [downloadFolder, downloadsBefore, null],
      [downloadArchiveFolder, downloadsBefore, null],
      [resultsFolder, downloadsBefore, uploadFolder],
    ] as const) {
      const gone = await retentionStore.deleteExpired(ctx, folder, before, filesAtOnce, keepsWith)
      if (gone.length === 0) continue
      await retentionStore.recordExpired(ctx, gone)
      await releaseBlobs(
        ctx,
        gone.map((file) => file.blobKey),
      )
      return true
    }
    return false
  })
}

/** Clears up what is too old: in the tree, of the runs and of the exports; then what the storage holds for nobody. */
export async function clearUp(runtime: Runtime, organisationId: string): Promise<void> {
  const limits = await runtime.write(organisationId, systemCaller, async (ctx) => {
    // First of all: whatever becomes of this job, there is one tomorrow.
    await timeRetention(ctx)
    return limitsOf(ctx)
  })
  const runLimits = { filesBefore: limits.uploadsBefore, resultsBefore: limits.downloadsBefore }
  const steps = [
    () => expireFiles(runtime, organisationId, limits),
    () => expireRuns(runtime, organisationId, runLimits),
    () => expireExports(runtime, organisationId, limits.downloadsBefore),
    () => forgetNotices(runtime, organisationId, limits.downloadsBefore),
  ]
  let pieces = 0
  for (const step of steps) {
    while (await step()) {
      pieces += 1
      if (pieces < piecesPerJob) continue
      await runtime.write(organisationId, systemCaller, (ctx) => ctx.enqueue(retentionTimer, organisationId))
      return
    }
  }
  await runtime.write(organisationId, systemCaller, (ctx) =>
    ctx.enqueue('storage.sweepOrphans', organisationId),
  )
}
