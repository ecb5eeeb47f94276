/**
 * Debian's own SSH server with its internal-sftp, beside ours: what customers' clients were written against. It listens on a
 * free port of 127.0.0.1 and serves one folder to one key.
 *
 * As root it logs in as `nobody`, so that modes mean something, and keeps it to the folder (ChrootDirectory). Anybody else
 * gets a server that only lets in themselves and only begins in the folder: then `root` is what every path starts with.
 */
import { execFile, spawn } from 'node:child_process'
import { chmod, lchown, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const program = '/usr/sbin/sshd'
const nobody = 65_534

export const isRoot = process.getuid?.() === 0

export interface DebianSshd {
  readonly port: number
  readonly username: string
  /** What stands before a path of the tree: nothing where the folder is the server's root. */
  readonly root: string
  /** Gives a file or folder of the tree to who logs in. */
  own(path: string): Promise<void>
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * @param options.home for keys and configuration; every folder above it must be root's for a chroot
 * @param options.tree what it serves
 */
export async function startDebianSshd(options: {
  readonly home: string
  readonly tree: string
  readonly publicKey: string
  readonly isChrooted: boolean
}): Promise<DebianSshd> {
  const { home, tree, publicKey } = options
  const isChrooted = options.isChrooted && isRoot
  const keys = join(home, 'sshd')
  await mkdir(keys, { recursive: true })
  await chmod(keys, 0o755)
  const hostKey = join(keys, 'host')
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey])
  await writeFile(join(keys, 'authorized_keys'), publicKey, { mode: 0o644 })
  if (isRoot) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const port = await freePort()
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(keys, 'authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 1000',
    'PrintMotd no',
    'Subsystem sftp internal-sftp',
    ...(isChrooted ? [`ChrootDirectory ${tree}`] : []),
    `ForceCommand internal-sftp -u 0027 -d ${isChrooted ? '/' : tree}`,
  ]
  await writeFile(join(keys, 'config'), `${lines.join('\n')}\n`)
  const child = spawn(program, ['-D', '-e', '-f', join(keys, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Server listening')) resolve()
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)))
  })
  return {
    port,
    username: isRoot ? 'nobody' : userInfo().username,
    root: isChrooted ? '' : tree,
    own: async (path) => {
      if (isRoot) await lchown(path, nobody, nobody)
    },
    stop: async () => {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await gone
      await rm(keys, { recursive: true, force: true })
    },
  }
}
