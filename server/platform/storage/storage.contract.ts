/** What every BlobStore does, whatever it stands on. Each kind of store runs these cases in its own test file. */
import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BlobReader, BlobStore, StagedBlob } from './storage.ts'

export interface StoreUnderTest {
  /** A new store object over the same files: what a restart gives. Scopes `org_a` and `org_b` have keys. */
  open(): BlobStore
  /** The bytes as they lie in the store, of a complete blob. */
  readRaw(scope: string, key: string): Promise<Buffer>
  writeRaw(scope: string, key: string, bytes: Buffer): Promise<void>
  remove(): Promise<void>
}

const segment = 65_536

export async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export async function allOf(reader: BlobReader): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of reader.stream()) parts.push(part)
  return Buffer.concat(parts)
}

async function contentOf(store: BlobStore, scope: string, key: string): Promise<Buffer> {
  const reader = await store.open(scope, key)
  try {
    return await allOf(reader)
  } finally {
    await reader.close()
  }
}

async function listOf(store: BlobStore, scope?: string): Promise<string[]> {
  const found: string[] = []
  for await (const entry of store.list(scope)) {
    expect(entry.modifiedAt).toBeInstanceOf(Date)
    found.push(`${entry.scope}/${entry.key}${entry.staged ? ' staged' : ''}`)
  }
  return found.sort()
}

const refusal = (code: string): unknown => expect.objectContaining({ name: 'AppError', code })

/** Offsets and lengths around the edges of segments, in a space of three and a half of them. */
const anyOffset = fc.oneof(
  fc.integer({ min: 0, max: 3 * segment + 1000 }),
  fc.constantFrom(0, 1, segment - 1, segment, segment + 1, 2 * segment, 3 * segment),
)
const anyLength = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  fc.constantFrom(1, segment - 1, segment, segment + 1, 2 * segment, 2 * segment + 7),
)
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), offset: anyOffset, length: anyLength }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append' as const), length: anyLength }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('read' as const), offset: anyOffset, length: anyLength }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('truncate' as const), size: anyOffset }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
)

/** A copy of that size, with zeros beyond what there was. */
function resized(bytes: Buffer, size: number): Buffer {
  return Buffer.concat([bytes.subarray(0, size)], size)
}

