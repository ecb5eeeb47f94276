/**
 * The outbox: every mail that the product wrote for an organisation, and what became of it.
 *
 * Owns: reading mails (platform/mail writes and sends them). Promises: who read a mail is on record, since it may open
 * something.
 */
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { openContent } from '../../platform/mail/mail-message.ts'
import { linksIn, type Mail, type MailedLink } from './outbox.schema.ts'
import * as store from './outbox.store.ts'

export { findMails as listMails } from './outbox.store.ts'

/** With what stands in it, as long as that is kept. NOT_FOUND for another organisation's and an unknown one alike. Recorded. */
export async function readMail(ctx: WriteContext, id: string): Promise<Mail> {
  const found = await store.findMail(ctx, id)
  if (!found) throw new AppError('NOT_FOUND', 'There is no such mail.')
  const { mail, body } = found
  await ctx.audit({ entityType: 'settings', entityId: id, action: 'readMail' })
  const { text, html } =
    body.sealed === null
      ? body
      : openContent({ key: await ctx.key(), organisationId: ctx.organisationId, mailId: id }, body.sealed)
  return { ...mail, attributes: { ...mail.attributes, text, html } }
}

const linksMax = 10_000

/** The links in the mails about fetch requests, of all or of one addressee, the newest first. Recorded. */
export async function readLinks(ctx: WriteContext, to?: string): Promise<MailedLink[]> {
  const { organisationId } = ctx
  const found = await store.findFetchRequestMails(ctx, {
    ...(to === undefined ? {} : { to }),
    limit: linksMax,
  })
  if (found.length === 0) return []
  const key = await ctx.key()
  await ctx.audit({
    entityType: 'settings',
    entityId: organisationId,
    action: 'readMailedLinks',
    changes: { mails: found.length },
  })
  return found.flatMap(({ id, sealed, ...about }) =>
    linksIn(openContent({ key, organisationId, mailId: id }, sealed).text).map((url) => ({ url, ...about })),
  )
}
