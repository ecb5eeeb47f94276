/** A register of a test's own, as a real server on this machine. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GuardedRegister {
  readonly url: string
  /** The path of each call, and whether it showed the secret. */
  readonly asked: string[]
  close(): void
}

/** Lets in whoever shows the secret as `x-api-key`, says CURRENT to everything, and keeps what it was asked. */
export async function guardedRegister(secret: string): Promise<GuardedRegister> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const isKnown = request.headers['x-api-key'] === secret
    asked.push(`${request.url} ${isKnown}`)
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ status: 'CURRENT' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
