/**
 * Work that is due, and the workers that do it.
 *
 * Timers found by the platform's clock become jobs in their organisation's scope; jobs run a few at a time.
 * A crash loses nothing: a timer is taken away in the transaction that enqueues its job, and a job whose worker
 * died is given to another (job-queue.ts).
 */
import { sql } from '../db/database.ts'
import type { StoredEvent } from '../events/event-types.ts'
import { systemCaller } from '../context.ts'
import type { JobDefinition, ListenerDefinition, Runtime } from '../runtime.ts'
import { queueName, slowQueueName, type FetchedJob } from './job-queue.ts'

export interface Workers {
  /** Runs everything that is due, quiet times included, until nothing is left; counts the jobs run. */
  runUntilIdle(): Promise<number>
  /** Takes no more work and waits for what is running. */
  stop(): Promise<void>
}

export interface WorkersOptions {
  readonly jobs: readonly JobDefinition[]
  readonly listeners: readonly ListenerDefinition[]
  /** Whether to look for work by itself (`jobs`) and for timers (`schedule`); else only `runUntilIdle` does. */
  readonly runsJobs: boolean
  readonly runsTimers: boolean
  readonly atOnceMax?: number
  /** Jobs of the slow queue at once, beside the others; 0 = this process leaves them to others. */
  readonly slowAtOnceMax?: number
  /** Runs every second whatever the roles, before timers are looked at: the sandbox's clock is re-read here. */
  onTick?(): Promise<void>
}

const tickMs = 1_000
const touchMs = 5_000

interface DueTimer {
  organisation_id: string
  kind: string
  subject_id: string
  due_at: Date
}

/** Across organisations, as the narrow role: only who, what and when. */
function unscopedDueTimers(runtime: Runtime, withQuietTimes: boolean): Promise<DueTimer[]> {
  return runtime.db.unscoped((tx) =>
    tx.rows<DueTimer>(sql`select organisation_id, kind, subject_id, due_at from timers
      where due_at <= ${runtime.clock.now()} or (${withQuietTimes} and is_quiet_time) order by due_at limit 200`),
  )
}

