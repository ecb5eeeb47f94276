/**
 * A file that is being written at any place and in any order, and then finished.
 *
 * One segment at a time is open in memory; it is sealed when it is full, or when another one is written to. What is
 * sealed goes to slots (segment-table.ts), so a file written from its beginning to its end already has the layout
 * of a finished one and only gets its trailer; any other is copied into that layout once.
 */
import { createHash, type Hash } from 'node:crypto'
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import {
  fileCipherOf,
  headBytes,
  headOf,
  labelOf,
  newFileCipher,
  openIndex,
  openSegment,
  sealIndex,
  sealSegment,
  sealTrailer,
  segmentBytes,
  segmentCount,
  segmentLength,
  slotBytes,
  slotPosition,
  slotSize,
  trailerPosition,
  type FileCipher,
} from './blob-format.ts'
import { isMissing, orStorageFault, type BlobPlaces } from './blob-places.ts'
import { replaceFileDurably, syncFolder } from './durable-files.ts'
import { readAt, writeAt } from './file-bytes.ts'
import { SegmentTable, type Placed } from './segment-table.ts'

/** Far above any limit of the product; it keeps the table of a hostile sparse file small. */
const stagedBytesMax = 64 * 2 ** 30

/** Segments that are sealed and written at once: 256 KiB, what one write of a fast SFTP client brings. */
const segmentsAtOnce = 4

export interface StagedFileOptions {
  readonly places: BlobPlaces
  readonly scopeKey: Buffer
  readonly scope: string
  readonly key: string
  /** Called once, when the file may be opened by another. */
  readonly onEnd: () => void
  /** Makes the folder of finished files. */
  readonly makeFinishedFolder: () => Promise<void>
}

/** Makes an empty staged file; its folder exists. */
export async function createStagedFile(options: StagedFileOptions): Promise<StagedFile> {
  const cipher = newFileCipher(options.scopeKey, options.scope, options.key)
  const handle = await open(options.places.staged, 'wx+', 0o600)
  try {
    await writeAt(handle, 0, [headOf(cipher)])
  } catch (error) {
    await handle.close()
    await rm(options.places.staged, { force: true })
    throw error
  }
  return new StagedFile(options, handle, cipher, new SegmentTable(), 0)
}

/**
 * Opens a staged file that was left by `close`, or by a crash: then it has everything that was there at the last
 * `sync`, and what was written in order after it as far as it reached the disk. Refuses (`STORAGE_FAULT`) one whose
 * index was changed.
 */
