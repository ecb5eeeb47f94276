/**
 * One PostgreSQL for the whole run: the embedded one, or the server of DATABASE_URL. A template database is migrated
 * once; each test house is a clone of it (test/harness.ts).
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../server/platform/db/embedded.ts'
import { migrate } from '../server/platform/db/migrate.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import { queueNames } from '../server/platform/jobs/job-queue.ts'
import { silentLog } from '../server/platform/log.ts'
import { dropDatabase } from './drop-database.ts'

export interface TestServer {
  /** May create databases and roles. */
  owner: pg.ClientConfig
  /** What the application logs in as. */
  app: pg.ClientConfig
  template: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    server: TestServer
  }
}

async function run(connection: pg.ClientConfig, ...statements: string[]): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

function fromUrl(url: string): pg.ClientConfig {
  const parsed = new URL(url)
  return {
    host: parsed.searchParams.get('host') ?? parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1) || 'postgres',
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['DATABASE_URL']
  // Tests start servers of their own with their own settings; this one is for the harness alone.
  delete process.env['DATABASE_URL']
  const template = `vouchsafe_template_${randomCharacters(8).toLowerCase()}`
  let owner: pg.ClientConfig
  let app: pg.ClientConfig
  let stop: () => Promise<void>

  if (url) {
    owner = app = fromUrl(url)
    stop = async () => {}
  } else {
    const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-test-'))
    // Where root runs the tests, the database's account must reach the folder.
    await chmod(folder, 0o755)
    // Lost on a power cut, which a test does not outlive anyway.
    const server = await startEmbeddedPostgres({
      dataDir: folder,
      log: silentLog,
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
    })
    const password = randomCharacters(24)
    await run(server.connection, `create role vouchsafe_test login noinherit password '${password}'`)
    owner = { ...server.connection }
    app = { ...server.connection, user: 'vouchsafe_test', password }
    stop = async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
  await run(owner, `create database ${template}`)
  await migrate({ ...owner, database: template }, app.user as string, queueNames)
  project.provide('server', { owner, app, template })

  return async () => {
    const client = new pg.Client(owner)
    await client.connect()
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like '${template}%' order by length(datname) desc`,
    )
    for (const { datname } of rows) await dropDatabase(client, datname)
    await client.end()
    await stop()
  }
}
