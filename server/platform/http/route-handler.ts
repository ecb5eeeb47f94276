/** One route of the server: who asks, what is asked, the operation, and the answer (spec 10). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Caller } from '../context.ts'
import { AppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredBlob } from '../storage/storage.ts'
import { answerFile } from './file-answer.ts'
import { assertOwnPages, cookiesOf, type SiteRequest } from './cross-site.ts'
import type { HttpServerOptions } from './http-server-options.ts'
import { fingerprintOf, idempotencyKeyOf, type Answer } from './idempotency.ts'
import { encodeCursor, pagingOf, type PagingInput } from './paging.ts'
import { parse, parseBody } from './parse.ts'
import { perform, performOnce, type Performance } from './perform.ts'
import type { RateLimiter } from './rate-limit.ts'
import {
  uploadField,
  type Call,
  type Client,
  type HttpPrincipal,
  type Resource,
  type ResourceRoute,
  type Route,
  type Sent,
} from './route.ts'
import {
  assertLength,
  isJsonBody,
  isUpload,
  takeJsonFile,
  takeUpload,
  type UploadedFile,
  type UploadTarget,
} from './upload.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    isUpload?: boolean
    /** See `upload.isSizeInvalid` of a route. */
    isSizeInvalid?: boolean
  }
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

export function addRoute(
  app: FastifyInstance,
  options: HttpServerOptions,
  limiter: RateLimiter,
  route: Route,
  basePath: string,
): void {
  const { runtime } = options
  app.route({
    method: route.method,
    url: basePath + route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ...bodyLimitOf(route),
    // Before the body is read: a stranger's megabyte is not looked at.
    onRequest: async (request, reply) => {
      await admit(options, limiter, route, request, reply)
      if (route.kind === 'resource' && route.upload) await route.find?.(callOf(runtime, request))
      await measure(runtime, route, request)
    },
    config: {
      isUpload: uploadOf(route) !== undefined,
      isSizeInvalid: uploadOf(route)?.isSizeInvalid === true,
    },
    handler: async (request, reply) => {
      const { principal } = request
      const upload = uploadOf(route)
      assertMediaType(upload, request.headers['content-type'])
      if (route.kind === 'action') route.proof?.judge(sentAs(runtime, request))
      const call = callOf(runtime, request)
      const { caller, organisationId } = call
      if (holdsNul(request.query))
        throw new AppError('VALIDATION_FAILED', 'A parameter holds a NUL character. Leave it out.')
      if (route.kind === 'list') return answerList(route, call, request)
      const taken = route.kind === 'removal' || route.kind === 'results' ? undefined : route.query
      const query: unknown = parse(taken ?? z.strictObject({}), request.query, 'query')
      if (route.kind === 'file')
        return answerFile(route, await route.run({ ...call, query } as never), request, reply)
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
          route.kind !== 'removal' && route.body ? parseBody(route.body, request.body) : undefined,
      }
      if (upload && principal) return answerUpload(upload, performance, principal, request, reply)
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

function bodyLimitOf(route: Route): { bodyLimit?: number } {
  if (route.kind !== 'resource' && route.kind !== 'results') return {}
  const bodyLimit =
    (route.kind === 'resource' ? route.upload?.asJson?.bytesMax : undefined) ?? route.bodyBytesMax
  return bodyLimit === undefined ? {} : { bodyLimit }
}

function assertMediaType(upload: ResourceRoute['upload'], contentType: string | undefined): void {
  const isForm = isUpload(contentType)
  if (!upload && !isForm) return
  if (upload && (isForm || (upload.asJson && isJsonBody(contentType)))) return
  throw new AppError(
    'MEDIA_TYPE_UNSUPPORTED',
    !upload
      ? 'Send the body as application/json.'
      : upload.asJson
        ? 'Send the file as multipart/form-data, or in base64 as application/json.'
        : 'Send the file as multipart/form-data.',
  )
}

/** What an operation is called with, before anything of query and body is known. */
function callOf(runtime: Runtime, request: FastifyRequest): Call {
  const { principal } = request
  const caller = principal?.caller(request.id) ?? anybody(request.id)
  const organisationId = principal?.organisationId ?? ''
  // PostgreSQL has no NUL in texts: an id with one is unknown, a filter with one is a fault.
  if (holdsNul(request.params)) throw new AppError('NOT_FOUND', 'There is nothing with this id.')
  return {
    runtime,
    caller,
    organisationId,
    client: clientOf(request),
    session: principal?.session ?? null,
    params: request.params as Record<string, string>,
    query: undefined,
    body: undefined,
    file: null,
    demand: (entity, verb) => {
      if (!principal) throw new AppError('TOKEN_MISSING', 'The request has no access token.')
      principal.require(entity, verb)
    },
    // Lists and files change nothing.
    assertMatch: () => Promise.resolve(),
    read: (work) => runtime.read(organisationId, caller, work),
    write: (work) => runtime.write(organisationId, caller, work),
  }
}

/** Before the client is told to go on, and before a byte of the body is read. */
async function measure(runtime: Runtime, route: Route, request: FastifyRequest): Promise<void> {
  const { principal } = request
  const upload = uploadOf(route)
  if (!upload || !principal || request.headers['content-length'] === undefined) return
  if (!isUpload(request.headers['content-type'])) return
  const caller = principal.caller(request.id)
  assertLength(request.raw, await runtime.read(principal.organisationId, caller, upload.bytesMax))
}

function uploadOf(route: Route): ResourceRoute['upload'] {
  return route.kind === 'resource' ? route.upload : undefined
}

/**
 * A file is stored before anything else is known of it: what makes a request the same includes it. It stays when the
 * operation took it, and goes when the request was refused or had been answered before.
 */
async function answerUpload(
  upload: NonNullable<ResourceRoute['upload']>,
  performance: Performance,
  principal: HttpPrincipal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { runtime, route, organisationId, caller } = performance
  const key = idempotencyKeyOf(request.headers['idempotency-key'])
  const bytesMax = await runtime.read(organisationId, caller, upload.bytesMax)
  const discard = ({ key: blobKey }: StoredBlob): Promise<void> =>
    runtime.storage.delete(organisationId, blobKey)
  const store = (content: AsyncIterable<Buffer>): Promise<StoredBlob> =>
    runtime.storage.write(organisationId, content, { bytesMax })
  const { file, fields, fingerprint } = isUpload(request.headers['content-type'])
    ? await takeForm(request, { store, discard })
    : await takeJson(request, store)
  const whole: Performance = {
    ...performance,
    file,
    body: () => (route.kind === 'resource' && route.body ? parse(route.body, fields, 'body') : undefined),
  }
  try {
    const { answer, isRepeated } =
      key === undefined
        ? { answer: await perform(whole), isRepeated: false }
        : await performOnce(whole, {
            tokenId: principal.id,
            key,
            fingerprint: fingerprintOf(request.method, request.url, fingerprint),
          })
    if (isRepeated || answer.status >= 400) await discard(file.blob)
    if (isRepeated) void reply.header('idempotency-replayed', 'true')
    return await send(answer, request, reply)
  } catch (error) {
    // Refused before anything was done with it. After a fault of ours nobody knows: then it stays.
    if (error instanceof AppError && !['unavailable', 'internal'].includes(error.kind))
      await discard(file.blob)
    throw error
  }
}

function sentAs(runtime: Runtime, request: FastifyRequest): Sent {
  return {
    runtime,
    header: (name) => {
      const value = request.headers[name.toLowerCase()]
      return typeof value === 'string' ? value : undefined
    },
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  }
}

/** What was sent, stored; and what makes it the same request. */
interface Taken {
  readonly file: UploadedFile
  readonly fields: Readonly<Record<string, string>>
  readonly fingerprint: string
}

async function takeForm(request: FastifyRequest, target: UploadTarget): Promise<Taken> {
  const { file, fields, parts } = await takeUpload(request.raw, uploadField, target)
  return { file, fields, fingerprint: JSON.stringify(parts) }
}

async function takeJson(request: FastifyRequest, store: UploadTarget['store']): Promise<Taken> {
  const file = await takeJsonFile(request.body, store)
  return { file, fields: {}, fingerprint: String(request.body) }
}

/** Of a public route, before the operation finds out who it is. */
function anybody(requestId: string): Caller {
  return { actor: { kind: 'SYSTEM', id: null }, channel: 'API', requestId }
}

export function pathOf(request: FastifyRequest): string {
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
