/**
 * A blob that is being written at any place and in any order, and then finished.
 *
 * One segment at a time is open in memory; it is sealed when it is full, or when another one is written to. What is
 * sealed goes to slots (slot-file.ts), so a blob written from its beginning to its end already has the layout of a
 * finished one and only gets its trailer; any other is copied into that layout once.
 */
import { createHash, type Hash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import { segmentBytes, segmentCount, segmentLength } from './blob-format.ts'
import { isMissing, orStorageFault, type BlobPlaces } from './blob-places.ts'
import { syncFolder } from './durable-files.ts'
import { requirePosition } from './file-bytes.ts'
import { createSlotFile, reopenSlotFile, type BlobIdentity, type SlotFile } from './slot-file.ts'

/** Far above any limit of the product; it keeps the table of a hostile sparse file small. */
const stagedBytesMax = 64 * 2 ** 30

/** Segments that are sealed and written at once: 256 KiB, what one write of a fast SFTP client brings. */
const segmentsAtOnce = 4

export interface StagedFileOptions {
  readonly places: BlobPlaces
  readonly identity: BlobIdentity
  /** Called once, when the file may be opened by another. */
  readonly onEnd: () => void
  /**
   * Puts the finished file, which lies durably at `places.staged`, where it is found; nothing is left of the staged one then.
   * A failure leaves it a partial.
   */
  readonly publish: () => Promise<void>
}

/** Makes an empty staged file; its folder exists. */
export async function createStagedFile(options: StagedFileOptions): Promise<StagedFile> {
  const { places, identity } = options
  return new StagedFile(options, await createSlotFile(places.staged, places.index, identity), 0)
}

/** Opens a staged file again (see `reopenSlotFile`). */
export async function resumeStagedFile(options: StagedFileOptions): Promise<StagedFile> {
  const { file, size } = await reopenSlotFile(options.places, options.identity)
  return new StagedFile(options, file, size)
}

export class StagedFile {
  readonly key: string
  readonly #options: StagedFileOptions
  readonly #slots: SlotFile
  #size: number
  /** The plain bytes of the open segment; zeros beyond its length. */
  readonly #buffer = Buffer.alloc(segmentBytes)
  #open: { readonly index: number; length: number; isDirty: boolean } | undefined
  /** Of the bytes as long as they came in order; undefined afterwards. */
  #hash: Hash | undefined
  #hashedBytes = 0
  /** Since the last checkpoint. */
  #isChanged = true
  #queue: Promise<unknown> = Promise.resolve()
  #isEnded = false

  constructor(options: StagedFileOptions, slots: SlotFile, size: number) {
    this.key = options.identity.key
    this.#options = options
    this.#slots = slots
    this.#size = size
    this.#hash = size === 0 ? createHash('sha256') : undefined
  }

  get size(): number {
    return this.#size
  }

  write(offset: number, data: Buffer): Promise<void> {
    return this.#inTurn(async () => {
      requirePosition(offset)
      requireSize(offset + data.length)
      if (data.length === 0) return
      this.#isChanged = true
      let done = 0
      while (done < data.length) done += await this.#writePart(offset + done, data.subarray(done))
      this.#track(offset, data)
    })
  }

  read(offset: number, length: number): Promise<Buffer> {
    return this.#inTurn(async () => {
      requirePosition(offset)
      const end = Math.min(offset + length, this.#size)
      if (offset >= end) return Buffer.alloc(0)
      await this.#slots.settle()
      const answer = Buffer.alloc(end - offset)
      for (let at = offset; at < end;) {
        const index = Math.floor(at / segmentBytes)
        const within = at - index * segmentBytes
        const count = Math.min(segmentBytes - within, end - at)
        const plain = await this.#plainOf(index)
        plain.copy(answer, at - offset, within, within + count)
        at += count
      }
      return answer
    })
  }

  truncate(size: number): Promise<void> {
    return this.#inTurn(async () => {
      requirePosition(size)
      requireSize(size)
      if (size === this.#size) return
      this.#isChanged = true
      this.#hash = undefined
      if (size < this.#size) await this.#cut(size)
      this.#size = size
      // Without a checkpoint a crash would bring back what was cut off.
      await this.#checkpoint()
    })
  }

  sync(): Promise<void> {
    return this.#inTurn(() => this.#checkpoint())
  }

  complete(): Promise<{ key: string; bytes: number; sha256: string }> {
    return this.#atLast(async () => {
      await this.#seal()
      const bytes = this.#size
      if (!this.#slots.isInOrder(bytes)) return this.#finishCopy()
      const isHashed = this.#hash !== undefined && this.#hashedBytes === bytes
      const sha256 = isHashed ? (this.#hash as Hash).digest() : await this.#digest()
      await this.#slots.finish(bytes, sha256)
      await this.#options.publish()
      return { key: this.key, bytes, sha256: sha256.toString('hex') }
    })
  }

  close(): Promise<void> {
    return this.#atLast(() => this.#checkpoint())
  }

  discard(): Promise<void> {
    return this.#atLast(() => removeStaged(this.#options.places))
  }

  /** Calls run one after the other, in the order in which they came. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isEnded)
      return Promise.reject(
        new AppError(
          'CONFLICT',
          `The file ${this.key} was completed, closed or discarded: it is not writable.`,
        ),
      )
    const result = this.#queue.then(() => orStorageFault(`The file ${this.key} cannot be written`, work))
    this.#queue = result.catch(() => {})
    return result
  }

  #atLast<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#inTurn(async () => {
      try {
        return await work()
      } finally {
        await this.#slots.close()
        this.#options.onEnd()
      }
    })
    this.#isEnded = true
    return result
  }

  /** Writes the beginning of `data`, within one segment or as whole segments; answers how much. */
  async #writePart(offset: number, data: Buffer): Promise<number> {
    const index = Math.floor(offset / segmentBytes)
    const within = offset - index * segmentBytes
    const wholeCount = within === 0 ? Math.min(segmentsAtOnce, Math.floor(data.length / segmentBytes)) : 0
    if (wholeCount > 0) {
      const openedIndex = this.#open?.index ?? -1
      const isOverwritten = openedIndex >= index && openedIndex < index + wholeCount
      if (!isOverwritten) await this.#seal()
      const bytes = wholeCount * segmentBytes
      await this.#slots.put(index, data.subarray(0, bytes))
      if (isOverwritten) this.#open = undefined
      this.#size = Math.max(this.#size, offset + bytes)
      return bytes
    }
    const segment = await this.#openSegment(index)
    const count = Math.min(segmentBytes - within, data.length)
    data.copy(this.#buffer, within, 0, count)
    segment.length = Math.max(segment.length, within + count)
    segment.isDirty = true
    this.#size = Math.max(this.#size, offset + count)
    if (within + count === segmentBytes) await this.#seal()
    return count
  }

  /** Forgets the bytes from `size` on. */
  async #cut(size: number): Promise<void> {
    const index = Math.floor(size / segmentBytes)
    const length = size - index * segmentBytes
    if (this.#open !== undefined && (this.#open.index > index || length === 0)) {
      if (this.#open.index < index) await this.#seal()
      this.#open = undefined
    }
    if (length > 0) {
      const segment = await this.#openSegment(index)
      if (segment.length > length) {
        this.#buffer.fill(0, length, segment.length)
        segment.length = length
        segment.isDirty = true
      }
    }
    this.#slots.cut(segmentCount(size))
  }

  /** Keeps the hash going while bytes come in order. */
  #track(offset: number, data: Buffer): void {
    if (offset === this.#hashedBytes) this.#hash?.update(data)
    else this.#hash = undefined
    this.#hashedBytes += data.length
  }

  async #openSegment(index: number): Promise<{ length: number; isDirty: boolean }> {
    if (this.#open?.index === index) return this.#open
    await this.#seal()
    const plain = await this.#slots.get(index)
    this.#buffer.fill(0)
    plain?.copy(this.#buffer)
    this.#open = { index, length: plain?.length ?? 0, isDirty: false }
    return this.#open
  }

  /** Writes the open segment if it changed. It stays open, so that a failure loses nothing. */
  async #seal(): Promise<void> {
    const segment = this.#open
    if (!segment?.isDirty) return
    await this.#slots.put(segment.index, this.#buffer.subarray(0, segment.length))
    segment.isDirty = false
  }

  /** The 65,536 bytes of a segment. */
  async #plainOf(index: number): Promise<Buffer> {
    if (this.#open?.index === index) return this.#buffer
    const plain = (await this.#slots.get(index)) ?? Buffer.alloc(0)
    return plain.length === segmentBytes ? plain : Buffer.concat([plain], segmentBytes)
  }

  async #checkpoint(): Promise<void> {
    if (!this.#isChanged) return
    await this.#seal()
    await this.#slots.checkpoint(this.#size)
    this.#isChanged = false
  }

  async *#plainSegments(): AsyncGenerator<Buffer> {
    for (let index = 0; index < segmentCount(this.#size); index++)
      yield (await this.#plainOf(index)).subarray(0, segmentLength(index, this.#size))
  }

  async #digest(): Promise<Buffer> {
    const hash = createHash('sha256')
    for await (const plain of this.#plainSegments()) hash.update(plain)
    return hash.digest()
  }

  /**
   * Copies the file into the layout of a finished one, under a salt of its own, so that no older version of a
   * segment fits into it. A crash leaves the old staged file or the whole copy.
   */
  async #finishCopy(): Promise<{ key: string; bytes: number; sha256: string }> {
    const { places, identity } = this.#options
    await rm(places.temporary, { force: true })
    const copy = await createSlotFile(places.temporary, places.index, identity)
    try {
      const hash = createHash('sha256')
      let index = 0
      for await (const plain of this.#plainSegments()) {
        hash.update(plain)
        await copy.put(index, plain)
        index += 1
      }
      const sha256 = hash.digest()
      await copy.finish(this.#size, sha256)
      await rename(places.temporary, places.staged)
      await this.#options.publish()
      return { key: this.key, bytes: this.#size, sha256: sha256.toString('hex') }
    } catch (error) {
      await rm(places.temporary, { force: true })
      throw error
    } finally {
      await copy.close()
    }
  }
}

/** Moves a finished file from staging to the folder of finished ones, which exists. */
export async function publishStaged(places: BlobPlaces): Promise<void> {
  if (await removeIfThere(places.index)) await syncFolder(places.stagingFolder)
  await rename(places.staged, places.finished)
  await syncFolder(places.finishedFolder)
}

/** Removes a staged file with what lies beside it, the file itself last: as long as anything is left it is listed. */
export async function removeStaged(places: BlobPlaces): Promise<void> {
  await rm(places.index, { force: true })
  await rm(places.temporary, { force: true })
  await rm(places.staged, { force: true })
}

async function removeIfThere(path: string): Promise<boolean> {
  try {
    await rm(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function requireSize(size: number): void {
  if (size > stagedBytesMax)
    throw new AppError('BODY_TOO_LARGE', `A stored file has at most ${stagedBytesMax} bytes.`)
}
