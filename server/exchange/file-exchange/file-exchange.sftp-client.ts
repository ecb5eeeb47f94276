/** A small SFTP client, for what the product itself puts up through its front door (the demo). */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import ssh2 from 'ssh2'
import { makeEd25519 } from './file-exchange.key-pairs.ts'

export interface SftpLogin {
  readonly host: string
  readonly port: number
  readonly username: string
  /** In OpenSSH's format. */
  readonly privateKey: string
}

/** A fresh ed25519 key pair in OpenSSH's formats. */
export async function newKeyPair(
  comment: string,
): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const { private: privateKey, public: publicKey } = await makeEd25519(comment)
  return { privateKey, publicKey }
}

/** Puts one file. Resolves when the server has taken it in. */
export async function uploadBySftp(login: SftpLogin, content: Buffer, remotePath: string): Promise<void> {
  const client = new ssh2.Client()
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve())
      client.once('error', reject)
      client.connect(login)
    })
    const sftp = await new Promise<ssh2.SFTPWrapper>((resolve, reject) => {
      client.sftp((error, wrapper) => (error ? reject(error) : resolve(wrapper)))
    })
    await pipeline(Readable.from([content]), sftp.createWriteStream(remotePath))
  } finally {
    client.end()
  }
}
