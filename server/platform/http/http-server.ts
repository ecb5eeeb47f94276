/**
 * The HTTP server (spec 10). Every route goes the same way: token (401), grant (403), existence (404), input (400), the
 * operation, the answer. Nothing about the inside leaves it: no stack traces, no SQL.
 */
import { randomUUID } from 'node:crypto'
import helmet from '@fastify/helmet'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError, asAppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { watchBody } from './body-deadline.ts'
import { answerIllFramed, assertHost, guardHeaders, takeExpectations, waitsToContinue } from './ill-framed.ts'
import { buildDocument } from './openapi.ts'
import { addContract } from './contract-handler.ts'
import { addPages } from './pages.ts'
import { httpStatuses, problemOf } from './problem.ts'
import { createRateLimiter } from './rate-limit.ts'
import { referencePage, referenceStyleHash } from './reference.ts'
import { addRoute, pathOf } from './route-handler.ts'
import type { HttpServerOptions } from './http-server-options.ts'
import { uploadField, type Route } from './route.ts'

export const basePath = '/openapi/v1'

export interface HttpServer {
  /** Starts listening; the port in use. */
  listen(host: string, port: number): Promise<number>
  /** Takes nothing more, and finishes what was begun; what takes longer than 5 seconds is cut. */
  close(): Promise<void>
  /** For tests: a request without a socket. */
  inject: FastifyInstance['inject']
}

const bodyBytesMax = 1_048_576
/** A client that sends its file, or takes its answer, a few bytes at a time must not keep the process from ending. */
const stopGraceMs = 5_000
const saneRequestId = /^[A-Za-z0-9._:-]{1,128}$/

/** Builds the server; nothing listens yet. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { runtime } = options
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
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
  // Read by the routes that take files, as it comes.
  app.addContentTypeParser('multipart/form-data', (_request, body, done) => done(null, body))
  takeExpectations(app.server)
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ ...guardHeaders, 'x-request-id': request.id })
    assertHost(request.raw)
    watchBody(request.raw, request.routeOptions.config.isUpload === true)
  })
  app.addHook('preParsing', async (request, reply) => {
    if (waitsToContinue(request.raw)) reply.raw.writeContinue()
  })
  app.addHook('onSend', async (request, reply) => {
    // Nobody told it to go on: what it sends now might be its body, or the next request.
    if (waitsToContinue(request.raw) && !request.raw.complete) void reply.header('connection', 'close')
  })
  const { metrics } = options
  if (metrics)
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url?.replaceAll(/:(\w+)/g, '{$1}') ?? ''
      metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1_000)
    })
  const contracts = options.contracts ?? []
  const addresses = [
    ...options.routes.map(({ method, path }) => ({ method, path: basePath + path })),
    ...contracts.flatMap((one) =>
      one.routes.map(({ method, path }) => ({ method, path: one.basePath + path })),
    ),
  ]
  app.setErrorHandler((thrown, request, reply) => answerFault(runtime, thrown, request, reply))
  app.setNotFoundHandler((request, reply) =>
    answerFault(runtime, notRouted(addresses, request), request, reply),
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
  for (const route of options.routes) addRoute(app, options, limiter, route, basePath)
  refuseOtherMethods(app, options.routes)
  for (const contract of contracts) await addContract(app, runtime, contract, options.version)
  addPages(app, runtime, options.pages, options.pageOperations ?? [])

  return {
    listen: async (host, port) => {
      await app.listen({ host, port })
      const address = app.server.address()
      if (address === null || typeof address === 'string') throw new Error('HTTP listens on no port')
      return address.port
    },
    close: async () => {
      const closed = app.close()
      const patience = setTimeout(() => app.server.closeAllConnections(), stopGraceMs)
      await closed.finally(() => clearTimeout(patience))
    },
    inject: app.inject.bind(app) as FastifyInstance['inject'],
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Matches what the path of a route matches. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
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
function notRouted(
  addresses: readonly { readonly method: string; readonly path: string }[],
  request: FastifyRequest,
): AppError {
  const asked = pathOf(request)
  const taken = addresses.filter(({ path }) => patternOf(path).test(asked)).map(({ method }) => method)
  if (taken.length === 0) return new AppError('NOT_FOUND', 'There is nothing at this address.')
  return methodNotAllowed(taken)
}

/** The fault as this route tells it. */
function told(thrown: unknown, request: FastifyRequest): AppError {
  const error = known(thrown, request)
  if (error.code !== 'BODY_TOO_LARGE' || !request.routeOptions.config.isSizeInvalid) return error
  const detail = error.message
  return new AppError('VALIDATION_FAILED', detail, {
    errors: [{ pointer: `/${uploadField}`, code: 'TOO_LARGE', detail }],
  })
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

/** A link's token opens what is behind it: it stays out of everything that may be kept. */
function shownPath(request: FastifyRequest): string {
  return pathOf(request).replace(/^\/r\/[^/]*/, '/r/…')
}

const linkDead = new AppError(
  'LINK_DEAD',
  'This link no longer works. Ask your employer for a new one; what you have already sent is safe.',
)
/** The same bytes for every dead link and every path under it: no path, no request id. */
const deadLink = Object.fromEntries(
  Object.entries(problemOf(linkDead, '', '')).filter(([name]) => !['instance', 'requestId'].includes(name)),
)

async function answerFault(
  runtime: Runtime,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const error = told(thrown, request)
  const status = httpStatuses[error.kind]
  if (status >= 500) runtime.log.error({ err: error.cause ?? error, requestId: request.id }, 'request failed')
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  if (error.code === 'TOO_MANY_REQUESTS') void reply.header('retry-after', String(error.extra['retryAfter']))
  if (error.code === 'RANGE_UNSATISFIABLE')
    void reply.header('content-range', `bytes */${String(error.extra['bytes'])}`)
  if (error.code === 'METHOD_NOT_ALLOWED')
    void reply.header('allow', (error.extra['allow'] as string[]).join(', '))
  const { allow, ...extra } =
    error.code === 'LINK_DEAD' ? deadLink : problemOf(error, shownPath(request), request.id)
  await reply.code(status).type('application/problem+json').send(JSON.stringify(extra))
}
