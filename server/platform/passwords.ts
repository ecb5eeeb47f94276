/**
 * Passwords that people choose: argon2id (RFC 9106), in the text form that names its own cost, so that a later cost
 * needs no migration. Those of SFTP accounts, which machines send at every connection, are in secrets.ts.
 */
import { hash, verify } from '@node-rs/argon2'
import { AppError } from './errors.ts'

/** 46 MiB and two passes: about 60 ms of one core. The library's default algorithm is argon2id. */
const cost = { memoryCost: 47_104, timeCost: 2, parallelism: 1, outputLen: 32 } as const
/** At most 92 MiB at a time, and the thread pool keeps room for files. */
const atOnceMax = 2
const bytesMax = 1_024

let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    return await work()
  } finally {
    // The place goes to the next in line, or is given up.
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

/** One text typed on two keyboards may differ in composition of accents only (RFC 8265, 4.2.1: NFC). */
const bytesOf = (password: string): Buffer => Buffer.from(password.normalize('NFC'))

/**
 * `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Refuses (`VALIDATION_FAILED`) an empty password and one above 1,024 bytes; how
 * good a password must be is the caller's rule.
 */
export async function hashChosenPassword(password: string): Promise<string> {
  const bytes = bytesOf(password)
  if (bytes.length === 0 || bytes.length > bytesMax)
    throw new AppError('VALIDATION_FAILED', `A password has 1 to ${bytesMax} bytes.`)
  return inTurn(() => hash(bytes, cost))
}

let standIn: Promise<string> | undefined

/**
 * Whether `password` is the one that was hashed. `stored` null (no such user, none set) takes as long as a wrong password
 * and is false, so that time does not tell who exists.
 */
export async function verifyChosenPassword(password: string, stored: string | null): Promise<boolean> {
  const bytes = bytesOf(password)
  const isTooLong = bytes.length > bytesMax
  const against = stored ?? (await (standIn ??= inTurn(() => hash('nobody', cost))))
  const isRight = await inTurn(() => verify(against, isTooLong ? Buffer.alloc(8) : bytes))
  return isRight && stored !== null && !isTooLong
}
