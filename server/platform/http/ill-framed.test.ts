/** What is not well-formed HTTP is answered as a problem like every other fault, and never shows the inside. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from './http-server.ts'

describe('ill-framed HTTP', () => {
  let house: TestHouse
  let server: HttpServer
  let port: number
  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
    port = await server.listen('127.0.0.1', 0)
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })

  /** Everything that comes back until the server closes; `isOpen` = the client does not say that it has said all. */
  const write = (text: string, isOpen = false): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('error', reject)
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
      if (isOpen) socket.write(text)
      else socket.end(text)
    })
  const problemIn = (answer: string): Record<string, unknown> =>
    JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>

  test.each([
    ['noise', '\u0016\u0003\u0001\r\n\r\n', 400],
    ['a length twice', `GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n`, 400],
    ['headers without measure', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no host', `GET ${basePath}/workers HTTP/1.1\r\nconnection: close\r\n\r\n`, 400],
  ])('%s', async (_name, text, status) => {
    const answer = await write(text)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toMatch(/^content-type: application\/problem\+json(; charset=utf-8)?\r$/im)
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
    expect(answer).toMatch(/^x-request-id: req_\w+\r$/im)
    expect(problemIn(answer)).toMatchObject({ status, code: 'HTTP_MALFORMED' })
  })

  test('noise behind an answered request is told too, on the same connection', async () => {
    const answer = await write(`GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(2) + 'noise\r\n\r\n')
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)?.at(-1)).toBe('HTTP/1.1 400')
  })

  test('an expectation that nobody knows is passed over', async () => {
    expect(
      await write('GET /healthz HTTP/1.1\r\nhost: x\r\nexpect: tea\r\nconnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('a client that waits with its body is told to go on only when the body is wanted', async () => {
    const { id } = await house.newOrganisation()
    const token = await tokenFor(house, id)
    const body = JSON.stringify({ identity: { displayName: 'Sam' } })
    const head = (authorization: string): string =>
      `POST ${basePath}/workers HTTP/1.1\r\nhost: x\r\nexpect: 100-Continue\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`
    expect(await write(`${head('Bearer nobody')}\r\n`, true)).toMatch(
      /^HTTP\/1\.1 401 [^]*connection: close/i,
    )
    expect(await write(`${head(`Bearer ${token}`)}connection: close\r\n\r\n${body}`, true)).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /,
    )
  })
})
