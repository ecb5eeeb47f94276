/**
 * What the SFTP protocol says things with (draft-ietf-secsh-filexfer-02, version 3; OpenSSH's PROTOCOL for extensions).
 */
import type { Attributes, FileEntry, SFTPWrapper } from 'ssh2'
import type { AppError, ErrorKind } from '../../platform/errors.ts'
import { nameBytesMax } from './file-exchange.paths.rules.ts'
import type { Entry } from './file-exchange.schema.ts'

export const status = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  opUnsupported: 8,
} as const

export const openFlag = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const

/** The one table from error kinds to this protocol's statuses. */
const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: status.failure,
  unauthenticated: status.permissionDenied,
  forbidden: status.permissionDenied,
  notFound: status.noSuchFile,
  gone: status.noSuchFile,
  conflict: status.failure,
  stale: status.failure,
  tooLarge: status.failure,
  unsatisfiable: status.failure,
  unprocessable: status.failure,
  unsupported: status.opUnsupported,
  methodNotAllowed: status.opUnsupported,
  tooMany: status.failure,
  unavailable: status.failure,
  internal: status.failure,
}

export function statusOf(error: AppError): number {
  return statusOfKind[error.kind]
}

const folderBits = 0o040000
const fileBits = 0o100000

function modeOf(entry: Entry): number {
  if (entry.kind === 'FOLDER') return folderBits | (entry.isWritable ? 0o750 : 0o550)
  return fileBits | (entry.isWritable ? 0o640 : 0o440)
}

const unixSeconds = (instant: Date): number =>
  Math.min(0xffffffff, Math.max(0, Math.floor(instant.getTime() / 1_000)))

export function attributesOf(entry: Entry): Attributes {
  const seconds = unixSeconds(entry.modifiedAt)
  return { mode: modeOf(entry), uid: 0, gid: 0, size: entry.bytes, atime: seconds, mtime: seconds }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const halfYearMs = 182 * 86_400_000

/** Like `ls -l`, in UTC: the time of day for what is younger than half a year, else the year. */
function longNameOf(entry: Entry, now: Date): string {
  const bits = [...modeOf(entry).toString(8).slice(-3)]
    .map((digit) =>
      ['r', 'w', 'x'].map((letter, place) => (Number(digit) & (4 >> place) ? letter : '-')).join(''),
    )
    .join('')
  const at = entry.modifiedAt
  const age = now.getTime() - at.getTime()
  const clock = at.toISOString().slice(11, 16)
  const time = age >= 0 && age < halfYearMs ? clock : ` ${at.getUTCFullYear()}`
  const day = `${months[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${time}`
  const kind = entry.kind === 'FOLDER' ? 'd' : '-'
  return `${kind}${bits}    1 vouchsafe vouchsafe ${String(entry.bytes).padStart(12)} ${day} ${entry.name}`
}

export function nameOf(entry: Entry, now: Date): FileEntry {
  return { filename: entry.name, longname: longNameOf(entry, now), attrs: attributesOf(entry) }
}

/** The strings at the start of an extended request's data; undefined when there are fewer than `count`. */
export function stringsIn(data: Buffer | undefined, count: number): Buffer[] | undefined {
  const strings: Buffer[] = []
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (!data || at + 4 > data.length) return undefined
    const end = at + 4 + data.readUInt32BE(at)
    if (end > data.length) return undefined
    strings.push(data.subarray(at + 4, end))
    at = end
  }
  return strings
}

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length + 1, 0)
  head[4] = type
  return Buffer.concat([head, body])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

const text = (value: string): Buffer => Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value)])

/** The library takes packets of up to 256 KiB; as OpenSSH's server, 1 KiB of that is left to what is around the bytes. */
const packetBytesMax = 256 * 1_024
export const transferBytesMax = packetBytesMax - 1_024
export const openHandlesMax = 128

