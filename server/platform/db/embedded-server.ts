/**
 * Launching PostgreSQL's server process and following it: ready, log lines, the end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import { asAccount } from './embedded-account.ts'
import type { Home } from './embedded-home.ts'
import { clearTheWay, endPostmaster, isReady, letGo, stopWhenWeDie } from './embedded-postmaster.ts'

/** Where PostgreSQL's own log lines go. */
export interface EmbeddedLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** A running server. */
export interface Server {
  readonly pid: number
  /** Resolves when it ends without `stop`. */
  readonly lost: Promise<AppError>
  stop(): Promise<void>
}

/** After a crash, processes of the old server may need a moment to notice that it is gone. */
const oldServerPatienceMs = 10_000
/** What PostgreSQL says while one of them is there. */
const oldServerRemains = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/

/**
 * Starts `program` (postgres) on the database of `home` and resolves when it takes connections; a recovery may take
 * its time. First ends a server that a dead process left there. The caller holds the lock.
 * Refuses (`DATABASE_UNAVAILABLE`) with PostgreSQL's own words when it does not start.
 */
export async function launch(
  program: string,
  home: Home,
  socketFolder: string,
  log: EmbeddedLog,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const deadline = performance.now() + oldServerPatienceMs
  for (;;) {
    const orphan = await clearTheWay(home.database, socketFolder)
    if (orphan !== undefined)
      log.warn({ pid: orphan }, 'stopped a PostgreSQL that had outlived its Vouchsafe')
    const attempt = await tryLaunch(program, home, log, settings)
    if ('pid' in attempt) return attempt
    if (!oldServerRemains.test(attempt.output) || performance.now() > deadline) {
      throw new AppError('DATABASE_UNAVAILABLE', `The embedded PostgreSQL did not start: ${attempt.output}`)
    }
    await sleep(200)
  }
}

async function tryLaunch(
  program: string,
  home: Home,
  log: EmbeddedLog,
  settings: Readonly<Record<string, string>>,
): Promise<Server | { output: string }> {
  const child = spawn(
    program,
    ['-D', home.database, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A group of its own: Ctrl-C reaches us alone, and we end it after the requests that need it.
    { ...asAccount(home.account), detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const lastLines: string[] = []
  const logEnded = followLog(child, log, lastLines)
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) =>
      resolve(signal ? `it was ended by ${signal}` : `it ended with code ${code}`),
    )
  })
  const { pid } = child
  if (pid === undefined) return { output: await exited }
  const guard = stopWhenWeDie(pid, home.account)
  let gone: string | undefined
  void exited.then((reason) => {
    gone = reason
    guard.dismiss()
  })

  const recoveryNoticeMs = 10_000
  let noticeAt = performance.now() + recoveryNoticeMs
  while (!(await isReady(home.database, pid))) {
    if (gone !== undefined) {
      await logEnded
      return { output: [gone, ...lastLines].join('; ') }
    }
    if (performance.now() > noticeAt) {
      log.warn({ pid }, 'the embedded PostgreSQL is still recovering')
      noticeAt += recoveryNoticeMs
    }
    await sleep(10)
  }
  // From here on it is for the caller to keep this process alive or to let it end.
  child.unref()
  letGo(child.stderr)

  let stopping = false
  return {
    pid,
    lost: new Promise((resolve) => {
      void exited.then((reason) => {
        if (stopping) return
        log.warn({ pid, reason }, 'the embedded PostgreSQL ended by itself')
        resolve(new AppError('DATABASE_UNAVAILABLE', `The embedded PostgreSQL ended by itself: ${reason}.`))
      })
    }),
    stop: async () => {
      stopping = true
      if (gone !== undefined) return
      child.ref()
      await endPostmaster(pid, async () => gone !== undefined)
    },
  }
}

/** Hands PostgreSQL's log lines to ours, and keeps the last few. Resolves at their end. */
function followLog(child: ChildProcess, log: EmbeddedLog, lastLines: string[]): Promise<void> {
  const stderr = child.stderr
  if (stderr === null) return Promise.resolve()
  const lines = createInterface({ input: stderr })
  lines.on('line', (line) => {
    lastLines.push(line)
    if (lastLines.length > 8) lastLines.shift()
    const fields = { from: 'postgres' }
    if (/^(FATAL|PANIC|WARNING|ERROR)/.test(line)) log.warn(fields, line)
    else log.info(fields, line)
  })
  return new Promise((resolve) => lines.on('close', resolve))
}
