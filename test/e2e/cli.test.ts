/**
 * The command line as scripts rely on it: the same commands and the same answers on a running server and on a stopped one
 * (spec 97).
 */
import { spawn } from 'node:child_process'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installation, type Outcome } from './installation.ts'

const people = (...rows: string[]): string =>
  [
    'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
    ...rows,
  ].join('\n') + '\n'
const sarah = 'E1,Sarah,Chen,1992-03-15,sarah@example.com,RN-001,FA,FA-1,2025-06-01,2028-05-31'
const adam = 'E2,Adam,Brown,1990-01-01,adam@example.com,RN-001,FA,FA-2,2025-06-01,2028-05-31'

describe.each(['running', 'stopped'] as const)(
  'on a %s server',
  (state) => {
    let house: Installation
    const organisation = 'Sunrise Aged Care'

    beforeAll(async () => {
      house = await Installation.create()
      if (state === 'running') await house.start()
    }, 90_000)
    afterAll(() => house.remove())

    const file = async (name: string, content: string): Promise<string> => {
      const path = join(house.folder, name)
      await writeFile(path, content)
      return path
    }
    const refused = async (outcome: Promise<Outcome>, code: number, ...words: string[]): Promise<void> => {
      const { code: actual, stderr, stdout } = await outcome
      for (const word of words) expect(stderr).toContain(word)
      expect({ code: actual, stdout }).toEqual({ code, stdout: '' })
      expect(stderr, 'no inside shows').not.toMatch(/\bat .*\.ts:\d+|select |insert /)
    }

    test('org create, show, set', async () => {
      const made = await house.json<{ id: string; name: string }>('org', 'create', organisation)
      expect(made).toEqual({
        id: expect.stringMatching(/^org_[0-9A-Za-z]{16}$/) as string,
        name: organisation,
      })
      await refused(house.cli('org', 'create', 'sunrise aged care'), 5, 'name')
      expect(await house.cli('org', 'set', organisation, 'export.filePrefix', 'Oho')).toMatchObject({
        code: 0,
      })
      expect((await house.cli('org', 'show', organisation)).stdout).toMatch(/export\.filePrefix\s+Oho/)
      expect((await house.cli('org', 'show', made.id)).stdout).toMatch(/export\.filePrefix\s+Oho/)
      await refused(house.cli('org', 'set', organisation, 'export.filePrefx', 'x'), 2, 'export.filePrefix')
      await refused(house.cli('org', 'set', organisation, 'import.maxRows', 'many'), 2, 'import.maxRows')
      await refused(house.cli('org', 'set', 'Nowhere', 'import.maxRows', '5'), 4, 'Nowhere')
    })

    test('token create shows the token once', async () => {
      const made = await house.json<{ id: string; token: string }>(
        'token',
        'create',
        '--org',
        organisation,
        '--name',
        'hris',
        '--grant',
        'worker:READ,CREATE',
        '--expires',
        '90d',
      )
      expect(made).toMatchObject({
        id: expect.stringMatching(/^tok_/) as string,
        token: expect.stringMatching(/^vs_/) as string,
      })
      await refused(
        house.cli('token', 'create', '--org', organisation, '--name', 'x', '--grant', 'wroker:READ'),
        2,
        'worker',
      )
      await refused(house.cli('token', 'create', '--org', organisation, '--name', 'x'), 2, '--all')
    })

    test('user invite, list and disable', async () => {
      const invite = [
        'user',
        'invite',
        '--org',
        organisation,
        '--email',
        'sarah@example.com',
        '--role',
      ] as const
      const made = await house.json<{ id: string; link: string }>(...invite, 'manager')
      expect(made).toMatchObject({
        id: expect.stringMatching(/^usr_/) as string,
        link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/console#invitation=[\w-]{43}$/) as string,
      })
      await refused(house.cli(...invite, 'manger'), 2, 'manager')
      await refused(house.cli(...invite, 'viewer'), 5, made.id)
      await refused(
        house.cli('user', 'invite', '--org', organisation, '--email', 'sarah', '--role', 'viewer'),
        2,
        'email',
      )
      expect(await house.json('user', 'list', '--org', organisation)).toEqual([
        {
          id: made.id,
          email: 'sarah@example.com',
          displayName: 'sarah@example.com',
          role: 'manager',
          state: 'INVITED',
        },
      ])
      expect(await house.cli('user', 'disable', '--org', organisation, 'SARAH@example.com')).toMatchObject({
        code: 0,
      })
      expect((await house.cli('user', 'list', '--org', organisation)).stdout).toMatch(/manager\s+DISABLED/)
      await refused(house.cli('user', 'disable', '--org', organisation, 'nobody@example.com'), 4)
    })

    test('mapping set and import', async () => {
      expect(await house.cli('mapping', 'set', '--org', organisation, 'FA', 'FIRST_AID')).toMatchObject({
        code: 0,
      })
      await refused(house.cli('mapping', 'set', '--org', organisation, 'X', 'WWC VIC'), 2, 'WWCC_VIC')
      const path = await file('mappings.csv', 'code,credential_type\nVICWWC,WWCC_VIC\nNDIS,ndis\n')
      expect(await house.cli('mapping', 'import', '--org', organisation, path)).toMatchObject({ code: 0 })
      await refused(
        house.cli('mapping', 'import', '--org', organisation, join(house.folder, 'nowhere.csv')),
        2,
        'nowhere.csv',
      )
    })

    test('sftp add-account with a key, and with a password', async () => {
      const key = await house.sshKey()
      const made = await house.json<{ username: string; fingerprint: string }>(
        'sftp',
        'add-account',
        '--org',
        organisation,
        '--username',
        'sunrise',
        '--key',
        `${key}.pub`,
      )
      expect(made).toMatchObject({
        username: 'sunrise',
        fingerprint: expect.stringMatching(/^SHA256:/) as string,
      })
      await refused(
        house.cli(
          'sftp',
          'add-account',
          '--org',
          organisation,
          '--username',
          'SUNRISE',
          '--key',
          `${key}.pub`,
        ),
        5,
        'SUNRISE',
      )
      // A private key in place of the public one must not be taken.
      await refused(
        house.cli('sftp', 'add-account', '--org', organisation, '--username', 'oops', '--key', key),
        2,
        'public',
      )
      const piped = spawn(
        process.execPath,
        [
          new URL('../../bin/vouchsafe.js', import.meta.url).pathname,
          'sftp',
          'add-account',
          '--org',
          organisation,
          '--username',
          'byword',
          '--password-stdin',
        ],
        { env: house.environment, cwd: house.folder, stdio: ['pipe', 'ignore', 'inherit'] },
      )
      piped.stdin.end('correct horse battery\n')
      expect(await new Promise((resolve) => piped.once('exit', resolve))).toBe(0)
    })

    test('import: plan, apply its hash, upsert; export', async () => {
      const both = await file('both.csv', people(sarah, adam))
      const planned = await house.json<{ status: string; planHash: string }>(
        'import',
        '--org',
        organisation,
        both,
        '--source',
        'HRMS',
        '--mode',
        'snapshot',
        '--plan',
      )
      expect(planned).toMatchObject({ status: 'PLANNED', counts: { workersCreated: 2 } })
      await refused(
        house.cli('import', '--org', organisation, both, '--source', 'HRMS', '--apply', 'f'.repeat(64)),
        5,
        'hash',
      )
      expect(
        await house.json(
          'import',
          '--org',
          organisation,
          both,
          '--source',
          'HRMS',
          '--mode',
          'snapshot',
          '--apply',
          planned.planHash,
        ),
      ).toMatchObject({ status: 'COMPLETED' })
      const broken = await house.cli(
        'import',
        '--org',
        organisation,
        await file('broken.csv', 'external_id,first_name\nE1'),
        '--source',
        'HRMS',
      )
      expect(broken.code).toBe(1)
      expect(broken.stdout + broken.stderr).toContain('last_name')
      await refused(
        house.cli('import', '--org', organisation, join(house.folder, 'none.csv'), '--source', 'HRMS'),
        2,
        'none.csv',
      )

      await refused(
        house.cli('export', '--org', organisation, '--out', join(house.folder, 'no/where.csv')),
        2,
        'no/where.csv cannot be written',
      )
      const out = join(house.folder, 'statuses.csv')
      expect(await house.cli('export', '--org', organisation, '--out', out)).toMatchObject({ code: 0 })
      expect(await readFile(out, 'utf8')).toBe(
        '"external_id","licence_type","licence_number","issue_date","expiry_date","licence_status"\n' +
          '"E1","FA","FA-1","2025-06-01","2028-05-31","yellow"\n"E2","FA","FA-2","2025-06-01","2028-05-31","yellow"\n',
      )
    })

    test('a held import ends with 8 and says how to go on', async () => {
      const held = await house.cli(
        'import',
        '--org',
        organisation,
        await file('new.csv', people(adam)),
        '--source',
        'Payroll',
        '--mode',
        'snapshot',
      )
      expect(held.code).toBe(8)
      expect(held.stdout + held.stderr).toMatch(/--apply [0-9a-f]{64}/)
    })

    test('the clock of the sandbox, and jobs', async () => {
      expect(await house.cli('clock', 'set', '2028-06-02T00:00:00Z')).toMatchObject({ code: 0 })
      expect(await house.cli('jobs', 'run', '--until-idle')).toMatchObject({ code: 0 })
      const out = join(house.folder, 'later.csv')
      await house.cli('export', '--org', organisation, '--out', out)
      expect((await readFile(out, 'utf8')).match(/"red"/g)).toHaveLength(2)
      expect(await house.cli('clock', 'advance', '3d')).toMatchObject({ code: 0 })
      await refused(house.cli('clock', 'set', 'yesterday'), 2, '2026-02-01T00:00:00Z')
      expect(await house.cli('clock', 'reset')).toMatchObject({ code: 0 })
      expect(await house.cli('jobs', 'run', '--until-idle')).toMatchObject({ code: 0 })
      expect(await house.json<unknown[]>('jobs', 'list', '--failed')).toEqual([])
      await refused(house.cli('jobs', 'retry', 'nothing'), 4, 'no failed job')
    })

    test('doctor finds nothing, config print shows no secret', async () => {
      expect(await house.cli('doctor')).toMatchObject({ code: 0 })
      const printed = (await house.cli('config', 'print')).stdout
      expect(printed).toContain('DATA_DIR')
      const key = (await readFile(join(house.folder, 'data/keys/master.key'), 'utf8')).trim()
      expect(printed).not.toContain(key)
      expect((await stat(join(house.folder, 'data/keys/master.key'))).mode & 0o077).toBe(0)
    })

    if (state === 'running')
      test('a second server on the same data is refused at once', async () => {
        await refused(house.cli('serve'), 5, 'DATA_DIR')
        expect((await house.cli('doctor')).code).toBe(0)
      })

    if (state === 'stopped')
      test('leaves nothing running behind', async () => {
        const kept = await readFile(join(house.folder, 'data/postgres.json'), 'utf8')
        const home =
          (JSON.parse(kept) as { folder: string | null }).folder ?? join(house.folder, 'data/postgres')
        const files = await readdir(join(home, 'database'))
        expect(files).toContain('PG_VERSION')
        expect(files).not.toContain('postmaster.pid')
      })
  },
  120_000,
)

