/**
 * The embedded PostgreSQL: a child of this process on a Unix socket, the default where no DATABASE_URL is given.
 *
 * Promises: what was committed survives a kill of this process and of PostgreSQL; a start after any crash needs no
 * hand; two processes never use one database; nobody comes in without the password. Kept small and replaceable:
 * production wants a server of its own.
 */
import { join } from 'node:path'
import { acquireFileLock, createDataDir } from '../data-dir-lock.ts'
import type { AppError } from '../errors.ts'
import { privateSocketFolder } from '../socket-folder.ts'
import { findBinaryPackage, usableBinaries } from './embedded-binaries.ts'
import { openHome } from './embedded-home.ts'
import { embeddedDatabase, embeddedUser, ensureDatabase } from './embedded-init.ts'
import { type EmbeddedLog, launch } from './embedded-server.ts'

export interface EmbeddedPostgres {
  /** For node-postgres: the bootstrap superuser. `host` is the folder of the Unix socket. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly database: string
  }
  /** The postmaster's. */
  readonly pid: number
  /** Resolves with the reason when PostgreSQL ends without `stop`: nothing works any more, and we should end too. */
  readonly lost: Promise<AppError>
  /** Fast shutdown (open transactions roll back), escalating after 10 s; resolves when it is gone. Repeatable. */
  stop(): Promise<void>
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string
  readonly log: EmbeddedLog
  /** Settings of PostgreSQL that override ours, for example `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Only names the socket file: no TCP port is opened. */
const port = 5432

/**
 * Starts the database of `dataDir`, making it first if need be (about 2 s), and resolves when it takes connections.
 * As root it runs as an unprivileged account (spec 97). It does not keep this process alive; if this process dies
 * without `stop`, PostgreSQL shuts down by itself.
 *
 * Refuses: `ALREADY_RUNNING` while another process has it; `SETTING_INVALID` a DATA_DIR that cannot be used;
 * `DATABASE_UNAVAILABLE` with PostgreSQL's own words when it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await createDataDir(options.dataDir)
  await using held = new AsyncDisposableStack()
  const lock = async (path: string, what: string): Promise<void> => {
    const taken = await acquireFileLock(path, what)
    held.defer(() => taken.release())
  }
  await lock(join(dataDir, 'postgres.lock'), dataDir)
  const found = await findBinaryPackage()
  const home = await openHome(dataDir, found)
  // A copy of a DATA_DIR points to the same place under /var/lib: that place has a lock of its own.
  if (home.elsewhere) await lock(`${home.folder}.lock`, home.folder)

  const settings = { ...defaultSettings, ...options.settings }
  const binaries = await usableBinaries(found, home.folder, home.account)
  await ensureDatabase(home, binaries, { major: found.major, durable: settings['fsync'] !== 'off' })
  const socketFolder = await privateSocketFolder(home.folder, home.account)
  const server = await launch(binaries.postgres, home, socketFolder, options.log, {
    ...settings,
    listen_addresses: '',
    port: String(port),
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
  })
  const locks = held.move()
  options.log.warn(
    { pid: server.pid, folder: home.folder },
    'embedded PostgreSQL started; for production set DATABASE_URL to a server of your own',
  )
  return {
    connection: {
      host: socketFolder,
      port,
      user: embeddedUser,
      password: home.password,
      database: embeddedDatabase,
    },
    pid: server.pid,
    lost: server.lost,
    stop: once(async () => {
      await server.stop()
      await locks.disposeAsync()
    }),
  }
}

const defaultSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '128MB',
  // The default, a 32nd of shared_buffers, fills several times during an import, and writing it out waits for the disk.
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Parallel workers share memory through /dev/shm, which containers keep at 64 MB: a large query would fail there.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  // The log must not hold people's data: no statements, no values, no failed rows (spec 90, Privacy). What fails is
  // told to the application on its connection.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '',
  logging_collector: 'off',
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}
