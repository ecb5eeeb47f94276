/**
 * kill -9 at fifty random instants over a simulated day of uploads from three sources: in mid-upload, between an upload and
 * its run, in mid-run, before the results. A client repeats what it was not told OK for, as a real one does; at the end
 * every file was applied once, superseded, taken back or refused with a reason, and the books are those of a replay.
 * KILL_SEED repeats a day; KILL_ROUNDS shortens it.
 */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendCommand } from '../../server/platform/cli/admin-socket.ts'
import { Installation } from '../e2e/installation.ts'
import { ownDatabase, type OwnDatabase } from '../e2e/own-database.ts'
import { Day, licenceNumber, localName, replay, sources, type SentFile, type Step } from './day-of-uploads.ts'

const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const rounds = Number(process.env['KILL_ROUNDS'] ?? 50)

let database: OwnDatabase
let storage: string
let house: Installation
let key: string
let token: string
let organisation: string

beforeAll(async () => {
  database = await ownDatabase()
  storage = await mkdtemp(join(tmpdir(), 'vouchsafe-day-'))
  house = await Installation.create({ ...database.settings, STORAGE_URL: `file:${storage}` })
  await house.start()
  key = await house.sshKey()
  organisation = (await house.json<{ id: string }>('org', 'create', 'Day')).id
  await house.json('sftp', 'add-account', '--org', organisation, '--username', 'day', '--key', `${key}.pub`)
  for (const [setting, value] of [
    ['import.guard.deactivationsPercent', '100'],
    ['import.guard.majorityPercent', '100'],
    ['import.guard.credentialsPercent', '100'],
    ['import.guard.requirementRowsPercent', '100'],
  ])
    expect(await house.cli('org', 'set', organisation, setting as string, value as string)).toMatchObject({
      code: 0,
    })
  token = (
    await house.json<{ token: string }>('token', 'create', '--org', organisation, '--name', 'day', '--all')
  ).token
}, 120_000)
afterAll(async () => {
  await house.remove()
  await database.drop()
  await rm(storage, { recursive: true, force: true })
}, 60_000)

/** Through the socket, as the command line does, without a process for each. */
async function command(path: string, input: Record<string, string | boolean>): Promise<void> {
  const answer = await sendCommand(house.environment['DATA_DIR'] as string, { path, input }, undefined).catch(
    (error: Error) => {
      throw new Error(`${path}: ${error.message}\n${house.log.slice(-12).join('\n')}`, { cause: error })
    },
  )
  if (answer === undefined) throw new Error(`nobody took ${path}`)
}

async function ask<T>(path: string, body?: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as T
}

async function send(step: Step): Promise<boolean> {
  for (const file of step.files) await writeFile(join(house.folder, localName(file)), file.content)
  return (await house.sftp('day', key, ...step.commands)).code === 0
}

interface Run {
  id: string
  file_name: string
  file_kind: string
  status: string
  sha256: string
  is_delta: boolean
  source_folded: string
  arrival: number
  file_id: string
  planHash: string | null
  holdReasons: string[]
  fault: { code: string; detail: string } | null
}
const runs = (): Promise<Run[]> =>
  database.rows<Run>(
    `select id, file_name, file_kind, status, sha256, is_delta, source_folded, arrival::int, file_id, plan_hash as "planHash",
       hold_reasons as "holdReasons", fault from import_runs where organisation_id = $1 order by finished_at, arrival`,
    [organisation],
  )
const unfinished = ['RECEIVED', 'PLANNING', 'PLANNED', 'HELD', 'APPLYING']

async function settle(isDone: (all: Run[]) => boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      await command('jobs run', { untilIdle: true })
      const all = await runs()
      if (!isDone(all))
        throw new Error(
          `waiting: ${all
            .filter((run) => unfinished.includes(run.status))
            .map((run) => `${run.file_name} ${run.status}`)
            .join(', ')}`,
        )
    },
    { timeout: 120_000, interval: 1_000 },
  )
}

const one = (file: SentFile): Step => ({
  commands: [`put ${localName(file)} "/upload/${file.name}"`],
  files: [file],
  withdrawn: new Set(),
})

