/** Requests over a socket: well-framed ones by Node's client, ill-framed ones byte by byte. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { Answer } from './api-house.ts'
import type { WireRequest } from './fuzz-input.ts'

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

function answerOf(status: number, headers: Answer['headers'], bytes: Buffer): Answer {
  const text = bytes.toString('utf8')
  const isJson = String(headers['content-type']).includes('json') && text !== ''
  return { status, headers, text, json: isJson ? (JSON.parse(text) as unknown) : undefined }
}

/** The answer; rejects when there is none in time. */
export function send(
  port: number,
  method: string,
  { path, headers, body }: WireRequest,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', method, path, agent, headers, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          try {
            resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks)))
          } catch (error) {
            reject(error as Error)
          }
        })
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Writes the bytes, says that no more come, and reads what is answered; null when the connection just ends. */
export function sendBytes(port: number, bytes: Buffer, timeoutMs: number): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const chunks: Buffer[] = []
    const timer = setTimeout(() => socket.destroy(new Error(`no end within ${timeoutMs} ms`)), timeoutMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    let fault: NodeJS.ErrnoException | undefined
    socket.on('error', (error) => (fault = error))
    socket.on('close', () => {
      clearTimeout(timer)
      // A server may close before it has read everything.
      if (fault && !['ECONNRESET', 'EPIPE'].includes(fault.code ?? '')) return reject(fault)
      const all = Buffer.concat(chunks)
      const end = all.indexOf('\r\n\r\n')
      if (end < 0) return all.length === 0 ? resolve(null) : reject(new Error(`no HTTP: ${all.toString()}`))
      const [statusLine = '', ...lines] = all.subarray(0, end).toString('latin1').split('\r\n')
      const headers = Object.fromEntries(
        lines.map((line) => [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          line.slice(line.indexOf(':') + 1).trim(),
        ]),
      )
      const length = Number(headers['content-length'] ?? 0)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1])
      try {
        resolve(answerOf(status, headers, all.subarray(end + 4, end + 4 + length)))
      } catch (error) {
        reject(error as Error)
      }
    })
    socket.end(bytes)
  })
}

const tenKilobytes = 'x'.repeat(10_000)

/** Requests that are framed wrongly, each with its name; `head` holds what authenticates. */
export function illFramed(
  method: string,
  path: string,
  head: string,
  garbage: Uint8Array,
): readonly (readonly [string, Buffer])[] {
  const noise = Buffer.from(garbage)
  const type = 'content-type: application/json\r\n'
  const framed = (line: string, headers: string, body: string | Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`${line}\r\nhost: x\r\nconnection: close\r\n${head}${headers}\r\n`, 'latin1'),
      Buffer.from(body as string),
    ])
  const line = `${method} ${path} HTTP/1.1`
  return [
    ['nothing but noise', noise],
    [
      'noise in the request line',
      Buffer.concat([Buffer.from(`${method} `), noise, Buffer.from(' HTTP/1.1\r\n\r\n')]),
    ],
    [
      'noise in a header',
      Buffer.concat([Buffer.from(`${line}\r\n${head}x: `), noise, Buffer.from('\r\n\r\n')]),
    ],
    ['no host', Buffer.from(`${line}\r\nconnection: close\r\n${head}\r\n`)],
    ['another protocol', framed(`${method} ${path} HTTP/9.9`, '', '')],
    ['an unheard-of method', framed(`BREW ${path} HTTP/1.1`, '', '')],
    ['a body shorter than its length', framed(line, `${type}content-length: 500\r\n`, '{"a":1}')],
    ['a body longer than its length', framed(line, `${type}content-length: 2\r\n`, '{}{"a":1}')],
    ['a negative length', framed(line, `${type}content-length: -1\r\n`, '{}')],
    ['a length that is no number', framed(line, `${type}content-length: 1e3\r\n`, '{}')],
    ['a length beyond every number', framed(line, `${type}content-length: 9${'0'.repeat(30)}\r\n`, '{}')],
    ['a gigabyte announced', framed(line, `${type}content-length: 1073741824\r\n`, '{}')],
    ['two lengths', framed(line, `${type}content-length: 2\r\ncontent-length: 3\r\n`, '{}')],
    [
      'a length and chunks',
      framed(line, `${type}content-length: 2\r\ntransfer-encoding: chunked\r\n`, '0\r\n\r\n'),
    ],
    ['chunks of no size', framed(line, `${type}transfer-encoding: chunked\r\n`, 'zz\r\n{}\r\n0\r\n\r\n')],
    ['chunks without an end', framed(line, `${type}transfer-encoding: chunked\r\n`, '2\r\n{}\r\n')],
    ['an unheard-of transfer coding', framed(line, `${type}transfer-encoding: x\r\n`, '{}')],
    ['noise as JSON', framed(line, `${type}content-length: ${noise.length}\r\n`, noise)],
    ['no UTF-8', framed(line, `${type}content-length: 9\r\n`, Buffer.from('{"a":"\xff\xc0"', 'latin1'))],
    ['text of another type', framed(line, 'content-type: text/plain\r\ncontent-length: 2\r\n', '{}')],
    ['a body of no type', framed(line, 'content-length: 2\r\n', '{}')],
    ['a header too many bytes long', framed(line, `x: ${tenKilobytes}${tenKilobytes}\r\n`, '')],
    [
      'an address too many bytes long',
      framed(`${method} ${path}?${tenKilobytes}${tenKilobytes} HTTP/1.1`, '', ''),
    ],
    ['an expectation that nobody can meet', framed(line, 'expect: the-unexpected\r\n', '')],
    ['a header line folded', framed(line, 'x: a\r\n b\r\n', '')],
    ['bare line feeds', Buffer.from(`${line}\nhost: x\nconnection: close\n\n`)],
    ['a request within the body', framed(line, `${type}content-length: 3\r\n`, `{}\nGET / HTTP/1.1\r\n\r\n`)],
  ]
}
