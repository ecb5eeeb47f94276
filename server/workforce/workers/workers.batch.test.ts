/** Many workers at once over HTTP (spec 10, Workers). */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { judgeBatch, keyOf, type BatchItem } from './workers.batch.rules.ts'

interface Result {
  readonly result: string
  readonly id: string | null
  readonly problem: {
    readonly code: string
    readonly errors?: readonly { pointer: string; code: string }[]
  } | null
}

describe('a batch of workers', () => {
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
  const post = (path: string, body: unknown, method: 'POST' | 'DELETE' = 'POST'): Promise<ApiAnswer> =>
    ask(method, path, body)
  async function batch(...workers: unknown[]): Promise<Result[]> {
    const { status, body } = await post('/workers/batch', { workers })
    expect(status).toBe(200)
    return body.data?.attributes['results'] as Result[]
  }
  const worker = (externalId: string, more: object = {}): object => ({
    identity: { displayName: `Worker ${externalId}` },
    source: { externalId, sourceSystem: 'HRMS' },
    ...more,
  })
  const withEmail = (externalId: string, workEmail: string, status = 'ACTIVE'): object =>
    worker(externalId, { contact: { workEmail }, employment: { status } })
  const resultsOf = (results: readonly Result[]): string[] => results.map(({ result }) => result)

  test('makes, replaces and leaves alone; what changed nothing leaves no version', async () => {
    expect(resultsOf(await batch(worker('1'), worker('2'), worker('3')))).toEqual([
      'CREATED',
      'CREATED',
      'CREATED',
    ])
    const second = await batch(worker('1'), worker('2', { employment: { jobTitle: 'Nurse' } }), worker('4'))
    expect(resultsOf(second)).toEqual(['UNCHANGED', 'UPDATED', 'CREATED'])
    const versions = await house.owner<{ version: number; n: number }>(
      'select version, count(*)::integer as n from worker_versions where organisation_id = $1 group by 1 order by 1',
      [organisationId],
    )
    expect(versions).toEqual([
      { version: 1, n: 4 },
      { version: 2, n: 1 },
    ])
    const events = await house.owner<{ type: string; changed: string[] | null }>(
      "select type, data->'changed' as changed from events where organisation_id = $1 and type like 'worker.%' order by at, type",
      [organisationId],
    )
    expect(events.filter(({ type }) => type === 'worker.updated')).toEqual([
      { type: 'worker.updated', changed: ['jobTitle'] },
    ])
  })

  test('an item fails by itself and says why', async () => {
    const results = await batch(
      worker('1'),
      { identity: {}, source: { externalId: '2', sourceSystem: 'HRMS' } },
      worker('1'),
      worker('3', { employment: { positionId: 'NOBODY' } }),
      { identity: { displayName: 'No key' } },
      worker('5', { colour: 'blue' }),
      null,
      withEmail('6', 'six@example.com'),
      withEmail('7', 'SIX@example.com'),
    )
    expect(
      results.map(({ result, problem }) => [result, problem?.errors?.[0]?.pointer ?? problem?.code ?? null]),
    ).toEqual([
      ['CREATED', null],
      ['FAILED', '/identity/displayName'],
      ['FAILED', 'DUPLICATE_ITEM'],
      ['FAILED', '/employment/positionId'],
      ['FAILED', '/source'],
      ['FAILED', '/colour'],
      ['FAILED', '/'],
      ['CREATED', null],
      ['FAILED', 'EMAIL_TAKEN'],
    ])
  })

  test('e-mails are judged on the end state: two swap theirs, one leaves and another takes over', async () => {
    await batch(
      withEmail('1', 'a@example.com'),
      withEmail('2', 'b@example.com'),
      withEmail('3', 'c@example.com'),
    )
    expect(
      resultsOf(
        await batch(
          withEmail('1', 'b@example.com'),
          withEmail('2', 'a@example.com'),
          withEmail('3', 'c@example.com', 'INACTIVE'),
          withEmail('4', 'c@example.com'),
        ),
      ),
    ).toEqual(['UPDATED', 'UPDATED', 'UPDATED', 'CREATED'])
    // 2 cannot let go of a@, since its own item is faulty: 5 fails by it.
    expect(
      resultsOf(
        await batch(
          worker('2', { contact: { workEmail: 'not an address' } }),
          withEmail('5', 'a@example.com'),
        ),
      ),
    ).toEqual(['FAILED', 'FAILED'])
  })

  test('a deleted worker’s key goes to the new one, and the deleted one remembers it', async () => {
    const [first] = await batch(worker('1'))
    await post(`/workers/${first?.id}`, undefined, 'DELETE')
    const [second] = await batch(worker('1'))
    expect(second).toMatchObject({ result: 'CREATED' })
    expect(second?.id).not.toBe(first?.id)
    expect(await post(`/workers/${first?.id}/restore`, undefined)).toMatchObject({
      status: 409,
      body: { code: 'EXTERNAL_ID_TAKEN', holder: second?.id },
    })
  })

  test('the number of statements does not grow with the items', async () => {
    const statements = async (count: number, from: number): Promise<number> => {
      let n = 0
      const { runtime } = house
      const counted: typeof runtime.write = (organisation, caller, work, options) =>
        runtime.write(
          organisation,
          caller,
          (ctx) => {
            const count = (name: 'rows' | 'run' | 'one' | 'maybeOne') =>
              ((...given: unknown[]) => {
                n += 1
                return (ctx.tx[name] as (...given: unknown[]) => unknown)(...given)
              }) as never
            const tx = {
              ...ctx.tx,
              rows: count('rows'),
              run: count('run'),
              one: count('one'),
              maybeOne: count('maybeOne'),
            }
            return work({ ...ctx, tx })
          },
          options,
        )
      const { upsertWorkers } = await import('./workers.ts')
      await counted(organisationId, operator, (ctx) =>
        upsertWorkers(
          ctx,
          Array.from({ length: count }, (_, index) => worker(String(from + index))),
        ),
      )
      return n
    }
    const few = await statements(2, 0)
    expect(await statements(500, 1_000)).toBe(few)
  })

  test('two batches of the same people at once: each person once, no fault of ours', async () => {
    const people = Array.from({ length: 60 }, (_, index) => withEmail(`P${index}`, `p${index}@example.com`))
    const answers = await Promise.all([people, [...people].reverse(), people].map((one) => batch(...one)))
    const created = answers.flat().filter(({ result }) => result === 'CREATED')
    expect(created).toHaveLength(60)
    expect(answers.flat().filter(({ result }) => result === 'FAILED')).toEqual([])
  })

  test('more than 1,000 is refused', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => worker(String(index)))
    expect(await post('/workers/batch', { workers: many })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/workers' }] },
    })
    expect(await post('/workers/batch', { workers: [] })).toMatchObject({ status: 400 })
  })
})

