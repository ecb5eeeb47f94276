/** Connecting registers over the API (spec 60, Checks; spec 96, Registers). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { guardedRegister, type GuardedRegister } from '../../../test/guarded-register.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import type { Log } from '../../platform/log.ts'
import { noteResults } from './registers.ts'

const secret = 'Kept-Secret/+42 of-ours'

/** Everything that is logged, as one text. */
function listeningLog(): { readonly log: Log; said(): string } {
  const lines: string[] = []
  const write = (fields: object, message: string): void => {
    const err = 'err' in fields && fields.err instanceof Error ? `${fields.err.stack}` : ''
    lines.push(`${message} ${JSON.stringify(fields)} ${err}`)
  }
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  return { log, said: () => lines.join('\n') }
}

/** Every row of every table of the database, as text. */
async function everyRow(house: TestHouse): Promise<string> {
  const tables = await house.owner<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['public.register_connector_versions', 'public.audit_entries', 'public.events']),
  )
  const rows: string[] = []
  for (const { name } of tables)
    rows.push(
      ...(await house.owner<{ row: string }>(`select t::text as row from ${name} t`)).map((r) => r.row),
    )
  return rows.join('\n')
}

describe('connectors over HTTP', () => {
  let house: TestHouse
  let server: HttpServer
  let register: GuardedRegister
  let organisationId: string
  let token: string
  const { log, said } = listeningLog()

  beforeAll(async () => {
    house = await openTestHouse({ log })
    server = await buildHttpServer(house.runtime, '0.0.0')
    register = await guardedRegister(secret)
  })
  afterAll(async () => {
    await server.close()
    await house.close()
    register.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    register.asked.length = 0
  })
  const ask = apiCaller(
    () => server,
    () => token,
  )
  const settings = (more: object = {}): object => ({
    url: `${register.url}/check?n={number}`,
    method: 'GET',
    auth: { kind: 'header', name: 'x-api-key' },
    ...more,
  })
  const put = (body: object, headers: Record<string, string> = {}): Promise<ApiAnswer> =>
    ask('PUT', '/registers/AHPRA/connector', { kind: 'http', ...body }, headers)
  const pointers = (answer: ApiAnswer): string[] =>
    (answer.body.errors ?? []).map(({ pointer }) => pointer).toSorted()
  const connector = async (): Promise<Record<string, unknown> | null> =>
    (await ask('GET', '/registers/AHPRA')).body.data?.attributes['connector'] as never

  test('a register is connected, changed, disconnected, and its versions stay', async () => {
    expect(await connector()).toBeNull()
    const made = await put({ settings: settings(), secret })
    expect(made.status, made.payload).toBe(200)
    expect(await connector()).toMatchObject({ kind: 'http', version: 1, hasSecret: true })
    expect((await put({ settings: settings({ perSecond: 2 }) })).status).toBe(200)
    expect(await connector()).toMatchObject({ version: 2, hasSecret: true, settings: { perSecond: 2 } })
    expect((await ask('GET', '/registers?isConnected=true')).body['data']).toMatchObject([{ id: 'AHPRA' }])
    expect((await ask('DELETE', '/registers/AHPRA/connector')).status).toBe(204)
    expect((await ask('DELETE', '/registers/AHPRA/connector')).status).toBe(404)
    expect(await connector()).toBeNull()
    expect((await put({ settings: settings(), secret })).body.data?.attributes['connector']).toMatchObject({
      version: 4,
    })
    expect(
      await house.owner(
        `select version, kind, settings->'perSecond' as pace from register_connector_versions where organisation_id = $1 order by 1`,
        [organisationId],
      ),
    ).toEqual([
      { version: 1, kind: 'http', pace: 10 },
      { version: 2, kind: 'http', pace: 2 },
      { version: 3, kind: null, pace: null },
      { version: 4, kind: 'http', pace: 10 },
    ])
    const audited = await house.owner<{ action: string; changes: object }>(
      `select action, changes from audit_entries where organisation_id = $1 and entity_type = 'register' order by at, id`,
      [organisationId],
    )
    expect(audited.map(({ action }) => action).toSorted()).toEqual([
      'connect',
      'connect',
      'disconnect',
      'update',
    ])
    expect(
      (await ask('PUT', '/registers/NOWHERE/connector', { kind: 'http', settings: settings(), secret }))
        .status,
    ).toBe(404)
  })

  /** A credential that the register is asked about; its id. */
  async function credential(): Promise<string> {
    const worker = await ask('POST', '/workers', {
      identity: { displayName: 'Sam Chen' },
      employment: { workerType: 'EMPLOYEE' },
      source: { externalId: 'E1', sourceSystem: 'HRMS' },
    })
    const declared = await ask('POST', '/credentials', {
      worker: { id: worker.body.data?.id },
      credentialType: 'AHPRA',
      number: 'NMW0001230001',
      expiryDate: '2028-01-14',
    })
    expect(declared.status, declared.payload).toBe(201)
    return declared.body.data?.id ?? ''
  }

  test('the secret is sent to the register, and shown nowhere else', async () => {
    const id = await credential()
    const answers = [
      await put(
        { settings: settings(), secret },
        { 'idempotency-key': '0190b0a0-0000-7000-8000-000000000001' },
      ),
      await put({ settings: settings({ perSecond: 3 }) }),
      await put({ kind: 'http', settings: settings({ url: 'nowhere' }), secret }),
      await put({ settings: settings(), secret: `${secret}\u0001` }),
      await put({ settings: settings(), secret, [secret]: secret.length }),
      await ask('GET', '/registers/AHPRA'),
      await ask('GET', '/registers'),
      await ask('GET', '/registers/AHPRA/health'),
      await ask('GET', '/events?pageSize=200'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 400, 200, 200, 200, 200])
    await house.drain()
    answers.push(await ask('GET', `/credentials/${id}/checks`))
    expect(answers.at(-1)?.payload).toContain('MAY_ENGAGE')
    expect(register.asked).toEqual(['/ true', '/check?n=NMW0001230001 true'])
    // A fault of ours is logged with all that we know of it.
    await house.owner(
      `update register_connectors set version = version + 1, settings = settings - 'url' where organisation_id = $1`,
      [organisationId],
    )
    answers.push(await ask('GET', '/registers/AHPRA/health'))
    expect(answers.at(-1)?.status).toBe(500)
    expect(said()).toContain('request failed')
    // Whoever misspells the field is told its name, which is what they sent; the value is in no answer.
    const echoes = answers.filter((_, index) => index !== 4)
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('hex'),
    ]
    const places = {
      answers: echoes.map(({ payload, headers }) => payload + JSON.stringify(headers)).join('\n'),
      rows: await everyRow(house),
      log: said(),
    }
    expect(places.rows).toContain('register.connected')
    for (const [place, text] of Object.entries(places))
      for (const form of forms) expect(text.includes(form), `${place}: ${form}`).toBe(false)
  })

  test('a secret is kept for the address it was given for, and for no other', async () => {
    await put({ settings: settings(), secret })
    const elsewhere: object[] = [
      { url: register.url.replace('127.0.0.1', 'localhost') + '/check?n={number}' },
      { url: `${register.url}/other?n={number}` },
      { url: `${register.url.replace(/\d+$/, '1')}/check?n={number}` },
      { healthUrl: 'https://elsewhere.example/' },
      { auth: { kind: 'bearer' } },
      { auth: { kind: 'header', name: 'x-other' } },
      { auth: { kind: 'none' } },
    ]
    for (const more of elsewhere) {
      const answer = await put({ settings: settings(more) })
      expect({ status: answer.status, errors: answer.body.errors }, JSON.stringify(more)).toMatchObject({
        status: 400,
        errors: [{ pointer: '/secret', code: 'SECRET_NEEDED' }],
      })
    }
    expect(await connector()).toMatchObject({ version: 1 })
    // What is asked at that address may change.
    expect((await put({ settings: settings({ url: `${register.url}/check?reg={number}` }) })).status).toBe(
      200,
    )
    await ask('GET', '/registers/AHPRA/health')
    expect(register.asked).toEqual(['/ true'])
    // Null takes it away, which authentication must allow.
    expect(pointers(await put({ settings: settings(), secret: null }))).toEqual(['/secret'])
    expect((await put({ settings: settings({ auth: { kind: 'none' } }), secret: null })).status).toBe(200)
    expect(await connector()).toMatchObject({ hasSecret: false })
    expect(pointers(await put({ settings: settings() }))).toEqual(['/secret'])
  })

  test('If-Match guards a change', async () => {
    const etag = String((await ask('GET', '/registers/AHPRA')).headers['etag'])
    expect((await put({ settings: settings(), secret }, { 'if-match': etag })).status).toBe(200)
    const late = await put({ settings: settings(), secret }, { 'if-match': etag })
    expect({ status: late.status, code: late.body['code'] }).toEqual({
      status: 412,
      code: 'VERSION_MISMATCH',
    })
    expect((await ask('DELETE', '/registers/AHPRA/connector', undefined, { 'if-match': etag })).status).toBe(
      412,
    )
    const present = String((await ask('GET', '/registers/AHPRA')).headers['etag'])
    expect(
      (await ask('DELETE', '/registers/AHPRA/connector', undefined, { 'if-match': present })).status,
    ).toBe(204)
  })

  test('another organisation neither sees nor changes it', async () => {
    await put({ settings: settings(), secret })
    await house.runtime.write(organisationId, operator, (ctx) =>
      noteResults(ctx, 'AHPRA', {
        good: 0,
        faults: Array.from({ length: 5 }, () => ({
          code: 'TIMEOUT' as const,
          detail: 'Late.',
          retryAfterSeconds: null,
        })),
      }),
    )
    const mine = await ask('GET', '/registers/AHPRA')
    expect(mine.body.data?.attributes).toMatchObject({ isDegraded: true })
    const own = token
    token = await tokenFor(house, (await house.newOrganisation()).id)
    expect((await ask('GET', '/registers/AHPRA')).body.data?.attributes).toMatchObject({
      connector: null,
      isDegraded: false,
      lastFault: null,
    })
    expect((await ask('GET', '/registers/AHPRA/health')).body.data?.attributes).toMatchObject({
      isReachable: false,
      detail: 'It is not connected.',
      isDegraded: false,
    })
    // Not there for them, as where nobody has one.
    const [theirs, nobodys] = [
      await ask('DELETE', '/registers/AHPRA/connector'),
      await ask('DELETE', '/registers/OCG_NSW/connector'),
    ]
    expect(theirs.status).toBe(404)
    expect(theirs.body['detail']).toBe(nobodys.body['detail'])
    // A secret of another organisation's is not there to be kept.
    expect(pointers(await put({ settings: settings() }))).toEqual(['/secret'])
    expect((await put({ settings: settings({ auth: { kind: 'none' } }) })).status).toBe(200)
    token = own
    expect((await ask('GET', '/registers/AHPRA')).payload.replace(/"requestId":"[^"]+"/, '')).toBe(
      mine.payload.replace(/"requestId":"[^"]+"/, ''),
    )
    await ask('GET', '/registers/AHPRA/health')
    expect(register.asked).toEqual(['/ true'])
  })

  test('who may only read can neither connect nor disconnect', async () => {
    await put({ settings: settings(), secret })
    token = await tokenFor(house, organisationId, { register: ['READ'] })
    expect((await put({ settings: settings(), secret })).status).toBe(403)
    expect((await ask('DELETE', '/registers/AHPRA/connector')).status).toBe(403)
    expect((await ask('GET', '/registers/AHPRA')).status).toBe(200)
    token = await tokenFor(house, organisationId, { worker: ['READ'] })
    expect((await ask('GET', '/registers/AHPRA')).status).toBe(403)
    expect((await ask('GET', '/registers/AHPRA/health')).status).toBe(403)
  })

  test('all faults of the settings are named at once, by their pointers', async () => {
    const answer = await put({
      kind: 'htpp',
      settings: {
        url: 'ftp://register.example',
        method: 'TRACE',
        headers: { 'bad header': 'x', Host: 'other', Authorization: 'Bearer abc', 'x-line': 'a\nb' },
        auth: { kind: 'basic' },
        body: { deep: ['{nmuber}'] },
        inputs: ['number', 'shoeSize'],
        response: { status: 'status', words: { Yes: { outcome: 'MAYBE' } } },
        notFoundStatuses: [404, 200, 429],
        timeoutMs: 5,
        perSecond: 0,
        atOnce: 1.5,
        pace: 3,
      },
      secret: 'snow\u2603man',
    })
    expect(answer.status).toBe(400)
    expect([...new Set(pointers(answer))]).toEqual([
      '/kind',
      '/secret',
      '/settings/atOnce',
      '/settings/auth/username',
      '/settings/body',
      '/settings/headers/Authorization',
      '/settings/headers/Host',
      '/settings/headers/bad header',
      '/settings/headers/x-line',
      '/settings/inputs/1',
      '/settings/method',
      '/settings/notFoundStatuses/1',
      '/settings/notFoundStatuses/2',
      '/settings/pace',
      '/settings/perSecond',
      '/settings/response/status',
      '/settings/response/words/Yes/outcome',
      '/settings/timeoutMs',
      '/settings/url',
    ])
    expect(answer.payload).not.toContain('snow')
    const why = (pointer: string): string | undefined =>
      answer.body.errors?.find((fault) => fault.pointer === `/settings/${pointer}`)?.detail
    expect(why('headers/bad header')).toContain('must be the name of a header')
    expect(why('headers/Host')).toContain('cannot be set')
    expect(why('body')).toContain('{number}')
    expect(await connector()).toBeNull()
  })

  test.each([
    'https://{number}/',
    'https://{number}.register.example/',
    'https://register.example:{number}/',
    'https://{number}@register.example/',
    'https://register.example/{nmuber}',
  ])('data of a credential does not say who is asked: %s', async (url) => {
    expect(pointers(await put({ settings: settings({ url }), secret }))).toContain('/settings/url')
  })

  test('health shows whether it answers now, and whether it has of late', async () => {
    await put({ settings: settings(), secret: 'a wrong one' })
    const look = async (): Promise<unknown> =>
      (await ask('GET', '/registers/AHPRA/health')).body.data?.attributes
    expect(await look()).toMatchObject({
      isReachable: false,
      detail: 'It answers and does not let us in (401).',
      isDegraded: false,
      lastFault: null,
      waiting: 0,
    })
    const fault = {
      code: 'SERVER_ERROR',
      detail: 'It is out of order (HTTP 500).',
      retryAfterSeconds: null,
    } as const
    const note = (good: number, faults: number): Promise<void> =>
      house.runtime.write(organisationId, operator, (ctx) =>
        noteResults(ctx, 'AHPRA', { good, faults: Array.from({ length: faults }, () => fault) }),
      )
    await note(0, 5)
    await put({ settings: settings(), secret })
    // Another connector, another chance.
    expect(await look()).toMatchObject({
      isReachable: true,
      isDegraded: false,
      mayAskAt: null,
      lastFault: null,
    })
    await note(0, 5)
    expect(await look()).toMatchObject({
      isReachable: true,
      isDegraded: true,
      mayAskAt: '2026-02-01T00:00:30.000Z',
      lastFault: { code: 'SERVER_ERROR', detail: fault.detail, at: '2026-02-01T00:00:00.000Z' },
    })
    expect((await ask('GET', '/registers/AHPRA')).body.data?.attributes).toMatchObject({ isDegraded: true })
    // One answer closes the breaker; until the faults are outweighed, people are told.
    await note(1, 0)
    expect(await look()).toMatchObject({
      isDegraded: true,
      mayAskAt: null,
      lastGoodAt: '2026-02-01T00:00:00.000Z',
    })
    await note(50, 0)
    expect(await look()).toMatchObject({ isDegraded: false })
  })
})
