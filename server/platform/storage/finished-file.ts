/** Reading a finished blob at any place. */
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import {
  damaged,
  fileCipherOf,
  headBytes,
  openSegment,
  openTrailer,
  segmentBytes,
  segmentLength,
  slotBytes,
  slotPosition,
  slotSize,
  trailerBytes,
  trailerPosition,
  type FileCipher,
} from './blob-format.ts'
import { isMissing, orStorageFault } from './blob-places.ts'
import { readAt, requirePosition } from './file-bytes.ts'

/** Segments read at once by `stream` and by long reads: 256 KiB. */
const segmentsAtOnce = 4

/**
 * Opens the finished file at `path`. Head, length and end are checked now, each segment when it is read. Refuses
 * `NOT_FOUND`; `STORAGE_FAULT` for a file that was cut, changed, or belongs to another scope or key.
 */
export async function openFinishedFile(path: string, scopeKey: Buffer, scope: string, key: string) {
  const handle = await orStorageFault('The stored file cannot be opened', () => open(path, 'r')).catch(
    (error: unknown) => {
      throw isMissing((error as AppError).cause)
        ? new AppError('NOT_FOUND', `There is no stored file ${key}.`)
        : error
    },
  )
  try {
    return await orStorageFault('The stored file cannot be read', async () => {
      const cipher = fileCipherOf(scopeKey, scope, key, await readAt(handle, 0, headBytes))
      const fileBytes = (await handle.stat()).size
      if (fileBytes < headBytes + trailerBytes) throw damaged(key, 'its end')
      const trailer = openTrailer(cipher, await readAt(handle, fileBytes - trailerBytes, trailerBytes))
      if (trailerPosition(trailer.bytes) + trailerBytes !== fileBytes) throw damaged(key, 'its length')
      return new FinishedFile(handle, cipher, trailer.bytes, trailer.sha256.toString('hex'))
    })
  } catch (error) {
    await handle.close()
    throw error
  }
}

class FinishedFile {
  readonly bytes: number
  readonly sha256: string
  readonly #handle: FileHandle
  readonly #cipher: FileCipher
  /** The last segment of the latest read: the next one mostly begins in it. */
  #latest: { readonly index: number; readonly plain: Promise<Buffer> } | undefined

  constructor(handle: FileHandle, cipher: FileCipher, bytes: number, sha256: string) {
    this.#handle = handle
    this.#cipher = cipher
    this.bytes = bytes
    this.sha256 = sha256
  }

  async read(offset: number, length: number): Promise<Buffer> {
    requirePosition(offset)
    const end = Math.min(offset + length, this.bytes)
    if (offset >= end) return Buffer.alloc(0)
    const parts: Buffer[] = []
    for await (const part of this.stream(offset, end)) parts.push(part)
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  async *stream(start = 0, endExclusive = this.bytes): AsyncGenerator<Buffer> {
    requirePosition(start)
    const end = Math.min(endExclusive, this.bytes)
    if (start >= end) return
    const lastIndex = Math.floor((end - 1) / segmentBytes)
    let index = Math.floor(start / segmentBytes)
    let ahead: Promise<Buffer[]> | undefined
    while (index <= lastIndex) {
      const count = Math.min(segmentsAtOnce, lastIndex - index + 1)
      const segments = await (ahead ?? this.#segments(index, count))
      const next = index + count
      ahead =
        next > lastIndex ? undefined : this.#segments(next, Math.min(segmentsAtOnce, lastIndex - next + 1))
      // It is awaited above, or given up when the reader stops.
      ahead?.catch(() => {})
      for (const [n, plain] of segments.entries()) {
        const from = (index + n) * segmentBytes
        yield plain.subarray(Math.max(0, start - from), Math.min(plain.length, end - from))
      }
      index = next
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** `count` segments from `index` on; the first may come from the latest read. */
  async #segments(index: number, count: number): Promise<Buffer[]> {
    const known = this.#latest?.index === index ? this.#latest.plain : undefined
    if (known && count === 1) return [await known]
    const firstToLoad = known ? index + 1 : index
    const loading = this.#load(firstToLoad, index + count - 1)
    const latest = { index: index + count - 1, plain: loading.then((loaded) => loaded.at(-1) as Buffer) }
    this.#latest = latest
    latest.plain.catch(() => {
      if (this.#latest === latest) this.#latest = undefined
    })
    const loaded = await loading
    return known ? [await known, ...loaded] : loaded
  }

  #load(first: number, last: number): Promise<Buffer[]> {
    return orStorageFault('The stored file cannot be read', async () => {
      const lastLength = segmentLength(last, this.bytes)
      const slots = await readAt(
        this.#handle,
        slotPosition(first),
        (last - first) * slotBytes + slotSize(lastLength),
      )
      return Array.from({ length: last - first + 1 }, (_, n) => {
        const index = first + n
        const label = { index, sequence: index, length: segmentLength(index, this.bytes) }
        return openSegment(this.#cipher, label, slots.subarray(n * slotBytes))
      })
    })
  }
}
