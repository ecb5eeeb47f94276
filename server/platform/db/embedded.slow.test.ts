import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { type Account, asAccount, canReach, ownerOf, unprivilegedAccount } from './embedded-account.ts'

const asRoot = process.geteuid?.() === 0
const project = fileURLToPath(new URL('../../../', import.meta.url))
const settings = { fsync: 'off' }

let folder: string
let dataDir: string
const running: EmbeddedPostgres[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'embedded-')))
  await chmod(folder, 0o755)
  dataDir = join(folder, 'data')
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of running.splice(0)) await server.stop()
  await removeElsewhere(dataDir)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** What a DATA_DIR points to outside itself. */
async function removeElsewhere(path: string): Promise<void> {
  const text = await readFile(join(path, 'postgres.json'), 'utf8').catch(() => '{}')
  const elsewhere = (JSON.parse(text) as { folder?: string | null }).folder
  if (typeof elsewhere !== 'string') return
  await rm(elsewhere, { recursive: true, force: true })
  await rm(`${elsewhere}.lock`, { force: true })
}

async function start(path = dataDir): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: path, log: silentLog, settings })
  running.push(server)
  return server
}

async function query(server: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(server.connection)
  await client.connect()
  try {
    return ((await client.query(text)) as pg.QueryResult<Record<string, unknown>>).rows
  } finally {
    await client.end()
  }
}

interface Writer {
  readonly child: ChildProcess
  readonly lines: AsyncIterator<string>
  /** The postmaster's, after `started`. */
  started(): Promise<number>
}

/** A process of its own that starts the database and prints the number of every row once it is acknowledged. */
function startWriter(path: string, account?: Account): Writer {
  const program = `
    const { startEmbeddedPostgres } = await import('./server/platform/db/embedded.ts')
    const { default: pg } = await import('pg')
    const log = { info() {}, warn() {} }
    const server = await startEmbeddedPostgres({ dataDir: process.argv[1], log }).catch((error) => {
      console.log(error.code, error.message)
      process.exit(1)
    })
    const client = new pg.Client(server.connection)
    await client.connect()
    await client.query('CREATE TABLE IF NOT EXISTS acknowledged (n bigint)')
    const { rows } = await client.query('SELECT coalesce(max(n), 0)::int AS last FROM acknowledged')
    console.log(server.pid)
    for (let n = rows[0].last + 1; ; n++) {
      await client.query('INSERT INTO acknowledged VALUES ($1)', [n])
      console.log(n)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    ...(account === undefined ? {} : asAccount(account)),
    cwd: project,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    lines,
    started: async () => {
      const first = ((await lines.next()) as IteratorResult<string, undefined>).value ?? ''
      expect(first).toMatch(/^\d+$/)
      return Number(first)
    },
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = child.exitCode ?? child.signalCode ?? once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Ends the shell that would end the postmaster `pid` on its parent's death. */
function killGuardOf(pid: number): void {
  const listing = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
  const guard = listing.split('\n').find((line) => line.endsWith(`read -r _; kill -INT "$0" ${pid}`))
  expect(guard).toBeDefined()
  process.kill(Number.parseInt(guard ?? '', 10), 'SIGKILL')
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie that nobody has collected yet does not count.
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}

describe('the embedded PostgreSQL', () => {
  it('makes its database at the first start and finds it at the next', async () => {
    const first = await start()
    await query(first, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)')
    await first.stop()
    await first.stop()
    expect(lives(first.pid)).toBe(false)
    const second = await start()
    expect(await query(second, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    expect(second.connection).toEqual(first.connection)
  })

  it('opens no TCP port, keeps what was committed, and sorts the same on every machine', async () => {
    const server = await start()
    const [shown] = await query(
      server,
      `SELECT current_setting('listen_addresses') AS listen, current_setting('server_encoding') AS encoding,
         current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync,
         current_setting('data_checksums') AS checksums, current_setting('timezone') AS zone,
         (SELECT concat(datlocprovider, datlocale) FROM pg_database WHERE datname = current_database()) AS locale,
         lower('ÉŁ') AS lowered`,
    )
    expect(shown).toEqual({
      listen: '',
      encoding: 'UTF8',
      commit: 'on',
      fsync: 'off', // this test's own override
      checksums: 'on',
      zone: 'UTC',
      locale: 'bC.UTF-8',
      lowered: 'éł',
    })
  })

  it('refuses a wrong password and a missing one', async () => {
    const server = await start()
    for (const password of ['wrong', '']) {
      const client = new pg.Client({ ...server.connection, password })
      await expect(client.connect()).rejects.toThrow()
    }
    const rules = await query(server, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules ORDER BY 1')
    expect(rules).toEqual([{ auth_method: 'reject' }, { auth_method: 'scram-sha-256' }])
  })

  it('keeps password, database and socket from others', async () => {
    const server = await start()
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o700)
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700)
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['database', 'sockets'])
  })

  it.runIf(asRoot)('runs as an unprivileged account and leaves DATA_DIR to root', async () => {
    const server = await start()
    const account = await unprivilegedAccount()
    expect(await ownerOf(join(dataDir, 'postgres', 'database', 'PG_VERSION'))).toMatchObject({
      uid: account.uid,
    })
    expect((await stat(dataDir)).uid).toBe(0)
    expect((await stat(join(dataDir, 'postgres.json'))).uid).toBe(0)
    expect(execFileSync('ps', ['-o', 'uid=', '-p', String(server.pid)], { encoding: 'utf8' }).trim()).toBe(
      String(account.uid),
    )
  })

  it('refuses a second start while the first lives, in this process and in another', async () => {
    const server = await start()
    await expect(start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING', extra: { pid: process.pid } })
    const writer = startWriter(dataDir)
    expect((await writer.lines.next()).value).toMatch(new RegExp(`^ALREADY_RUNNING .*process ${process.pid}`))
    await query(server, 'SELECT 1')
  })

  it('says what PostgreSQL says about a bad setting, and is free to start again', async () => {
    const bad = startEmbeddedPostgres({
      dataDir,
      log: silentLog,
      settings: { ...settings, work_mem: 'plenty' },
    })
    await expect(bad).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('work_mem') as string,
    })
    await start()
  })

  it('works under a deep path and under one with odd characters', async () => {
    for (const path of [join(folder, 'd'.repeat(90), 'e'.repeat(90)), join(folder, `o'dd, "na me" %é`)]) {
      const server = await start(path)
      expect(Buffer.byteLength(server.connection.host)).toBeLessThan(87)
      expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      await server.stop()
      if (!server.connection.host.startsWith(folder)) await rm(server.connection.host, { recursive: true })
    }
  })

  it('tells when PostgreSQL ends by itself', async () => {
    const server = await start()
    process.kill(server.pid, 'SIGQUIT')
    expect(await server.lost).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    await server.stop()
    await start()
  })
})

