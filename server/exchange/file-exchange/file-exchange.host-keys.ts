/** The server's own keys: made once, kept wrapped by the master key, the same on every node. */
import ssh2 from 'ssh2'
import type { Runtime } from '../../platform/runtime.ts'
import { unwrapKey, wrapKey } from '../../platform/secrets.ts'
import { insertWrappedHostKey, wrappedHostKey } from './file-exchange.host-keys.store.ts'
import { makeEd25519, makeRsa } from './file-exchange.key-pairs.ts'
import { fingerprintOf } from './file-exchange.public-keys.ts'

export interface HostKey {
  /** In OpenSSH's private key format. */
  readonly privateKey: string
  /** As `ssh-keygen -l` prints it: `SHA256:… (ED25519)`. */
  readonly fingerprint: string
}

const { parseKey } = ssh2.utils

const kinds = {
  ED25519: { secret: 'sftp-host-key:ed25519', make: () => makeEd25519() },
  /** For clients that know no newer kind (RFC 8332). */
  RSA: { secret: 'sftp-host-key:rsa', make: () => makeRsa(3072) },
} as const

/** The installation's host key of that kind, made if there is none yet. */
export async function hostKey(runtime: Runtime, kind: keyof typeof kinds): Promise<HostKey> {
  const { secret, make } = kinds[kind]
  let wrapped = await runtime.db.installation((tx) => wrappedHostKey(tx, secret))
  if (!wrapped) {
    const made = wrapKey(runtime.masterKey, secret, Buffer.from((await make()).private))
    wrapped = await runtime.db.installation(async (tx) => {
      await insertWrappedHostKey(tx, secret, made, runtime.clock.now())
      return wrappedHostKey(tx, secret)
    })
  }
  const privateKey = unwrapKey(runtime.masterKeys, secret, wrapped as Buffer).toString()
  const parsed = parseKey(privateKey)
  if (parsed instanceof Error) throw parsed
  return { privateKey, fingerprint: `${fingerprintOf(parsed.getPublicSSH())} (${kind})` }
}

/** Where the server is reached and by what it is known. */
export async function serverFacts(
  runtime: Runtime,
): Promise<{ host: string; port: number; fingerprints: string[] }> {
  const { publicUrl, sftpHost, sftpPort } = runtime.config
  const keys = await Promise.all([hostKey(runtime, 'ED25519'), hostKey(runtime, 'RSA')])
  return {
    host: publicUrl === null ? sftpHost : new URL(publicUrl).hostname,
    port: sftpPort,
    fingerprints: keys.map(({ fingerprint }) => fingerprint),
  }
}
