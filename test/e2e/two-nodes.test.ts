/**
 * Two nodes of one installation, as real processes: each with a DATA_DIR of its own, on one database, one storage and one
 * master key. What one is told the other knows at once; what one leaves when it is killed the other goes on with.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import ssh2 from 'ssh2'
import { readFile } from 'node:fs/promises'
import { Installation } from './installation.ts'
import { ownDatabase, type OwnDatabase } from './own-database.ts'

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
const people = (count: number, first: string): string =>
  [
    header,
    ...Array.from({ length: count }, (_, n) => {
      const id = String(n + 1).padStart(5, '0')
      return `E${id},${first},Last${id},1980-01-01,e${id}@example.com,RN,AHPRA,NMW00000${id},2020-06-01,2027-05-31`
    }),
    '',
  ].join('\n')

let database: OwnDatabase
let storage: string
let settings: Record<string, string>
let one: Installation
let other: Installation
let key: string
let token: string
let organisation: string
const houses: Installation[] = []

async function install(changed: Record<string, string> = {}): Promise<Installation> {
  const house = await Installation.create({ ...settings, ...changed })
  houses.push(house)
  return house
}

beforeAll(async () => {
  database = await ownDatabase()
  storage = await mkdtemp(join(tmpdir(), 'vouchsafe-shared-'))
  settings = {
    ...database.settings,
    STORAGE_URL: `file:${storage}`,
    MASTER_KEY: randomBytes(32).toString('base64'),
  }
  one = await install()
  other = await install()
  // At the same instant, on an empty database.
  await Promise.all([one.start(), other.start()])
}, 120_000)
afterAll(async () => {
  for (const house of houses) await house.remove()
  await database.drop()
  await rm(storage, { recursive: true, force: true })
}, 60_000)

const base = (house: Installation): string => `http://127.0.0.1:${house.ready?.httpPort}/openapi/v1`
async function get<T>(house: Installation, path: string, headers?: Record<string, string>): Promise<T> {
  const answer = await fetch(`${base(house)}/${path}`, {
    headers: headers ?? { authorization: `Bearer ${token}` },
  })
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as T
}
const list = async (house: Installation, folder: string): Promise<string> =>
  (await house.sftp('both', key, `ls -l ${folder}`)).stdout

async function statusOf(house: Installation, fileName: string): Promise<string[]> {
  const { data } = await get<{ data: { attributes: { fileName: string; status: string } }[] }>(
    house,
    'imports?pageSize=200',
  )
  return data.filter((run) => run.attributes.fileName === fileName).map((run) => run.attributes.status)
}

test('two that start at the same instant on nothing are one installation', async () => {
  const all = await one.json<{ id: string; name: string }[]>('org', 'list')
  expect(all.map(({ name }) => name)).toEqual(['Default'])
  expect(await other.json('org', 'list')).toEqual(all)
  organisation = all[0]?.id ?? ''
  // The one for old clients is made after the start: whoever starts a moment later may know it already.
  const prints = (house: Installation): string[] => house.said.match(/SHA256:\S+ \(ED25519\)/g) ?? []
  expect(prints(one).length).toBeGreaterThan(0)
  expect(prints(other)).toEqual(prints(one))
  const invitations = [one, other].filter((house) => house.said.includes('#invitation='))
  expect(invitations, 'one of them prints the first owner’s link').toHaveLength(1)
})

test('each takes the tokens, links, sessions and cursors of the other', async () => {
  token = (
    await one.json<{ token: string }>('token', 'create', '--org', organisation, '--name', 'both', '--all')
  ).token
  const inviting = one.said.includes('#invitation=') ? one : other
  const elsewhere = inviting === one ? other : one
  const [, link = ''] = /"token":"([^"]+)"/.exec(inviting.said) ?? []
  const accepted = await fetch(`${base(elsewhere)}/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: link,
      email: 'sarah@example.com',
      password: 'correct horse battery staple',
    }),
  })
  expect(accepted.status).toBe(200)
  const [cookie = ''] = accepted.headers.getSetCookie().map((each) => each.split(';')[0])
  expect(await get(inviting, 'me', { cookie })).toMatchObject({
    data: { attributes: { email: 'sarah@example.com' } },
  })
  for (const n of [1, 2, 3]) {
    const made = await fetch(`${base(n === 2 ? other : one)}/workers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ identity: { displayName: `Paged ${n}` } }),
    })
    expect(made.status).toBe(201)
  }
  interface Page {
    data: { id: string }[]
    meta: { nextCursor: string | null }
  }
  const seen: string[] = []
  for (let cursor: string | null = '', turn = 0; cursor !== null; turn += 1) {
    const page: Page = await get(
      turn % 2 === 0 ? one : other,
      `workers?pageSize=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    seen.push(...page.data.map(({ id }) => id))
    cursor = page.data.length === 0 ? null : page.meta.nextCursor
  }
  expect(new Set(seen).size).toBe(3)
  expect(seen).toHaveLength(3)
})

test('a file that came to one is listed by the other at once, and its timers fire on one of them', async () => {
  key = await one.sshKey()
  await writeFile(join(other.folder, 'key'), await readFile(key), { mode: 0o600 })
  await one.json('sftp', 'add-account', '--org', organisation, '--username', 'both', '--key', `${key}.pub`)
  await one.cli('org', 'set', organisation, 'import.quietSeconds', '0')
  await writeFile(join(one.folder, 'small.csv'), people(3, 'Small'))
  expect(await one.sftp('both', key, 'put small.csv /upload/HRMS-20260101.csv.part')).toMatchObject({
    code: 0,
  })
  expect(await list(other, '/upload')).toContain('HRMS-20260101.csv.part')
  expect(
    await other.sftp('both', key, 'rename /upload/HRMS-20260101.csv.part /upload/HRMS-20260101.csv'),
  ).toMatchObject({ code: 0 })
  await vi.waitFor(async () => expect(await statusOf(one, 'HRMS-20260101.csv')).toEqual(['COMPLETED']), {
    timeout: 60_000,
    interval: 250,
  })
  await vi.waitFor(
    async () => expect(await list(other, '/download/results')).toContain('HRMS-20260101-results.csv'),
    { timeout: 30_000, interval: 250 },
  )
  const exports = async (): Promise<number> =>
    (await get<{ meta: { total: number } }>(other, 'exports?pageSize=1')).meta.total
  await one.cli('jobs', 'run', '--until-idle')
  const before = await exports()
  // The daily export is due on both nodes in the same second; each follows the clock that was moved on one.
  expect((await one.cli('clock', 'advance', '25h')).code).toBe(0)
  await vi.waitFor(async () => expect(await exports()).toBe(before + 1), { timeout: 60_000, interval: 250 })
  await one.cli('jobs', 'run', '--until-idle')
  await other.cli('jobs', 'run', '--until-idle')
  expect(await exports()).toBe(before + 1)
}, 150_000)

interface Writing {
  readonly write: (from: number, data: Buffer) => Promise<void>
  readonly close: () => Promise<void>
  readonly cut: () => void
}

/** A client that opens a file for writing and does with it what no whole client would. */
async function openForWriting(house: Installation, path: string): Promise<Writing> {
  const client = new ssh2.Client()
  client.on('error', () => {})
  const privateKey = await readFile(key)
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject)
    client.connect({ host: '127.0.0.1', port: house.ready?.sftpPort ?? 0, username: 'both', privateKey })
  })
  const sftp = await new Promise<ssh2.SFTPWrapper>((resolve, reject) =>
    client.sftp((error, session) => (error ? reject(error) : resolve(session))),
  )
  const handle = await new Promise<Buffer>((resolve, reject) =>
    sftp.open(path, 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  return {
    write: (from, data) =>
      new Promise((resolve, reject) =>
        sftp.write(handle, data, 0, data.length, from, (error) => (error ? reject(error) : resolve())),
      ),
    close: () =>
      new Promise((resolve, reject) => sftp.close(handle, (error) => (error ? reject(error) : resolve()))),
    cut: () => client.destroy(),
  }
}

test.each([
  ['cut', 'HRMS-20260102.csv'],
  ['still open', 'HRMS-20260103.csv'],
])(
  'a partial that was %s on one is resumed on the other',
  async (how, name) => {
    await other.cli('org', 'set', organisation, 'import.schedule', 'daily')
    const content = Buffer.from(people(4_000, name.slice(5, 13)))
    await writeFile(join(other.folder, 'resumed.csv'), content)
    const half = Math.floor(content.length / 2)
    const first = await openForWriting(one, `/upload/${name}`)
    for (let at = 0; at < half; at += 30_000)
      await first.write(at, content.subarray(at, Math.min(at + 30_000, half)))
    if (how === 'cut') {
      first.cut()
      await vi.waitFor(async () => expect(await list(other, '/upload')).toContain(` ${half} `), {
        timeout: 30_000,
        interval: 250,
      })
    }
    const outcome = await other.sftp(
      'both',
      key,
      `reput resumed.csv /upload/${name}`,
      `get /upload/${name} got.csv`,
    )
    expect(outcome).toMatchObject({ code: 0 })
    const got = await readFile(join(other.folder, 'got.csv'))
    expect(createHash('sha256').update(got).digest('hex')).toBe(
      createHash('sha256').update(content).digest('hex'),
    )
    if (how === 'still open') {
      // Whoever held on to it has lost it: what it writes now reaches nobody, and its CLOSE says so.
      await first.write(0, Buffer.from('overwritten')).catch(() => {})
      await expect(first.close()).rejects.toThrow()
      first.cut()
    }
    expect(await one.sftp('both', key, `get /upload/${name} again.csv`)).toMatchObject({ code: 0 })
    expect((await readFile(join(one.folder, 'again.csv'))).equals(content)).toBe(true)
    expect(await one.sftp('both', key, `rm /upload/${name}`)).toMatchObject({ code: 0 })
  },
  120_000,
)

test.each([[1], [2]])(
  'a node that is killed in mid-run loses nothing: round %i',
  async (round) => {
    const [killed, goesOn] = round === 1 ? [one, other] : [other, one]
    await one.cli('org', 'set', organisation, 'import.schedule', 'realtime')
    await one.cli('org', 'set', organisation, 'import.guard.deactivationsPercent', '100')
    await goesOn.stop()
    const name = `HRMS-2026020${round}.csv`
    const count = 9_000
    await writeFile(join(killed.folder, name), people(count, `Round${round}`))
    expect(await killed.sftp('both', key, `put ${name} /upload/${name}`)).toMatchObject({ code: 0 })
    await vi.waitFor(async () => expect((await statusOf(killed, name))[0]).toMatch(/PLANNING|APPLYING/), {
      timeout: 30_000,
      interval: 20,
    })
    // The other comes up while the first is at it, and sees it go.
    const [started] = await Promise.all([goesOn.start(), killed.stop('SIGKILL')])
    expect(started.httpPort).toBeGreaterThan(0)
    await vi.waitFor(async () => expect(await statusOf(goesOn, name)).toEqual(['COMPLETED']), {
      timeout: 75_000,
      interval: 500,
    })
    const workers = await get<{ data: { attributes: { identity: { firstName: string } } }[] }>(
      goesOn,
      'workers?status=ACTIVE&externalId=E00001',
    )
    expect(workers.data.map((worker) => worker.attributes.identity.firstName)).toEqual([`Round${round}`])
    const versions = await database.rows<{ runs: number; people: number }>(
      `select count(*)::int as people, count(distinct r.id)::int as runs from import_runs r
       join worker_versions v on v.organisation_id = r.organisation_id and v.run_id = r.id
     where r.file_name = $1`,
      [name],
    )
    expect(versions, 'one version for each person').toEqual([{ runs: 1, people: count }])
    await vi.waitFor(
      async () => {
        expect(await list(goesOn, '/upload/archive')).toContain(name)
        expect(await list(goesOn, '/download/results')).toContain(name.replace('.csv', '-results.csv'))
      },
      { timeout: 60_000, interval: 500 },
    )
    await killed.start()
  },
  240_000,
)

test('a node does what its roles say', async () => {
  const web = await install()
  const ready = await web.start('--roles', 'http')
  expect(ready.sftpPort).toBeNull()
  await one.stop()
  await other.stop()
  const before = await get<{ meta: { total: number } }>(web, 'exports?pageSize=1')
  expect((await web.cli('export', '--org', organisation)).code).toBe(0)
  // The sandbox's clock is followed by a node of any role.
  expect((await web.cli('clock', 'advance', '25h')).code).toBe(0)
  const waiting = await database.rows<{ due: number }>('select count(*)::int as due from timers')
  expect(waiting[0]?.due, 'its timers wait for a node that has the schedule').toBeGreaterThan(0)
  await Promise.all([one.start('--roles', 'sftp,jobs'), other.start('--roles', 'schedule')])
  await vi.waitFor(
    async () => {
      const { meta } = await get<{ meta: { total: number } }>(web, 'exports?pageSize=1')
      expect(meta.total).toBeGreaterThan(before.meta.total + 1)
    },
    { timeout: 60_000, interval: 500 },
  )
  expect(one.ready?.httpPort).toBeNull()
  expect(await list(one, '/download')).toContain('.csv')
}, 120_000)

test('a node with another master key is refused, and told what to do', async () => {
  const stranger = await install({ MASTER_KEY: randomBytes(32).toString('base64') })
  await expect(stranger.start()).rejects.toThrow('ended with 2')
  const said = stranger.log.join('\n') + (await stranger.cli('org', 'list')).stderr
  expect(said).toContain('The master key in MASTER_KEY does not open the keys in this database')
  expect(said).toContain('set MASTER_KEY to the content of its DATA_DIR/keys/master.key')
})

test('a node with another storage is refused, and told what to do', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'vouchsafe-elsewhere-'))
  const stranger = await install({ STORAGE_URL: `file:${elsewhere}` })
  const { code, stderr } = await stranger.cli('org', 'list')
  expect(code).toBe(2)
  expect(stderr).toContain(`${elsewhere} is not the storage of this database: it has no .vouchsafe-storage`)
  const [, remedy = ''] = /write "([^"]+)" into/.exec(stderr) ?? []
  // The storage of an installation with another key and database.
  const foreign = await Installation.create({ STORAGE_URL: `file:${elsewhere}` })
  houses.push(foreign)
  await foreign.start()
  await foreign.stop()
  expect((await stranger.cli('org', 'list')).stderr).toContain('names another one')
  const third = await ownDatabase()
  const newcomer = await install({ ...third.settings, STORAGE_URL: `file:${elsewhere}` })
  expect((await newcomer.cli('org', 'list')).stderr).toContain('holds the files of another installation')
  await third.drop()
  // What the refusal says helps.
  await writeFile(join(elsewhere, '.vouchsafe-storage'), `${remedy}\n`)
  expect((await stranger.cli('org', 'list')).code).toBe(0)
  await rm(elsewhere, { recursive: true, force: true })
}, 90_000)