export async function resumeStagedFile(options: StagedFileOptions): Promise<StagedFile> {
  const { places, scopeKey, scope, key } = options
  const handle = await open(places.staged, 'r+')
  try {
    const head = await readAt(handle, 0, headBytes)
    // A crash came before even the head was written: nothing is lost if it begins anew.
    const isBlank = head.length < headBytes
    const cipher = isBlank ? newFileCipher(scopeKey, scope, key) : fileCipherOf(scopeKey, scope, key, head)
    if (isBlank) await writeAt(handle, 0, [headOf(cipher)])
    const slotCount = Math.ceil(((await handle.stat()).size - headBytes) / slotBytes)
    const { table, size } = SegmentTable.restore(await readIndex(places.index, cipher), slotCount)
    const found = await wholeSlots(handle, cipher, table, slotCount)
    const file = new StagedFile(options, handle, cipher, table, table.recover(found, size))
    await file.sync()
    return file
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The index begins with the salt of the file that it belongs to: one left behind by another file is ignored. */
async function readIndex(path: string, cipher: FileCipher): Promise<Buffer | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (bytes === null || !bytes.subarray(0, cipher.salt.length).equals(cipher.salt)) return null
  return openIndex(cipher, bytes.subarray(cipher.salt.length))
}

/** Every slot that the last checkpoint does not refer to and that is whole. */
async function wholeSlots(
  handle: FileHandle,
  cipher: FileCipher,
  table: SegmentTable,
  slotCount: number,
): Promise<Placed[]> {
  const found: Placed[] = []
  for (let slot = 0; slot < slotCount; slot++) {
    if (table.isCheckpointed(slot)) continue
    const bytes = await readAt(handle, slotPosition(slot), slotBytes)
    const label = labelOf(bytes)
    if (label === undefined) continue
    try {
      openSegment(cipher, label, bytes)
    } catch {
      continue // torn by the crash
    }
    found.push({ ...label, slot })
  }
  return found
}

export class StagedFile {
  readonly key: string
  readonly #options: StagedFileOptions
  readonly #cipher: FileCipher
  readonly #table: SegmentTable
  #handle: FileHandle
  #size: number
  /** The plain bytes of the open segment; zeros beyond its length. */
  readonly #buffer = Buffer.alloc(segmentBytes)
  #open: { readonly index: number; length: number; isDirty: boolean } | undefined
  /** Of the bytes as long as they came in order; undefined afterwards. */
  #hash: Hash | undefined
  #hashedBytes = 0
  #isChanged = true
  /** Sealed slots on their way to the disk, and the attempt to write them. */
  #unwritten: SealedRun[] = []
  #writing: Promise<void> | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #isEnded = false

  constructor(
    options: StagedFileOptions,
    handle: FileHandle,
    cipher: FileCipher,
    table: SegmentTable,
    size: number,
  ) {
    this.key = options.key
    this.#options = options
    this.#handle = handle
    this.#cipher = cipher
    this.#table = table
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
      await this.#settle()
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
      if (size < this.#size) {
        const index = Math.floor(size / segmentBytes)
        const length = size - index * segmentBytes
        if (this.#open !== undefined && this.#open.index > index) this.#open = undefined
        await this.#openSegment(index)
        if (this.#open !== undefined && this.#open.length > length) {
          this.#buffer.fill(0, length, this.#open.length)
          this.#open.length = length
          this.#open.isDirty = true
        }
        if (length === 0) this.#open = undefined
        this.#table.cut(segmentCount(size))
      }
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
      await this.#settle()
      const bytes = this.#size
      if (!this.#table.isFinished(bytes)) return this.#finishCopy()
      const isHashed = this.#hash !== undefined && this.#hashedBytes === bytes
      const sha256 = isHashed ? (this.#hash as Hash).digest() : await this.#digest()
      const end = trailerPosition(bytes)
      await this.#handle.truncate(end)
      await writeAt(this.#handle, end, [sealTrailer(this.#cipher, bytes, sha256)])
      await this.#handle.datasync()
      await this.#publish()
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
        await this.#handle.close()
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
      await this.#put(index, data.subarray(0, bytes))
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

  /** Keeps the hash going while bytes come in order. */
  #track(offset: number, data: Buffer): void {
    if (offset === this.#hashedBytes) this.#hash?.update(data)
    else this.#hash = undefined
    this.#hashedBytes += data.length
  }

  async #openSegment(index: number): Promise<{ length: number; isDirty: boolean }> {
    if (this.#open?.index === index) return this.#open
    await this.#seal()
    const placed = this.#table.get(index)
    const plain = placed && (await this.#load(placed))
    this.#buffer.fill(0)
    plain?.copy(this.#buffer)
    this.#open = { index, length: plain?.length ?? 0, isDirty: false }
    return this.#open
  }

  /** Writes the open segment if it changed. It stays open, so that a failure loses nothing. */
  async #seal(): Promise<void> {
    const segment = this.#open
    if (!segment?.isDirty) return
    await this.#put(segment.index, this.#buffer.subarray(0, segment.length))
    segment.isDirty = false
  }

  /**
   * Seals `plain` as the segments from `index` on and begins to write them, while the caller may already bring
   * more. Before that the write before it must have ended: if it failed, this one is refused and nothing of it kept.
   */
  async #put(index: number, plain: Buffer): Promise<void> {
    const taken: Placed[] = []
    for (let n = 0; n < segmentCount(plain.length); n++)
      taken.push(this.#table.take(index + n, segmentLength(n, plain.length)))
    const sealed = taken.map((placed, n) => {
      const from = n * segmentBytes
      return sealSegment(this.#cipher, placed, plain.subarray(from, from + placed.length))
    })
    try {
      await this.#settle()
    } catch (error) {
      for (const placed of taken) this.#table.giveBack(placed)
      throw error
    }
    for (const placed of taken) this.#table.put(placed)
    this.#unwritten = neighbours(taken, sealed)
    this.#writing = this.#writeOut()
  }

  /** Waits until everything sealed is written; what failed is tried again by the next call. */
  async #settle(): Promise<void> {
    try {
      await (this.#writing ?? this.#writeOut())
    } finally {
      this.#writing = undefined
    }
  }

  #writeOut(): Promise<void> {
    const writing = (async () => {
      for (;;) {
        const [next] = this.#unwritten
        if (next === undefined) return
        await writeAt(this.#handle, slotPosition(next.slot), next.buffers)
        this.#unwritten.shift()
      }
    })()
    // It is awaited by the next call.
    writing.catch(() => {})
    return writing
  }

  async #load(placed: Placed): Promise<Buffer> {
    await this.#settle()
    const slot = await readAt(this.#handle, slotPosition(placed.slot), slotSize(placed.length))
    return openSegment(this.#cipher, placed, slot)
  }

  /** The 65,536 bytes of a segment. */
  async #plainOf(index: number): Promise<Buffer> {
    if (this.#open?.index === index) return this.#buffer
    const placed = this.#table.get(index)
    const plain = placed === undefined ? Buffer.alloc(0) : await this.#load(placed)
    return plain.length === segmentBytes ? plain : Buffer.concat([plain], segmentBytes)
  }

  async #checkpoint(): Promise<void> {
    if (!this.#isChanged) return
    await this.#seal()
    await this.#settle()
    await this.#handle.datasync()
    const index = sealIndex(this.#cipher, this.#table.encode(this.#size))
    await replaceFileDurably(this.#options.places.index, Buffer.concat([this.#cipher.salt, index]))
    this.#table.checkpoint()
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
    const { places, scopeKey, scope, key } = this.#options
    const cipher = newFileCipher(scopeKey, scope, key)
    await rm(places.temporary, { force: true })
    const copy = await open(places.temporary, 'wx+', 0o600)
    try {
      const hash = createHash('sha256')
      await writeAt(copy, 0, [headOf(cipher)])
      let index = 0
      for await (const plain of this.#plainSegments()) {
        hash.update(plain)
        const label = { index, sequence: index, length: plain.length }
        await writeAt(copy, slotPosition(index), sealSegment(cipher, label, plain))
        index += 1
      }
      const sha256 = hash.digest()
      await writeAt(copy, trailerPosition(this.#size), [sealTrailer(cipher, this.#size, sha256)])
      await copy.datasync()
      await rename(places.temporary, places.staged)
      await this.#publish()
      return { key, bytes: this.#size, sha256: sha256.toString('hex') }
    } finally {
      await copy.close()
    }
  }

  /** Moves the finished bytes from staging to where they are found. */
  async #publish(): Promise<void> {
    const { places } = this.#options
    await this.#options.makeFinishedFolder()
    if (await removeIfThere(places.index)) await syncFolder(places.stagingFolder)
    await rename(places.staged, places.finished)
    await syncFolder(places.finishedFolder)
  }
}

interface SealedRun {
  readonly slot: number
  readonly buffers: Buffer[]
}

/** Slots that lie side by side are written at once. */
function neighbours(taken: readonly Placed[], sealed: readonly Buffer[][]): SealedRun[] {
  const runs: SealedRun[] = []
  for (const [n, { slot }] of taken.entries()) {
    const buffers = sealed[n] as Buffer[]
    if (n > 0 && taken[n - 1]?.slot === slot - 1) runs.at(-1)?.buffers.push(...buffers)
    else runs.push({ slot, buffers: [...buffers] })
  }
  return runs
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

function requirePosition(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new AppError(
      'VALIDATION_FAILED',
      `${offset} is no position in a file: it must be a whole number from 0.`,
    )
}

function requireSize(size: number): void {
  if (size > stagedBytesMax)
    throw new AppError('BODY_TOO_LARGE', `A stored file has at most ${stagedBytesMax} bytes.`)
}
