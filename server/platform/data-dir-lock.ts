/**
 * One process per DATA_DIR.
 *
 * The lock is an `fcntl` lock, which the kernel releases when the process dies, however it dies: nothing to clean
 * up after a crash, no pid to mistake for another's. Node offers no such lock itself; SQLite, which is built into
 * it, takes one for every exclusive transaction. No data is kept in that file.
 */
import { chmodSync } from 'node:fs'
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from './errors.ts'

export interface HeldLock {
  /** Frees it; the second call does nothing. */
  release(): Promise<void>
}

/**
 * Makes DATA_DIR if it is missing and answers its real path. Its mode keeps others from listing it; root's lets
 * them pass, because the embedded database below it runs as an unprivileged account. What lies directly in it
 * therefore has to be 0600 or 0700 by itself. Refuses (`SETTING_INVALID`) a path that cannot be made.
 */
export async function createDataDir(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: process.geteuid?.() === 0 ? 0o711 : 0o700 })
    return await realpath(dataDir)
  } catch (error) {
    throw new AppError('SETTING_INVALID', `DATA_DIR cannot be made: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * Takes DATA_DIR for this process until `release` or its death; makes the folder if it is missing.
 * Refuses (`ALREADY_RUNNING`, `extra.pid`) while another holder lives, within this process too.
 */
export async function acquireDataDirLock(dataDir: string): Promise<HeldLock> {
  const real = await createDataDir(dataDir)
  return acquireFileLock(join(real, 'vouchsafe.lock'), real)
}

/**
 * Takes the lock `path` (a file made for that and read by nobody else; its folder must exist). `what` is the data
 * it guards, for the refusal's text. Two that try at the same instant: exactly one gets it.
 */
export async function acquireFileLock(path: string, what: string): Promise<HeldLock> {
  // Beside the lock, because opening and closing the lock file itself would drop this process's lock on it (POSIX).
  const pidPath = `${path}.pid`
  const lock = openLock(path)
  if (lock === undefined) {
    const pid = Number.parseInt(await readFile(pidPath, 'utf8').catch(() => ''), 10)
    const who = Number.isNaN(pid) ? 'another process' : `process ${pid}`
    throw new AppError('ALREADY_RUNNING', `Vouchsafe is already running on ${what} (${who}).`, {
      extra: Number.isNaN(pid) ? {} : { pid },
    })
  }
  inUse.add(lock)
  await writeFile(pidPath, `${process.pid}\n`, { mode: 0o600 })
  let held = true
  return {
    async release() {
      if (!held) return
      held = false
      await rm(pidPath, { force: true })
      inUse.delete(lock)
      lock.close()
    },
  }
}

/** A lock whose holder forgot it must not be closed by the garbage collector. */
const inUse = new Set<DatabaseSync>()

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const busy = 5

function openLock(path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    // Two starts at the same instant may see each other's first step; the wait lets one of them through.
    database = new DatabaseSync(path, { timeout: 300 })
    // Who may read it may also lock it. By its path: a handle closed again would drop a lock held by this process.
    chmodSync(path, 0o600)
    // Nothing is ever written, so no journal is wanted beside it.
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if ((error as { errcode?: number }).errcode === busy) return undefined
    throw new AppError('SETTING_INVALID', `The lock ${path} cannot be taken: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