/** What stands before the bytes of a DATA packet: length, type, request, count. */
const dataHeadBytes = 13
const versionType = 2
const dataType = 103
const extendedReplyType = 201
const plainVersion = packet(versionType, uint32(3))
const extensions = [
  ['posix-rename@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['fsync@openssh.com', '1'],
  ['limits@openssh.com', '1'],
] as const
const versionWithExtensions = packet(versionType, uint32(3), ...extensions.flatMap((pair) => pair.map(text)))

/** The parts of the library's SFTP channel that have no public face. */
interface ChannelParts {
  _protocol: {
    channelData(channel: number, data: Buffer): void
    exitStatus(channel: number, status: number): void
  }
  readonly _buffer: readonly Buffer[]
  readonly outgoing: {
    readonly id: number
    window: number
    readonly packetSize: number
    readonly state: string
  }
}

function partsOf(sftp: SFTPWrapper): ChannelParts | undefined {
  const parts = sftp as unknown as Partial<ChannelParts>
  const isKnown =
    typeof parts._protocol?.channelData === 'function' &&
    typeof parts._protocol.exitStatus === 'function' &&
    Array.isArray(parts._buffer) &&
    typeof parts.outgoing?.window === 'number' &&
    typeof parts.outgoing.id === 'number'
  return isKnown ? (parts as ChannelParts) : undefined
}

/**
 * Makes the library announce our extensions: its server answers INIT without any, and clients use none that is not
 * announced. Without `limits@openssh.com` OpenSSH's client moves 32 KiB at a time instead of 255. Where the library's
 * inside is not as expected, the session simply goes on without them.
 */
export function announceExtensions(sftp: SFTPWrapper): void {
  const parts = partsOf(sftp)
  if (!parts) return
  const protocol = parts._protocol
  const channelData = (channel: number, data: Buffer): void => {
    // The answer to INIT is the first thing ever sent; from then on the library is on its own.
    parts._protocol = protocol
    const isVersion = data.equals(plainVersion) && parts.outgoing.window >= versionWithExtensions.length
    if (isVersion) parts.outgoing.window -= versionWithExtensions.length - plainVersion.length
    protocol.channelData(channel, isVersion ? versionWithExtensions : data)
  }
  parts._protocol = new Proxy(protocol, {
    get: (target, key) => {
      if (key === 'channelData') return channelData
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/**
 * Answers READ with the bytes of `parts`. The library would copy them into a packet of its own and that into the channel's;
 * here they go into the channel's at once, which halves what has to be collected afterwards. Where that cannot be, because
 * something waits or the client has no room for all of it, the library sends it.
 */
export function sendData(sftp: SFTPWrapper, requestId: number, parts: readonly Buffer[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const inside = partsOf(sftp)
  const isDirect =
    inside?._buffer.length === 0 &&
    inside.outgoing.state === 'open' &&
    inside.outgoing.window > dataHeadBytes + length &&
    inside.outgoing.packetSize > dataHeadBytes
  if (!isDirect) {
    sftp.data(requestId, parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts))
    return
  }
  const { outgoing, _protocol: protocol } = inside
  const head = Buffer.alloc(dataHeadBytes)
  head.writeUInt32BE(dataHeadBytes - 4 + length, 0)
  head[4] = dataType
  head.writeUInt32BE(requestId, 5)
  head.writeUInt32BE(length, 9)
  outgoing.window -= dataHeadBytes + length
  let begun: Buffer | undefined = head
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const end = Math.min(part.length, at + outgoing.packetSize - (begun?.length ?? 0))
      const piece = part.subarray(at, end)
      protocol.channelData(outgoing.id, begun ? Buffer.concat([begun, piece]) : piece)
      begun = undefined
      at = end
    }
  }
  if (begun) protocol.channelData(outgoing.id, begun)
}

/** The answer to an extended request. False when it cannot be sent now: then the request is to be refused. */
function sendExtendedReply(sftp: SFTPWrapper, requestId: number, values: readonly number[]): boolean {
  const parts = partsOf(sftp)
  const reply = packet(extendedReplyType, uint32(requestId), ...values.map(uint64))
  // Straight to the channel, so nothing may be waiting before it and it must fit whole.
  if (!parts || parts._buffer.length > 0 || parts.outgoing.state !== 'open') return false
  if (parts.outgoing.window <= reply.length || parts.outgoing.packetSize < reply.length) return false
  parts.outgoing.window -= reply.length
  parts._protocol.channelData(parts.outgoing.id, reply)
  return true
}

/** Answers `limits@openssh.com`. */
export function sendLimits(sftp: SFTPWrapper, requestId: number): boolean {
  const limits = [packetBytesMax, transferBytesMax, transferBytesMax, openHandlesMax]
  return sendExtendedReply(sftp, requestId, limits)
}

const blockBytes = 4_096

/** Answers `statvfs@openssh.com`: the account's own room, whatever the disk has. */
export function sendRoom(
  sftp: SFTPWrapper,
  requestId: number,
  room: { readonly bytesMax: number; readonly storedBytes: number },
): boolean {
  const blocks = Math.floor(room.bytesMax / blockBytes)
  const free = Math.max(0, blocks - Math.ceil(room.storedBytes / blockBytes))
  // Files are not counted; a client that asks is told that there is room for plenty.
  const files = 2 ** 32 - 1
  return sendExtendedReply(sftp, requestId, [
    ...[blockBytes, blockBytes, blocks, free, free],
    ...[files, files, files, 0, 0, nameBytesMax],
  ])
}

/**
 * Closes the channel, saying first that the subsystem ended well (RFC 4254, section 6.10): without it `scp -s` reports
 * a failure. Without a close of ours, OpenSSH's client waits for ever.
 */
export function endChannel(sftp: SFTPWrapper): void {
  const parts = partsOf(sftp)
  if (parts?.outgoing.state === 'open') parts._protocol.exitStatus(parts.outgoing.id, 0)
  sftp.end()
}

/** Bytes that were answered but wait for the client to make room for them. */
export function unsentBytes(sftp: SFTPWrapper): number {
  return partsOf(sftp)?._buffer.reduce((sum, part) => sum + part.length, 0) ?? 0
}
