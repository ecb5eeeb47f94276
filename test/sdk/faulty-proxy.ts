/** A proxy before the server that does to the next requests what networks do. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

export type Mishap =
  /** Handled by the server; the answer is lost. */
  | 'lose the answer'
  /** Handled by the server; half of the answer comes. */
  | 'cut the answer'
  /** Never reaches the server. */
  | 'lose the request'
  | 'hang'
  /** An answer of the proxy's own; `isCut`: the connection ends after it, whatever length it claimed. */
  | {
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body?: string
      readonly isCut?: boolean
    }

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly at: number
}

export interface FaultyProxy {
  readonly baseUrl: string
  /** What came since the last `next`. */
  readonly seen: readonly Seen[]
  /** What happens to the next requests, one each; later ones pass. */
  next(...mishaps: readonly (Mishap | 'pass')[]): void
  close(): Promise<void>
}

export async function openFaultyProxy(port: number): Promise<FaultyProxy> {
  let seen: Seen[] = []
  let waiting: (Mishap | 'pass')[] = []

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse, mishap: Mishap | 'pass') => {
    const body = await buffer(incoming)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const { method, url: path, headers } = incoming
      forward({ host: '127.0.0.1', port, method, path, headers, agent: false }, resolve)
        .on('error', reject)
        .end(body)
    })
    const content = await buffer(answer)
    if (mishap === 'lose the answer') return outgoing.destroy()
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    if (mishap !== 'cut the answer') return outgoing.end(content)
    outgoing.write(content.subarray(0, content.length / 2))
    setTimeout(() => outgoing.destroy(), 20)
  }
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming
    seen.push({ method, path, headers, at: performance.now() })
    const mishap = waiting.shift() ?? 'pass'
    if (mishap === 'hang') return
    if (mishap === 'lose the request') return void outgoing.destroy()
    if (typeof mishap === 'object') {
      incoming.resume()
      outgoing.writeHead(mishap.status, mishap.headers)
      if (mishap.isCut === undefined) return void outgoing.end(mishap.body)
      outgoing.write(mishap.body)
      if (mishap.isCut) setTimeout(() => outgoing.destroy(), 20)
      return
    }
    pass(incoming, outgoing, mishap).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    get seen() {
      return seen
    },
    next: (...mishaps) => {
      seen = []
      waiting = [...mishaps]
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
