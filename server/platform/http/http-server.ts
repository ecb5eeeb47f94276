/**
 * The HTTP server (spec 10). Every route goes the same way: token (401), grant (403), existence (404), input (400), the
 * operation, the answer. Nothing about the inside leaves it: no stack traces, no SQL.
 */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import helmet from '@fastify/helmet'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Caller } from '../context.ts'
import { AppError, asAppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { fingerprintOf, idempotencyKeyOf, type Answer } from './idempotency.ts'
import { assertOwnPages, cookiesOf, type SiteRequest } from './cross-site.ts'
import { answerIllFramed, assertHost, guardHeaders, takeUnknownExpectations } from './ill-framed.ts'
import type { Metrics } from './metrics.ts'
import { buildDocument } from './openapi.ts'
import { encodeCursor, pagingOf, type PagingInput } from './paging.ts'
import { parse, parseBody } from './parse.ts'
import { perform, performOnce, type Performance } from './perform.ts'
import { httpStatuses, problemOf } from './problem.ts'
import { referencePage, referenceStyleHash } from './reference.ts'
import { createRateLimiter, type RateLimiter } from './rate-limit.ts'
import type { Call, Client, HttpPrincipal, Resource, Route } from './route.ts'

export const basePath = '/openapi/v1'

export interface HttpServerOptions {
  readonly runtime: Runtime
  readonly routes: readonly Route[]
  /** What each of their tags is about. */
  readonly tags: Readonly<Record<string, string>>
  readonly version: string
  /** Throws TOKEN_MISSING, TOKEN_INVALID or SESSION_INVALID. A token wins over a session. */
  authenticate(request: {
    readonly authorization: string | undefined
    readonly cookies: Client['cookies']
  }): Promise<HttpPrincipal>
  readonly metrics?: Metrics
  /** The parts without which the service cannot work, and those without which it is only degraded. */
  readiness(): Promise<Readiness>
}

export interface Readiness {
  /** A part that is not required and fails makes the node degraded, not unready. */
  readonly parts: Readonly<
    Record<string, { readonly ok: boolean; readonly isRequired: boolean; readonly detail?: string }>
  >
}

export interface HttpServer {
  /** Starts listening; the port in use. */
  listen(host: string, port: number): Promise<number>
  /** Finishes what was begun. */
  close(): Promise<void>
  /** For tests: a request without a socket. */
  inject: FastifyInstance['inject']
}

const bodyBytesMax = 1_048_576
const requestTimeoutMs = 60_000
const saneRequestId = /^[A-Za-z0-9._:-]{1,128}$/

/** Builds the server; nothing listens yet. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { runtime } = options
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    clientErrorHandler: answerIllFramed,
    // `assertHost` asks for it, so that its lack is answered like every other fault.
    http: { requireHostHeader: false },
    trustProxy: runtime.config.trustProxy ?? false,
    genReqId: (request) => {
      const given = request.headers['x-request-id']
      return typeof given === 'string' && saneRequestId.test(given)
        ? given
        : `req_${randomUUID().replaceAll('-', '')}`
    },
    exposeHeadRoutes: true,
    // Ids are opaque and may hold anything: a part that is not well-formed is an unknown id, never a fault of its own.
    routerOptions: { maxParamLength: 1_000 },
    // Addresses that cannot be read: no hook sees them.
    frameworkErrors: (error, request, reply) => {
      void reply.headers({ ...guardHeaders, 'x-request-id': request.id })
      void answerFault(runtime, error, request, reply as unknown as FastifyReply)
    },
  })
  // Its policy for pages would let scripts of this origin run; `guardHeaders` has a stricter one.
  await app.register(helmet, { contentSecurityPolicy: false })

  // The body is read as bytes and judged in the handler, after access and existence.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  )
  takeUnknownExpectations(app.server)
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ ...guardHeaders, 'x-request-id': request.id })
    assertHost(request.raw)
  })
  const { metrics } = options
  if (metrics)
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? ''
      metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1_000)
    })
  app.setErrorHandler((thrown, request, reply) => answerFault(runtime, thrown, request, reply))
  app.setNotFoundHandler((request, reply) =>
    answerFault(runtime, notRouted(options.routes, request), request, reply),
  )

  const built = buildDocument(options.routes, { version: options.version, basePath, tags: options.tags })
  const document = JSON.stringify(built)
  const reference = referencePage(built, basePath)
  app.get(`${basePath}/openapi.json`, async (_request, reply) =>
    reply.type('application/json').send(document),
  )
  app.get(`${basePath}/docs`, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        `default-src 'none'; style-src ${referenceStyleHash}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      )
      .send(reference),
  )
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const { parts } = await options.readiness()
    const failing = Object.values(parts).filter((part) => !part.ok)
    const isReady = !failing.some((part) => part.isRequired)
    const status = !isReady ? 'unavailable' : failing.length > 0 ? 'degraded' : 'ready'
    return reply.code(isReady ? 200 : 503).send({ status, parts })
  })
  const limiter = createRateLimiter(runtime.config.rateLimit, runtime.config.rateLimitBurst)
  for (const route of options.routes) addRoute(app, options, limiter, route)
  refuseOtherMethods(app, options.routes)

  return {
    listen: async (host, port) => {
      await app.listen({ host, port })
      const address = app.server.address()
      if (address === null || typeof address === 'string') throw new Error('HTTP listens on no port')
      return address.port
    },
    close: () => app.close(),
    inject: app.inject.bind(app) as FastifyInstance['inject'],
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on public routes. */
    principal?: HttpPrincipal
  }
}

