/**
 * What is negotiated (spec 50, Server: modern algorithms only). The client's order decides; these are what it may choose
 * from. Strict key exchange (OpenSSH's PROTOCOL, section 1.10) comes with the library.
 *
 * NIST's curves are left out, and SHA-1 with them: every client of the last ten years has curve25519 or one of the groups.
 */
import { createRequire } from 'node:module'
import type { Algorithms, ParsedKey, PrivateKeys } from 'ssh2'
import ssh2 from 'ssh2'
import type { HostKey } from './file-exchange.host-keys.ts'

export const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
}

const rsaSignatures = ['rsa-sha2-512', 'rsa-sha2-256']

/**
 * The host keys as the library takes them. It offers an RSA key for SHA-1 signatures whatever it is told; under the names
 * of its newer signatures the key is offered for those alone (RFC 8332).
 */
export function offeredKeys(keys: readonly HostKey[]): PrivateKeys {
  return keys.flatMap(({ privateKey }): PrivateKeys => {
    const parsed = ssh2.utils.parseKey(privateKey)
    if (parsed instanceof Error) throw parsed
    if (parsed.type !== 'ssh-rsa') return [privateKey]
    return rsaSignatures.map((type) => ({
      key: Object.create(parsed, { type: { value: type } }) as ParsedKey,
    })) as unknown as PrivateKeys
  })
}

/**
 * The library's native encryption is built for the Node that installed it. Under another one it does not load, and the
 * library goes on, slower, without a word.
 */
export function isEncryptionNative(): boolean {
  const { bindingAvailable } = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js') as {
    bindingAvailable?: boolean
  }
  return bindingAvailable === true
}
