/**
 * Child processes for work on what strangers sent: it may crash, hang or swell, and takes nothing of the server with it.
 *
 * Promises: a task is done, or its end is told; a child that dies, takes too long or grows too large is ended and the next task
 * gets a new one; at most `size` run at once, at a lower priority than the server; none outlives the server.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Log } from './log.ts'

/** How a task ended that its child did not survive. */
export type Death = 'CRASHED' | 'TOO_SLOW' | 'TOO_LARGE' | 'CLOSED'

export type Outcome<Result> =
  { readonly result: Result; readonly death?: never } | { readonly death: Death; readonly result?: never }

export interface ChildPool<Task, Result> {
  /**
   * Does a task in a child, as soon as one is free. A task whose child dies is tried once more, in a new one; then how it ended
   * is told. `Error` when the child's code threw: a fault of ours.
   * @param task asked for when its turn comes, so that what waits is not held in memory; asked again for the second try
   */
  run(task: () => Promise<Task>): Promise<Outcome<Result>>
  /** Ends the children; what still waits or runs ends as `CLOSED`. */
  close(): void
}

export interface ChildPoolOptions {
  /** The module that a child starts with: it calls `serveTasks` (child-tasks.ts). */
  readonly entry: URL
  readonly size: number
  /** For one try. */
  readonly timeMs: number
  /** What one child may hold in memory: JavaScript and native together. */
  readonly memoryBytes: number
  readonly log: Log
}

const tries = 2
/** A child that nobody needs for so long gives its memory back. */
const idleMs = 60_000
const lookMs = 200
const pageBytes = 4_096

interface Answer<Result> {
  readonly result?: Result
  readonly error?: string
}

interface Child {
  readonly process: ChildProcess
  idle: NodeJS.Timeout | undefined
}

/** What the process holds in memory; 0 where the system does not tell. */
async function residentBytes(pid: number): Promise<number> {
  const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')).split(' ')
  return Number(pages) * pageBytes
}

function start({ entry, memoryBytes }: ChildPoolOptions): Child {
  const child = fork(fileURLToPath(entry), [], {
    // Nothing of the server's: no settings, no secrets.
    env: { MALLOC_ARENA_MAX: '2', VIPS_CONCURRENCY: '1' },
    execArgv: [
      `--max-old-space-size=${Math.floor(memoryBytes / 2 / 1_048_576)}`,
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=SecurityWarning',
      // It reads its own code and libraries; it writes no file and starts nothing.
      '--permission',
      '--allow-fs-read=*',
      '--allow-addons',
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Its end is seen by `exit`; what happens to the channel then is nothing new.
  child.on('error', () => {})
  if (child.pid !== undefined) {
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      // It is gone already, or the system has no priorities.
    }
  }
  return { process: child, idle: undefined }
}

/** Starts nothing: children come when they are needed. */
export function openChildPool<Task, Result>(options: ChildPoolOptions): ChildPool<Task, Result> {
  const { size, timeMs, memoryBytes, log } = options
  const free: Child[] = []
  const all = new Set<Child>()
  const waiting: (() => void)[] = []
  let running = 0
  let isClosed = false

  function leave(child: Child): void {
    clearTimeout(child.idle)
    all.delete(child)
    const at = free.indexOf(child)
    if (at >= 0) free.splice(at, 1)
  }

  function take(): Child {
    const known = free.pop()
    if (known) {
      clearTimeout(known.idle)
      return known
    }
    const child = start(options)
    all.add(child)
    child.process.once('exit', () => leave(child))
    return child
  }

  function giveBack(child: Child): void {
    if (!all.has(child) || !child.process.connected) return
    if (isClosed) return void child.process.kill('SIGKILL')
    // A server that has nothing else to do may end.
    child.process.unref()
    child.process.channel?.unref()
    child.idle = setTimeout(() => child.process.kill('SIGKILL'), idleMs)
    child.idle.unref()
    free.push(child)
  }

  function attempt(child: Child, task: Task): Promise<Outcome<Result>> {
    const { process: inner } = child
    inner.ref()
    inner.channel?.ref()
    return new Promise((resolve, reject) => {
      let death: Death = 'CRASHED'
      const end = (as: Death): void => {
        death = as
        inner.kill('SIGKILL')
      }
      const clock = setTimeout(() => end('TOO_SLOW'), timeMs)
      const scale = setInterval(() => {
        void residentBytes(inner.pid ?? 0).then((bytes) => {
          if (bytes > memoryBytes) end('TOO_LARGE')
        })
      }, lookMs)
      const settle = (): void => {
        clearTimeout(clock)
        clearInterval(scale)
        inner.off('message', answered)
        inner.off('exit', died)
      }
      const answered = ({ result, error }: Answer<Result>): void => {
        settle()
        if (error === undefined) resolve({ result: result as Result })
        else reject(new Error(error))
      }
      const died = (): void => {
        settle()
        resolve({ death: isClosed ? 'CLOSED' : death })
      }
      inner.on('message', answered)
      inner.once('exit', died)
      // Where it cannot be sent, the child is ending: `exit` tells.
      inner.send(task as object, () => {})
    })
  }

  async function turn(): Promise<void> {
    if (running < size) {
      running += 1
      return
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function pass(): void {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return {
    async run(task) {
      await turn()
      try {
        let outcome: Outcome<Result> = { death: 'CLOSED' }
        for (let tried = 0; tried < tries && !isClosed; tried += 1) {
          const given = await task()
          const child = take()
          try {
            outcome = await attempt(child, given)
          } finally {
            giveBack(child)
          }
          if (outcome.death === undefined) return outcome
          log.warn({ death: outcome.death, tried: tried + 1 }, 'a child process ended over its task')
        }
        return isClosed ? { death: 'CLOSED' } : outcome
      } finally {
        pass()
      }
    },
    close() {
      isClosed = true
      for (const child of all) child.process.kill('SIGKILL')
    },
  }
}
