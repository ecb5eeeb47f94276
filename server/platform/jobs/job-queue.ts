/**
 * The queue of run-now work, on pg-boss: sent in the transaction of the change that causes it, at least once.
 * What is due by time is not here but in `timers` (due-work.ts): the job library reads the database's clock, the
 * product reads its own.
 */
import { PgBoss, type Db } from 'pg-boss'
import { sql, type Database, type Sql, type Tx } from '../db/database.ts'
import type { Log } from '../log.ts'

export const queueName = 'work'
/** Work of which one piece takes many seconds of a processor: a queue of its own, so that it keeps nobody from theirs. */
export const slowQueueName = 'slow-work'
export const queueNames: readonly string[] = [queueName, slowQueueName]

/** How the kind of a job begins that goes by the slow queue. */
export const slowKind = 'slow:'
const queueOf = (kind: string): string => (kind.startsWith(slowKind) ? slowQueueName : queueName)

/** A worker that was not heard of for so long is gone. Three signs of life are missing then. */
const lostAfterSeconds = 15
const lookForLostMs = 5_000
/** So often a job may lose its worker; then it is taken for what ends its workers, and waits among the failed. */
const losesMax = 20

/** Ids only (spec 90). */
export interface JobPayload {
  readonly kind: string
  readonly organisationId: string
  readonly subjectId: string
}

export interface FetchedJob extends JobPayload {
  readonly jobId: string
}

export type RunningJob = Pick<FetchedJob, 'jobId' | 'kind'>

export interface FailedJob extends JobPayload {
  readonly jobId: string
  readonly failedAt: Date | null
  readonly error: string
}

export interface JobQueue {
  enqueue(tx: Tx, jobs: readonly JobPayload[]): Promise<void>
  /** Tells this process's workers that there is work; others find it by looking every second. */
  nudge(): void
  onNudge(listener: () => void): void
  /** @param isSlow those of the slow queue */
  fetch(count: number, isSlow?: boolean): Promise<FetchedJob[]>
  complete(job: RunningJob): Promise<void>
  /** Counts as one of the job's attempts; after the last one it waits among the failed. */
  fail(job: RunningJob, error: unknown): Promise<void>
  /** Says that a job is still alive, every few seconds: without it for 15 s, another node takes the job over. */
  touch(job: RunningJob): Promise<void>
  /** @param queues of both, unless one is named */
  counts(queues?: readonly string[]): Promise<{ waiting: number; active: number; failed: number }>
  listFailed(): Promise<FailedJob[]>
  retry(jobId: string): Promise<boolean>
  /** For a database that nobody else uses: what was running when the last process died is to run again, at once. */
  releaseAbandoned(): Promise<number>
  stop(): Promise<void>
}

/**
 * @param options.supervise whether this process watches for jobs whose worker died (the `jobs` role)
 * @param options.superviseEverySeconds how often; 30 unless a test cannot wait
 */
export async function openJobQueue(
  db: Database,
  log: Log,
  options: { supervise: boolean; superviseEverySeconds?: number },
): Promise<JobQueue> {
  const own: Db = {
    executeSql: (text, values) => db.libraryText(text, values) as Promise<{ rows: never[] }>,
  }
  const boss = new PgBoss({
    db: own,
    schema: 'pgboss',
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: options.supervise,
    superviseIntervalSeconds: options.superviseEverySeconds ?? 30,
    monitorIntervalSeconds: Math.min(options.superviseEverySeconds ?? 10, 10),
    reindex: false, // belongs to the owner of the tables
    monitorVacuum: false,
  })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  const listeners: (() => void)[] = []

  // The library would count a worker's end as an attempt of the job, and look for it half a minute later.
  const takeBack = (isLost: Sql): Promise<number> =>
    db.installation((tx) =>
      tx.run(sql`update pgboss.job set state = 'retry',
          retry_limit = case when retry_count < ${losesMax} then greatest(retry_limit, retry_count) + 1 else retry_limit end
        where name = any (${queueNames}::text[]) and state = 'active' and ${isLost}`),
    )
  const takeBackLost = async (): Promise<void> => {
    const taken = await takeBack(
      sql`heartbeat_on < now() - ${lostAfterSeconds} * interval '1 second' and retry_count < ${losesMax}`,
    )
    if (taken === 0) return
    log.warn({ jobs: taken }, 'jobs of a process that is gone run again')
    for (const listener of listeners) listener()
  }
  const looking = options.supervise
    ? setInterval(
        () =>
          void takeBackLost().catch((error: unknown) =>
            log.warn({ err: error }, 'looking for lost jobs failed'),
          ),
        Math.min(lookForLostMs, (options.superviseEverySeconds ?? 30) * 1_000),
      )
    : undefined
  looking?.unref()

  return {
    enqueue: async (tx, jobs) => {
      if (jobs.length === 0) return
      const within: Db = { executeSql: (text, values) => tx.raw(text, values) as Promise<{ rows: never[] }> }
      for (const queue of queueNames) {
        const own = jobs.filter(({ kind }) => queueOf(kind) === queue)
        if (own.length > 0)
          await boss.insert(
            queue,
            own.map((data) => ({ data })),
            { db: within },
          )
      }
    },
    nudge: () => {
      for (const listener of listeners) listener()
    },
    onNudge: (listener) => void listeners.push(listener),
    fetch: async (count, isSlow = false) => {
      const queue = isSlow ? slowQueueName : queueName
      const jobs = await boss.fetch<JobPayload>(queue, { batchSize: count })
      return jobs.map((job) => ({ ...job.data, jobId: job.id }))
    },
    complete: async ({ jobId, kind }) => void (await boss.complete(queueOf(kind), jobId)),
    fail: async ({ jobId, kind }, error) =>
      void (await boss.fail(queueOf(kind), jobId, {
        message: error instanceof Error ? error.message : String(error),
      })),
    touch: async ({ jobId, kind }) => void (await boss.touch(queueOf(kind), jobId)),
    counts: (queues = queueNames) =>
      db.installation((tx) =>
        tx.one<{ waiting: number; active: number; failed: number }>(sql`
          select count(*) filter (where state in ('created', 'retry'))::int as waiting,
                 count(*) filter (where state = 'active')::int as active,
                 count(*) filter (where state = 'failed')::int as failed
          from pgboss.job where name = any (${queues}::text[]) and state <> 'completed'`),
      ),
    listFailed: () =>
      db.installation((tx) =>
        tx.rows<FailedJob>(sql`
          select id as "jobId", data->>'kind' as kind, data->>'organisationId' as "organisationId",
                 data->>'subjectId' as "subjectId", completed_on as "failedAt", coalesce(output->>'message', '') as error
          from pgboss.job where name = any (${queueNames}::text[]) and state = 'failed' order by completed_on desc limit 200`),
      ),
    retry: async (jobId) => {
      const [found] = await db.installation((tx) =>
        tx.rows<{ name: string }>(
          sql`select name from pgboss.job where name = any (${queueNames}::text[]) and id::text = ${jobId} and state = 'failed'`,
        ),
      )
      if (!found) return false
      await boss.retry(found.name, jobId)
      return true
    },
    releaseAbandoned: () => takeBack(sql`true`),
    stop: () => {
      clearInterval(looking)
      return boss.stop({ graceful: false })
    },
  }
}
