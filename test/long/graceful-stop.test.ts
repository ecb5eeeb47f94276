/**
 * SIGTERM while OpenSSH's clients upload and download and requests of every kind run: what can end within its grace ends,
 * what is cut can be gone on with after the next start, what was answered is there, and the process ends by itself with 0.
 * (One that a part keeps from ending ends with 1 after 20 seconds.)
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Installation } from '../e2e/installation.ts'
import { ownDatabase, type OwnDatabase } from '../e2e/own-database.ts'

const rounds = Number(process.env['STOP_ROUNDS'] ?? 3)
const longBytes = 12_000_000
const shortBytes = 1_500_000
/** What the clients hold themselves to, in the kilobits that OpenSSH's `-l` takes: 1 MB in a second. */
const kilobits = 8_000
const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

let database: OwnDatabase
let house: Installation
let key: string
let token: string
beforeAll(async () => {
  database = await ownDatabase()
  house = await Installation.create({
    ...database.settings,
    RATE_LIMIT: '100000',
    RATE_LIMIT_BURST: '100000',
  })
  await house.start()
  key = await house.sshKey()
  await house.json('org', 'create', 'Stop')
  await house.json('sftp', 'add-account', '--org', 'Stop', '--username', 'stop', '--key', `${key}.pub`)
  token = (await house.json<{ token: string }>('token', 'create', '--org', 'Stop', '--name', 'stop', '--all'))
    .token
}, 240_000)
afterAll(async () => {
  await house.remove()
  await database.drop()
}, 60_000)

const local = (name: string): string => join(house.folder, name)

/** One command of OpenSSH's client at its own pace: how it ended, 0 when it was told that all is well, and what it said. */
async function slowly(command: string): Promise<{ code: number | null; said: string }> {
  const batch = local(`slow-${randomBytes(6).toString('hex')}`)
  await writeFile(batch, `${command}\n`)
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'LogLevel=ERROR',
  ]
  const client = spawn(
    'sftp',
    [
      ...['-l', String(kilobits), '-b', batch, '-i', key, '-P', String(house.ready?.sftpPort)],
      ...options.flatMap((option) => ['-o', option]),
      'stop@127.0.0.1',
    ],
    { cwd: house.folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const began = performance.now()
  let said = ''
  client.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve) =>
    client.once('close', (code) =>
      resolve({ code, said: `${said} after ${Math.round(performance.now() - began)} ms` }),
    ),
  )
}

const url = (path: string): string => `http://127.0.0.1:${house.ready?.httpPort}/openapi/v1/${path}`

/** 0 when nobody answered. */
async function put(path: string, body: object): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  try {
    const answer = await fetch(url(path), { method: 'PUT', headers, body: JSON.stringify(body) })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

/** Brings a file a few bytes at a time, for ever. Resolves when the server has had enough. */
function trickle(): Promise<void> {
  return new Promise((resolve) => {
    const sending = request(url('imports'), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=b' },
    })
    sending.write(
      '--b\r\ncontent-disposition: form-data; name="source"\r\n\r\nHRMS\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="HRMS-20260101.csv"\r\n\r\n',
    )
    const pulse = setInterval(() => sending.write('external_id,'), 100)
    const end = (): void => {
      clearInterval(pulse)
      resolve()
    }
    sending.once('error', end)
    sending.once('close', end)
    sending.once('response', (answer) => answer.resume())
  })
}

test(
  `${rounds} stops under load: what ends in time is recorded, what is cut is resumed, nothing is lost`,
  async () => {
    for (let round = 1; round <= rounds; round += 1) await stopUnderLoad(round)
    expect((await house.json<{ ok: boolean }>('doctor')).ok).toBe(true)
  },
  10 * 60_000,
)

