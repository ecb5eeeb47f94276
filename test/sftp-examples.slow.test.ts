/** The workflows of examples/sftp, as a customer's cron runs them, against a real server; and every line of the guide. */
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeEd25519 } from '../server/exchange/file-exchange/file-exchange.key-pairs.ts'
import { addAccount } from '../server/exchange/file-exchange/file-exchange.ts'
import { startSftpServer, type SftpServer } from '../server/exchange/file-exchange/file-exchange.sftp.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import { setSetting } from '../server/tenancy/organisations/organisations.ts'
import { setMappings } from '../server/workforce/credential-types/credential-types.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'

const scripts = join(import.meta.dirname, '../examples/sftp')
const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n'
const person = (n: number): string =>
  `EMP${n},Sam,Chen${n},1992-03-15,emp${n}@example.com,RN-001,AHPRA,NMW${String(n).padStart(10, '0')},2020-06-01,2027-05-31\n`
const csv = header + person(1) + person(2)
const password = 'correct horse "battery" $HOME `staple`'

interface Outcome {
  readonly code: number
  readonly out: string
  readonly said: string
}

describe('the workflows', () => {
  let house: TestHouse
  let server: SftpServer
  let key: Awaited<ReturnType<typeof makeEd25519>>
  let folder: string
  let organisationId: string
  let username: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
    await server.allKeysInUse
    key = await makeEd25519()
  })
  afterAll(async () => {
    await server.stop(0)
    await house.close()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-workflows-'))
    organisationId = (await house.newOrganisation()).id
    username = `user-${randomCharacters(8)}`
    await house.runtime.write(organisationId, operator, async (ctx) => {
      await setMappings(ctx, [{ code: 'AHPRA', target: 'AHPRA' }])
      await setSetting(ctx, 'import.quietSeconds', '0')
      await addAccount(ctx, { username, publicKeys: [key.public], password })
    })
    await writeFile(join(folder, 'key'), key.private, { mode: 0o600 })
    const { stdout } = await new Promise<{ stdout: string }>((resolve, reject) =>
      execFile('ssh-keyscan', ['-p', String(server.port), '127.0.0.1'], (error, out) =>
        error ? reject(error as Error) : resolve({ stdout: out }),
      ),
    )
    await writeFile(join(folder, 'known_hosts'), stdout)
    await mkdir(join(folder, 'got'))
    return () => rm(folder, { recursive: true, force: true })
  })

  const run = async (
    command: string,
    args: readonly string[],
    settings: Record<string, string | number> = {},
  ): Promise<Outcome> => {
    const all = {
      ...{ HOST: '127.0.0.1', PORT: server.port, ACCOUNT: username, KEY_FILE: join(folder, 'key') },
      ...{ KNOWN_HOSTS: join(folder, 'known_hosts'), STATE_DIR: join(folder, 'state') },
      ...{ ATTEMPTS: 3, WAIT_SECONDS: 0, POLL_SECONDS: 1 },
      ...settings,
    }
    const file = join(folder, `settings-${randomCharacters(6)}.sh`)
    await writeFile(
      file,
      Object.entries(all)
        .map(([name, value]) => `${name}='${value}'\n`)
        .join(''),
    )
    const environment = {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      VOUCHSAFE_SETTINGS: file,
    }
    return new Promise((resolve) => {
      execFile(join(scripts, command), args, { env: environment, cwd: folder }, (error, out, said) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 255 : 0, out, said }),
      )
    })
  }
  const local = async (name: string, content: string | Buffer = csv): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const files = (): Promise<{ folder: string; name: string; state: string; sha256: string }[]> =>
    house.owner(
      'select folder, name, state, sha256 from exchange_files where organisation_id = $1 order by folder, name',
      [organisationId],
    )
  const inFolder = async (path: string): Promise<string[]> =>
    (await files()).filter((file) => file.folder === path).map((file) => file.name)
  const runs = async (): Promise<string[]> =>
    (
      await house.owner<{ status: string }>(
        'select status from import_runs where organisation_id = $1 order by arrival',
        [organisationId],
      )
    ).map((row) => row.status)
  const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

  /** A line to the server, of which the first `cuts` connections that carry a file are cut in the middle of it. */
  const badLine = async (cuts: number): Promise<{ port: number; cut: number; listener: Server }> => {
    const line = { port: 0, cut: 0, listener: createServer() }
    line.listener.on('connection', (near) => {
      const far = connect(server.port, '127.0.0.1')
      let bytes = 0
      for (const socket of [near, far]) socket.on('error', () => {})
      near.on('data', (data) => {
        bytes += data.length
        if (bytes > 1_500_000 && line.cut < cuts) {
          line.cut += 1
          near.destroy()
          far.destroy()
        } else if (!far.write(data)) {
          near.pause()
          far.once('drain', () => near.resume())
        }
      })
      far.pipe(near)
      near.once('close', () => far.destroy())
    })
    await new Promise<void>((resolve) => line.listener.listen(0, '127.0.0.1', resolve))
    line.port = (line.listener.address() as AddressInfo).port
    const known = await readFile(join(folder, 'known_hosts'), 'utf8')
    await writeFile(
      join(folder, 'known_hosts'),
      known + known.replaceAll(`:${server.port} `, `:${line.port} `),
    )
    return line
  }

  test('a file is sent, arrives once, and its results are waited for', async () => {
    const path = await local('HRMS-20260201_060000.csv')
    expect(await run('upload.sh', [path])).toMatchObject({ code: 0, out: '' })
    expect(await inFolder('/upload')).toEqual(['HRMS-20260201_060000.csv'])
    expect(await runs()).toEqual(['RECEIVED'])
    const again = await run('upload.sh', [path])
    expect(again).toMatchObject({ code: 65 })
    expect(again.said).toContain('is on the server already')

    const waiting = run('wait-for-results.sh', ['HRMS-20260201_060000.csv', 'got'])
    await house.drain()
    expect(await waiting).toMatchObject({ code: 0 })
    expect((await readdir(join(folder, 'got'))).sort()).toEqual([
      'HRMS-20260201_060000-results.csv',
      'HRMS-20260201_060000-summary.json',
    ])
    expect(await readFile(join(folder, 'got', 'HRMS-20260201_060000-results.csv'), 'utf8')).toContain(
      'CREATED',
    )
    expect(await run('upload.sh', [path])).toMatchObject({ code: 65 })
    expect(await runs()).toEqual(['COMPLETED'])
  })

  test('a line that breaks is tried again, and the file goes on where it stopped', async () => {
    const content = Buffer.from(header + randomBytes(2_400_000).toString('hex'))
    const path = await local('HRMS-20260201.csv', content)
    const line = await badLine(2)
    const sent = await run('upload.sh', [path], { PORT: line.port, ATTEMPTS: 4 })
    expect(sent, sent.said).toMatchObject({ code: 0 })
    expect(line.cut).toBe(2)
    expect(await files()).toMatchObject([
      { folder: '/upload', name: 'HRMS-20260201.csv', state: 'COMPLETE', sha256: sha256(content) },
    ])
    expect(await runs()).toHaveLength(1)
    line.listener.close()
  })

  test('a server that cannot be reached, or is another one, is given up after as many tries', async () => {
    const path = await local('HRMS-20260201.csv')
    const refused = await run('upload.sh', [path], { PORT: 1, ATTEMPTS: 2 })
    expect(refused).toMatchObject({ code: 69 })
    expect(refused.said.match(/try \d of 2 failed/g)).toHaveLength(1)
    const other = await makeEd25519()
    await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${server.port} ${other.public}\n`)
    expect(await run('upload.sh', [path], { ATTEMPTS: 1 })).toMatchObject({ code: 69 })
    await writeFile(join(folder, 'known_hosts'), '')
    expect(await run('upload.sh', [path], { ATTEMPTS: 1 })).toMatchObject({ code: 69 })
    expect(await files()).toEqual([])
  })

  test('what is called wrongly is refused before anything is asked', async () => {
    for (const args of [
      [],
      ['a', 'b'],
      ['/nonexistent.csv'],
      [await local('a b.csv')],
      [await local('x;ls.csv')],
    ])
      expect(await run('upload.sh', args), args.join(' ')).toMatchObject({ code: 64 })
    expect(await run('upload.sh', [await local('a.csv')], { KEY_FILE: '' })).toMatchObject({ code: 64 })
    expect(await run('upload.sh', [await local('a.csv')], { HOST: '' })).toMatchObject({ code: 64 })
    expect(await run('download-exports.sh', ['/nonexistent'])).toMatchObject({ code: 64 })
    expect(await run('wait-for-results.sh', ['a.csv', 'got', 'soon'])).toMatchObject({ code: 64 })
  })

  test('a password is read from its file and shown to nobody', async () => {
    await mkdir(join(folder, 'bin'))
    const real = (process.env['PATH'] ?? '').split(':').map((place) => join(place, 'sftp'))
    const found = (
      await Promise.all(
        real.map((path) =>
          stat(path).then(
            () => path,
            () => undefined,
          ),
        ),
      )
    ).find(Boolean)
    await writeFile(
      join(folder, 'bin', 'sftp'),
      `#!/bin/sh\nprintf '%s\\n' "$@" >> "${folder}/arguments"\nexec ${found} "$@"\n`,
    )
    await chmod(join(folder, 'bin', 'sftp'), 0o755)
    await writeFile(join(folder, 'password'), `${password}\n`, { mode: 0o600 })
    const path = await local('HRMS-20260201.csv')
    const how = { KEY_FILE: '', PASSWORD_FILE: join(folder, 'password') }
    expect(await run('upload.sh', [path], how)).toMatchObject({ code: 0 })
    expect(await inFolder('/upload')).toEqual(['HRMS-20260201.csv'])
    const shown = await readFile(join(folder, 'arguments'), 'utf8')
    expect(shown).toContain(`${username}@127.0.0.1`)
    expect(shown).not.toContain('horse')
  })

  test('exports are fetched once each, those of missed days too', async () => {
    await local('HRMS-20260201.csv')
    await run('upload.sh', ['HRMS-20260201.csv'])
    await house.drain()
    const first = await run('download-exports.sh', ['got'])
    expect(first).toMatchObject({ code: 0 })
    const [oldest] = await inFolder('/download')
    expect(first.out).toBe(`${oldest}\n`)
    expect(await readFile(join(folder, 'got', oldest as string), 'utf8')).toContain('"EMP1","AHPRA"')
    await rm(join(folder, 'got', oldest as string))
    expect(await run('download-exports.sh', ['got'])).toMatchObject({ code: 0, out: '' })

    for (let day = 0; day < 2; day += 1) {
      house.clock.advance('1d')
      await house.drain()
    }
    const archived = (await inFolder('/download/archive')).filter((name) => name !== oldest)
    const missed = [...archived, ...(await inFolder('/download'))]
    expect(archived.length).toBeGreaterThan(0)
    const later = await run('download-exports.sh', ['got'])
    expect(later).toMatchObject({ code: 0, out: missed.map((name) => `${name}\n`).join('') })
    expect((await readdir(join(folder, 'got'))).sort()).toEqual(missed)
  })

  test('the exit code of waiting says what came of a file', async () => {
    const wait = (name: string): Promise<Outcome> => run('wait-for-results.sh', [name, 'got', '0'])
    expect(await wait('HRMS-20260201.csv')).toMatchObject({ code: 4 })

    await run('upload.sh', [await local('HRMS-20260201_01.csv')])
    await house.drain()
    expect(await wait('HRMS-20260201_01.csv')).toMatchObject({ code: 3 })
    expect(
      JSON.parse(await readFile(join(folder, 'got', 'HRMS-20260201_01.csv-error.json'), 'utf8')),
    ).toMatchObject({
      code: 'FILE_NAME_INVALID',
    })

    await run('upload.sh', [await local('HRMS-20260201_010000.csv', csv + person(3).replace('1992', '19x2'))])
    await house.drain()
    expect(await wait('HRMS-20260201_010000.csv')).toMatchObject({ code: 1 })

    await run('upload.sh', [await local('HRMS-20260201_020000.csv', header)])
    await house.drain()
    expect(await runs()).toContain('HELD')
    expect(await wait('HRMS-20260201_020000.csv')).toMatchObject({ code: 2 })

    await run('upload.sh', [await local('HRMS-20260201_030000.csv', '')])
    await house.drain()
    expect(await wait('HRMS-20260201_030000.csv')).toMatchObject({ code: 3 })
  })

  test('a file that waits is taken back; one that is done is not', async () => {
    await run('upload.sh', [await local('HRMS-20260201_010000.csv')])
    expect(await run('cancel-upload.sh', ['HRMS-20260201_010000.csv'])).toMatchObject({ code: 0 })
    expect(await runs()).toEqual(['CANCELLED'])
    expect(await inFolder('/upload')).toEqual([])
    expect(await run('cancel-upload.sh', ['HRMS-20260201_010000.csv'])).toMatchObject({ code: 1 })

    await run('upload.sh', [await local('HRMS-20260201_020000.csv')])
    await house.drain()
    expect(await run('cancel-upload.sh', ['HRMS-20260201_020000.csv'])).toMatchObject({ code: 1 })

    await run('upload.sh', [await local('HRMS-20260201_030000.csv', header)])
    await house.drain()
    expect(await runs()).toEqual(['CANCELLED', 'COMPLETED', 'HELD'])
    expect(await run('cancel-upload.sh', ['HRMS-20260201_030000.csv'])).toMatchObject({ code: 0 })
    expect(await runs()).toEqual(['CANCELLED', 'COMPLETED', 'CANCELLED'])
  })

  test('two runs at once do not meet', async () => {
    await mkdir(join(folder, 'state', 'download.lock'), { recursive: true })
    await writeFile(join(folder, 'state', 'download.lock', 'pid'), String(process.pid))
    expect(await run('download-exports.sh', ['got'])).toMatchObject({ code: 75 })
    // Of a run that was killed there is nothing left but its lock.
    await writeFile(join(folder, 'state', 'download.lock', 'pid'), '999999999')
    expect(await run('download-exports.sh', ['got'])).toMatchObject({ code: 0 })
    expect(await readdir(join(folder, 'state'))).toEqual(['fetched'])
  })

  test('every command of the guide does what it says there', async () => {
    await local('constituents.csv')
    await writeFile(
      join(folder, 'config'),
      `Host oho-sftp\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${username}\n  IdentityFile ${folder}/key\n  UserKnownHostsFile ${folder}/known_hosts\n`,
    )
    const guide = (commands: readonly string[]): Promise<Outcome> =>
      new Promise((resolve) => {
        const child = execFile(
          'sftp',
          ['-vvv', '-F', join(folder, 'config'), '-o', 'BatchMode=yes', '-b', '-', 'oho-sftp'],
          { cwd: folder, maxBuffer: 2 ** 24 },
          (error, out, said) =>
            resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
        )
        child.stdin?.end(`${commands.join('\n')}\n`)
      })
    const done = await guide([
      'ls -la',
      'cd upload/constituents',
      'pwd',
      '!ls -l constituents.csv',
      'put constituents.csv HRMS-20260129_143000.csv',
      'put constituents.csv /upload/HRMS-POS-20260129_143000.csv',
      'put constituents.csv /upload/constituents/HRMS-20260130.csv',
      'cd /templates',
      'get employees-template.csv',
      'cd /download/results',
      'ls -la',
      'cd /upload',
      'rm HRMS-20260130.csv',
    ])
    expect(done).toMatchObject({ code: 0 })
    expect(done.out).toMatch(/^drwxr-x---.* upload$/m)
    expect(done.out).toMatch(/^drwxr-x---.* download$/m)
    expect(done.said).toContain('Authenticated to 127.0.0.1')
    expect(await inFolder('/upload')).toEqual(['HRMS-20260129_143000.csv', 'HRMS-POS-20260129_143000.csv'])
    expect(await readFile(join(folder, 'employees-template.csv'), 'utf8')).toContain('external_id')
  })

  test('the scripts are plain shell without a known fault', async () => {
    const names = (await readdir(scripts)).filter((name) => name.endsWith('.sh'))
    expect(names).toHaveLength(6)
    const checked = await new Promise<Outcome>((resolve) =>
      execFile(
        'shellcheck',
        ['-x', ...names.map((name) => `examples/sftp/${name}`)],
        { cwd: join(scripts, '../..') },
        (error, out, said) => resolve({ code: error ? 1 : 0, out, said }),
      ),
    )
    expect(checked).toEqual({ code: 0, out: '', said: '' })
  })
})
