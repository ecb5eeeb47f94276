/**
 * Status exports: the answer that goes back to the systems that need it.
 *
 * Owns: exports. Promises: one row per key exactly as last received; every status computed before it is written; never
 * two files of one name; a file is either whole or not there.
 */
import { AppError } from '../../platform/errors.ts'
import { systemCaller, type Caller, type ReadContext, type WriteContext } from '../../platform/context.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { nextDaily } from '../../platform/zoned-time.ts'
import { isAwaited } from '../../evidence/checks/checks.ts'
import { recomputeDue } from '../../compliance/licence-status/licence-status.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { exportSources, statusCopy } from '../../workforce/credentials/credentials.ts'
import { countWithoutSource } from '../../workforce/workers/workers.ts'
import { statusExportHeader, tallyStatuses, type StatusTally } from './exports.rules.ts'
import type { ExportCounts, ExportFilter, ExportPage, ExportRecord, ExportTrigger } from './exports.schema.ts'
import { writeComplianceExport } from './exports.compliance.ts'
import { recordExport } from './exports.record.ts'
import * as store from './exports.store.ts'

export type { ExportRecord } from './exports.schema.ts'
export { expireExports, exportBlobs } from './exports.retention.ts'
export { writeComplianceExport } from './exports.compliance.ts'
export { sourcesOfNames } from './exports.store.ts'

const dailyAt = '05:00:00'

interface ExportPart {
  readonly source: { folded: string; name: string } | null
}

/** What is written by itself: the status exports, and the compliance export where the organisation wants one. */
export async function writeExports(
  runtime: Runtime,
  caller: Caller,
  request: { readonly organisationId: string; readonly trigger: ExportTrigger },
): Promise<void> {
  const { organisationId } = request
  await writeStatusExports(runtime, caller, request)
  const settings = await runtime.read(organisationId, caller, settingsOf)
  if (settings['export.compliance']) await writeComplianceExport(runtime, caller, request)
}

/**
 * Brings the statuses up to date and writes the export: one file per source where there are several, unless the
 * organisation joins them (`export.merge`). Each file is announced by `export.ready`.
 */
export async function writeStatusExports(
  runtime: Runtime,
  caller: Caller,
  request: { readonly organisationId: string; readonly trigger: ExportTrigger },
): Promise<ExportRecord[]> {
  const { organisationId, trigger } = request
  await recomputeDue(runtime, organisationId)
  const parts = await runtime.read(organisationId, caller, async (ctx): Promise<ExportPart[]> => {
    const settings = await settingsOf(ctx)
    const sources = await exportSources(ctx)
    return sources.length < 2 || settings['export.merge']
      ? [{ source: null }]
      : sources.map((source) => ({ source }))
  })
  const written: ExportRecord[] = []
  for (const part of parts) written.push(await writeOne(runtime, caller, organisationId, trigger, part))
  return written
}

async function writeOne(
  runtime: Runtime,
  caller: Caller,
  organisationId: string,
  trigger: ExportTrigger,
  part: ExportPart,
): Promise<ExportRecord> {
  const source = part.source?.folded ?? null
  // One snapshot for both questions: they must not tell of two different moments.
  const { blob, counts } = await runtime.read(
    organisationId,
    caller,
    async (ctx) => {
      const tally = tallyStatuses()
      const peopleWithoutExternalId = await countWithoutSource(ctx)
      const written = await runtime.storage.write(organisationId, statusLines(ctx, source, tally))
      const counted: ExportCounts = { ...tally.counts(), peopleWithoutExternalId }
      return { counts: counted, blob: written }
    },
    { isolation: 'repeatable read' },
  )
  return runtime.write(organisationId, caller, (ctx) =>
    recordExport(ctx, { kind: 'STATUS', source: part.source?.name ?? null, trigger, counts, blob }),
  )
}

async function* statusLines(
  ctx: ReadContext,
  source: string | null,
  tally: StatusTally,
): AsyncGenerator<Buffer> {
  yield Buffer.from(statusExportHeader)
  for await (const chunk of ctx.tx.copyOut(statusCopy(source))) {
    tally.add(chunk as Buffer)
    yield chunk as Buffer
  }
}