test(
  `${rounds} kills over a day of uploads: each file applied once, or refused with a reason (KILL_SEED=${seed})`,
  async () => {
    console.log(`KILL_SEED=${seed}`)
    const day = new Day(seed)
    const withdrawn = new Set<SentFile>()
    // Each source is seen once, and let in by a person where the guard asks.
    for (const source of sources) {
      expect(await send(one(day.file('SNAPSHOT', source)))).toBe(true)
      await settle((all) => all.every((run) => !['RECEIVED', 'PLANNING', 'APPLYING'].includes(run.status)))
      for (const run of await runs())
        if (run.status === 'HELD') await ask(`imports/${run.id}/apply`, { planHash: run.planHash })
      expect((await runs()).map((run) => run.status)).not.toContain('HELD')
    }

    const struck: Record<string, number> = {}
    /** How often each run was planned when a kill fell. */
    const plannedAtKills = new Map<string, number>()
    let brokenUploads = 0
    for (let round = 1; round <= rounds; round += 1) {
      if (round === 20 || round === 30)
        await command('org set', {
          org: organisation,
          key: 'import.schedule',
          value: round === 20 ? 'hourly' : 'realtime',
        })
      if (day.number(2) === 0) {
        const step = day.step()
        for (const file of step.withdrawn) withdrawn.add(file)
        expect(await send(step), step.commands.join('; ')).toBe(true)
      }
      const step = day.step()
      for (const file of step.withdrawn) withdrawn.add(file)
      const sending = send(step)
      const isWhole = day.number(100) < 60
      if (isWhole) await sending
      // In mid-upload while the client still shakes hands or writes; after it, anywhere up to the results.
      await sleep(isWhole ? day.number(4_000) : day.number(300))
      await house.stop('SIGKILL')
      const wasTold = await sending
      for (const { id, status } of await runs()) {
        if (unfinished.includes(status)) struck[status] = (struck[status] ?? 0) + 1
        if (status === 'PLANNING') plannedAtKills.set(id, (plannedAtKills.get(id) ?? 0) + 1)
      }
      await house.start()
      if (!wasTold) {
        brokenUploads += 1
        expect(await send(step), `again: ${step.commands.join('; ')}`).toBe(true)
      }
      await command('clock advance', { duration: `${Math.ceil((24 * 60) / rounds)}m` })
      if (round % 9 === 0)
        for (const run of await runs()) if (run.status === 'HELD') await ask(`imports/${run.id}/reject`, {})
    }
    console.log(`unfinished at the kills: ${JSON.stringify(struck)}; uploads broken off: ${brokenUploads}`)
    if (rounds >= 50) {
      expect(brokenUploads, 'kills fell among uploads').toBeGreaterThan(0)
      expect((struck['PLANNING'] ?? 0) + (struck['APPLYING'] ?? 0), 'and among runs').toBeGreaterThan(0)
    }

    // The evening: a last word of each source, which supersedes what waits.
    for (const source of sources) {
      expect(await send(one(day.file('SNAPSHOT', source)))).toBe(true)
      expect(await send(one(day.file('POSITIONS', source)))).toBe(true)
    }
    await settle((all) => all.every((run) => !unfinished.includes(run.status)))

    const all = await runs()
    const bySha = new Map(day.sent.map((file) => [file.sha256, file]))
    const completed = all.filter((run) => run.status === 'COMPLETED')
    const lastOf = (run: Run): number =>
      Math.max(
        ...completed
          .filter((other) => other.source_folded === run.source_folded && other.file_kind === run.file_kind)
          .filter((other) => !other.is_delta)
          .map((other) => other.arrival),
      )
    expect(new Set(completed.map((run) => run.file_id)).size, 'no version of a file applied twice').toBe(
      completed.length,
    )
    for (const file of day.sent) {
      const mine = all.filter((run) => run.sha256 === file.sha256 && run.file_name === file.name)
      const said = `${file.name} (${file.kind}): ${mine.map((run) => run.status).join(', ')}`
      if (file.kind === 'MISNAMED') {
        expect(mine, said).toEqual([])
        continue
      }
      if (withdrawn.has(file)) {
        // Overwritten or taken back: perhaps before its turn came, perhaps after.
        for (const run of mine) expect(run.status, said).toMatch(/COMPLETED|CANCELLED|SUPERSEDED/)
        continue
      }
      expect(mine.length, `${said}: nothing lost`).toBeGreaterThan(0)
      const last = mine.at(-1) as Run
      const arrived = mine.reduce((best, run) => (run.arrival > best.arrival ? run : best), last)
      // Three kills while one file was planned look like a file that ends the server: it is refused with that reason.
      if (arrived.fault?.code === 'PLANNING_BROKEN_OFF') {
        expect(arrived.status, said).toBe('FAILED')
        expect(plannedAtKills.get(arrived.id) ?? 0, said).toBeGreaterThanOrEqual(3)
        continue
      }
      if (file.kind === 'DELTA') expect(arrived.status, said).toBe('COMPLETED')
      else if (file.kind === 'BAD') {
        expect(arrived.status, said).toMatch(/FAILED|SUPERSEDED/)
        if (arrived.status === 'FAILED') expect(arrived.fault?.detail, said).toMatch(/\w/)
      } else if (file.kind === 'HEADER_ONLY') expect(arrived.status, said).toMatch(/REJECTED|SUPERSEDED/)
      else if (arrived.status === 'SUPERSEDED')
        expect(lastOf(arrived), `${said}: by a later one`).toBeGreaterThan(arrived.arrival)
      else expect(arrived.status, said).toBe('COMPLETED')
    }

    // The books are those of the files that were applied, one after the other; a second application would leave versions.
    const applied = completed.map((run) => {
      const file = bySha.get(run.sha256)
      if (!file) throw new Error(`a run of bytes that nobody sent: ${run.file_name}`)
      return file
    })
    const expected = replay(applied)
    const people = await database.rows<{
      externalId: string
      firstName: string
      expires: string
      status: string
      versions: number
      keys: number
    }>(
      `select s.external_id as "externalId", w.first_name as "firstName", w.status, c.declared_expiry_date::text as expires,
         (select count(*)::int from worker_versions v where v.organisation_id = w.organisation_id and v.worker_id = w.id) as versions,
         (select count(*)::int from credentials o where o.organisation_id = w.organisation_id and o.worker_id = w.id) as keys
       from worker_sources s join workers w on w.organisation_id = s.organisation_id and w.id = s.worker_id
         join credentials c on c.organisation_id = w.organisation_id and c.worker_id = w.id
       where s.organisation_id = $1 order by 1`,
      [organisation],
    )
    expect(people).toEqual(
      [...expected.people.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([externalId, person]) => ({ externalId, ...person, keys: 1 })),
    )
    const [counted] = await database.rows<{ n: number }>(
      'select count(*)::int as n from workers where organisation_id = $1',
      [organisation],
    )
    expect(counted?.n, 'nobody twice').toBe(people.length)
    const required = await database.rows<{ code: string; codes: string[] }>(
      `select p.code, array_agg(r.license_code order by r.license_code) as codes from position_requirements r
         join positions p on p.organisation_id = r.organisation_id and p.id = r.position_id
       where r.organisation_id = $1 group by p.code order by p.code`,
      [organisation],
    )
    expect(Object.fromEntries(required.map((row) => [row.code, row.codes]))).toEqual(
      Object.fromEntries(expected.requirements),
    )

    await checkTree(all)
    await checkExport(expected.people)
    await checkLeftovers()
  },
  15 * 60_000,
)

