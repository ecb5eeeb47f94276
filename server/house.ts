/**
 * Opening the house: lock, database, schema, keys, storage, clock, jobs; and closing it in the opposite order.
 * `serve` and every command that finds no running server go through here.
 */
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { documentJobs, jobs, listeners } from './app.ts'
import { openReadingEngine } from './evidence/document-reading/document-reading.ts'
import { countBuffersWithHeap } from './platform/buffers-memory.ts'
import { MovableClock, systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { acquireDataDirLock, createDataDir } from './platform/data-dir-lock.ts'
import { asOwner, openDatabase, type Connection } from './platform/db/database.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './platform/db/embedded.ts'
import { assertRowSecurityBites, migrate } from './platform/db/migrate.ts'
import { openDocumentOpener } from './platform/documents/document-opener.ts'
import { AppError } from './platform/errors.ts'
import { randomCharacters } from './platform/ids.ts'
import { followClock, readClockOffset } from './platform/installation-clock.ts'
import { assertMasterKeyFits, assertStorageFits } from './platform/installation-identity.ts'
import { startWorkers, type Workers } from './platform/jobs/due-work.ts'
import { openJobQueue, queueNames } from './platform/jobs/job-queue.ts'
import type { Log } from './platform/log.ts'
import { outboxSender, smtpSender } from './platform/mail/mail-sender.ts'
import { openReportWriter } from './platform/pdf/report-writer.ts'
import { openOutbound } from './platform/outbound.ts'
import { createRuntime, type Runtime } from './platform/runtime.ts'
import { keyOfSetting, loadMasterKey } from './platform/secrets.ts'
import { openStorage } from './platform/storage/open-storage.ts'
import { clamdScanner } from './platform/virus-scanner.ts'
import { scopeKey, scopeKeyWithin } from './scope-keys.ts'
import { listOrganisations, organisationKey } from './tenancy/organisations/organisations.ts'
import { loadCatalogue } from './workforce/credential-types/credential-types.ts'

export interface House {
  readonly runtime: Runtime
  readonly workers: Workers
  /** The sandbox's clock; undefined outside the sandbox. */
  readonly movableClock: MovableClock | undefined
  /** The owner of the schema and the application's login: for measuring and for maintenance. */
  readonly owner: Connection
  readonly app: Connection
  /** Resolves when the embedded database ended by itself. */
  readonly lost: Promise<unknown>
  close(): Promise<void>
}

export interface HouseOptions {
  readonly log: Log
  readonly runsJobs: boolean
  readonly runsTimers: boolean
  /** Whether it stays open, whatever its roles: then it follows the sandbox's clock. */
  readonly isServing?: boolean
}

/** The login of the embedded database that the application uses: no superuser, a fresh password at each start. */
const embeddedLogin = 'vouchsafe_server'

async function makeLogin(owner: Connection): Promise<Connection> {
  const password = randomCharacters(32)
  await asOwner(owner, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [embeddedLogin])
    await client.query(
      `${rowCount === 0 ? 'create' : 'alter'} role ${embeddedLogin} login noinherit nosuperuser password '${password}'`,
    )
  })
  return { ...owner, user: embeddedLogin, password }
}

interface Databases {
  readonly owner: Connection
  readonly app: Connection
  readonly embedded: EmbeddedPostgres | undefined
}

