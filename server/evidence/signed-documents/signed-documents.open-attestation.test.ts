import { readFileSync } from 'node:fs'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hashesToRoot,
  saltedLeaves,
  signerOf,
  targetHashOf,
} from './signed-documents.open-attestation.hash.ts'
import { verifySignedDocument, type VerifyOptions } from './signed-documents.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/oa-${name}.json`, import.meta.url), 'utf8')

const alone: VerifyOptions = {
  now: new Date('2026-02-01T00:00:00Z'),
  outbound: null,
  lookUpTxt: null,
  callContract: null,
  trustedIssuers: [],
}
const verify = (text: string, options: Partial<VerifyOptions> = {}) =>
  verifySignedDocument(Buffer.from(text), { ...alone, ...options })

const outcomes = (report: Awaited<ReturnType<typeof verify>>): Record<string, string> =>
  Object.fromEntries(report.parts.map(({ part, outcome }) => [part, outcome]))

interface Wrapped {
  version: string
  data: Record<string, unknown>
  signature: { type: string; targetHash: string; proof: string[]; merkleRoot: string }
  privacy?: { obfuscatedData: string[] }
  proof?: { type: string; proofPurpose: string; verificationMethod: string; signature: string }[]
}
const wrapped = (name: string): Wrapped => JSON.parse(fixture(name)) as Wrapped
const altered = (name: string, alter: (document: Wrapped) => void): string => {
  const document = wrapped(name)
  alter(document)
  return JSON.stringify(document)
}

const signed = 'did-ocsp-revocation-signed'

describe('the published documents', () => {
  it.each([
    ['did-ocsp-revocation-signed', 0],
    ['did-revocation-store-signed-revoked', 0],
    ['did-signed-ocsp-responder', 0],
    ['not-obfuscated-wrapped', 0],
    ['obfuscated-wrapped', 1],
    ['opencerts-certificate-store', 3],
  ])('%s has the hash, root and %i hidden fields that it was published with', async (name, hidden) => {
    const { data, signature, privacy } = wrapped(name)
    const target = targetHashOf(saltedLeaves(data as never), privacy?.obfuscatedData ?? [])
    expect(target).toBe(signature.targetHash)
    expect(hashesToRoot(target, signature.proof).at(-1)).toBe(signature.merkleRoot)
    const report = await verify(fixture(name))
    expect(outcomes(report)).toMatchObject({ WELL_FORMED: 'PASSED', INTEGRITY: 'PASSED' })
    expect(report.redactedCount).toBe(hidden)
  })

  it.each([
    ['did-ocsp-revocation-signed', '0xb26b4941941c51a4885e5b7d3a1b861e54405f90'],
    ['did-revocation-store-signed-revoked', '0x1245e5b64d785b25057f7438f715f4aa5d965733'],
  ])('%s is signed by %s', async (name, address) => {
    const { signature, proof } = wrapped(name)
    expect(signerOf(signature.merkleRoot, proof?.[0]?.signature ?? '')).toBe(address)
    const report = await verify(fixture(name))
    expect(outcomes(report)).toMatchObject({ ISSUANCE: 'PASSED' })
    expect(report.issuer?.id?.toLowerCase()).toBe(`did:ethr:${address}`)
  })

  it('says of one without its signature that it has none', async () => {
    const report = await verify(fixture('did-signed-ocsp-responder'))
    expect(report.outcome).toBe('FAILED')
    expect(outcomes(report)).toMatchObject({ INTEGRITY: 'PASSED', ISSUANCE: 'FAILED' })
  })

  it('never passes what nobody was asked about', async () => {
    const report = await verify(fixture('not-obfuscated-wrapped'))
    expect(report.outcome).toBe('REVIEW_REQUIRED')
    expect(outcomes(report)).toEqual({
      WELL_FORMED: 'PASSED',
      INTEGRITY: 'PASSED',
      ISSUANCE: 'NOT_CHECKED',
      ISSUER_IDENTITY: 'NOT_CHECKED',
      STATUS: 'NOT_CHECKED',
      VALIDITY: 'PASSED',
      TRUSTED_ISSUER: 'NOT_CHECKED',
    })
  })
})

