/**
 * Which slot of a staged file holds which segment.
 *
 * A slot is never written over while the last checkpoint refers to it: a rewritten segment goes to another slot and
 * the old one becomes free with the next checkpoint. So a crash in the middle of a write costs that write alone,
 * never what was synced before it.
 */
import { segmentBytes, segmentCount, segmentLength, type SlotLabel } from './blob-format.ts'

export interface Placed extends SlotLabel {
  readonly slot: number
}

/** Sequences are 32 bits; a file that used them all (256 TiB written) takes no more. */
const sequenceMax = 0xffff_ffff

export class SegmentTable {
  readonly #placed = new Map<number, Placed>()
  #free: number[] = []
  /** Slots that the last checkpoint refers to and the table does no more. */
  #pinned: number[] = []
  readonly #checkpointed = new Set<number>()
  #slotCount = 0
  #nextSequence = 0

  get(index: number): Placed | undefined {
    return this.#placed.get(index)
  }

  /** A slot to write a new version of a segment into; it counts only once `put` was called with it. */
  take(index: number, length: number): Placed {
    if (this.#nextSequence > sequenceMax) throw new RangeError('too many writes to one file')
    const slot = this.#free.pop() ?? this.#slotCount++
    return { slot, index, length, sequence: this.#nextSequence++ }
  }

  /** The slot that `take` gave was written. */
  put(placed: Placed): void {
    this.#release(this.#placed.get(placed.index))
    this.#placed.set(placed.index, placed)
  }

  /** The slot that `take` gave could not be written. */
  giveBack(placed: Placed): void {
    this.#free.push(placed.slot)
  }

  /** Forgets every segment from `count` on. */
  cut(count: number): void {
    for (const [index, placed] of this.#placed) {
      if (index < count) continue
      this.#placed.delete(index)
      this.#release(placed)
    }
  }

  #release(placed: Placed | undefined): void {
    if (placed === undefined) return
    if (this.#checkpointed.has(placed.slot)) this.#pinned.push(placed.slot)
    else this.#free.push(placed.slot)
  }

  /** The table as it stands was made durable. */
  checkpoint(): void {
    this.#free.push(...this.#pinned)
    this.#pinned = []
    this.#checkpointed.clear()
    for (const { slot } of this.#placed.values()) this.#checkpointed.add(slot)
  }

  /** Whether the slots are those of a finished blob of `bytes`: full segments, each written once, in order. */
  isInOrder(bytes: number): boolean {
    if (this.#placed.size !== segmentCount(bytes)) return false
    for (const { slot, index, sequence, length } of this.#placed.values()) {
      if (slot !== index || sequence !== index || length !== segmentLength(index, bytes)) return false
    }
    return true
  }

  /** The table and `size` in bytes, for `decodeTable`. */
  encode(size: number): Buffer {
    const bytes = Buffer.alloc(16 + this.#placed.size * 16)
    bytes.writeBigUInt64BE(BigInt(size), 0)
    bytes.writeBigUInt64BE(BigInt(this.#nextSequence), 8)
    let at = 16
    for (const { index, slot, sequence, length } of this.#placed.values()) {
      bytes.writeUInt32BE(index, at)
      bytes.writeUInt32BE(slot, at + 4)
      bytes.writeUInt32BE(sequence, at + 8)
      bytes.writeUInt32BE(length, at + 12)
      at += 16
    }
    return bytes
  }

  /**
   * The inverse of `encode`, or the table of a file that has no checkpoint (`encoded` null). `slotCount` is how many
   * slots the file has begun. `recover` has to follow.
   */
  static restore(encoded: Buffer | null, slotCount: number): { table: SegmentTable; size: number } {
    const table = new SegmentTable()
    table.#slotCount = slotCount
    if (encoded === null) return { table, size: 0 }
    for (let at = 16; at < encoded.length; at += 16) {
      const index = encoded.readUInt32BE(at)
      table.#placed.set(index, {
        index,
        slot: encoded.readUInt32BE(at + 4),
        sequence: encoded.readUInt32BE(at + 8),
        length: encoded.readUInt32BE(at + 12),
      })
    }
    table.#nextSequence = Number(encoded.readBigUInt64BE(8))
    table.checkpoint()
    return { table, size: Number(encoded.readBigUInt64BE(0)) }
  }

  /** Whether the last checkpoint refers to `slot`. */
  isCheckpointed(slot: number): boolean {
    return this.#checkpointed.has(slot)
  }

  /**
   * After a crash: takes over `found`, slots that were written whole after the last checkpoint, in the order in
   * which they were written, as far as they leave no hole behind them; the rest had not been promised. Answers the
   * size that the blob has then. A checkpoint has to follow before anything is written: what was not taken over
   * would look like something newer at the next crash.
   */
  recover(found: readonly Placed[], size: number): number {
    const newer = found
      .filter(({ sequence }) => sequence >= this.#nextSequence)
      .sort((left, right) => left.sequence - right.sequence)
    let recovered = size
    for (const placed of newer) {
      const start = placed.index * segmentBytes
      if (start > recovered) break
      this.#placed.set(placed.index, placed)
      recovered = Math.max(recovered, start + placed.length)
    }
    const last = newer.at(-1)
    if (last) this.#nextSequence = last.sequence + 1
    const inUse = new Set([...this.#placed.values()].map(({ slot }) => slot))
    this.#free = []
    for (let slot = this.#slotCount - 1; slot >= 0; slot--) {
      if (!inUse.has(slot) && !this.#checkpointed.has(slot)) this.#free.push(slot)
    }
    this.#pinned = [...this.#checkpointed].filter((slot) => !inUse.has(slot))
    return recovered
  }
}
