/**
 * kill -9 while the house clears up: among archives, exports, results and rows that are too old, and among the blobs that
 * nothing names any more. After each start the house goes on with it, and at the end of each round what is named is there,
 * byte for byte, what is too old is gone, and what nothing names has left the storage.
 * KILL_SEED repeats the instants; KILL_ROUNDS shortens it.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendCommand } from '../../server/platform/cli/admin-socket.ts'
import { Installation } from '../e2e/installation.ts'
import { ownDatabase, type OwnDatabase } from '../e2e/own-database.ts'
import { seeded } from './day-of-uploads.ts'

const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const rounds = Number(process.env['KILL_ROUNDS'] ?? 10)
const filesPerRound = 30
const exportsPerRound = 3
const archiveDays = 2
const downloadDays = 3
const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

const random = seeded(seed)
const below = (n: number): number => Math.floor(random() * n)
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

let database: OwnDatabase
let storage: string
let house: Installation
let key: string
let organisation: string
/** What was sent, by name: its digest. */
const sent = new Map<string, string>()

beforeAll(async () => {
  database = await ownDatabase()
  storage = await mkdtemp(join(tmpdir(), 'vouchsafe-retention-'))
  house = await Installation.create({ ...database.settings, STORAGE_URL: `file:${storage}` })
  await house.start()
  key = await house.sshKey()
  organisation = (await house.json<{ id: string }>('org', 'create', 'Retention')).id
  await house.json('sftp', 'add-account', '--org', organisation, '--username', 'old', '--key', `${key}.pub`)
  for (const [setting, value] of Object.entries({
    timeZone: 'UTC',
    'retention.uploadArchiveDays': String(archiveDays),
    'retention.downloadDays': String(downloadDays),
    'import.missingHours': '0',
    'import.acceptDeclared': 'AHPRA',
    'export.schedule': 'off',
    'export.afterImport': '0',
  }))
    expect(await house.cli('org', 'set', organisation, setting, value)).toMatchObject({ code: 0 })
}, 240_000)
afterAll(async () => {
  await house.remove()
  await database.drop()
  await rm(storage, { recursive: true, force: true })
}, 60_000)

/** Through the socket, as the command line does, without a process for each. */
async function command<T>(path: string, input: Record<string, string | boolean> = {}): Promise<T> {
  const answer = await sendCommand(house.environment['DATA_DIR'] as string, { path, input }, undefined)
  if (answer === undefined) throw new Error(`nobody took ${path}`)
  return answer.output as T
}

const platformNow = async (): Promise<Date> => new Date((await command<{ now: string }>('clock show')).now)

async function counted(statement: string): Promise<number> {
  const [row] = await database.rows<{ n: number }>(`select count(*)::int as n from ${statement}`, [
    organisation,
  ])
  return row?.n ?? 0
}
const released = (): Promise<number> => counted('released_blobs where organisation_id = $1')

/** Nothing is left to do; what the killed process had in hand is taken over when it was not heard of for a while. */
async function settle(): Promise<void> {
  await vi.waitFor(
    async () => {
      await command('jobs run', { untilIdle: true })
      const jobs = await database.rows<{ state: string; data: unknown }>(
        "select state, data from pgboss.job where name = 'work' and state in ('created', 'retry', 'active', 'failed')",
      )
      expect(jobs).toEqual([])
    },
    { timeout: 120_000, interval: 500 },
  )
}

/** Files of changes, all applied and archived; exports, each in the place of the one before; one file whose name is wrong. */
async function fill(round: number): Promise<void> {
  const folder = join(house.folder, `round-${round}`)
  await mkdir(folder)
  for (let n = 0; n < filesPerRound; n += 1) {
    const id = `E${round}x${n}`
    const at = `${String(round % 24).padStart(2, '0')}${String(n).padStart(2, '0')}00`
    const name = `HRMS-DELTA-202602${String(1 + (round % 28)).padStart(2, '0')}_${at}.csv`
    const content = `${header}\n${id},Sam,Chen,1980-01-01,${id.toLowerCase()}@example.com,RN,AHPRA,NMW${String(round * 100 + n).padStart(10, '0')},2020-06-01,2031-05-31\n`
    sent.set(name, sha256(content))
    await writeFile(join(folder, name), content)
  }
  await writeFile(join(folder, `nobody knows ${round}.csv`), header)
  const put = [`put ${folder}/HRMS-* /upload/`, `put "${folder}/nobody knows ${round}.csv" /upload/`]
  expect(await house.sftp('old', key, ...put)).toMatchObject({ code: 0 })
  await settle()
  for (let n = 0; n < exportsPerRound; n += 1) {
    await command('clock advance', { duration: '1m' })
    expect(await house.cli('export', '--org', organisation)).toMatchObject({ code: 0 })
  }
  await settle()
}

