/** Serves a contract (contract-route.ts). Every route goes the same way: who (401, 403), how much (429), media type and size, the operation. */
import { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { buildContractDocument } from './contract-document.ts'
import type { Contract, ContractCall, ContractGuest, ContractInput, ContractRoute } from './contract-route.ts'
import { parseBody } from './parse.ts'
import { createRateLimiter, type RateLimiter } from './rate-limit.ts'
import { drain, isJsonBody } from './upload.ts'

const formBytesMax = 16_384
/** So many times fewer than requests are those of strangers that are refused. */
const rarity = 20

interface Limits {
  readonly requests: RateLimiter
  /** Refused requests of an address. */
  readonly refused: RateLimiter
}

function assertAllowed(limiter: RateLimiter, id: string, cost: 0 | 1 = 1): void {
  const { isAllowed, retrySeconds } = limiter.take(id, cost)
  if (isAllowed) return
  throw new AppError('TOO_MANY_REQUESTS', 'This caller has made too many requests.', {
    extra: { retryAfter: retrySeconds },
  })
}

/** Adds the contract's routes and its document, at `<base path>/openapi.json`. */
export async function addContract(
  app: FastifyInstance,
  runtime: Runtime,
  contract: Contract,
  version: string,
): Promise<void> {
  const { rateLimit, rateLimitBurst } = runtime.config
  const limits: Limits = {
    requests: createRateLimiter(rateLimit, rateLimitBurst),
    refused: createRateLimiter(Math.max(0.2, rateLimit / rarity), Math.max(5, rateLimitBurst / rarity)),
  }
  const document = JSON.stringify(buildContractDocument(contract, version))
  app.get(`${contract.basePath}/openapi.json`, async (_request, reply) =>
    reply.type('application/json').send(document),
  )
  for (const isStreamed of [true, false])
    await app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      // Which types a route takes was judged before anything of the body is read.
      if (isStreamed) scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
      else scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      for (const route of contract.routes)
        if ((route.body?.kind === 'bytes') === isStreamed)
          addContractRoute(scope, runtime, limits, contract, route)
    })
}

const guests = new WeakMap<FastifyRequest, ContractGuest>()

function addContractRoute(
  app: FastifyInstance,
  runtime: Runtime,
  limits: Limits,
  { basePath }: Contract,
  route: ContractRoute,
): void {
  const { body } = route
  app.route({
    method: route.method,
    url: basePath + route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...(body?.kind === 'json' ? { bodyLimit: body.bytesMax } : {}),
    ...(body?.kind === 'form' ? { bodyLimit: formBytesMax } : {}),
    config: { isUpload: body?.kind === 'bytes' },
    onRequest: async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      assertAllowed(limits.refused, request.ip, 0)
      if (route.access !== 'token') assertAllowed(limits.requests, `address:${request.ip}`)
      const guest = await route.admit(callOf(runtime, request)).catch((error: unknown) => {
        // Who guesses tokens or links is slowed down.
        if (error instanceof AppError && ['unauthenticated', 'forbidden'].includes(error.kind))
          limits.refused.take(request.ip)
        throw error
      })
      if (route.access === 'token') assertAllowed(limits.requests, guest.id)
      guests.set(request, guest)
      assertBody(body, request)
    },
    handler: async (request, reply) => {
      const guest = guests.get(request)
      if (!guest) throw new Error('nobody comes here who was not let in')
      try {
        const { status, json, headers = {} } = await guest.perform(inputOf(request))
        if (status === 401) limits.refused.take(request.ip)
        void reply.code(status).headers(headers)
        if (json === undefined) return await reply.send()
        return await reply.type('application/json; charset=utf-8').send(JSON.stringify(json))
      } finally {
        letGo(route, request, reply)
      }
    },
  })
}

/** What was not read of a body is passed over, so that its sender sees the answer; more than that is cut. */
function letGo(route: ContractRoute, request: FastifyRequest, reply: FastifyReply): void {
  if (route.body?.kind !== 'bytes' || request.raw.readableEnded || request.raw.destroyed) return
  void reply.header('connection', 'close')
  drain(request.raw)
}

function callOf(runtime: Runtime, request: FastifyRequest): ContractCall {
  const params = request.params as Record<string, string>
  // PostgreSQL has no NUL in texts: an id with one is unknown.
  if (Object.values(params).some((value) => value.includes('\0') || !value.isWellFormed()))
    throw new AppError('NOT_FOUND', 'There is nothing with this id.')
  const at = request.url.indexOf('?')
  return {
    runtime,
    params,
    search: at < 0 ? '' : request.url.slice(at + 1),
    header: (name) => {
      const value = request.headers[name.toLowerCase()]
      return typeof value === 'string' ? value : undefined
    },
    address: request.ip,
    requestId: request.id,
  }
}

/** Refuses a body of another type, or that is too long by its own word. */
function assertBody(body: ContractRoute['body'], { headers, raw }: FastifyRequest): void {
  const type = headers['content-type']
  if (body?.kind === 'json' && !isJsonBody(type))
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the body as application/json.')
  if (body?.kind === 'form' && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? ''))
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the body as application/x-www-form-urlencoded.')
  if (body?.kind !== 'bytes') return
  const length = Number(headers['content-length'] ?? 0)
  if (length <= body.bytesMax) return
  drain(raw)
  throw new AppError(
    'BODY_TOO_LARGE',
    `The file has ${length} bytes, and at most ${body.bytesMax} are taken here. Send a smaller one.`,
  )
}

function inputOf(request: FastifyRequest): ContractInput {
  const { body } = request
  return {
    json: (schema) => parseBody(schema, body),
    form: () => new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : ''),
    get bytes() {
      return wholeOf(request)
    },
  }
}

/** The body to its end. One that is cut off in the middle is a fault, never a shorter file. */
async function* wholeOf({ raw }: FastifyRequest): AsyncGenerator<Buffer> {
  // Without a body nothing is read, and nothing ends.
  if (raw.headers['transfer-encoding'] === undefined && (raw.headers['content-length'] ?? '0') === '0') return
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) yield chunk as Buffer
  } catch (cause) {
    throw cut(cause)
  }
  // Only of one that came over a socket is it known: a request without one is there already.
  if (raw.socket instanceof Socket && !raw.complete) throw cut(undefined)
}

function cut(cause: unknown): AppError {
  return new AppError(
    'HTTP_MALFORMED',
    'The connection was cut before the whole file had come. Send it again.',
    {
      cause,
    },
  )
}
