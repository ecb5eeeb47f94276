import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { basePath, type HttpServer } from '../../platform/http/http-server.ts'
import { allGrants } from '../../tenancy/access/access.schema.ts'
import { createToken } from '../../tenancy/access/access.ts'
import { mappingsOf } from './credential-types.ts'

describe('credential types over HTTP', () => {
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
    token = (
      await house.runtime.write(organisationId, operator, (ctx) =>
        createToken(ctx, { name: 'test', grants: allGrants }),
      )
    ).token
  })

  interface Body {
    readonly data?: { readonly attributes: { readonly mappings: unknown } } | { readonly id: string }[]
    readonly meta?: { readonly total: number; readonly nextCursor: string | null }
    readonly [name: string]: unknown
  }
  async function ask(
    method: 'GET' | 'PUT',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; etag: string; body: Body }> {
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
    return { status: answer.statusCode, etag: String(answer.headers['etag']), body: answer.json() as Body }
  }
  const codes = (body: Body): string[] => (body.data as { id: string }[]).map((type) => type.id)

  test.each([
    ['category=CHILD_SAFETY&jurisdiction=VIC', ['WWCC_VIC']],
    ['register=OCG_NSW', ['WWCC_NSW']],
    ['query=first%20aid', ['FIRST_AID']],
    ['query=wwcc%20nsw', ['WWCC_NSW']],
    ['query=nonsense', []],
    ['updatedSince=2099-01-01T00:00:00Z', []],
  ])('credential-types?%s', async (query, expected) => {
    expect(codes((await ask('GET', `/credential-types?${query}`)).body)).toEqual(expected)
  })

  test('the whole catalogue, by cursor as by page', async () => {
    const all = (await ask('GET', '/credential-types?pageSize=200')).body
    expect(all.meta?.total).toBe(codes(all).length)
    expect(codes(all)).toEqual([...codes(all)].sort())
    const walked: string[] = []
    for (let query = 'pageSize=7'; ;) {
      const { body } = await ask('GET', `/credential-types?${query}`)
      walked.push(...codes(body))
      if (!body.meta?.nextCursor) break
      query = `pageSize=7&cursor=${body.meta.nextCursor}`
    }
    expect(walked).toEqual(codes(all))
    expect(codes((await ask('GET', '/credential-types?pageSize=7&page=2')).body)).toEqual(
      codes(all).slice(7, 14),
    )
  })

  describe('mappings', () => {
    const set = (mappings: unknown, headers: Record<string, string> = {}): ReturnType<typeof ask> =>
      ask('PUT', '/licence-type-mappings', { mappings }, headers)
    const two = [
      { code: 'VICWWC', credentialType: 'vicwwc' },
      { code: 'FA', credentialType: 'FIRST_AID' },
    ]
    const versionOf = async (): Promise<number> =>
      (await house.runtime.read(organisationId, operator, mappingsOf)).version

    test('are replaced as a whole; what is left out stands for nothing, and its history stays', async () => {
      expect((await ask('GET', '/licence-type-mappings')).body.data).toMatchObject({
        attributes: { mappings: [] },
      })
      expect(await set(two)).toMatchObject({
        status: 200,
        body: {
          data: {
            type: 'licenceTypeMappings',
            attributes: {
              mappings: [
                { code: 'FA', credentialType: 'FIRST_AID' },
                { code: 'VICWWC', credentialType: 'WWCC_VIC' },
              ],
            },
          },
        },
      })
      const version = await versionOf()
      expect((await set(two)).status).toBe(200)
      expect(await versionOf()).toBe(version)
      expect((await set([{ code: 'FA', credentialType: 'CPR' }])).body.data).toMatchObject({
        attributes: { mappings: [{ code: 'FA', credentialType: 'CPR' }] },
      })
      expect(await versionOf()).toBe(version + 1)
      expect(
        await house.owner(
          'select code, version, credential_type from licence_type_mapping_versions where organisation_id = $1 order by code, version',
          [organisationId],
        ),
      ).toEqual([
        { code: 'FA', version: 1, credential_type: 'FIRST_AID' },
        { code: 'FA', version: 2, credential_type: 'CPR' },
        { code: 'VICWWC', version: 1, credential_type: 'WWCC_VIC' },
        { code: 'VICWWC', version: 2, credential_type: null },
      ])
    })

    test('every fault has its place, and nothing is changed', async () => {
      await set(two)
      expect(
        await set([
          { code: ' ', credentialType: 'AHPRA' },
          { code: 'X', credentialType: 'WWC VIC' },
        ]),
      ).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/mappings/0/code' }, { pointer: '/mappings/1/credentialType' }] },
      })
      expect(await set([...two, { code: ' FA ', credentialType: 'CPR' }])).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/mappings/2/code', code: 'DUPLICATE_CODE' }] },
      })
      expect((await ask('GET', '/licence-type-mappings')).body.data).toMatchObject({
        attributes: { mappings: [{ code: 'FA' }, { code: 'VICWWC' }] },
      })
    })

    test('of two who replace what they read, the second is told', async () => {
      const { etag } = await ask('GET', '/licence-type-mappings')
      const answers = await Promise.all([
        set(two, { 'if-match': etag }),
        set([], { 'if-match': etag }),
        set(two.slice(1), { 'if-match': etag }),
      ])
      // Replacing nothing by nothing leaves the ETag as it is.
      expect(answers.filter((answer) => answer.status === 412).length).toBeGreaterThan(0)
      expect(answers.some((answer) => answer.status === 200)).toBe(true)
    })
  })
})