/** Each outcome is where the customer looks for it. */
async function checkTree(all: readonly Run[]): Promise<void> {
  const files = await database.rows<{ folder: string; name: string; state: string }>(
    'select folder, name, state from exchange_files where organisation_id = $1',
    [organisation],
  )
  expect(files.filter((file) => file.state !== 'COMPLETE')).toEqual([])
  const inFolder = (folder: string): Set<string> =>
    new Set(files.filter((file) => file.folder.endsWith(folder)).map((file) => file.name))
  const [archive, results, upload] = [inFolder('/archive'), inFolder('/results'), inFolder('/upload')]
  for (const run of all) {
    const stem = run.file_name.replace(/\.csv$/, '')
    if (run.status === 'CANCELLED') continue
    expect(results.has(`${stem}-summary.json`), `${run.file_name} ${run.status}: summary`).toBe(true)
    if (run.status !== 'COMPLETED') continue
    const isNewest = all.every((other) => other.file_name !== run.file_name || other.arrival <= run.arrival)
    if (!isNewest) continue
    expect(results.has(`${stem}-results.csv`), `${run.file_name}: results`).toBe(true)
    expect(upload.has(run.file_name), `${run.file_name}: no longer in /upload`).toBe(false)
    const isThere = [...archive].some((name) => name === run.file_name || name.startsWith(`${stem}~`))
    expect(isThere || run.file_id === null, `${run.file_name}: archived`).toBe(true)
  }
}

