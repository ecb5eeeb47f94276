/**
 * Sources that fall silent: the commonest failure of all (spec 50, A run, 8). A source's silence is told once; what ends it
 * is its next file.
 */
import type { WriteContext } from '../../platform/context.ts'
import { localDateOf } from '../../platform/local-date.ts'
import { settingsOf, type OrganisationSettings } from '../../tenancy/organisations/organisations.ts'
import { silenceEnds, withDay } from './imports.rhythm.rules.ts'
import * as store from './imports.sources.store.ts'

export const silenceTimer = 'imports.silence'

const historyMs = 28 * 86_400_000
/** A thousand files of one minute are one sign of life. */
const sameMs = 60_000

/** A file of this source has come: its habit is known better, and its silence begins anew. */
export async function noteArrival(
  ctx: WriteContext,
  file: { readonly source: string; readonly importId: string },
): Promise<void> {
  const folded = file.source.toLowerCase()
  if (await store.isJustSeen(ctx, folded, new Date(ctx.now.getTime() - sameMs))) return
  const settings = await settingsOf(ctx)
  const zone = settings['timeZone']
  let row = await store.lockedSource(ctx, { folded })
  let days = row?.days ?? []
  if (!row) {
    const id = ctx.newId('importSource')
    await store.insertSource(ctx, { id, folded, name: file.source, importId: file.importId })
    row = await store.lockedSource(ctx, { folded })
    if (!row) return
    const since = new Date(ctx.now.getTime() - historyMs)
    for (const at of await store.arrivalHours(ctx, folded, since)) days = withDay(days, localDateOf(at, zone))
  }
  days = withDay(days, localDateOf(ctx.now, zone))
  await store.saveArrival(ctx, row.id, { name: file.source, importId: file.importId, days })
  await timeSilence(ctx, { ...row, days, lastReceivedAt: ctx.now }, settings)
}

async function timeSilence(
  ctx: WriteContext,
  source: Pick<store.SourceRow, 'id' | 'days' | 'lastReceivedAt'>,
  settings: OrganisationSettings,
): Promise<void> {
  const ends = silenceEndOf(source, settings)
  if (ends === null) await ctx.clearTimer(silenceTimer, source.id)
  else await ctx.setTimer({ kind: silenceTimer, subjectId: source.id, dueAt: ends })
}

function silenceEndOf(
  source: Pick<store.SourceRow, 'days' | 'lastReceivedAt'>,
  settings: OrganisationSettings,
): Date | null {
  const hours = settings['import.missingHours']
  return hours === 0 ? null : silenceEnds({ ...source, timeZone: settings['timeZone'] }, hours)
}

/** The silence may be long enough now. Tells it (`import.missing`), once until a file comes. */
export async function tellSilence(ctx: WriteContext, sourceId: string): Promise<void> {
  const source = await store.lockedSource(ctx, { id: sourceId })
  if (!source || source.silenceToldAt !== null) return
  const settings = await settingsOf(ctx)
  const ends = silenceEndOf(source, settings)
  if (ends === null) return
  if (ends > ctx.now) {
    await ctx.setTimer({ kind: silenceTimer, subjectId: sourceId, dueAt: ends })
    return
  }
  await store.saveSilenceTold(ctx, sourceId)
  const { name, lastImportId, lastReceivedAt } = source
  await ctx.audit({
    entityType: 'import',
    entityId: lastImportId,
    action: 'missing',
    changes: { source: name, lastReceivedAt },
  })
  await ctx.emit({
    type: 'import.missing',
    data: { source: name, lastImportId, lastReceivedAt, silentHours: settings['import.missingHours'] },
  })
}

/** How long is too long, or where its days begin, has changed. */
export async function followSilenceSettings(ctx: WriteContext, changedSetting: string): Promise<void> {
  if (changedSetting !== 'import.missingHours' && changedSetting !== 'timeZone') return
  const settings = await settingsOf(ctx)
  for (const source of await store.untoldSources(ctx)) await timeSilence(ctx, source, settings)
}
