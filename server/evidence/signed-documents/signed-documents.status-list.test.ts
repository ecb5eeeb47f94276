import { generateKeyPairSync } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { CompactSign } from 'jose'
import { describe, expect, it } from 'vitest'
import { SourceFault } from './signed-documents.sources.ts'
import { statusAt } from './signed-documents.status-list.ts'
import { verifySignedDocument, type VerifyOptions } from './signed-documents.ts'

const issuerKeys = generateKeyPairSync('ed25519')
const otherKeys = generateKeyPairSync('ed25519')
const didOf = ({ publicKey }: typeof issuerKeys): string =>
  `did:jwk:${Buffer.from(JSON.stringify(publicKey.export({ format: 'jwk' }))).toString('base64url')}`
const issuer = didOf(issuerKeys)

const listUrl = 'https://school.example/status/3'
const entry = {
  id: `${listUrl}#94567`,
  type: 'BitstringStatusListEntry',
  statusPurpose: 'revocation',
  statusListIndex: '94567',
  statusListCredential: listUrl,
}

const sign = (claims: object, keys = issuerKeys): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'vc+jwt' })
    .sign(keys.privateKey)

const credential = (credentialStatus: unknown): Promise<string> =>
  sign({
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential'],
    issuer,
    validFrom: '2025-01-01T00:00:00Z',
    credentialSubject: { name: 'Sam Lee' },
    credentialStatus,
  })

/** A list with the given places set, as it is published. */
function encoded(set: readonly number[], bytes = 16_384): string {
  const bits = Buffer.alloc(bytes)
  for (const index of set) bits[index >> 3] = (bits[index >> 3] as number) | (0x80 >> (index & 7))
  return `u${gzipSync(bits).toString('base64url')}`
}

const listOf = (encodedList: string, more: object = {}, subject: object = {}): Record<string, unknown> => ({
  '@context': ['https://www.w3.org/ns/credentials/v2'],
  id: listUrl,
  type: ['VerifiableCredential', 'BitstringStatusListCredential'],
  issuer,
  validFrom: '2025-01-01T00:00:00Z',
  credentialSubject: {
    id: `${listUrl}#list`,
    type: 'BitstringStatusList',
    statusPurpose: 'revocation',
    encodedList,
    ...subject,
  },
  ...more,
})

const published = (text: string | undefined): NonNullable<VerifyOptions['outbound']> => ({
  request: () =>
    Promise.resolve({ status: text === undefined ? 404 : 200, headers: {}, body: Buffer.from(text ?? '') }),
})

async function statusOf(
  text: string | undefined,
  options: Partial<VerifyOptions> & { status?: unknown } = {},
): Promise<{ outcome: string | undefined; detail: string; whole: string }> {
  const { status = entry, ...more } = options
  const report = await verifySignedDocument(Buffer.from(await credential(status)), {
    now: new Date('2026-02-01T00:00:00Z'),
    outbound: published(text),
    lookUpTxt: null,
    callContract: null,
    trustedIssuers: [{ name: 'School', identifier: issuer, jwksUrl: null }],
    ...more,
  })
  const part = report.parts.find((one) => one.part === 'STATUS')
  return { outcome: part?.outcome, detail: part?.detail ?? '', whole: report.outcome }
}

describe('the published list', () => {
  // Bitstring Status List v1.0, Example 3.
  const list = 'uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA'

  it('has 131,072 places, none of them set', async () => {
    for (const index of [0, 1, 94_567, 131_071])
      expect(await statusAt(list, { index, size: 1, isMultibase: true })).toBe(0)
    await expect(statusAt(list, { index: 131_072, size: 1, isMultibase: true })).rejects.toThrow(SourceFault)
  })

  it('passes a credential that its issuer has signed it for', async () => {
    expect(await statusOf(await sign(listOf(list)))).toMatchObject({ outcome: 'PASSED', whole: 'VERIFIED' })
  })
})