/** The status export, line by line, is what the replay says. */
async function checkExport(people: ReturnType<typeof replay>['people']): Promise<void> {
  await command('clock advance', { duration: '2m' })
  expect((await house.cli('export', '--org', organisation)).code).toBe(0)
  const newest = await database.rows<{ id: string }>(
    'select distinct on (source_system) id from exports where organisation_id = $1 and source_system is not null order by source_system, created_at desc',
    [organisation],
  )
  expect(newest).toHaveLength(sources.length)
  const lines: string[] = []
  for (const { id } of newest) {
    const answer = await fetch(`http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/exports/${id}/content`, {
      headers: { authorization: `Bearer ${token}` },
    })
    lines.push(...(await answer.text()).trim().split(/\r?\n/).slice(1))
  }
  const expected = [...people]
    .filter(([, person]) => person.status === 'ACTIVE')
    .map(([id, { expires }]) => `"${id}","AHPRA","${licenceNumber(id)}","2020-06-01","${expires}"`)
  expect(lines.map((line) => line.split(',').slice(0, 5).join(',')).sort()).toEqual(expected.sort())
}

/** Nothing is left of what the kills interrupted: no blob without a row, no staged file, no job, no lock. */
async function checkLeftovers(): Promise<void> {
  const blobs = async (): Promise<string[]> => {
    const entries = await readdir(join(storage, organisation), { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  }
  // The sweeper leaves alone what was written to within a day.
  const longAgo = Date.now() / 1_000 - 3 * 86_400
  for (const path of await blobs()) await utimes(path, longAgo, longAgo)
  await command('clock advance', { duration: '25h' })
  await sleep(1_500)
  await command('jobs run', { untilIdle: true })
  const named = await database.rows<{ key: string }>(
    `select blob_key as key from exchange_files where organisation_id = $1
     union select blob_key from import_runs where organisation_id = $1
     union select results_blob_key from import_runs where organisation_id = $1 and results_blob_key is not null
     union select blob_key from exports where organisation_id = $1`,
    [organisation],
  )
  const known = new Set(named.map(({ key: blob }) => blob))
  const there = await blobs()
  expect(there.filter((path) => path.includes('/staging/'))).toEqual([])
  expect(there.filter((path) => !known.has(path.split('/').at(-1) as string))).toEqual([])
  const names = new Set(there.map((path) => path.split('/').at(-1)))
  const needed = await database.rows<{ key: string }>(
    'select blob_key as key from exchange_files where organisation_id = $1',
    [organisation],
  )
  expect(needed.filter(({ key: blob }) => !names.has(blob))).toEqual([])
  const jobs = await database.rows(
    "select state, data from pgboss.job where name = 'work' and state in ('created', 'retry', 'active', 'failed')",
  )
  expect(jobs).toEqual([])
  expect((await house.json<{ ok: boolean }>('doctor')).ok).toBe(true)
  await house.stop()
  const locks = await database.rows(
    `select l.locktype, l.mode from pg_locks l join pg_database d on d.oid = l.database
     where d.datname = current_database() and l.pid <> pg_backend_pid() and l.locktype = 'advisory'`,
  )
  expect(locks).toEqual([])
}
