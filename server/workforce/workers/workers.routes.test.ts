/** Changing workers over HTTP (spec 10, Workers), and the conventions of changes that they are the first to keep. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { allGrants } from '../../tenancy/access/access.schema.ts'
import { createToken } from '../../tenancy/access/access.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: {
    readonly data?: { readonly id: string; readonly attributes: Attributes }
    readonly code?: string
    readonly detail?: string
    readonly errors?: readonly { readonly pointer: string }[]
    readonly [name: string]: unknown
  }
}
interface Attributes {
  readonly identity: Readonly<Record<string, string | null>>
  readonly contact: Readonly<Record<string, string | null>>
  readonly employment: Readonly<Record<string, string | null>>
  readonly source: { readonly externalId: string; readonly sourceSystem: string } | null
  readonly sources: readonly unknown[]
}

describe('workers over HTTP', () => {
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
    token = await tokenWith(allGrants)
  })

  const tokenWith = async (grants: typeof allGrants): Promise<string> =>
    (await house.runtime.write(organisationId, operator, (ctx) => createToken(ctx, { name: 'test', grants })))
      .token

  async function ask(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await server.inject({
      method,
      url: basePath + path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.payload === '' ? {} : (answer.json() as Answer['body']),
    }
  }
  const sarah = (more: object = {}): object => ({
    identity: { displayName: 'Sarah Chen', firstName: 'Sarah', lastName: 'Chen', birthDate: '1992-03-15' },
    contact: { workEmail: 'sarah@example.com' },
    employment: { workerType: 'EMPLOYEE', state: 'VIC' },
    source: { externalId: 'E1', sourceSystem: 'HRMS' },
    ...more,
  })
  const idOf = (answer: Answer): string => answer.body.data?.id ?? ''
  const events = async (): Promise<string[]> =>
    (
      await house.owner<{ type: string }>(
        'select type from events where organisation_id = $1 order by at, type',
        [organisationId],
      )
    ).map((row) => row.type)

  describe('POST', () => {
    test('201, Location, ETag; the first version, an audit entry, an event', async () => {
      const made = await ask('POST', '/workers', sarah())
      expect(made).toMatchObject({
        status: 201,
        headers: {
          location: `${basePath}/workers/${idOf(made)}`,
          etag: expect.stringMatching(/^"/) as string,
        },
        body: {
          data: {
            attributes: {
              identity: { firstName: 'Sarah' },
              employment: { status: 'ACTIVE' },
              source: { externalId: 'E1' },
            },
          },
        },
      })
      expect((await ask('GET', `/workers/${idOf(made)}`)).body.data).toEqual(made.body.data)
      expect(
        await house.owner(
          'select version, display_name, is_deleted from worker_versions where organisation_id = $1',
          [organisationId],
        ),
      ).toEqual([{ version: 1, display_name: 'Sarah Chen', is_deleted: false }])
      expect(
        await house.owner(
          "select action, channel, actor_kind from audit_entries where organisation_id = $1 and entity_type = 'worker'",
          [organisationId],
        ),
      ).toEqual([{ action: 'create', channel: 'API', actor_kind: 'TOKEN' }])
      expect(await events()).toEqual(['worker.created'])
    })

    test('all faults at once, each with its place', async () => {
      const answer = await ask('POST', '/workers', {
        identity: { displayName: '  ', birthDate: '2026-02-30', age: 4 },
        contact: { workEmail: 'not an address' },
        employment: { workerType: 'BOSS', state: 'Victoria', jobTitle: 'a\u0000b' },
        source: { externalId: '', sourceSystem: 'HR MS' },
      })
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } })
      expect(answer.body.errors?.map((fault) => fault.pointer).sort()).toEqual([
        '/contact/workEmail',
        '/employment/jobTitle',
        '/employment/state',
        '/employment/workerType',
        '/identity/age',
        '/identity/birthDate',
        '/identity/displayName',
        '/source/externalId',
        '/source/sourceSystem',
      ])
      expect(await events()).toEqual([])
    })

    test('an unknown position is a fault; a known one goes by id or code', async () => {
      const unknown = await ask('POST', '/workers', sarah({ employment: { positionId: 'RN-001' } }))
      expect(unknown).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/employment/positionId' }] },
      })
      await house.owner(
        `insert into positions (organisation_id, id, version, code, is_stub, created_at, updated_at)
          values ($1, 'pos_0000000000000001', 1, 'RN-001', true, now(), now())`,
        [organisationId],
      )
      expect(await ask('POST', '/workers', sarah({ employment: { positionId: 'RN-001' } }))).toMatchObject({
        status: 201,
        body: {
          data: {
            attributes: { employment: { positionId: 'pos_0000000000000001', positionCode: 'RN-001' } },
          },
        },
      })
    })

    test('e-mail and key are one person’s: 409 names the other', async () => {
      const first = await ask('POST', '/workers', sarah())
      const email = await ask(
        'POST',
        '/workers',
        sarah({ source: null, contact: { workEmail: 'SARAH@example.com' } }),
      )
      expect(email).toMatchObject({ status: 409, body: { code: 'EMAIL_TAKEN', holder: idOf(first) } })
      const key = await ask(
        'POST',
        '/workers',
        sarah({ contact: null, source: { externalId: 'E1', sourceSystem: 'hrms' } }),
      )
      expect(key).toMatchObject({ status: 409, body: { code: 'EXTERNAL_ID_TAKEN', holder: idOf(first) } })
      // An inactive person's address is free.
      expect(
        await ask('POST', '/workers', sarah({ source: null, employment: { status: 'INACTIVE' } })),
      ).toMatchObject({ status: 201 })
    })

    test('of 20 at once with one e-mail, one is made', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => ask('POST', '/workers', sarah({ source: null }))),
      )
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1)
      expect(answers.filter((answer) => answer.body.code === 'EMAIL_TAKEN')).toHaveLength(19)
    })
  })

  describe('PUT and PATCH', () => {
    test('PUT empties what is absent, PATCH keeps it, null empties', async () => {
      const id = idOf(await ask('POST', '/workers', sarah()))
      const patched = await ask('PATCH', `/workers/${id}`, {
        contact: { mobile: '0400 000 000' },
        employment: { state: null },
      })
      expect(patched).toMatchObject({
        status: 200,
        body: {
          data: {
            attributes: {
              contact: { workEmail: 'sarah@example.com', mobile: '0400 000 000' },
              employment: { state: null, workerType: 'EMPLOYEE' },
            },
          },
        },
      })
      const put = await ask('PUT', `/workers/${id}`, { identity: { displayName: 'Sarah' } })
      expect(put).toMatchObject({
        status: 200,
        body: {
          data: {
            id,
            attributes: {
              identity: { displayName: 'Sarah', lastName: null },
              contact: { workEmail: null, mobile: null },
              source: null,
              sources: [],
            },
          },
        },
      })
      expect(await events()).toEqual(['worker.created', 'worker.updated', 'worker.updated'])
    })

    test('what was read can be sent back, and changes nothing: no version, no event', async () => {
      const made = await ask('POST', '/workers', sarah())
      const again = await ask('PUT', `/workers/${idOf(made)}`, made.body.data?.attributes)
      expect(again.body.data).toEqual(made.body.data)
      expect(await ask('PATCH', `/workers/${idOf(made)}`, {})).toMatchObject({
        status: 200,
        headers: { etag: made.headers['etag'] },
      })
      expect(await events()).toEqual(['worker.created'])
      expect(
        await house.owner('select 1 from worker_versions where organisation_id = $1', [organisationId]),
      ).toHaveLength(1)
    })

    test('If-Match guards a change', async () => {
      const made = await ask('POST', '/workers', sarah())
      const path = `/workers/${idOf(made)}`
      const etag = String(made.headers['etag'])
      expect(await ask('PATCH', path, { contact: { mobile: '1' } }, { 'if-match': '"other"' })).toMatchObject(
        {
          status: 412,
          body: { code: 'VERSION_MISMATCH', etag },
        },
      )
      const changed = await ask(
        'PATCH',
        path,
        { contact: { mobile: '1' } },
        { 'if-match': `"other", ${etag}` },
      )
      expect(changed.status).toBe(200)
      for (const method of ['PUT', 'DELETE'] as const)
        expect(
          await ask(method, path, method === 'PUT' ? sarah() : undefined, { 'if-match': etag }),
        ).toMatchObject({ status: 412 })
      expect(await ask('DELETE', path, undefined, { 'if-match': '*' })).toMatchObject({ status: 204 })
      expect(await ask('DELETE', path, undefined, { 'if-match': '*' })).toMatchObject({ status: 412 })
      expect(await ask('DELETE', path)).toMatchObject({ status: 404 })
    })

    test('of 10 changes at once on one ETag, one is done', async () => {
      const made = await ask('POST', '/workers', sarah())
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          ask(
            'PATCH',
            `/workers/${idOf(made)}`,
            { contact: { mobile: `0${n}` } },
            { 'if-match': String(made.headers['etag']) },
          ),
        ),
      )
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
      expect(answers.filter((answer) => answer.status === 412)).toHaveLength(9)
    })

    test('leaving and coming back are events of their own; a taken e-mail keeps one away', async () => {
      const id = idOf(await ask('POST', '/workers', sarah()))
      await ask('PATCH', `/workers/${id}`, { employment: { status: 'INACTIVE' } })
      const other = idOf(await ask('POST', '/workers', sarah({ source: null })))
      expect(await ask('PATCH', `/workers/${id}`, { employment: { status: 'ACTIVE' } })).toMatchObject({
        status: 409,
        body: { code: 'EMAIL_TAKEN', holder: other },
      })
      await ask('DELETE', `/workers/${other}`)
      expect(await ask('PATCH', `/workers/${id}`, { employment: { status: 'ACTIVE' } })).toMatchObject({
        status: 200,
      })
      expect(await events()).toEqual(
        [
          'worker.created',
          'worker.created',
          'worker.deactivated',
          'worker.deleted',
          'worker.reactivated',
        ].sort(),
      )
    })

    test('a merge that leaves no name is refused, and nothing is changed', async () => {
      const made = await ask('POST', '/workers', sarah())
      expect(await ask('PATCH', `/workers/${idOf(made)}`, { identity: { displayName: ' ' } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/identity/displayName' }] },
      })
      expect((await ask('GET', `/workers/${idOf(made)}`)).body.data).toEqual(made.body.data)
    })
  })

  describe('DELETE and restore', () => {
    test('gone from lists, there with includeDeleted, back as before', async () => {
      const made = await ask('POST', '/workers', sarah())
      const id = idOf(made)
      expect(await ask('DELETE', `/workers/${id}`)).toMatchObject({ status: 204, body: {} })
      expect(await ask('GET', `/workers/${id}`)).toMatchObject({ status: 404 })
      expect((await ask('GET', '/workers')).body).toMatchObject({ data: [] })
      expect((await ask('GET', '/workers?includeDeleted=true')).body).toMatchObject({ data: [{ id }] })
      expect(await ask('POST', `/workers/${id}/restore`)).toMatchObject({
        status: 200,
        body: {
          data: { attributes: { source: { externalId: 'E1' }, contact: { workEmail: 'sarah@example.com' } } },
        },
      })
      // Twice is once.
      expect(await ask('POST', `/workers/${id}/restore`)).toMatchObject({ status: 200 })
      expect(
        await house.owner(
          'select version, is_deleted from worker_versions where organisation_id = $1 order by version',
          [organisationId],
        ),
      ).toEqual([
        { version: 1, is_deleted: false },
        { version: 2, is_deleted: true },
        { version: 3, is_deleted: false },
      ])
    })

    test('a key that somebody took meanwhile keeps one away, until it is free', async () => {
      const id = idOf(await ask('POST', '/workers', sarah()))
      await ask('DELETE', `/workers/${id}`)
      const other = idOf(await ask('POST', '/workers', sarah({ contact: null })))
      expect(await ask('POST', `/workers/${id}/restore`)).toMatchObject({
        status: 409,
        body: { code: 'EXTERNAL_ID_TAKEN', holder: other },
      })
      await ask('DELETE', `/workers/${other}`)
      expect(await ask('POST', `/workers/${id}/restore`)).toMatchObject({
        body: { data: { attributes: { source: { externalId: 'E1' } } } },
      })
      expect(await ask('POST', `/workers/${other}/restore`)).toMatchObject({
        status: 409,
        body: { holder: id },
      })
    })
  })

  describe('by external id', () => {
    const path = '/workers/by-external-id/HRMS/E1'
    test('201 for a new one, 200 for one that is there', async () => {
      const made = await ask('PUT', path, sarah({ source: undefined }))
      expect(made).toMatchObject({ status: 201, headers: { location: `${basePath}/workers/${idOf(made)}` } })
      const again = await ask(
        'PUT',
        '/workers/by-external-id/hrms/E1',
        sarah({ identity: { displayName: 'Sarah C' }, source: undefined }),
      )
      expect(again).toMatchObject({
        status: 200,
        body: {
          data: { id: idOf(made), attributes: { identity: { displayName: 'Sarah C', lastName: null } } },
        },
      })
      expect(again.headers['location']).toBeUndefined()
      expect((await ask('GET', path)).body.data?.id).toBe(idOf(made))
    })
    test('a new one needs CREATE too, and is not made without', async () => {
      token = await tokenWith({ worker: ['READ', 'UPDATE'] } as typeof allGrants)
      expect(await ask('PUT', path, sarah())).toMatchObject({ status: 403, body: { grant: 'worker:CREATE' } })
      expect((await ask('GET', '/workers')).body).toMatchObject({ data: [] })
    })
    test('another key in the body is refused', async () => {
      expect(
        await ask('PUT', path, sarah({ source: { externalId: 'E2', sourceSystem: 'HRMS' } })),
      ).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/source' }] },
      })
    })
    test('of 20 at once, one is made and all get it', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask('PUT', path, sarah())))
      const ids = new Set(answers.filter((answer) => answer.status < 300).map(idOf))
      expect(ids.size).toBe(1)
      // Whoever lost the race is told so and may repeat.
      for (const answer of answers) expect([200, 201, 409]).toContain(answer.status)
      expect((await ask('PUT', path, sarah())).status).toBe(200)
    })
    test('If-Match on nobody is 412', async () => {
      expect(await ask('PUT', path, sarah(), { 'if-match': '*' })).toMatchObject({ status: 412 })
    })
  })

  describe('Idempotency-Key', () => {
    const key = { 'idempotency-key': '5f0c6a7e-1111-4222-8333-944445555666' }

    test('the same again gets the first answer again; other content is 422', async () => {
      const first = await ask('POST', '/workers', sarah(), key)
      const again = await ask('POST', '/workers', sarah(), key)
      expect(again.body).toEqual(first.body)
      expect(again.headers).toMatchObject({
        location: first.headers['location'],
        etag: first.headers['etag'],
        'idempotency-replayed': 'true',
      })
      expect(await ask('POST', '/workers', sarah({ contact: null }), key)).toMatchObject({
        status: 422,
        body: { code: 'IDEMPOTENCY_MISMATCH' },
      })
      expect(await events()).toEqual(['worker.created'])
      // Another token's key is another key.
      token = await tokenWith(allGrants)
      expect(await ask('POST', '/workers', sarah(), key)).toMatchObject({
        status: 409,
        body: { code: 'EMAIL_TAKEN' },
      })
    })

    test('50 at once have one effect; each gets the answer or IDEMPOTENCY_RUNNING, every retry the answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => ask('POST', '/workers', sarah(), key)),
      )
      const made = answers.filter((answer) => answer.status === 201)
      expect(made.length).toBeGreaterThan(0)
      expect(new Set(made.map(idOf)).size).toBe(1)
      for (const answer of answers)
        if (answer.status !== 201)
          expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_RUNNING' } })
      const retries = await Promise.all(
        Array.from({ length: 50 }, () => ask('POST', '/workers', sarah(), key)),
      )
      for (const retry of retries)
        expect(retry).toMatchObject({ status: 201, body: { data: { id: idOf(made[0] as Answer) } } })
      expect(await events()).toEqual(['worker.created'])
    })

    test('a lasting fault is kept, a passing one is not', async () => {
      const fault = await ask('POST', '/workers', { identity: {} }, key)
      expect(fault.status).toBe(400)
      expect((await ask('POST', '/workers', { identity: {} }, key)).body).toEqual(fault.body)
      const other = { 'idempotency-key': 'another' }
      const blocker = idOf(await ask('POST', '/workers', sarah({ source: null })))
      expect(await ask('POST', '/workers', sarah(), other)).toMatchObject({ status: 409 })
      await ask('DELETE', `/workers/${blocker}`)
      expect(await ask('POST', '/workers', sarah(), other)).toMatchObject({ status: 201 })
    })

    test('a crash before the effect frees the key with its lease; one after it leaves the answer', async () => {
      await ask('POST', '/workers', sarah(), key)
      // As a process leaves it that died in the middle: claimed, not answered, and no effect.
      await house.owner(
        'update idempotency_answers set lease_until = $2, status = null, headers = null, body = null where organisation_id = $1',
        [organisationId, new Date(house.clock.now().getTime() + 60_000)],
      )
      await house.owner('delete from worker_sources where organisation_id = $1', [organisationId])
      await house.owner('delete from workers where organisation_id = $1', [organisationId])
      expect(await ask('POST', '/workers', sarah(), key)).toMatchObject({
        status: 409,
        body: { code: 'IDEMPOTENCY_RUNNING' },
      })
      house.clock.advance('61s')
      expect(await ask('POST', '/workers', sarah(), key)).toMatchObject({ status: 201 })
    })

    test('is forgotten after a day, also when nobody asks again', async () => {
      await ask('POST', '/workers', sarah(), key)
      house.clock.advance('25h')
      await house.drain()
      expect(
        await house.owner('select 1 from idempotency_answers where organisation_id = $1', [organisationId]),
      ).toEqual([])
    })

    test.each(['', 'with blank', 'x'.repeat(256), 'ü'])('%j is no key', async (bad) => {
      expect(await ask('POST', '/workers', sarah(), { 'idempotency-key': bad })).toMatchObject({
        status: 400,
      })
    })
  })

  test('a worker who becomes a volunteer is judged anew', async () => {
    const id = idOf(await ask('POST', '/workers', sarah()))
    await house.owner(
      `insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, declared_number, declared_expiry_date,
          declared_channel, declared_by, declared_at, assurance, lifecycle, licence_status, status_reasons, status_due_on, created_at, updated_at,
          eligibility, verified_at)
        values ($1, 'cred_0000000000000001', 1, $2, 'WWCC_NSW', 'WWC1234567V', 'WWC1234567V', '2027-01-31', 'API', 'test', now(), 'VERIFIED', 'ACTIVE',
          'yellow', '{}', '-infinity', now(), now(), 'MAY_ENGAGE', $3)`,
      [organisationId, id, house.clock.now()],
    )
    const statusOf = async (): Promise<unknown> =>
      (
        await house.owner<{ licence_status: string }>(
          'select licence_status from credentials where organisation_id = $1',
          [organisationId],
        )
      )[0]?.licence_status
    await ask('PATCH', `/workers/${id}`, { employment: { workerType: 'CONTRACTOR' } })
    await house.drain()
    expect(await statusOf()).toBe('red')
    await ask('PATCH', `/workers/${id}`, { employment: { workerType: 'VOLUNTEER' } })
    await house.drain()
    expect(await statusOf()).toBe('green')
  })
})
