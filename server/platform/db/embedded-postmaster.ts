/**
 * PostgreSQL's main process (the postmaster) as a process: is it that of our folder, is it ready, and how it is
 * brought to an end, also when it has outlived the Vouchsafe process that started it.
 */
import { execFile, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { open, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AppError } from '../errors.ts'
import { type Account, asAccount } from './embedded-account.ts'

/** After this long each, a stop goes on to the next of `stopSignals`. */
const stopPatienceMs = [10_000, 5_000, 5_000]
/** Fast shutdown, immediate shutdown (recovers at the next start), and the end. */
const stopSignals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const

/**
 * Sends SIGINT (for a postmaster: fast shutdown) to `pid` when this process dies, however it dies: a waiting shell
 * sees its standard input end. Call `dismiss` once `pid` is gone.
 */
export function stopWhenWeDie(pid: number, account: Account | undefined): { dismiss(): void } {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(pid)], {
    ...asAccount(account),
    // Out of our process group: what is sent to the group (Ctrl-C) must not end the guard before us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without it an orphan is only found and stopped by the next start.
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  letGo(guard.stdin)
  return {
    dismiss: () => {
      guard.kill('SIGKILL')
    },
  }
}

/** Keeps a child's pipe from keeping this process alive. Node's pipes are sockets; their types do not say so. */
export function letGo(pipe: Readable | Writable | null): void {
  if (pipe instanceof Socket) pipe.unref()
}

/** Whether the postmaster `pid` says in its pid file that it takes connections. */
export async function isReady(database: string, pid: number): Promise<boolean> {
  const lines = await readPidFile(database)
  // Line 8 is the status: miscadmin.h, LOCK_FILE_LINE_PM_STATUS.
  return Number(lines?.[0]) === pid && lines?.[7]?.trim() === 'ready'
}

/**
 * Brings a process to its end: fast shutdown, after 10 s an immediate one, after 5 s more a kill.
 * Resolves when `isGone` says so. Refuses (`DATABASE_UNAVAILABLE`) when it may not be signalled.
 */
export async function endPostmaster(pid: number, isGone: () => Promise<boolean>): Promise<void> {
  for (const [step, signal] of stopSignals.entries()) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
      throw new AppError(
        'DATABASE_UNAVAILABLE',
        `A PostgreSQL left over from an earlier start (process ${pid}) cannot be stopped: ${(error as Error).message}. ` +
          'Stop it by hand, or start Vouchsafe as the account that started it.',
        { cause: error },
      )
    }
    const deadline = performance.now() + (stopPatienceMs[step] ?? 0)
    while (performance.now() < deadline) {
      if (await isGone()) return
      await sleep(15)
    }
  }
}

/**
 * Makes way for a new postmaster on `database`: ends one that outlived its parent, and takes what a crash left in
 * the way. The caller holds the lock, so no living Vouchsafe process uses it. Answers the pid of the one it ended.
 */
export async function clearTheWay(database: string, socketFolder: string): Promise<number | undefined> {
  const lines = await readPidFile(database)
  const pid = Number(lines?.[0])
  let ended: number | undefined
  if (Number.isInteger(pid) && pid > 1 && (await isPostmasterOf(pid, database))) {
    await endPostmaster(pid, async () => !(await isPostmasterOf(pid, database)))
    ended = pid
  }
  if (lines !== undefined) await disownPidFile(database, lines[0] ?? '')
  for (const name of await readdir(socketFolder)) {
    if (name.startsWith('.s.PGSQL.')) await rm(join(socketFolder, name), { force: true })
  }
  return ended
}

/**
 * PostgreSQL takes over a stale pid file by itself, unless its pid has passed to another living process. Our own
 * pid there says "stale" to it (a postmaster ignores its parent's pid), and it still checks by the shared memory
 * named in the same file that no server process of the old one is left: removing the file would lose that check.
 */
async function disownPidFile(database: string, stalePid: string): Promise<void> {
  const path = join(database, 'postmaster.pid')
  const lines = await readPidFile(database)
  // Gone with its owner, or a server's that was only just coming up: PostgreSQL itself sorts those out.
  if (lines === undefined || lines[0] !== stalePid) return
  if (!/^\d+$/.test(stalePid)) {
    await rm(path) // cut short by a crash: PostgreSQL would refuse it for ever
    return
  }
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    const text = [process.pid, ...lines.slice(1)].join('\n')
    await file.write(text, 0)
    await file.truncate(Buffer.byteLength(text))
  } finally {
    await file.close()
  }
}

async function readPidFile(database: string): Promise<string[] | undefined> {
  const text = await readFile(join(database, 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text?.split('\n')
}

/** Whether the living process `pid` is the postmaster of `database` (and not whoever got its number later). */
async function isPostmasterOf(pid: number, database: string): Promise<boolean> {
  const real = await realpath(database)
  try {
    // A postmaster works in its data directory. A zombie has no working directory any more.
    return (await readlink(`/proc/${pid}/cwd`)) === real
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform === 'linux') return false
  }
  const listed = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => undefined)
  return listed?.stdout.includes(`-D ${database}`) ?? false
}
