/**
 * Mail: written in the unit of work of its cause, sent by a job, tried again while the mail server cannot take it.
 *
 * Owns: mails on their way. Promises: no mail without its cause and no cause without its mail, and not two for one (README.md);
 * at most one attempt at a time; nothing that opens something lies readable in a row.
 */
import { AppError } from '../errors.ts'
import type { WriteContext } from '../context.ts'
import { sealContent } from './mail-message.ts'
import * as store from './mail.store.ts'

export type { MailContent, MailDefinition, MailOfKind, MailParts } from './mail-definition.ts'

/** A mail whose text is known now. */
export interface WrittenMail {
  /** What it is for, like `user.invitation`. */
  readonly kind: string
  /** One address. */
  readonly to: string
  readonly subject: string
  /** Complete by itself. */
  readonly text: string
  readonly html?: string
  readonly about?: { readonly type: string; readonly id: string }
  /** See `RenderedMail`. */
  readonly cause?: string
  /** Its text opens something: it is kept only until the mail server took it. Without a mail server it stays readable. */
  readonly isSecret?: boolean
}

/** A mail of a kind that has a `MailDefinition`: it has no text until it is sent. */
export interface RenderedMail {
  readonly kind: string
  /** One address. */
  readonly to: string
  readonly about: { readonly type: string; readonly id: string }
  /** What it is sent for, like `cap_…:g2:invitation`: a second mail of this kind for the same cause is not made. */
  readonly cause: string
}

export type NewMail = WrittenMail | RenderedMail

/** The job of a mail and the timer of its next attempt. Older nodes know `mail.send` only, and no mail of ours by it. */
export const deliverJob = 'mail.deliver'

const address = /^[^\s@,;<>"()\\]+@[^\s@,;<>"()\\]+$/
const subjectCharactersMax = 200

/** Whether it can stand as a subject: one line, not empty, up to 200 characters. */
export const isSubject = (text: string): boolean =>
  !/\p{Cc}/u.test(text) && text.trim() !== '' && text.length <= subjectCharactersMax

/**
 * Writes the mail; it goes out after the commit. Its id, or that of the mail that the same cause has already; one of those that
 * was called off goes out after all.
 * Refuses (VALIDATION_FAILED) what could not be sent as it is meant.
 */
export async function queueMail(ctx: WriteContext, mail: NewMail): Promise<string> {
  assertAddress(mail.to)
  const isWritten = 'text' in mail
  if (isWritten && !isSubject(mail.subject))
    throw new AppError('VALIDATION_FAILED', 'A mail needs a subject of one line.')
  const id = ctx.newId('mail')
  const sealedContent = isWritten
    ? sealContent(
        { key: await ctx.key(), organisationId: ctx.organisationId, mailId: id },
        { subject: mail.subject, text: mail.text, html: mail.html ?? null },
      )
    : null
  const toSend = await store.insertMail(ctx, {
    id,
    kind: mail.kind,
    to: mail.to,
    subject: isWritten ? mail.subject : null,
    sealedContent,
    isSecret: isWritten && mail.isSecret === true,
    about: mail.about ?? null,
    cause: mail.cause ?? null,
  })
  if (toSend === undefined) return store.mailOfCause(ctx, mail.kind, mail.cause ?? '')
  await ctx.enqueue(deliverJob, toSend)
  return toSend
}

function assertAddress(to: string): void {
  if (!isAddress(to)) throw new AppError('VALIDATION_FAILED', 'The e-mail address cannot be written to.')
}

/** Whether mail can be sent there. */
export const isAddress = (text: string): boolean =>
  address.test(text) && text.length <= 320 && !/\p{Cc}/u.test(text)

/** Many mails that are rendered when they are sent, in two statements whatever their number. As `queueMail`. */
export async function queueMails(ctx: WriteContext, mails: readonly RenderedMail[]): Promise<void> {
  if (mails.length === 0) return
  for (const { to } of mails) assertAddress(to)
  const made = await store.insertMails(
    ctx,
    mails.map((mail) => ({ ...mail, id: ctx.newId('mail') })),
  )
  await ctx.enqueueAll(deliverJob, made)
}
