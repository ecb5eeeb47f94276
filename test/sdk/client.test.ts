/** The client against the real server, over a real socket. */
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import {
  createClient,
  VouchsafeConnectionError,
  VouchsafeError,
  type ErrorCode,
  type VouchsafeClient,
  type Worker,
  type WorkerInput,
} from '../../sdk/client.ts'
import { receiveFile } from '../../server/exchange/imports/imports.ts'
import { operator } from '../harness.ts'
import { openServedHouse, type ServedHouse } from './served-house.ts'

let served: ServedHouse
let client: VouchsafeClient

beforeAll(async () => {
  served = await openServedHouse()
  client = createClient({ baseUrl: served.baseUrl, token: served.token, maxRetries: 0 })
})
afterAll(() => served.close())

/** A client of an organisation of its own. */
async function freshClient(): Promise<VouchsafeClient> {
  return createClient({ baseUrl: served.baseUrl, token: await served.newToken(), maxRetries: 0 })
}

const person = (displayName: string, more: Partial<WorkerInput> = {}): WorkerInput => ({
  identity: { displayName },
  ...more,
})

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

/** What the call throws; fails when it throws something else, or nothing. */
async function faultOf(call: Promise<unknown>): Promise<VouchsafeError> {
  const thrown: unknown = await call.then(
    () => 'nothing',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(VouchsafeError)
  return thrown as VouchsafeError
}

test('a file is brought once, however often its form is sent under one key', async () => {
  const own = await freshClient()
  const form = (): FormData => {
    const made = new FormData()
    made.set('source', 'HRMS')
    made.set('file', new Blob(['external_id\n']), 'people.csv')
    return made
  }
  // Every form has a boundary of its own.
  const first = await own.createImport({ body: form() }, { idempotencyKey: 'payrun-66' })
  const second = await own.createImport({ body: form() }, { idempotencyKey: 'payrun-66' })
  expect(first).toMatchObject({ status: 201, isReplayed: false, data: { type: 'import' } })
  expect(second).toMatchObject({ isReplayed: true, data: { id: first.data.id } })
  expect((await own.listImports()).meta.total).toBe(1)
})

describe('one resource', () => {
  test('is created, read, replaced, changed, deleted and brought back', async () => {
    const made = await client.createWorker({
      body: person('Sarah Chen', { contact: { workEmail: 'sarah@example.com' } }),
    })
    expect(made).toMatchObject({ status: 201, isReplayed: false, data: { type: 'worker' } })
    expect(made.location).toBe(`/openapi/v1/workers/${made.data.id}`)
    expect(made.etag).toMatch(/^".+"$/)
    expect(made.requestId).toMatch(/^req_/)
    const { id } = made.data

    const read = await client.getWorker({ id })
    expect(read.data).toEqual(made.data)
    expect(read.etag).toBe(made.etag)

    const replaced = await client.replaceWorker(
      { id, body: person('Sarah Jane Chen') },
      { ifMatch: made.etag ?? '' },
    )
    expect(replaced.data.attributes).toMatchObject({
      identity: { displayName: 'Sarah Jane Chen' },
      contact: { workEmail: null },
    })
    const changed = await client.updateWorker({ id, body: { employment: { jobTitle: 'Nurse' } } })
    expect(changed.data.attributes).toMatchObject({
      identity: { displayName: 'Sarah Jane Chen' },
      employment: { jobTitle: 'Nurse' },
    })
    expect(await client.deleteWorker({ id })).toMatchObject({ status: 204, data: undefined })
    expect((await faultOf(client.getWorker({ id }))).isNotFound).toBe(true)
    expect((await client.restoreWorker({ id })).data.attributes.deletedAt).toBeNull()
  })

  test('ids are whatever they are, and none leads to another address', async () => {
    const key = { sourceSystem: 'HRMS', externalId: 'a/b?c#d e%2f+ü' }
    const made = await client.upsertWorker({ ...key, body: person('Odd Id') })
    expect(made.data.attributes.source).toEqual(key)
    expect((await client.getWorkerByExternalId(key)).data.id).toBe(made.data.id)
    for (const id of ['', '.', '..', undefined as unknown as string])
      await expect(client.getWorker({ id }), String(id)).rejects.toThrow(TypeError)
  })

  test('the same key has one effect, and the second answer says that it is the first', async () => {
    const options = { idempotencyKey: 'order-66' }
    const first = await client.createWorker({ body: person('Once Only') }, options)
    const second = await client.createWorker({ body: person('Once Only') }, options)
    expect(second.data).toEqual(first.data)
    expect([first.isReplayed, second.isReplayed]).toEqual([false, true])
    const other = await faultOf(client.createWorker({ body: person('Another') }, options))
    expect(other.code).toBe('IDEMPOTENCY_MISMATCH')
  })
})

describe('lists', () => {
  test('a page, its filters, and every page', async () => {
    const own = await freshClient()
    const names = Array.from({ length: 7 }, (_, index) => `Person ${index}`)
    for (const name of names) await own.createWorker({ body: person(name) })
    await own.createWorker({ body: person('Gone', { employment: { status: 'INACTIVE' } }) })

    const page = await own.listWorkers({ pageSize: 3, status: 'ACTIVE' })
    expect(page.data.map(({ attributes }) => attributes.identity.displayName)).toEqual(names.slice(0, 3))
    expect(page.meta).toMatchObject({ total: 7, pageSize: 3 })
    expectTypeOf(page.data).toEqualTypeOf<readonly Worker[]>()

    const seen: string[] = []
    for await (const worker of own.iterateWorkers({ pageSize: 3, status: 'ACTIVE' }))
      seen.push(worker.attributes.identity.displayName)
    expect(seen).toEqual(names)
    // A whole last page: the end is known by the cursor, not by a short page.
    expect((await all(own.iterateWorkers({ pageSize: 4 }))).length).toBe(8)
    expect((await all(own.iterateWorkers())).length).toBe(8)
    const behind = own.iterateWorkers({ pageSize: 3, cursor: page.meta.nextCursor ?? '', status: 'ACTIVE' })
    expect((await all(behind)).length).toBe(4)
  })

  test('nobody is asked for more pages than are wanted', async () => {
    const own = await freshClient()
    for (const name of ['A', 'B', 'C', 'D']) await own.createWorker({ body: person(name) })
    let asked = 0
    const counting = createClient({
      baseUrl: served.baseUrl,
      token: await served.newToken(),
      fetch: (url, init) => {
        asked += 1
        return fetch(url, init)
      },
    })
    for (const name of ['A', 'B', 'C', 'D']) await counting.createWorker({ body: person(name) })
    asked = 0
    for await (const worker of counting.iterateWorkers({ pageSize: 2 })) {
      expect(worker.attributes.identity.displayName).toBe('A')
      break
    }
    expect(asked).toBe(1)
  })

  test('instants, truths and what is left out go as the server reads them', async () => {
    const own = await freshClient()
    const { data } = await own.createWorker({ body: person('Deleted') })
    await own.deleteWorker({ id: data.id })
    const since = new Date('2026-01-01T00:00:00Z')
    expect((await own.listWorkers({ updatedSince: since, includeDeleted: true })).meta.total).toBe(1)
    expect((await own.listWorkers({ updatedSince: since, includeDeleted: false })).meta.total).toBe(0)
    expect((await own.listWorkers({ query: undefined })).meta.total).toBe(0)
  })
})

describe('faults have types', () => {
  test('a conflict names the other', async () => {
    const contact = { workEmail: 'taken@example.com' }
    const { data } = await client.createWorker({ body: person('First', { contact }) })
    const fault = await faultOf(client.createWorker({ body: person('Second', { contact }) }))
    expect(fault).toMatchObject({ status: 409, code: 'EMAIL_TAKEN', isConflict: true, attempts: 1 })
    expect(fault.detail).toContain(data.id)
    expect(fault.help).toMatch(/e|address/)
    expect(fault.requestId).toMatch(/^req_/)
    expectTypeOf(fault.code).toEqualTypeOf<ErrorCode>()
  })

  test('a validation lists every fault', async () => {
    const body = { identity: { displayName: '' }, contact: { workEmail: 'nobody' } }
    const fault = await faultOf(client.createWorker({ body }))
    expect(fault).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', isInvalid: true })
    expect(fault.errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/contact/workEmail',
      '/identity/displayName',
    ])
  })

  test('a stale ETag changes nothing', async () => {
    const { data, etag } = await client.createWorker({ body: person('Stale') })
    await client.updateWorker({ id: data.id, body: { employment: { jobTitle: 'Now' } } })
    const options = { ifMatch: etag ?? '' }
    for (const call of [
      () => client.replaceWorker({ id: data.id, body: person('Too late') }, options),
      () => client.updateWorker({ id: data.id, body: {} }, options),
      () => client.deleteWorker({ id: data.id }, options),
    ])
      expect(await faultOf(call())).toMatchObject({ status: 412, code: 'VERSION_MISMATCH', isStale: true })
    const now = await client.getWorker({ id: data.id })
    expect(now.data.attributes.identity.displayName).toBe('Stale')
    const { members } = await faultOf(client.deleteWorker({ id: data.id }, options))
    expect(members['etag']).toBe(now.etag)
  })

  test('no token, a wrong one, and one without the grant', async () => {
    const { baseUrl } = served
    const nobody = await faultOf(createClient({ baseUrl }).listWorkers())
    expect(nobody).toMatchObject({ code: 'TOKEN_MISSING', isUnauthenticated: true })
    const wrong = await faultOf(createClient({ baseUrl, token: 'vs_wrong' }).listWorkers())
    expect(wrong).toMatchObject({ code: 'TOKEN_INVALID', isUnauthenticated: true })
    const reader = createClient({ baseUrl, token: await served.newToken({ worker: ['READ'] }) })
    const poor = await faultOf(reader.createWorker({ body: person('Nobody') }))
    expect(poor).toMatchObject({ code: 'GRANT_MISSING', isForbidden: true })
    expect(poor.members['grant']).toBe('worker:CREATE')
  })

  test('what the compiler refuses, the server refuses too', async () => {
    const id = 'wkr_0000000000000000'
    for (const call of [
      // @ts-expect-error there is no such filter
      () => client.listWorkers({ colour: 'blue' }),
      // @ts-expect-error there is no such status
      () => client.listWorkers({ status: 'BLUE' }),
      // @ts-expect-error a field of another name
      () => client.createWorker({ body: { identity: { displayName: 'X', nickname: 'Y' } } }),
      // @ts-expect-error the one field that is needed
      () => client.createWorker({ body: { identity: {} } }),
      // @ts-expect-error a body is needed
      () => client.createWorker({}),
      // @ts-expect-error a number is no name
      () => client.createWorker({ body: { identity: { displayName: 7 } } }),
      // @ts-expect-error nobody is in this state
      () => client.createWorker({ body: { ...person('X'), employment: { state: 'XYZ' } } }),
    ])
      expect((await faultOf(call())).isInvalid).toBe(true)
    // @ts-expect-error there is no such operation
    expect(client.listDragons).toBeUndefined()
    // @ts-expect-error an id is needed
    await expect(client.getWorker()).rejects.toThrow(TypeError)
    const { data } = await client.createWorker({ body: person('Typed') })
    // @ts-expect-error there is no such attribute
    expect(data.attributes.identity.nickname).toBeUndefined()
    // @ts-expect-error answers are not to be changed
    expect(() => (data.attributes.identity.displayName = 'Y')).not.toThrow()
    // @ts-expect-error a read takes no ETag to change on
    await expect(client.getWorker({ id }, { ifMatch: '"x"' })).rejects.toThrow(VouchsafeError)
  })
})

