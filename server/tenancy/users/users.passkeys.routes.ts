/** `/me/second-factors/passkey`, `/sign-in/passkey` */
import { z } from 'zod'
import { resourceRoute, type Route } from '../../platform/http/route.ts'
import { addPasskey, judgeNewPasskey, passkeyOptions, passkeySignInOptions } from './users.passkeys.ts'
import { sessionCookie } from './users.rules.ts'
import { exampleMe, meAttributes, passkeyAnswer } from './users.schema.ts'
import { confirmedAttributes, passkeyRequest } from './users.second-factors.schema.ts'
import { factorKey } from './users.second-factors.ts'
import { cookieOf, ownSession } from './users.sessions.ts'
import { signInByPasskey } from './users.sign-in.ts'

const optionsAttributes = z.strictObject({
  publicKey: z
    .record(z.string(), z.unknown())
    .describe('For `navigator.credentials`, by `PublicKeyCredential.parse…OptionsFromJSON`.'),
})
const lastUpdated = '2026-02-01T00:00:00.000Z'
const answerExample = {
  id: 'pZx9…',
  rawId: 'pZx9…',
  type: 'public-key',
  response: { clientDataJSON: 'eyJ0…', authenticatorData: 'SZYN…', signature: 'MEUC…' },
  clientExtensionResults: {},
}

export const passkeyRoutes: readonly Route[] = [
  resourceRoute({
    method: 'POST',
    path: '/me/second-factors/passkey/options',
    name: 'beginPasskey',
    summary: 'Begin with a passkey.',
    description:
      'Within five minutes of it the authenticator answers. Needs a sign-in of the last ten minutes.',
    tag: 'Second factors',
    grant: 'session',
    type: 'passkeyOptions',
    attributes: optionsAttributes,
    example: {
      id: 'usr_9bXe27KfQz0aLw3M',
      type: 'passkeyOptions',
      attributes: {
        publicKey: { challenge: 'q0Jx…', rp: { name: 'Vouchsafe', id: 'vouchsafe.example.com' } },
      },
      lastUpdated,
    },
    errors: ['REAUTHENTICATE'],
    run: async ({ runtime, read, session, organisationId }) => {
      const own = ownSession(session)
      const publicKey = await passkeyOptions(runtime, { ...own, organisationId }, read)
      return { id: own.userId, attributes: { publicKey }, lastUpdated: runtime.clock.now() }
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/me/second-factors/passkey',
    name: 'addPasskey',
    summary: 'Add a passkey.',
    description:
      'Signs in by itself from now on, and is asked for beside the password. With the first second factor come ten recovery codes, shown once.',
    tag: 'Second factors',
    grant: 'session',
    type: 'secondFactor',
    attributes: confirmedAttributes,
    example: {
      id: 'fac_9bXe27KfQz0aLw3M',
      type: 'secondFactor',
      attributes: {
        kind: 'PASSKEY',
        name: 'My laptop',
        isConfirmed: true,
        createdAt: lastUpdated,
        lastUsedAt: null,
        recoveryCodes: null,
      },
      lastUpdated,
    },
    creates: '/me/second-factors',
    showsSecret: true,
    errors: ['REAUTHENTICATE', 'CONFLICT'],
    body: passkeyRequest,
    bodyExample: {
      name: 'My laptop',
      response: { ...answerExample, response: { clientDataJSON: 'eyJ0…', attestationObject: 'o2Nm…' } },
    },
    run: async ({ runtime, write, session, organisationId, body }) => {
      const own = ownSession(session)
      const passkey = await judgeNewPasskey(runtime, own.userId, body.response)
      const key = await factorKey(runtime, organisationId)
      return write(async (ctx) => {
        const made = await addPasskey(ctx, key, { session: own, name: body.name, passkey })
        return {
          ...made.factor,
          attributes: { ...made.factor.attributes, recoveryCodes: made.recoveryCodes },
        }
      })
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/sign-in/passkey/options',
    name: 'beginPasskeySignIn',
    summary: 'Begin to sign in with a passkey.',
    description: 'For a passkey alone, and for one as the second factor of `POST /sign-in`.',
    tag: 'Signing in',
    grant: 'public',
    type: 'passkeyOptions',
    attributes: optionsAttributes,
    example: {
      id: 'sign-in',
      type: 'passkeyOptions',
      attributes: { publicKey: { challenge: 'q0Jx…', rpId: 'vouchsafe.example.com' } },
      lastUpdated,
    },
    run: async ({ runtime }) => ({
      id: 'sign-in',
      attributes: { publicKey: await passkeySignInOptions(runtime) },
      lastUpdated: runtime.clock.now(),
    }),
  }),
  resourceRoute({
    method: 'POST',
    path: '/sign-in/passkey',
    name: 'signInByPasskey',
    summary: 'Sign in with a passkey alone.',
    description: 'Sets the cookie `vouchsafe_session`. The authenticator has made sure who touched it.',
    tag: 'Signing in',
    grant: 'public',
    type: 'me',
    attributes: meAttributes,
    example: exampleMe,
    errors: ['SIGN_IN_FAILED'],
    body: z.strictObject({ response: passkeyAnswer }),
    bodyExample: { response: answerExample },
    run: async ({ runtime, client, caller, body }) => {
      const { address, userAgent, cookies } = client
      const { me, secret } = await signInByPasskey(runtime, body.response, {
        address,
        userAgent,
        requestId: caller.requestId,
        formerSecret: cookies[sessionCookie],
      })
      return { ...me, cookies: [cookieOf(runtime.config, secret)] }
    },
  }),
]
