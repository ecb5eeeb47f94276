/**
 * The slots of a staged file on the disk: sealed segments, and the index that says where each is.
 *
 * A write goes on while the next segment is sealed; whatever depends on it waits for it first. Not for calls at the
 * same time: staged-file.ts makes them one after the other.
 */
import { open, readFile, rm, type FileHandle } from 'node:fs/promises'
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
import { isMissing, type BlobPlaces } from './blob-places.ts'
import { replaceFileDurably } from './durable-files.ts'
import { readAt, writeAt } from './file-bytes.ts'
import { SegmentTable, type Placed } from './segment-table.ts'

/** Whose file it is. */
export interface BlobIdentity {
  readonly scopeKey: Buffer
  readonly scope: string
  readonly key: string
}

/** Makes a file at `path`, which must be free, that has only its head. `indexPath` is where `checkpoint` writes. */
export async function createSlotFile(
  path: string,
  indexPath: string,
  identity: BlobIdentity,
): Promise<SlotFile> {
  const cipher = newFileCipher(identity.scopeKey, identity.scope, identity.key)
  const handle = await open(path, 'wx+', 0o600)
  try {
    await writeAt(handle, 0, [headOf(cipher)])
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
  return new SlotFile(handle, indexPath, cipher, new SegmentTable())
}

/**
 * Opens a file that was left by `close` or by a crash, with the size that its blob has: everything up to the last
 * checkpoint, and what was put in order after it as far as it reached the disk. Refuses (`STORAGE_FAULT`) one whose
 * head or index was changed.
 */
export async function reopenSlotFile(
  places: BlobPlaces,
  identity: BlobIdentity,
): Promise<{ file: SlotFile; size: number }> {
  const { scopeKey, scope, key } = identity
  const handle = await open(places.staged, 'r+')
  try {
    const head = await readAt(handle, 0, headBytes)
    // A crash came before even the head was written: nothing is lost if it begins anew.
    const isBlank = head.length < headBytes
    const cipher = isBlank ? newFileCipher(scopeKey, scope, key) : fileCipherOf(scopeKey, scope, key, head)
    if (isBlank) await writeAt(handle, 0, [headOf(cipher)])
    const slotCount = Math.ceil(((await handle.stat()).size - headBytes) / slotBytes)
    const { table, size } = SegmentTable.restore(await readIndex(places.index, cipher), slotCount)
    const recovered = table.recover(await wholeSlots(handle, cipher, table, slotCount), size)
    const file = new SlotFile(handle, places.index, cipher, table)
    await file.checkpoint(recovered)
    return { file, size: recovered }
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

export class SlotFile {
  readonly #handle: FileHandle
  readonly #indexPath: string
  readonly #cipher: FileCipher
  readonly #table: SegmentTable
  /** Sealed slots on their way to the disk, and the attempt to write them. */
  #unwritten: SealedRun[] = []
  #writing: Promise<void> | undefined
  /** After a failed sync the system forgets what it could not write: a later one that succeeds proves nothing. */
  #syncFault: Error | undefined

  constructor(handle: FileHandle, indexPath: string, cipher: FileCipher, table: SegmentTable) {
    this.#handle = handle
    this.#indexPath = indexPath
    this.#cipher = cipher
    this.#table = table
  }

  /**
   * Seals `plain` as the segments from `index` on and begins to write them, while the caller may already bring
   * more. Before that the write before it must have ended: if it failed, this one is refused and nothing of it kept.
   */
  async put(index: number, plain: Buffer): Promise<void> {
    const taken: Placed[] = []
    for (let n = 0; n < segmentCount(plain.length); n++)
      taken.push(this.#table.take(index + n, segmentLength(n, plain.length)))
    const sealed = taken.map((placed, n) => {
      const from = n * segmentBytes
      return sealSegment(this.#cipher, placed, plain.subarray(from, from + placed.length))
    })
    try {
      await this.settle()
    } catch (error) {
      for (const placed of taken) this.#table.giveBack(placed)
      throw error
    }
    for (const placed of taken) this.#table.put(placed)
    this.#unwritten = neighbours(taken, sealed)
    this.#writing = this.#writeOut()
  }

  /** Waits until everything sealed is written; what failed is tried again by the next call. */
  async settle(): Promise<void> {
    if (this.#syncFault !== undefined) throw this.#syncFault
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

  /** The plain bytes of a segment as long as it was put; undefined if it never was. */
  async get(index: number): Promise<Buffer | undefined> {
    const placed = this.#table.get(index)
    if (placed === undefined) return undefined
    await this.settle()
    const slot = await readAt(this.#handle, slotPosition(placed.slot), slotSize(placed.length))
    return openSegment(this.#cipher, placed, slot)
  }

  /** Forgets every segment from `count` on. */
  cut(count: number): void {
    this.#table.cut(count)
  }

  /** Makes everything that was put, and the blob's `size`, survive a crash. */
  async checkpoint(size: number): Promise<void> {
    await this.#sync()
    const index = sealIndex(this.#cipher, this.#table.encode(size))
    await replaceFileDurably(this.#indexPath, Buffer.concat([this.#cipher.salt, index]))
    this.#table.checkpoint()
  }

  /** Whether nothing but the trailer is missing to a finished blob of `bytes`. */
  isInOrder(bytes: number): boolean {
    return this.#table.isInOrder(bytes)
  }

  /** Makes it the file of a finished blob, durably; it must be in order. */
  async finish(bytes: number, sha256: Buffer): Promise<void> {
    await this.settle()
    const end = trailerPosition(bytes)
    await this.#handle.truncate(end)
    await writeAt(this.#handle, end, [sealTrailer(this.#cipher, bytes, sha256)])
    await this.#sync()
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #sync(): Promise<void> {
    await this.settle()
    try {
      await this.#handle.datasync()
    } catch (error) {
      this.#syncFault = error as Error
      throw error
    }
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
