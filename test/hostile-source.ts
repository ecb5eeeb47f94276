/** A source that does what sources ought not: raw bytes on a socket, chosen by the first part of the path. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** One way to answer. `count` is how often it was asked in this way, from 1 on; `target` what was asked for. */
export type Misdeed = (socket: Socket, target: string, count: number) => void

export interface HostileSource {
  readonly url: string
  /** The misdeeds asked for, in order. */
  readonly asked: readonly string[]
  /** Connections that are open now. */
  openConnections(): number
  close(): Promise<void>
}

/** Listens on this machine. A request for `/name/…` gets the misdeed of that name. */
export async function openHostileSource(misdeeds: Readonly<Record<string, Misdeed>>): Promise<HostileSource> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Whoever is bad to others is left by them.
    socket.on('error', () => {})
    let head = ''
    socket.on('data', (bytes: Buffer) => {
      head += bytes.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      const target = head.split(' ')[1] ?? ''
      head = ''
      const name = target.split('/')[1] ?? ''
      asked.push(name)
      const count = asked.filter((one) => one === name).length
      misdeeds[name]?.(socket, target, count)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    openConnections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A well-framed answer. */
export function httpAnswer(
  status: number | string,
  body: string | Buffer,
  headers: readonly string[] = ['content-type: application/json'],
): Buffer {
  const bytes = Buffer.from(body)
  const lines = [`HTTP/1.1 ${status}${typeof status === 'number' ? ' So it is' : ''}`, ...headers]
  return Buffer.concat([
    Buffer.from(`${[...lines, `content-length: ${bytes.length}`].join('\r\n')}\r\n\r\n`, 'latin1'),
    bytes,
  ])
}

/** A misdeed that sends these bytes, and keeps the connection. */
export const sending =
  (bytes: Buffer | string): Misdeed =>
  (socket) => {
    socket.write(bytes)
  }

/** A misdeed that sends these bytes, and ends the connection. */
export const sendingLast =
  (bytes: Buffer | string): Misdeed =>
  (socket) => {
    socket.end(bytes)
  }

/** A misdeed that goes on with the same bytes as long as anybody listens. */
export const sendingForEver =
  (first: Buffer | string, more: Buffer | string, everyMs: number): Misdeed =>
  (socket) => {
    socket.write(first)
    const timer = setInterval(() => {
      if (socket.writable && !socket.writableNeedDrain) socket.write(more)
    }, everyMs)
    socket.once('close', () => clearInterval(timer))
  }
