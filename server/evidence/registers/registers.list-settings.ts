/** How the published list of a register is had and read, and when it is fetched next. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { listSettings, type ListSettings } from './registers.schema.ts'
import * as store from './registers.store.ts'

/** The timer of the next look at what is published; its subject is the register. */
export const fetchTimer = 'registers.fetchList'

/** Undefined where the register is connected otherwise or not at all. */
export async function listSettingsOf(ctx: ReadContext, register: string): Promise<ListSettings | undefined> {
  const row = await store.connectorRow(ctx, register)
  return row?.kind === 'list' ? listSettings.parse(row.settings) : undefined
}

/** Begins to fetch the list now and in its times, or ends it where it is uploaded, or had otherwise. */
export async function scheduleFetch(
  ctx: WriteContext,
  register: string,
  settings: Pick<ListSettings, 'url'> | null,
): Promise<void> {
  if (settings === null || settings.url === null) await ctx.clearTimer(fetchTimer, register)
  else await ctx.setTimer({ kind: fetchTimer, subjectId: register, dueAt: ctx.now })
}
