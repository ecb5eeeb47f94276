/**
 * A siege of the SFTP server: 500 half-open connections in every stage, each from an address of its own and taken up again
 * whenever it is cut, and 20,000 wrong logins from 50 addresses. All the while an allow-listed client, one with a key, one
 * with a password and one from ever new addresses come in, put a file and read it back. At the end the guessers are banned,
 * over a kill too, nobody else is, and the process has kept its memory.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import ssh2, { type ConnectConfig, type SFTPWrapper } from 'ssh2'
import { afterAll, expect, test } from 'vitest'
import { Installation } from '../e2e/installation.ts'
import { makeEd25519 } from '../../server/exchange/file-exchange/file-exchange.key-pairs.ts'

const halfOpen = 500
const guessers = 50
const guessesEach = 400
/** Above what it takes (about 500 MB, most of it room that is collected late), far below what all that came would take. */
const residentMax = 768 * 2 ** 20

const password = 'correct horse battery'
const key = await makeEd25519()
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

let house: Installation | undefined
afterAll(() => house?.remove())

test('half-open connections and 20,000 guesses keep nobody out but themselves', async () => {
  const installation = await Installation.create({ SFTP_ALLOWLIST: '127.77.0.0/24' })
  house = installation
  const { httpPort, sftpPort: port } = await installation.start()
  const { id: organisation } = await installation.json<{ id: string }>('org', 'create', 'Siege')
  const { token } = await installation.json<{ token: string }>(
    ...['token', 'create', '--org', organisation, '--name', 'siege', '--all'],
  )
  const made = await fetch(`http://127.0.0.1:${httpPort}/openapi/v1/sftp-accounts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'besieged', publicKeys: [key.public], password }),
  })
  expect(made.status).toBe(201)
  let isOver = false

  /** In, or a rejection. */
  const login = async (localAddress: string, username: string, more: ConnectConfig): Promise<ssh2.Client> => {
    const client = new ssh2.Client()
    client.on('error', () => {})
    const ready = new Promise<void>((resolve, reject) =>
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('closed'))),
    )
    client.connect({ host: '127.0.0.1', port, localAddress, username, readyTimeout: 60_000, ...more })
    try {
      await ready
      return client
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  const stages = ['silent', 'banner', 'exchange', 'none'] as const
  const stageReached: Record<(typeof stages)[number], number> = { silent: 0, banner: 0, exchange: 0, none: 0 }
  /** Half-open for as long as it is let, then again. */
  const loris = async (index: number): Promise<void> => {
    const stage = stages[index % stages.length] as (typeof stages)[number]
    const localAddress = `127.200.${Math.floor(index / 250)}.${(index % 250) + 1}`
    while (!isOver) {
      const socket: Socket = connect({ host: '127.0.0.1', port, localAddress })
      socket.on('error', () => {})
      const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      await Promise.race([once(socket, 'connect').catch(() => {}), gone])
      if (stage === 'none') {
        const client = new ssh2.Client()
        client.on('error', () => {})
        client.connect({
          sock: socket,
          username: 'besieged',
          readyTimeout: 600_000,
          // Never goes on from there.
          authHandler: (left, _partial, next) => {
            stageReached.none += 1
            if (left === null) next('none' as never)
          },
        })
      } else {
        socket.resume()
        if (stage !== 'silent') socket.write('SSH-2.0-OpenSSH_9.2\r\n')
        // A packet of key exchange that says it is longer than it is.
        if (stage === 'exchange') socket.write(Buffer.from([0, 0, 4, 0, 10, 20, 1, 2, 3, 4, 5, 6, 7]))
        if (!socket.destroyed) stageReached[stage] += 1
      }
      await gone
      await pause(200)
    }
  }

  const outcomes = { refused: 0, dropped: 0 }
  const guess = async (index: number): Promise<void> => {
    const localAddress = `127.100.0.${index + 1}`
    for (let at = 0; at < guessesEach; at += 1) {
      const username = at % 4 === 0 ? 'besieged' : `name-${index}-${at}`
      const how: ConnectConfig = { password: `wrong ${at}`, authHandler: ['password'] }
      const error: Error = await login(localAddress, username, how).then(
        () => expect.unreachable(`guess ${at} of ${localAddress} came in`),
        (thrown: Error) => thrown,
      )
      if (error.message.includes('authentication methods failed')) outcomes.refused += 1
      else outcomes.dropped += 1
    }
  }

  const served: Record<string, { times: number; slowestMs: number }> = {}
  /** Comes in, puts, reads back, leaves; again and again. Every failure fails the test. */
  const goodClient = async (name: string, addressOf: (time: number) => string, how: ConnectConfig) => {
    const figures = { times: 0, slowestMs: 0 }
    served[name] = figures
    while (!isOver) {
      const localAddress = addressOf(figures.times)
      const began = performance.now()
      const client = await login(localAddress, 'besieged', how).catch((error: Error) => {
        throw new Error(`${name} did not come in after ${figures.times} times: ${error.message}`)
      })
      const sftp = (await promisify(client.sftp.bind(client))()) as unknown as SFTPWrapper
      const path = `/upload/${name.replaceAll(' ', '-')}.part`
      const content = Buffer.from(`${localAddress} ${figures.times}`)
      await promisify(sftp.writeFile.bind(sftp) as (to: string, data: Buffer, done: () => void) => void)(
        path,
        content,
      )
      const read = promisify(
        sftp.readFile.bind(sftp) as (from: string, done: (error: Error, data: Buffer) => void) => void,
      )
      expect(await read(path)).toEqual(content)
      client.end()
      figures.times += 1
      figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - began))
      await pause(250)
    }
  }

  let residentMost = 0
  const weigh = async (): Promise<void> => {
    while (!isOver) {
      const status = await readFile(`/proc/${installation.pid}/status`, 'utf8')
      residentMost = Math.max(residentMost, Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024)
      await pause(500)
    }
  }

  // Its customers were there yesterday.
  for (const [from, how] of [
    ['127.66.0.5', { privateKey: key.private }],
    ['127.66.0.6', { password }],
  ] as const)
    (await login(from, 'besieged', how)).end()

  const besiegers = Array.from({ length: halfOpen }, (_, index) => loris(index))
  // An allow-listed client that mistypes is no attacker.
  const mistypes = (async () => {
    for (let at = 0; at < 50; at += 1)
      await login('127.77.0.9', 'besieged', { password: 'wrong', authHandler: ['password'] }).catch(() => {})
  })()
  // Until the first have waited for longer than anybody honest does.
  await pause(4_000)
  const inside = Promise.all([
    weigh(),
    goodClient('allow-listed', () => '127.77.0.5', { privateKey: key.private }),
    goodClient('with a key', () => '127.66.0.5', { privateKey: key.private }),
    goodClient('with a password', () => '127.66.0.6', { password }),
    goodClient('never seen before', (time) => `127.67.${time >> 7}.${(time % 128) + 1}`, {
      privateKey: key.private,
    }),
  ])
  const outside = Promise.all(Array.from({ length: guessers }, (_, index) => guess(index)))
  try {
    await Promise.race([Promise.all([outside, mistypes]), inside])
  } finally {
    isOver = true
  }
  await inside
  console.log(
    JSON.stringify({ outcomes, stageReached, served, residentMostMB: Math.round(residentMost / 2 ** 20) }),
  )

  expect(outcomes.refused + outcomes.dropped).toBe(guessers * guessesEach)
  // Most never got as far as a handshake.
  expect(outcomes.refused).toBeLessThan(guessers * 20)
  for (const stage of stages) expect(stageReached[stage], stage).toBeGreaterThan(halfOpen / stages.length / 2)
  for (const figures of Object.values(served)) expect(figures.times).toBeGreaterThan(10)
  expect(residentMost).toBeLessThan(residentMax)

  // A ban holds at once and is written within a second: the last one may be younger than that.
  let sources = new Set<string>()
  const expected = Array.from({ length: guessers }, (_, index) => `127.100.0.${index + 1}`)
  for (let wait = 0; wait < 60; wait += 1) {
    const bans = await installation.json<{ source: string }[]>('bans', 'list')
    sources = new Set(bans.map((ban) => ban.source))
    if (expected.every((source) => sources.has(source))) break
    await pause(500)
  }
  expect(expected.filter((source) => !sources.has(source))).toEqual([])
  for (const source of sources) expect(source).toMatch(/^127\.(100|200)\./)

  await installation.stop('SIGKILL')
  await installation.start()
  const after = installation.ready?.sftpPort as number
  const banned = connect({ host: '127.0.0.1', port: after, localAddress: '127.100.0.1' })
  expect(await once(banned, 'close').catch((error: Error) => error.message)).toContain('ECONNRESET')
  await Promise.allSettled(besiegers)
}, 1_200_000)
