/**
 * Pages and files for browsers, and the operations that a page calls: what lies outside the API, its base path and its document.
 * A page says all its headers itself; those of `guardHeaders` are there already and may be replaced.
 *
 * Promises: what a link's token opens is decided before a byte of a body is read; who tries many wrong tokens is slowed down;
 * GET and HEAD change nothing, and nothing that changes can be called from another site.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredBlob } from '../storage/storage.ts'
import { assertOwnPages, cookiesOf } from './cross-site.ts'
import { streamOf } from './file-answer.ts'
import { parseBody } from './parse.ts'
import { dispositionOf } from './ranges.rules.ts'
import { createRateLimiter, type RateLimiter } from './rate-limit.ts'
import { uploadField } from './route.ts'
import { assertLength, isJsonBody, isUpload, takeUpload, type UploadedFile } from './upload.ts'

export interface PageRequest {
  readonly params: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface PageAnswer {
  readonly status: 200 | 304 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** Answers GET and HEAD, and changes nothing. */
export interface PageRoute {
  /** From the root of the site, with `{name}` for parts. */
  readonly path: string
  answer(request: PageRequest): PageAnswer | Promise<PageAnswer>
}

/** What an operation of a page is called with, before its body is read. */
export interface PageCall {
  readonly runtime: Runtime
  readonly params: Readonly<Record<string, string>>
  readonly cookies: Readonly<Record<string, string>>
  readonly requestId: string
}

export interface PageInput {
  /** The JSON body by its schema. Refuses as `parseBody`. */
  body<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>
  /** Of an operation that takes one; whoever throws an AppError lets go of it. */
  readonly file: UploadedFile | null
}

export interface PageReply {
  readonly status: 200 | 201 | 204
  readonly json?: unknown
  readonly file?: {
    readonly name: string
    readonly mediaType: string
    readonly bytes: number
    readonly content: AsyncIterable<Buffer>
    /** Whether a browser may show it beside the page. */
    readonly isShown: boolean
  }
  /** Whole values of `Set-Cookie`. */
  readonly cookies?: readonly string[]
}

/** Whom the link let in. */
export interface PageGuest {
  readonly organisationId: string
  /** By what their uploads are counted. */
  readonly id: string
  perform(input: PageInput): Promise<PageReply>
}

/** Something that a page does, under its own link. Answers in JSON that no cache keeps. */
export interface PageOperation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** A file as multipart/form-data in the part `file`, instead of JSON. */
  readonly upload?: { readonly bytesMax: number }
  /** Judges the link, before the body is read. Throws LINK_DEAD, whatever the cause. */
  admit(call: PageCall): Promise<PageGuest>
}

/** More than any form of a page, less than would be work. */
const bodyBytesMax = 65_536
/** So many times fewer than requests are wrong tokens and uploads. */
const rarity = 20

const urlOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

interface Limits {
  readonly requests: RateLimiter
  readonly wrong: RateLimiter
  readonly uploads: RateLimiter
}

function assertAllowed(limiter: RateLimiter, id: string, cost: 0 | 1 = 1): void {
  const { isAllowed, retrySeconds } = limiter.take(id, cost)
  if (isAllowed) return
  throw new AppError('TOO_MANY_REQUESTS', 'That was too much at once. Wait a moment, then try again.', {
    extra: { retryAfter: retrySeconds },
  })
}

/** Who has tried many wrong tokens waits, whatever the next one is. */
function assertMayCall({ requests, wrong }: Limits, { ip }: FastifyRequest): void {
  assertAllowed(requests, ip)
  assertAllowed(wrong, ip, 0)
}

/** All pages and their operations, with one count of who asks too much. */
export function addPages(
  app: FastifyInstance,
  runtime: Runtime,
  pages: readonly PageRoute[],
  operations: readonly PageOperation[],
): void {
  const { rateLimit, rateLimitBurst } = runtime.config
  const rare = (): RateLimiter =>
    createRateLimiter(Math.max(0.2, rateLimit / rarity), Math.max(5, rateLimitBurst / rarity))
  const limits: Limits = {
    requests: createRateLimiter(rateLimit, rateLimitBurst),
    wrong: rare(),
    uploads: rare(),
  }
  for (const page of pages) addPage(app, limits, page)
  for (const operation of operations) addOperation(app, runtime, limits, operation)
}

function addPage(app: FastifyInstance, limits: Limits, page: PageRoute): void {
  app.get(urlOf(page.path), async (request, reply) => {
    assertMayCall(limits, request)
    const { status, headers, body } = await page.answer({
      params: paramsOf(request),
      headers: request.headers,
    })
    if (status === 404) limits.wrong.take(request.ip)
    return reply.code(status).headers(headers).send(body)
  })
}

function paramsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const params = request.params as Record<string, string>
  // PostgreSQL has no NUL in texts; a token or id with one is simply unknown.
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value.replaceAll('\0', '\u{fffd}')]),
  )
}

function assertFromPage(runtime: Runtime, { method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return
  const { origin, host, 'sec-fetch-site': site, 'x-vouchsafe-page': mark } = headers
  assertOwnPages(
    {
      method,
      origin,
      host,
      site: typeof site === 'string' ? site : undefined,
      token: undefined,
      publicUrl: runtime.config.publicUrl,
    },
    undefined,
  )
  // A form of another site cannot set a header, and a script of one may not.
  if (mark !== '1')
    throw new AppError(
      'PAGE_ONLY',
      'Only the page behind the link does this. Open the link and use the page.',
    )
}

const guests = new WeakMap<FastifyRequest, PageGuest>()

function addOperation(
  app: FastifyInstance,
  runtime: Runtime,
  limits: Limits,
  operation: PageOperation,
): void {
  const { upload } = operation
  app.route({
    method: operation.method,
    url: urlOf(operation.path),
    bodyLimit: bodyBytesMax,
    config: { isUpload: upload !== undefined },
    onRequest: async (request, reply) => {
      void reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow, noarchive' })
      assertMayCall(limits, request)
      assertFromPage(runtime, request)
      const call: PageCall = {
        runtime,
        params: paramsOf(request),
        cookies: cookiesOf(request.headers.cookie),
        requestId: request.id,
      }
      const guest = await operation.admit(call).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'LINK_DEAD') limits.wrong.take(request.ip)
        throw error
      })
      guests.set(request, guest)
      if (!upload) return
      assertAllowed(limits.uploads, `link:${guest.id}`)
      assertAllowed(limits.uploads, `address:${request.ip}`)
      assertMediaType(operation, request)
      assertLength(request.raw, upload.bytesMax)
    },
    handler: async (request, reply) => {
      const guest = guests.get(request)
      if (!guest) throw new Error('nobody comes here who was not let in')
      assertMediaType(operation, request)
      if (upload) return send(await takeFile(runtime, guest, upload.bytesMax, request), reply)
      const input: PageInput = {
        body: (schema) => parseBody(schema, request.body),
        file: null,
      }
      return send(await perform(guest, input, limits, request), reply)
    },
  })
}

/** A link may die while its page is open, or by what was just sent: then it counts as every dead one. */
async function perform(
  guest: PageGuest,
  input: PageInput,
  limits: Limits,
  request: FastifyRequest,
): Promise<PageReply> {
  try {
    return await guest.perform(input)
  } catch (error) {
    if (error instanceof AppError && error.code === 'LINK_DEAD') limits.wrong.take(request.ip)
    throw error
  }
}

function assertMediaType({ upload, method }: PageOperation, { headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (upload) {
    if (!isUpload(type)) throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the file as multipart/form-data.')
    return
  }
  const mayLack = method === 'GET' || method === 'DELETE'
  if (type === undefined ? !mayLack : !isJsonBody(type))
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'Send the body as application/json.')
}

/** The file goes into the store as it comes; it stays when the operation took it, and goes when it was refused. */
async function takeFile(
  { storage }: Runtime,
  guest: PageGuest,
  bytesMax: number,
  request: FastifyRequest,
): Promise<PageReply> {
  const { organisationId } = guest
  const discard = ({ key }: StoredBlob): Promise<void> => storage.delete(organisationId, key)
  const { file } = await takeUpload(request.raw, uploadField, {
    store: (content) => storage.write(organisationId, content, { bytesMax }),
    discard,
  })
  try {
    return await guest.perform({
      body: () => {
        throw new Error('an upload has no JSON body')
      },
      file,
    })
  } catch (error) {
    // Refused before anything was done with it. After a fault of ours nobody knows: then it stays, and the sweeper decides.
    if (error instanceof AppError && !['unavailable', 'internal'].includes(error.kind))
      await discard(file.blob)
    throw error
  }
}

function send({ status, json, file, cookies = [] }: PageReply, reply: FastifyReply): FastifyReply {
  if (cookies.length > 0) void reply.header('set-cookie', [...cookies])
  void reply.code(status)
  if (file)
    return reply
      .headers({
        'content-type': file.mediaType,
        'content-length': String(file.bytes),
        'content-disposition': file.isShown ? 'inline' : dispositionOf(file.name),
        'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
        'cross-origin-resource-policy': 'same-origin',
      })
      .send(streamOf(file.content))
  if (json === undefined) return reply.send()
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(json))
}
