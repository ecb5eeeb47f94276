/** Recording an export that was written: its name, its audit entry, and that it is ready. */
import type { WriteContext } from '../../platform/context.ts'
import { wallClock } from '../../platform/local-date.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { statusExportName } from './exports.rules.ts'
import type { ExportRecord } from './exports.schema.ts'
import * as store from './exports.store.ts'

export type WrittenExport = Pick<ExportRecord, 'kind' | 'source' | 'trigger' | 'counts' | 'blob'>

/** What stands in a name where the source of a status export does. No source is called so (spec 50, Files). */
const complianceMark = 'COMPLIANCE'

/** `export.ready` announces it. Never two of one name. */
export async function recordExport(ctx: WriteContext, written: WrittenExport): Promise<ExportRecord> {
  await store.lockNames(ctx)
  const { kind, source, trigger, counts, blob } = written
  const row: ExportRecord = {
    id: ctx.newId('export'),
    kind,
    source,
    fileName: await freeName(ctx, kind === 'COMPLIANCE' ? complianceMark : source),
    trigger,
    counts,
    blob,
    createdAt: ctx.now,
    contentExpiredAt: null,
  }
  await store.insertExport(ctx, row)
  await ctx.audit({
    entityType: 'export',
    entityId: row.id,
    action: 'create',
    changes: { kind, fileName: row.fileName, trigger, counts, sha256: blob.sha256 },
  })
  await ctx.emit({ type: 'export.ready', data: { exportId: row.id } })
  return row
}

/** The name of this second, or of the first second after it that no export has yet. */
async function freeName(ctx: WriteContext, middle: string | null): Promise<string> {
  const settings = await settingsOf(ctx)
  for (let second = 0; ; second += 1) {
    const at = wallClock(new Date(ctx.now.getTime() + second * 1_000), settings['timeZone'])
    const name = statusExportName(settings['export.filePrefix'], middle, at)
    if (!(await store.isNameTaken(ctx, name))) return name
  }
}
