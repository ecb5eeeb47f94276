/**
 * A house of one's own for a test: the real composition on a fresh database, with a clock that the test moves.
 * `drain()` runs everything that is due and replaces sleeping.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { documentJobs, jobs as allJobs, listeners } from '../server/app.ts'
import type { ReadingEngine } from '../server/evidence/document-reading/document-reading.ts'
import { parseDuration, type Clock } from '../server/platform/clock.ts'
import { readConfig, type Config } from '../server/platform/config.ts'
import type { Caller } from '../server/platform/context.ts'
import { openDatabase } from '../server/platform/db/database.ts'
import { openDocumentOpener } from '../server/platform/documents/document-opener.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import { openJobQueue } from '../server/platform/jobs/job-queue.ts'
import { startWorkers } from '../server/platform/jobs/due-work.ts'
import { silentLog, type Log } from '../server/platform/log.ts'
import { outboxSender, smtpSender, type Patience } from '../server/platform/mail/mail-sender.ts'
import { openOutbound, type Outbound } from '../server/platform/outbound.ts'
import { openReportWriter } from '../server/platform/pdf/report-writer.ts'
import { createRuntime, type JobDefinition, type Runtime } from '../server/platform/runtime.ts'
import { openStorage } from '../server/platform/storage/open-storage.ts'
import { clamdScanner } from '../server/platform/virus-scanner.ts'
import { scopeKey, scopeKeyWithin } from '../server/scope-keys.ts'
import { createOrganisation } from '../server/tenancy/organisations/organisations.ts'

/** Stands still until moved. */
export class TestClock implements Clock {
  #now: Date
  constructor(start: string) {
    this.#now = new Date(start)
  }
  now(): Date {
    return new Date(this.#now)
  }
  set(instant: string): void {
    this.#now = new Date(instant)
  }
  advance(duration: string): void {
    this.#now = new Date(this.#now.getTime() + parseDuration(duration))
  }
}

const noReading: ReadingEngine = {
  read: () => Promise.reject(new Error('This house reads no documents.')),
  close: () => {},
}

export const operator: Caller = { actor: { kind: 'OPERATOR', id: null }, channel: 'CLI', requestId: null }

export interface TestHouse {
  readonly runtime: Runtime
  readonly clock: TestClock
  readonly config: Config
  /** A fresh organisation, so that tests in one file do not meet. */
  newOrganisation(name?: string): Promise<{ id: string; name: string }>
  /** Runs every job and timer that is due, until nothing is left. */
  drain(): Promise<number>
  /** The owner's connection to this house's database: for looking behind row-level security. */
  owner<Row>(statement: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/**
 * @param options.now where the clock stands at first (default 2026-02-01 in the morning, Sydney)
 * @param options.jobs in place of those of the product that have the same kind
 * @param options.mailPatience how long a mail server is waited for (default as the product waits)
 * @param options.reading reads documents; without it they wait to be read, as where no node does
 * @param options.outbound the way out (default one that may call any address); whoever opened it closes it
 */
export async function openTestHouse(
  options: {
    now?: string
    settings?: Record<string, string>
    log?: Log
    outbound?: Outbound
    jobs?: readonly JobDefinition[]
    mailPatience?: Patience
    reading?: ReadingEngine
  } = {},
): Promise<TestHouse> {
  const server = inject('server')
  const database = `${server.template}_${randomCharacters(10).toLowerCase()}`
  const admin = new pg.Client(server.owner)
  await admin.connect()
  // Two clones of one template cannot be made at the same instant.
  await admin.query('select pg_advisory_lock(41)')
  try {
    await admin.query(`create database ${database} template ${server.template}`)
  } finally {
    await admin.query('select pg_advisory_unlock(41)')
    await admin.end()
  }

  const dataDir = await mkdtemp(join(tmpdir(), 'vouchsafe-house-'))
  const config = readConfig(
    {
      DATA_DIR: dataDir,
      SANDBOX: '1',
      HTTP_PORT: '0',
      SFTP_PORT: '0',
      // A sweep asks more in a second than a token may.
      RATE_LIMIT: '1000000',
      RATE_LIMIT_BURST: '1000000',
      // Tests mistype on purpose, all from one address.
      SFTP_ALLOWLIST: '127.0.0.1',
      ...options.settings,
    },
    {},
  )
  const clock = new TestClock(options.now ?? '2026-02-01T00:00:00Z')
  const log = options.log ?? silentLog
  const db = openDatabase({ ...server.app, database }, { connectionsMax: 8 })
  const queue = await openJobQueue(db, log, { supervise: false })
  const masterKey = Buffer.alloc(32, 7)
  const storage = openStorage(config, (scopeId) => scopeKey(runtime, scopeId), log)
  const mail =
    config.smtpUrl === null ? outboxSender : smtpSender(config.smtpUrl, config.mailFrom, options.mailPatience)
  const documents = openDocumentOpener({ log, processes: 1 })
  const reports = openReportWriter({ log })
  const runtime: Runtime = createRuntime({
    mail,
    documents,
    reports,
    scanner: config.clamdUrl === null ? null : clamdScanner(config.clamdUrl, log),
    outbound: options.outbound ?? openOutbound({ allowPrivate: true, allowHttp: true }),
    config,
    clock,
    log,
    db,
    storage,
    jobs: queue,
    masterKey,
    keyWithin: (ctx) => scopeKeyWithin(runtime, ctx),
    listeners,
  })
  const own = options.jobs ?? []
  const known = [...allJobs, ...documentJobs(options.reading ?? noReading)]
  const jobs = [...known.filter(({ kind }) => !own.some((job) => job.kind === kind)), ...own]
  const slowAtOnceMax = options.reading === undefined ? 0 : 2
  const workers = startWorkers(runtime, {
    jobs,
    listeners,
    runsJobs: false,
    runsTimers: false,
    slowAtOnceMax,
  })
  const owner = new pg.Pool({ ...server.owner, database, max: 2 })
  owner.on('error', () => {})

  return {
    runtime,
    clock,
    config,
    newOrganisation: (name = `Organisation ${randomCharacters(6)}`) => createOrganisation(runtime, { name }),
    drain: () => workers.runUntilIdle(),
    owner: async <Row>(statement: string, values?: unknown[]) =>
      (await owner.query(statement, values)).rows as Row[],
    close: async () => {
      await workers.stop()
      mail.close()
      documents.close()
      reports.close()
      await storage.root.close()
      await queue.stop()
      await db.close()
      await owner.end()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
