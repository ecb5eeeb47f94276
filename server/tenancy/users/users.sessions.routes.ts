/** `/sign-in`, `/sign-out`, `/sessions`, `/me`, `/invitations/accept`, `/password-reset` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import {
  actionRoute,
  listRoute,
  removalRoute,
  resourceRoute,
  type Call,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import { sessionCookie } from './users.rules.ts'
import {
  acceptance,
  exampleMe,
  meAttributes,
  passwordChange,
  passwordReset,
  passwordResetRequest,
  sessionAttributes,
  signInInput,
} from './users.schema.ts'
import {
  cookieOf,
  describeMe,
  endSession,
  getSession,
  isSessionOf,
  listSessions,
  noCookie,
  ownSession,
  type Origin,
} from './users.sessions.ts'
import { changePassword, requestPasswordReset, resetPassword } from './users.passwords.ts'
import { acceptInvitation, signIn, type SignInResult } from './users.sign-in.ts'

const at = '2026-02-01T00:00:00.000Z'
const me = { type: 'me', attributes: meAttributes, example: exampleMe } as const
const sessionExample = {
  id: 'ses_7aXe27KfQz0aLw3M',
  type: 'session',
  attributes: {
    userId: exampleMe.id,
    isCurrent: true,
    methods: ['PASSWORD', 'TOTP'],
    address: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    createdAt: at,
    lastUsedAt: at,
    expiresAt: '2026-03-03T00:00:00.000Z',
  },
  lastUpdated: at,
}
const tag = 'Signing in'

function originOf({ client, caller }: Call): Origin {
  const { address, userAgent, cookies } = client
  return { address, userAgent, requestId: caller.requestId, formerSecret: cookies[sessionCookie] }
}

function signedIn({ runtime }: Call, { me: user, secret }: SignInResult): Resource {
  return { ...user, cookies: [cookieOf(runtime.config, secret)] }
}

export const sessionRoutes: readonly Route[] = [
  resourceRoute({
    method: 'POST',
    path: '/sign-in',
    name: 'signIn',
    summary: 'Sign in with e-mail and password.',
    description:
      'Sets the cookie `vouchsafe_session`. Unknown address, wrong password and disabled user get one answer. After five wrong ones in a row nobody signs in as this user, or from this address, for a minute, then for twice as long each time, up to an hour.',
    tag,
    grant: 'public',
    ...me,
    body: signInInput,
    bodyExample: {
      email: 'sarah.chen@example.com',
      password: 'correct horse battery staple',
      secondFactor: { code: '492039' },
    },
    errors: ['SIGN_IN_FAILED', 'SECOND_FACTOR_REQUIRED', 'ORGANISATION_REQUIRED'],
    run: async (call) => signedIn(call, await signIn(call.runtime, call.body, originOf(call))),
  }),
  actionRoute({
    method: 'POST',
    path: '/sign-out',
    name: 'signOut',
    summary: 'End this session.',
    tag,
    grant: 'session',
    outcome: { status: 204, description: 'Signed out; the cookie is gone.' },
    run: ({ write, session, runtime }) =>
      write(async (ctx) => {
        await endSession(ctx, session?.id ?? '')
        return { status: 204, cookies: [noCookie(runtime.config)] }
      }),
  }),
  resourceRoute({
    method: 'POST',
    path: '/invitations/accept',
    name: 'acceptInvitation',
    summary: 'Accept an invitation.',
    description: 'Sets the password and signs in. The token stands behind `#invitation=` in the link.',
    tag,
    grant: 'public',
    ...me,
    body: acceptance,
    bodyExample: { token: 'kJ3…', password: 'correct horse battery staple', displayName: 'Sarah Chen' },
    errors: ['LINK_INVALID', 'USER_EXISTS'],
    run: async (call) => signedIn(call, await acceptInvitation(call.runtime, call.body, originOf(call))),
  }),
  actionRoute({
    method: 'POST',
    path: '/password-reset',
    name: 'requestPasswordReset',
    summary: 'Ask for a link to set a forgotten password anew.',
    description:
      'The answer is the same whether anybody has this address. The link serves once, within an hour.',
    tag,
    grant: 'public',
    outcome: { status: 202, description: 'If there is such a user, a mail is on its way.' },
    body: passwordResetRequest,
    bodyExample: { email: 'sarah.chen@example.com' },
    run: async ({ runtime, body, caller }) => {
      await requestPasswordReset(runtime, body.email, caller.requestId)
      return { status: 202 }
    },
  }),
  actionRoute({
    method: 'POST',
    path: '/password-reset/confirm',
    name: 'resetPassword',
    summary: 'Set a forgotten password anew.',
    description: 'All sessions of the user end; sign in after it, with the second factor if there is one.',
    tag,
    grant: 'public',
    outcome: { status: 204, description: 'The password is set.' },
    body: passwordReset,
    bodyExample: { token: 'kJ3…', password: 'correct horse battery staple' },
    errors: ['LINK_INVALID'],
    run: async (call) => {
      await resetPassword(call.runtime, call.body, originOf(call))
      return { status: 204 }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/me',
    name: 'getMe',
    summary: 'Get the signed-in user, their grants and the CSRF token.',
    tag,
    grant: 'session',
    ...me,
    run: ({ read, session }) => read((ctx) => describeMe(ctx, ownSession(session))),
  }),
  actionRoute({
    method: 'POST',
    path: '/me/password',
    name: 'changePassword',
    summary: 'Change one’s password.',
    description: 'All other sessions of the user end.',
    tag,
    grant: 'session',
    outcome: { status: 204, description: 'The password is changed.' },
    body: passwordChange,
    bodyExample: {
      currentPassword: 'correct horse battery staple',
      newPassword: 'four more words that nobody guesses',
    },
    errors: ['SIGN_IN_FAILED', 'CONFLICT'],
    run: async (call) => {
      const { organisationId } = call
      await changePassword(
        call.runtime,
        { ...ownSession(call.session), organisationId },
        call.body,
        originOf(call),
      )
      return { status: 204 }
    },
  }),
  listRoute({
    method: 'GET',
    path: '/sessions',
    name: 'listSessions',
    summary: 'List sessions that are not over.',
    description:
      'A user’s own by default. Those of somebody else, and with an access token those of all, need the grant `user:READ`.',
    tag,
    grant: 'any',
    type: 'session',
    attributes: sessionAttributes,
    example: sessionExample,
    order: 'beginning, the newest first',
    query: z.strictObject({ ...pagingQuery, userId: z.string().min(1).max(200).optional(), updatedSince }),
    run: async ({ read, query, session, demand }, { pageSize: limit, offset, after }) => {
      const userId = query.userId ?? session?.userId
      if (!session || userId !== session.userId) demand('user', 'READ')
      const { sessions, total } = await read((ctx) =>
        listSessions(
          ctx,
          { userId, since: query.updatedSince },
          { limit, offset, after: after === null ? null : timeKey(after) },
          session?.id,
        ),
      )
      const last = sessions.at(-1)
      return {
        resources: sessions,
        total,
        nextKey: sessions.length < limit || !last ? null : [last.attributes.createdAt.toISOString(), last.id],
      }
    },
  }),
  removalRoute({
    path: '/sessions/{id}',
    name: 'endSession',
    summary: 'End a session, at once.',
    description: 'One’s own always; anybody else’s needs the grant `user:DELETE`.',
    tag,
    grant: 'any',
    params: { id: sessionExample.id },
    type: 'session',
    current: (ctx, params) => getSession(ctx, params['id'] ?? ''),
    run: async ({ read, write, params, session, demand }) => {
      const id = params['id'] ?? ''
      const isOwn = await read((ctx) => isSessionOf(ctx, id, session?.userId))
      if (!isOwn) demand('user', 'DELETE')
      await write((ctx) => endSession(ctx, id))
    },
  }),
]
