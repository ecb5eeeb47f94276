/**
 * The register simulator: an HTTP server of its own that speaks the protocol of the `http` connector's defaults.
 *
 * Owns nothing of the house: no database, no organisation. Promises: what it answers depends on the number alone, and for
 * some on how often it was asked; malformed questions are told apart from unknown numbers; its memory is bounded.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { openSimulator, type SimulatorAnswer, type SimulatorQuestion } from './register-simulator.rules.ts'

const bodyBytesMax = 16_384
const field = z.string().max(1_000).nullish()
/** The question's other fields are not looked at, as a register that needs only some of them would. */
const questionShape = z.looseObject({
  number: field,
  holderName: field,
  issueDate: field,
  expiryDate: field,
  today: field,
})

export interface RegisterSimulator {
  readonly url: string
  /** Questions answered so far. */
  answered(): number
  close(): Promise<void>
}

/** Listens until it is closed. Port 0 picks a free one. */
export async function startRegisterSimulator(options: {
  readonly host: string
  readonly port: number
}): Promise<RegisterSimulator> {
  const answer = openSimulator()
  let count = 0
  const server = createServer((request, response) => {
    handle(request, answer).then(
      async ({ afterMs, status, body }) => {
        if (afterMs > 0) await sleep(afterMs, undefined, { ref: false })
        if (request.url === checksPath) count += 1
        send(response, status, body)
      },
      () => send(response, 400, JSON.stringify({ error: 'The question is not JSON of the protocol.' })),
    )
  })
  // A client that is slow to ask, or asks nothing, does not hold a connection for long.
  server.headersTimeout = 10_000
  server.requestTimeout = 15_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port, address, family } = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    answered: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const checksPath = '/v1/checks'

async function handle(
  request: IncomingMessage,
  answer: (question: SimulatorQuestion) => SimulatorAnswer,
): Promise<SimulatorAnswer> {
  const { method, url } = request
  const plain = (status: number, body: object): SimulatorAnswer => ({
    status,
    afterMs: 0,
    body: JSON.stringify(body),
  })
  if (url === '/healthz') return plain(200, { status: 'ok' })
  if (url !== checksPath)
    return plain(404, { error: `There is no ${url}; questions go to POST ${checksPath}.` })
  if (method !== 'POST') return plain(405, { error: `Questions go to POST ${checksPath}.` })
  const text = await bodyOf(request)
  if (text === undefined) return plain(413, { error: `A question has ${bodyBytesMax} bytes at most.` })
  const { number, holderName, issueDate, expiryDate, today } = questionShape.parse(JSON.parse(text))
  return answer({
    number: number ?? null,
    holderName: holderName ?? null,
    issueDate: issueDate ?? null,
    expiryDate: expiryDate ?? null,
    today: today ?? null,
  })
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
