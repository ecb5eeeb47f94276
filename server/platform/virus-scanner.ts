/** Having files looked at by clamd, by its INSTREAM command (clamd(8), "COMMANDS"). */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Log } from './log.ts'

/** UNKNOWN: it does not answer, or not about this file. */
export type ScanVerdict =
  | { readonly state: 'CLEAN' | 'UNKNOWN' }
  /** `name` is what the scanner calls it. */
  | { readonly state: 'INFECTED'; readonly name: string }

export interface VirusScanner {
  scan(content: AsyncIterable<Buffer>): Promise<ScanVerdict>
  /** Why it does not answer; undefined when it does. */
  fault(): Promise<string | undefined>
}

/** A silence of so long is no answer. */
const patienceMs = 30_000
const pingPatienceMs = 2_000
const replyMax = 4_096

/** Where clamd listens: `tcp://host:3310` or `unix:///path/of/its/socket`. Throws what is wrong with it. */
export function clamdAddress(url: string): { host: string; port: number } | { path: string } {
  const wrong = new Error('must be like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl')
  if (!URL.canParse(url)) throw wrong
  const { protocol, hostname, port, pathname } = new URL(url)
  if (protocol === 'unix:' && pathname.length > 1) return { path: decodeURIComponent(pathname) }
  if ((protocol !== 'tcp:' && protocol !== 'clamd:') || hostname === '') throw wrong
  return { host: hostname.replaceAll(/[[\]]/g, ''), port: port === '' ? 3_310 : Number(port) }
}

export function clamdScanner(url: string, log: Log): VirusScanner {
  const address = clamdAddress(url)
  return {
    async scan(content) {
      try {
        return verdictOf(await converse(address, patienceMs, (socket) => sendStream(socket, content)))
      } catch (error) {
        log.warn({ err: error }, 'the virus scanner did not look at a file')
        return { state: 'UNKNOWN' }
      }
    },
    async fault() {
      try {
        const reply = await converse(address, pingPatienceMs, (socket) =>
          send(socket, Buffer.from('zPING\0')),
        )
        return reply === 'PONG' ? undefined : 'it answers, but not as clamd does'
      } catch (error) {
        return (error as { code?: string }).code ?? (error as Error).message
      }
    },
  }
}

/** `stream: OK`, `stream: NAME FOUND`, or an error in its own words. */
function verdictOf(reply: string): ScanVerdict {
  const [, found] = /^stream: (.+) FOUND$/s.exec(reply) ?? []
  if (found !== undefined)
    return { state: 'INFECTED', name: found.replaceAll(/[^\w.:/ -]/g, '?').slice(0, 100) }
  if (reply === 'stream: OK') return { state: 'CLEAN' }
  throw new Error(`it answered "${reply.slice(0, 200)}"`)
}

async function send(socket: Socket, data: Buffer): Promise<void> {
  if (socket.writable && !socket.write(data)) await once(socket, 'drain')
}

/** Each piece behind its length, and an empty one at the end. */
async function sendStream(socket: Socket, content: AsyncIterable<Buffer>): Promise<void> {
  const lengthOf = (bytes: number): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes)
    return length
  }
  await send(socket, Buffer.from('zINSTREAM\0'))
  for await (const piece of content) {
    if (piece.length === 0) continue
    await send(socket, lengthOf(piece.length))
    await send(socket, piece)
  }
  await send(socket, lengthOf(0))
}

/** What it answers, up to its NUL. It may answer before all was sent, when it has seen enough. */
async function converse(
  address: ReturnType<typeof clamdAddress>,
  silenceMs: number,
  say: (socket: Socket) => Promise<void>,
): Promise<string> {
  const socket = connect(address)
  socket.setTimeout(silenceMs, () => socket.destroy(new Error('no answer in time')))
  try {
    return await new Promise<string>((resolve, reject) => {
      let reply = ''
      socket.on('data', (piece: Buffer) => {
        reply += piece.toString('latin1')
        const end = reply.indexOf('\0')
        if (end >= 0) resolve(reply.slice(0, end))
        else if (reply.length > replyMax) reject(new Error('an answer without end'))
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('it hung up without an answer')))
      socket.once('connect', () => {
        // After an answer the rest is not wanted any more: then the connection is closed, and that is told by `close`.
        say(socket).catch((error: unknown) => {
          if (!socket.destroyed) reject(error as Error)
        })
      })
    })
  } finally {
    socket.destroy()
  }
}
