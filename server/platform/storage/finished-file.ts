/** Reading a finished blob at any place. */
import { open } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import {
  damaged,
  fileCipherOf,
  headBytes,
  openSegment,
  openTrailer,
  segmentBytes,
  segmentCount,
  segmentLength,
  slotBytes,
  slotPosition,
  slotSize,
  trailerBytes,
  trailerPosition,
  type FileCipher,
} from './blob-format.ts'
import { isMissing, orStorageFault } from './blob-places.ts'
import { readInto, requirePosition } from './file-bytes.ts'

/** Reads of at least so many bytes, one behind the other, are those of somebody who fetches the file. */
const aheadFromBytes = 16_384

/** Where a finished file's bytes lie. */
export interface FileSource {
  readonly bytes: number
  /** How many segments are read at once: what is far away is asked less often for more. */
  readonly segmentsAtOnce: number
  /** As many bytes from `position` as `space` has, fewer where the file ends; they may lie in `space` or elsewhere. */
  read(position: number, space: Buffer): Promise<Buffer>
  close(): Promise<void>
}

/** The file at `path`, its segments read 256 KiB at once. `NOT_FOUND` when there is none. */
export async function localSource(path: string, key: string): Promise<FileSource> {
  const handle = await orStorageFault('The stored file cannot be opened', () => open(path, 'r')).catch(
    (error: unknown) => {
      throw isMissing((error as AppError).cause) ? notFound(key) : error
    },
  )
  try {
    const { size } = await handle.stat()
    return {
      bytes: size,
      segmentsAtOnce: 4,
      read: (position, space) => readInto(handle, position, space),
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

export function notFound(key: string): AppError {
  return new AppError('NOT_FOUND', `There is no stored file ${key}.`)
}

/**
 * Opens the finished file that `source` gives, and closes it when that fails. Head, length and end are checked now, each
 * segment when it is read. Refuses `STORAGE_FAULT` for a file that was cut, changed, or belongs to another scope or key.
 */
export async function openFinishedFile(
  source: FileSource,
  scopeKey: Buffer,
  scope: string,
  key: string,
): Promise<FinishedFile> {
  const read = (position: number, length: number): Promise<Buffer> =>
    source.read(position, Buffer.allocUnsafe(length))
  try {
    return await orStorageFault('The stored file cannot be read', async () => {
      const cipher = fileCipherOf(scopeKey, scope, key, await read(0, Math.min(headBytes, source.bytes)))
      if (source.bytes < headBytes + trailerBytes) throw damaged(key, 'its end')
      const trailer = openTrailer(cipher, await read(source.bytes - trailerBytes, trailerBytes))
      if (trailerPosition(trailer.bytes) + trailerBytes !== source.bytes) throw damaged(key, 'its length')
      return new FinishedFile(source, cipher, trailer.bytes, trailer.sha256.toString('hex'))
    })
  } catch (error) {
    await source.close()
    throw error
  }
}

export class FinishedFile {
  readonly bytes: number
  readonly sha256: string
  readonly #source: FileSource
  readonly #cipher: FileCipher
  /** Segments that may be asked for next: the last of the latest read, and those behind it if reads go on in order. */
  #kept = new Map<number, Promise<Buffer>>()
  /** Where the latest read ended: one that begins there goes on in order. */
  #latestEnd = 0
  /** What encrypted bytes were read into before, free again: without it each read would leave as much to be collected. */
  #spare: Buffer | undefined

  constructor(source: FileSource, cipher: FileCipher, bytes: number, sha256: string) {
    this.#source = source
    this.#cipher = cipher
    this.bytes = bytes
    this.sha256 = sha256
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const parts = await this.readParts(offset, length)
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** The same bytes as `read`, in the pieces in which they lie there: without copying them. */
  async readParts(offset: number, length: number): Promise<Buffer[]> {
    requirePosition(offset)
    const end = Math.min(offset + length, this.bytes)
    if (offset >= end) return []
    const first = Math.floor(offset / segmentBytes)
    const last = Math.floor((end - 1) / segmentBytes)
    const isInOrder = offset === this.#latestEnd && end - offset >= aheadFromBytes
    const wanted = this.#segments(first, last)
    // Loaded while these are on their way to whoever asked.
    if (isInOrder)
      void this.#segments(
        last + 1,
        Math.min(last + this.#source.segmentsAtOnce, segmentCount(this.bytes) - 1),
      )
    for (const index of this.#kept.keys())
      if (index < last || (!isInOrder && index > last)) this.#kept.delete(index)
    this.#latestEnd = end
    const segments = await Promise.all(wanted)
    return segments.map((plain, n) => {
      const from = (first + n) * segmentBytes
      return plain.subarray(Math.max(0, offset - from), Math.min(plain.length, end - from))
    })
  }

  async *stream(start = 0, endExclusive = this.bytes): AsyncGenerator<Buffer> {
    requirePosition(start)
    const end = Math.min(endExclusive, this.bytes)
    for (let at = start; at < end;) {
      const parts = await this.readParts(at, Math.min(this.#source.segmentsAtOnce * segmentBytes, end - at))
      for (const part of parts) {
        yield part
        at += part.length
      }
    }
  }

  async close(): Promise<void> {
    this.#kept.clear()
    await this.#source.close()
  }

  /** Segments `first` to `last`, kept or loaded now, so many at once as lie side by side. */
  #segments(first: number, last: number): Promise<Buffer>[] {
    const found: Promise<Buffer>[] = []
    for (let next = first; next <= last;) {
      const kept = this.#kept.get(next)
      if (kept) {
        found.push(kept)
        next += 1
        continue
      }
      const start = next
      let end = start
      while (end < last && end - start + 1 < this.#source.segmentsAtOnce && !this.#kept.has(end + 1)) end += 1
      const loading = this.#load(start, end)
      for (let at = start; at <= end; at += 1) {
        const segment = loading.then((loaded) => (loaded[at - start] as () => Buffer)())
        this.#kept.set(at, segment)
        // It is told to whoever awaits it; the next one tries again.
        segment.catch(() => {
          if (this.#kept.get(at) === segment) this.#kept.delete(at)
        })
        found.push(segment)
      }
      next = end + 1
    }
    return found
  }

  /** Each answers its segment, or refuses: one that is damaged does not spoil its neighbours. */
  #load(first: number, last: number): Promise<(() => Buffer)[]> {
    return orStorageFault('The stored file cannot be read', async () => {
      const lastLength = segmentLength(last, this.bytes)
      const length = (last - first) * slotBytes + slotSize(lastLength)
      const space = this.#spare && this.#spare.length >= length ? this.#spare : Buffer.allocUnsafe(length)
      this.#spare = undefined
      const slots = await this.#source.read(slotPosition(first), space.subarray(0, length))
      const segments = Array.from({ length: last - first + 1 }, (_, n) => {
        const index = first + n
        const label = { index, sequence: index, length: segmentLength(index, this.bytes) }
        return opened(() => openSegment(this.#cipher, label, slots.subarray(n * slotBytes)))
      })
      this.#spare = space
      return segments
    })
  }
}

/** Does it now, and tells how it went whenever it is asked. */
function opened(open: () => Buffer): () => Buffer {
  try {
    const plain = open()
    return () => plain
  } catch (error) {
    return () => {
      throw error
    }
  }
}
