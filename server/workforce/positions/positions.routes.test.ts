/** Positions over HTTP (spec 60, Positions). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'

describe('positions over HTTP', () => {
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
  const requiring = (requirements: unknown): Promise<ApiAnswer> =>
    ask('POST', '/positions', { code: 'RN', requirements })
  const leaf = { credentialType: 'AHPRA' }

  test('is made, found by id and code, replaced, changed; what changes nothing leaves no version', async () => {
    const made = await ask('POST', '/positions', {
      code: 'RN',
      name: 'Nurse',
      requirements: { allOf: [leaf] },
    })
    const id = made.body.data?.id ?? ''
    expect(made).toMatchObject({
      status: 201,
      body: { data: { attributes: { isStub: false, graceDays: 0 } } },
    })
    expect(await ask('GET', '/positions/RN')).toMatchObject({ status: 200, body: { data: { id } } })
    expect(await ask('PATCH', '/positions/RN', { graceDays: 7 })).toMatchObject({
      body: { data: { attributes: { name: 'Nurse', graceDays: 7, requirements: { allOf: [leaf] } } } },
    })
    expect(await ask('PATCH', '/positions/RN', { requirements: { anyOf: [leaf] } })).toMatchObject({
      body: { data: { attributes: { requirements: { anyOf: [leaf] } } } },
    })
    const now = await ask('GET', `/positions/${id}`)
    expect(
      await ask('PUT', `/positions/${id}`, now.body.data?.attributes, {
        'if-match': String(now.headers['etag']),
      }),
    ).toMatchObject({ status: 200, headers: { etag: now.headers['etag'] } })
    expect(await ask('PUT', '/positions/RN', { code: 'RN-2' }, { 'if-match': '"old"' })).toMatchObject({
      status: 412,
    })
    expect(await ask('PUT', '/positions/RN', { code: 'RN-2' })).toMatchObject({
      body: { data: { id, attributes: { code: 'RN-2', name: null, requirements: null } } },
    })
    expect(
      await house.owner(
        'select version, own_requirements from position_versions where position_id = $1 order by 1',
        [id],
      ),
    ).toEqual([
      { version: 1, own_requirements: { allOf: [leaf] } },
      { version: 2, own_requirements: { allOf: [leaf] } },
      { version: 3, own_requirements: { anyOf: [leaf] } },
      { version: 4, own_requirements: null },
    ])
  })

  test('a code is one position’s', async () => {
    const first = await ask('POST', '/positions', { code: 'RN' })
    expect(await ask('POST', '/positions', { code: ' RN ' })).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN', holder: first.body.data?.id },
    })
    const many = await Promise.all(
      Array.from({ length: 10 }, () => ask('POST', '/positions', { code: 'EN' })),
    )
    expect(many.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)])
    expect(await ask('PATCH', '/positions/EN', { code: 'RN' })).toMatchObject({ status: 409 })
  })

  test.each([
    [{ allOf: [] }, '/requirements/allOf'],
    [{}, '/requirements'],
    [{ allOf: [leaf], anyOf: [leaf] }, '/requirements'],
    [{ allOf: [{ credentialType: 'NOBODY' }] }, '/requirements/allOf/0/credentialType'],
    [{ allOf: [{ ...leaf, exemptedBy: ['NOBODY'] }] }, '/requirements/allOf/0/exemptedBy/0'],
    [
      { allOf: [leaf, { anyOf: [leaf, { colour: 'blue' }] }] },
      '/requirements/allOf/1/anyOf/1/credentialType',
    ],
    [{ allOf: [{ atLeast: 3, of: [leaf, leaf] }] }, '/requirements/allOf/0/atLeast'],
    [{ allOf: [{ credentialType: 'WWCC_VIC', jurisdiction: 'NSW' }] }, '/requirements/allOf/0/jurisdiction'],
    [{ allOf: [{ ...leaf, minimumDaysLeft: -1 }] }, '/requirements/allOf/0/minimumDaysLeft'],
    [{ allOf: [null] }, '/requirements/allOf/0'],
    [{ allOf: Array(101).fill(leaf) }, '/requirements/allOf'],
    [{ allOf: Array(3).fill({ anyOf: Array(40).fill(leaf) }) }, '/requirements'],
    [{ banChecks: [{ register: 'AHPRA' }] }, '/requirements/banChecks/0/register'],
  ])('the requirements %j are refused at %s', async (requirements, pointer) => {
    const answer = await requiring(requirements)
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } })
    expect(answer.body.errors?.map((fault) => fault.pointer)).toContain(pointer)
  })

  test('five levels are enough; a body of ten thousand is refused, not walked', async () => {
    const nested = (levels: number): object => (levels === 1 ? leaf : { allOf: [nested(levels - 1)] })
    expect(await requiring(nested(5))).toMatchObject({ status: 201 })
    expect(await ask('POST', '/positions', { code: 'EN', requirements: nested(6) })).toMatchObject({
      status: 400,
    })
    const deep = `${'{"allOf":['.repeat(10_000)}1${']}'.repeat(10_000)}`
    expect(await ask('POST', '/positions', `{"code":"EN","requirements":${deep}}`)).toMatchObject({
      status: 400,
    })
    expect(
      await ask('POST', '/positions', {
        code: 'EN',
        requirements: {
          allOf: [leaf, { atLeast: 1, of: [leaf, { anyOf: [leaf], label: 'Either' }] }],
          banChecks: [{ register: 'NDIS_ENFORCEMENT' }],
        },
      }),
    ).toMatchObject({ status: 201 })
  })

  test('is not taken from under those who hold it; deleted, its code is free', async () => {
    const made = await ask('POST', '/positions', { code: 'RN' })
    const id = made.body.data?.id ?? ''
    const worker = await ask('POST', '/workers', {
      identity: { displayName: 'Sarah' },
      employment: { positionId: 'RN' },
    })
    expect(await ask('DELETE', '/positions/RN')).toMatchObject({
      status: 409,
      body: { code: 'POSITION_IN_USE', holders: 1 },
    })
    await ask('PATCH', `/workers/${worker.body.data?.id}`, { employment: { status: 'INACTIVE' } })
    expect(await ask('DELETE', '/positions/RN')).toMatchObject({ status: 204 })
    expect(await ask('GET', `/positions/${id}`)).toMatchObject({ status: 404 })
    const second = await ask('POST', '/positions', { code: 'RN' })
    expect(await ask('POST', `/positions/${id}/restore`)).toMatchObject({
      status: 409,
      body: { holder: second.body.data?.id },
    })
    await ask('DELETE', '/positions/RN')
    expect(await ask('POST', `/positions/${id}/restore`)).toMatchObject({ status: 200 })
    expect((await ask('GET', '/positions?includeDeleted=true')).body['meta']).toMatchObject({ total: 2 })
    expect((await ask('GET', '/positions?query=rn')).body['meta']).toMatchObject({ total: 1 })
  })

  test('a stub that is described is none any more', async () => {
    await house.runtime.write(organisationId, operator, async (ctx) => {
      const { ensurePositionStubs } = await import('./positions.ts')
      const { sql } = await import('../../platform/db/database.ts')
      await ensurePositionStubs(ctx, sql`select 'RN' as code`, 'imp_test')
    })
    expect(await ask('GET', '/positions/RN')).toMatchObject({
      body: { data: { attributes: { isStub: true } } },
    })
    expect(await ask('PATCH', '/positions/RN', { name: 'Nurse' })).toMatchObject({
      body: { data: { attributes: { isStub: false, name: 'Nurse' } } },
    })
  })
})
