import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { placesOf } from './blob-places.ts'
import { allOf, blobStoreContract, inPieces, sha256Of } from './storage.contract.ts'
import { fileBlobStore, type BlobStore } from './storage.ts'

const keyOf = async (scope: string): Promise<Buffer> => Buffer.alloc(32, scope)

const newFolder = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), 'vouchsafe-blobs-')), 'blobs')

blobStoreContract('a folder', async () => {
  const folder = await newFolder()
  const path = (scope: string, key: string): string => placesOf(folder, scope, key).finished
  return {
    open: () => fileBlobStore({ folder, keyOf }),
    readRaw: (scope, key) => readFile(path(scope, key)),
    writeRaw: async (scope, key, bytes) => {
      await mkdir(dirname(path(scope, key)), { recursive: true })
      await writeFile(path(scope, key), bytes)
    },
    remove: () => rm(dirname(folder), { recursive: true, force: true }),
  }
})

const storeIn = (folder: string): string => `
  import { writeSync } from 'node:fs'
  import { fileBlobStore } from ${JSON.stringify(new URL('./storage.ts', import.meta.url).href)}
  const keyOf = async (scope) => Buffer.alloc(32, scope)
  const store = fileBlobStore({ folder: ${JSON.stringify(folder)}, keyOf })`

/** Writes blobs of sevens until it is killed, and says what it was promised, a line each. */
const endlessWriter = (folder: string): string => `${storeIn(folder)}
  for (let round = 0; ; round++) {
    const staged = await store.stage('org_a')
    for (let n = 0; n < 8; n++) {
      await staged.write(staged.size, Buffer.alloc(40_000, 7))
      if (round % 2 === 0 || n % 3 !== 1) continue
      await staged.sync()
      writeSync(1, ['synced', staged.key, staged.size].join(' ') + '\\n')
    }
    const { key, sha256 } = await staged.complete()
    writeSync(1, ['complete', key, sha256].join(' ') + '\\n')
  }`

/** Writes ones until the disk refuses, and says which key, how much was taken, and the refusal's code. */
const greedyWriter = (folder: string): string => `${storeIn(folder)}
  const staged = await store.stage('org_a')
  try {
    for (;;) await staged.write(staged.size, Buffer.alloc(32_768, 1))
  } catch (error) {
    await staged.close().catch(() => {})
    writeSync(1, [staged.key, staged.size, error.code].join(' '))
  }`

