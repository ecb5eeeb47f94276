/**
 * Ids: a prefix that tells what it names, and 16 random characters of `[0-9A-Za-z]` (spec 10, Shapes).
 */
import { randomFillSync } from 'node:crypto'

export const idPrefixes = {
  organisation: 'org',
  worker: 'wkr',
  credential: 'cred',
  fetchRequest: 'cap',
  fetchRequestItem: 'fri',
  fetchRequestEvent: 'fre',
  attachment: 'att',
  importRun: 'imp',
  importSource: 'src',
  export: 'exp',
  position: 'pos',
  check: 'chk',
  listVersion: 'lst',
  banMatch: 'ban',
  review: 'rev',
  trustedIssuer: 'trs',
  webhook: 'whk',
  delivery: 'dlv',
  event: 'evt',
  token: 'tok',
  sftpAccount: 'sft',
  sftpFile: 'fil',
  user: 'usr',
  userLink: 'lnk',
  session: 'ses',
  secondFactor: 'fac',
  partner: 'prt',
  partnerClient: 'pcl',
  partnerSecret: 'pcs',
  partnerToken: 'pto',
  submission: 'sub',
  submissionItem: 'pit',
  asset: 'ast',
  holder: 'hld',
  auditEntry: 'aud',
  mapping: 'map',
  blob: 'blb',
  request: 'req',
  batch: 'bat',
  mail: 'mail',
} as const

export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
// 248 is the greatest multiple of 62 below 256: bytes above it are thrown away, so no character is likelier.
const unbiasedBelow = 248
const pool = Buffer.alloc(4096)
let poolOffset = pool.length

function nextByte(): number {
  if (poolOffset === pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  return pool[poolOffset++] as number
}

/** `length` random characters of `[0-9A-Za-z]`, each equally likely (5.95 bits each). */
export function randomCharacters(length: number): string {
  let out = ''
  while (out.length < length) {
    const byte = nextByte()
    if (byte < unbiasedBelow) out += alphabet[byte % 62]
  }
  return out
}

/** A new id, for example `wkr_4fGh…` (95 random bits). */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${randomCharacters(16)}`
}
