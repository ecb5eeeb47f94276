/** The store in a bucket while connections break and processes are killed. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allOf, inPieces, sha256Of } from '../../server/platform/storage/storage.contract.ts'
import { Bucket, objectsOf } from '../s3-bucket.ts'
import { isSwiftThere } from '../swift-s3.ts'

let bucket: Bucket

describe.runIf(isSwiftThere)('a bucket', () => {
  beforeAll(async () => {
    bucket = await Bucket.open()
  })
  afterAll(async () => {
    await bucket.close()
    expect(bucket.faults).toEqual([])
  })

  it('is asked again when a connection breaks, in either direction', async () => {
    const proxy = await breakingProxy(Number(new URL(bucket.swift.endpoint).port))
    try {
      const client = bucket.clientOf('broken', { endpoint: `http://127.0.0.1:${proxy.port}` })
      // What is signed is the host that is asked; this server does not mind which one that is.
      const store = bucket.storeOf(client, 'broken')
      const bytes = randomBytes(11 * 2 ** 20)
      for (const after of [1, 300_000, 3_000_000]) {
        proxy.breakAfter(after)
        const { key, sha256 } = await store.write('org_a', inPieces(bytes, 65_536))
        expect(sha256).toBe(sha256Of(bytes))
        proxy.breakAfter(after)
        const reader = await store.open('org_a', key)
        expect(sha256Of(await allOf(reader))).toBe(sha256)
        await store.delete('org_a', key)
      }
      expect(proxy.broken()).toBeGreaterThanOrEqual(5)
      expect(await objectsOf(client)).toEqual([])
    } finally {
      await proxy.close()
    }
  })

  it('after a kill at any instant keeps what was promised', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 4; round++) {
      const { client, one, prefix, spool } = bucket.twoNodes()
      const child = spawn(process.execPath, ['--input-type=module', '-e', endlessWriter(prefix, spool)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let said = ''
      child.stdout.setEncoding('utf8')
      child.stdout.on('data', (text: string) => (said += text))
      while (said.split('\n').length < 5 + round * 7) await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'close')
      const completed = new Map<string, string>()
      const synced = new Map<string, number>()
      for (const line of said.split('\n').slice(0, -1)) {
        const [word, key, value] = line.split(' ') as [string, string, string]
        if (word === 'complete') completed.set(key, value)
        else synced.set(key, Number(value))
      }
      for await (const entry of one.list('org_a')) {
        if (entry.staged) {
          expect(completed.has(entry.key)).toBe(false)
          const partial = await one.resume('org_a', entry.key)
          expect(partial.size).toBeGreaterThanOrEqual(synced.get(entry.key) ?? 0)
          expect((await partial.read(0, partial.size)).every((byte) => byte === 7)).toBe(true)
          await partial.discard()
        } else {
          const reader = await one.open('org_a', entry.key)
          expect(sha256Of(await allOf(reader))).toBe(reader.sha256)
          expect(completed.get(entry.key) ?? reader.sha256).toBe(reader.sha256)
          completed.delete(entry.key)
          await one.delete('org_a', entry.key)
        }
      }
      expect([...completed]).toEqual([])
      expect((await objectsOf(client)).filter((key) => !key.endsWith('(upload)'))).toEqual([])
      const left = await readdir(spool, { recursive: true, withFileTypes: true })
      expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([])
    }
  })
})

/** Writes blobs of sevens until it is killed, some as a stream and some at a place, and says what it was promised. */
const endlessWriter = (prefix: string, spool: string): string => `
  import { writeSync } from 'node:fs'
  const from = (name) => import(new URL(name, ${JSON.stringify(new URL('../../server/platform/storage/', import.meta.url).href)}))
  const [{ s3Address }, { s3Client }, { s3BlobStore }] = await Promise.all(
    ['s3-address.rules.ts', 's3-client.ts', 's3-store.ts'].map(from))
  const client = s3Client(s3Address(${JSON.stringify(bucket.urlOf(prefix))}), ${JSON.stringify(bucket.credentials)})
  const keyOf = async (scope) => Buffer.alloc(32, scope)
  const store = s3BlobStore({ client, spool: ${JSON.stringify(spool)}, keyOf })
  async function* sevens() { for (let n = 0; n < 60; n++) yield Buffer.alloc(100_000, 7) }
  for (let round = 0; ; round++) {
    let staged = await store.stage('org_a')
    for (let n = 0; n < 4; n++) {
      await staged.write(staged.size, Buffer.alloc(40_000, 7))
      if (n === 2) {
        await staged.close()
        writeSync(1, ['closed', staged.key, staged.size].join(' ') + '\\n')
        staged = await store.resume('org_a', staged.key)
      } else if (round % 2 === 0) {
        await staged.sync()
        writeSync(1, ['synced', staged.key, staged.size].join(' ') + '\\n')
      }
    }
    for (const { key, sha256 } of [await staged.complete(), await store.write('org_a', sevens())])
      writeSync(1, ['complete', key, sha256].join(' ') + '\\n')
  }`

/** Hands everything on to `port`, but for connections that it breaks when so many bytes went through them. */
async function breakingProxy(port: number): Promise<{
  port: number
  breakAfter(bytes: number): void
  broken(): number
  close(): Promise<void>
}> {
  let [bytesLeft, broken] = [Infinity, 0]
  const sockets = new Set<Socket>()
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const pair = [near, far] as const
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        for (const other of pair) other.destroy()
      })
      socket.on('data', (data) => {
        bytesLeft -= data.length
        if (bytesLeft > 0) return
        bytesLeft = Infinity
        broken += 1
        for (const other of pair) other.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    breakAfter: (bytes) => (bytesLeft = bytes),
    broken: () => broken,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
