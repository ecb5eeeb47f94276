/**
 * The outbox: every mail that the product wrote for an organisation, and what became of it.
 *
 * Owns: reading mails (platform/mail writes and sends them). Promises: who read a mail is on record, since it may open
 * something.
 */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import type { Mail } from './outbox.schema.ts'
import * as store from './outbox.store.ts'

export { findMails as listMails } from './outbox.store.ts'

/** NOT_FOUND for another organisation's and an unknown one alike. Recorded. */
export async function readMail(ctx: WriteContext, id: string): Promise<Mail> {
  const mail = await store.findMail(ctx, id)
  if (!mail) throw new AppError('NOT_FOUND', 'There is no such mail.')
  await ctx.audit({ entityType: 'settings', entityId: id, action: 'readMail' })
  return mail
}
