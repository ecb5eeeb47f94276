/** The OpenAPI 3.1 document, made from the same definitions that serve (spec 10, Shapes). Pure. */
import { z } from 'zod'
import { errorCatalogue, type ErrorCode } from '../errors.ts'
import { httpStatuses } from './problem.ts'
import type { Route } from './route.ts'

type Json = Record<string, unknown>

/** What every route can answer beside its own codes. */
const always: readonly ErrorCode[] = [
  'VALIDATION_FAILED',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'DATABASE_UNAVAILABLE',
]

/** A schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Dates are instants as they go over the wire. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(made, { type: 'string', format: 'date-time' })
    },
  }) as Json
  return rest
}

const problem: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId', 'error'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence for a person.' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorCatalogue) },
    help: { type: 'string', description: 'How to mend it.' },
    requestId: { type: 'string' },
    error: { type: 'string', description: 'The same as detail.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}

function faultResponses(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of new Set(codes)) {
    const status = httpStatuses[errorCatalogue[code].kind]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, list]) => [
        String(status),
        {
          description: `${list.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join('. ')}.`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  )
}

/** What else it can answer for the sake of who may call it. */
function accessErrors({ grant, method }: Route): ErrorCode[] {
  const fromElsewhere: ErrorCode[] = method === 'GET' ? [] : ['CSRF_REQUIRED']
  if (grant === 'public') return fromElsewhere
  return [
    'TOKEN_MISSING',
    'TOKEN_INVALID',
    'SESSION_INVALID',
    grant === 'session' ? 'SESSION_REQUIRED' : 'GRANT_MISSING',
    ...fromElsewhere,
  ]
}

function accessSentence({ grant }: Route): string {
  if (grant === 'public') return 'Needs no access token.'
  if (grant === 'session') return 'For signed-in users; an access token has no user.'
  if (grant === 'any') return 'For users and access tokens.'
  return `Needs the grant \`${grant.entity}:${grant.verb}\`.`
}

function success(route: Exclude<Route, { kind: 'removal' | 'action' }>): Json {
  if (route.kind === 'file') {
    return {
      description: 'The file.',
      content: { [route.mediaType]: { schema: { type: 'string', format: 'binary' } } },
    }
  }
  const resource = {
    type: 'object',
    required: ['id', 'type', 'attributes', 'lastUpdated'],
    properties: {
      id: { type: 'string' },
      type: { type: 'string', const: route.type },
      attributes: jsonSchema(route.attributes, 'output'),
      lastUpdated: { type: 'string', format: 'date-time' },
    },
  }
  const meta = { requestId: 'req_7f3a' }
  if (route.kind === 'resource') {
    return {
      description: 'The resource.',
      headers: {
        ETag: {
          schema: { type: 'string' },
          description: 'Its state: `If-None-Match` with it answers 304, `If-Match` guards a change.',
        },
        ...(route.creates === undefined
          ? {}
          : { Location: { schema: { type: 'string' }, description: 'Where it is found.' } }),
      },
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['data', 'meta'],
            properties: {
              data: resource,
              meta: {
                type: 'object',
                required: ['requestId'],
                properties: { requestId: { type: 'string' } },
              },
            },
          },
          example: { data: route.example, meta },
        },
      },
    }
  }
  const listMeta = {
    type: 'object',
    required: ['page', 'pageSize', 'total', 'totalIsExact', 'nextCursor', 'requestId'],
    properties: {
      page: { type: 'integer' },
      pageSize: { type: 'integer' },
      total: { type: 'integer' },
      totalIsExact: { type: 'boolean', description: 'False = `total` is an estimate.' },
      nextCursor: { type: ['string', 'null'] },
      requestId: { type: 'string' },
    },
  }
  return {
    description: `A page, ordered by ${route.order}.`,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['data', 'meta'],
          properties: { data: { type: 'array', items: resource }, meta: listMeta },
        },
        example: {
          data: [route.example],
          meta: { page: 1, pageSize: 25, total: 1, totalIsExact: true, nextCursor: null, ...meta },
        },
      },
    },
  }
}

