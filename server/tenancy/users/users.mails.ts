/** What users are written to about, and the one place where such a mail is handed on. */
import type { WriteContext } from '../../platform/context.ts'
import { composeMail } from '../../platform/mail/mail-template.ts'
import { queueMail } from '../../platform/mail/mail.ts'

export interface UserMail {
  readonly kind: 'user.invitation' | 'user.passwordReset'
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The user's id. */
  readonly about: string
}

interface Addressee {
  readonly id: string
  readonly email: string
  readonly displayName: string
}

const day = new Intl.DateTimeFormat('en-AU', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })

export function invitationMail(
  user: Addressee,
  about: { readonly organisation: string; readonly link: string; readonly expiresAt: Date },
): UserMail {
  return {
    kind: 'user.invitation',
    to: user.email,
    subject: `Your invitation to ${about.organisation}`.slice(0, 200),
    ...composeMail({
      greeting: `Hello ${user.displayName},`,
      paragraphs: [
        `You have been invited to work with ${about.organisation} on Vouchsafe. Choose a password to begin.`,
      ],
      button: { label: 'Choose a password', url: about.link },
      footer: `The link serves once, until ${day.format(about.expiresAt)} UTC. If you did not expect it, ignore this mail.`,
    }),
    about: user.id,
  }
}

export function passwordResetMail(
  user: Addressee,
  about: { readonly organisation: string; readonly link: string; readonly expiresAt: Date },
): UserMail {
  return {
    kind: 'user.passwordReset',
    to: user.email,
    subject: `A new password for ${about.organisation}`.slice(0, 200),
    ...composeMail({
      greeting: `Hello ${user.displayName},`,
      paragraphs: [
        `Somebody, hopefully you, asked to set a new password for your user of ${about.organisation} on Vouchsafe.`,
      ],
      button: { label: 'Choose a new password', url: about.link },
      footer: `The link serves once, until ${day.format(about.expiresAt)} UTC. If it was not you, nothing has changed: ignore this mail.`,
    }),
    about: user.id,
  }
}

/** Hands a mail on, in the unit of work that made its link. Its text opens an account: it is kept no longer than needed. */
export async function deliver(ctx: WriteContext, { about, ...mail }: UserMail): Promise<void> {
  await queueMail(ctx, { ...mail, about: { type: 'user', id: about }, isSecret: true })
}
