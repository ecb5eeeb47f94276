/** Links that open an account once: invitations, and passwords to be set anew. Only a hash of their secret is kept. */
import type { Config } from '../../platform/config.ts'
import type { WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { hashToken, newKey } from '../../platform/secrets.ts'
import { organisationName } from '../organisations/organisations.ts'
import { invitationMail, passwordResetMail, type UserMail } from './users.mails.ts'
import { invitationMs, passwordResetMs } from './users.rules.ts'
import * as store from './users.store.ts'

/** 256 random bits, as they stand in a link or a cookie. */
export function newSecret(): string {
  return newKey().toString('base64url')
}

interface MadeLink {
  readonly link: string
  readonly expiresAt: Date
  readonly mail: UserMail
}

const kinds = {
  INVITATION: { name: 'invitation', lifeMs: invitationMs, mailOf: invitationMail },
  PASSWORD_RESET: { name: 'password-reset', lifeMs: passwordResetMs, mailOf: passwordResetMail },
} as const

/** A new link of this kind; the one before is worth nothing from now on. The mail is to be delivered by the caller. */
export async function makeLink(
  ctx: WriteContext,
  config: Config,
  kind: store.LinkKind,
  user: { readonly id: string; readonly email: string; readonly displayName: string },
): Promise<MadeLink> {
  const { name, lifeMs, mailOf } = kinds[kind]
  const secret = newSecret()
  const expiresAt = new Date(ctx.now.getTime() + lifeMs)
  await store.replaceLink(ctx, {
    id: ctx.newId('userLink'),
    userId: user.id,
    kind,
    hash: hashToken(secret),
    expiresAt,
  })
  // Behind the #, so that no server and no log on the way sees it.
  const link = `${publicUrlOf(config)}/console#${name}=${secret}`
  return {
    link,
    expiresAt,
    mail: mailOf(user, { organisation: await organisationName(ctx), link, expiresAt }),
  }
}

const invalid = (): AppError =>
  new AppError('LINK_INVALID', 'The link was used, has expired, or was replaced by a newer one.')

/** The organisation of the link with this secret. Refuses (LINK_INVALID) one that is not there. */
export async function organisationOfLink(runtime: Runtime, secret: string): Promise<string> {
  const organisationId = await store.unscopedLinkOrganisation(runtime.db, hashToken(secret))
  if (organisationId === undefined) throw invalid()
  return organisationId
}

/** Uses the link up; its user, locked. Refuses (LINK_INVALID), with no word on why, what does not open anything. */
export async function useLink(
  ctx: WriteContext,
  kind: store.LinkKind,
  secret: string,
): Promise<store.UserRow> {
  const link = await store.takeLink(ctx, hashToken(secret), kind)
  if (!link || link.expiresAt <= ctx.now) throw invalid()
  const user = await store.userRow(ctx, link.userId, { isLocked: true })
  if (!user || user.isDisabled) throw invalid()
  return user
}
