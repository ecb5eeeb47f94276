/**
 * When the waiting files of the exchange are taken: one timer of an organisation, at the next time of its schedule. It is
 * found anew when the schedule, the zone or the sandbox's clock changes, and when a file that others waited for is decided.
 */
import type { WriteContext } from '../../platform/context.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { nextPickUp } from './imports.schedule.rules.ts'
import * as store from './imports.store.ts'

/** A file has arrived: the quiet time begins anew, any other slot stays the same. */
export async function timePickUp(
  ctx: WriteContext,
  options: { readonly orEarlier?: boolean } = {},
): Promise<void> {
  const settings = await settingsOf(ctx)
  const schedule = settings['import.schedule']
  await ctx.setTimer({
    kind: 'imports.pickUp',
    subjectId: ctx.organisationId,
    dueAt: nextPickUp(schedule, ctx.now, settings['timeZone'], settings['import.quietSeconds']),
    isQuietTime: schedule === 'realtime',
    ...options,
  })
}

/** Nothing has arrived, but files may wait that can be taken now, or at another time than before. */
export async function retimePickUp(
  ctx: WriteContext,
  options: { readonly orEarlier?: boolean } = {},
): Promise<void> {
  if (await store.hasWaitingFiles(ctx)) await timePickUp(ctx, options)
}

const schedulingSettings = ['import.schedule', 'import.quietSeconds', 'timeZone']

/** The schedule is another: waiting files are taken by it, and no longer by the one before. */
export async function followSchedule(ctx: WriteContext, changedSetting: string): Promise<void> {
  if (schedulingSettings.includes(changedSetting)) await retimePickUp(ctx)
}
