/**
 * Where the embedded database lies, and what DATA_DIR keeps about it: `postgres.json` with the place, the password
 * and whether the database was ever made. Usually the place is `DATA_DIR/postgres`; started as root where the
 * database's account cannot reach DATA_DIR or the project, it is `/var/lib/vouchsafe/<id>` (spec 97).
 */
import { chmod, chown, mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { randomCharacters } from '../ids.ts'
import { type Account, canReach, ownerOf, unprivilegedAccount } from './embedded-account.ts'
import { type BinaryPackage, packageIsReachable } from './embedded-binaries.ts'

const recordShape = z.object({
  version: z.literal(1),
  /** Null for DATA_DIR/postgres, so that DATA_DIR can be moved. */
  folder: z.string().nullable(),
  password: z.string().min(1),
  /** Whether a database was completed there: if so, its absence is a loss and not a first start. */
  complete: z.boolean(),
})
type HomeRecord = z.infer<typeof recordShape>

/** The embedded database's place. The folder exists, mode 0700, and belongs to the account that runs PostgreSQL. */
export interface Home {
  readonly folder: string
  /** Whether it lies outside DATA_DIR. */
  readonly elsewhere: boolean
  /** PostgreSQL's data directory inside it; absent before the first start. */
  readonly database: string
  /** Of the bootstrap superuser. */
  readonly password: string
  /** Who runs PostgreSQL; undefined when we do ourselves. */
  readonly account: Account | undefined
  readonly complete: boolean
  /** Puts it on record that the database was made. */
  markComplete(): Promise<void>
}

const rootsPlace = '/var/lib/vouchsafe'

/**
 * The home recorded in `dataDir` (a real path), or a new one, on record before anything is made in it. The caller
 * holds the lock on `dataDir`. Refuses (`DATABASE_UNAVAILABLE`) a home that was completed and is lost or cannot be
 * reached any more: a new, empty database in its place would hide the loss.
 */
export async function openHome(dataDir: string, found: BinaryPackage): Promise<Home> {
  const asRoot = process.geteuid?.() === 0
  const inside = join(dataDir, 'postgres')
  const recorded = await readRecord(dataDir)
  const record = recorded ?? (await decide(dataDir, inside, found, asRoot))
  const folder = record.folder ?? inside
  const database = join(folder, 'database')

  if (record.complete && !(await exists(join(database, 'PG_VERSION')))) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database that ${recordPath(dataDir)} points to is gone: ${database}. ` +
        `Restore it, or remove ${recordPath(dataDir)} to begin with an empty database.`,
    )
  }
  // Whoever owns it ran it before: an ordinary user's database stays that user's when root starts it.
  const account = asRoot ? ((await ownerOf(folder)) ?? (await unprivilegedAccount())) : undefined
  await makeFolder(folder, account)
  if (account !== undefined && !(await canReach(account, { enter: [folder] }))) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The database's account (${account.name}) cannot enter ${folder} any more. ` +
        'Give it the way back: chmod o+x on that folder’s parents.',
    )
  }
  return {
    folder,
    elsewhere: record.folder !== null,
    database,
    password: record.password,
    account,
    complete: record.complete,
    markComplete: () => writeRecord(dataDir, { ...record, complete: true }),
  }
}

async function decide(
  dataDir: string,
  inside: string,
  found: BinaryPackage,
  asRoot: boolean,
): Promise<HomeRecord> {
  if (await exists(join(inside, 'database'))) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `${recordPath(dataDir)}, which keeps the password of the database in ${inside}, is missing. ` +
        'Restore it from a backup, or remove that folder to begin with an empty database.',
    )
  }
  let folder: string | null = null
  if (asRoot) {
    const account = await unprivilegedAccount()
    const reachable =
      (await canReach(account, { enter: [dataDir] })) && (await packageIsReachable(found, account))
    // A random name, not one made from DATA_DIR: a new DATA_DIR at an old path must not find the old database.
    if (!reachable) folder = join(rootsPlace, randomCharacters(16))
  }
  const record: HomeRecord = { version: 1, folder, password: randomCharacters(32), complete: false }
  await writeRecord(dataDir, record)
  return record
}

async function makeFolder(folder: string, account: Account | undefined): Promise<void> {
  try {
    if (folder.startsWith(`${rootsPlace}/`)) {
      await mkdir(rootsPlace, { recursive: true })
      await chmod(rootsPlace, 0o711)
    }
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (account !== undefined) await chown(folder, account.uid, account.gid)
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `The embedded database's folder cannot be made: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'postgres.json')
}

async function readRecord(dataDir: string): Promise<HomeRecord | undefined> {
  const path = recordPath(dataDir)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `${path} cannot be read: ${(error as Error).message}. ` +
        'Start Vouchsafe as the account that started it first on this DATA_DIR.',
      { cause: error },
    )
  }
  try {
    return recordShape.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('DATABASE_UNAVAILABLE', `${path} is damaged. Restore it from a backup.`, {
      cause: error,
    })
  }
}

/** Whole or not at all, and on the disk before it returns. */
async function writeRecord(dataDir: string, record: HomeRecord): Promise<void> {
  const path = recordPath(dataDir)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(record, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(dataDir)
}

/** Makes renames inside `folder` survive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
