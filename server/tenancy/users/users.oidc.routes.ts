/** `/sign-in/oidc`: for browsers, which are sent to the provider and come back. */
import { z } from 'zod'
import { actionRoute, type Route } from '../../platform/http/route.ts'
import { beginSingleSignOn, finishSingleSignOn } from './users.oidc.ts'
import { oidcCookie, sessionCookie } from './users.rules.ts'
import { cookieOf } from './users.sessions.ts'

const tag = 'Signing in'

export const singleSignOnRoutes: readonly Route[] = [
  actionRoute({
    method: 'GET',
    path: '/sign-in/oidc',
    name: 'beginSingleSignOn',
    summary: 'Sign in by the provider of single sign-on.',
    description: 'Sends the browser to the provider. 404 where there is none (`OIDC_ISSUER`).',
    tag,
    grant: 'public',
    outcome: { status: 302, description: 'On to the provider.' },
    errors: ['NOT_FOUND', 'SIGN_IN_FAILED', 'OUTBOUND_FAILED', 'OUTBOUND_REFUSED'],
    run: async ({ runtime }) => ({ status: 302, ...(await beginSingleSignOn(runtime)) }),
  }),
  actionRoute({
    method: 'GET',
    path: '/sign-in/oidc/callback',
    name: 'finishSingleSignOn',
    summary: 'Where the provider of single sign-on sends the browser back to.',
    description:
      'Sets the cookie `vouchsafe_session` for a user who was invited: known by issuer and subject, the first time by a verified e-mail.',
    tag,
    grant: 'public',
    outcome: { status: 302, description: 'Signed in, and on to the console.' },
    errors: ['NOT_FOUND', 'SIGN_IN_FAILED', 'OUTBOUND_FAILED', 'OUTBOUND_REFUSED'],
    query: z.object({ code: z.string().optional(), state: z.string().optional() }).catchall(z.string()),
    run: async ({ runtime, client, caller, query }) => {
      const { address, userAgent, cookies } = client
      const { secret, location, forget } = await finishSingleSignOn(
        runtime,
        { errand: cookies[oidcCookie], query: query as Readonly<Record<string, string>> },
        { address, userAgent, requestId: caller.requestId, formerSecret: cookies[sessionCookie] },
      )
      return { status: 302, location, cookies: [cookieOf(runtime.config, secret), forget] }
    },
  }),
]