/**
 * What follows an import: the daily export is timed, and one is written unless the organisation wants none. Where sources are
 * asked about what the import changed, it waits for their first answers, `export.settleMinutes` at most (spec 50, A run, 7).
 */
export async function exportAfterImport(
  runtime: Runtime,
  organisationId: string,
  importId: string,
): Promise<void> {
  const isDueNow = await runtime.write(organisationId, systemCaller, async (ctx) => {
    await scheduleDaily(ctx)
    const settings = await settingsOf(ctx)
    if (!settings['export.afterImport']) return false
    // Before looking: the last answer that comes from now on finds what waits for it.
    await store.lockSettling(ctx)
    if (settings['export.settleMinutes'] === 0 || !(await isAwaited(ctx, importId))) return true
    const dueAt = new Date(ctx.now.getTime() + settings['export.settleMinutes'] * 60_000)
    await store.insertSettling(ctx, importId, dueAt)
    await ctx.setTimer({ kind: settlingTimer, subjectId: importId, dueAt })
    return false
  })
  if (isDueNow) await writeExports(runtime, systemCaller, { organisationId, trigger: 'IMPORT' })
}

/** The timer that ends the wait for first answers; its subject is the import. */
export const settlingTimer = 'exports.settling'
/** The job that writes what was waited for; its subject is the import. */
export const settledJob = 'exports.settled'

/** The first answers are there, or were waited for long enough: the export is written, once. */
export async function endSettling(ctx: WriteContext, importId: string): Promise<void> {
  await store.lockSettling(ctx)
  if (!(await store.deleteSettling(ctx, importId))) return
  await ctx.clearTimer(settlingTimer, importId)
  await ctx.enqueue(settledJob, importId)
}

/**
 * Sets the timer of the daily export, or takes it away where the organisation has none. With `orEarlier` one that is due
 * sooner stays.
 */
export async function scheduleDaily(
  ctx: WriteContext,
  options: { readonly orEarlier?: boolean } = {},
): Promise<void> {
  const settings = await settingsOf(ctx)
  if (settings['export.schedule'] === 'off') await ctx.clearTimer('exports.daily', ctx.organisationId)
  else
    await ctx.setTimer({
      kind: 'exports.daily',
      subjectId: ctx.organisationId,
      dueAt: nextDaily(ctx.now, dailyAt, settings['timeZone']),
      ...options,
    })
}

/** The sandbox's clock was moved: the next export is not left to a day that lies far ahead now. */
export async function followClock(ctx: WriteContext): Promise<void> {
  if ((await store.exportRows(ctx, 1)).length > 0) await scheduleDaily(ctx, { orEarlier: true })
}

export async function exportById(ctx: ReadContext, id: string): Promise<ExportRecord> {
  const row = await store.exportRow(ctx, id)
  if (!row) throw new AppError('NOT_FOUND', 'There is no such export.')
  return row
}

/** Newest first. */
export function listExports(
  ctx: ReadContext,
  filter: ExportFilter,
  page: ExportPage,
): Promise<{ exports: ExportRecord[]; total: number }> {
  return store.findExports(ctx, filter, page)
}

/** The file, to be read to its end. That it was taken is an audit entry (spec 90, Audit). */
export async function openExport(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  id: string,
): Promise<{ name: string; bytes: number; content: AsyncIterable<Buffer> }> {
  const { fileName, blob } = await runtime.write(organisationId, caller, async (ctx) => {
    const row = await exportById(ctx, id)
    if (row.contentExpiredAt !== null)
      throw new AppError(
        'NOT_FOUND',
        `The file of this export was kept until ${row.contentExpiredAt.toISOString().slice(0, 10)} and is gone. Write a new one.`,
      )
    await ctx.audit({
      entityType: 'export',
      entityId: id,
      action: 'download',
      changes: { fileName: row.fileName },
    })
    return row
  })
  const reader = await runtime.storage.open(organisationId, blob.key)
  async function* content(): AsyncGenerator<Buffer> {
    try {
      yield* reader.stream()
    } finally {
      await reader.close()
    }
  }
  return { name: fileName, bytes: blob.bytes, content: content() }
}

/** Newest first. */
export function latestExports(ctx: ReadContext, limit: number): Promise<ExportRecord[]> {
  return store.exportRows(ctx, limit)
}
