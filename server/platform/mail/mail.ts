/**
 * Mail: written in the unit of work of its cause, sent by a job, tried again while the mail server cannot take it.
 *
 * Owns: mails on their way. Promises: no mail without its cause and no cause without its mail; at most one attempt at a
 * time; repeats carry the same Message-ID, so that one that was taken just before a crash is known for the same.
 */
import { AppError } from '../errors.ts'
import { systemCaller, type WriteContext } from '../context.ts'
import type { Runtime } from '../runtime.ts'
import * as store from './mail.store.ts'

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

export type { MailContent, MailDefinition, MailOfKind } from './mail-definition.ts'
export type NewMail = WrittenMail | RenderedMail

const address = /^[^\s@,;<>"()\\]+@[^\s@,;<>"()\\]+$/
const subjectCharactersMax = 200

/** Writes the mail; it goes out after the commit. Refuses (VALIDATION_FAILED) what could not be sent as it is meant. */
export async function queueMail(ctx: WriteContext, mail: NewMail): Promise<string> {
  if (!address.test(mail.to) || mail.to.length > 320 || /\p{Cc}/u.test(mail.to))
    throw new AppError('VALIDATION_FAILED', 'The e-mail address cannot be written to.')
  const content = 'text' in mail ? { subject: mail.subject, text: mail.text, html: mail.html ?? null } : null
  if (
    content &&
    (/\p{Cc}/u.test(content.subject) ||
      content.subject.trim() === '' ||
      content.subject.length > subjectCharactersMax)
  )
    throw new AppError('VALIDATION_FAILED', 'A mail needs a subject of one line.')
  const id = ctx.newId('mail')
  await store.insertMail(ctx, {
    id,
    kind: mail.kind,
    to: mail.to,
    subject: content?.subject ?? null,
    text: content?.text ?? null,
    html: content?.html ?? null,
    isSecret: 'isSecret' in mail && mail.isSecret === true,
    about: mail.about ?? null,
  })
  await ctx.enqueue('mail.send', id)
  return id
}

/** Waits before the second attempt and those after it; then the mail has failed. */
const waitsMs = [60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000]

/** Of the same mail always the same, whoever sends it. */
function messageIdOf(runtime: Runtime, id: string): string {
  const { publicUrl, mailFrom } = runtime.config
  const domain =
    publicUrl === null ? (/@([^\s>]+)>?$/.exec(mailFrom)?.[1] ?? 'localhost') : new URL(publicUrl).hostname
  return `<${id}@${domain}>`
}

/** One attempt at a mail that waits; nothing for one that does not. */
export async function sendMail(runtime: Runtime, organisationId: string, id: string): Promise<void> {
  await runtime.db.withLock(`mail:${id}`, async () => {
    const mail = await runtime.read(organisationId, systemCaller, (ctx) => store.queuedMail(ctx, id))
    if (!mail) return
    const { attempts } = mail
    if (runtime.mail.isOutbox) {
      await runtime.write(organisationId, systemCaller, (ctx) =>
        store.noteOutcome(ctx, id, { status: 'OUTBOX', attempts, lastError: null }),
      )
      return
    }
    const refusal = await runtime.mail.send({ ...mail, messageId: messageIdOf(runtime, id) })
    const waitMs = waitsMs[attempts]
    const status =
      refusal === undefined ? 'SENT' : refusal.isForGood || waitMs === undefined ? 'FAILED' : 'QUEUED'
    if (refusal) runtime.log.warn({ mail: id, status, detail: refusal.detail }, 'mail not taken')
    await runtime.write(organisationId, systemCaller, async (ctx) => {
      await store.noteOutcome(ctx, id, {
        status,
        attempts: attempts + 1,
        lastError: refusal?.detail ?? null,
      })
      if (status === 'QUEUED')
        await ctx.setTimer({
          kind: 'mail.send',
          subjectId: id,
          dueAt: new Date(ctx.now.getTime() + (waitMs ?? 0)),
        })
    })
  })
}
