/**
 * Registers under load and in trouble (spec 60, Checks): ten thousand questions due at once keep to the limit of 500 a
 * second, nobody waits behind them for ever, and a register that is slow, down, garbled or flapping changes nothing that is
 * known, shows it, and heals by itself.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receiveFile, runById } from '../../server/exchange/imports/imports.ts'
import { buildHttpServer } from '../../server/front-doors.ts'
import type { HttpServer } from '../../server/platform/http/http-server.ts'
import { setSetting } from '../../server/tenancy/organisations/organisations.ts'
import { setMappings } from '../../server/workforce/credential-types/credential-types.ts'
import { apiCaller, tokenFor, type Ask } from '../api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../harness.ts'

type Mood = 'well' | 'slow' | 'down' | 'garbled' | 'flapping'

/** A register of this test: it counts who asks and when, and can be in trouble. */
class Register {
  mood: Mood = 'well'
  /** How long it thinks about each question. */
  thinksMs = 0
  readonly asked: { at: number; number: string }[] = []
  atOnce = 0
  atOnceMax = 0
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => void this.#answer(Buffer.concat(chunks).toString(), response))
    })
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #answer(body: string, response: ServerResponse): Promise<void> {
    const question = (body === '' ? {} : JSON.parse(body)) as { number?: string; expiryDate?: string }
    this.asked.push({ at: performance.now(), number: question.number ?? '' })
    this.atOnce += 1
    this.atOnceMax = Math.max(this.atOnceMax, this.atOnce)
    response.once('close', () => (this.atOnce -= 1))
    const isBad = this.mood === 'flapping' ? this.asked.length % 2 === 0 : this.mood !== 'well'
    if (isBad && this.mood === 'slow') await sleep(3_000)
    else if (this.thinksMs > 0) await sleep(this.thinksMs)
    if (isBad && this.mood === 'down') return void response.destroy()
    if (isBad && this.mood === 'garbled')
      return void response.writeHead(200).end('<html>{"status":"SUSPENDED"')
    if (isBad && this.mood === 'flapping') return void response.writeHead(503).end()
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ status: 'CURRENT', number: question.number, expiryDate: question.expiryDate }),
    )
  }

  /** Most questions that came within any second. */
  mostInASecond(): number {
    let most = 0
    let first = 0
    for (const [last, { at }] of this.asked.entries()) {
      while (at - (this.asked[first]?.at ?? 0) > 1_000) first += 1
      most = Math.max(most, last - first + 1)
    }
    return most
  }
}

const header =
  'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'

let house: TestHouse
let server: HttpServer
const registers: Register[] = []

beforeAll(async () => {
  house = await openTestHouse({ settings: { SANDBOX: '1' } })
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
  for (const register of registers) await register.close()
})

async function openRegister(): Promise<{ register: Register; url: string }> {
  const register = new Register()
  registers.push(register)
  return { register, url: await register.open() }
}

interface Credential {
  readonly id: string
  readonly attributes: {
    readonly number: string
    readonly eligibility: string | null
    readonly licenceStatus: string
    readonly assurance: string
    readonly statusReasons: readonly string[]
    readonly lastCheck: { readonly outcome: string } | null
  }
}

class Employer {
  readonly id: string
  readonly ask: Ask<Record<string, unknown>>
  files = 0

  constructor(id: string, token: string) {
    this.id = id
    this.ask = apiCaller<Record<string, unknown>>(
      () => server,
      () => token,
    )
  }

  static async open(): Promise<Employer> {
    const { id } = await house.newOrganisation()
    return new Employer(id, await tokenFor(house, id))
  }

  async connect(register: string, settings: object): Promise<void> {
    const answer = await this.ask('PUT', `/registers/${register}/connector`, { kind: 'simulator', settings })
    expect(answer.status, answer.payload).toBe(200)
  }

