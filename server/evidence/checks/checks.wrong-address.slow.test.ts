/** Registers at a wrong address, with a token endpoint out of order, or that forget everybody: what is known stays (spec 60, Checks). */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { receiveFile, runById } from '../../exchange/imports/imports.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { openOutbound } from '../../platform/outbound.ts'

/** Answers `GET /people/N`; everything else, like most servers do, with 404. */
class Register {
  /** What a question is answered with; null = as it should be. */
  status: number | null = null
  tokenStatus = 200
  readonly unknown = new Set<string>()
  asked = 0
  readonly #server: Server = createServer((request, response) => {
    const say = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/token')
      return say(this.tokenStatus, { access_token: 'a-token', token_type: 'Bearer', expires_in: 60 })
    this.asked += 1
    const number = /^\/people\/(\w+)$/.exec(request.url ?? '')?.[1]
    if (this.status !== null) return say(this.status, { error: 'no' })
    if (number === undefined || this.unknown.has(number)) return say(404, { error: 'Not Found' })
    say(200, { status: 'CURRENT', number, expiryDate: '2026-11-30' })
  })

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

interface Shown {
  readonly number: string
  readonly licenceStatus: string
  readonly eligibility: string | null
  readonly statusReasons: readonly string[]
  readonly lastCheck: { readonly outcome: string } | null
}

const people = 12
const number = (n: number): string => `NMW${String(n).padStart(10, '0')}`

