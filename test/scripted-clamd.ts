/** A scanner that speaks clamd's protocol and finds EICAR's test text: for tests that want it down, slow or odd. */
import { createServer, type Server, type Socket } from 'node:net'

/** The text that every scanner finds, put together here so that none finds this file. */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-', 'TEST-FILE!$H+H*'].join(
  '',
)

export interface ScriptedClamd {
  readonly url: string
  /** What it answers a stream with, in place of its verdict; null hangs up. */
  say: string | null | undefined
  scans: number
  close(): Promise<void>
}

export async function scriptedClamd(port = 0): Promise<ScriptedClamd> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let input = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      input = Buffer.concat([input, piece])
      if (input.toString('latin1').startsWith('zPING\0')) return void socket.end('PONG\0')
      const content = streamIn(input)
      if (!content) return
      clamd.scans += 1
      if (clamd.say === null) return void socket.destroy()
      const verdict = content.includes(eicar) ? 'stream: Eicar-Test-Signature FOUND' : 'stream: OK'
      socket.end(`${clamd.say ?? verdict}\0`)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as { port: number }
  const clamd: ScriptedClamd = {
    url: `tcp://127.0.0.1:${address.port}`,
    say: undefined,
    scans: 0,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return clamd
}

/** What stands in the pieces, once the last one is there. */
function streamIn(input: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0'
  if (!input.toString('latin1', 0, command.length).startsWith(command)) return undefined
  const pieces: Buffer[] = []
  for (let at = command.length; at + 4 <= input.length;) {
    const length = input.readUInt32BE(at)
    if (length === 0) return Buffer.concat(pieces)
    pieces.push(input.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}
