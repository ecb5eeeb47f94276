/**
 * The hashes of an OpenAttestation v2 document: salted leaves, target hash and merkle root (its specification, "Document
 * integrity"), and who signed the root. Keccak-256 throughout.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { DocumentFault, isObject, type Json, type JsonObject } from './signed-documents.json.rules.ts'

export interface SaltedLeaf {
  /** Joined with dots, indexes of lists included: as it is hashed. */
  readonly path: string
  readonly type: string
  readonly value: string
  readonly salted: string
}

/** A salt is a UUID of version 4; behind it the type and the value as text. */
const saltedText =
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}:(string|number|boolean|null|undefined):(.*)$/s

const keccakHex = (text: string): string => Buffer.from(keccak_256(Buffer.from(text))).toString('hex')

/**
 * The leaves of `data`, in its order. Throws a `DocumentFault` for a leaf without its salt, and for names with a dot: two
 * documents would have one hash. Empty objects and lists have no leaf and no hash; they say nothing.
 */
export function saltedLeaves(data: JsonObject): SaltedLeaf[] {
  const leaves: SaltedLeaf[] = []
  const walk = (at: Json, path: string): void => {
    if (Array.isArray(at)) {
      ;(at as readonly Json[]).forEach((item, index) => walk(item, `${path}.${index}`))
    } else if (isObject(at)) {
      for (const [name, inner] of Object.entries(at)) {
        if (name === '' || name.includes('.'))
          throw new DocumentFault(
            `The document has a name that is hashed like another: ${JSON.stringify(name)}.`,
          )
        walk(inner, path === '' ? name : `${path}.${name}`)
      }
    } else {
      const [, type, value] = (typeof at === 'string' ? saltedText.exec(at) : null) ?? []
      if (type === undefined || value === undefined)
        throw new DocumentFault(`The field ${path} has lost the salt it was hashed with.`)
      leaves.push({ path, type, value, salted: at as string })
    }
  }
  walk(data, '')
  return leaves
}

/** The hash of all leaves, shown and hidden: keccak256 of the sorted list of their hashes, as JSON. In hex. */
export function targetHashOf(leaves: readonly SaltedLeaf[], hidden: readonly string[]): string {
  const hashes = leaves.map(({ path, salted }) => keccakHex(JSON.stringify({ [path]: salted })))
  return keccakHex(JSON.stringify([...hidden, ...hashes].sort()))
}

/** The hashes from a document's own up to the root: each pair is hashed in the order of its bytes. In hex, the document's first. */
export function hashesToRoot(targetHash: string, proof: readonly string[]): string[] {
  const hashes = [targetHash]
  for (const sibling of proof) {
    const pair = [hashes.at(-1) as string, sibling].sort().map((hex) => Buffer.from(hex, 'hex'))
    hashes.push(Buffer.from(keccak_256(Buffer.concat(pair))).toString('hex'))
  }
  return hashes
}

/**
 * The address whose key signed a merkle root (EIP-191, version 0x45: the root's 32 bytes as a message), `0x…` in lower case;
 * null where the signature is none. Only the one usual spelling of a signature is taken: lower case, low s (EIP-2), v of 27 or 28.
 */
export function signerOf(merkleRoot: string, signature: string): string | null {
  if (!/^0x[0-9a-f]{128}1[bc]$/.test(signature)) return null
  const bytes = Buffer.from(signature.slice(2), 'hex')
  const message = Buffer.concat([
    Buffer.from('\x19Ethereum Signed Message:\n32'),
    Buffer.from(merkleRoot, 'hex'),
  ])
  try {
    const made = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact')
    if (made.hasHighS()) return null
    const point = made.addRecoveryBit((bytes[64] as number) - 27).recoverPublicKey(keccak_256(message))
    const key = point.toBytes(false).subarray(1)
    return `0x${Buffer.from(keccak_256(key).subarray(12)).toString('hex')}`
  } catch {
    return null
  }
}
