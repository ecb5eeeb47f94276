/** What holds on every route of the contract with issuers, whatever it is about: as its document says, and nothing else. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { partnerContract } from '../server/app.ts'
import { buildContractDocument } from '../server/platform/http/contract-document.ts'
import type { ContractRoute } from '../server/platform/http/contract-route.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { assertGuarded } from './api/every-answer.ts'
import { pdf } from './documents.ts'
import { operator } from './harness.ts'
import { broken, mutations } from './api/hostile-json.ts'
import {
  openPartnerHouse,
  uploadsOf,
  type Partner,
  type PartnerAnswer,
  type PartnerHouse,
} from './partner-house.ts'

interface Documented {
  readonly responses: Readonly<
    Record<
      string,
      { readonly content?: Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>> }
    >
  >
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>
  }
}

const document = JSON.parse(JSON.stringify(buildContractDocument(partnerContract, '0.0.0'))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>
  readonly components: { readonly schemas: { readonly Problem: object } }
}
const { routes } = partnerContract
const named = (some: readonly ContractRoute[]) =>
  some.map((route) => [`${route.method} ${route.path}`, route] as const)
const forPartners = routes.filter(({ access }) => access === 'token')
const withJson = forPartners.filter(({ body }) => body?.kind === 'json')

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
const faultsOf = (schema: object, value: unknown): unknown[] => {
  const whole = JSON.parse(
    JSON.stringify(schema).replaceAll('"#/components/schemas/Problem"', '"#/$defs/Problem"'),
  ) as object
  const validate = ajv.compile({ ...whole, $defs: document.components.schemas })
  return validate(value) ? [] : (validate.errors ?? [])
}
const documentedOf = (route: ContractRoute): Documented => {
  const found = document.paths[route.path]?.[route.method.toLowerCase()]
  if (!found) throw new Error(`${route.path} is not in the document`)
  return found
}

let api: PartnerHouse
let partner: Partner
let token: string
let credentialId: string
let count = 0

/** A submission with an asset; the link to put it to. */
async function declare(id: string): Promise<string> {
  const added = await api.ask('POST', '/v2/add/requests/universal_credential.json', {
    token,
    body: {
      credential_id: id,
      fields: { full_name: 'J', credential_name: 'A', issuer_name: 'B', credential_category: 'C' },
      assets: [{ asset_id: 'swept-asset', asset_type: 'pdf' }],
    },
  })
  return uploadsOf(added)[0]?.url ?? ''
}

beforeAll(async () => {
  api = await openPartnerHouse()
  partner = await api.newPartner()
  token = await partner.token()
  credentialId = 'swept'
  await declare(credentialId)
})
afterAll(() => api.close())

const pathOf = (route: ContractRoute, id = credentialId): string =>
  route.path
    .replace('{credential_id}', encodeURIComponent(id))
    .replace('{id}', encodeURIComponent(id))
    .replace('{asset_id}', 'swept-asset')
    .replace('{partner}', partner.partnerId)
    .replace('{asset}', 'ast_0000000000000000')

function assertDocumented(route: ContractRoute, answer: PartnerAnswer): void {
  assertGuarded(answer.headers)
  const response = documentedOf(route).responses[String(answer.status)]
  expect(response, `${route.path}: ${answer.status} ${answer.payload.slice(0, 300)}`).toBeDefined()
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  const content = response?.content?.[type]
  expect(content, `${route.path}: ${answer.status} comes as ${type}`).toBeDefined()
  expect(faultsOf(content?.schema ?? {}, answer.body)).toEqual([])
}

const damage = fc.record({
  mutation: fc.constantFrom(...mutations),
  place: fc.nat(),
  hostile: fc.nat(),
  key: fc.nat(),
})