describe('judging a batch', () => {
  const emails = fc.constantFrom('a@x.au', 'b@x.au', 'c@x.au', null)
  const items = fc
    .array(fc.record({ key: fc.integer({ min: 0, max: 6 }), email: emails, isActive: fc.boolean() }), {
      maxLength: 8,
    })
    .map((all) =>
      all.map(({ key, email, isActive }, index): BatchItem => ({
        index,
        externalId: String(key),
        sourceSystem: 'HRMS',
        input: {
          identity: { displayName: 'x', firstName: null, middleName: null, lastName: null, birthDate: null },
          contact: { workEmail: email, mobile: null },
          employment: {
            status: isActive ? 'ACTIVE' : 'INACTIVE',
            jobTitle: null,
            positionId: null,
            startDate: null,
          },
        },
      })),
    )

  test('whatever is sent, no two active people end with one e-mail, and no item fails without need', () => {
    fc.assert(
      fc.property(items, fc.array(emails, { minLength: 7, maxLength: 7 }), (sent, present) => {
        const seen = new Set<string>()
        const held = present.map((email) =>
          email === null || seen.has(email) ? null : (seen.add(email), email),
        )
        const holders = new Map(
          held.map((_, key) => [keyOf('HRMS', String(key)), { workerId: `w${key}`, isDeleted: key === 6 }]),
        )
        const active = held.flatMap((email, key) =>
          email === null || key === 6 ? [] : [{ workerId: `w${key}`, email }],
        )
        const faults = judgeBatch(sent, { holders, emails: active, positions: new Map() })
        const end = new Map(active.map(({ workerId, email }) => [workerId, email as string | null]))
        for (const { index, externalId, input } of sent)
          if (!faults.has(index))
            end.set(
              externalId === '6' ? 'new' : `w${externalId}`,
              input.employment?.status === 'ACTIVE' ? (input.contact?.workEmail ?? null) : null,
            )
        const taken = [...end.values()].filter((email) => email !== null)
        expect(new Set(taken).size).toBe(taken.length)
        for (const [index, { code }] of faults) {
          const item = sent[index] as BatchItem
          if (code === 'EMAIL_TAKEN') expect(taken).toContain(item.input.contact?.workEmail)
          else expect(sent.slice(0, index).some((other) => other.externalId === item.externalId)).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })
})
