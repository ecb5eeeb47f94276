/** Answers to what is not well-formed HTTP: there is no request yet, so no route, no token and no handler sees it. */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../errors.ts'
import { problemOf } from './problem.ts'

/** What every answer carries, also those that no hook of the server sees. */
export const guardHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** What Node's parser says, in the words of RFC 9110 and RFC 6585; anything else is 400. */
const told: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The address and the headers are larger than this server takes.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
}

/** Answers once, as a problem like every other fault, and closes the connection: what follows cannot be read. */
export function answerIllFramed({ code = '' }: { readonly code?: string }, socket: Socket): void {
  // Broken off by the other side, or an answer is half on its way: nothing can be said any more.
  const { _httpMessage: underWay } = socket as { _httpMessage?: { readonly headersSent: boolean } | null }
  if (code === 'ECONNRESET' || !socket.writable || underWay?.headersSent) {
    socket.destroy()
    return
  }
  const [status, detail] = told[code] ?? [400, 'The request is not well-formed HTTP.']
  const requestId = `req_${randomUUID().replaceAll('-', '')}`
  const body = JSON.stringify({
    ...problemOf(new AppError('HTTP_MALFORMED', detail), '', requestId),
    status,
  })
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      ...Object.entries(guardHeaders).map(([name, value]) => `${name}: ${value}`),
      `x-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

/** Refuses a request that does not say whom it asks (RFC 9112, section 3.2). */
export function assertHost({ httpVersion, headers }: IncomingMessage): void {
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new AppError('HTTP_MALFORMED', 'A request needs a Host header (RFC 9112, section 3.2).')
}

/**
 * An expectation that nobody here knows may be passed over (RFC 9110, section 10.1.1). A client that waits to be told to
 * go on is told when its body is wanted: whom the server refuses, it spares a gigabyte.
 */
export function takeExpectations(server: Server): void {
  for (const event of ['checkExpectation', 'checkContinue'] as const)
    server.on(event, (request, response) => server.emit('request', request, response))
}

/** Whether a client waits with its body. */
export function waitsToContinue({ headers }: IncomingMessage): boolean {
  return /^100-continue$/i.test(headers.expect?.trim() ?? '')
}