describe('what is asked of others', () => {
  const did = 'did:ethr:0xB26B4941941C51a4885E5B7D3A1B861E54405f90'
  const record = `openatts a=dns-did; p=${did}#controller; v=1.0;`
  const responder = (answer: (url: string) => unknown): VerifyOptions['outbound'] => ({
    request: ({ url }) =>
      Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer(url))) }),
  })
  const good = responder(() => ({ certificateStatus: 'good' }))
  const trusted = [{ name: 'Demo', identifier: 'example.openattestation.com', jwksUrl: null }]

  it('verifies a document whose domain, state and issuer are all known', async () => {
    const asked: string[] = []
    const report = await verify(fixture(signed), {
      lookUpTxt: (domain) =>
        Promise.resolve(domain === 'example.openattestation.com' ? ['v=spf1 -all', record] : []),
      outbound: responder((url) => {
        asked.push(url)
        return { revoked: false, documentHash: url.slice(-64) }
      }),
      trustedIssuers: trusted,
    })
    expect(report.outcome).toBe('VERIFIED')
    expect(report.issuer).toEqual({ id: did, name: 'Demo Issuer', domain: 'example.openattestation.com' })
    // About itself and about the batch that it is of.
    const { signature } = wrapped(signed)
    expect(asked).toEqual([
      `https://ocsp.example.com/0x${signature.targetHash}`,
      `https://ocsp.example.com/0x${signature.merkleRoot}`,
    ])
  })

  it('leaves a valid document of an unknown issuer to a person', async () => {
    const report = await verify(fixture(signed), {
      lookUpTxt: () => Promise.resolve([record]),
      outbound: good,
    })
    expect(report.outcome).toBe('REVIEW_REQUIRED')
    expect(outcomes(report)).toMatchObject({ ISSUER_IDENTITY: 'PASSED', TRUSTED_ISSUER: 'FAILED' })
  })

  it.each([
    ['names another key', [record.replace('0xB2', '0xB3')]],
    ['names none', ['v=spf1 -all']],
    ['has no record', []],
    ['has it in another text', [`x ${record}`]],
  ])('refuses an issuer whose domain %s', async (_what, records) => {
    const report = await verify(fixture(signed), {
      lookUpTxt: () => Promise.resolve(records),
      outbound: good,
    })
    expect(report.outcome).toBe('FAILED')
    expect(outcomes(report)).toMatchObject({ ISSUER_IDENTITY: 'FAILED' })
  })

  it.each([
    ['revoked', { certificateStatus: 'revoked', reasonCode: 1 }, 'FAILED'],
    ['revoked, in the newer form', { revoked: true, reasonCode: 4, documentHash: undefined }, 'FAILED'],
    ['nothing', {}, 'NOT_CHECKED'],
    ['a word of its own', { certificateStatus: 'unknown' }, 'NOT_CHECKED'],
    ['about another document', { revoked: false, documentHash: '0'.repeat(64) }, 'NOT_CHECKED'],
    ['a list', [], 'NOT_CHECKED'],
  ])('takes a responder that says %s as %s', async (_what, answer, outcome) => {
    const report = await verify(fixture(signed), {
      lookUpTxt: () => Promise.resolve([record]),
      outbound: responder(() => answer),
      trustedIssuers: trusted,
    })
    expect(outcomes(report)['STATUS']).toBe(outcome)
    expect(report.outcome).toBe(outcome === 'FAILED' ? 'FAILED' : 'REVIEW_REQUIRED')
  })

  it('does not ask about a document that was changed', async () => {
    const changed = altered(signed, ({ data }) => {
      data['id'] = String(data['id']).replace(/.$/, '9')
    })
    const nobody = () => Promise.reject(new Error('asked'))
    const report = await verify(changed, {
      lookUpTxt: nobody,
      callContract: nobody,
      outbound: { request: nobody },
    })
    expect(outcomes(report)).toEqual({ WELL_FORMED: 'PASSED', INTEGRITY: 'FAILED' })
  })

  const yes = `0x${'0'.repeat(63)}1`
  const no = `0x${'0'.repeat(64)}`
  const ofStore = (issued: string, revoked: string, calls: string[] = []) => ({
    callContract: ({ data, to, chainId }: { data: string; to: string; chainId: string }) => {
      calls.push(`${chainId} ${to} ${data}`)
      return Promise.resolve(data.startsWith('0x163aa631') ? issued : revoked)
    },
  })

  it('reads issue and revocation from a document store', async () => {
    const calls: string[] = []
    const identifier = 'eip155:1:0x007D40224F6562461633CCFBAFFD359EBB2FC9BA'
    const report = await verify(fixture('opencerts-certificate-store'), {
      ...ofStore(yes, no, calls),
      trustedIssuers: [{ name: 'GovTech', identifier, jwksUrl: null }],
    })
    expect(report.outcome).toBe('VERIFIED')
    const { signature } = wrapped('opencerts-certificate-store')
    const store = '0x007d40224f6562461633ccfbaffd359ebb2fc9ba'
    expect(calls[0]).toBe(`1 ${store} 0x163aa631${signature.merkleRoot}`)
    // Itself, each step on the way, and the whole batch.
    expect(calls.slice(1)).toHaveLength(4)
    expect(calls[1]).toBe(`1 ${store} 0x4294857f${signature.targetHash}`)
    expect(calls[4]).toBe(`1 ${store} 0x4294857f${signature.merkleRoot}`)
  })

  it.each([
    ['holds no record', no, no, { ISSUANCE: 'FAILED' }],
    ['has revoked it', yes, yes, { ISSUANCE: 'PASSED', STATUS: 'FAILED' }],
    ['is no such contract', '0x', '0x', { ISSUANCE: 'NOT_CHECKED', STATUS: 'NOT_CHECKED' }],
  ])('takes a document store that %s for what it says', async (_what, issued, revoked, expected) => {
    const report = await verify(fixture('opencerts-certificate-store'), ofStore(issued, revoked))
    expect(outcomes(report)).toMatchObject(expected)
    expect(report.outcome).not.toBe('VERIFIED')
  })

  it('takes the published revoked document as revoked where its store says so', async () => {
    const report = await verify(fixture('did-revocation-store-signed-revoked'), {
      callContract: ({ data }) =>
        Promise.resolve(data.startsWith('0x8733d4e8') ? `0x${data.slice(-64)}` : yes),
    })
    expect(outcomes(report)).toMatchObject({
      ISSUANCE: 'PASSED',
      ISSUER_IDENTITY: 'PASSED',
      STATUS: 'FAILED',
    })
  })

  it('refuses a did:ethr that was handed to another key', async () => {
    const report = await verify(fixture('did-revocation-store-signed-revoked'), {
      callContract: ({ data }) =>
        Promise.resolve(data.startsWith('0x8733d4e8') ? `0x${'0'.repeat(24)}${'ab'.repeat(20)}` : no),
    })
    expect(outcomes(report)).toMatchObject({ ISSUER_IDENTITY: 'FAILED' })
  })
})