async function openServer(config: Config, log: Log, isServing: boolean): Promise<Databases> {
  if (config.databaseUrl !== null) {
    const app = { connectionString: config.databaseUrl }
    return {
      owner: config.databaseOwnerUrl === null ? app : { connectionString: config.databaseOwnerUrl },
      app,
      embedded: undefined,
    }
  }
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: {
      info: (fields, message) => log.debug(fields, message),
      warn: (fields, message) => (isServing ? log.warn(fields, message) : log.debug(fields, message)),
    },
  })
  try {
    return { owner: embedded.connection, app: await makeLogin(embedded.connection), embedded }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

interface Reached {
  /** The name under which one logs in. */
  readonly login: string
  readonly database: string
  readonly version: string
  readonly versionNumber: number
  /** Two servers do not start in the same microsecond. */
  readonly startedAt: string
}

async function look(connection: Connection): Promise<Reached> {
  return asOwner(connection, async (client) => {
    const { rows } = await client.query<Reached>(
      `select session_user as login, current_database() as database, current_setting('server_version') as version,
        current_setting('server_version_num')::int as "versionNumber", extract(epoch from pg_postmaster_start_time())::text as "startedAt"`,
    )
    return rows[0] as Reached
  })
}

const postgresMajorMin = 15

/**
 * The application's login, for the grants of its roles. Refuses a server that is too old, and two URLs that lead to two
 * databases: the one would be migrated and the other used.
 */
async function applicationLogin({ owner, app }: Databases): Promise<string> {
  const reached = await look(app)
  if (reached.versionNumber < postgresMajorMin * 10_000) {
    throw new AppError(
      'SETTING_INVALID',
      `DATABASE_URL leads to PostgreSQL ${reached.version}; ${postgresMajorMin} or newer is needed.`,
    )
  }
  if (owner === app) return reached.login
  const migrated = await look(owner)
  if (migrated.database !== reached.database || migrated.startedAt !== reached.startedAt) {
    throw new AppError(
      'SETTING_INVALID',
      `DATABASE_URL leads to the database "${reached.database}" and DATABASE_OWNER_URL to "${migrated.database}"` +
        `${migrated.startedAt === reached.startedAt ? '' : ' of another server'}: both must name the same one.`,
    )
  }
  return reached.login
}

/** Before anything is made under a key or in a folder that is not this database's. */
async function assertSameInstallation(runtime: Runtime): Promise<void> {
  const { config, db, masterKey } = runtime
  const now = runtime.clock.now()
  await assertMasterKeyFits(db, {
    masterKey,
    masterKeys: runtime.masterKeys,
    given: config.masterKey === null ? `in ${join(config.dataDir, 'keys', 'master.key')}` : 'in MASTER_KEY',
    now,
    opensOldest: async () => {
      const [oldest] = await listOrganisations(runtime)
      if (oldest !== undefined) await organisationKey(runtime, oldest.id)
    },
  })
  await assertStorageFits(db, { masterKeys: runtime.masterKeys, root: runtime.storage.root, now })
}

/**
 * Opens everything that operations need. Refuses when another process has this DATA_DIR (ALREADY_RUNNING), or when the
 * database would not keep organisations apart (DATABASE_UNSAFE). What was opened is closed again when a later part fails.
 */
export async function openHouse(config: Config, options: HouseOptions): Promise<House> {
  const { log } = options
  countBuffersWithHeap()
  loadCatalogue()
  await createDataDir(config.dataDir)
  const undo: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) {
      await step().catch((error: unknown) => log.error({ err: error }, 'closing'))
    }
  }
  try {
    const lock = await acquireDataDirLock(config.dataDir)
    undo.push(() => lock.release())
    const server = await openServer(config, log, options.isServing ?? false)
    const { embedded } = server
    if (embedded) undo.push(() => embedded.stop())
    await migrate(server.owner, await applicationLogin(server), queueNames)
    await assertRowSecurityBites(server.app)
    const db = openDatabase(server.app)
    undo.push(() => db.close())

    const masterKey = await loadMasterKey({ dataDir: config.dataDir, fromSetting: config.masterKey })
    const movableClock = config.sandbox ? new MovableClock(await readClockOffset(db)) : undefined
    const queue = await openJobQueue(db, log, { supervise: options.runsJobs })
    undo.push(() => queue.stop())
    // Nobody else uses the embedded database, so what was running belongs to a process that is gone.
    if (embedded) await queue.releaseAbandoned()

    const storage = openStorage(config, (scopeId) => scopeKey(runtime, scopeId), log)
    undo.push(() => storage.root.close())
    const outbound = openOutbound({
      allowPrivate: config.outboundAllowPrivate,
      allowHttp: config.outboundAllowHttp,
    })
    undo.push(() => outbound.close())
    const documents = openDocumentOpener({ log, processes: config.readingProcesses })
    undo.push(() => Promise.resolve(documents.close()))
    const processes = config.readingProcesses ?? Math.max(1, availableParallelism() - 1)
    const engine = openReadingEngine({ log, processes })
    undo.push(() => Promise.resolve(engine.close()))
    const reports = openReportWriter({ log })
    undo.push(() => Promise.resolve(reports.close()))
    const mail = config.smtpUrl === null ? outboxSender : smtpSender(config.smtpUrl, config.mailFrom)
    undo.push(() => Promise.resolve(mail.close()))
    const runtime: Runtime = createRuntime({
      mail,
      outbound,
      documents,
      reports,
      scanner: config.clamdUrl === null ? null : clamdScanner(config.clamdUrl, log),
      config,
      clock: movableClock ?? systemClock,
      log,
      db,
      storage,
      jobs: queue,
      masterKey,
      otherMasterKey:
        config.masterKeyOther === null ? null : keyOfSetting('MASTER_KEY_OTHER', config.masterKeyOther),
      keyWithin: (ctx) => scopeKeyWithin(runtime, ctx),
      listeners,
    })
    await assertSameInstallation(runtime)
    const workers = startWorkers(runtime, {
      jobs: [...jobs, ...documentJobs(engine)],
      listeners,
      // One more than are read at once: while it is written down what one said, another is begun.
      slowAtOnceMax: processes + 1,
      runsJobs: options.runsJobs,
      runsTimers: options.runsTimers,
      // Another node may have moved the sandbox's clock.
      ...(movableClock && options.isServing ? { onTick: () => followClock(db, movableClock) } : {}),
    })
    undo.push(() => workers.stop())
    return {
      runtime,
      workers,
      movableClock,
      owner: server.owner,
      app: server.app,
      lost: embedded?.lost ?? new Promise(() => {}),
      close,
    }
  } catch (error) {
    await close()
    if (error instanceof AppError || !isMissingServer(error)) throw error
    throw new AppError('DATABASE_UNAVAILABLE', 'The database does not answer.', { cause: error })
  }
}

function isMissingServer(error: unknown): boolean {
  return /^(ECONNREFUSED|ENOENT|ENOTFOUND|ETIMEDOUT)$/.test(String((error as { code?: unknown }).code))
}
