/**
 * The few calls of S3 that a store needs, signed (AWS Signature Version 4, by aws4) with a digest of every body.
 *
 * Promises: each call is bounded in time and, since all are safe to repeat, tried again when the server is busy or a
 * connection breaks. Errors are `STORAGE_FAULT` and say what to mend; neither they nor anything else shows the secret.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import aws4 from 'aws4'
import { Agent, type Dispatcher } from 'undici'
import { isPassing, readAnswer, refusalError, silenceError, type S3Refusal } from './s3-answers.ts'
import type { S3Address, S3Credentials } from './s3-address.rules.ts'

export interface S3Patience {
  readonly attempts: number
  /** Between two attempts, doubled each time, with chance added. */
  readonly pauseMs: number
  /** Of one attempt, without a body. */
  readonly timeoutMs: number
}

const usualPatience: S3Patience = { attempts: 5, pauseMs: 200, timeoutMs: 30_000 }
const hastyPatience: S3Patience = { attempts: 1, pauseMs: 0, timeoutMs: 5_000 }
/** A slow line still gets a part through: so much is added to an attempt's time for every byte. */
const msPerByte = 1 / 50
const listedAtOnce = 1_000

export interface S3Object {
  readonly key: string
  readonly bytes: number
  readonly modifiedAt: Date
  /** By the server's own clock. */
  readonly idleMs: number
}

export interface S3Piece {
  readonly bytes: Buffer
  /** Of the whole object. */
  readonly total: number
  /** Of its present version. */
  readonly etag: string
}

export interface S3Part {
  readonly number: number
  readonly etag: string
}

export interface S3Client {
  readonly address: S3Address
  /** One that tries once and soon gives up: for asking how the store is. */
  hasty(): S3Client
  put(key: string, body: Buffer): Promise<void>
  /** False when something is there already. A server without that condition overwrites. */
  putIfAbsent(key: string, body: Buffer): Promise<boolean>
  /**
   * The bytes from `start` to before `end`, fewer where the object ends; undefined when there is no such object, or, with
   * `etag`, when it is another version now. `start` lies within the object.
   */
  get(key: string, start: number, end: number, etag?: string): Promise<S3Piece | undefined>
  delete(key: string): Promise<void>
  list(prefix: string): AsyncGenerator<S3Object>
  createUpload(key: string): Promise<string>
  uploadPart(key: string, id: string, number: number, body: Buffer): Promise<S3Part>
  completeUpload(key: string, id: string, parts: readonly S3Part[]): Promise<void>
  abortUpload(key: string, id: string): Promise<void>
  /** Uploads that were begun and neither completed nor aborted. */
  uploads(
    prefix: string,
  ): AsyncGenerator<{ readonly key: string; readonly id: string; readonly idleMs: number }>
  close(): Promise<void>
}

interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Undefined: the bucket itself. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
}