describe('files', () => {
  const content = [
    'external_id,first_name,last_name,dob,email,position_id,licence_type,licence_number,issue_date,expiry_date',
    'E1,Zoë,Ångström,1988-01-01,zoe@example.com,RN-001,AHPRA,NMW0001234568,2020-06-01,2026-05-31',
  ].join('\n')
  let imports: VouchsafeClient
  let importId: string

  beforeAll(async () => {
    const { house } = served
    const token = await served.newToken()
    imports = createClient({ baseUrl: served.baseUrl, token })
    const probe = await imports.createWorker({ body: person('Probe') })
    const [own] = await house.owner<{ id: string }>(
      'select organisation_id as id from workers where id = $1',
      [probe.data.id],
    )
    const organisationId = own?.id ?? ''
    const blob = await house.runtime.storage.write(
      organisationId,
      (async function* () {
        yield Buffer.from(content)
      })(),
    )
    const run = await house.runtime.write(organisationId, operator, (ctx) =>
      receiveFile(ctx, { fileName: 'people.csv', blob, fileId: null, source: 'HRMS', mode: 'SNAPSHOT' }),
    )
    importId = run.id
    await house.drain()
  })

  test('come as a stream, a text or a blob, with their name', async () => {
    const file = await imports.getImportResults({ id: importId })
    expect(file).toMatchObject({ status: 200, mediaType: expect.stringContaining('text/csv') as string })
    expect(file.name).toMatch(/\.csv$/)
    const text = await file.text()
    expect(text).toContain('Ångström')
    expect(Buffer.byteLength(text)).toBe(file.bytes)
    const blob = await (await imports.getImportResults({ id: importId })).blob()
    expect(blob.size).toBe(file.bytes)
    const parts = await all((await imports.getImportResults({ id: importId })).content)
    expect(Buffer.concat(parts).toString()).toBe(text)
    expect((await faultOf(imports.getImportResults({ id: 'imp_0000000000000000' }))).isNotFound).toBe(true)
  })
})

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe('making a client', () => {
  test('the address may have a slash at its end, or the path of the API', async () => {
    for (const end of ['/', '/openapi/v1', '/openapi/v1/']) {
      const other = createClient({ baseUrl: served.baseUrl + end, token: served.token })
      expect((await other.listCredentialTypes({ pageSize: 1 })).data).toHaveLength(1)
    }
  })

  test('options that cannot work are refused at once', () => {
    const { baseUrl } = served
    for (const wrong of [
      { baseUrl: 'vouchsafe.example.org' },
      { baseUrl: 'ftp://vouchsafe.example.org' },
      { baseUrl, token: '' },
      { baseUrl, token: 'vs_x', session: true },
      { baseUrl, maxRetries: -1 },
      { baseUrl, maxRetries: 1.5 },
      { baseUrl, timeoutMs: 0 },
    ])
      expect(() => createClient(wrong), JSON.stringify(wrong)).toThrow(TypeError)
  })

  test('nor can a call be told to wait or repeat for ever', async () => {
    for (const wrong of [
      { maxRetries: Infinity },
      { maxRetries: NaN },
      { timeoutMs: Infinity },
      { timeoutMs: 0 },
    ])
      await expect(client.listWorkers({}, wrong), JSON.stringify(wrong)).rejects.toThrow(TypeError)
    expect((await client.listWorkers({}, { timeoutMs: 2 ** 40 })).status).toBe(200)
  })

  test('the token may be given by a function, and changes between attempts', async () => {
    const tokens = ['vs_first', served.token]
    const changing = createClient({ baseUrl: served.baseUrl, token: () => tokens.shift() ?? '' })
    expect((await faultOf(changing.listWorkers())).code).toBe('TOKEN_INVALID')
    expect((await changing.listWorkers()).status).toBe(200)
  })

  test('a session sends cookies and no token; a token sends no cookies', async () => {
    const sent: RequestInit[] = []
    const watched = (url: string, init: RequestInit): Promise<Response> => {
      sent.push(init)
      return fetch(url, init)
    }
    const { baseUrl, token } = served
    await faultOf(createClient({ baseUrl, session: true, fetch: watched }).listWorkers())
    await createClient({ baseUrl, token, fetch: watched, userAgent: 'rostering/2.1' }).listWorkers(
      {},
      { headers: { 'X-Request-Id': 'mine-7' } },
    )
    const [session, bearer] = sent.map(({ credentials, headers }) => ({
      credentials,
      authorization: new Headers(headers).get('authorization'),
      agent: new Headers(headers).get('user-agent'),
      requestId: new Headers(headers).get('x-request-id'),
    }))
    expect(session).toMatchObject({ credentials: 'include', authorization: null })
    expect(session?.agent).toMatch(/^vouchsafe-client\/\d/)
    expect(bearer).toEqual({
      credentials: 'omit',
      authorization: `Bearer ${token}`,
      agent: 'rostering/2.1',
      requestId: 'mine-7',
    })
  })

  test('a session shows changes the token that an answer gave, and reads none', async () => {
    const attributes = { csrfToken: 'first' }
    const shown: (string | null)[] = []
    const session = createClient({
      baseUrl: '',
      session: true,
      fetch: async (url, init) => {
        expect(url).toMatch(/^\/openapi\/v1\/workers/)
        shown.push(new Headers(init.headers).get('x-csrf-token'))
        const data = { id: 'me', type: 'me', attributes: { ...attributes }, lastUpdated: '' }
        return Response.json({ data, meta: { requestId: 'r' } })
      },
    })
    await session.createWorker({ body: person('Before') })
    await session.replaceWorker({ id: 'wkr_1', body: person('After') })
    attributes.csrfToken = 'second'
    await session.getWorker({ id: 'wkr_1' })
    await session.updateWorker({ id: 'wkr_1', body: {} })
    expect(shown).toEqual([null, 'first', null, 'second'])
  })

  test('nobody listening is a connection error that says that nothing was sent', async () => {
    const port = await freePort()
    const nowhere = createClient({ baseUrl: `http://127.0.0.1:${port}`, token: 'vs_x', maxRetries: 1 })
    const thrown: unknown = await nowhere
      .createWorker({ body: person('Nobody') })
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(VouchsafeConnectionError)
    expect(thrown).toMatchObject({ reason: 'NETWORK', attempts: 2, isUncertain: false })
  })
})
