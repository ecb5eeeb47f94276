/** `/access-tokens` */
import { z } from 'zod'
import { includeDeleted, pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import {
  listRoute,
  removalRoute,
  resourceRoute,
  type Call,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import { tokenAttributes, tokenInput, type Grants, type TokenAttributes } from './access.schema.ts'
import {
  createToken,
  getToken,
  listTokens,
  lockedToken,
  revokeToken,
  rotateToken,
  type TokenSummary,
} from './access.ts'

const attributes = {
  name: 'Rostering',
  lastFour: 'k9Qz',
  grants: { worker: ['READ'], credential: ['READ'] },
  expiresAt: '2027-02-01T00:00:00.000Z',
  createdAt: '2026-02-01T00:00:00.000Z',
  rotatedAt: null,
  revokedAt: null,
}
const example = {
  id: 'tok_3rWc58MdKx0tYh7B',
  type: 'accessToken',
  attributes,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const secretExample = {
  ...example,
  attributes: { ...attributes, token: 'vs_4tMz0QbY7cRkXw2LhN8eJf5Gd1Pa6Sk9Qz' },
}
const shown = { type: 'accessToken', attributes: tokenAttributes, example } as const
const shownOnce = { ...shown, example: secretExample, showsSecret: true } as const

function resourceOf(
  { id, ...token }: TokenSummary,
  secret?: string,
): Resource & { attributes: TokenAttributes } {
  const { createdAt, rotatedAt, revokedAt } = token
  const times = [createdAt, rotatedAt, revokedAt].flatMap((at) => at?.getTime() ?? [])
  return {
    id,
    attributes: { ...token, ...(secret === undefined ? {} : { token: secret }) } as TokenAttributes,
    lastUpdated: new Date(Math.max(...times)),
  }
}

/** Nobody gives what they have not got: a token would else be the way to every grant. */
function demandAll({ demand }: Pick<Call, 'demand'>, grants: Grants): void {
  for (const [entity, verbs] of Object.entries(grants)) for (const verb of verbs ?? []) demand(entity, verb)
}

export const accessRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/access-tokens',
    name: 'listAccessTokens',
    summary: 'List access tokens.',
    tag: 'Access tokens',
    grant: { entity: 'settings', verb: 'READ' },
    ...shown,
    order: 'the time of making',
    query: z.strictObject({
      ...pagingQuery,
      includeDeleted: includeDeleted.describe('`true` shows revoked ones too.'),
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize, offset, after }) => {
      const key = after === null ? null : timeKey(after)
      const found = (await read((ctx) => listTokens(ctx)))
        .map((token) => ({ token, resource: resourceOf(token) }))
        .filter(
          ({ token, resource }) =>
            (query.includeDeleted || token.revokedAt === null) &&
            (query.updatedSince === undefined || resource.lastUpdated >= query.updatedSince),
        )
      const isBehind = ({ createdAt, id }: TokenSummary): boolean =>
        key === null || createdAt > key.at || (createdAt.getTime() === key.at.getTime() && id > key.id)
      const page = found.filter(({ token }) => isBehind(token)).slice(offset, offset + pageSize)
      const last = page.at(-1)?.token
      return {
        resources: page.map(({ resource }) => resource),
        total: found.length,
        nextKey: page.length < pageSize || !last ? null : [last.createdAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/access-tokens/{id}',
    name: 'getAccessToken',
    summary: 'Get an access token, without its secret.',
    tag: 'Access tokens',
    grant: { entity: 'settings', verb: 'READ' },
    params: { id: example.id },
    ...shown,
    run: async ({ read, params }) => resourceOf(await read((ctx) => getToken(ctx, params['id'] ?? ''))),
  }),
  resourceRoute({
    method: 'POST',
    path: '/access-tokens',
    name: 'createAccessToken',
    summary: 'Make an access token. It is shown once.',
    description: 'Whoever makes one must hold every grant that it gets: 403 names the first that is missing.',
    tag: 'Access tokens',
    grant: { entity: 'settings', verb: 'CREATE' },
    ...shownOnce,
    creates: '/access-tokens/{id}',
    body: tokenInput,
    bodyExample: { name: 'Rostering', grants: attributes.grants, expiresAt: '2099-02-01T00:00:00Z' },
    run: ({ write, body, demand }) => {
      demandAll({ demand }, body.grants)
      return write(async (ctx) => {
        const { id, token } = await createToken(ctx, {
          name: body.name,
          grants: body.grants,
          expiresAt: body.expiresAt ?? null,
        })
        return resourceOf(await getToken(ctx, id), token)
      })
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/access-tokens/{id}/rotate',
    name: 'rotateAccessToken',
    summary: 'Give an access token a new secret. It is shown once; the old one is dead at once.',
    description: 'Whoever rotates it must hold every grant that it has.',
    tag: 'Access tokens',
    grant: { entity: 'settings', verb: 'UPDATE' },
    params: { id: example.id },
    ...shownOnce,
    run: ({ write, params, demand }) =>
      write(async (ctx) => {
        const id = params['id'] ?? ''
        demandAll({ demand }, (await lockedToken(ctx, id)).grants)
        const { token } = await rotateToken(ctx, id)
        return resourceOf(await getToken(ctx, id), token)
      }),
  }),
  removalRoute({
    path: '/access-tokens/{id}',
    name: 'revokeAccessToken',
    summary: 'Revoke an access token, for good.',
    description: 'On other nodes it may be good for a second more.',
    tag: 'Access tokens',
    grant: { entity: 'settings', verb: 'DELETE' },
    params: { id: example.id },
    type: 'accessToken',
    current: async (ctx, params) => resourceOf(await lockedToken(ctx, params['id'] ?? '')),
    run: ({ write, params }) => write((ctx) => revokeToken(ctx, params['id'] ?? '')),
  }),
]