interface Answer extends S3Refusal {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export function s3Client(address: S3Address, credentials: S3Credentials): S3Client {
  const agent = new Agent({ connect: { timeout: 5_000 }, connections: 32, pipelining: 1 })
  return clientOf(address, credentials, agent, usualPatience)
}

function clientOf(
  address: S3Address,
  credentials: S3Credentials,
  agent: Agent,
  patience: S3Patience,
): S3Client {
  const { host } = new URL(address.origin)

  async function once(call: Call): Promise<Answer> {
    const query = Object.entries(call.query ?? {})
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&')
    const path = `${address.pathStart}${call.key ?? ''}`.replace(
      /(?<=.)\/$/,
      call.key === undefined ? '' : '/',
    )
    const signed = aws4.sign(
      {
        host,
        method: call.method,
        path: query === '' ? path : `${path}?${query}`,
        service: 's3',
        region: address.region,
        headers: { 'Content-Type': 'application/octet-stream', ...call.headers },
        ...(call.body ? { body: call.body } : {}),
      },
      credentials.sessionToken === undefined
        ? { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey }
        : { ...credentials, sessionToken: credentials.sessionToken },
    )
    const { statusCode, headers, body } = await agent.request({
      origin: address.origin,
      path: signed.path as string,
      method: call.method,
      headers: signed.headers as Record<string, string>,
      body: call.body ?? null,
      signal: AbortSignal.timeout(patience.timeoutMs + Math.ceil((call.body?.length ?? 0) * msPerByte)),
      headersTimeout: patience.timeoutMs,
      bodyTimeout: patience.timeoutMs,
    } satisfies Dispatcher.RequestOptions)
    const bytes = Buffer.from(await body.arrayBuffer())
    // A completed upload may be told to have failed behind a status of 200.
    const isFault = statusCode >= 300 || (call.method === 'POST' && bytes.includes('<Error>'))
    const code = isFault ? (readAnswer(bytes.toString()).top.get('Code') ?? '') : ''
    return { status: isFault && statusCode < 300 ? 500 : statusCode, code, headers, body: bytes }
  }

  /** The first answer that is no passing refusal; whichever of `codes` or statuses are expected is given back too. */
  async function ask(call: Call, expected: readonly (string | number)[] = []): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      let fault
      try {
        const answer = await once(call)
        if (answer.status < 300 || expected.includes(answer.code) || expected.includes(answer.status))
          return answer
        fault = refusalError(address, answer)
        if (!isPassing(answer)) throw fault
      } catch (error) {
        if (error === fault) throw error
        fault = silenceError(address, error)
      }
      if (attempt >= patience.attempts) throw fault
      await sleep(patience.pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }

  async function* pages(
    query: Readonly<Record<string, string>>,
    item: string,
    nextOf: (top: ReadonlyMap<string, string>) => Readonly<Record<string, string | undefined>>,
  ): AsyncGenerator<{ readonly entry: ReadonlyMap<string, string>; readonly servedAt: number }> {
    let next: Readonly<Record<string, string>> = {}
    for (;;) {
      const answer = await ask({ method: 'GET', query: { ...query, ...next } })
      const { top, items } = readAnswer(answer.body.toString(), item)
      const served = Date.parse(String(answer.headers['date']))
      for (const entry of items) yield { entry, servedAt: Number.isNaN(served) ? Date.now() : served }
      if (top.get('IsTruncated') !== 'true') return
      next = Object.fromEntries(
        Object.entries(nextOf(top)).flatMap(([name, value]) => (value ? [[name, value]] : [])),
      )
      if (Object.keys(next).length === 0) return
    }
  }

  const client: S3Client = {
    address,
    hasty: () => clientOf(address, credentials, agent, hastyPatience),

    async put(key, body) {
      await ask({ method: 'PUT', key, body })
    },

    async putIfAbsent(key, body) {
      const answer = await ask(
        { method: 'PUT', key, body, headers: { 'If-None-Match': '*' } },
        [409, 412, 501],
      )
      if (answer.status === 501) await client.put(key, body)
      return answer.status !== 409 && answer.status !== 412
    },

    async get(key, start, end, etag) {
      const answer = await ask(
        {
          method: 'GET',
          key,
          headers: {
            range: `bytes=${start}-${end - 1}`,
            ...(etag === undefined ? {} : { 'if-match': etag }),
          },
        },
        ['NoSuchKey', 412, 416],
      )
      // Of an empty object no range can be had.
      if (answer.status === 416) return { bytes: Buffer.alloc(0), total: 0, etag: '' }
      if (answer.status >= 300) return undefined
      const total = /\/(\d+)$/.exec(String(answer.headers['content-range']))?.[1]
      return {
        bytes: answer.body,
        total: total === undefined ? answer.body.length : Number(total),
        etag: String(answer.headers['etag']),
      }
    },

    async delete(key) {
      await ask({ method: 'DELETE', key }, ['NoSuchKey'])
    },

    async *list(prefix) {
      const found = pages(
        { 'list-type': '2', 'max-keys': String(listedAtOnce), prefix },
        'Contents',
        (top) => ({ 'continuation-token': top.get('NextContinuationToken') }),
      )
      for await (const { entry, servedAt } of found) {
        const modifiedAt = new Date(entry.get('LastModified') ?? 0)
        yield {
          key: entry.get('Key') ?? '',
          bytes: Number(entry.get('Size')),
          modifiedAt,
          idleMs: Math.max(0, servedAt - modifiedAt.getTime()),
        }
      }
    },

    async createUpload(key) {
      const answer = await ask({ method: 'POST', key, query: { uploads: '' } })
      return readAnswer(answer.body.toString()).top.get('UploadId') ?? ''
    },

    async uploadPart(key, id, number, body) {
      const query = { partNumber: String(number), uploadId: id }
      const answer = await ask({ method: 'PUT', key, query, body })
      return { number, etag: String(answer.headers['etag']) }
    },

    async completeUpload(key, id, parts) {
      const list = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      )
      const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
      const answer = await ask({ method: 'POST', key, query: { uploadId: id }, body }, ['NoSuchUpload'])
      // The answer to an attempt that did complete it may have been lost.
      if (answer.status >= 300 && (await client.get(key, 0, 1)) === undefined)
        throw refusalError(address, answer)
    },

    async abortUpload(key, id) {
      await ask({ method: 'DELETE', key, query: { uploadId: id } }, ['NoSuchUpload'])
    },

    async *uploads(prefix) {
      const found = pages({ uploads: '', prefix }, 'Upload', (top) => ({
        'key-marker': top.get('NextKeyMarker'),
        'upload-id-marker': top.get('NextUploadIdMarker'),
      }))
      for await (const { entry, servedAt } of found)
        yield {
          key: entry.get('Key') ?? '',
          id: entry.get('UploadId') ?? '',
          idleMs: Math.max(0, servedAt - Date.parse(entry.get('Initiated') ?? '')),
        }
    },

    close: () => agent.destroy(),
  }
  return client
}