describe('after a crash', () => {
  it('has every acknowledged row, whatever was killed', { timeout: 60_000 }, async () => {
    let acknowledged = 0
    for (const victim of ['parent', 'parent', 'both', 'both', 'parent and guard', 'parent and guard']) {
      const writer = startWriter(dataDir)
      const postmaster = await writer.started()
      for (let count = 0; count < 40; count++) acknowledged = Number((await writer.lines.next()).value)
      if (victim === 'parent and guard') killGuardOf(postmaster)
      await kill(writer.child)
      if (victim === 'both') process.kill(postmaster, 'SIGKILL')
      if (victim === 'parent and guard') expect(lives(postmaster)).toBe(true)
      for (;;) {
        const { value, done } = (await writer.lines.next()) as IteratorResult<string>
        if (done === true) break
        acknowledged = Number(value)
      }

      const server = await start()
      expect(lives(postmaster)).toBe(false)
      const [row] = await query(
        server,
        'SELECT count(*)::int AS count, max(n)::int AS last FROM acknowledged',
      )
      // The row under way when it died may be there too: committed, but not told.
      expect(row?.['count']).toBe(row?.['last'])
      expect([acknowledged, acknowledged + 1]).toContain(row?.['last'])
      await server.stop()
    }
  })

  it('leaves no PostgreSQL behind when its parent is killed', async () => {
    const writer = startWriter(dataDir)
    const postmaster = await writer.started()
    await kill(writer.child)
    while (lives(postmaster)) await sleep(20)
  })

  it('starts although the old pid belongs to somebody else now', async () => {
    const server = await start()
    const pidFile = join(dataDir, 'postgres', 'database', 'postmaster.pid')
    process.kill(server.pid, 'SIGKILL')
    await server.lost
    await server.stop()
    const account = asRoot ? await unprivilegedAccount() : undefined
    const stranger = spawn('sleep', ['60'], asAccount(account))
    children.push(stranger)
    const [, ...rest] = (await readFile(pidFile, 'utf8')).split('\n')
    await writeFile(pidFile, [stranger.pid, ...rest].join('\n'))
    await start()
    expect(lives(stranger.pid ?? 0)).toBe(true)
  })

  it('starts although the pid file was cut short', async () => {
    const server = await start()
    process.kill(server.pid, 'SIGKILL')
    await server.lost
    await server.stop()
    await writeFile(join(dataDir, 'postgres', 'database', 'postmaster.pid'), '')
    await start()
  })

  it('heals a first start that was killed on its way', { timeout: 60_000 }, async () => {
    for (const [round, milestone] of ['making', 'pg_hba.conf', 'PG_VERSION', 'base/1'].entries()) {
      const path = join(folder, `data${round}`)
      const writer = startWriter(path)
      await reached(join(path, 'postgres'), milestone)
      await kill(writer.child)
      const server = await start(path)
      expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      await server.stop()
    }
  })

  /** Waits until a making of the database has come to `milestone`. */
  async function reached(home: string, milestone: string): Promise<void> {
    for (;;) {
      const names = await readdir(home).catch((): string[] => [])
      for (const name of names) {
        if (!name.startsWith('making-')) continue
        if (milestone === 'making') return
        if ((await stat(join(home, name, 'database', milestone)).catch(() => undefined)) !== undefined) return
      }
      if (names.includes('database')) throw new Error(`passed ${milestone} unseen`)
      await sleep(1)
    }
  }

  it('takes a database that was completed but not yet on record', async () => {
    const first = await start()
    await query(first, 'CREATE TABLE kept (n int)')
    await first.stop()
    const record = join(dataDir, 'postgres.json')
    const text = await readFile(record, 'utf8')
    await writeFile(record, text.replace('true', 'false'))
    const second = await start()
    await query(second, 'SELECT * FROM kept')
    expect(await readFile(record, 'utf8')).toBe(text)
  })
})

