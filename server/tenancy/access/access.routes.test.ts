/** Access tokens and the organisation's settings over HTTP (spec 96). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { allGrants, type Grants } from './access.schema.ts'

describe('administration over HTTP', () => {
  let house: TestHouse
  let server: HttpServer
  let organisation: { id: string; name: string }
  let token: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })
  const tokenWith = (grants: Grants): Promise<string> => tokenFor(house, organisation.id, grants)
  beforeEach(async () => {
    organisation = await house.newOrganisation()
    token = await tokenWith(allGrants)
  })

  const asToken = apiCaller(
    () => server,
    () => token,
  )
  const ask = (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    { by, headers = {} }: { by?: string; headers?: Record<string, string> } = {},
  ): Promise<ApiAnswer> =>
    asToken(method, path, body, {
      ...(by === undefined ? {} : { authorization: `Bearer ${by}` }),
      ...headers,
    })

  describe('access tokens', () => {
    const wanted = { name: 'Rostering', grants: { worker: ['READ'] } }
    const secretOf = (answer: ApiAnswer): string => String(answer.body.data?.attributes['token'])

    test('is shown once, works, is listed without its secret, and is revoked', async () => {
      const made = await ask('POST', '/access-tokens', wanted)
      expect(made).toMatchObject({ status: 201, body: { data: { attributes: wanted } } })
      const secret = secretOf(made)
      expect(secret).toMatch(/^vs_[0-9A-Za-z]{20,}$/)
      expect(await ask('GET', '/workers', undefined, { by: secret })).toMatchObject({ status: 200 })
      const id = made.body.data?.id ?? ''
      const one = await ask('GET', `/access-tokens/${id}`)
      expect(one.body.data?.attributes).toMatchObject({ lastFour: secret.slice(-4) })
      expect(JSON.stringify(one.body)).not.toContain(secret)
      expect(JSON.stringify((await ask('GET', '/access-tokens')).body)).not.toContain(secret)
      expect(await ask('DELETE', `/access-tokens/${id}`)).toMatchObject({ status: 204 })
      expect(await ask('GET', '/workers', undefined, { by: secret })).toMatchObject({ status: 401 })
      expect(await ask('GET', `/access-tokens/${id}`)).toMatchObject({ status: 404 })
      expect(await ask('DELETE', `/access-tokens/${id}`)).toMatchObject({ status: 404 })
      expect((await ask('GET', '/access-tokens')).body['meta']).toMatchObject({ total: 1 })
      expect((await ask('GET', '/access-tokens?includeDeleted=true')).body['meta']).toMatchObject({
        total: 2,
      })
    })

    test('a rotated one answers to its new secret alone', async () => {
      const made = await ask('POST', '/access-tokens', wanted)
      const old = secretOf(made)
      await ask('GET', '/workers', undefined, { by: old })
      const rotated = await ask('POST', `/access-tokens/${made.body.data?.id}/rotate`)
      expect(rotated).toMatchObject({ status: 200, body: { data: { id: made.body.data?.id } } })
      expect(await ask('GET', '/workers', undefined, { by: old })).toMatchObject({ status: 401 })
      expect(await ask('GET', '/workers', undefined, { by: secretOf(rotated) })).toMatchObject({
        status: 200,
      })
    })

    test('nobody gives or takes over a grant that they lack', async () => {
      const admin = await tokenWith({ settings: ['READ', 'CREATE', 'UPDATE'], worker: ['READ'] })
      expect(await ask('POST', '/access-tokens', wanted, { by: admin })).toMatchObject({ status: 201 })
      const more = { name: 'More', grants: { worker: ['READ', 'DELETE'] } }
      expect(await ask('POST', '/access-tokens', more, { by: admin })).toMatchObject({
        status: 403,
        body: { grant: 'worker:DELETE' },
      })
      const strong = await ask('POST', '/access-tokens', more)
      expect(
        await ask('POST', `/access-tokens/${strong.body.data?.id}/rotate`, undefined, { by: admin }),
      ).toMatchObject({ status: 403 })
      expect(await ask('GET', '/workers', undefined, { by: secretOf(strong) })).toMatchObject({ status: 200 })
    })

    test('its secret is not kept under an Idempotency-Key: a repeat names what was made', async () => {
      const headers = { 'idempotency-key': 'once' }
      const first = await ask('POST', '/access-tokens', wanted, { headers })
      const again = await ask('POST', '/access-tokens', wanted, { headers })
      expect(again).toMatchObject({
        status: 409,
        body: { code: 'SECRET_SHOWN_ONCE', id: first.body.data?.id },
      })
      const kept = await house.owner<{ body: string }>(
        'select body from idempotency_answers where organisation_id = $1',
        [organisation.id],
      )
      expect(kept).toHaveLength(1)
      expect(JSON.stringify(kept)).not.toContain(secretOf(first))
    })

    test.each([
      [{ name: 'x' }, '/grants'],
      [{ ...wanted, grants: {} }, '/grants'],
      [{ ...wanted, grants: { worker: ['FLY'] } }, '/grants/worker/0'],
      [{ ...wanted, grants: { person: ['READ'] } }, '/grants/person'],
      [{ ...wanted, expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      [{ ...wanted, expiresAt: 'tomorrow' }, '/expiresAt'],
      [{ ...wanted, name: ' ' }, '/name'],
    ])('%j is refused at %s', async (body, pointer) => {
      const answer = await ask('POST', '/access-tokens', body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } })
      expect(answer.body.errors?.[0]?.pointer).toBe(pointer)
    })
  })

  describe('the organisation', () => {
    test('its settings in force, with their types; changes are all made or none', async () => {
      const before = await ask('GET', '/organisation')
      expect(before.body.data).toMatchObject({
        id: organisation.id,
        attributes: {
          name: organisation.name,
          settings: {
            'import.schedule': 'realtime',
            'import.maxRows': 10_000,
            'export.merge': false,
            'import.optional': [],
          },
        },
      })
      const changed = await ask(
        'PATCH',
        '/organisation',
        {
          settings: {
            'import.maxRows': 500,
            'export.merge': true,
            'import.acceptDeclared': ['AHPRA', 'CPR'],
          },
        },
        { headers: { 'if-match': String(before.headers['etag']) } },
      )
      expect(changed).toMatchObject({
        status: 200,
        body: {
          data: {
            attributes: {
              settings: {
                'import.maxRows': 500,
                'export.merge': true,
                'import.acceptDeclared': ['AHPRA', 'CPR'],
              },
            },
          },
        },
      })
      expect(
        await ask(
          'PATCH',
          '/organisation',
          { settings: { 'import.maxRows': 1 } },
          {
            headers: { 'if-match': String(before.headers['etag']) },
          },
        ),
      ).toMatchObject({ status: 412 })
      const faulty = {
        'import.maxRows': 0,
        'import.schedul': 'daily',
        'export.merge': '1',
        'import.heldDays': 3,
      }
      const refused = await ask('PATCH', '/organisation', { settings: faulty })
      expect(refused).toMatchObject({
        status: 400,
        body: {
          errors: [
            { pointer: '/settings/import.maxRows' },
            { pointer: '/settings/import.schedul' },
            { pointer: '/settings/export.merge' },
          ],
        },
      })
      expect((await ask('GET', '/organisation')).body.data?.attributes).toMatchObject({
        settings: { 'import.maxRows': 500, 'import.heldDays': 14 },
      })
      await ask('PATCH', '/organisation', { settings: { 'import.maxRows': null } })
      expect((await ask('GET', '/organisation')).body.data?.attributes).toMatchObject({
        settings: { 'import.maxRows': 10_000 },
      })
    })

    test('what is set to what it is leaves no trace', async () => {
      await ask('PATCH', '/organisation', { name: organisation.name, settings: { 'import.maxRows': 10_000 } })
      expect(
        await house.owner('select 1 from organisation_setting_versions where organisation_id = $1', [
          organisation.id,
        ]),
      ).toEqual([])
    })

    test('its name is its own', async () => {
      const other = await house.newOrganisation()
      expect(await ask('PATCH', '/organisation', { name: other.name.toUpperCase() })).toMatchObject({
        status: 409,
        body: { code: 'NAME_TAKEN' },
      })
      expect(await ask('PATCH', '/organisation', { name: 'Sunrise' })).toMatchObject({
        status: 200,
        body: { data: { attributes: { name: 'Sunrise' } } },
      })
    })

    test('the schema of the settings takes what is in force', async () => {
      const { attributes } = (await ask('GET', '/organisation/settings-schema')).body.data ?? {}
      const { properties } = attributes as { properties: Record<string, { type: string; default: unknown }> }
      const { settings } = (await ask('GET', '/organisation')).body.data?.attributes as {
        settings: Record<string, unknown>
      }
      expect(Object.keys(properties)).toEqual(Object.keys(settings))
      for (const [key, value] of Object.entries(settings)) expect(properties[key]?.default).toEqual(value)
    })
  })
})