async function stopUnderLoad(round: number): Promise<void> {
  const long = randomBytes(longBytes)
  const short = randomBytes(shortBytes)
  await writeFile(local('long'), long)
  await writeFile(local('short'), short)
  expect(
    await house.sftp(
      'stop',
      key,
      `put long /upload/long-${round}.tmp`,
      `put short /upload/short-${round}.tmp`,
    ),
  ).toMatchObject({ code: 0 })

  let isStopping = false
  let isOver = false
  // Small files one after the other, each by a connection of its own; people by the API, each by a request of its own.
  const told: string[] = []
  const files = [1].map(async (who) => {
    for (let n = 0; !isOver; n += 1) {
      const id = `F${round}x${who}x${n}`
      const name = `HRMS-DELTA-202603${String(round).padStart(2, '0')}_${String(who).padStart(2, '0')}${String(Math.floor(n / 60)).padStart(2, '0')}${String(n % 60).padStart(2, '0')}.csv`
      await writeFile(
        local(name),
        `${header}\n${id},Sam,Chen,1980-01-01,${id.toLowerCase()}@example.com,RN,AHPRA,NMW${String(round * 1_000 + n).padStart(10, '0')},2020-06-01,2031-05-31\n`,
      )
      if ((await house.sftp('stop', key, `put ${name} /upload/`)).code === 0) told.push(name)
      else if (!isStopping) throw new Error(`${name} was refused before the stop`)
      else return
    }
  })
  const kept: string[] = []
  const people = [1, 2, 3, 4].map(async (who) => {
    for (let n = 0; !isOver; n += 1) {
      const id = `P${round}x${who}x${n}`
      const status = await put(`workers/by-external-id/HRMS/${id}`, {
        identity: { displayName: `Sam ${id}`, firstName: 'Sam', lastName: id, birthDate: '1980-01-01' },
        contact: { workEmail: `${id.toLowerCase()}@example.com` },
        employment: { state: 'VIC', workerType: 'EMPLOYEE' },
      })
      if (status === 200 || status === 201) kept.push(id)
      else if (!isStopping) throw new Error(`${id} was answered ${status} before the stop`)
      else expect([0, 503], `${id}, as it stops`).toContain(status)
      if (status === 0) return
    }
  })
  const trickles = [trickle(), trickle()]
  // These take four times the grace, and are cut; those take half of it.
  const longOnes = ['a', 'b'].map((who) => slowly(`put long /upload/cut-${round}-${who}.tmp`))
  const longGet = slowly(`get /upload/long-${round}.tmp back-long`)
  await sleep(3_000)
  const shortOnes = ['a', 'b'].map((who) => slowly(`put short /upload/done-${round}-${who}.tmp`))
  const shortGet = slowly(`get /upload/short-${round}.tmp back-short`)
  await vi.waitFor(
    async () => {
      const begun = await database.rows<{ name: string }>(
        "select name from exchange_files where state = 'PARTIAL' and name like $1",
        [`%-${round}-%`],
      )
      expect(begun).toHaveLength(4)
      expect((await stat(local('back-short'))).size).toBeGreaterThan(0)
      expect((await stat(local('back-long'))).size).toBeGreaterThan(0)
    },
    { timeout: 30_000, interval: 20 },
  )
  isStopping = true
  expect(
    await house.stop('SIGTERM'),
    `ends by itself, round ${round}:\n${house.log.slice(-20).join('\n')}`,
  ).toBe(0)
  isOver = true
  await Promise.all([...files, ...people, ...trickles])
  expect(await Promise.all(shortOnes), 'uploads that end within the grace').toMatchObject([
    { code: 0 },
    { code: 0 },
  ])
  expect(await shortGet, 'a download that ends within the grace').toMatchObject({ code: 0 })
  expect((await readFile(local('back-short'))).equals(short)).toBe(true)
  expect(await Promise.all(longOnes), 'uploads that take too long').not.toContainEqual(
    expect.objectContaining({ code: 0 }),
  )
  expect((await longGet).code, 'a download that takes too long').not.toBe(0)
  expect(told.length, 'files were sent').toBeGreaterThan(0)
  expect(kept.length, 'people were sent').toBeGreaterThan(0)

  // What is left says how much of it there is, and whose it is no more.
  const partials = await database.rows<{ name: string; bytes: number; writer: string | null }>(
    "select name, bytes::int, writer from exchange_files where state = 'PARTIAL' order by name",
  )
  expect(partials.map((file) => [file.name, file.writer])).toEqual([
    [`cut-${round}-a.tmp`, null],
    [`cut-${round}-b.tmp`, null],
  ])
  for (const { bytes } of partials) expect(bytes).toBeGreaterThan(0)
  const locks = await database.rows(
    `select l.pid from pg_locks l join pg_database d on d.oid = l.database
     where d.datname = current_database() and l.pid <> pg_backend_pid() and l.locktype = 'advisory'`,
  )
  expect(locks).toEqual([])

  await house.start()
  const digestOf = async (path: string): Promise<string> => {
    expect(await house.sftp('stop', key, `get ${path} fetched`)).toMatchObject({ code: 0 })
    return sha256(await readFile(local('fetched')))
  }
  for (const who of ['a', 'b']) {
    expect(await digestOf(`/upload/done-${round}-${who}.tmp`), 'recorded').toBe(sha256(short))
    const gone = await house.sftp('stop', key, `reput long /upload/cut-${round}-${who}.tmp`)
    expect(gone, 'gone on with').toMatchObject({ code: 0 })
    expect(await digestOf(`/upload/cut-${round}-${who}.tmp`), 'whole').toBe(sha256(long))
  }
  // Of what is fetched out of order the client may have a hole behind what it has in one piece.
  const inOnePiece = await readFile(local('back-long'))
  let same = 0
  while (same < inOnePiece.length && inOnePiece[same] === long[same]) same += 1
  await truncate(local('back-long'), same)
  expect(await house.sftp('stop', key, `reget /upload/long-${round}.tmp back-long`)).toMatchObject({
    code: 0,
  })
  expect((await readFile(local('back-long'))).equals(long)).toBe(true)

  for (const id of kept) {
    const answer = await fetch(url(`workers/by-external-id/HRMS/${id}`), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status, id).toBe(200)
    await answer.arrayBuffer()
  }
  await vi.waitFor(
    async () => {
      await house.cli('jobs', 'run', '--until-idle')
      const runs = await database.rows<{ name: string; status: string }>(
        'select file_name as name, status from import_runs where file_name = any ($1)',
        [told],
      )
      expect(runs.filter((run) => run.status !== 'COMPLETED')).toEqual([])
      expect(new Set(runs.map((run) => run.name))).toEqual(new Set(told))
    },
    { timeout: 120_000, interval: 500 },
  )
  console.log(`round ${round}: ${told.length} files and ${kept.length} people were told of before the end`)
}
