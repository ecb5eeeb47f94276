/** `/registers` */
import { z } from 'zod'
import { pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, removalRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import type { ReadContext } from '../../platform/context.ts'
import { connectorInput, healthAttributes, httpSettings, registerAttributes } from './registers.schema.ts'
import {
  connectorFor,
  getRegister,
  listRegisters,
  lockedRegister,
  prepareConnector,
  registerHealth,
  removeConnector,
  setConnector,
} from './registers.ts'
import { isDegraded } from './registers.breaker.rules.ts'
import { faultShown } from './registers.ts'

const settings = httpSettings.parse({
  url: 'https://register.example.org/check/{number}',
  method: 'GET',
  auth: { kind: 'header', name: 'x-api-key' },
  response: { status: '/registration/status', expiryDate: '/registration/expiry' },
})

const example = {
  id: 'AHPRA',
  type: 'register',
  attributes: {
    code: 'AHPRA',
    name: 'Australian Health Practitioner Regulation Agency register',
    jurisdiction: null,
    kind: 'register',
    credentialTypes: ['AHPRA'],
    connector: { kind: 'http', version: 1, settings, hasSecret: true, updatedAt: '2026-02-01T00:00:00.000Z' },
    isDegraded: false,
    lastGoodAt: '2026-02-01T04:15:09.000Z',
    lastFault: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const shown = { type: 'register', attributes: registerAttributes, example } as const
const params = { id: 'AHPRA' }

/** @param waiting how many credentials wait for their turn at a register (checks, to the right, know) */
export function registerRoutes(
  waiting: (ctx: ReadContext, register: string) => Promise<number>,
): readonly Route[] {
  return [
    listRoute({
      method: 'GET',
      path: '/registers',
      name: 'listRegisters',
      summary: 'List the registers, and which are connected.',
      tag: 'Registers',
      grant: { entity: 'register', verb: 'READ' },
      ...shown,
      order: 'code',
      query: z.strictObject({
        ...pagingQuery,
        isConnected: z.enum(['true', 'false']).optional(),
        updatedSince,
      }),
      run: async ({ read, query }, { pageSize, offset, after }) => {
        const all = (await read((ctx) => listRegisters(ctx))).filter(
          ({ attributes, lastUpdated }) =>
            (query.isConnected === undefined ||
              (query.isConnected === 'true') === (attributes.connector !== null)) &&
            (query.updatedSince === undefined || lastUpdated >= query.updatedSince),
        )
        const behind = after === null ? null : (textKey(after, 1)[0] as string)
        const start = behind === null ? offset : all.filter(({ id }) => id <= behind).length
        const page = all.slice(start, start + pageSize)
        const last = page.at(-1)
        return {
          resources: page,
          total: all.length,
          nextKey: page.length < pageSize || !last ? null : [last.id],
        }
      },
    }),
    resourceRoute({
      method: 'GET',
      path: '/registers/{id}',
      name: 'getRegister',
      summary: 'Get a register.',
      tag: 'Registers',
      grant: { entity: 'register', verb: 'READ' },
      params,
      ...shown,
      run: ({ read, params }) => read((ctx) => getRegister(ctx, params['id'] ?? '')),
    }),
    resourceRoute({
      method: 'PUT',
      path: '/registers/{id}/connector',
      name: 'setConnector',
      summary: 'Connect a register, or change how it is asked.',
      description:
        'Everything about an `http` connector is data: the address, what is sent, and what the answer’s words mean. All active credentials of the register’s types are asked about from then on, no faster than `perSecond`. The secret is never shown; one that is left out stays, as long as it goes to the same address in the same way.',
      tag: 'Registers',
      grant: { entity: 'register', verb: 'UPDATE' },
      params,
      ...shown,
      body: connectorInput,
      bodyExample: { kind: 'http', settings, secret: 'a-key-of-the-register' },
      find: ({ read, params }) => read((ctx) => getRegister(ctx, params['id'] ?? '')),
      current: (ctx, params) => lockedRegister(ctx, params['id'] ?? ''),
      run: async ({ runtime, organisationId, write, params, body }) => {
        const prepared = await prepareConnector(runtime, organisationId, body)
        return write((ctx) =>
          setConnector(ctx, prepared, params['id'] ?? '', { isSandbox: runtime.config.sandbox }),
        )
      },
    }),
    removalRoute({
      path: '/registers/{id}/connector',
      name: 'removeConnector',
      summary: 'Ask a register no more.',
      description: 'What it said stays, with its age.',
      tag: 'Registers',
      grant: { entity: 'register', verb: 'DELETE' },
      params,
      type: 'register',
      current: (ctx, params) => lockedRegister(ctx, params['id'] ?? ''),
      run: ({ write, params }) => write((ctx) => removeConnector(ctx, params['id'] ?? '')),
    }),
    resourceRoute({
      method: 'GET',
      path: '/registers/{id}/health',
      name: 'getRegisterHealth',
      summary: 'Look whether a register answers.',
      description: 'It is called now, without a question about anybody.',
      tag: 'Registers',
      grant: { entity: 'register', verb: 'READ' },
      params,
      type: 'registerHealth',
      attributes: healthAttributes,
      example: {
        id: 'AHPRA',
        type: 'registerHealth',
        attributes: {
          isReachable: true,
          detail: 'It answers (200).',
          isDegraded: false,
          mayAskAt: null,
          lastGoodAt: '2026-02-01T04:15:09.000Z',
          lastFault: null,
          waiting: 0,
        },
        lastUpdated: '2026-02-01T04:20:00.000Z',
      },
      run: async ({ runtime, organisationId, read, params }) => {
        const code = params['id'] ?? ''
        await read((ctx) => getRegister(ctx, code))
        const source = await connectorFor(runtime, organisationId, code)
        const seen = source
          ? await source.connector.health()
          : { isReachable: false, detail: 'It is not connected.' }
        return read(async (ctx) => {
          const health = await registerHealth(ctx, code)
          return {
            id: code,
            lastUpdated: ctx.now,
            attributes: {
              ...seen,
              isDegraded: isDegraded(health),
              mayAskAt: health.mayAskAt,
              lastGoodAt: health.lastGoodAt,
              lastFault: faultShown(health),
              waiting: await waiting(ctx, code),
            },
          }
        })
      },
    }),
  ]
}
