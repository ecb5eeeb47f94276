/**
 * Who issued an OpenAttestation v2 document, whether they did, and whether they took it back: by a signature of a `did:ethr`
 * key, or by a record in a document store or token registry on a chain. DNS and chain are asked by what is handed in.
 */
import { member, textMember, type Json } from './signed-documents.json.rules.ts'
import { signerOf } from './signed-documents.open-attestation.hash.ts'
import { failed, notChecked, passed } from './signed-documents.parts.rules.ts'
import type { Part } from './signed-documents.schema.ts'
import { fetchJson, SourceFault, type DocumentSources } from './signed-documents.sources.ts'

export interface OpenAttestationIssuer {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly documentStore: string | undefined
  readonly tokenRegistry: string | undefined
  /** `DID`, `DNS-DID` or `DNS-TXT`. */
  readonly identityType: string | undefined
  /** A domain name. */
  readonly location: string | undefined
  /** `did:ethr:0x…#controller` */
  readonly key: string | undefined
  /** `NONE`, `REVOCATION_STORE` or `OCSP_RESPONDER`. */
  readonly revocationType: string | undefined
  readonly revocationLocation: string | undefined
}

export interface Issued {
  readonly issuers: readonly OpenAttestationIssuer[]
  /** From the document's own to the merkle root. */
  readonly hashes: readonly string[]
  readonly proofs: readonly Json[]
  readonly chainId: string
}

interface IssuerFindings {
  readonly parts: readonly Part[]
  readonly identifiers: readonly string[]
  readonly domain: string | null
}

const address = /^0x[0-9a-fA-F]{40}$/
const domainName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i
const etherDid = /^did:ethr:(?:[A-Za-z0-9]+:)?(0x[0-9a-fA-F]{40})$/
/** Where the owners of `did:ethr` addresses are kept on public chains (ERC-1056). */
const ownerRegistry = '0xdca7ef03e98e0dc2b855be647c39abe984fcf21b'
const ocspBytesMax = 20_000

/** The first four bytes of keccak256 of each function's signature. */
const selectors = {
  isIssued: '163aa631', // isIssued(bytes32)
  isRevoked: '4294857f', // isRevoked(bytes32)
  ownerOf: '6352211e', // ownerOf(uint256)
  identityOwner: '8733d4e8', // identityOwner(address)
} as const

/** One issuer signs or records; a document that names several, or none, is issued by nobody in particular. */
export async function issuanceOf(issued: Issued, sources: DocumentSources): Promise<IssuerFindings> {
  const [issuer, second] = issued.issuers
  if (issuer === undefined || second !== undefined)
    return {
      parts: [
        failed(
          'ISSUANCE',
          issuer === undefined
            ? 'The document names no issuer.'
            : 'The document names several issuers; one that is answered for by one issuer is needed.',
        ),
      ],
      identifiers: [],
      domain: null,
    }
  const ways = [
    issuer.documentStore,
    issuer.tokenRegistry,
    issuer.id?.startsWith('did:') ? issuer.id : undefined,
  ]
  if (ways.filter((way) => way !== undefined).length !== 1)
    return {
      parts: [failed('ISSUANCE', 'The document names no one way in which it was issued.')],
      identifiers: [],
      domain: null,
    }
  return issuer.documentStore === undefined && issuer.tokenRegistry === undefined
    ? signedBy(issuer, issued, sources)
    : recordedBy(issuer, issued, sources)
}

function signature(issuer: OpenAttestationIssuer, { hashes, proofs }: Issued): Part {
  const did = issuer.id as string
  const [, named] = etherDid.exec(did) ?? []
  if (named === undefined || issuer.key !== `${did}#controller`)
    return notChecked(
      'ISSUANCE',
      'Signatures are checked of did:ethr issuers by their controller’s key only.',
    )
  if (proofs.length === 0) return failed('ISSUANCE', 'The document has no signature.')
  const fitting = proofs.filter(
    (proof) =>
      textMember(proof, 'type') === 'OpenAttestationSignature2018' &&
      textMember(proof, 'proofPurpose') === 'assertionMethod' &&
      textMember(proof, 'verificationMethod') === issuer.key,
  )
  const root = rootOf(hashes)
  // A stranger's signature beside the issuer's would be shown as vouched for.
  const isSigned =
    proofs.length === 1 &&
    fitting.length === 1 &&
    signerOf(root, textMember(fitting[0], 'signature') ?? '') === named.toLowerCase()
  return isSigned
    ? passed('ISSUANCE', `The document is signed with the key of ${did}.`)
    : failed('ISSUANCE', `The document’s signature is not one of ${did}, whom it names as its issuer.`)
}

const rootOf = (hashes: readonly string[]): string => hashes.at(-1) as string

