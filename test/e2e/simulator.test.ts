/** The register simulator and `connector set` as an operator runs them: as processes, from outside (spec 97). */
import { spawn, type ChildProcess } from 'node:child_process'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installation, type Outcome } from './installation.ts'

const command = new URL('../../bin/vouchsafe.js', import.meta.url).pathname

interface Running {
  readonly url: string
  readonly line: string
  readonly process: ChildProcess
  /** Its exit code, or the signal that killed it. */
  readonly ended: Promise<number | string | null>
}

/** Starts `vouchsafe simulator` and waits until it says where it listens. */
async function startSimulator(folder: string, ...flags: string[]): Promise<Running> {
  const child = spawn(process.execPath, [command, 'simulator', ...flags], {
    cwd: folder,
    env: { ...process.env, DATA_DIR: join(folder, 'data') },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  )
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void ended.then((code) => reject(new Error(`ended with ${code}`)))
  })
  return { url: /http:\/\/[^"\s]+/.exec(line)?.[0] ?? '', line, process: child, ended }
}

const ask = async (url: string, number: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${url}/v1/checks`, { method: 'POST', body: JSON.stringify({ number }) })
  return { status: response.status, body: await response.json() }
}

describe('vouchsafe simulator', () => {
  let folder: string
  const started: Running[] = []
  const start = async (...flags: string[]): Promise<Running> => {
    const running = await startSimulator(folder, ...flags)
    started.push(running)
    return running
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-simulator-'))
  })
  afterAll(async () => {
    for (const { process: child } of started) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'listens on a free port, answers, and ends on %s',
    async (signal) => {
      const one = await start('--port', '0')
      const other = await start('--port', '0', '--json')
      expect(one.line).toMatch(/^The register simulator listens on http:\/\/127\.0\.0\.1:\d+$/)
      expect(JSON.parse(other.line)).toEqual({ url: other.url })
      expect(one.url).not.toBe(other.url)
      for (const { url } of [one, other]) {
        expect(await ask(url, '1230001')).toMatchObject({ status: 200, body: { status: 'CURRENT' } })
        expect(await ask(url, '1230003')).toMatchObject({ status: 200, body: { status: 'SUSPENDED' } })
        expect(await ask(url, '1230005')).toMatchObject({ status: 404 })
      }
      // Also while it thinks.
      const waiting = ask(one.url, '1230006').catch(() => 'broken off')
      await fetch(`${one.url}/healthz`)
      for (const { process: child } of [one, other]) child.kill(signal)
      expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0])
      expect(await waiting).toBe('broken off')
      await expect(ask(one.url, '1230001')).rejects.toThrow()
      // It is no server of the house: nothing is made for one.
      await expect(access(join(folder, 'data'))).rejects.toThrow()
    },
  )

  test('ends with whoever started it, if told so', async () => {
    const { process: child, ended } = await start('--port', '0', '--until-stdin-ends')
    child.stdin?.end()
    expect(await ended).toBe(0)
  })

  test('says what is wrong with a port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const house = await Installation.create()
    try {
      const { port } = taken.address() as AddressInfo
      const refuses = async (given: string, word: string): Promise<void> => {
        const { code, stdout, stderr } = await house.cli('simulator', '--port', given)
        expect({ code, stdout }, given).toEqual({ code: 2, stdout: '' })
        expect(stderr).toContain(word)
      }
      await Promise.all([
        refuses(String(port), 'EADDRINUSE'),
        ...['65536', '-1', 'http'].map((given) => refuses(given, '--port')),
      ])
    } finally {
      taken.close()
      await house.remove()
    }
  })
}, 120_000)

describe('vouchsafe connector', () => {
  let house: Installation
  let simulator: Running
  const organisation = 'Sunrise Aged Care'
  const secret = 'Open-Sesame-77'
  const set = ['connector', 'set', '--org', organisation, '--register', 'AHPRA'] as const

  beforeAll(async () => {
    // As by default: no sandbox, and nothing but public https from anybody but the operator.
    house = await Installation.create({ SANDBOX: '0' })
    await house.start()
    simulator = await startSimulator(house.folder, '--port', '0')
    await house.json('org', 'create', organisation)
  }, 120_000)
  afterAll(async () => {
    simulator.process.kill('SIGKILL')
    await house.remove()
  })
  const refused = async (outcome: Promise<Outcome>, code: number, ...words: string[]): Promise<void> => {
    const { code: actual, stderr, stdout } = await outcome
    for (const word of words) expect(stderr).toContain(word)
    expect({ code: actual, stdout }, stderr).toEqual({ code, stdout: '' })
    expect(stderr, 'no inside shows').not.toMatch(/\bat .*\.ts:\d+|select |insert /)
  }
  const list = (): Promise<{ code: string; connector: { kind: string; version: number } | null }[]> =>
    house.json('connector', 'list', '--org', organisation)
  const connected = async (): Promise<unknown> =>
    (await list()).find(({ code }) => code === 'AHPRA')?.connector

  test('asks the simulator about everybody from then on, on a running server and a stopped one', async () => {
    expect(await connected()).toBeNull()
    const rows = ['0001', '0003', '0005'].map(
      (four, n) =>
        `E${n},Sam,Chen${n},1990-01-01,sam${n}@example.com,RN-001,AHPRA,NMW000123${four},2026-06-01,2035-05-31`,
    )
    const people = join(house.folder, 'people.csv')
    await writeFile(
      people,
      `external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date\n${rows.join('\n')}\n`,
    )
    await house.json('import', '--org', organisation, people, '--source', 'HRMS', '--mode', 'snapshot')
    const made = await house.json<{ connector: object }>(
      ...set,
      '--kind',
      'simulator',
      '--url',
      simulator.url,
    )
    expect(made).toMatchObject({
      register: 'AHPRA',
      connector: { kind: 'simulator', version: 1, hasSecret: false },
    })
    expect((await house.cli('jobs', 'run', '--until-idle')).code).toBe(0)
    const out = join(house.folder, 'statuses.csv')
    expect((await house.cli('export', '--org', organisation, '--out', out)).code).toBe(0)
    expect((await readFile(out, 'utf8')).match(/"(?:green|yellow|red)"/g)).toEqual([
      '"green"',
      '"red"',
      '"yellow"',
    ])
    expect((await house.cli('connector', 'list', '--org', organisation)).stdout).toMatch(
      /AHPRA\s+simulator\s+ok/,
    )

    await house.stop()
    expect(await connected()).toMatchObject({ kind: 'simulator', version: 1 })
    expect(await house.json(...set, '--kind', 'simulator', '--url', simulator.url)).toMatchObject({
      connector: { version: 2 },
    })
    await house.start()
    expect(await connected()).toMatchObject({ version: 2 })
  })

  test('takes settings from a file and the secret from standard input, and shows it nowhere', async () => {
    const settings = join(house.folder, 'settings.json')
    await writeFile(
      settings,
      JSON.stringify({
        url: 'https://1.1.1.1/{number}',
        method: 'GET',
        auth: { kind: 'header', name: 'x-api-key' },
      }),
    )
    await refused(house.cli(...set, '--kind', 'http', '--settings', settings), 2, 'header needs its secret')
    const piped = spawn(
      process.execPath,
      [command, ...set, '--kind', 'http', '--settings', settings, '--secret-stdin', '--json'],
      { env: house.environment, cwd: house.folder, stdio: ['pipe', 'pipe', 'pipe'] },
    )
    let said = ''
    for (const stream of [piped.stdout, piped.stderr])
      stream.on('data', (bytes: Buffer) => (said += String(bytes)))
    piped.stdin.end(`${secret}\n`)
    expect(await new Promise((resolve) => piped.once('close', resolve)), said).toBe(0)
    said += (await house.cli('connector', 'list', '--org', organisation, '--json')).stdout
    expect(said).toContain('"hasSecret":true')
    expect(said + house.said + house.log.join('\n')).not.toContain(secret)
    // It goes nowhere else.
    await refused(
      house.cli(...set, '--kind', 'http', '--settings', settings, '--url', 'https://1.0.0.1/{number}'),
      2,
      'Send the secret again',
    )
  })

  test('says what is wrong, and changes nothing', async () => {
    const before = await connected()
    const file = async (name: string, content: string): Promise<string> => {
      const path = join(house.folder, name)
      await writeFile(path, content)
      return path
    }
    const cut = await file('cut.json', '{"url":')
    const list = await file('list.json', '["x"]')
    const faulty = await file('faulty.json', '{"url":"https://1.1.1.1","pace":1,"atOnce":0}')
    await Promise.all([
      refused(house.cli(...set, '--kind', 'htpp'), 2, '--kind', 'simulator'),
      refused(house.cli(...set, '--kind', 'http', '--url', simulator.url), 2, 'use https'),
      refused(house.cli(...set, '--kind', 'simulator', '--url', 'http://10.0.0.1:8095'), 2, '10.0.0.1'),
      refused(house.cli(...set, '--kind', 'http', '--settings', cut), 2, 'JSON'),
      refused(house.cli(...set, '--kind', 'http', '--settings', list), 2, 'JSON object'),
      refused(house.cli(...set, '--kind', 'http', '--settings', faulty), 2, 'pace', 'settings.atOnce'),
      refused(house.cli(...set, '--kind', 'http', '--settings', 'none.json'), 2, 'none.json'),
      refused(
        house.cli(...set, '--register', 'NOWHERE', '--kind', 'simulator', '--url', simulator.url),
        4,
        'register',
      ),
    ])
    expect(await connected()).toEqual(before)
  })

  test('asks no more when told so', async () => {
    const remove = ['connector', 'remove', '--org', organisation, '--register', 'AHPRA'] as const
    expect((await house.cli(...remove)).code).toBe(0)
    expect(await connected()).toBeNull()
    await refused(house.cli(...remove), 4, 'not connected')
  })
}, 120_000)