describe('whatever the server does', () => {
  let house: Installation
  beforeAll(async () => {
    house = await Installation.create({ SANDBOX: '0' })
  })
  afterAll(() => house.remove())

  test.each([
    [['srve'], 2, 'serve'],
    [['org', 'crate', 'x'], 2, 'create'],
    [['token', 'create', '--orgg', 'x'], 2, '--org'],
    [['import'], 2, '--org'],
    [['serve', '--http-prot', '0'], 2, '--http-port'],
    [['clock', 'set', '2026-02-01T00:00:00Z'], 3, 'SANDBOX'],
  ] as const)('%j ends with %i and names %s', async (args, code, word) => {
    const outcome = await house.cli(...args)
    expect(outcome.stderr).toContain(word)
    expect(outcome.code).toBe(code)
  })

  test('a bad setting stops the start and lists every fault', async () => {
    const bad = await Installation.create({
      HTTP_PORT: '99999',
      SFTP_PORT: 'x',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
    })
    const outcome = await bad.cli('serve')
    expect(outcome.code).not.toBe(0)
    for (const name of ['HTTP_PORT', 'SFTP_PORT', 'LOG_LEVEL', 'DATABASE_URL'])
      expect(outcome.stderr).toContain(name)
    await bad.remove()
  })

  test('a database that is not there is said plainly', async () => {
    const lonely = await Installation.create({ DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/none' })
    const outcome = await lonely.cli('doctor')
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toMatch(/database/i)
    expect(outcome.stdout + outcome.stderr).not.toContain('secret')
    await lonely.remove()
  })

  test.each([[], ['org'], ['import'], ['sftp', 'add-account'], ['clock', 'set']])(
    '--help on %j',
    async (...path) => {
      const outcome = await house.cli(...(path as string[]), '--help')
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      expect(outcome.stdout).toContain('Usage: vouchsafe')
    },
  )

  test.each(['bash', 'zsh', 'fish'])('completion for %s', async (shell) => {
    const outcome = await house.cli('completion', shell)
    expect(outcome).toMatchObject({ code: 0 })
    expect(outcome.stdout).toContain('add-account')
  })

  test('a DATA_DIR that cannot be made is said with its path', async () => {
    const path = join(house.folder, 'taken')
    await writeFile(path, 'a file')
    await chmod(path, 0o600)
    const blocked = await Installation.create({ DATA_DIR: join(path, 'data') })
    const outcome = await blocked.cli('doctor')
    expect(outcome.code).not.toBe(0)
    expect(outcome.stdout + outcome.stderr).toContain(path)
    await blocked.remove()
  })
}, 120_000)
