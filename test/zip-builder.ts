/** ZIP archives made by hand, entry by entry, so that a test can have them as no program would write them (APPNOTE 4.3). */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string | Buffer
  readonly data?: Buffer | string
  /** Other than 8 (deflate). */
  readonly method?: number
  /** Bits of the general purpose flag. */
  readonly flags?: number
  /** Unix type and mode, 0o120777 for a link. */
  readonly mode?: number
  /** What the directory says, where it lies. */
  readonly crc?: number
  readonly size?: number
  readonly packedSize?: number
  /** Where the directory says that the entry lies; default where it does. */
  readonly offset?: number
  /** The sizes stand in a ZIP64 extra field. */
  readonly zip64?: boolean
}

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** @param options.count how many entries the end of the directory says there are */
export function zipOf(entries: readonly ZipEntry[], options: { count?: number; tail?: Buffer } = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name as string)
    const data = Buffer.from((entry.data ?? '') as string)
    const method = entry.method ?? 8
    const packed = method === 8 ? deflateRawSync(data) : data
    const crc = entry.crc ?? crc32(data)
    const size = entry.size ?? data.length
    const packedSize = entry.packedSize ?? packed.length
    const flags = (entry.flags ?? 0) | (typeof entry.name === 'string' ? 0x800 : 0)
    const extra = entry.zip64 ? Buffer.concat([u16(1), u16(16), u64(size), u64(packedSize)]) : Buffer.alloc(0)
    const [shownSize, shownPacked] = entry.zip64 ? [0xffff_ffff, 0xffff_ffff] : [size, packedSize]
    const shared = [
      u16(entry.zip64 ? 45 : 20),
      u16(flags),
      u16(method),
      u32(0),
      u32(crc),
      u32(shownPacked),
      u32(shownSize),
    ]
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      ...shared,
      u16(name.length),
      u16(extra.length),
      name,
      extra,
      packed,
    ])
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02', 'latin1'),
        u16((3 << 8) | 45),
        ...shared,
        u16(name.length),
        u16(extra.length),
        u16(0),
        u16(0),
        u16(0),
        u32((entry.mode ?? 0o100644) << 16),
        u32(entry.offset ?? at),
        name,
        extra,
      ]),
    )
    parts.push(local)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const count = options.count ?? entries.length
  return Buffer.concat([
    ...parts,
    central,
    Buffer.from('PK\x05\x06', 'latin1'),
    u16(0),
    u16(0),
    u16(count),
    u16(count),
    u32(central.length),
    u32(at),
    u16(0),
    options.tail ?? Buffer.alloc(0),
  ])
}