describe('what is refused', () => {
  it.each<[string, (document: Wrapped) => void]>([
    ['a changed value', ({ data }) => void (data['id'] = String(data['id']).replace('SGCNM', 'SGCNN'))],
    ['a salt dropped', ({ data }) => void (data['id'] = 'SGCNM21566327')],
    ['a salt that is none', ({ data }) => void (data['id'] = 'x:string:SGCNM21566327')],
    ['a number in place of a text', ({ data }) => void (data['id'] = 5)],
    ['a field added', ({ data }) => void (data['more'] = data['id'])],
    ['a field taken away', ({ data }) => void delete data['id']],
    ['a name with a dot', ({ data }) => void (data['a.b'] = data['id'])],
    [
      'an unknown schema',
      (document) => void (document.version = 'https://schema.openattestation.com/9.0/schema.json'),
    ],
    ['another kind of signature', ({ signature }) => void (signature.type = 'None')],
    [
      'a proof in capitals',
      ({ signature }) => void (signature.proof = signature.proof.map((one) => one.toUpperCase())),
    ],
    ['a second step in the proof', ({ signature }) => void signature.proof.push(signature.targetHash)],
    [
      'another purpose',
      ({ proof }) => void ((proof?.[0] as { proofPurpose: string }).proofPurpose = 'authentication'),
    ],
    [
      'somebody else’s key beside it',
      (document) =>
        void (document.proof as object[]).push({
          ...document.proof?.[0],
          verificationMethod: 'did:ethr:0x1#controller',
        }),
    ],
    [
      'another key named',
      ({ proof }) =>
        void ((proof?.[0] as { verificationMethod: string }).verificationMethod =
          'did:ethr:0x1245e5B64D785b25057f7438F715f4aA5D965733#controller'),
    ],
    ['no signature', (document) => void delete document.proof],
  ])('%s', async (_what, alter) => {
    expect((await verify(altered(signed, alter))).outcome).toBe('FAILED')
  })

  it('the same signature in its other form (high s)', async () => {
    const { merkleRoot } = wrapped(signed).signature
    const text = wrapped(signed).proof?.[0]?.signature as string
    const s = secp256k1.Point.Fn.ORDER - BigInt(`0x${text.slice(66, 130)}`)
    const other = `${text.slice(0, 66)}${s.toString(16).padStart(64, '0')}${text.endsWith('1b') ? '1c' : '1b'}`
    // A lenient reader would find the same key.
    const bytes = Buffer.from(other.slice(2), 'hex')
    const message = keccak_256(
      Buffer.concat([Buffer.from('\x19Ethereum Signed Message:\n32'), Buffer.from(merkleRoot, 'hex')]),
    )
    const recovered = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact')
      .addRecoveryBit((bytes[64] as number) - 27)
      .recoverPublicKey(message)
    expect(recovered.toHex()).toHaveLength(66)
    expect(signerOf(merkleRoot, other)).toBeNull()
    expect(signerOf(merkleRoot, text.toUpperCase().replace('0X', '0x'))).toBeNull()
  })

  it('every one of 1,000 changes of a salted leaf, a hash, the proof or the signature', async () => {
    const original = fixture(signed)
    const places = [
      ...original.matchAll(
        /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}:[a-z]+:[^"]*/g,
      ),
      ...original.matchAll(/(?<=")(?:0x)?[0-9a-f]{64,}(?=")/g),
    ].flatMap(({ index, 0: { length } }) => Array.from({ length }, (_, at) => index + at))
    expect(places.length).toBeGreaterThan(1_500)
    const change = fc.tuple(fc.constantFrom(...places), fc.integer({ min: 0x21, max: 0x7e }))
    await fc.assert(
      fc.asyncProperty(change, async ([at, code]) => {
        const character = String.fromCharCode(code)
        fc.pre(character !== original[at] && character !== '"' && character !== '\\')
        const report = await verify(original.slice(0, at) + character + original.slice(at + 1))
        expect(report.outcome).toBe('FAILED')
      }),
      { numRuns: 1_000 },
    )
  })

  it('any other change of a byte, or it shows the same', async () => {
    const original = Buffer.from(fixture(signed))
    const before = await verify(fixture(signed))
    const change = fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 0, max: 255 }))
    await fc.assert(
      fc.asyncProperty(change, async ([at, value]) => {
        const changed = Buffer.from(original)
        changed[at] = value
        const report = await verifySignedDocument(changed, alone)
        if (report.outcome !== 'FAILED') expect(report).toEqual(before)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('dates and wording', () => {
  it('compares what was submitted with what is signed', async () => {
    const report = await verify(fixture('opencerts-certificate-store'), {
      submitted: {
        holderName: 'Tay, Jonathan',
        credentialName: 'certified opencerts associate',
        issuerName: 'Another University',
        issueDate: '2018-11',
        expiryDate: '2030-01-01',
      },
    })
    expect(Object.fromEntries(report.comparison.map(({ field, outcome }) => [field, outcome]))).toEqual({
      holderName: 'SAME',
      credentialName: 'SAME',
      issuerName: 'DIFFERENT',
      issueDate: 'SAME',
      expiryDate: 'NOT_IN_DOCUMENT',
    })
    expect(outcomes(report)['SUBMITTED_FIELDS']).toBe('FAILED')
  })
})
