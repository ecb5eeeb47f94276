/** The OpenAPI 3.1 document, made from the same definitions that serve (spec 10, Shapes). Pure. */
import { errorCatalogue, type ErrorCode } from '../errors.ts'
import {
  createComponents,
  jsonSchema,
  type Components,
  type Json,
  type RouteWithBody,
} from './openapi-components.ts'
import { httpStatuses } from './problem.ts'
import { uploadField, type Route } from './route.ts'
import { jsonFile } from './upload.ts'

/** What every route can answer beside its own codes. */
const always: readonly ErrorCode[] = [
  'VALIDATION_FAILED',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'DATABASE_UNAVAILABLE',
]

export const problem: Json = {
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

/** The answers to faults, by status, each naming its codes. */
export function faultResponses(codes: readonly ErrorCode[]): Json {
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

function success(route: Exclude<Route, { kind: 'removal' | 'action' }>, components: Components): Json {
  if (route.kind === 'file') {
    return {
      description: 'The file.',
      ...(route.isRanged
        ? {
            headers: {
              ETag: { schema: { type: 'string' }, description: 'For `If-Range` and `If-None-Match`.' },
            },
          }
        : {}),
      content: Object.fromEntries(
        [route.mediaType].flat().map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
      ),
    }
  }
  const meta = { requestId: 'req_7f3a' }
  if (route.kind === 'results') {
    return {
      description: 'A result for each, in the order given.',
      content: {
        'application/json': {
          schema: components.results(route),
          example: { data: route.example, meta: { total: route.example.length, ...meta } },
        },
      },
    }
  }
  const schema = components.answer(route)
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
      content: { 'application/json': { schema, example: { data: route.example, meta } } },
    }
  }
  return {
    description: `A page, ordered by ${route.order}.`,
    content: {
      'application/json': {
        schema,
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
  if (route.kind === 'action' && route.proof)
    for (const [name, description] of Object.entries(route.proof.headers))
      inHeader.push({ name, in: 'header', required: true, schema: { type: 'string' }, description })
  if (route.kind === 'file' && route.isRanged)
    inHeader.push({
      name: 'Range',
      in: 'header',
      required: false,
      schema: { type: 'string' },
      example: 'bytes=0-1023',
      description:
        'The part that is wanted (RFC 9110, section 14.2); several at once are answered with the whole.',
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
  const query = route.kind === 'removal' || route.kind === 'results' ? undefined : route.query
  if (!query) return [...inPath, ...inHeader]
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Json>
    required?: readonly string[]
  }
  const inQuery = Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
  return [...inPath, ...inQuery, ...inHeader]
}

function isChange(route: Route): boolean {
  return route.kind === 'removal' || (route.kind === 'resource' && route.current !== undefined)
}

/** What a success answers with, by its status. */
function successes(route: Route, components: Components): Json {
  if (route.kind === 'removal') return { '204': { description: 'Done.' } }
  if (route.kind === 'action')
    return { [String(route.outcome.status)]: { description: route.outcome.description } }
  const answer = success(route, components)
  if (route.kind === 'file' && route.isRanged)
    return {
      '200': answer,
      '206': { ...answer, description: 'The part of the file that `Range` names.' },
      '304': { description: 'Not changed.' },
    }
  if (route.kind !== 'resource' || route.creates === undefined) return { '200': answer }
  return { ...(route.mayReplace ? { '200': answer } : {}), '201': answer }
}

function bodyContent(route: Route, body: RouteWithBody, components: Components): Json {
  const upload = route.kind === 'resource' ? route.upload : undefined
  const schema = components.body(body)
  if (upload)
    return {
      'multipart/form-data': {
        schema,
        example: { [uploadField]: upload.example, ...(body.bodyExample as object) },
      },
      ...(upload.asJson
        ? {
            'application/json': {
              schema: jsonSchema(jsonFile, 'input'),
              example: upload.asJson.example,
            },
          }
        : {}),
    }
  // RFC 7396
  const mediaTypes = [
    'application/json',
    ...(route.method === 'PATCH' ? ['application/merge-patch+json'] : []),
  ]
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema, example: body.bodyExample }]))
}

function operation(route: Route, components: Components): Json {
  const body =
    (route.kind === 'resource' || route.kind === 'action' || route.kind === 'results') && route.body
      ? { ...route, body: route.body }
      : undefined
  const upload = route.kind === 'resource' ? route.upload : undefined
  const errors: ErrorCode[] = [...accessErrors(route), ...always, ...(route.errors ?? [])]
  if (route.method === 'POST' && route.grant !== 'public')
    errors.push('IDEMPOTENCY_MISMATCH', 'IDEMPOTENCY_RUNNING')
  if (route.kind === 'resource' && route.showsSecret) errors.push('SECRET_SHOWN_ONCE')
  const isRanged = route.kind === 'file' && route.isRanged === true
  if (isRanged) errors.push('RANGE_UNSATISFIABLE')
  if (isChange(route) || isRanged) errors.push('VERSION_MISMATCH')
  if (route.path.includes('{')) errors.push('NOT_FOUND')
  if (upload) errors.push('MALFORMED_MULTIPART')
  if (upload ? upload.asJson : body) errors.push('MALFORMED_JSON')
  // A body that nobody asked for is looked at too.
  if (route.method !== 'GET') errors.push('MEDIA_TYPE_UNSUPPORTED')
  if (route.method !== 'GET' && !upload?.isSizeInvalid) errors.push('BODY_TOO_LARGE')
  return {
    operationId: route.name,
    summary: route.summary,
    description: `${route.description ?? route.summary} ${accessSentence(route)}`,
    tags: [route.tag],
    ...(typeof route.grant === 'object' || route.grant === 'any'
      ? {}
      : { security: route.grant === 'public' ? [] : [{ session: [] }] }),
    parameters: parameters(route),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: bodyContent(route, body, components),
          },
        }
      : {}),
    responses: {
      ...successes(route, components),
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
  {
    version,
    basePath,
    tags,
  }: {
    readonly version: string
    readonly basePath: string
    /** What each tag is about. */
    readonly tags: Readonly<Record<string, string>>
  },
): Json {
  const components = createComponents({ Problem: problem })
  const paths: Record<string, Json> = {}
  // The name of a type is for the answers without secrets, in whatever order the routes stand.
  for (const route of routes)
    if ((route.kind === 'resource' && !route.showsSecret) || route.kind === 'list') components.answer(route)
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, components) }
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
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({
      name,
      ...(tags[name] === undefined ? {} : { description: tags[name] }),
    })),
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
      schemas: components.schemas,
    },
  }
}
