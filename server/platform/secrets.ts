/**
 * Keys, tokens and passwords.
 *
 * Words: the *master key* belongs to the installation and wraps other keys; a *wrapped* secret is safe to store
 * beside the data; a *token* is long and random (a fast hash suffices); a *password* is chosen by a person or
 * machine (a slow hash is needed).
 * Promises: nothing here logs or puts a secret into an error.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
  type ScryptOptions,
} from 'node:crypto'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from './errors.ts'
import { randomCharacters } from './ids.ts'
import { createFileDurably, makeFolderDurably } from './storage/durable-files.ts'

const keyBytes = 32

/** A fresh 32-byte key. */
export function newKey(): Buffer {
  return randomBytes(keyBytes)
}

/**
 * The installation's master key (32 bytes): `fromSetting` (base64) if given, else the one in
 * `<dataDir>/keys/master.key`, which is made on the first start (0600, durably; racing starts end with one key).
 * `dataDir` must exist. Refuses (`SETTING_INVALID`) a key that is not 32 bytes: a damaged file is never replaced,
 * because everything wrapped with the old key would be lost.
 */
export async function loadMasterKey(options: {
  readonly dataDir: string
  readonly fromSetting?: string | null | undefined
}): Promise<Buffer> {
  if (options.fromSetting) return keyOfSetting('MASTER_KEY', options.fromSetting)
  const folder = join(options.dataDir, 'keys')
  const path = join(folder, 'master.key')
  if ((await stat(path).catch(() => null)) === null) {
    await makeFolderDurably(options.dataDir, folder)
    await createFileDurably(path, Buffer.from(`${newKey().toString('base64')}\n`))
  }
  const key = parseKey(await readFile(path, 'ascii'))
  if (key === null) {
    throw new AppError(
      'SETTING_INVALID',
      `The master key in ${path} is damaged: it must be 32 bytes in base64. Put back a copy of it from a backup.`,
    )
  }
  // A copy put back from a backup may have come with another mode.
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600)
  return key
}

/** The key that a setting gives in base64. Refuses (`SETTING_INVALID`) what is not 32 bytes. */
export function keyOfSetting(name: string, text: string): Buffer {
  const key = parseKey(text)
  if (key === null)
    throw new AppError('SETTING_INVALID', `${name} must be 32 bytes in base64 (44 characters).`)
  return key
}

function parseKey(text: string): Buffer | null {
  const trimmed = text.trim()
  const key = Buffer.from(trimmed, 'base64')
  // Node skips what is no base64; only what reads back the same was wholly understood.
  return key.length === keyBytes && key.toString('base64') === trimmed ? key : null
}

const envelopeVersion = 1
const nonceBytes = 12
const tagBytes = 16

function wrappingKey(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'vouchsafe wrap 1', keyBytes))
}

function envelopeContext(purpose: string): Buffer {
  return Buffer.from(`vouchsafe envelope ${envelopeVersion}\0${purpose}`)
}

/**
 * Wraps a secret (a key, or anything short) for storing: version (1 byte), nonce (12), AES-256-GCM text, tag (16).
 * `purpose` says what it is and whose (`organisation:org_…`); only the same purpose opens it, so a wrapped key that
 * is moved to another row does not open there.
 */
export function wrapKey(masterKey: Buffer, purpose: string, secret: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(masterKey), nonce)
  cipher.setAAD(envelopeContext(purpose))
  return Buffer.concat([
    Buffer.of(envelopeVersion),
    nonce,
    cipher.update(secret),
    cipher.final(),
    cipher.getAuthTag(),
  ])
}

/**
 * What `wrapKey` wrapped, by this key or one of these (while one master key takes the place of another). Refuses (`SETTING_INVALID`) another master key, another purpose, a changed byte or an
 * unknown version; which of the first three it was cannot be told apart.
 */
export function unwrapKey(masterKey: Buffer | readonly Buffer[], purpose: string, envelope: Buffer): Buffer {
  if (envelope[0] !== envelopeVersion || envelope.length < 1 + nonceBytes + tagBytes) {
    throw new AppError(
      'SETTING_INVALID',
      `The wrapped secret "${purpose}" is damaged or was made by a newer version of Vouchsafe.`,
    )
  }
  const keys = Buffer.isBuffer(masterKey) ? [masterKey] : masterKey
  let cause: unknown
  for (const key of keys) {
    try {
      return unwrapWith(key, purpose, envelope)
    } catch (error) {
      cause = error
    }
  }
  throw new AppError(
    'SETTING_INVALID',
    `The wrapped secret "${purpose}" does not open: MASTER_KEY is not the one that it was wrapped with, or it was changed.`,
    { cause },
  )
}

/**
 * The secret wrapped by the first of the keys; undefined when it is already. Refuses (`SETTING_INVALID`) what none of them opens.
 */
export function rewrap(masterKeys: readonly Buffer[], purpose: string, envelope: Buffer): Buffer | undefined {
  const [masterKey] = masterKeys as [Buffer]
  try {
    unwrapKey(masterKey, purpose, envelope)
    return undefined
  } catch {
    return wrapKey(masterKey, purpose, unwrapKey(masterKeys, purpose, envelope))
  }
}