/** The server dies at a random instant of what `begin` sets off; waits until then that it `hasBegun`, in half of the cases. */
async function killAmid(begin: () => Promise<unknown>, hasBegun: () => Promise<boolean>): Promise<void> {
  await begin().catch(() => undefined)
  if (below(2) === 0) {
    const patience = performance.now() + 4_000
    while (performance.now() < patience && !(await hasBegun())) await sleep(2)
    await sleep(below(20))
  } else await sleep(below(1_800))
  await house.stop('SIGKILL')
}

async function blobPaths(): Promise<string[]> {
  const entries = await readdir(join(storage, organisation), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
const blobNames = async (): Promise<string[]> =>
  (await blobPaths()).map((path) => path.split('/').at(-1) as string).sort()

/** Every blob that a row needs. */
async function named(): Promise<string[]> {
  const rows = await database.rows<{ key: string }>(
    `select blob_key as key from exchange_files where organisation_id = $1
     union select blob_key from import_runs where organisation_id = $1 and file_expired_at is null
     union select results_blob_key from import_runs where organisation_id = $1 and results_blob_key is not null
     union select blob_key from exports where organisation_id = $1 and content_expired_at is null order by 1`,
    [organisation],
  )
  return rows.map((row) => row.key).sort()
}

async function missing(): Promise<string[]> {
  const there = new Set(await blobNames())
  return (await named()).filter((blob) => !there.has(blob))
}

/** The newest night that is over, by the platform's clock, so many days before. */
async function nightBefore(days: number): Promise<Date> {
  const night = await platformNow()
  if (night.getUTCHours() * 60 + night.getUTCMinutes() < 3 * 60 + 30) night.setUTCDate(night.getUTCDate() - 1)
  night.setUTCHours(3, 30, 0, 0)
  return new Date(night.getTime() - days * 86_400_000)
}

async function expectGone(): Promise<void> {
  const [uploads, downloads] = [await nightBefore(archiveDays), await nightBefore(downloadDays)]
  const tooOld = await database.rows(
    `select folder, name from exchange_files where organisation_id = $1 and state = 'COMPLETE'
       and (folder = '/upload/archive' and coalesce(kept_since, modified_at) < $2
         or folder in ('/download', '/download/archive', '/download/results') and coalesce(kept_since, modified_at) < $3
           and name not like 'nobody knows%')
     union all select 'run', id from import_runs where organisation_id = $1 and finished_at < $2 and file_expired_at is null
     union all select 'results', id from import_runs where organisation_id = $1 and finished_at < $3 and results_expired_at is null
     union all select 'rows', r.run_id from import_rows r join import_runs i on i.organisation_id = r.organisation_id and i.id = r.run_id
       where r.organisation_id = $1 and i.finished_at < $3
     union all select 'export', id from exports where organisation_id = $1 and created_at < $3 and content_expired_at is null`,
    [organisation, uploads, downloads],
  )
  expect(tooOld, 'what is too old').toEqual([])
}

/** What the customer can still fetch is what was sent and written. */
async function expectReadable(round: number): Promise<number> {
  const files = await database.rows<{ folder: string; name: string; sha256: string }>(
    `select folder, name, sha256 from exchange_files where organisation_id = $1 and state = 'COMPLETE' order by 1, 2`,
    [organisation],
  )
  const into = join(house.folder, `fetched-${round}`)
  await mkdir(into)
  const fetched = files.map((file, n) => ({ ...file, local: join(into, String(n)) }))
  const gets = fetched.map(({ folder, name, local }) => `get "${folder}/${name}" ${local}`)
  expect(await house.sftp('old', key, ...gets)).toMatchObject({ code: 0 })
  for (const { folder, name, local, sha256: digest } of fetched) {
    expect(sha256(await readFile(local)), `${folder}/${name}`).toBe(digest)
    if (folder === '/upload/archive') expect(digest, name).toBe(sent.get(name))
  }
  await rm(into, { recursive: true })
  // Reports stay as long as the files that they tell of.
  for (let n = 1; n <= round; n += 1) {
    expect(files).toContainEqual(
      expect.objectContaining({ folder: '/upload', name: `nobody knows ${n}.csv` }),
    )
    expect(files).toContainEqual(expect.objectContaining({ name: `nobody knows ${n}.csv-error.json` }))
  }
  return files.length
}

test(
  `${rounds} nights, each killed as it clears up and as it deletes: what is named stays, the rest goes (KILL_SEED=${seed})`,
  async () => {
    console.log(`KILL_SEED=${seed}`)
    const struck = { clearing: 0, deleting: 0 }
    for (let round = 1; round <= rounds; round += 1) {
      await fill(round)
      const before = await counted("exchange_files where organisation_id = $1 and state = 'COMPLETE'")
      const runsBefore = await counted('import_runs where organisation_id = $1 and file_expired_at is null')

      // The night comes, and with it the end of what is too old.
      await killAmid(
        () => command('clock advance', { duration: '24h' }),
        async () => (await released()) > 0,
      )
      const left = await counted("exchange_files where organisation_id = $1 and state = 'COMPLETE'")
      const runsLeft = await counted('import_runs where organisation_id = $1 and file_expired_at is null')
      await house.start()
      await settle()
      const after = await counted("exchange_files where organisation_id = $1 and state = 'COMPLETE'")
      const runsAfter = await counted('import_runs where organisation_id = $1 and file_expired_at is null')
      // Some pieces of the night were done and some were not.
      const hadBegun = left < before || runsLeft < runsBefore
      if (hadBegun && (left > after || runsLeft > runsAfter)) struck.clearing += 1
      await expectGone()
      expect(await missing(), 'no row names what is missing').toEqual([])

      // A minute later what was let go of leaves the storage.
      const lying = (await blobNames()).length
      await killAmid(
        () => command('clock advance', { duration: '3m' }),
        async () => (await blobNames()).length < lying,
      )
      if ((await blobNames()).length < lying && (await released()) > 0) struck.deleting += 1
      await house.start()
      await settle()
      await command('clock advance', { duration: '3m' })
      await settle()
      expect(await released(), 'what was let go of is dealt with').toBe(0)
      expect(await missing(), 'no row names what is missing').toEqual([])
      await expectGone()
      const kept = await expectReadable(round)
      const young = await database.rows<{ name: string }>(
        `select r.file_name as name from import_runs r where r.organisation_id = $1 and r.status = 'COMPLETED' and r.finished_at > $2
           and not exists (select from exchange_files f where f.organisation_id = r.organisation_id and f.id = r.file_id
             and f.folder = '/upload/archive' and f.name = r.file_name)`,
        [organisation, new Date((await platformNow()).getTime() - archiveDays * 86_400_000)],
      )
      expect(young, 'what is not too old stays').toEqual([])
      console.log(
        `round ${round}: ${before} files, ${left} at the kill, ${after} after it; ${kept} kept, all readable`,
      )
    }
    console.log(`killed amid clearing ${struck.clearing} times, amid deleting ${struck.deleting} times`)

    // The sweeper looks at what nobody wrote to for a day; then nothing lies there that no row needs.
    for (const path of await blobPaths()) await utimes(path, 1, 1)
    await command('clock advance', { duration: '25h' })
    await sleep(1_500)
    await settle()
    await command('clock advance', { duration: '3m' })
    await settle()
    expect(await blobNames()).toEqual(await named())
    expect((await house.json<{ ok: boolean }>('doctor')).ok).toBe(true)
    if (rounds >= 10) {
      expect(struck.clearing + struck.deleting, 'kills fell amid the work').toBeGreaterThan(0)
    }
  },
  20 * 60_000,
)
