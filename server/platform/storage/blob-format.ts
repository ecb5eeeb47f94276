/**
 * The bytes of an encrypted file: layout, keys, sealing and opening. No input or output.
 *
 * head     magic (8), salt (16)
 * slots    one per segment of 64 KiB plain bytes: index (4), sequence (4), length (4), nonce (12), text, tag (16)
 * trailer  of a finished file only: nonce (12), text of { bytes (8), SHA-256 (32) }, tag (16)
 *
 * The file's key comes from the scope's key, the salt, the scope and the blob's key (HKDF-SHA-256), so no two files
 * share a key and nonces meet only within one file; each is 96 random bits. In a finished file slot n holds segment
 * n with sequence n and all but the last are full: with the trailer that leaves nothing to cut, swap or roll back.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { AppError } from '../errors.ts'

/** Plain bytes of a full segment. */
export const segmentBytes = 65_536

const magic = Buffer.from('VCHBLOB1', 'ascii')
const saltBytes = 16
const nonceBytes = 12
const tagBytes = 16
const tokenBytes = 12

export const headBytes = magic.length + saltBytes
/** Bytes of a slot before its text. */
export const slotHeadBytes = tokenBytes + nonceBytes
/** Distance from one slot to the next. */
export const slotBytes = slotHeadBytes + segmentBytes + tagBytes
export const trailerBytes = nonceBytes + 40 + tagBytes

/** Which version of which segment a slot holds. */
export interface SlotLabel {
  readonly index: number
  /** Counts the slots written to this file, from 0: of two versions of a segment the greater is the newer. */
  readonly sequence: number
  /** Plain bytes, 1 to 65,536; the segment's rest is zeros. */
  readonly length: number
}

/** Seals and opens the parts of one file. */
export interface FileCipher {
  readonly salt: Buffer
  readonly scope: string
  readonly key: string
  /** As a key object: bare bytes are made one anew for every segment, which takes longer than enciphering a small one. */
  readonly secret: KeyObject
}

/** The position of a slot in the file. */
export function slotPosition(slot: number): number {
  return headBytes + slot * slotBytes
}

/** Bytes in the file of a slot with `length` plain bytes. */
export function slotSize(length: number): number {
  return slotHeadBytes + length + tagBytes
}

/** How many segments `bytes` plain bytes take. */
export function segmentCount(bytes: number): number {
  return Math.ceil(bytes / segmentBytes)
}

/** How many plain bytes segment `index` has in a finished blob of `bytes`. */
export function segmentLength(index: number, bytes: number): number {
  return Math.min(segmentBytes, bytes - index * segmentBytes)
}

/** Where the trailer of a finished blob of `bytes` plain bytes begins. */
export function trailerPosition(bytes: number): number {
  const full = Math.floor(bytes / segmentBytes)
  const rest = bytes % segmentBytes
  return slotPosition(full) + (rest === 0 ? 0 : slotSize(rest))
}

/** The cipher of a new file. `scopeKey` has 32 bytes. */
export function newFileCipher(scopeKey: Buffer, scope: string, key: string): FileCipher {
  return fileCipher(scopeKey, scope, key, randomBytes(saltBytes))
}

/** The cipher of the file that begins with `head`. Refuses (`STORAGE_FAULT`) what is no such head. */
export function fileCipherOf(scopeKey: Buffer, scope: string, key: string, head: Buffer): FileCipher {
  if (head.length !== headBytes || !head.subarray(0, magic.length).equals(magic))
    throw damaged(key, 'its head')
  return fileCipher(scopeKey, scope, key, head.subarray(magic.length))
}

function fileCipher(scopeKey: Buffer, scope: string, key: string, salt: Buffer): FileCipher {
  const secret = Buffer.from(hkdfSync('sha256', scopeKey, salt, `vouchsafe blob 1\0${scope}\0${key}`, 32))
  return { salt, scope, key, secret: createSecretKey(secret) }
}

export function headOf(cipher: FileCipher): Buffer {
  return Buffer.concat([magic, cipher.salt])
}

/** A slot's bytes, to be written one after the other. `plain` has `label.length` bytes. */
export function sealSegment(cipher: FileCipher, label: SlotLabel, plain: Buffer): Buffer[] {
  const token = Buffer.allocUnsafe(tokenBytes)
  token.writeUInt32BE(label.index, 0)
  token.writeUInt32BE(label.sequence, 4)
  token.writeUInt32BE(label.length, 8)
  return [token, ...seal(cipher, 'segment', token, plain)]
}