describe('a register that is connected wrongly, or goes wrong', () => {
  let house: TestHouse
  let server: HttpServer
  let register: Register
  let url: string
  let organisationId: string
  let token: string
  const outbound = openOutbound({ allowPrivate: true, allowHttp: true })
  const ask = apiCaller(
    () => server,
    () => token,
  )

  beforeAll(async () => {
    house = await openTestHouse({ outbound })
    server = await buildHttpServer(house.runtime, '0.0.0')
  })
  afterAll(async () => {
    await server.close()
    await house.close()
    await outbound.close()
  })
  beforeEach(async () => {
    house.clock.set('2026-02-01T00:00:00Z')
    register = new Register()
    url = await register.open()
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    await bring()
    return async () => {
      // No organisation of this house is late when the next test looks.
      await ask('DELETE', '/registers/AHPRA/connector')
      await house.drain()
      await register.close()
    }
  })

  async function bring(): Promise<void> {
    const rows = Array.from(
      { length: people },
      (_, n) =>
        `E${n},Sam,Chen${n},1990-01-01,s${n}@example.com,RN-001,AHPRA,${number(n)},2025-12-01,2026-11-30`,
    )
    const header =
      'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date'
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield Buffer.from([header, ...rows].join('\n') + '\n')
      })(),
    )
    const { id } = await house.runtime.write(organisationId, operator, (ctx) =>
      receiveFile(ctx, { fileName: 'HRMS-20260201_060000.csv', blob, fileId: `fil_${organisationId}` }),
    )
    await house.drain()
    const run = await house.runtime.read(organisationId, operator, (ctx) => runById(ctx, id))
    expect(run.status, JSON.stringify(run.fault)).toBe('COMPLETED')
  }

  async function connect(path = '/people/{number}', more: object = {}, secret?: string): Promise<void> {
    const settings = { url: `${url}${path}`, method: 'GET', perSecond: 500, ...more }
    const body = { kind: 'http', settings, ...(secret === undefined ? {} : { secret }) }
    const answer = await ask('PUT', '/registers/AHPRA/connector', body)
    expect(answer.status, answer.payload).toBe(200)
    await house.drain()
  }
  /** So many days, in which everybody's turn comes and those without an answer are tried again. */
  async function pass(days: number): Promise<void> {
    for (let hours = 0; hours < 24 * days; hours += 6) {
      house.clock.advance('6h')
      await house.drain()
    }
  }
  async function shown(): Promise<Shown[]> {
    const { body } = await ask('GET', '/credentials?pageSize=200')
    return (body['data'] as unknown as { attributes: Shown }[]).map(({ attributes }) => attributes)
  }
  /** What of them is told apart, each once. */
  const states = async (): Promise<string[]> => [
    ...new Set(
      (await shown()).map(
        (one) =>
          `${one.licenceStatus} ${one.eligibility} ${one.statusReasons.join()} ${one.lastCheck?.outcome}`,
      ),
    ),
  ]
  const attributes = async (): Promise<Record<string, unknown>> =>
    (await ask('GET', '/registers/AHPRA')).body.data?.attributes as Record<string, unknown>

  test('404 for everybody is no answer about anybody: it is shown, and heals when the address is mended', async () => {
    await connect('/peeple/{number}')
    await pass(1)
    expect(await states()).toEqual(['yellow ERROR NOT_YET_CHECKED ERROR'])
    expect(await attributes()).toMatchObject({
      isDegraded: true,
      lastGoodAt: null,
      lastFault: { code: 'NOBODY_FOUND', detail: expect.stringMatching(/HTTP 404.*address/) as string },
    })
    const ready = await server.inject('/readyz')
    expect(ready.statusCode).toBe(200)
    expect(ready.json()).toMatchObject({
      status: 'degraded',
      parts: { registers: { ok: false, isRequired: false, detail: 'answers are late from: AHPRA' } },
    })
    expect(ready.payload).not.toContain(organisationId)
    await connect()
    await pass(1)
    expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
    expect(await attributes()).toMatchObject({ isDegraded: false })
    expect((await server.inject('/readyz')).json()).toMatchObject({ parts: { registers: { ok: true } } })
  })

  test('a change of the address for the worse takes nothing away that was known', async () => {
    await connect()
    expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
    await connect('/peeple/{number}')
    await pass(9)
    expect(await states()).toEqual(['green MAY_ENGAGE  ERROR'])
    expect(await attributes()).toMatchObject({ isDegraded: true, lastFault: { code: 'NOBODY_FOUND' } })
    // In time nobody has looked for too long, and that is said.
    await pass(8)
    expect(await states()).toEqual(['yellow MAY_ENGAGE STALE ERROR'])
  })

  test('one whom a register that knows others does not find is to be reviewed', async () => {
    register.unknown.add(number(3))
    await connect()
    await pass(1)
    expect((await shown()).filter(({ licenceStatus }) => licenceStatus !== 'green')).toMatchObject([
      { number: number(3), eligibility: 'REVIEW_REQUIRED', licenceStatus: 'yellow' },
    ])
    // One who was known and is gone, too.
    register.unknown.add(number(7))
    await pass(8)
    expect((await shown()).filter(({ licenceStatus }) => licenceStatus !== 'green')).toHaveLength(2)
    expect(await attributes()).toMatchObject({ isDegraded: false })
  })

  test('a register that forgets everybody at once is at fault itself, and heals by itself', async () => {
    await connect()
    register.status = 404
    await ask('PUT', '/registers/AHPRA/connector', {
      kind: 'http',
      settings: { url: `${url}/people/{number}`, method: 'GET', perSecond: 500 },
    })
    // As it was: the connector's change is not what makes it doubtful.
    await house.owner('update register_health set has_spoken = true where organisation_id = $1', [
      organisationId,
    ])
    await pass(8)
    const lost = (await shown()).filter(({ eligibility }) => eligibility !== 'MAY_ENGAGE')
    expect(lost.length).toBeLessThan(5)
    expect(await attributes()).toMatchObject({ isDegraded: true, lastFault: { code: 'NOBODY_FOUND' } })
    register.status = null
    await pass(9)
    expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
    expect(await attributes()).toMatchObject({ isDegraded: false })
  })

  test('who says that such a status is to be believed is taken at his word', async () => {
    await connect('/peeple/{number}', { notFoundNeedsProof: false })
    expect(await states()).toEqual(['yellow REVIEW_REQUIRED REVIEW_REQUIRED,NOT_VERIFIED REVIEW_REQUIRED'])
  })

  test('a register that takes no question of ours is shown, and not asked without end', async () => {
    register.status = 400
    await connect()
    await pass(1)
    expect(await attributes()).toMatchObject({ isDegraded: true, lastFault: { code: 'REJECTED' } })
    expect(register.asked).toBeLessThan(people * 6)
    register.status = null
    await pass(1)
    expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
  })

  test('a token endpoint that is out of order is told apart from one that does not know us', async () => {
    const auth = { kind: 'oauth2', tokenUrl: `${url}/token`, clientId: 'us' }
    await connect('/people/{number}', { auth }, 'kept-secret')
    expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
    for (const [status, code, words] of [
      [503, 'UNREACHABLE', /token endpoint is out of order \(HTTP 503\)/],
      [401, 'UNAUTHORISED', /token endpoint gives no token \(HTTP 401\)/],
    ] as const) {
      register.tokenStatus = status
      register.asked = 0
      await pass(8)
      // It is left alone, so that not everybody is tried; nobody loses anything.
      for (const one of await shown())
        expect(one).toMatchObject({ licenceStatus: 'green', eligibility: 'MAY_ENGAGE' })
      expect(await attributes()).toMatchObject({
        isDegraded: true,
        lastFault: { code, detail: expect.stringMatching(words) as string },
      })
      expect((await ask('GET', '/registers/AHPRA/health')).body.data?.attributes).toMatchObject({
        isReachable: false,
        detail: expect.stringMatching(words) as string,
      })
      expect(register.asked).toBe(0)
      register.tokenStatus = 200
      await pass(8)
      expect(await states()).toEqual(['green MAY_ENGAGE  MAY_ENGAGE'])
    }
  })
})