const examplesOf = (route: ContractRoute): string | undefined =>
  route.body && route.body.kind === 'json'
    ? JSON.stringify(route.body.example).replaceAll(/"(b7a1-|3601f8ae-)/g, `"${(count += 1)}-$1`)
    : undefined

describe.each(named(routes))('%s', (_name, route) => {
  test('its examples fit their schemas', () => {
    const { responses, requestBody } = documentedOf(route)
    for (const one of [requestBody, ...Object.values(responses)])
      for (const { schema, example } of Object.values(one?.content ?? {}))
        if (example !== undefined) expect(faultsOf(schema, example)).toEqual([])
  })
  test('takes no other method, and says which it takes', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      if (routes.some((one) => one.method === method && one.path === route.path)) continue
      const answer = await api.ask(method, pathOf(route), { token })
      expect(answer, method).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } })
      expect(String(answer.headers['allow'])).toContain(route.method)
    }
  })
})

describe.each(named(forPartners))('%s', (_name, route) => {
  test('is for partners’ tokens alone', async () => {
    const { id } = await api.house.newOrganisation()
    const { token: organisations } = await api.house.runtime.write(id, operator, (ctx) =>
      createToken(ctx, { name: 'all', grants: allGrants }),
    )
    for (const given of [
      undefined,
      'x',
      organisations,
      `vpt_${'a'.repeat(32)}`,
      'vpt_a\0',
      token.toUpperCase(),
    ]) {
      const answer = await api.ask(route.method, pathOf(route), {
        ...(given === undefined ? {} : { token: given }),
        ...(route.method === 'GET' ? {} : { body: '{}' }),
      })
      expect(answer).toMatchObject({ status: 401, body: { code: 'PARTNER_TOKEN_INVALID' } })
      assertDocumented(route, answer)
    }
  })
  test('of another partner’s id says the same as of an unknown one', async () => {
    if (!route.path.includes('{')) return
    const stranger = await (await api.newPartner()).token()
    const body = examplesOf(route)
    const ask = (id: string) =>
      api.ask(route.method, pathOf(route, id), { token: stranger, ...(body === undefined ? {} : { body }) })
    const [theirs, nobodys] = [await ask(credentialId), await ask('nobody')]
    expect(theirs.status).toBe(404)
    const bare = ({ body: { requestId: _id, instance: _path, ...rest } }: PartnerAnswer): object => rest
    expect(bare(theirs)).toEqual(bare(nobodys))
    assertDocumented(route, theirs)
  })
  test('with its example does what it says', async () => {
    const body = examplesOf(route)
    const answer = await api.ask(route.method, pathOf(route), {
      token,
      ...(body === undefined ? {} : { body }),
    })
    expect(answer.status, answer.payload).toBeLessThan(300)
    assertDocumented(route, answer)
  })
})

describe.each(named(withJson))('%s', (_name, route) => {
  test('takes JSON only, well-formed, with no field that it does not know', async () => {
    const ask = (body: string, headers: Record<string, string> = {}) =>
      api.ask(route.method, pathOf(route, 'swept'), { token, body, headers })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(await ask('{}', { 'content-type': type }), type).toMatchObject({ status: 415 })
    for (const body of ['', '{', '\ufeff{', `${'['.repeat(1_000)}${']'.repeat(1_000)}`])
      expect(await ask(body)).toMatchObject({ status: 400, body: { code: 'MALFORMED_JSON' } })
    expect(await ask('{"more":1}')).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ pointer: '/more' })]) as unknown },
    })
    const max = route.body?.kind === 'json' ? route.body.bytesMax : 0
    const large = await ask(`"${'x'.repeat(max)}"`)
    expect(large).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } })
    assertDocumented(route, large)
  })
  test('answers as documented, whatever it is sent', async () => {
    const example = route.body?.kind === 'json' ? route.body.example : {}
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const body = broken(example, how)
        const answer = await api.ask(route.method, pathOf(route, 'nobody-of-this-name'), { token, body })
        expect(answer.status, body.slice(0, 500)).toBeLessThan(500)
        assertDocumented(route, answer)
      }),
      { numRuns: 25, seed: 20_261_128 },
    )
  }, 60_000)
})

test('an upload with any query but its own is 403, before its body is read', async () => {
  const route = routes.find(({ access }) => access === 'link')
  if (!route) throw new Error('there is an upload')
  // The example of revoking has withdrawn the other one.
  const uploadUrl = await declare('uploaded')
  const { search, pathname } = new URL(uploadUrl)
  for (const query of [
    '',
    '?',
    `${search}&a=b`,
    search.replace('signature', 'Signature'),
    '?type=pdf',
    '?%00=%ff',
  ]) {
    const answer = await api.ask('PUT', pathname.replace('/api/partner', '') + query, {
      body: pdf(),
      headers: { 'content-type': 'application/pdf' },
    })
    expect(answer, query).toMatchObject({ status: 403, body: { code: 'UPLOAD_LINK_INVALID' } })
    assertDocumented(route, answer)
  }
  const sent = await api.put(uploadUrl, pdf(), 'application/pdf')
  expect(sent.status, sent.payload).toBe(200)
  assertDocumented(route, sent)
})

test('the document is served, and knows every route', async () => {
  const answer = await api.ask('GET', '/openapi.json')
  expect(Object.keys(answer.body['paths'] as object)).toEqual([...new Set(routes.map(({ path }) => path))])
})

test('who asks too much waits; who guesses tokens waits longer', async () => {
  const strict = await openPartnerHouse({ settings: { RATE_LIMIT: '1', RATE_LIMIT_BURST: '100' } })
  try {
    const answers: number[] = []
    for (let n = 0; n < 7; n += 1)
      answers.push((await strict.ask('GET', '/v1/submissions/x/status.json', { token: 'wrong' })).status)
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429])
    const late = await strict.ask('GET', '/v1/submissions/x/status.json', { token: 'wrong' })
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(0)
  } finally {
    await strict.close()
  }
})
