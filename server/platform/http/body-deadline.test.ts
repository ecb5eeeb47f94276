import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { watchBody } from './body-deadline.ts'

let server: Server

beforeAll(async () => {
  server = createServer((request, response) => {
    watchBody(request, request.url === '/upload', 200)
    request.resume().on('end', () => response.end('thanks'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())

/** Sends a body of `bytes` ones, one each time, and gives the first line of the answer. */
function slowly(path: string, bytes: number, everyMs: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`)
    const timer = setInterval(() => socket.write('1'), everyMs)
    socket.on('data', (data) => {
      clearInterval(timer)
      socket.destroy()
      resolve(data.toString().split('\r\n')[0] ?? '')
    })
    socket.on('error', () => {})
  })
}

test('a body that takes too long is answered 408, however steadily it drips', async () => {
  expect(await slowly('/', 100, 50)).toBe('HTTP/1.1 408 Request Timeout')
})
test('an upload may take its time', async () => {
  expect(await slowly('/upload', 20, 50)).toBe('HTTP/1.1 200 OK')
})
test('but not fall silent', async () => {
  expect(await slowly('/upload', 20, 10_000)).toBe('HTTP/1.1 408 Request Timeout')
})