function parameters(route: Route): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(route.params?.[name] === undefined ? {} : { example: route.params[name] }),
  }))
  const inHeader: Json[] = []
  if (route.method === 'POST' && route.grant !== 'public')
    inHeader.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      description:
        'A key of your own, a UUID for example: the same request with the same key has one effect and gets the first answer again, for 24 hours.',
    })
  if (isChange(route))
    inHeader.push({
      name: 'If-Match',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description:
        'The ETag that the change rests on; when the resource has another one by now, nothing is done.',
    })
  const query = route.kind === 'removal' ? undefined : route.query
  if (!query) return [...inPath, ...inHeader]
  const { properties = {} } = jsonSchema(query, 'input') as { properties?: Record<string, Json> }
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: false,
    ...(description === undefined ? {} : { description }),
    schema,
  }))
  return [...inPath, ...inQuery, ...inHeader]
}

function isChange(route: Route): boolean {
  return route.kind === 'removal' || (route.kind === 'resource' && route.current !== undefined)
}

/** What a success answers with, by its status. */
function successes(route: Route): Json {
  if (route.kind === 'removal') return { '204': { description: 'Done.' } }
  if (route.kind === 'action')
    return { [String(route.outcome.status)]: { description: route.outcome.description } }
  if (route.kind !== 'resource' || route.creates === undefined) return { '200': success(route) }
  return { ...(route.mayReplace ? { '200': success(route) } : {}), '201': success(route) }
}

function operation(route: Route): Json {
  const errors: ErrorCode[] = [...accessErrors(route), ...always, ...(route.errors ?? [])]
  if (route.method === 'POST' && route.grant !== 'public')
    errors.push('IDEMPOTENCY_MISMATCH', 'IDEMPOTENCY_RUNNING')
  if (route.kind === 'resource' && route.showsSecret) errors.push('SECRET_SHOWN_ONCE')
  if (isChange(route)) errors.push('VERSION_MISMATCH')
  if (route.path.includes('{')) errors.push('NOT_FOUND')
  const hasBody = (route.kind === 'resource' || route.kind === 'action') && route.body !== undefined
  if (hasBody) errors.push('MALFORMED_JSON', 'MEDIA_TYPE_UNSUPPORTED', 'BODY_TOO_LARGE')
  return {
    operationId: route.name,
    summary: route.summary,
    description: `${route.description ?? route.summary} ${accessSentence(route)}`,
    tags: [route.tag],
    ...(typeof route.grant === 'object' || route.grant === 'any'
      ? {}
      : { security: route.grant === 'public' ? [] : [{ session: [] }] }),
    parameters: parameters(route),
    ...(hasBody
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(
              [
                'application/json',
                // RFC 7396
                ...(route.method === 'PATCH' ? ['application/merge-patch+json'] : []),
              ].map((mediaType) => [
                mediaType,
                { schema: jsonSchema(route.body as z.ZodType, 'input'), example: route.bodyExample },
              ]),
            ),
          },
        }
      : {}),
    responses: {
      ...successes(route),
      ...(route.kind === 'resource' && route.method === 'GET'
        ? { '304': { description: 'Not changed.' } }
        : {}),
      ...faultResponses(errors),
    },
  }
}

/** The whole document. */
export function buildDocument(
  routes: readonly Route[],
  { version, basePath }: { readonly version: string; readonly basePath: string },
): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vouchsafe',
      version,
      description: 'Whether every person on the books may do the work they are rostered for.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: basePath }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An access token (`vs_…`).' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'vouchsafe_session',
          description:
            'A signed-in user. Every method but GET needs the header `X-CSRF-Token` too, as `GET /me` gives it.',
        },
      },
      schemas: { Problem: problem },
    },
  }
}
