/** What is refused when a worker is asked, and with what words (spec 30, API). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { setSetting } from '../../tenancy/organisations/organisations.ts'

let house: TestHouse
let server: HttpServer
let organisationId: string
let token: string
let worker: string
let people = 0

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
  organisationId = (await house.newOrganisation()).id
  token = await tokenFor(house, organisationId)
  worker = await person()
})
afterAll(async () => {
  await server.close()
  await house.close()
})

const ask = apiCaller(
  () => server,
  () => token,
)

async function person(more: object = {}): Promise<string> {
  people += 1
  const { body, status } = await ask('POST', '/workers', {
    identity: { displayName: 'Jordan Avery' },
    contact: { workEmail: `w${people}@example.com` },
    ...more,
  })
  expect(status).toBe(201)
  return body.data?.id ?? ''
}

const post = (more: object): ReturnType<typeof ask> =>
  ask('POST', '/fetch-requests', {
    worker: { id: worker },
    requestedCredentialTypes: ['FIRST_AID'],
    ...more,
  })

const leaf = { credentialType: 'AHPRA' }
const deep = (levels: number): object => (levels === 0 ? leaf : { allOf: [deep(levels - 1)] })

describe('400, with a pointer to each fault', () => {
  test.each<[string, object, string[]]>([
    ['neither form of what is asked', { requestedCredentialTypes: undefined }, ['/']],
    ['both', { requirements: { allOf: [leaf] } }, ['/']],
    ['nothing asked', { requestedCredentialTypes: [] }, ['/requestedCredentialTypes']],
    ['a type twice', { requestedCredentialTypes: ['CPR', 'CPR'] }, ['/requestedCredentialTypes']],
    [
      'types that nobody knows',
      { requestedCredentialTypes: ['NOPE', 'CPR', 'wwcc_nsw'] },
      ['/requestedCredentialTypes/0', '/requestedCredentialTypes/2'],
    ],
    [
      'types in a tree that nobody knows',
      {
        requestedCredentialTypes: undefined,
        requirements: {
          allOf: [leaf, { anyOf: [{ credentialType: 'NOPE', exemptedBy: ['CPR', 'NEITHER'] }] }],
        },
      },
      ['/requirements/allOf/1/anyOf/0/credentialType', '/requirements/allOf/1/anyOf/0/exemptedBy/1'],
    ],
    [
      'only ban checks',
      {
        requestedCredentialTypes: undefined,
        requirements: { banChecks: [{ register: 'NDIS_ENFORCEMENT' }] },
      },
      ['/requirements'],
    ],
    ['both ids', { worker: { id: 'wkr_1', externalId: 'E1' } }, ['/worker']],
    ['no id', { worker: {} }, ['/worker']],
    ['a system without an id of its', { worker: { id: 'wkr_1', sourceSystem: 'hr' } }, ['/worker']],
    ['an unknown worker', { worker: { id: 'wkr_0000000000000000' } }, ['/worker']],
    ['an unknown key', { worker: { externalId: 'E1' } }, ['/worker']],
    ['no day', { expiryDays: 0 }, ['/expiryDays']],
    ['too many days', { expiryDays: 91 }, ['/expiryDays']],
    ['half a day', { expiryDays: 1.5 }, ['/expiryDays']],
    ['too long a message', { message: 'x'.repeat(2_001) }, ['/message']],
    ['a message with a bell in it', { message: 'Hi\u0007' }, ['/message']],
    [
      'too long a text',
      { credentialGuidingTexts: { FIRST_AID: 'x'.repeat(1_001) } },
      ['/credentialGuidingTexts/FIRST_AID'],
    ],
    [
      'a text beside what is not asked',
      { credentialGuidingTexts: { CPR: 'x' } },
      ['/credentialGuidingTexts/CPR'],
    ],
    ['another channel', { delivery: { channel: 'PIGEON' } }, ['/delivery/channel']],
    [
      'unknown fields',
      { colour: 'blue', delivery: { channel: 'LINK', by: 'hand' } },
      ['/delivery/by', '/colour'],
    ],
  ])('%s', async (_name, more, pointers) => {
    const { status, body } = await post(more)
    expect([status, body['code']]).toEqual([400, 'VALIDATION_FAILED'])
    expect(body.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(pointers.toSorted())
    for (const { detail } of body.errors ?? []) expect(detail).toMatch(/\.$/)
  })

  test('a tree that is too deep', async () => {
    const { status, body } = await post({ requestedCredentialTypes: undefined, requirements: deep(7) })
    expect([status, body['code']]).toEqual([400, 'VALIDATION_FAILED'])
  })

  test('a key that several systems give to different people, naming the systems', async () => {
    for (const sourceSystem of ['sap', 'workday'])
      await person({ source: { externalId: 'SAME', sourceSystem } })
    const { status, body } = await post({ worker: { externalId: 'SAME' } })
    expect(status).toBe(400)
    expect(body.errors).toMatchObject([{ pointer: '/worker', code: 'AMBIGUOUS_WORKER' }])
    expect(body['detail']).toContain('sap, workday')
    expect((await post({ worker: { externalId: 'SAME', sourceSystem: 'SAP' } })).status).toBe(201)
  })
})

describe('422, with the reason', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    ['without an e-mail address', () => person({ contact: { workEmail: null } }), /no e-mail address/],
    ['inactive', () => person({ employment: { status: 'INACTIVE' } }), /inactive/],
    [
      'deleted',
      async () => {
        const id = await person()
        await ask('DELETE', `/workers/${id}`)
        return id
      },
      /deleted/,
    ],
  ])('a worker who is %s', async (_name, who, reason) => {
    const { status, body } = await post({ worker: { id: await who() } })
    expect([status, body['code']]).toEqual([422, 'WORKER_CANNOT_BE_ASKED'])
    expect(body['detail']).toMatch(reason)
  })

  test('a worker without a date of birth, where it is asked for before anything is shown', async () => {
    const set = (key: string, text: string): Promise<void> =>
      house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, text))
    await set('fetchRequest.stepUp', 'birthDate')
    expect((await post({})).body['detail']).toMatch(/date of birth/)
    await set('fetchRequest.stepUpMayBeSkipped', '1')
    expect((await post({})).status).toBe(201)
    await set('fetchRequest.stepUp', '')
  })

  test('days that are over already; a closed request is 409', async () => {
    const { body } = await post({ expiryDays: 30 })
    const path = `/fetch-requests/${body.data?.id}`
    house.clock.advance('10d')
    const late = await ask('PATCH', path, { expiryDays: 9 })
    expect([late.status, late.body['code']]).toEqual([422, 'EXPIRY_IN_THE_PAST'])
    expect((await ask('PATCH', path, { expiryDays: 11, message: null })).status).toBe(200)
    expect((await ask('PATCH', path, { worker: { id: worker } })).status).toBe(400)
    await ask('POST', `${path}/cancel`)
    expect((await ask('PATCH', path, { message: 'Too late' })).status).toBe(409)
    expect((await ask('POST', `${path}/link`)).status).toBe(409)
  })
})

test('a link that is handed over needs no address, mails nothing, and lies nowhere in clear', async () => {
  const id = await person({ contact: { workEmail: null } })
  const made = await post({ worker: { id }, delivery: { channel: 'LINK' } })
  expect(made.status).toBe(201)
  const request = made.body.data?.id ?? ''
  house.clock.advance('9d')
  await house.drain()
  expect(await house.owner('select 1 from mails where about_id = $1', [request])).toEqual([])
  const link = await ask('POST', `/fetch-requests/${request}/link`, undefined, { 'idempotency-key': 'once' })
  expect(link.body.data?.attributes['url']).toMatch(/\/r\/[\w-]{43}$/)
  const token = String(link.body.data?.attributes['url']).split('/r/')[1] ?? ''
  expect(
    await house.owner("select action from audit_entries where entity_id = $1 and action = 'handOverLink'", [
      request,
    ]),
  ).toHaveLength(1)
  // No row of any table holds it in clear, that of a job or of a kept answer neither.
  const tables = await house.owner<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'pgboss') and c.relkind = 'r'`,
  )
  expect(tables.length).toBeGreaterThan(40)
  for (const { name } of tables)
    expect(
      await house.owner(`select 1 from ${name} t where position($1 in t::text) > 0`, [token]),
      name,
    ).toEqual([])
})