  async bring(rows: readonly string[]): Promise<void> {
    this.files += 1
    const content = Buffer.from([header, ...rows].join('\n') + '\n')
    const blob = await house.runtime.storage.write(
      this.id,
      (async function* () {
        yield content
      })(),
    )
    const { id } = await house.runtime.write(this.id, { ...operator, channel: 'SFTP' }, (ctx) =>
      receiveFile(ctx, {
        fileName: `HRMS-2026020${this.files}_060000.csv`,
        blob,
        fileId: `fil_${this.id}_${this.files}`,
      }),
    )
    await house.drain()
    const run = await house.runtime.read(this.id, operator, (ctx) => runById(ctx, id))
    expect(run.status, JSON.stringify(run.fault)).toBe('COMPLETED')
  }

  async credentials(query: string): Promise<Credential[]> {
    const { body } = await this.ask('GET', `/credentials?pageSize=200&${query}`)
    return body['data'] as unknown as Credential[]
  }

  async count(query: string): Promise<number> {
    const { body } = await this.ask('GET', `/credentials?pageSize=1&${query}`)
    return (body['meta'] as unknown as { total: number }).total
  }

  async registerShown(code: string): Promise<Record<string, unknown>> {
    return (await this.ask('GET', `/registers/${code}`)).body.data?.attributes as Record<string, unknown>
  }
}

const nurse = (n: number): string =>
  `N${n},Sam,Chen${n},1990-01-01,n${n}@example.com,RN-001,RN-AHPRA,NMW${String(n).padStart(10, '0')},2025-12-01,2026-11-30`
const carer = (n: number): string =>
  `C${n},Kim,Lee${n},1990-01-01,c${n}@example.com,RN-001,WWCC-V,${String(n).padStart(7, '0')}A,2025-12-01,2029-11-30`
const mappings = [
  { code: 'RN-AHPRA', target: 'AHPRA' },
  { code: 'WWCC-V', target: 'WWCC_VIC' },
]

const due = 10_000
const perSecond = 500
const slow = 60

test('10,000 due at 500 a second: the limit holds, and nothing starves', { timeout: 300_000 }, async () => {
  const large = await Employer.open()
  const small = await Employer.open()
  for (const one of [large, small]) await map(one)
  await house.runtime.write(large.id, operator, (ctx) => setSetting(ctx, 'import.maxRows', '20000'))
  await large.bring(Array.from({ length: due }, (_, n) => nurse(n + 1)))
  const people = Array.from({ length: slow }, (_, n) => carer(n + 1))
  await large.bring([...Array.from({ length: due }, (_, n) => nurse(n + 1)), ...people])
  await small.bring([nurse(1), nurse(2), nurse(3)])

  const fast = await openRegister()
  const thinking = await openRegister()
  thinking.register.thinksMs = 400
  const others = await openRegister()
  await large.connect('AHPRA', { url: fast.url, perSecond, atOnce: 32 })
  await large.connect('SERVICE_VICTORIA_WWC', { url: thinking.url, perSecond: 10, atOnce: 2 })
  await small.connect('AHPRA', { url: others.url, perSecond: 10, atOnce: 2 })

  const [wanted] = await large.credentials(`ownerExternalId=N${due}&credentialType=AHPRA`)
  const heapBefore = process.memoryUsage().rss
  let heapMost = heapBefore
  const watch = setInterval(() => (heapMost = Math.max(heapMost, process.memoryUsage().rss)), 200)
  const drained = house.drain()
  // Somebody asks about one in the middle of it.
  while (fast.register.asked.length < 1_000) await sleep(50)
  const askedBefore = fast.register.asked.length
  expect((await large.ask('POST', `/credentials/${wanted?.id}/verify`)).status).toBe(200)
  await drained
  clearInterval(watch)

  const { asked } = fast.register
  expect(new Set(asked.map(({ number }) => number)).size).toBe(due)
  expect(asked.length).toBeLessThanOrEqual(due + 1)
  // Some slack for what the network bunches.
  expect(fast.register.mostInASecond()).toBeLessThanOrEqual(perSecond * 1.05)
  expect(fast.register.atOnceMax).toBeLessThanOrEqual(32)
  expect(thinking.register.mostInASecond()).toBeLessThanOrEqual(11)
  expect(thinking.register.atOnceMax).toBeLessThanOrEqual(2)
  // Whoever asks comes first: behind what was on its way, two slices at most.
  const place = asked.findIndex(({ number }) => number === wanted?.attributes.number)
  expect(place - askedBefore).toBeLessThanOrEqual(2 * 4 * perSecond)
  // The slow register and the other employer's had their turns before the large queue was through.
  const half = asked[due / 2]?.at ?? 0
  expect(others.register.asked.filter(({ at }) => at < half)).toHaveLength(3)
  expect(thinking.register.asked.filter(({ at }) => at < (asked.at(-1)?.at ?? 0)).length).toBeGreaterThan(
    slow / 2,
  )
  expect(new Set(thinking.register.asked.map(({ number }) => number)).size).toBe(slow)

  expect(await large.count('assurance=VERIFIED')).toBe(due + slow)
  expect(await large.count('licenceStatus=green')).toBe(due + slow)
  expect(heapMost - heapBefore).toBeLessThan(300 * 1_048_576)
  // One turn of each credential waits, for next week; nothing else is queued.
  expect(
    await house.owner<{ count: number }>(
      'select count(*)::int as count from check_schedule where organisation_id = $1',
      [large.id],
    ),
  ).toEqual([{ count: due + slow }])
  // The others below do not wait for the turns of these.
  for (const one of [large, small])
    for (const code of ['AHPRA', 'SERVICE_VICTORIA_WWC'])
      await one.ask('DELETE', `/registers/${code}/connector`)
})