/** What `slot` (its bytes up to its end or further) says that it holds; undefined when it cannot be one. */
export function labelOf(slot: Buffer): SlotLabel | undefined {
  if (slot.length <= slotSize(0)) return undefined
  const label = {
    index: slot.readUInt32BE(0),
    sequence: slot.readUInt32BE(4),
    length: slot.readUInt32BE(8),
  }
  return label.length > 0 && label.length <= segmentBytes && slot.length >= slotSize(label.length)
    ? label
    : undefined
}

/**
 * The plain bytes of a slot (`label.length` of them). Refuses (`STORAGE_FAULT`) another version, another segment
 * and any changed byte.
 */
export function openSegment(cipher: FileCipher, label: SlotLabel, slot: Buffer): Buffer {
  const found = labelOf(slot)
  if (found?.index !== label.index || found.sequence !== label.sequence || found.length !== label.length)
    throw damaged(cipher.key, `segment ${label.index}`)
  const token = slot.subarray(0, tokenBytes)
  const sealed = slot.subarray(tokenBytes, slotSize(label.length))
  return unseal(cipher, 'segment', token, sealed, `segment ${label.index}`)
}

/** The end of a finished file. */
export function sealTrailer(cipher: FileCipher, bytes: number, sha256: Buffer): Buffer {
  const plain = Buffer.alloc(40)
  plain.writeBigUInt64BE(BigInt(bytes))
  sha256.copy(plain, 8)
  return Buffer.concat(seal(cipher, 'trailer', Buffer.alloc(0), plain))
}

/** Refuses (`STORAGE_FAULT`) anything that `sealTrailer` did not make for this file. */
export function openTrailer(cipher: FileCipher, trailer: Buffer): { bytes: number; sha256: Buffer } {
  if (trailer.length !== trailerBytes) throw damaged(cipher.key, 'its end')
  const plain = unseal(cipher, 'trailer', Buffer.alloc(0), trailer, 'its end')
  return { bytes: Number(plain.readBigUInt64BE()), sha256: plain.subarray(8) }
}

/** A staged file's index, which says which slot holds which segment (segment-table.ts). */
export function sealIndex(cipher: FileCipher, plain: Buffer): Buffer {
  return Buffer.concat(seal(cipher, 'index', Buffer.alloc(0), plain))
}

export function openIndex(cipher: FileCipher, sealed: Buffer): Buffer {
  return unseal(cipher, 'index', Buffer.alloc(0), sealed, 'its index')
}

/** The fault of a file that was changed, cut, or belongs elsewhere. */
export function damaged(key: string, part: string): AppError {
  return new AppError('STORAGE_FAULT', `The stored file ${key} is damaged or was changed (${part}).`)
}

type Part = 'segment' | 'trailer' | 'index'

function contextOf(cipher: FileCipher, part: Part, token: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`vouchsafe blob 1 ${part}\0${cipher.scope}\0${cipher.key}\0`), token])
}

function seal(cipher: FileCipher, part: Part, token: Buffer, plain: Buffer): Buffer[] {
  const nonce = randomBytes(nonceBytes)
  const gcm = createCipheriv('aes-256-gcm', cipher.secret, nonce)
  gcm.setAAD(contextOf(cipher, part, token))
  const text = gcm.update(plain)
  // GCM pads nothing: `final` only makes the tag.
  gcm.final()
  return [nonce, text, gcm.getAuthTag()]
}

function unseal(cipher: FileCipher, part: Part, token: Buffer, sealed: Buffer, what: string): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw damaged(cipher.key, what)
  const nonce = sealed.subarray(0, nonceBytes)
  const gcm = createDecipheriv('aes-256-gcm', cipher.secret, nonce, { authTagLength: tagBytes })
  gcm.setAAD(contextOf(cipher, part, token))
  gcm.setAuthTag(sealed.subarray(-tagBytes))
  const plain = gcm.update(sealed.subarray(nonceBytes, -tagBytes))
  try {
    gcm.final()
  } catch {
    throw damaged(cipher.key, what)
  }
  return plain
}
