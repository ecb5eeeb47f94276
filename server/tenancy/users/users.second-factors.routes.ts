/** `/me/second-factors`, `/me/recovery-codes` */
import { z } from 'zod'
import { pagingQuery, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, removalRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import {
  beginTotp,
  confirmTotp,
  deleteSecondFactor,
  factorKey,
  listSecondFactors,
  ownSecondFactor,
  renewRecoveryCodes,
} from './users.second-factors.ts'
import {
  confirmedAttributes,
  recoveryAttributes,
  secondFactorAttributes,
  totpAttributes,
  totpConfirmation,
  totpRequest,
  type SecondFactorAttributes,
} from './users.second-factors.schema.ts'
import { ownSession } from './users.sessions.ts'

const attributes: SecondFactorAttributes = {
  kind: 'TOTP',
  name: 'Authenticator app',
  isConfirmed: true,
  createdAt: new Date('2026-02-01T00:00:00Z'),
  lastUsedAt: null,
}
const example = {
  id: 'fac_9bXe27KfQz0aLw3M',
  type: 'secondFactor',
  attributes,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const codes = ['7K2M-Q9ZT-4WXN-L0PB', 'H3VD-81RC-YF6J-S5GA']
const tag = 'Second factors'

export const secondFactorRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/me/second-factors',
    name: 'listSecondFactors',
    summary: 'List one’s own second factors.',
    tag,
    grant: 'session',
    type: 'secondFactor',
    attributes: secondFactorAttributes,
    example,
    order: 'when they were begun; all of them on one page',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async ({ read, session, query: { updatedSince: since } }) => {
      const all = await read((ctx) => listSecondFactors(ctx, ownSession(session).userId))
      const resources = since === undefined ? all : all.filter((one) => one.lastUpdated >= since)
      return { resources, total: resources.length, nextKey: null }
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/me/second-factors/totp',
    name: 'beginTotp',
    summary: 'Begin with an authenticator app.',
    description:
      'Shows the secret once, as text and as the URI for a QR code. It counts after it was confirmed; one that was begun before and not confirmed gives way.',
    tag,
    grant: 'session',
    type: 'secondFactor',
    attributes: totpAttributes,
    example: {
      ...example,
      attributes: {
        ...attributes,
        isConfirmed: false,
        secret: 'GEZDGNBVGY3TQOJQ…',
        uri: 'otpauth://totp/Vouchsafe:sarah.chen%40example.com?secret=GEZDGNBVGY3TQOJQ…',
      },
    },
    creates: '/me/second-factors',
    showsSecret: true,
    body: totpRequest,
    bodyExample: { name: 'My phone' },
    run: async ({ runtime, write, session, organisationId, body }) => {
      const key = await factorKey(runtime, organisationId)
      const { userId } = ownSession(session)
      return write(async (ctx) => {
        const { factor, secret, uri } = await beginTotp(ctx, key, { userId, name: body.name })
        return { ...factor, attributes: { ...factor.attributes, secret, uri } }
      })
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/me/second-factors/totp/confirm',
    name: 'confirmTotp',
    summary: 'Confirm an authenticator app with a code.',
    description:
      'Asked for at every sign-in from now on. With the first second factor come ten recovery codes, shown once.',
    tag,
    grant: 'session',
    type: 'secondFactor',
    attributes: confirmedAttributes,
    example: { ...example, attributes: { ...attributes, recoveryCodes: codes } },
    showsSecret: true,
    body: totpConfirmation,
    bodyExample: { code: '492039' },
    run: async ({ runtime, write, session, organisationId, body }) => {
      const key = await factorKey(runtime, organisationId)
      const { userId } = ownSession(session)
      return write(async (ctx) => {
        const { factor, recoveryCodes } = await confirmTotp(ctx, key, { userId, code: body.code })
        return { ...factor, attributes: { ...factor.attributes, recoveryCodes } }
      })
    },
  }),
  removalRoute({
    path: '/me/second-factors/{id}',
    name: 'deleteSecondFactor',
    summary: 'Take a second factor away.',
    description: 'Needs a sign-in of the last ten minutes. The recovery codes go with the last one.',
    tag,
    grant: 'session',
    params: { id: example.id },
    type: 'secondFactor',
    current: (ctx, params) => ownSecondFactor(ctx, params['id'] ?? ''),
    errors: ['REAUTHENTICATE'],
    run: ({ write, session, params }) =>
      write((ctx) => deleteSecondFactor(ctx, ownSession(session), params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'POST',
    path: '/me/recovery-codes',
    name: 'renewRecoveryCodes',
    summary: 'Make new recovery codes.',
    description:
      'Ten codes, each for one sign-in without the second factor; those from before are worth nothing. Needs a sign-in of the last ten minutes.',
    tag,
    grant: 'session',
    type: 'recoveryCodes',
    attributes: recoveryAttributes,
    example: {
      id: 'usr_9bXe27KfQz0aLw3M',
      type: 'recoveryCodes',
      attributes: { recoveryCodes: codes },
      lastUpdated: example.lastUpdated,
    },
    creates: '/me/second-factors',
    showsSecret: true,
    errors: ['REAUTHENTICATE', 'CONFLICT'],
    run: async ({ runtime, write, session, organisationId }) => {
      const key = await factorKey(runtime, organisationId)
      const own = ownSession(session)
      return write(async (ctx) => ({
        id: own.userId,
        attributes: { recoveryCodes: await renewRecoveryCodes(ctx, key, own) },
        lastUpdated: ctx.now,
      }))
    },
  }),
]
