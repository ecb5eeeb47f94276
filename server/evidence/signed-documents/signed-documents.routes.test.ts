/** Trusted issuers, and what a document is worth to an organisation, over the API (spec 80, Signed documents). */
import { generateKeyPairSync } from 'node:crypto'
import { CompactSign } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor, type Ask } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { openOutbound, type Outbound } from '../../platform/outbound.ts'
import { plainIdentifier } from './signed-documents.trusted-issuers.schema.ts'

const keys = generateKeyPairSync('ed25519')
const did = `did:jwk:${Buffer.from(JSON.stringify(keys.publicKey.export({ format: 'jwk' }))).toString('base64url')}`

describe('trusted issuers', () => {
  let house: TestHouse
  let server: HttpServer
  let outbound: Outbound
  let document: string
  let ours: Ask<Record<string, unknown>>
  let theirs: Ask<Record<string, unknown>>

  beforeAll(async () => {
    outbound = openOutbound({ allowPrivate: false, allowHttp: false })
    house = await openTestHouse({ outbound })
    server = await buildHttpServer(house.runtime, '0.0.0')
    const tokens: string[] = []
    for (let n = 0; n < 2; n++) tokens.push(await tokenFor(house, (await house.newOrganisation()).id))
    const [our = '', their = ''] = tokens
    ours = apiCaller(
      () => server,
      () => our,
    )
    theirs = apiCaller(
      () => server,
      () => their,
    )
    document = await new CompactSign(
      Buffer.from(
        JSON.stringify({
          '@context': ['https://www.w3.org/ns/credentials/v2'],
          type: ['VerifiableCredential'],
          issuer: { id: did, name: 'School of Care' },
          name: 'First aid',
          credentialSubject: { name: 'Sarah Chen' },
        }),
      ),
    )
      .setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt' })
      .sign(keys.privateKey)
  })
  afterAll(async () => {
    await server.close()
    await house.close()
    await outbound.close()
  })

  const outcomeFor = async (ask: Ask<Record<string, unknown>>): Promise<unknown> => {
    const answer = await ask('POST', '/signed-documents/verify', {
      document,
      submitted: { holderName: 'Chen, Sarah', credentialName: 'First Aid' },
    })
    expect(answer.status).toBe(200)
    return answer.body.data?.attributes['outcome']
  }

  test('make a valid document verified, for the organisation that believes them alone', async () => {
    expect(await outcomeFor(ours)).toBe('REVIEW_REQUIRED')
    const made = await ours('POST', '/trusted-issuers', { name: 'School of Care', identifier: did })
    expect(made).toMatchObject({
      status: 201,
      body: { data: { attributes: { identifier: did, jwksUrl: null } } },
    })
    expect(await outcomeFor(ours)).toBe('VERIFIED')
    expect(await outcomeFor(theirs)).toBe('REVIEW_REQUIRED')
    const id = made.body.data?.id ?? ''
    expect((await theirs('GET', `/trusted-issuers/${id}`)).status).toBe(404)
    expect((await theirs('DELETE', `/trusted-issuers/${id}`)).status).toBe(404)
    expect((await ours('DELETE', `/trusted-issuers/${id}`)).status).toBe(204)
    expect(await outcomeFor(ours)).toBe('REVIEW_REQUIRED')
  })

  test('are on the list once, in their one spelling', async () => {
    const identifier = 'School.Example'
    expect((await ours('POST', '/trusted-issuers', { name: 'A', identifier })).status).toBe(201)
    const again = await ours('POST', '/trusted-issuers', { name: 'B', identifier: 'school.example' })
    expect(again).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } })
    expect((await theirs('POST', '/trusted-issuers', { name: 'B', identifier })).status).toBe(201)
  })

  test.each([
    [{ name: 'A', identifier: 'School of Care' }, '/identifier'],
    [{ name: 'A', identifier: 'http://school.example' }, '/identifier'],
    [{ name: 'A', identifier: 'https://user:secret@school.example' }, '/identifier'],
    [{ name: '', identifier: 'school.example' }, '/name'],
    [{ name: 'A', identifier: 'did:web:a.example', jwksUrl: 'https://a.example/keys' }, '/jwksUrl'],
    [{ name: 'A', identifier: 'https://a.example', jwksUrl: 'http://a.example/keys' }, '/jwksUrl'],
    [{ name: 'A', identifier: 'https://a.example', jwksUrl: 'https://127.0.0.1/keys' }, '/jwksUrl'],
    [{ name: 'A', identifier: 'https://a.example', jwksUrl: 'https://169.254.169.254/keys' }, '/jwksUrl'],
    [{ name: 'A', identifier: 'https://a.example', colour: 'red' }, '/colour'],
  ])('refuses %j, naming %s', async (body, pointer) => {
    const answer = await ours('POST', '/trusted-issuers', body)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })

  test('a document of no known kind is a report, and no error', async () => {
    const answer = await ours('POST', '/signed-documents/verify', { document: '{"a":1,"a":2}' })
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { attributes: { format: null, outcome: 'FAILED', parts: [{ part: 'WELL_FORMED' }] } } },
    })
  })
})

test('an identifier has one spelling', () => {
  expect(plainIdentifier('EXAMPLE.org')).toBe('example.org')
  expect(plainIdentifier('eip155:1:0x007D40224F6562461633CCFBAFFD359EBB2FC9BA')).toBe(
    'eip155:1:0x007d40224f6562461633ccfbaffd359ebb2fc9ba',
  )
  expect(plainIdentifier('https://school.example')).toBe('https://school.example')
  for (const text of [
    '',
    'localhost',
    'did:',
    'did:web:',
    'https://A.example/../b',
    'https://a.example/#x',
    'javascript:alert(1)',
  ])
    expect(plainIdentifier(text), text).toBeNull()
})
