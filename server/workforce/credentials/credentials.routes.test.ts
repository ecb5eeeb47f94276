/** Declaring credentials over HTTP (spec 10, Credentials). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type ApiAnswer } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'

interface Attributes {
  readonly worker: { readonly id: string }
  readonly number: string | null
  readonly lifecycle: string
  readonly assurance: string
  readonly licenceStatus: string
  readonly statusReasons: readonly string[]
  readonly [name: string]: unknown
}
type Answer = ApiAnswer<Attributes>

describe('credentials over HTTP', () => {
  let house: TestHouse
  let server: HttpServer
  let organisationId: string
  let token: string
  let workerId: string

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
    workerId = await newWorker('E1', 'HRMS')
  })

  const ask = apiCaller<Attributes>(
    () => server,
    () => token,
  )
  const newWorker = async (externalId: string, sourceSystem: string): Promise<string> =>
    (
      await ask('POST', '/workers', {
        identity: { displayName: `Worker ${externalId}` },
        employment: { workerType: 'EMPLOYEE' },
        source: { externalId, sourceSystem },
      })
    ).body.data?.id ?? ''
  const wwcc = { credentialType: 'WWCC_VIC', number: '1234567A', expiryDate: '2028-01-14' }
  const declare = (more: object = {}): Promise<Answer> =>
    ask('POST', '/credentials', { worker: { id: workerId }, ...wwcc, ...more })
  const idOf = (answer: Answer): string => answer.body.data?.id ?? ''
  const attributesOf = async (id: string): Promise<Attributes> =>
    (await ask('GET', `/credentials/${id}`)).body.data?.attributes as Attributes
  const verify = (id: string, set: string): Promise<unknown> =>
    house.owner(
      `update credentials set assurance = 'VERIFIED', verified_at = '2026-02-01', ${set} where id = $1`,
      [id],
    )

  test('is declared, with who said it; its status follows', async () => {
    const made = await declare({ issueDate: '2023-01-15', holderName: 'Sarah Chen' })
    expect(made).toMatchObject({
      status: 201,
      headers: { location: `${basePath}/credentials/${idOf(made)}` },
      body: {
        data: {
          type: 'credential',
          attributes: {
            worker: { id: workerId, displayName: 'Worker E1' },
            number: '1234567A',
            jurisdiction: 'VIC',
            lifecycle: 'ACTIVE',
            assurance: 'DECLARED',
            licenceStatus: 'yellow',
            source: { channel: 'API' },
            declared: { number: '1234567A', holderName: 'Sarah Chen', channel: 'API' },
            verified: null,
          },
        },
      },
    })
    const late = await declare({
      credentialType: 'WWCC_NSW',
      number: 'WWC1234567E',
      expiryDate: '2025-01-01',
    })
    await house.drain()
    expect(await attributesOf(idOf(late))).toMatchObject({ licenceStatus: 'red', statusReasons: ['EXPIRED'] })
    expect((await ask('GET', `/workers/${workerId}`)).body.data?.attributes).toMatchObject({
      compliance: { licenceStatus: 'red' },
    })
  })

  test('by the key of the worker’s system; an ambiguous one names the systems', async () => {
    expect(await ask('POST', '/credentials', { worker: { externalId: 'E1' }, ...wwcc })).toMatchObject({
      status: 201,
      body: { data: { attributes: { worker: { id: workerId } } } },
    })
    await newWorker('E1', 'PAYROLL')
    const unclear = await ask('POST', '/credentials', { worker: { externalId: 'E1' }, ...wwcc })
    expect(unclear).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/worker', code: 'AMBIGUOUS_WORKER' }] },
    })
    expect(unclear.body['detail']).toContain('HRMS, PAYROLL')
    expect(
      await ask('POST', '/credentials', { worker: { externalId: 'E1', sourceSystem: 'payroll' }, ...wwcc }),
    ).toMatchObject({ status: 201 })
  })

  test.each([
    [{ worker: {} }, '/worker', 'CUSTOM'],
    [{ worker: { id: 'x', externalId: 'y' } }, '/worker', 'CUSTOM'],
    [{ worker: { id: 'wkr_0000000000000000' } }, '/worker', 'UNKNOWN_WORKER'],
    [{ worker: { externalId: 'nobody' } }, '/worker', 'UNKNOWN_WORKER'],
    [{ credentialType: 'WWCC_VICTORIA' }, '/credentialType', 'UNKNOWN_CREDENTIAL_TYPE'],
    [{ credentialType: null }, '/credentialType', 'REQUIRED'],
    [{ credentialType: null, licenceType: 'VICWWC' }, '/licenceType', 'UNMAPPED_LICENCE_TYPE'],
    [{ credentialType: 'AHPRA', number: 'NMW12' }, '/number', 'NUMBER_FORMAT'],
    [{ number: null }, '/number', 'REQUIRED'],
    [{ issueDate: '2029-01-01' }, '/expiryDate', 'EXPIRES_BEFORE_ISSUE'],
    [{ jurisdiction: 'NSW' }, '/jurisdiction', 'JURISDICTION_DIFFERS'],
    [{ expiryDate: '2026-02-30' }, '/expiryDate', 'CUSTOM'],
    [{ colour: 'blue' }, '/colour', 'UNKNOWN_FIELD'],
  ])('%j is refused at %s', async (more, pointer, code) => {
    expect(await declare(more)).toMatchObject({ status: 400, body: { errors: [{ pointer, code }] } })
  })

  test('the organisation’s own code stands for its type once it is mapped', async () => {
    await ask('PUT', '/licence-type-mappings', { mappings: [{ code: 'KIDS', credentialType: 'WWCC_VIC' }] })
    expect(await declare({ credentialType: undefined, licenceType: 'KIDS' })).toMatchObject({
      status: 201,
      body: { data: { attributes: { credentialType: 'WWCC_VIC' } } },
    })
  })

  test('one number of a type is one credential of a worker, however it is written', async () => {
    const first = await declare()
    const again = await declare({ number: ' 1234 567a' })
    expect(again).toMatchObject({ status: 409, body: { code: 'CREDENTIAL_EXISTS', holder: idOf(first) } })
    workerId = await newWorker('E2', 'HRMS')
    expect(await declare()).toMatchObject({ status: 201 })
  })

  test('twenty at once make one; documents without a number are each their own', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => declare()))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
    const degree = { credentialType: 'EDUCATION_QUALIFICATION', number: null, expiryDate: null }
    expect([await declare(degree), await declare(degree)].map(({ status }) => status)).toEqual([201, 201])
  })

  test('PUT empties what is absent, PATCH keeps it; what changes nothing leaves no version', async () => {
    const id = idOf(await declare({ issueDate: '2023-01-15', holderName: 'Sarah Chen' }))
    expect(await ask('PATCH', `/credentials/${id}`, { expiryDate: '2028-02-14' })).toMatchObject({
      status: 200,
      body: { data: { attributes: { issueDate: '2023-01-15', expiryDate: '2028-02-14' } } },
    })
    expect(await ask('PUT', `/credentials/${id}`, { worker: { externalId: 'E1' }, ...wwcc })).toMatchObject({
      body: { data: { attributes: { issueDate: null, holderName: null } } },
    })
    expect(await ask('PATCH', `/credentials/${id}`, {})).toMatchObject({ status: 200 })
    const answer = await ask('GET', `/credentials/${id}`)
    expect(
      await ask('PUT', `/credentials/${id}`, answer.body.data?.attributes, {
        'if-match': String(answer.headers['etag']),
      }),
    ).toMatchObject({ status: 200, headers: { etag: answer.headers['etag'] } })
    expect(
      await house.owner('select version from credential_versions where credential_id = $1 order by version', [
        id,
      ]),
    ).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }])
    expect(
      await ask('PATCH', `/credentials/${id}`, { number: '7654321A' }, { 'if-match': '"old"' }),
    ).toMatchObject({ status: 412 })
    const other = await newWorker('E9', 'HRMS')
    expect(await ask('PATCH', `/credentials/${id}`, { worker: { id: other } })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/worker', code: 'WORKER_DIFFERS' }] },
    })
  })

  test('what was verified shows through and is never overwritten', async () => {
    const id = idOf(await declare())
    await verify(
      id,
      "verified_number = '1234567A', verified_expiry_date = '2029-06-30', eligibility = 'MAY_ENGAGE'",
    )
    await ask('PATCH', `/credentials/${id}`, { expiryDate: '2027-01-01' })
    expect(await attributesOf(id)).toMatchObject({
      expiryDate: '2029-06-30',
      declared: { expiryDate: '2027-01-01' },
      verified: { expiryDate: '2029-06-30' },
      assurance: 'VERIFIED',
    })
    await ask('PATCH', `/credentials/${id}`, { number: '1234567 A' })
    expect(await attributesOf(id)).toMatchObject({ assurance: 'VERIFIED' })
    await ask('PATCH', `/credentials/${id}`, { number: '7654321A' })
    expect(await attributesOf(id)).toMatchObject({ assurance: 'DECLARED', number: '1234567A' })
  })

  test('another holder name sets the assurance back', async () => {
    const id = idOf(await declare({ holderName: 'Sarah Chen' }))
    await verify(id, "verified_holder_name = 'Sarah Chen'")
    await ask('PATCH', `/credentials/${id}`, { holderName: 'Sara Cheng' })
    expect(await attributesOf(id)).toMatchObject({ assurance: 'DECLARED', holderName: 'Sarah Chen' })
  })

  test('a renewal supersedes; its going brings the former one back', async () => {
    const old = idOf(await declare())
    const renewed = idOf(await declare({ number: '7654321A', expiryDate: '2033-01-14' }))
    expect(await attributesOf(old)).toMatchObject({ lifecycle: 'SUPERSEDED' })
    expect(await attributesOf(renewed)).toMatchObject({ lifecycle: 'ACTIVE' })
    expect(await ask('DELETE', `/credentials/${renewed}`)).toMatchObject({ status: 204 })
    expect(await attributesOf(old)).toMatchObject({ lifecycle: 'ACTIVE' })
    expect(await ask('POST', `/credentials/${renewed}/restore`)).toMatchObject({ status: 200 })
    expect(await attributesOf(old)).toMatchObject({ lifecycle: 'SUPERSEDED' })
    await ask('PATCH', `/credentials/${renewed}`, { lifecycle: 'INACTIVE' })
    expect(await attributesOf(old)).toMatchObject({ lifecycle: 'ACTIVE' })
  })

  test('a declared renewal does not supersede what a register verified', async () => {
    const old = idOf(await declare())
    await verify(old, "verified_number = '1234567A', verified_expiry_date = '2028-01-14'")
    await declare({ number: '7654321A', expiryDate: '2033-01-14' })
    expect(await attributesOf(old)).toMatchObject({ lifecycle: 'ACTIVE' })
  })

  test('deleted, it is hidden and its number is free; it comes back only when it still is', async () => {
    const id = idOf(await declare())
    expect(await ask('DELETE', `/credentials/${id}`)).toMatchObject({ status: 204 })
    expect(await ask('GET', `/credentials/${id}`)).toMatchObject({ status: 404 })
    expect(await ask('DELETE', `/credentials/${id}`)).toMatchObject({ status: 404 })
    expect((await ask('GET', `/credentials?workerId=${workerId}`)).body['meta']).toMatchObject({ total: 0 })
    expect(
      (await ask('GET', `/credentials?workerId=${workerId}&includeDeleted=true`)).body['meta'],
    ).toMatchObject({ total: 1 })
    const second = idOf(await declare())
    expect(await ask('POST', `/credentials/${id}/restore`)).toMatchObject({
      status: 409,
      body: { code: 'CREDENTIAL_EXISTS', holder: second },
    })
    await ask('DELETE', `/credentials/${second}`)
    expect(await ask('POST', `/credentials/${id}/restore`)).toMatchObject({ status: 200 })
  })

  test('what a deleted worker holds is hidden with them', async () => {
    const id = idOf(await declare())
    await ask('DELETE', `/workers/${workerId}`)
    expect(await ask('GET', `/credentials/${id}`)).toMatchObject({ status: 404 })
    expect(await ask('PATCH', `/credentials/${id}`, {})).toMatchObject({ status: 404 })
    expect((await ask('GET', '/credentials')).body['meta']).toMatchObject({ total: 0 })
    await ask('POST', `/workers/${workerId}/restore`)
    expect(await ask('GET', `/credentials/${id}`)).toMatchObject({ status: 200 })
  })

  test('a worker who is deleted while something is declared for them takes it along', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, (_, n) => declare({ number: `200000${n}A` })),
      ask('DELETE', `/workers/${workerId}`),
    ])
    expect(answers.every(({ status }) => [201, 204, 400].includes(status))).toBe(true)
    expect((await ask('GET', '/credentials')).body['meta']).toMatchObject({ total: 0 })
  })

  test('what expires or changed is listed in the order in which it does, page by page', async () => {
    const dates = ['2026-05-01', '2026-03-01', '2026-04-01', '2026-03-01', '2027-01-01']
    const ids: string[] = []
    for (const [n, expiryDate] of dates.entries()) {
      house.clock.advance('1m')
      ids.push(idOf(await declare({ number: `300000${n}A`, expiryDate })))
    }
    const walk = async (query: string): Promise<string[]> => {
      const found: string[] = []
      for (let cursor = ''; ;) {
        const { body } = await ask('GET', `/credentials?${query}&pageSize=2${cursor}`)
        found.push(...(body['data'] as unknown as { id: string }[]).map(({ id }) => id))
        const next = (body['meta'] as { nextCursor: string | null }).nextCursor
        if (next === null) return found
        cursor = `&cursor=${next}`
      }
    }
    const twins = [ids[1], ids[3]].sort()
    expect(await walk('expiringBefore=2026-12-31')).toEqual([...twins, ids[2], ids[0]])
    const all = (await ask('GET', '/credentials')).body['data'] as unknown as {
      id: string
      lastUpdated: string
    }[]
    const byChange = all.map(({ id, lastUpdated }) => `${lastUpdated} ${id}`).sort()
    expect(await walk('updatedSince=2026-01-01T00:00:00Z')).toEqual(
      byChange.map((line) => line.slice(line.indexOf(' ') + 1)),
    )
    const ofAnotherOrder = (await ask('GET', '/credentials?pageSize=2')).body['meta'] as {
      nextCursor: string
    }
    expect(
      await ask('GET', `/credentials?expiringBefore=2026-12-31&cursor=${ofAnotherOrder.nextCursor}`),
    ).toMatchObject({ status: 400 })
  })

  test('a type of one’s own: declared, listed, judged by its pattern; its code is for good', async () => {
    const type = {
      code: 'MANUAL_HANDLING',
      name: 'Manual handling course',
      number: { pattern: '^MH[0-9]{6}$', example: 'MH123456', firmness: 'firm' },
    }
    expect(await ask('POST', '/credential-types', type)).toMatchObject({
      status: 201,
      body: { data: { id: 'MANUAL_HANDLING' } },
    })
    expect(await ask('POST', '/credential-types', type)).toMatchObject({
      status: 409,
      body: { code: 'NAME_TAKEN' },
    })
    expect(await ask('POST', '/credential-types', { ...type, code: 'AHPRA' })).toMatchObject({ status: 409 })
    for (const pattern of ['(a+)+$', '^(A|A)*$', '^[', '^.*.*.*.*$', '^A{1,9}B{1,9}C{1,9}D{1,9}$'])
      expect(
        await ask('POST', '/credential-types', {
          ...type,
          code: 'OTHER',
          number: { ...type.number, pattern },
        }),
        pattern,
      ).toMatchObject({ status: 400, body: { errors: [{ pointer: '/number/pattern' }] } })
    expect((await ask('GET', '/credential-types?category=CUSTOM')).body['meta']).toMatchObject({ total: 1 })
    expect(await declare({ credentialType: 'MANUAL_HANDLING', number: 'MH1' })).toMatchObject({ status: 400 })
    expect(await declare({ credentialType: 'MANUAL_HANDLING', number: 'MH654321' })).toMatchObject({
      status: 201,
    })
    await house.drain()
    expect((await ask('GET', '/credentials?credentialType=MANUAL_HANDLING')).body).toMatchObject({
      data: [{ attributes: { licenceStatus: 'yellow' } }],
    })
    // Another organisation knows nothing of it.
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
    expect((await ask('GET', '/credential-types?category=CUSTOM')).body['meta']).toMatchObject({ total: 0 })
  })
})
