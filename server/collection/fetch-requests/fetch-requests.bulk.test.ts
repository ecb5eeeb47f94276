/** Asking many workers in one call (spec 30, API). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { Tx } from '../../platform/db/database.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'

interface Outcome {
  readonly success: boolean
  readonly workerId: string | null
  readonly requestId?: string
  readonly error?: string
}

let house: TestHouse
let server: HttpServer
let organisationId: string
let token: string

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  organisationId = (await house.newOrganisation()).id
  token = await tokenFor(house, organisationId)
})

const ask = apiCaller(
  () => server,
  () => token,
)

/** Makes so many workers, known to a system as W1, W2… */
async function workers(count: number, from = 1): Promise<string[]> {
  const { body, status } = await ask('POST', '/workers/batch', {
    workers: Array.from({ length: count }, (_, index) => ({
      identity: { displayName: `Worker ${from + index}` },
      contact: { workEmail: `w${from + index}@example.com` },
      source: { externalId: `W${from + index}`, sourceSystem: 'workday' },
    })),
  })
  expect(status).toBe(200)
  const { results } = body.data?.attributes as unknown as { results: { id: string }[] }
  return results.map(({ id }) => id)
}

async function bulk(
  named: unknown,
  more: object = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; body: { data: Outcome[]; meta: object }; headers: Record<string, unknown> }> {
  const answer = await server.inject({
    method: 'POST',
    url: `${basePath}/fetch-requests/bulk`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    payload: JSON.stringify({ workers: named, requestedCredentialTypes: ['WWCC_NSW', 'FIRST_AID'], ...more }),
  })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

const refs = (ids: readonly string[]): { id: string }[] => ids.map((id) => ({ id }))

/** The statements that a piece of work sends inside units of work. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const { db } = house.runtime
  const { scoped } = db
  let count = 0
  const counting = (tx: Tx): Tx => {
    const counted =
      <Given extends unknown[], Gives>(method: (...given: Given) => Gives) =>
      (...given: Given): Gives => {
        count += 1
        return method(...given)
      }
    return {
      rows: counted(tx.rows) as Tx['rows'],
      maybeOne: counted(tx.maybeOne) as Tx['maybeOne'],
      one: counted(tx.one) as Tx['one'],
      run: counted(tx.run),
      copyIn: counted(tx.copyIn),
      copyOut: counted(tx.copyOut),
      raw: counted(tx.raw),
    }
  }
  Object.assign(db, {
    scoped: ((id, inner, options) => scoped(id, (tx) => inner(counting(tx)), options)) as typeof scoped,
  })
  try {
    await work()
  } finally {
    Object.assign(db, { scoped })
  }
  return count
}

describe('a bulk call', () => {
  test('gives a result for each worker, in the order given, and each request its mail', async () => {
    const [first, second] = (await workers(3)) as [string, string]
    const { status, body } = await bulk([
      { id: first },
      { externalId: 'W2', sourceSystem: 'Workday' },
      { externalId: 'W9', sourceSystem: 'workday' },
      { externalId: 'W3' },
    ])
    expect(status).toBe(200)
    expect(body.meta).toEqual({ total: 4, requestId: expect.stringMatching(/./) as string })
    expect(body.data).toMatchObject([
      { success: true, workerId: first },
      { success: true, workerId: second },
      { success: false, workerId: 'W9', error: 'There is no worker with the external id "W9".' },
      { success: true },
    ])
    for (const { success, requestId } of body.data) {
      if (!success) continue
      expect(requestId).toMatch(/^cap_[0-9A-Za-z]{16}$/)
      expect((await ask('GET', `/fetch-requests/${requestId}`)).status).toBe(200)
    }
    await house.drain()
    expect(
      await house.owner('select 1 from mails where organisation_id = $1 and status = $2', [
        organisationId,
        'OUTBOX',
      ]),
    ).toHaveLength(3)
  })

  test('lets each worker fail alone, with the reason and what was sent', async () => {
    const [ok, inactive, gone, mailless] = (await workers(4)) as [string, string, string, string]
    await ask('PATCH', `/workers/${inactive}`, { employment: { status: 'INACTIVE' } })
    await ask('DELETE', `/workers/${gone}`)
    await ask('PATCH', `/workers/${mailless}`, { contact: { workEmail: null } })
    await ask('POST', '/workers/batch', {
      workers: ['sap', 'workday'].map((sourceSystem) => ({
        identity: { displayName: `Somebody of ${sourceSystem}` },
        source: { externalId: 'SAME', sourceSystem },
      })),
    })
    const { status, body } = await bulk([
      { id: ok },
      { id: ok },
      { id: inactive },
      { id: gone },
      { id: mailless },
      { id: 'wkr_0000000000000000' },
      {},
      { id: ok, externalId: 'W1' },
      { externalId: 'SAME' },
      { id: 7 },
      { id: ok, colour: 'blue' },
      null,
      'W1',
      { externalId: 'W1', sourceSystem: 'workday' },
    ])
    expect(status).toBe(200)
    expect(body.data.map(({ success }) => success)).toEqual([true, ...Array<boolean>(13).fill(false)])
    const told = body.data.slice(1).map(({ workerId, error }) => [workerId, error] as const)
    const wanted: readonly (readonly [string | null, RegExp])[] = [
      [ok, /named before/],
      [inactive, /inactive/],
      [gone, /deleted/],
      [mailless, /no e-mail address/],
      ['wkr_0000000000000000', /no worker with the id/],
      [null, /exactly one of id and externalId/],
      [ok, /exactly one of id and externalId/],
      ['SAME', /different people in sap, workday/],
      [null, /id: /],
      [ok, /no field "colour"/],
      [null, /The worker: /],
      [null, /The worker: /],
      ['W1', /named before/],
    ]
    wanted.forEach(([workerId, reason], index) => {
      expect(told[index]?.[0], `worker ${index + 1}`).toBe(workerId)
      expect(told[index]?.[1], `worker ${index + 1}`).toMatch(reason)
    })
    expect(
      await house.owner('select 1 from fetch_requests where organisation_id = $1', [organisationId]),
    ).toHaveLength(1)
  })

  test('is 200 also when all fail, and makes nothing', async () => {
    const { status, body } = await bulk([{ id: 'wkr_0000000000000000' }])
    expect([status, body.data[0]?.success]).toEqual([200, false])
  })

  test('is refused for faults of what they have in common, naming each', async () => {
    const [id] = (await workers(1)) as [string]
    const refused = async (more: object, named: unknown = [{ id }]): Promise<string[]> => {
      const { status, body } = await bulk(named, more)
      expect(status, JSON.stringify(more)).toBe(400)
      return (body as unknown as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)
    }
    expect(await refused({}, [])).toEqual(['/workers'])
    expect(await refused({}, null)).toEqual(['/workers'])
    expect(await refused({}, refs(Array<string>(51).fill(id)))).toEqual(['/workers'])
    expect(await refused({}, refs(Array<string>(1_001).fill(id)))).toEqual(['/workers'])
    expect(await refused({ requestedCredentialTypes: ['WWCC_NSW', 'NOPE', 'NEITHER'] })).toEqual([
      '/requestedCredentialTypes/1',
      '/requestedCredentialTypes/2',
    ])
    expect(await refused({ requirements: { allOf: [{ credentialType: 'AHPRA' }] } })).toEqual(['/'])
    expect(await refused({ requestedCredentialTypes: undefined })).toEqual(['/'])
    expect(await refused({ credentialGuidingTexts: { CPR: 'x' } })).toEqual(['/credentialGuidingTexts/CPR'])
    expect(await refused({ expiryDays: 91 })).toEqual(['/expiryDays'])
    expect(await refused({ message: 'x'.repeat(2_001) })).toEqual(['/message'])
    expect(await refused({ colour: 'blue' })).toEqual(['/colour'])
    expect(
      await house.owner('select 1 from fetch_requests where organisation_id = $1', [organisationId]),
    ).toEqual([])
  })

  test('is done once for an Idempotency-Key', async () => {
    const ids = await workers(2)
    const first = await bulk(refs(ids), {}, { 'idempotency-key': 'monday' })
    const again = await bulk(refs(ids), {}, { 'idempotency-key': 'monday' })
    expect(again.body).toEqual(first.body)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(await bulk(refs(ids), { expiryDays: 3 }, { 'idempotency-key': 'monday' })).toMatchObject({
      status: 422,
    })
    expect(
      await house.owner('select 1 from fetch_requests where organisation_id = $1', [organisationId]),
    ).toHaveLength(2)
  })

  test('reaches nobody of another organisation', async () => {
    const [id] = (await workers(1)) as [string]
    token = await tokenFor(house, (await house.newOrganisation()).id)
    expect((await bulk([{ id }, { externalId: 'W1', sourceSystem: 'workday' }])).body.data).toMatchObject([
      { success: false, workerId: id },
      { success: false, workerId: 'W1' },
    ])
  })

  test('costs the same number of statements for 2, 50 and 1,000 workers', async () => {
    await house.runtime.write(organisationId, operator, (ctx) =>
      setSetting(ctx, 'fetchRequest.bulkMax', '1000'),
    )
    const ids = await workers(1_000)
    const counts: number[] = []
    // The first is for what is read once for a process.
    for (const count of [1, 2, 50, 1_000])
      counts.push(
        await statementsOf(async () => {
          const { body } = await bulk(refs(ids.slice(0, count)))
          expect(body.data.filter(({ success }) => success)).toHaveLength(count)
        }),
      )
    const [, few, fifty, thousand] = counts
    expect(few).toBeGreaterThan(5)
    expect([fifty, thousand]).toEqual([few, few])
  })
})