describe('the files of a folder', () => {
  let folder: string
  let store: BlobStore
  beforeEach(async () => {
    folder = await newFolder()
    store = fileBlobStore({ folder, keyOf })
  })
  afterEach(() => rm(dirname(folder), { recursive: true, force: true }))

  const filesOf = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))

  it('belong to the owner alone', async () => {
    await store.write('org_a', inPieces(randomBytes(10), 10))
    await (await store.stage('org_a')).close()
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name))
      expect(mode & 0o777, entry.name).toBe(entry.isFile() ? 0o600 : 0o700)
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('are one per complete blob, also after writes in any order', async () => {
    const staged = await store.stage('org_a')
    await staged.write(200_000, Buffer.from('end'))
    await staged.sync()
    await staged.write(0, Buffer.from('start'))
    await staged.write(0, Buffer.from('START'))
    const { key, bytes } = await staged.complete()
    expect(bytes).toBe(200_003)
    const { finished } = placesOf(folder, 'org_a', key)
    expect(await filesOf()).toEqual([finished])
    // No leftover versions: 4 segments, each with 40 bytes of its own, a head and a trailer.
    expect((await stat(finished)).size).toBe(200_003 + 4 * 40 + 24 + 68)
  })

  it('do not grow when one place is written again and again', async () => {
    const staged = await store.stage('org_a')
    for (let n = 0; n < 200; n++) {
      await staged.write(0, Buffer.of(n))
      await staged.write(70_000, Buffer.of(n))
      if (n % 50 === 0) await staged.sync()
    }
    expect((await stat(placesOf(folder, 'org_a', staged.key).staged)).size).toBeLessThan(6 * 70_000)
    await staged.discard()
    expect(await filesOf()).toEqual([])
  })

  it('torn at any length by a crash are partials whose synced bytes are there', async () => {
    const bytes = randomBytes(150_000)
    const staged = await store.stage('org_a')
    await staged.write(0, bytes.subarray(0, 70_000))
    await staged.sync()
    const path = placesOf(folder, 'org_a', staged.key).staged
    const { size } = await stat(path)
    await staged.write(70_000, bytes.subarray(70_000))
    await staged.complete()
    const whole = await readFile(placesOf(folder, 'org_a', staged.key).finished)
    expect(whole.length).toBeGreaterThan(size)

    // Again, and cut what followed the sync at many lengths.
    const other = await store.stage('org_a')
    await other.write(0, bytes.subarray(0, 70_000))
    await other.sync()
    await other.write(70_000, bytes.subarray(70_000))
    await other.read(0, 1) // waits for the write under way
    const places = placesOf(folder, 'org_a', other.key)
    const [data, index] = [await readFile(places.staged), await readFile(places.index)]
    await other.discard()
    for (let cut = data.length; cut >= size; cut -= 9_973) {
      await writeFile(places.staged, data.subarray(0, cut))
      await writeFile(places.index, index)
      const after = await fileBlobStore({ folder, keyOf }).resume('org_a', other.key)
      const found = await after.read(0, after.size)
      expect(found.length).toBeGreaterThanOrEqual(70_000)
      expect(found.equals(bytes.subarray(0, found.length))).toBe(true)
      await after.discard()
    }
  })

  it('killed before the head was written begin anew', async () => {
    const staged = await store.stage('org_a')
    await staged.close()
    const places = placesOf(folder, 'org_a', staged.key)
    await rm(places.index)
    await writeFile(places.staged, '')
    const after = await store.resume('org_a', staged.key)
    expect(after.size).toBe(0)
    await after.write(0, Buffer.from('again'))
    expect((await after.complete()).bytes).toBe(5)
  })

  it('tell when the index of a partial was changed', async () => {
    const staged = await store.stage('org_a')
    await staged.write(0, randomBytes(1000))
    await staged.close()
    const { index } = placesOf(folder, 'org_a', staged.key)
    const bytes = await readFile(index)
    bytes[40] = (bytes[40] as number) ^ 1
    await writeFile(index, bytes)
    await expect(store.resume('org_a', staged.key)).rejects.toMatchObject({ code: 'STORAGE_FAULT' })
  })

  it('change with nothing but their key: another data key does not open them', async () => {
    const { key } = await store.write('org_a', inPieces(randomBytes(10), 10))
    const stranger = fileBlobStore({ folder, keyOf: async () => Buffer.alloc(32) })
    await expect(stranger.open('org_a', key)).rejects.toMatchObject({ code: 'STORAGE_FAULT' })
  })

  it('after a kill at any instant are partial or complete, never torn', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', endlessWriter(folder)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let said = ''
      child.stdout.setEncoding('utf8')
      child.stdout.on('data', (text: string) => (said += text))
      // Kill after a number of announcements that differs from round to round.
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
      const after = fileBlobStore({ folder, keyOf })
      const seen = new Set<string>()
      for await (const entry of after.list('org_a')) {
        seen.add(entry.key)
        if (entry.staged) {
          expect(completed.has(entry.key)).toBe(false)
          const partial = await after.resume('org_a', entry.key)
          expect(partial.size).toBeGreaterThanOrEqual(synced.get(entry.key) ?? 0)
          const found = await partial.read(0, partial.size)
          expect(found.every((byte) => byte === 7)).toBe(true)
          await partial.discard()
        } else {
          const reader = await after.open('org_a', entry.key)
          const content = await allOf(reader)
          expect(sha256Of(content)).toBe(reader.sha256)
          await reader.close()
          await after.delete('org_a', entry.key)
        }
      }
      for (const key of completed.keys()) expect(seen.has(key)).toBe(true)
      expect(await filesOf()).toEqual([])
    }
  })

  it('are partials that can be written on when the disk was full', async () => {
    // A limit on the size of files refuses writes as a full disk does (512 or 1,024 bytes a block).
    const child = spawn(
      'sh',
      [
        '-c',
        'ulimit -f 1000 && exec "$0" "$@"',
        process.execPath,
        '--input-type=module',
        '-e',
        greedyWriter(folder),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    await once(child, 'close')
    const [key, size, code] = said.split(' ') as [string, string, string]
    expect(code).toBe('STORAGE_FAULT')

    const staged = await store.resume('org_a', key)
    // What the limit refused was 64 KiB on its way to the disk and at most as much behind it.
    expect(staged.size).toBeGreaterThanOrEqual(Number(size) - 2 * 65_536)
    expect(staged.size).toBeGreaterThan(300_000)
    const rest = 2_000_000 - staged.size
    await staged.write(staged.size, Buffer.alloc(rest, 1))
    expect((await staged.complete()).sha256).toBe(sha256Of(Buffer.alloc(2_000_000, 1)))
    expect(await filesOf()).toHaveLength(1)
  })

  it('that cannot be written are reported', async () => {
    await writeFile(folder, 'a file where the folder should be')
    expect(await store.health()).toEqual({ ok: false, detail: expect.stringContaining(folder) })
    await expect(store.stage('org_a')).rejects.toMatchObject({ code: 'STORAGE_FAULT' })
  })
})
