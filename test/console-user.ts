/** A console user who is signed in, for tests: invited, accepted, with a session of their own. */
import type { Role } from '../server/tenancy/access/access.roles.rules.ts'
import { inviteUser } from '../server/tenancy/users/users.ts'
import { acceptInvitation } from '../server/tenancy/users/users.sign-in.ts'
import { operator, type TestHouse } from './harness.ts'

export const password = 'correct horse battery staple'

export interface ConsoleUser {
  readonly id: string
  readonly email: string
  readonly sessionId: string
  /** What a browser sends with every request. */
  readonly headers: { readonly cookie: string; readonly 'x-csrf-token': string }
}

let count = 0

export async function consoleUser(
  house: TestHouse,
  organisationId: string,
  role: Role = 'owner',
  email = `user-${++count}@example.com`,
): Promise<ConsoleUser> {
  const { link } = await house.runtime.write(organisationId, operator, (ctx) =>
    inviteUser(ctx, house.config, { email, role }),
  )
  const { me, secret } = await acceptInvitation(
    house.runtime,
    { token: secretOf(link), password },
    { address: '192.0.2.1', userAgent: 'test', requestId: null, formerSecret: undefined },
  )
  return {
    id: me.id,
    email,
    sessionId: me.attributes.session.id,
    headers: { cookie: `vouchsafe_session=${secret}`, 'x-csrf-token': me.attributes.csrfToken },
  }
}

/** What stands behind the = of a link. */
export function secretOf(link: string): string {
  return link.slice(link.indexOf('=') + 1)
}

/** RFC 4648, section 6: what an authenticator app does with what it is shown. */
export function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}
