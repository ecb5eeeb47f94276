/** From an operation and its arguments to what is sent. */
import type { BinaryBody, CallOptions, KeyOption, MatchOption, Named, Operation } from './calls.ts'

export type Arguments = Readonly<Record<string, unknown>>
export type AnyOptions = CallOptions & KeyOption & MatchOption

export interface OutgoingRequest {
  /** Path and query, behind the base. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | FormData | BinaryBody | undefined
}

/** Refuses a number that would wait or repeat for ever. */
export function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new TypeError(`\`${name}\` must be a whole number of at least ${least}.`)
}

/** A part of a path. Refuses what would lead elsewhere: `..` stays a step upwards even when it is escaped. */
function pathPart(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  if (text === '')
    throw new TypeError(`"${name}" is part of the address and must be a text that is not empty.`)
  if (text === '.' || text === '..') throw new TypeError(`"${name}" must not be "${text}".`)
  try {
    return encodeURIComponent(text)
  } catch {
    throw new TypeError(`"${name}" is not well-formed: it holds half of a character.`)
  }
}

/** Values of a parameter as texts; none for what is left out. */
function texts(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.flatMap(texts)
  return [value instanceof Date ? value.toISOString() : String(value)]
}

/** A key that no other call has, in browsers also where the page came without TLS. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

/** Refuses with a TypeError what cannot be sent. The Idempotency-Key is chosen here: once per call, not per attempt. */
export function requestOf(operation: Operation, given: Arguments, options: AnyOptions): OutgoingRequest {
  const inPath = new Set<string>()
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_part, name: string) => {
    inPath.add(name)
    return pathPart(name, given[name])
  })
  const headers: Record<string, string> = {
    accept: operation.answer === 'file' ? '*/*' : 'application/json, application/problem+json',
  }
  const query = new URLSearchParams()
  for (const [argument, value] of Object.entries(given)) {
    if (inPath.has(argument) || (argument === 'body' && operation.body !== undefined)) continue
    const named: Named = operation.named?.[argument] ?? { in: 'query', name: argument }
    const values = texts(value)
    if (values.length === 0) continue
    if (named.in === 'header') headers[named.name.toLowerCase()] = values.join(', ')
    else if (named.isJoined) query.append(named.name, values.join(','))
    else for (const text of values) query.append(named.name, text)
  }
  const body = operation.body === undefined ? undefined : given['body']
  if (operation.body !== undefined && body !== undefined && !operation.body.startsWith('multipart/'))
    headers['content-type'] = operation.body
  if (operation.method === 'POST') headers['idempotency-key'] = options.idempotencyKey ?? newKey()
  if (options.ifMatch !== undefined) headers['if-match'] = options.ifMatch
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value
  const asked = query.toString()
  return {
    target: asked === '' ? path : `${path}?${asked}`,
    headers,
    body:
      isJson(operation.body) && body !== undefined ? JSON.stringify(body) : (body as BinaryBody | FormData),
  }
}

/** Whether a media type is JSON, `application/merge-patch+json` included. */
export function isJson(mediaType: string | null | undefined): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType ?? '')
}