/** @param thoroughness 1, or the part of the random cases that a slow store is asked */
export function blobStoreContract(name: string, make: () => Promise<StoreUnderTest>, thoroughness = 1): void {
  const runs = (count: number): number => Math.ceil(count * thoroughness)
  describe(`${name} keeps blobs`, () => {
    let under: StoreUnderTest
    let store: BlobStore
    beforeAll(async () => {
      under = await make()
      store = under.open()
    })
    afterAll(() => under.remove())

    it.each([0, 1, 100, segment - 1, segment, segment + 1, 5 * segment, 10 * 2 ** 20 + 3])(
      'of %i bytes, with their digest, for any other store object',
      async (length) => {
        const bytes = randomBytes(length)
        const stored = await store.write('org_a', inPieces(bytes, 50_000))
        expect(stored).toEqual({
          key: expect.stringMatching(/^blb_\w+$/),
          bytes: length,
          sha256: sha256Of(bytes),
        })
        const reader = await under.open().open('org_a', stored.key)
        expect(reader.bytes).toBe(length)
        expect(reader.sha256).toBe(stored.sha256)
        expect(sha256Of(await allOf(reader))).toBe(stored.sha256)
        await reader.close()
      },
    )

    it('and reads them at any place', async () => {
      const bytes = randomBytes(3 * segment + 777)
      const { key } = await store.write('org_a', inPieces(bytes, segment))
      const reader = await store.open('org_a', key)
      await fc.assert(
        fc.asyncProperty(anyOffset, anyLength, async (offset, length) => {
          expect((await reader.read(offset, length)).equals(bytes.subarray(offset, offset + length))).toBe(
            true,
          )
          const parts: Buffer[] = []
          for await (const part of reader.stream(offset, offset + length)) parts.push(part)
          expect(Buffer.concat(parts).equals(bytes.subarray(offset, offset + length))).toBe(true)
        }),
        { numRuns: runs(60) },
      )
      const many = await Promise.all(Array.from({ length: 40 }, (_, n) => reader.read(n * 5000, 32_768)))
      many.forEach((part, n) => expect(part.equals(bytes.subarray(n * 5000, n * 5000 + 32_768))).toBe(true))
      expect(await reader.read(bytes.length, 10)).toHaveLength(0)
      expect(await reader.read(bytes.length + 10 * segment, 10)).toHaveLength(0)
      await expect(reader.read(-1, 10)).rejects.toEqual(refusal('VALIDATION_FAILED'))
      for await (const part of reader.stream()) {
        expect(part.length).toBeGreaterThan(0)
        break // left early
      }
      await reader.close()
    })

    it('encrypted: neither the bytes nor equal blocks show', async () => {
      const { key } = await store.write('org_a', inPieces(Buffer.alloc(2 * segment, 'PLAIN'), segment))
      const raw = await under.readRaw('org_a', key)
      expect(raw.includes('PLAIN')).toBe(false)
      expect(raw.subarray(100, 1100).equals(raw.subarray(100 + segment + 40, 1100 + segment + 40))).toBe(
        false,
      )
    })

    it('and forgets them when told, again and again', async () => {
      const { key } = await store.write('org_a', inPieces(randomBytes(10), 10))
      await store.delete('org_a', key)
      await store.delete('org_a', key)
      await store.delete('org_a', 'blb_neverWas')
      await expect(store.open('org_a', key)).rejects.toEqual(refusal('NOT_FOUND'))
      const staged = await store.stage('org_a')
      await staged.close()
      await store.delete('org_a', staged.key)
      await expect(store.resume('org_a', staged.key)).rejects.toEqual(refusal('NOT_FOUND'))
    })

    it('for their scope only', async () => {
      const { key } = await store.write('org_a', inPieces(randomBytes(1000), 1000))
      await expect(store.open('org_b', key)).rejects.toEqual(refusal('NOT_FOUND'))
      await expect(store.resume('org_b', key)).rejects.toEqual(refusal('NOT_FOUND'))
      await store.delete('org_b', key)
      await (await store.open('org_a', key)).close()
      await under.writeRaw('org_b', key, await under.readRaw('org_a', key))
      await expect(store.open('org_b', key)).rejects.toEqual(refusal('STORAGE_FAULT'))
      await store.delete('org_b', key)
    })

    it.each(['', '.', '..', '../org_a', 'a/b', 'a\\b', 'a\0b', '/etc', 'x'.repeat(101), 'a.index', 'ä'])(
      'and takes %j neither for a scope nor for a key',
      async (name) => {
        const refused = refusal('VALIDATION_FAILED')
        await expect(store.stage(name)).rejects.toEqual(refused)
        await expect(store.open(name, 'blb_a')).rejects.toEqual(refused)
        await expect(store.open('org_a', name)).rejects.toEqual(refused)
        await expect(store.resume('org_a', name)).rejects.toEqual(refused)
        await expect(store.delete('org_a', name)).rejects.toEqual(refused)
        await expect(listOf(store, name)).rejects.toEqual(refused)
      },
    )

    it('and reports itself fit', async () => {
      expect(await store.health()).toEqual({ ok: true })
    })
  })

  describe(`${name} notices`, () => {
    let under: StoreUnderTest
    let store: BlobStore
    beforeAll(async () => {
      under = await make()
      store = under.open()
    })
    afterAll(() => under.remove())

    async function isNoticed(key: string): Promise<boolean> {
      try {
        await contentOf(store, 'org_a', key)
        return false
      } catch (error) {
        expect(error).toEqual(refusal('STORAGE_FAULT'))
        return true
      }
    }

    it('any changed byte', async () => {
      const small = await store.write('org_a', inPieces(randomBytes(50), 50))
      const raw = await under.readRaw('org_a', small.key)
      for (let at = 0; at < raw.length; at += Math.round(1 / thoroughness)) {
        const changed = Buffer.from(raw)
        changed[at] = (changed[at] as number) ^ (1 << (at % 8))
        await under.writeRaw('org_a', small.key, changed)
        expect(await isNoticed(small.key), `byte ${at}`).toBe(true)
      }
      await under.writeRaw('org_a', small.key, raw)
      expect(await isNoticed(small.key)).toBe(false)
    })

    it('any changed byte of a long one', async () => {
      const long = await store.write('org_a', inPieces(randomBytes(2 * segment + 100), segment))
      const raw = await under.readRaw('org_a', long.key)
      await fc.assert(
        fc.asyncProperty(fc.nat(raw.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
          const changed = Buffer.from(raw)
          changed[at] = (changed[at] as number) ^ mask
          await under.writeRaw('org_a', long.key, changed)
          expect(await isNoticed(long.key)).toBe(true)
        }),
        { numRuns: runs(40) },
      )
    })

    it('any cut, any addition, anything swapped', async () => {
      const long = await store.write('org_a', inPieces(randomBytes(3 * segment), segment))
      const raw = await under.readRaw('org_a', long.key)
      const slot = (raw.length - 24 - 68) / 3
      const [head, first, second, third, end] = [0, 24, 24 + slot, 24 + 2 * slot, 24 + 3 * slot].map(
        (from, n, all) => raw.subarray(from, all[n + 1]),
      ) as [Buffer, Buffer, Buffer, Buffer, Buffer]
      const damages = [
        Buffer.alloc(0),
        raw.subarray(0, 10),
        raw.subarray(0, -1),
        raw.subarray(0, -68),
        raw.subarray(1),
        Buffer.concat([raw, Buffer.of(0)]),
        Buffer.concat([head, first, second, end]),
        Buffer.concat([head, second, first, third, end]),
        Buffer.concat([head, first, first, third, end]),
        Buffer.concat([head, first, second, third, third, end]),
      ]
      for (const [n, damage] of damages.entries()) {
        await under.writeRaw('org_a', long.key, damage)
        expect(await isNoticed(long.key), `damage ${n}`).toBe(true)
      }
    })

    it('one blob in the place of another', async () => {
      const [one, two] = await Promise.all([
        store.write('org_a', inPieces(randomBytes(100), 100)),
        store.write('org_a', inPieces(randomBytes(100), 100)),
      ])
      await under.writeRaw('org_a', one.key, await under.readRaw('org_a', two.key))
      expect(await isNoticed(one.key)).toBe(true)
    })
  })

  describe(`${name} stages`, () => {
    let under: StoreUnderTest
    let store: BlobStore
    /** Of "crashed" processes; kept, so that their open files are not tidied away with them. */
    const abandoned: StagedBlob[] = []
    /** A real crash would take a write under way with it; here it has to end, which reading waits for. */
    const abandon = async (staged: StagedBlob): Promise<void> => {
      await staged.read(0, 1)
      abandoned.push(staged)
    }
    beforeAll(async () => {
      under = await make()
      store = under.open()
    })
    afterAll(() => under.remove())

    it('like a plain buffer, through any writes, cuts, resumptions and crashes', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 14 }), async (steps) => {
          let staged = await store.stage('org_a')
          let model: Buffer = Buffer.alloc(0)
          /** What the blob was since the last promise, the promised state first. */
          let states: Buffer[] = [model]
          const becomes = (next: Buffer, isPromised: boolean): void => {
            model = next
            states = isPromised ? [model] : [...states, model]
          }
          for (const step of steps) {
            if (step.do === 'write' || step.do === 'append') {
              const offset = step.do === 'write' ? step.offset : model.length
              const data = randomBytes(step.length)
              await staged.write(offset, data)
              const next = resized(
                model,
                data.length === 0 ? model.length : Math.max(model.length, offset + data.length),
              )
              data.copy(next, offset)
              becomes(next, false)
            } else if (step.do === 'read') {
              const found = await staged.read(step.offset, step.length)
              expect(found.equals(model.subarray(step.offset, step.offset + step.length))).toBe(true)
            } else if (step.do === 'truncate') {
              await staged.truncate(step.size)
              becomes(resized(model, step.size), step.size !== model.length)
            } else if (step.do === 'sync') {
              await staged.sync()
              becomes(model, true)
            } else if (step.do === 'resume') {
              await staged.close()
              staged = await store.resume('org_a', staged.key)
              becomes(model, true)
            } else {
              // The process is gone: nothing is closed, another store finds what there is.
              await abandon(staged)
              store = under.open()
              staged = await store.resume('org_a', staged.key)
              expect(staged.size).toBeGreaterThanOrEqual((states[0] as Buffer).length)
              expect(staged.size).toBeLessThanOrEqual(model.length)
              const found = await staged.read(0, staged.size)
              expect(found.every((byte, at) => states.some((state) => state[at] === byte))).toBe(true)
              becomes(found, true)
            }
            expect(staged.size).toBe(model.length)
          }
          const stored = await staged.complete()
          expect(stored).toEqual({ key: staged.key, bytes: model.length, sha256: sha256Of(model) })
          expect((await contentOf(store, 'org_a', staged.key)).equals(model)).toBe(true)
          await store.delete('org_a', staged.key)
        }),
        { numRuns: runs(60) },
      )
    })

    it('what was written in order before a crash, but for the last piece of a segment', async () => {
      const bytes = randomBytes(3 * segment + 500)
      const staged = await store.stage('org_a')
      for (let at = 0; at < bytes.length; at += 32_768)
        await staged.write(at, bytes.subarray(at, at + 32_768))
      await abandon(staged)
      const after = await under.open().resume('org_a', staged.key)
      expect(after.size).toBe(3 * segment)
      await after.write(after.size, bytes.subarray(after.size))
      expect((await after.complete()).sha256).toBe(sha256Of(bytes))
    })

    it('a synced tail that survives the crash amid its next version', async () => {
      const staged = await store.stage('org_a')
      await staged.write(0, Buffer.from('promised'))
      await staged.sync()
      await staged.write(8, Buffer.from(' and not'))
      await abandon(staged)
      const after = await under.open().resume('org_a', staged.key)
      expect((await after.read(0, 100)).toString()).toBe('promised')
      await after.discard()
    })

    it('without waiting for each write', async () => {
      const bytes = randomBytes(20 * 10_000)
      const staged = await store.stage('org_a')
      const writes = Array.from({ length: 20 }, (_, n) =>
        staged.write(n * 10_000, bytes.subarray(n * 10_000, (n + 1) * 10_000)),
      )
      const completed = staged.complete()
      await Promise.all(writes)
      expect((await completed).sha256).toBe(sha256Of(bytes))
    })

    it('nothing that is read before it is complete, and nothing after it is discarded', async () => {
      const staged = await store.stage('org_a')
      await staged.write(0, randomBytes(100))
      await staged.sync()
      await expect(store.open('org_a', staged.key)).rejects.toEqual(refusal('NOT_FOUND'))
      await staged.discard()
      await expect(store.resume('org_a', staged.key)).rejects.toEqual(refusal('NOT_FOUND'))
      expect((await listOf(store)).filter((entry) => entry.includes(staged.key))).toEqual([])
    })

    it('by one writer at a time, and no more once it has ended', async () => {
      const staged = await store.stage('org_a')
      await expect(store.resume('org_a', staged.key)).rejects.toEqual(refusal('CONFLICT'))
      await staged.close()
      await expect(staged.write(0, Buffer.from('x'))).rejects.toEqual(refusal('CONFLICT'))
      await expect(staged.complete()).rejects.toEqual(refusal('CONFLICT'))
      const again = await store.resume('org_a', staged.key)
      await again.complete()
      await expect(again.write(0, Buffer.from('x'))).rejects.toEqual(refusal('CONFLICT'))
      await expect(store.resume('org_a', staged.key)).rejects.toMatchObject({
        code: 'CONFLICT',
        extra: { isComplete: true },
      })
    })

    it('nothing at impossible places', async () => {
      const staged = await store.stage('org_a')
      const byte = Buffer.from('x')
      for (const offset of [-1, 0.5, Number.NaN, 2 ** 60]) {
        await expect(staged.write(offset, byte)).rejects.toEqual(refusal('VALIDATION_FAILED'))
        await expect(staged.truncate(offset)).rejects.toEqual(refusal('VALIDATION_FAILED'))
      }
      await expect(staged.write(2 ** 50, byte)).rejects.toEqual(refusal('BODY_TOO_LARGE'))
      expect(staged.size).toBe(0)
      await staged.discard()
    })

    it('nothing of a source that is too long or breaks', async () => {
      const before = await listOf(store, 'org_b')
      let given = 0
      async function* endless(): AsyncGenerator<Buffer> {
        for (;;) {
          given += 1000
          yield Buffer.alloc(1000)
        }
      }
      await expect(store.write('org_b', endless(), { bytesMax: 100_000 })).rejects.toEqual(
        refusal('BODY_TOO_LARGE'),
      )
      expect(given).toBe(101_000)
      async function* broken(): AsyncGenerator<Buffer> {
        yield randomBytes(200_000)
        throw new Error('the line went dead')
      }
      await expect(store.write('org_b', broken())).rejects.toThrow('the line went dead')
      expect(await listOf(store, 'org_b')).toEqual(before)
      const exact = await store.write('org_b', inPieces(Buffer.alloc(100_000), 1000), { bytesMax: 100_000 })
      expect(exact.bytes).toBe(100_000)
    })

    it('and lists: by scope or all, complete or staged', async () => {
      const other = await make()
      const fresh = other.open()
      expect(await listOf(fresh)).toEqual([])
      expect(await listOf(fresh, 'org_a')).toEqual([])
      const done = await fresh.write('org_a', inPieces(randomBytes(10), 10))
      const partial = await fresh.stage('org_b')
      await partial.write(0, randomBytes(10))
      await partial.close()
      expect(await listOf(fresh)).toEqual([`org_a/${done.key}`, `org_b/${partial.key} staged`])
      expect(await listOf(fresh, 'org_b')).toEqual([`org_b/${partial.key} staged`])
      await other.remove()
    })
  })
}
