/** The server as the clients that everybody has see it: OpenSSH's, and curl. */
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { randomCharacters } from '../../platform/ids.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'
import { setMappings } from '../../workforce/credential-types/credential-types.ts'
import { addAccount, type AccountRequest } from './file-exchange.ts'
import { startSftpServer, type SftpServer } from './file-exchange.sftp.ts'

const csv =
  '"external_id","first_name","middle_name","last_name","dob","email","position_id","licence_type","licence_number","issue_date","expiry_date"\n' +
  '"EMP001","Sarah","Jane","Chen","1992-03-15","sarah.chen@example.com","RN-001","AHPRA","NMW0001234567","2020-06-01","2026-05-31"\n'

const hasCurl = (() => {
  try {
    return execFileSync('curl', ['-V']).toString().includes(' sftp ')
  } catch {
    return false
  }
})()

interface Outcome {
  code: number
  out: string
}

function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...environment }, timeout: 60_000 },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 255 : 0
        resolve({ code, out: `${stdout}${stderr}` })
      },
    )
    child.stdin?.end()
  })
}

describe('OpenSSH and curl', () => {
  let house: TestHouse
  let server: SftpServer
  let folder: string
  let organisationId: string
  let username: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await startSftpServer(house.runtime, { host: '127.0.0.1', port: 0 })
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-openssh-'))
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', join(folder, 'ed')])
    await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '3072', '-N', '', '-f', join(folder, 'rsa')])
    await server.allKeysInUse
  })
  afterAll(async () => {
    await server.stop(0)
    await house.close()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    username = `user-${randomCharacters(8)}`
    await house.runtime.write(organisationId, operator, (ctx) =>
      setMappings(ctx, [
        { code: 'VICWWC', target: 'WWCC_VIC' },
        { code: 'AHPRA', target: 'AHPRA' },
      ]),
    )
  })

  const account = async (
    request: Partial<AccountRequest> & { key?: 'ed' | 'rsa' | null } = {},
  ): Promise<void> => {
    const { key = 'ed', ...rest } = request
    const publicKeys = key === null ? [] : [await readFile(join(folder, `${key}.pub`), 'utf8')]
    await house.runtime.write(organisationId, operator, (ctx) =>
      addAccount(ctx, { username, publicKeys, ...rest }),
    )
  }
  const options = (more: readonly string[] = []): string[] => [
    '-q',
    '-F',
    'none',
    ...[
      'UserKnownHostsFile=/dev/null',
      'StrictHostKeyChecking=no',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      ...more,
    ].flatMap((option) => ['-o', option]),
  ]
  /** Runs sftp's commands with a key; stops at the first that fails unless it begins with a dash. */
  const sftp = async (
    commands: readonly string[],
    more: readonly string[] = [],
    key = 'ed',
  ): Promise<Outcome> => {
    const batch = join(folder, `batch-${randomCharacters(6)}`)
    await writeFile(batch, commands.join('\n') + '\n')
    return run('sftp', [
      ...options(['BatchMode=yes', ...more]),
      '-i',
      join(folder, key),
      '-P',
      String(server.port),
      '-b',
      batch,
      `${username}@127.0.0.1`,
    ])
  }
  const local = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, `${randomCharacters(6)}-${name}`)
    await writeFile(path, content)
    return path
  }
  const audit = async (): Promise<string[]> =>
    (
      await house.owner<{ action: string }>(
        "select action from audit_entries where organisation_id = $1 and channel = 'SFTP' and entity_type like 'sftp%' order by at, id",
        [organisationId],
      )
    )
      .map((row) => row.action)
      .sort()

  test('a file that is put is imported, archived and answered for', async () => {
    await account()
    const path = await local('upload.csv', csv)
    const put = await sftp([`put ${path} /upload/HRMS-20260129_143000.csv`, 'ls -1 /upload'])
    expect(put).toMatchObject({ code: 0 })
    expect(put.out).toContain('/upload/HRMS-20260129_143000.csv')
    await house.drain()
    const got = join(folder, 'results.csv')
    const after = await sftp([
      'ls -1 /upload',
      'ls -1 /upload/archive',
      'ls -1 /download',
      'ls -1 /download/results',
      `get /download/results/HRMS-20260129_143000-results.csv ${got}`,
      `get /download/results/HRMS-20260129_143000-summary.json ${got}.json`,
    ])
    expect(after).toMatchObject({ code: 0 })
    expect(after.out).not.toContain('/upload/HRMS-20260129_143000.csv')
    expect(after.out).toContain('/upload/archive/HRMS-20260129_143000.csv')
    expect(after.out).toMatch(/\/download\/Vouchsafe-\d{8}_\d{6}\.csv/)
    expect(await readFile(got, 'utf8')).toContain('"CREATED"')
    expect(JSON.parse(await readFile(`${got}.json`, 'utf8'))).toMatchObject({
      fileName: 'HRMS-20260129_143000.csv',
      status: 'COMPLETED',
      source: 'HRMS',
      counts: { rows: 1, created: 1 },
    })
    expect(await audit()).toEqual(['download', 'download', 'login', 'login', 'upload'])
  })

  test('the path of the older guide, the templates and the fixed folders', async () => {
    await account()
    const path = await local('constituents.csv', csv)
    const done = await sftp([
      'cd upload/constituents',
      'pwd',
      `put ${path} HRMS-20260129.csv`,
      'ls -la /',
      'ls -1 /upload',
      'cd /templates',
      'ls -1',
      '-mkdir /upload/new',
      '-rmdir /upload/archive',
      `-put ${path} /upload/archive/x.csv`,
      `-put ${path} /download/x.csv`,
      `-put ${path} /templates/x.csv`,
      '-rename /templates/employees-template.csv /templates/y.csv',
      '-rm /templates/employees-template.csv',
      '-ln /upload/HRMS-20260129.csv /upload/link',
      '-ln -s /etc/passwd /upload/link',
    ])
    expect(done.code).toBe(0)
    expect(done.out).toContain('Remote working directory: /upload')
    expect(done.out).toContain('employees-template.csv')
    expect(done.out).not.toMatch(/\/upload\/constituents\n/)
    expect(done.out.match(/Permission denied/gi)).toHaveLength(7)
    expect(done.out).toMatch(/^drwxr-x--- .* upload$/m)
    const refused = await house.owner<{ n: number }>(
      "select count(*)::int as n from audit_entries where organisation_id = $1 and action = 'refuse'",
      [organisationId],
    )
    expect(refused[0]?.n).toBe(7)
  })

  test('rename onto a final name is the arrival; posix-rename replaces', async () => {
    await account()
    const path = await local('a.csv', csv)
    await sftp([`put ${path} /upload/HRMS-20260129.csv.part`])
    await house.drain()
    expect((await sftp(['ls -1 /upload'])).out).toContain('HRMS-20260129.csv.part')
    const renamed = await sftp([
      'rename /upload/HRMS-20260129.csv.part /upload/HRMS-20260129.csv',
      `put ${path} /upload/.b`,
      'rename /upload/.b /upload/HRMS-20260129.csv',
    ])
    expect(renamed).toMatchObject({ code: 0 })
    await house.drain()
    const runs = await house.owner<{ status: string }>(
      'select status from import_runs where organisation_id = $1 order by arrival',
      [organisationId],
    )
    expect(runs.map((row) => row.status)).toEqual(['CANCELLED', 'COMPLETED'])
    expect((await sftp(['ls -1 /upload/archive'])).out).toContain('HRMS-20260129.csv')
  })

  test('deleting a file that waits cancels it', async () => {
    await account()
    const path = await local('a.csv', csv)
    expect(
      await sftp([`put ${path} /upload/HRMS-20260129.csv`, 'rm /upload/HRMS-20260129.csv']),
    ).toMatchObject({ code: 0 })
    await house.drain()
    const runs = await house.owner<{ status: string }>(
      'select status from import_runs where organisation_id = $1',
      [organisationId],
    )
    expect(runs).toEqual([{ status: 'CANCELLED' }])
    expect((await sftp(['ls -1 /download/results'])).out).not.toContain('summary')
  })

  test('a large file goes up and comes down as it was, with rekeying, keeping its time', async () => {
    await account()
    const content = Buffer.alloc(6_000_000)
    for (let at = 0; at < content.length; at += 4) content.writeUInt32BE((at * 2_654_435_761) % 2 ** 32, at)
    const path = await local('big.bin', content)
    const back = join(folder, 'back.bin')
    const done = await sftp(
      [`put -p ${path} /upload/big.bin`, `get -p /upload/big.bin ${back}`],
      ['RekeyLimit=1M'],
    )
    expect(done).toMatchObject({ code: 0 })
    expect(content.equals(await readFile(back))).toBe(true)
    expect(Math.floor((await stat(back)).mtimeMs / 1000)).toBe(Math.floor((await stat(path)).mtimeMs / 1000))
  })

  test('a cut upload is seen by its account alone, and reput goes on with it', async () => {
    await account()
    const content = Buffer.from(csv.repeat(20_000))
    const path = await local('cut.csv', content)
    // Slow enough to be in the middle of it when the client is killed.
    const child = execFile('sftp', [
      ...options(['BatchMode=yes']),
      '-l',
      '4000',
      '-i',
      join(folder, 'ed'),
      '-P',
      String(server.port),
      '-b',
      '-',
      `${username}@127.0.0.1`,
    ])
    child.stdin?.write(`put ${path} /upload/HRMS-20260129.csv\n`)
    const partial = async (): Promise<{ bytes: number; state: string } | undefined> =>
      (
        await house.owner<{ bytes: number; state: string }>(
          'select bytes::int, state from exchange_files where organisation_id = $1',
          [organisationId],
        )
      )[0]
    while (!(await partial())) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.kill('SIGKILL')
    while (((await partial())?.bytes ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const cut = await partial()
    expect(cut?.state).toBe('PARTIAL')
    expect(cut?.bytes).toBeLessThan(content.length)
    await house.drain()
    expect((await sftp(['ls -l /upload'])).out).toContain(String(cut?.bytes))

    expect(await sftp([`reput ${path} /upload/HRMS-20260129.csv`])).toMatchObject({ code: 0 })
    const file = await house.owner<{ bytes: number; sha256: string; state: string }>(
      'select bytes::int, sha256, state from exchange_files where organisation_id = $1',
      [organisationId],
    )
    expect(file).toEqual([
      {
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        state: 'COMPLETE',
      },
    ])
  })

  test('a file above the limit is stopped and explained; a wrong name stays and is explained', async () => {
    await account()
    await house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, 'import.maxBytes', '100000'))
    const big = await local('big.csv', Buffer.alloc(100_001, 'a'))
    const exact = await local('exact.csv', Buffer.alloc(100_000, 'a'))
    const done = await sftp([
      `-put ${big} /upload/HRMS-20260129.csv`,
      `put ${exact} /upload/employees.csv`,
      'ls -1 /upload',
      'ls -1 /download/results',
      `get /download/results/HRMS-20260129.csv-error.json ${folder}/large.json`,
      `get /download/results/employees.csv-error.json ${folder}/name.json`,
    ])
    expect(done.code).toBe(0)
    expect(done.out).not.toMatch(/^\/upload\/HRMS/m)
    expect(done.out).toContain('/upload/employees.csv')
    expect(JSON.parse(await readFile(`${folder}/large.json`, 'utf8'))).toMatchObject({
      code: 'BODY_TOO_LARGE',
      fileName: 'HRMS-20260129.csv',
    })
    const name = JSON.parse(await readFile(`${folder}/name.json`, 'utf8')) as { code: string; detail: string }
    expect(name.code).toBe('FILE_NAME_INVALID')
    expect(name.detail).toContain('<source>-<YYYYMMDD_HHMMSS>.csv')
  })

  test('ls of 10,000 files', async () => {
    await account()
    await house.owner(
      `insert into exchange_files (organisation_id, id, folder, name, state, blob_key, bytes, sha256, modified_at)
       select $1, 'fil_' || n, '/download/results', 'S-' || n || '-results.csv', 'COMPLETE', 'blb_x', n, 'x', '2026-01-01' from generate_series(1, 10000) n`,
      [organisationId],
    )
    const listed = await sftp(['ls -1 /download/results'])
    expect(listed.out.split('\n').filter((line) => line.endsWith('-results.csv'))).toHaveLength(10_000)
  })

  test('password logins through ssh, wrong and right', async () => {
    await account({ key: null, password: 'correct horse battery' })
    const ask = join(folder, 'ask.sh')
    await writeFile(ask, '#!/bin/sh\nprintf "%s\\n" "$SECRET"\n')
    await chmod(ask, 0o700)
    const login = (secret: string): Promise<Outcome> =>
      run(
        'sftp',
        [
          ...options(['NumberOfPasswordPrompts=1', 'PubkeyAuthentication=no']),
          '-P',
          String(server.port),
          `${username}@127.0.0.1`,
        ],
        { SSH_ASKPASS: ask, SSH_ASKPASS_REQUIRE: 'force', SECRET: secret, DISPLAY: ':0' },
      )
    expect((await login('wrong horse battery')).code).toBe(255)
    expect((await login('correct horse battery')).code).toBe(0)
    while ((await audit()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await audit()).toEqual(['login', 'login-refused'])
  })

  test('RSA keys with SHA-2, the RSA host key, and every cipher offered', async () => {
    await account({ key: 'rsa' })
    expect(await sftp(['pwd'], [], 'rsa')).toMatchObject({ code: 0 })
    expect(await sftp(['pwd'], ['HostKeyAlgorithms=rsa-sha2-512'], 'rsa')).toMatchObject({ code: 0 })
    expect((await sftp(['pwd'], ['HostKeyAlgorithms=ssh-rsa'], 'rsa')).code).toBe(255)
    expect((await sftp(['pwd'], ['PubkeyAcceptedAlgorithms=ssh-rsa'], 'rsa')).code).toBe(255)
    for (const cipher of ['aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'])
      expect(await sftp(['pwd'], [`Ciphers=${cipher}`], 'rsa'), cipher).toMatchObject({ code: 0 })
    expect((await sftp(['pwd'], ['Ciphers=aes128-cbc'], 'rsa')).code).toBe(255)
  })

  test('no shell, no command, no forwarding; scp over sftp works', async () => {
    await account()
    const target = ['-i', join(folder, 'ed'), '-p', String(server.port), `${username}@127.0.0.1`]
    const ssh = (args: readonly string[]): Promise<Outcome> =>
      run('ssh', [...options(['BatchMode=yes']), ...args])
    expect((await ssh([...target, 'id'])).out).not.toContain('uid=')
    expect((await ssh(['-T', ...target])).code).not.toBe(0)
    expect((await ssh(['-W', '127.0.0.1:22', ...target])).code).not.toBe(0)
    const path = await local('scp.csv', csv)
    const copied = await run('scp', [
      '-v',
      ...options(['BatchMode=yes']).slice(1),
      '-s',
      '-i',
      join(folder, 'ed'),
      '-P',
      String(server.port),
      path,
      `${username}@127.0.0.1:/upload/HRMS-20260129.csv`,
    ])
    expect(copied).toMatchObject({ code: 0 })
  })

  test.skipIf(!hasCurl)('curl puts, appends, lists and fetches', async () => {
    await account({ key: null, password: 'correct horse battery' })
    const curl = (...args: string[]): Promise<Outcome> =>
      run('curl', ['-sS', '-k', '-u', `${username}:correct horse battery`, ...args])
    const url = `sftp://127.0.0.1:${server.port}`
    const path = await local('curl.csv', csv)
    const target = `${url}/upload/HRMS-20260129.csv`
    expect(
      await curl(
        '-T',
        path,
        `${target}.part`,
        '-Q',
        `-rename /upload/HRMS-20260129.csv.part /upload/x.csv.part`,
      ),
    ).toMatchObject({ code: 0 })
    expect(await curl('-a', '-T', path, `${url}/upload/x.csv.part`)).toMatchObject({ code: 0 })
    expect((await curl(`${url}/upload/`)).out).toMatch(/^-rw-r-----.* x\.csv\.part$/m)
    expect((await curl(`${url}/upload/x.csv.part`)).out).toBe(csv + csv)
    expect((await curl('-T', path, `${url}/download/x.csv`)).code).not.toBe(0)
  })

  test('the fingerprint is the one that ssh-keyscan sees', async () => {
    const scanned = join(folder, 'scanned')
    const { out } = await run('ssh-keyscan', ['-p', String(server.port), '-t', 'ed25519,rsa', '127.0.0.1'])
    await writeFile(
      scanned,
      out
        .split('\n')
        .filter((line) => line.startsWith('['))
        .join('\n'),
    )
    const prints = (await run('ssh-keygen', ['-l', '-f', scanned])).out
    expect(server.fingerprints).toHaveLength(2)
    for (const fingerprint of server.fingerprints) expect(prints).toContain(fingerprint.split(' ')[0])
  })
})
