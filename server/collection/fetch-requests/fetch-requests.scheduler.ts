/** What time does to a request: expiry, and reminders that go out by themselves. Safe with any number of nodes. */
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { queueMail } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { settingsOf } from '../../tenancy/organisations/organisations.ts'
import { isWrittenTo, type RequestRow } from './fetch-requests.schema.ts'
import { isOpen } from './fetch-requests.states.rules.ts'
import { lockRequest } from './fetch-requests.store.ts'
import {
  expiryTimer,
  inOfficeHours,
  reminderDueAt,
  reminderOf,
  reminderTimer,
} from './fetch-requests.times.ts'
import { transition } from './fetch-requests.transition.ts'

const dayMs = 86_400_000

/** The request that a timer is about, locked; undefined where there is nothing to do any more. */
async function openRow(ctx: WriteContext, id: string): Promise<RequestRow | undefined> {
  const row = await lockRequest(ctx, id)
  return row && row.deletedAt === null && isOpen(row.status) ? row : undefined
}

/** Closes a request whose link has run out; one whose link was renewed meanwhile waits for the new end. */
export async function expireFetchRequest(
  runtime: Runtime,
  organisationId: string,
  id: string,
): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const row = await openRow(ctx, id)
    if (!row) return
    if (row.tokenExpiresAt > ctx.now)
      await ctx.setTimer({ kind: expiryTimer, subjectId: id, dueAt: row.tokenExpiresAt })
    else await transition(ctx, id, 'EXPIRED')
  })
}

/**
 * Reminds the worker, with the same link and expiry, when the last e-mail is as old as the organisation wants it to be, in its
 * office hours, as often as it allows.
 */
export async function remindByItself(runtime: Runtime, organisationId: string, id: string): Promise<void> {
  await runtime.write(organisationId, systemCaller, async (ctx) => {
    const row = await openRow(ctx, id)
    if (!row || row.emailAddress === null || row.lockedAt !== null || row.tokenExpiresAt <= ctx.now) return
    const settings = await settingsOf(ctx)
    if (row.automaticReminders >= settings['fetchRequest.remindersMax']) return
    const dueAt = reminderDueAt(row, settings)
    const at =
      dueAt > ctx.now
        ? dueAt
        : // Who is inactive or deleted may come back: looked at again the next day, and nothing is counted.
          inOfficeHours(isWrittenTo(row) ? ctx.now : new Date(ctx.now.getTime() + dayMs), settings.timeZone)
    if (at > ctx.now) {
      await ctx.setTimer({ kind: reminderTimer, subjectId: id, dueAt: at })
      return
    }
    const count = row.automaticReminders + 1
    await transition(
      ctx,
      id,
      'REMINDED_AUTOMATICALLY',
      () => ({
        remindersSent: row.remindersSent + 1,
        automaticReminders: count,
        // Until the mail server took it: a mail that never leaves must not bring a reminder a second.
        lastMailAt: ctx.now,
      }),
      { count },
    )
    await queueMail(ctx, reminderOf(id, row.generation, count, row.emailAddress))
    if (count < settings['fetchRequest.remindersMax'])
      await ctx.setTimer({
        kind: reminderTimer,
        subjectId: id,
        dueAt: reminderDueAt({ lastMailAt: ctx.now, issuedAt: row.issuedAt }, settings),
      })
  })
}
