/** Public keys as people paste them: one line of OpenSSH's format (sshd(8), AUTHORIZED_KEYS; RFC 4253, section 6.6). */
import { createHash } from 'node:crypto'
import { AppError } from '../../platform/errors.ts'
import type { AccountKey } from './file-exchange.schema.ts'

const algorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]
const rsaBitsMin = 2048

/** The strings of a key's wire form, or undefined when its lengths do not add up. */
function wireStrings(wire: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = []
  let at = 0
  while (at < wire.length) {
    if (at + 4 > wire.length) return undefined
    const end = at + 4 + wire.readUInt32BE(at)
    if (end > wire.length) return undefined
    strings.push(wire.subarray(at + 4, end))
    at = end
  }
  return strings
}

/** `SHA256:…`, as ssh-keygen prints it. */
export function fingerprintOf(wire: Buffer): string {
  return `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`
}

const bitLength = (integer: Buffer): number =>
  integer.length === 0 ? 0 : BigInt(`0x${integer.toString('hex')}`).toString(2).length

function faultOf(algorithm: string, wire: Buffer): string | undefined {
  const strings = wireStrings(wire)
  if (strings?.[0]?.toString('latin1') !== algorithm)
    return 'is damaged (was part of the line lost when it was copied?)'
  if (!algorithms.includes(algorithm))
    return `has the type ${algorithm}; make one with: ssh-keygen -t ed25519 (or rsa with 3072 bits)`
  const partsExpected = algorithm === 'ssh-ed25519' ? 2 : 3
  if (strings.length !== partsExpected) return 'is damaged'
  if (algorithm === 'ssh-ed25519' && strings[1]?.length !== 32) return 'is damaged'
  if (algorithm === 'ssh-rsa' && bitLength(strings[2] as Buffer) < rsaBitsMin)
    return `is an RSA key below ${rsaBitsMin} bits; make one with: ssh-keygen -t ed25519`
  return undefined
}

/**
 * Reads one line `<type> <base64> [comment]`. Refuses (VALIDATION_FAILED) private keys, options before the type,
 * damaged keys and types that are not modern.
 */
export function parsePublicKey(line: string): AccountKey {
  const text = line.trim()
  const refuse = (fault: string): AppError => new AppError('VALIDATION_FAILED', `The public key ${fault}.`)
  if (text.includes('PRIVATE KEY')) throw refuse('is a private key; give the file that ends in .pub')
  const match = /^([a-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,3})(?:[ \t]+([^\r\n]*))?$/.exec(text)
  if (!match)
    throw refuse('must be one line like: ssh-ed25519 AAAAC3Nza… comment (give the file that ends in .pub)')
  const [, algorithm, base64, comment = ''] = match as unknown as [string, string, string, string?]
  const publicKey = Buffer.from(base64, 'base64')
  const fault = faultOf(algorithm, publicKey)
  if (fault) throw refuse(fault)
  return { fingerprint: fingerprintOf(publicKey), algorithm, publicKey, comment: comment.slice(0, 200) }
}