/** Starts the workers of this process. */
export function startWorkers(runtime: Runtime, options: WorkersOptions): Workers {
  const { log, jobs: queue } = runtime
  const definitions = new Map(options.jobs.map((job) => [job.kind, job]))
  const listeners = new Map(options.listeners.map((listener) => [`listener:${listener.name}`, listener]))
  const lanes = [
    { isSlow: false, atOnceMax: options.atOnceMax ?? 4, running: new Set<Promise<void>>() },
    { isSlow: true, atOnceMax: options.slowAtOnceMax ?? 1, running: new Set<Promise<void>>() },
  ].filter((lane) => lane.atOnceMax > 0)
  const queues = lanes.map(({ isSlow }) => (isSlow ? slowQueueName : queueName))
  const allRunning = (): Promise<void>[] => lanes.flatMap(({ running }) => [...running])
  const isFull = (): boolean => lanes.every(({ running, atOnceMax }) => running.size >= atOnceMax)
  const stopping = new AbortController()
  let wake: () => void = () => {}
  let jobsRun = 0
  let jobsEnded = 0

  const fireTimers = async (withQuietTimes: boolean): Promise<number> => {
    let fired = 0
    for (const timer of await unscopedDueTimers(runtime, withQuietTimes)) {
      await runtime.write(timer.organisation_id, systemCaller, async (ctx) => {
        // Deleted by the very due time that was seen: a timer moved meanwhile stays, two nodes fire it once.
        const taken = await ctx.tx.run(sql`delete from timers where organisation_id = ${timer.organisation_id}
          and kind = ${timer.kind} and subject_id = ${timer.subject_id} and due_at = ${timer.due_at}`)
        if (taken === 0) return
        fired += 1
        await ctx.enqueue(timer.kind, timer.subject_id)
      })
    }
    return fired
  }

  const hear = async (listener: ListenerDefinition, job: FetchedJob): Promise<void> => {
    const event = await runtime.read(job.organisationId, systemCaller, async (ctx) =>
      ctx.tx
        .maybeOne<StoredEvent>(sql`select id, organisation_id as "organisationId", type, at, data from events
        where organisation_id = ${job.organisationId} and id = ${job.subjectId}`),
    )
    if (event) await listener.run(runtime, event)
  }

  const runJob = async (job: FetchedJob): Promise<void> => {
    const alive = setInterval(() => {
      queue.touch(job).catch((error: unknown) => log.warn({ err: error, jobId: job.jobId }, 'job heartbeat'))
    }, touchMs)
    try {
      const listener = listeners.get(job.kind)
      const definition = definitions.get(job.kind)
      if (listener) await hear(listener, job)
      else if (definition) await definition.run(runtime, job, stopping.signal)
      else throw new Error(`no handler for job ${job.kind}`)
      await queue.complete(job)
      jobsRun += 1
    } catch (error) {
      if (stopping.signal.aborted && error === stopping.signal.reason) {
        // It was interrupted, and stays as it would if the process had died: it runs again at the next start, or elsewhere.
        log.info({ jobId: job.jobId, kind: job.kind }, 'a slow job is left for later')
        return
      }
      log.error(
        {
          err: error,
          jobId: job.jobId,
          kind: job.kind,
          organisationId: job.organisationId,
          subjectId: job.subjectId,
        },
        'job failed',
      )
      await queue.fail(job, error)
    } finally {
      clearInterval(alive)
    }
  }

  /** Starts as many jobs as there is room for; the number started. */
  const takeJobs = async (): Promise<number> => {
    let taken = 0
    for (const { isSlow, atOnceMax, running } of lanes) {
      const room = atOnceMax - running.size
      if (room <= 0) continue
      const fetched = await queue.fetch(room, isSlow)
      for (const job of fetched) {
        const work = runJob(job)
          .catch((error: unknown) => log.error({ err: error, jobId: job.jobId }, 'job could not be settled'))
          .finally(() => {
            running.delete(work)
            jobsEnded += 1
            wake()
          })
        running.add(work)
      }
      taken += fetched.length
    }
    return taken
  }

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timeout = setTimeout(resolve, tickMs)
      wake = () => {
        clearTimeout(timeout)
        resolve()
      }
    })
  queue.onNudge(() => wake())

  const loop = async (): Promise<void> => {
    let lastTick = 0
    while (!stopping.signal.aborted) {
      try {
        const machine = performance.now()
        if (machine - lastTick >= tickMs) {
          lastTick = machine
          await options.onTick?.()
          if (options.runsTimers) await fireTimers(false)
        }
        // Waiting only when nothing was found, or no room is left for more.
        const paused = pause()
        if (!options.runsJobs || (await takeJobs()) === 0 || isFull()) await paused
        else wake()
      } catch (error) {
        log.error({ err: error }, 'looking for work failed')
        await pause()
      }
    }
  }
  const isAtWork = options.runsJobs || options.runsTimers || options.onTick !== undefined
  const looping = isAtWork ? loop() : Promise.resolve()

  return {
    runUntilIdle: async () => {
      const before = jobsRun
      for (;;) {
        const ended = jobsEnded
        const fired = await fireTimers(true)
        const taken = await takeJobs()
        const running = allRunning()
        if (running.length > 0) {
          await Promise.race(running)
          continue
        }
        // A job that ended behind the look at the timers may have set one.
        if (fired > 0 || taken > 0 || ended !== jobsEnded) continue
        const { waiting, active } = await queue.counts(queues)
        if (waiting === 0 && active === 0) return jobsRun - before
        if (waiting === 0) await pause() // another process works on the rest
      }
    },
    stop: async () => {
      stopping.abort(new Error('The process is stopping.'))
      wake()
      await looping
      await Promise.all(allRunning())
    },
  }
}