function unwrapWith(masterKey: Buffer, purpose: string, envelope: Buffer): Buffer {
  const nonce = envelope.subarray(1, 1 + nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey(masterKey), nonce, { authTagLength: tagBytes })
  decipher.setAAD(envelopeContext(purpose))
  decipher.setAuthTag(envelope.subarray(-tagBytes))
  return Buffer.concat([decipher.update(envelope.subarray(1 + nonceBytes, -tagBytes)), decipher.final()])
}

/**
 * HMAC-SHA-256 (32 bytes) of `value` for one `purpose`: lets a value be found or compared without being kept. Two
 * purposes give unrelated answers. `purpose` is ours and never holds a NUL.
 */
export function keyedHash(key: Buffer, purpose: string, value: string | Buffer): Buffer {
  return createHmac('sha256', key).update(purpose).update('\0').update(value).digest()
}

const tokenCharacters = 32

/** A new token `<prefix>_<32 characters of [0-9A-Za-z]>` (190 random bits). Show it once; keep `hashToken` of it. */
export function newToken(prefix: string): string {
  return `${prefix}_${randomCharacters(tokenCharacters)}`
}

/** SHA-256 (32 bytes) of a token, for storing and finding it. Never for passwords: it is fast. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Whether two secrets are equal, in a time that tells neither where they differ nor how long they are. */
export function equalSecrets(left: string | Buffer, right: string | Buffer): boolean {
  const digest = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(left), digest(right))
}

interface ScryptCost {
  /** log2 of N (RFC 7914, 2). Memory is 128 * r * N bytes. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and three passes: as costly to guess as one pass of 128 MiB, at a quarter of the memory. */
const currentCost: ScryptCost = { ln: 15, r: 8, p: 3 }

/** Two at once: at most 64 MiB, and half of the thread pool stays free for files. */
const derivationsAtOnceMax = 2
const passwordBytesMax = 1024

/**
 * A hash of the password for storing: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both base64 without padding.
 * Refuses (`VALIDATION_FAILED`) an empty password and one above 1,024 bytes. How good a password must be is the
 * caller's rule.
 */
export async function hashPassword(password: string): Promise<string> {
  const bytes = passwordBytes(password)
  if (bytes.length === 0 || bytes.length > passwordBytesMax)
    throw new AppError('VALIDATION_FAILED', `A password has 1 to ${passwordBytesMax} bytes.`)
  const salt = randomBytes(16)
  const hash = await derive(bytes, salt, currentCost)
  const { ln, r, p } = currentCost
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
}

/**
 * Whether `password` is the one that was hashed. `stored` null (no such user, or one without a password) takes as
 * long as a wrong password and is false, so that time does not tell who exists. Throws when `stored` is no hash of
 * ours: that is a fault in the data.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const expected = stored === null ? null : parseStored(stored)
  const bytes = passwordBytes(password)
  // Too long to have been hashed; a stand-in takes its place so that the answer comes no sooner.
  const isTooLong = bytes.length > passwordBytesMax
  const { salt, cost, hash } = expected ?? nobody
  const found = await derive(isTooLong ? nobody.salt : bytes, salt, cost)
  return timingSafeEqual(found, hash) && expected !== null && !isTooLong
}

const nobody = { salt: randomBytes(16), hash: randomBytes(keyBytes), cost: currentCost }

/** One text typed on two keyboards may differ in composition of accents only (RFC 8265, 4.2.1: NFC). */
function passwordBytes(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'))
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

function parseStored(stored: string): { salt: Buffer; hash: Buffer; cost: ScryptCost } {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/.exec(stored)
  const [ln, r, p] = (match ?? []).slice(1, 4).map(Number) as [number?, number?, number?]
  // Bounds keep a tampered row from taking all memory: at most 256 MiB.
  if (!match || !ln || !r || !p || ln < 10 || ln > 18 || r > 8 || p > 16)
    throw new AppError('INTERNAL', 'A stored password hash is damaged.')
  return {
    salt: Buffer.from(match[4] as string, 'base64'),
    hash: Buffer.from(match[5] as string, 'base64'),
    cost: { ln, r, p },
  }
}

let derivationsRunning = 0
const derivationsWaiting: (() => void)[] = []

async function derive(password: Buffer, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  if (derivationsRunning >= derivationsAtOnceMax)
    await new Promise<void>((resolve) => derivationsWaiting.push(resolve))
  else derivationsRunning += 1
  try {
    const N = 2 ** cost.ln
    const options: ScryptOptions = { N, r: cost.r, p: cost.p, maxmem: 128 * cost.r * (N + cost.p + 2) }
    return await new Promise<Buffer>((resolve, reject) =>
      scrypt(password, salt, keyBytes, options, (error, hash) => (error ? reject(error) : resolve(hash))),
    )
  } finally {
    // The place goes to the next in line, or is given up.
    const next = derivationsWaiting.shift()
    if (next) next()
    else derivationsRunning -= 1
  }
}
