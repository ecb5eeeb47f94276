/**
 * Where Unix sockets lie. A socket's path ends at about 100 bytes (sun_path: 108 on Linux, 104 on macOS, with the
 * final NUL), so a deep folder puts its sockets into a private folder elsewhere (spec 97, Administration).
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from './errors.ts'

/** Who may use the sockets; the account we run as, unless told. */
export interface SocketOwner {
  readonly uid: number
  readonly gid: number
}

/** A folder this short leaves 20 bytes for `/` and the socket's own name. */
const folderBytesMax = 80

/**
 * The folder for the sockets of `folder` (absolute or relative; it must exist): `<folder>/sockets`, or for a deep
 * one `/tmp/vouchsafe-<uid>-<hash of its real path>`. The same answer for every process of this machine, whatever
 * its environment, as long as the first temporary folder is usable.
 *
 * The folder exists afterwards, belongs to `owner` with mode 0700, and is no symbolic link. Names of up to 19
 * bytes fit into it. Refuses (`SETTING_INVALID`) when somebody else sits on every possible place.
 */
export async function privateSocketFolder(folder: string, owner: SocketOwner = ourselves()): Promise<string> {
  const real = await realpath(folder)
  const near = join(real, 'sockets')
  if (Buffer.byteLength(near) <= folderBytesMax) {
    await makePrivate(near, owner)
    return near
  }
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 24)
  const refusals: string[] = []
  for (const parent of await temporaryFolders()) {
    const path = join(parent, `vouchsafe-${owner.uid}-${hash}`)
    if (Buffer.byteLength(path) > folderBytesMax) continue
    try {
      await makePrivate(path, owner)
      return path
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new AppError(
    'SETTING_INVALID',
    `DATA_DIR lies too deep for Unix sockets (${real}) and no temporary folder can hold them` +
      `${refusals.map((refusal) => `; ${refusal}`).join('')}. Choose a DATA_DIR with a path below 70 bytes.`,
  )
}

function ourselves(): SocketOwner {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
}

/** Places that everybody may write to but where nobody may replace what is another's. */
async function temporaryFolders(): Promise<string[]> {
  const found: string[] = []
  // /tmp before the environment's: the server and the command line must come to the same answer.
  for (const path of ['/tmp', '/var/tmp', tmpdir()]) {
    const status = await stat(path).catch(() => undefined)
    if (!status?.isDirectory()) continue
    const sticky = (status.mode & 0o1000) !== 0
    const othersMayWrite = (status.mode & 0o022) !== 0
    const trusted = status.uid === 0 || status.uid === ourselves().uid
    if (trusted && (sticky || !othersMayWrite)) found.push(await realpath(path))
  }
  return found
}

async function makePrivate(path: string, owner: SocketOwner): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  // Looked at and changed through one handle, so nobody can put a link in its place in between.
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    const status = await handle.stat()
    if (status.uid !== owner.uid) {
      // Ours from a moment ago, or from a start that died before this line. Anybody else's is a trap.
      if (status.uid !== ourselves().uid)
        throw new Error(`${path} belongs to another account (uid ${status.uid})`)
      await handle.chown(owner.uid, owner.gid)
    }
    if ((status.mode & 0o777) !== 0o700) await handle.chmod(0o700)
  } finally {
    await handle.close()
  }
}
