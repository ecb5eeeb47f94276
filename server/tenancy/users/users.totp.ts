/** Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds, as every authenticator app does. */
import { createHmac } from 'node:crypto'
import { newKey, equalSecrets } from '../../platform/secrets.ts'

const stepSeconds = 30
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 160 random bits: what the hash takes whole (RFC 4226, section 4, R6). */
export function newTotpSecret(): Buffer {
  return newKey().subarray(0, 20)
}

/** RFC 4648, section 6, without padding. */
export function base32(bytes: Buffer): string {
  let out = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out += alphabet[(buffer >> bits) & 31]
    }
  }
  return bits === 0 ? out : out + alphabet[(buffer << (5 - bits)) & 31]
}

/** The step in which an instant lies. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / 1_000 / stepSeconds)
}

/** The six digits of a step. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac[19] as number) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/**
 * The step whose code this is: the present one or one beside it, for clocks that differ, and none up to `lastStep`, so that
 * a code is used once (RFC 6238, section 5.2). Undefined when it is none.
 */
export function matchingStep(
  secret: Buffer,
  code: string,
  at: Date,
  lastStep: number | null,
): number | undefined {
  const typed = code.replaceAll(/\s/g, '')
  const present = totpStep(at)
  return [present, present - 1, present + 1].find(
    (step) => (lastStep === null || step > lastStep) && equalSecrets(totpCode(secret, step), typed),
  )
}

/** What an authenticator app reads from a QR code. */
export function totpUri(secret: Buffer, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=${stepSeconds}`
}