describe('a list', () => {
  it('revokes just the place that is set, counted from the left', async () => {
    const list = encoded([94_567])
    expect(await statusAt(list, { index: 94_567, size: 1, isMultibase: true })).toBe(1)
    for (const index of [94_566, 94_568, 0])
      expect(await statusAt(list, { index, size: 1, isMultibase: true })).toBe(0)
    expect(await statusOf(await sign(listOf(list)))).toMatchObject({ outcome: 'FAILED', whole: 'FAILED' })
  })

  it('holds values of several bits', async () => {
    const list = encoded([5, 7], 65_536)
    expect(await statusAt(list, { index: 1, size: 4, isMultibase: true })).toBe(0b0101)
  })

  it('suspends', async () => {
    const suspension = { ...entry, statusPurpose: 'suspension' }
    const list = listOf(encoded([94_567]), {}, { statusPurpose: ['revocation', 'suspension'] })
    const found = await statusOf(await sign(list), { status: [suspension] })
    expect(found).toMatchObject({ outcome: 'FAILED', detail: expect.stringContaining('suspended') })
  })

  it('takes nothing away when it is about something else', async () => {
    const found = await statusOf(undefined, { status: { ...entry, statusPurpose: 'refresh' } })
    expect(found.outcome).toBe('PASSED')
  })

  it('of the forerunner, StatusList2021, is read alike', async () => {
    const list = listOf(encoded([94_567]).slice(1), {
      type: ['VerifiableCredential', 'StatusList2021Credential'],
    })
    const found = await statusOf(await sign(list), { status: { ...entry, type: 'StatusList2021Entry' } })
    expect(found.outcome).toBe('FAILED')
  })

  it.each<[string, () => Promise<string | undefined>, Partial<VerifyOptions>?]>([
    ['that cannot be had', () => Promise.resolve(undefined)],
    ['that is not signed', () => Promise.resolve(JSON.stringify(listOf(encoded([]))))],
    ['that somebody else signed', () => sign(listOf(encoded([]), { issuer: didOf(otherKeys) }), otherKeys)],
    ['that somebody else signed in the issuer’s name', () => sign(listOf(encoded([])), otherKeys)],
    ['that is out of date', () => sign(listOf(encoded([]), { validUntil: '2025-06-01T00:00:00Z' }))],
    ['that is another one', () => sign(listOf(encoded([]), { id: 'https://school.example/status/4' }))],
    ['that is for another purpose', () => sign(listOf(encoded([]), {}, { statusPurpose: 'suspension' }))],
    [
      'that is another kind of credential',
      () => sign(listOf(encoded([]), { type: ['VerifiableCredential'] })),
    ],
    ['that is too short', () => sign(listOf(encoded([], 1_024)))],
    ['that is no gzip', () => sign(listOf('uAAAA'))],
    ['in another encoding', () => sign(listOf(encoded([]).replace('u', 'm')))],
    ['without a list', () => sign(listOf('', {}, { encodedList: 5 }))],
    ['that is rubbish', () => Promise.resolve('<html>')],
    ['where nobody is asked', () => sign(listOf(encoded([]))), { outbound: null }],
  ])('%s leaves the credential to a person', async (_what, text, options = {}) => {
    expect(await statusOf(await text(), options)).toMatchObject({
      outcome: 'NOT_CHECKED',
      whole: 'REVIEW_REQUIRED',
    })
  })

  it('of somebody else on the organisation’s list is believed', async () => {
    const list = await sign(listOf(encoded([94_567]), { issuer: didOf(otherKeys) }), otherKeys)
    const trustedIssuers = [
      { name: 'School', identifier: issuer, jwksUrl: null },
      { name: 'Ministry', identifier: didOf(otherKeys), jwksUrl: null },
    ]
    expect((await statusOf(list, { trustedIssuers })).outcome).toBe('FAILED')
  })

  it.each([
    [{ ...entry, statusListIndex: '-1' }],
    [{ ...entry, statusListIndex: '1e3' }],
    [{ ...entry, statusListIndex: '131072' }],
    [{ ...entry, statusListIndex: '99999999999999999999' }],
    [{ ...entry, statusSize: 0 }],
    [{ ...entry, statusSize: 1.5 }],
    [{ ...entry, type: 'constructor' }],
    [{ ...entry, type: 'RevocationList2020Status' }],
    [Array.from({ length: 9 }, () => entry)],
    ['revoked'],
  ])('%j in the credential leads nowhere', async (status) => {
    expect((await statusOf(await sign(listOf(encoded([]))), { status })).outcome).toBe('NOT_CHECKED')
  })
})

describe('a list that unzips to a gigabyte', () => {
  // A gzip file may be a row of them (RFC 1952, 2.2).
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => gzipSync(Buffer.alloc(2 ** 24))))

  it('is refused, and costs no more memory than the bound', async () => {
    expect(bomb.length).toBeLessThan(2 * 2 ** 20)
    const list = await sign(listOf(`u${bomb.toString('base64url')}`))
    const before = process.resourceUsage().maxRSS
    const found = await statusOf(list)
    expect(found).toMatchObject({ outcome: 'NOT_CHECKED', whole: 'REVIEW_REQUIRED' })
    expect(found.detail).toContain('unzips to more than 16 MiB')
    // In KiB. Unzipped it would be 1,048,576.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(300_000)
  })
})