async function map(employer: Employer): Promise<void> {
  await house.runtime.write(employer.id, operator, (ctx) => setMappings(ctx, mappings))
}

test.each<[Mood, string]>([
  ['slow', 'TIMEOUT'],
  ['down', 'UNREACHABLE'],
  ['garbled', 'UNREADABLE'],
  ['flapping', 'SERVER_ERROR'],
])(
  'a register that is %s changes nothing that is known, shows it, and heals',
  { timeout: 300_000 },
  async (mood, fault) => {
    house.clock.set('2026-02-01T00:00:00Z')
    const employer = await Employer.open()
    await map(employer)
    await employer.bring(Array.from({ length: 60 }, (_, n) => nurse(n + 1)))
    const { register, url } = await openRegister()
    await employer.connect('AHPRA', { url, perSecond: 500, atOnce: 16, timeoutMs: 300 })
    await house.drain()
    const known = (credentials: readonly Credential[]): object[] =>
      credentials
        .map(({ id, attributes: { eligibility, licenceStatus, assurance, statusReasons } }) => ({
          id,
          eligibility,
          licenceStatus,
          assurance,
          statusReasons,
        }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const before = known(await employer.credentials(''))
    expect(await employer.count('licenceStatus=green')).toBe(60)
    const waiting = (): Promise<{ schedule: number; jobs: number }[]> =>
      house.owner(
        `select (select count(*)::int from check_schedule where organisation_id = $1) as schedule,
        (select count(*)::int from timers where organisation_id = $1) as jobs`,
        [employer.id],
      )

    register.mood = mood
    let wasDegraded = false
    for (let hours = 0; hours < 9 * 24; hours += 6) {
      house.clock.advance('6h')
      await house.drain()
      const shown = await employer.registerShown('AHPRA')
      if (shown['isDegraded'] === true) {
        wasDegraded = true
        expect(shown['lastFault']).toMatchObject({ code: fault })
      }
      const [queued] = await waiting()
      expect(queued?.schedule).toBe(60)
      expect(queued?.jobs).toBeLessThan(20)
    }
    expect(wasDegraded).toBe(true)
    expect(known(await employer.credentials(''))).toEqual(before)
    // A register that does not answer is not hammered: far fewer questions than the 36 rounds times 60.
    if (mood !== 'flapping') expect(register.asked.length).toBeLessThan(60 + 36 * 30)

    register.mood = 'well'
    // Those that were answered in its good moments have their turn within a week.
    for (let n = 0; n < 32; n += 1) {
      house.clock.advance('6h')
      await house.drain()
    }
    expect(await employer.registerShown('AHPRA')).toMatchObject({ isDegraded: false })
    const after = await employer.credentials('')
    expect(known(after)).toEqual(before)
    expect(new Set(after.map(({ attributes }) => attributes.lastCheck?.outcome))).toEqual(
      new Set(['MAY_ENGAGE']),
    )
  },
)