function clientOf(request: FastifyRequest): Client {
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? null,
    cookies: cookiesOf(request.headers.cookie),
  }
}

function siteRequestOf(runtime: Runtime, request: FastifyRequest): SiteRequest {
  const { origin, host, 'sec-fetch-site': site, 'x-csrf-token': token } = request.headers
  return {
    method: request.method,
    origin,
    host,
    site: typeof site === 'string' ? site : undefined,
    token: typeof token === 'string' ? token : undefined,
    publicUrl: runtime.config.publicUrl,
  }
}

/** Judges who asks (401), whether they ask too much (429), from where, and whether they may (403). */
async function admit(
  { runtime, authenticate }: HttpServerOptions,
  limiter: RateLimiter,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const isPublic = route.grant === 'public'
  const principal = isPublic
    ? undefined
    : await authenticate({
        authorization: request.headers.authorization,
        cookies: cookiesOf(request.headers.cookie),
      })
  const { isAllowed, remaining, resetSeconds, retrySeconds } = limiter.take(
    principal?.id ?? `address:${request.ip}`,
  )
  void reply.headers({
    'ratelimit-policy': limiter.policy,
    ratelimit: `"token";r=${remaining};t=${resetSeconds}`,
  })
  if (!isAllowed)
    throw new AppError('TOO_MANY_REQUESTS', 'This caller has made too many requests.', {
      extra: { retryAfter: retrySeconds },
    })
  if (isPublic || principal?.session)
    assertOwnPages(siteRequestOf(runtime, request), principal?.session?.csrfToken)
  if (route.grant === 'session' && !principal?.session)
    throw new AppError('SESSION_REQUIRED', 'This is for signed-in users; an access token has no user.')
  if (typeof route.grant === 'object') principal?.require(route.grant.entity, route.grant.verb)
  if (principal) request.principal = principal
}

function addRoute(
  app: FastifyInstance,
  options: HttpServerOptions,
  limiter: RateLimiter,
  route: Route,
): void {
  const { runtime } = options
  app.route({
    method: route.method,
    url: basePath + route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...(route.kind === 'resource' && route.bodyBytesMax !== undefined
      ? { bodyLimit: route.bodyBytesMax }
      : {}),
    // Before the body is read: a stranger's megabyte is not looked at.
    onRequest: (request, reply) => admit(options, limiter, route, request, reply),
    handler: async (request, reply) => {
      const { principal } = request
      const caller = principal?.caller(request.id) ?? anybody(request.id)
      const organisationId = principal?.organisationId ?? ''
      // PostgreSQL has no NUL in texts: an id with one is unknown, a filter with one is a fault.
      if (holdsNul(request.params)) throw new AppError('NOT_FOUND', 'There is nothing with this id.')
      if (holdsNul(request.query))
        throw new AppError('VALIDATION_FAILED', 'A parameter holds a NUL character. Leave it out.')
      const call: Call = {
        runtime,
        caller,
        organisationId,
        client: clientOf(request),
        session: principal?.session ?? null,
        params: request.params as Record<string, string>,
        query: undefined,
        body: undefined,
        demand: (entity, verb) => {
          if (!principal) throw new AppError('TOKEN_MISSING', 'The request has no access token.')
          principal.require(entity, verb)
        },
        read: (work) => runtime.read(organisationId, caller, work),
        write: (work) => runtime.write(organisationId, caller, work),
      }
      if (route.kind === 'list') return answerList(route, call, request)
      const taken = route.kind === 'removal' ? undefined : route.query
      const query: unknown = parse(taken ?? z.strictObject({}), request.query, 'query')
      if (route.kind === 'file')
        return answerFile(await route.run({ ...call, query } as never), route.mediaType, reply)
      const performance: Performance = {
        runtime,
        route,
        organisationId,
        caller,
        client: call.client,
        session: call.session,
        requestId: request.id,
        instance: pathOf(request),
        params: call.params,
        query,
        basePath,
        ifMatch: request.headers['if-match'],
        demand: call.demand,
        body: () =>
          (route.kind === 'resource' || route.kind === 'action') && route.body
            ? parseBody(route.body, request.body)
            : undefined,
      }
      const key = request.method === 'POST' ? idempotencyKeyOf(request.headers['idempotency-key']) : undefined
      // What strangers may do has no owner whose key it could be, and answers with secrets: it is done anew.
      if (key === undefined || !principal) return send(await perform(performance), request, reply)
      const { answer, isRepeated } = await performOnce(performance, {
        tokenId: principal.id,
        key,
        fingerprint: fingerprintOf(request.method, request.url, String(request.body ?? '')),
      })
      if (isRepeated) void reply.header('idempotency-replayed', 'true')
      return send(answer, request, reply)
    },
  })
}