describe('what is lost is not replaced in silence', () => {
  beforeEach(async () => {
    await (await start()).stop()
  })

  it('refuses a DATA_DIR whose database is gone', async () => {
    await rm(join(dataDir, 'postgres', 'database'), { recursive: true })
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      message: expect.stringContaining('is gone') as string,
    })
  })

  it('refuses a DATA_DIR whose record is gone or damaged', async () => {
    const record = join(dataDir, 'postgres.json')
    await writeFile(record, '{"version":1}')
    await expect(start()).rejects.toMatchObject({ message: expect.stringContaining('damaged') as string })
    await rm(record)
    await expect(start()).rejects.toMatchObject({ message: expect.stringContaining('is missing') as string })
  })

  it('refuses the files of another major version', async () => {
    await writeFile(join(dataDir, 'postgres', 'database', 'PG_VERSION'), '16\n')
    await expect(start()).rejects.toMatchObject({
      message: expect.stringContaining('PostgreSQL 16') as string,
    })
  })
})

describe.runIf(asRoot)('as root, where the database’s account cannot come', () => {
  beforeEach(() => chmod(folder, 0o700))

  it('keeps database and socket under /var/lib and a pointer in DATA_DIR', async () => {
    const first = await start()
    const { folder: elsewhere } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as {
      folder: string
    }
    expect(dirname(elsewhere)).toBe('/var/lib/vouchsafe')
    expect(first.connection.host).toBe(join(elsewhere, 'sockets'))
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o700)
    expect(await ownerOf(elsewhere)).toMatchObject({ uid: (await unprivilegedAccount()).uid })
    await query(first, 'CREATE TABLE kept (n int)')
    await first.stop()
    await query(await start(), 'SELECT * FROM kept')
  })

  it('lets a copy of DATA_DIR not start on the database in use', async () => {
    const server = await start()
    const copy = join(folder, 'copy')
    await mkdir(copy)
    await cp(join(dataDir, 'postgres.json'), join(copy, 'postgres.json'))
    await expect(start(copy)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
    await query(server, 'SELECT 1')
  })

  it('gives a new DATA_DIR at the same path a new database', async () => {
    const first = await start()
    await query(first, 'CREATE TABLE kept (n int)')
    await first.stop()
    await removeElsewhere(dataDir)
    await rm(dataDir, { recursive: true })
    await expect(query(await start(), 'SELECT * FROM kept')).rejects.toThrow('does not exist')
  })
})

describe.runIf(asRoot)('as an ordinary user', () => {
  it('works with all of it under DATA_DIR, and root can start it later', async (context) => {
    const account = await unprivilegedAccount()
    if (
      !(await canReach(account, {
        enter: [process.execPath, project],
        read: [fileURLToPath(import.meta.url)],
      }))
    ) {
      context.skip('an ordinary user cannot reach this project')
    }
    await mkdir(dataDir, { mode: 0o700 })
    await chown(dataDir, account.uid, account.gid)
    const writer = startWriter(dataDir, account)
    await writer.started()
    expect((await stat(join(dataDir, 'postgres.json'))).uid).toBe(account.uid)
    await kill(writer.child)
    const server = await start()
    expect(server.connection.host).toBe(join(dataDir, 'postgres', 'sockets'))
    expect(await query(server, 'SELECT count(*) >= 0 AS there FROM acknowledged')).toEqual([{ there: true }])
  })
})