async function signedBy(
  issuer: OpenAttestationIssuer,
  all: Issued,
  sources: DocumentSources,
): Promise<IssuerFindings> {
  const did = issuer.id as string
  const signed = signature(issuer, all)
  if (signed.outcome !== 'PASSED') return { parts: [signed], identifiers: [], domain: null }
  const identity = await didIdentity(issuer, all, sources)
  const isProved = identity.outcome === 'PASSED' && issuer.identityType === 'DNS-DID'
  const domain = isProved ? (issuer.location as string).toLowerCase() : null
  return {
    parts: [signed, identity, await statusOf(issuer, all, sources)],
    identifiers: [did, ...(domain === null ? [] : [domain])],
    domain,
  }
}

/** Records as OpenAttestation writes them: `openatts a=dns-did; p=did:ethr:0x…#controller; v=1.0;` and `openatts net=ethereum netId=1 addr=0x…`. */
function recordOf(text: string): ReadonlyMap<string, string> | null {
  if (!/^openatts[ ;]/.test(text)) return null
  return new Map(
    [...text.slice('openatts'.length).matchAll(/([A-Za-z]+)=([^;\s]+)/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}

async function namedInDns(
  domain: string,
  fits: (record: ReadonlyMap<string, string>) => boolean,
  { lookUpTxt }: DocumentSources,
): Promise<Part> {
  if (!domainName.test(domain))
    return failed(
      'ISSUER_IDENTITY',
      'The document’s issuer is to be known by a domain, but what it names is none.',
    )
  if (lookUpTxt === null)
    return notChecked(
      'ISSUER_IDENTITY',
      `Whether ${domain} stands behind the issuer was not asked: no DNS resolver is set up.`,
    )
  let records
  try {
    records = await lookUpTxt(domain)
  } catch (error) {
    return notChecked(
      'ISSUER_IDENTITY',
      `Whether ${domain} stands behind the issuer could not be asked: ${(error as Error).message}`,
    )
  }
  const isNamed = records.map(recordOf).some((record) => record !== null && fits(record))
  return isNamed
    ? passed('ISSUER_IDENTITY', `The domain ${domain} names the issuer in its DNS.`)
    : failed(
        'ISSUER_IDENTITY',
        `The domain ${domain}, which the document appeals to, does not name the issuer in its DNS.`,
      )
}

async function didIdentity(
  issuer: OpenAttestationIssuer,
  { chainId }: Issued,
  sources: DocumentSources,
): Promise<Part> {
  const did = issuer.id as string
  switch (issuer.identityType) {
    case 'DNS-DID':
      return namedInDns(
        issuer.location ?? '',
        (record) => record.get('a') === 'dns-did' && record.get('p') === issuer.key,
        sources,
      )
    case 'DID':
      return ownKey(did, chainId, sources)
    default:
      return failed('ISSUER_IDENTITY', 'The document says in no known way how its issuer proves who it is.')
  }
}

/** A `did:ethr` belongs to its address until its owner changes it on the chain (ERC-1056). */
async function ownKey(did: string, chainId: string, { callContract }: DocumentSources): Promise<Part> {
  const own = ((etherDid.exec(did) as RegExpExecArray)[1] as string).slice(2).toLowerCase()
  if (callContract === null)
    return notChecked(
      'ISSUER_IDENTITY',
      `Whether ${did} still belongs to this key was not asked: no chain is set up.`,
    )
  try {
    const answer = await callContract({
      chainId,
      to: ownerRegistry,
      data: `0x${selectors.identityOwner}${own.padStart(64, '0')}`,
    })
    return answer.slice(-40).toLowerCase() === own && answer.length === 66
      ? passed('ISSUER_IDENTITY', `${did} still belongs to the key that signed.`)
      : failed('ISSUER_IDENTITY', `${did} belongs to another key now.`)
  } catch (error) {
    return notChecked(
      'ISSUER_IDENTITY',
      `Whether ${did} still belongs to this key could not be asked: ${(error as Error).message}`,
    )
  }
}

type Answer = { readonly isTrue: boolean } | { readonly why: string }

/** A yes or no of a contract about each hash: true where it is so of any. */
async function anyOf(
  hashes: readonly string[],
  call: { readonly to: string; readonly selector: string; readonly chainId: string },
  { callContract }: DocumentSources,
): Promise<Answer> {
  if (callContract === null) return { why: 'was not asked: no chain is set up.' }
  try {
    for (const hash of hashes) {
      const answer = await callContract({
        chainId: call.chainId,
        to: call.to,
        data: `0x${call.selector}${hash}`,
      })
      if (!/^0x0{63}[01]$/.test(answer)) return { why: 'could not be asked: the contract gave no yes or no.' }
      if (answer.endsWith('1')) return { isTrue: true }
    }
    return { isTrue: false }
  } catch (error) {
    return { why: `could not be asked: ${(error as Error).message}` }
  }
}

async function recordedBy(
  issuer: OpenAttestationIssuer,
  all: Issued,
  sources: DocumentSources,
): Promise<IssuerFindings> {
  const contract = (issuer.documentStore ?? issuer.tokenRegistry) as string
  if (!address.test(contract) || !/^[1-9]\d{0,18}$/.test(all.chainId))
    return {
      parts: [failed('ISSUANCE', 'The document names no contract in which it could be recorded.')],
      identifiers: [],
      domain: null,
    }
  const { chainId } = all
  const identity =
    issuer.identityType === 'DNS-TXT'
      ? await namedInDns(
          issuer.location ?? '',
          (record) =>
            record.get('net') === 'ethereum' &&
            record.get('netId') === chainId &&
            record.get('addr')?.toLowerCase() === contract.toLowerCase(),
          sources,
        )
      : issuer.identityType === undefined
        ? passed('ISSUER_IDENTITY', 'The issuer is known by its contract alone.')
        : failed('ISSUER_IDENTITY', 'The document says in no known way how its issuer proves who it is.')
  const isStore = issuer.documentStore !== undefined
  const recorded = isStore
    ? await anyOf([rootOf(all.hashes)], { to: contract, selector: selectors.isIssued, chainId }, sources)
    : await isMinted(contract, all, sources)
  const issuance =
    'why' in recorded
      ? notChecked('ISSUANCE', `Whether the document is recorded as issued ${recorded.why}`)
      : recorded.isTrue
        ? passed('ISSUANCE', 'The issuer’s contract holds a record that the document was issued.')
        : failed('ISSUANCE', 'The issuer’s contract holds no record of this document.')
  if (issuance.outcome === 'FAILED') return { parts: [issuance], identifiers: [], domain: null }
  const status = isStore
    ? revokedPart(await anyOf(all.hashes, { to: contract, selector: selectors.isRevoked, chainId }, sources))
    : passed('STATUS', 'A token that exists is not revoked; whoever holds it could have handed it back.')
  const isIssued = issuance.outcome === 'PASSED'
  const isNamed = isIssued && issuer.identityType === 'DNS-TXT' && identity.outcome === 'PASSED'
  const domain = isNamed ? (issuer.location as string).toLowerCase() : null
  return {
    parts: [
      issuance,
      identity,
      isIssued || isStore ? status : notChecked('STATUS', 'Not asked: see the record.'),
    ],
    identifiers: [
      ...(isIssued ? [`eip155:${chainId}:${contract.toLowerCase()}`] : []),
      ...(domain === null ? [] : [domain]),
    ],
    domain,
  }
}

async function isMinted(contract: string, all: Issued, { callContract }: DocumentSources): Promise<Answer> {
  if (callContract === null) return { why: 'was not asked: no chain is set up.' }
  try {
    const owner = await callContract({
      chainId: all.chainId,
      to: contract,
      data: `0x${selectors.ownerOf}${rootOf(all.hashes)}`,
    })
    if (!/^0x0{24}[0-9a-f]{40}$/.test(owner))
      return { why: 'could not be asked: the registry named no owner.' }
    return { isTrue: !/^0x0+$/.test(owner) }
  } catch (error) {
    return { why: `could not be asked: ${(error as Error).message}` }
  }
}

const revokedPart = (answer: Answer): Part =>
  'why' in answer
    ? notChecked('STATUS', `Whether the document was revoked ${answer.why}`)
    : answer.isTrue
      ? failed('STATUS', 'The issuer has revoked the document.')
      : passed('STATUS', 'The issuer has not revoked the document.')

async function statusOf(
  issuer: OpenAttestationIssuer,
  { hashes, chainId }: Issued,
  sources: DocumentSources,
): Promise<Part> {
  const location = issuer.revocationLocation ?? ''
  switch (issuer.revocationType) {
    case undefined:
    case 'NONE':
      return passed('STATUS', 'The issuer keeps no list of revoked documents, so there is nobody to ask.')
    case 'REVOCATION_STORE':
      return address.test(location)
        ? revokedPart(await anyOf(hashes, { to: location, selector: selectors.isRevoked, chainId }, sources))
        : failed('STATUS', 'The document is to be looked up in a contract, but names none.')
    case 'OCSP_RESPONDER':
      return revokedPart(await askResponder(location, hashes, sources))
    default:
      return notChecked('STATUS', 'The document can be revoked in a way that is not known here.')
  }
}

/** OpenAttestation's responder over HTTP (its name is borrowed from RFC 6960, its answers are JSON), about every hash. */
async function askResponder(
  location: string,
  hashes: readonly string[],
  sources: DocumentSources,
): Promise<Answer> {
  try {
    for (const hash of hashes) {
      const url = `${location.replace(/\/+$/, '')}/0x${hash}`
      const answer = await fetchJson(sources, url, {
        what: 'The state of the document',
        bytesMax: ocspBytesMax,
      })
      const isRevoked = member(answer, 'revoked') ?? member(answer, 'certificateStatus')
      const about = textMember(answer, 'documentHash')
      if (about !== undefined && about.replace(/^0x/, '').toLowerCase() !== hash)
        return { why: 'could not be asked: the answer is about another document.' }
      if (isRevoked === true || isRevoked === 'revoked') return { isTrue: true }
      if (isRevoked !== false && isRevoked !== 'good')
        return { why: 'could not be asked: the answer says neither yes nor no.' }
    }
    return { isTrue: false }
  } catch (error) {
    if (error instanceof SourceFault) return { why: `could not be asked: ${error.message}` }
    throw error
  }
}
