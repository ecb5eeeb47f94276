/**
 * Fresh SSH key pairs in OpenSSH's formats. About one ed25519 pair in two hundred comes out of ssh2 1.17 damaged (a part that
 * begins with a zero byte loses it), so each is read back before it is used.
 */
import ssh2 from 'ssh2'
import { AppError } from '../../platform/errors.ts'

export interface KeyPair {
  readonly private: string
  readonly public: string
}

const { generateKeyPairSync, generateKeyPair, parseKey } = ssh2.utils
const attemptsMax = 20
/** RFC 8709, section 4: two strings with their lengths, "ssh-ed25519" and 32 bytes. */
const ed25519WireBytes = 4 + 11 + 4 + 32

function isWhole(pair: KeyPair): boolean {
  const [inner, outer] = [parseKey(pair.private), parseKey(pair.public)]
  if (inner instanceof Error || outer instanceof Error) return false
  const wire = outer.getPublicSSH()
  if (outer.type === 'ssh-ed25519' && wire.length !== ed25519WireBytes) return false
  const probe = Buffer.from('probe')
  const signature: unknown = inner.sign(probe)
  return (
    Buffer.isBuffer(signature) && outer.verify(probe, signature) === true && inner.getPublicSSH().equals(wire)
  )
}

/** Tries `make` until a pair can sign and be verified. */
export async function wholePair(make: () => Promise<KeyPair>): Promise<KeyPair> {
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const pair = await make()
    if (isWhole(pair)) return pair
  }
  throw new AppError('INTERNAL', 'No usable SSH key could be made.')
}

export function makeEd25519(comment?: string): Promise<KeyPair> {
  return wholePair(() =>
    Promise.resolve(generateKeyPairSync('ed25519', comment === undefined ? {} : { comment })),
  )
}

export function makeRsa(bits: number): Promise<KeyPair> {
  return wholePair(
    () =>
      new Promise((resolve, reject) =>
        generateKeyPair('rsa', { bits }, (error, pair) => (error ? reject(error) : resolve(pair))),
      ),
  )
}