/** Of a public route, before the operation finds out who it is. */
function anybody(requestId: string): Caller {
  return { actor: { kind: 'SYSTEM', id: null }, channel: 'API', requestId }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}

function holdsNul(values: unknown): boolean {
  return Object.values(values as Record<string, unknown>).some((value) => String(value).includes('\0'))
}

function shown(resource: Resource, type: string): object {
  return { id: resource.id, type, attributes: resource.attributes, lastUpdated: resource.lastUpdated }
}

async function answerList(
  route: Route & { kind: 'list' },
  call: Call,
  request: FastifyRequest,
): Promise<object> {
  const query = parse(route.query, request.query, 'query')
  const paging = pagingOf(query as PagingInput)
  const { resources, total, nextKey } = await route.run({ ...call, query }, paging)
  const known = typeof total === 'number' ? { count: total, isExact: true } : total
  return {
    data: resources.map((resource) => shown(resource, route.type)),
    meta: {
      page: paging.page,
      pageSize: paging.pageSize,
      total: known.count,
      totalIsExact: known.isExact,
      nextCursor: nextKey === null ? null : encodeCursor(nextKey, known),
      requestId: request.id,
    },
  }
}

function send(answer: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { etag } = answer.headers
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const known = isRead && etag !== undefined ? request.headers['if-none-match'] : undefined
  if (etag !== undefined && known?.split(',').some((one) => one.trim() === etag || one.trim() === '*'))
    return reply.header('etag', etag).code(304).send()
  void reply.headers(answer.headers)
  if (answer.cookies !== undefined && answer.cookies.length > 0)
    void reply.headers({ 'set-cookie': [...answer.cookies], 'cache-control': 'no-store' })
  return reply.code(answer.status).send(answer.body === '' ? undefined : answer.body)
}

function answerFile(
  file: { name: string; bytes: number; content: AsyncIterable<Buffer> },
  mediaType: string,
  reply: FastifyReply,
): FastifyReply {
  return reply
    .type(mediaType)
    .header('content-length', file.bytes)
    .header('content-disposition', `attachment; filename="${file.name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`)
    .send(Readable.from(file.content, { objectMode: false }))
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Matches what the path of a route matches. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

/**
 * Paths that another path's part would swallow: `/workers/batch` is no worker of the name "batch", so a method that it does
 * not take is 405 and not an unknown worker.
 */
function refuseOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const paths = new Set(routes.map((route) => route.path))
  for (const path of paths) {
    const isShadowed = [...paths].some((other) => other !== path && patternOf(other).test(path))
    if (!isShadowed) continue
    const taken = routes.filter((route) => route.path === path).map((route) => route.method)
    for (const method of methods.filter((one) => !taken.includes(one)))
      app.route({
        method,
        url: basePath + path.replaceAll(/\{(\w+)\}/g, ':$1'),
        handler: () => {
          throw methodNotAllowed(taken)
        },
      })
  }
}

function methodNotAllowed(methods: readonly string[]): AppError {
  const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))]
  return new AppError('METHOD_NOT_ALLOWED', `This address takes ${allow.join(', ')}.`, { extra: { allow } })
}

/** A path that is routed for other methods is 405 and says which. */
function notRouted(routes: readonly Route[], request: FastifyRequest): AppError {
  const path = pathOf(request)
  const taken = routes
    .filter((route) => patternOf(basePath + route.path).test(path))
    .map((route) => route.method)
  if (taken.length === 0) return new AppError('NOT_FOUND', 'There is nothing at this address.')
  return methodNotAllowed(taken)
}

/** The HTTP library's own faults, in our words. */
function known(thrown: unknown, request: FastifyRequest): AppError {
  const code = (thrown as { code?: unknown } | null)?.code
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new AppError('NOT_FOUND', 'There is nothing at this address.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the body as application/json.')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new AppError(
      'BODY_TOO_LARGE',
      `A body has at most ${request.routeOptions.bodyLimit ?? bodyBytesMax} bytes here.`,
    )
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode
  if (status === 400 && typeof code === 'string' && code.startsWith('FST_'))
    return new AppError('VALIDATION_FAILED', 'The request is not well-formed.')
  return asAppError(thrown)
}

async function answerFault(
  runtime: Runtime,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const error = known(thrown, request)
  const status = httpStatuses[error.kind]
  if (status >= 500) runtime.log.error({ err: error.cause ?? error, requestId: request.id }, 'request failed')
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  if (error.code === 'TOO_MANY_REQUESTS') void reply.header('retry-after', String(error.extra['retryAfter']))
  if (error.code === 'METHOD_NOT_ALLOWED')
    void reply.header('allow', (error.extra['allow'] as string[]).join(', '))
  const { allow, ...extra } = problemOf(error, pathOf(request), request.id)
  await reply.code(status).type('application/problem+json').send(JSON.stringify(extra))
}
