/** What users are written to about, and the one place where such a mail is handed on. */
import type { WriteContext } from '../../platform/context.ts'

export interface UserMail {
  readonly kind: 'user.invitation' | 'user.passwordReset'
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Its text holds a link that opens an account: kept from whoever may look at the outbox. */
  readonly isSecret: true
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
    subject: `Your invitation to ${about.organisation}`,
    text: [
      `Hello ${user.displayName},`,
      '',
      `you have been invited to work with ${about.organisation} on Vouchsafe. Choose a password here:`,
      '',
      about.link,
      '',
      `The link serves once, until ${day.format(about.expiresAt)} UTC. If you did not expect it, ignore this mail.`,
      '',
    ].join('\n'),
    isSecret: true,
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
    subject: `A new password for ${about.organisation}`,
    text: [
      `Hello ${user.displayName},`,
      '',
      `somebody, hopefully you, asked to set a new password for your user of ${about.organisation} on Vouchsafe:`,
      '',
      about.link,
      '',
      `The link serves once, until ${day.format(about.expiresAt)} UTC. If it was not you, nothing has changed: ignore this mail.`,
      '',
    ].join('\n'),
    isSecret: true,
    about: user.id,
  }
}

/**
 * Hands a mail on, in the unit of work that made its link. As long as there is no mail in this installation it is recorded
 * that there was one to send, without its text: the link is in the answer to whoever invited.
 */
export async function deliver(ctx: WriteContext, mail: UserMail): Promise<void> {
  await ctx.audit({
    entityType: 'user',
    entityId: mail.about,
    action: 'prepareMail',
    changes: { kind: mail.kind },
  })
}
