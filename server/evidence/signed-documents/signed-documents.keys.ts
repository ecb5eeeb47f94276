/**
 * Whose key a signature has to fit. A key comes from the issuer's own name (did:key, did:jwk), from where only the issuer can
 * publish (did:web, its own https address), or from the organisation's list; never from the document.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  canonicalJson,
  DocumentFault,
  isObject,
  listOf,
  member,
  readBase64url,
  readJson,
  readMultibase58,
  readUtf8,
  textMember,
  type Json,
} from './signed-documents.json.rules.ts'
import { fetchJson, SourceFault, type DocumentSources } from './signed-documents.sources.ts'

export type KeyKind = 'P-256' | 'P-384' | 'Ed25519' | 'RSA'

export interface IssuerKey {
  readonly kind: KeyKind
  readonly key: KeyObject
  /** The public parts as one text, so that two keys can be held against each other. */
  readonly jwk: string
  /** How it is known that the key is the issuer's, for a person. */
  readonly source: string
  /** The domain whose website vouches for it. */
  readonly domain: string | null
}

const documentBytesMax = 200_000
const keysMax = 100
/** Less than 2,048 bits is refused by RFC 7518 (3.3); more than 8,192 costs us more than it gives. */
const rsaBytes = { min: 256, max: 1024 }
const curves: Readonly<Record<string, KeyKind>> = { 'P-256': 'P-256', 'P-384': 'P-384' }

/** A public key of a JSON Web Key (RFC 7517). Throws a `DocumentFault` for one that is secret, private, weak or not known here. */
export function keyOfJwk(jwk: Json | undefined): Pick<IssuerKey, 'kind' | 'key' | 'jwk'> {
  const at = (name: string): string => textMember(jwk, name) ?? ''
  if (!isObject(jwk) || ['d', 'k', 'p', 'q'].some((name) => member(jwk, name) !== undefined))
    throw new DocumentFault('A key is given that is no public key.')
  const kind: KeyKind | undefined =
    at('kty') === 'EC'
      ? curves[at('crv')]
      : at('kty') === 'OKP' && at('crv') === 'Ed25519'
        ? 'Ed25519'
        : at('kty') === 'RSA'
          ? 'RSA'
          : undefined
  if (kind === undefined) throw new DocumentFault('A key is given of a kind that is not known here.')
  const names = kind === 'RSA' ? ['e', 'n'] : kind === 'Ed25519' ? ['x'] : ['x', 'y']
  const parts = names.map((name) => [name, readBase64url(at(name))] as const)
  const modulus = parts.find(([name]) => name === 'n')?.[1].length
  if (modulus !== undefined && (modulus < rsaBytes.min || modulus > rsaBytes.max))
    throw new DocumentFault('An RSA key is given of a length that is not taken: 2,048 to 8,192 bits are.')
  const plain = {
    kty: at('kty'),
    ...(kind === 'RSA' ? {} : { crv: kind }),
    ...Object.fromEntries(parts.map(([name, bytes]) => [name, bytes.toString('base64url')])),
  }
  try {
    return { kind, key: createPublicKey({ key: plain, format: 'jwk' }), jwk: canonicalJson(plain) }
  } catch {
    throw new DocumentFault('A key is given that is none.')
  }
}

/** What stands before a key's bytes in a Multikey (its multicodec, as a varint), and how the bytes are to be read. */
const multicodecs: readonly {
  readonly prefix: string
  readonly kind: KeyKind
  readonly bytes: number
  readonly der: string
}[] = [
  { prefix: 'ed01', kind: 'Ed25519', bytes: 32, der: '302a300506032b6570032100' },
  // Compressed points: OpenSSL reads them in a SubjectPublicKeyInfo (RFC 5480).
  { prefix: '8024', kind: 'P-256', bytes: 33, der: '3039301306072a8648ce3d020106082a8648ce3d030107032200' },
  { prefix: '8124', kind: 'P-384', bytes: 49, der: '3046301006072a8648ce3d020106052b81040022033200' },
]

/** A public key of a Multikey (`z6Mk…`, Controlled Identifiers 1.0, 2.2.2). Throws a `DocumentFault` for what is none. */
export function keyOfMultikey(text: string): Pick<IssuerKey, 'kind' | 'key' | 'jwk'> {
  const bytes = readMultibase58(text)
  const found = multicodecs.find(({ prefix }) => bytes.subarray(0, 2).toString('hex') === prefix)
  if (found === undefined || bytes.length !== found.bytes + 2)
    throw new DocumentFault('A key is given of a kind that is not known here.')
  try {
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from(found.der, 'hex'), bytes.subarray(2)]),
      format: 'der',
      type: 'spki',
    })
    return { kind: found.kind, key, jwk: canonicalJson(key.export({ format: 'jwk' }) as Json) }
  } catch {
    throw new DocumentFault('A key is given that is none.')
  }
}

/**
 * Where a `did:web` lies (its method's specification): `did:web:example.org` at `/.well-known/did.json`,
 * `did:web:example.org%3A8443:schools:7` at `/schools/7/did.json`. Throws a `DocumentFault` for names that would lead elsewhere.
 */
export function addressOfDidWeb(did: string): string {
  const [host = '', ...path] = did.slice('did:web:'.length).split(':')
  const [, name, port] = /^([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:%3A(\d{1,5}))?$/i.exec(host) ?? []
  const isPlain = path.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part))
  if (name === undefined || !isPlain || did.length > 500)
    throw new DocumentFault('The issuer’s did:web does not name a plain host and path.')
  const folder = path.length === 0 ? '.well-known' : path.join('/')
  return `https://${name}${port === undefined ? '' : `:${port}`}/${folder}/did.json`
}

/**
 * The key with which an issuer is to have signed. `methodId` is how the document names it (`kid`, `verificationMethod`); it
 * chooses among the issuer's keys and leads nowhere else. Throws a `DocumentFault` where the issuer has no such key, and a
 * `SourceFault` where that could not be found out.
 */
export async function issuerKey(
  issuer: string,
  methodId: string | undefined,
  sources: DocumentSources,
): Promise<IssuerKey> {
  if (issuer.startsWith('did:key:')) return selfNamed(issuer, methodId)
  if (issuer.startsWith('did:jwk:')) return selfDescribed(issuer, methodId)
  if (issuer.startsWith('did:web:')) {
    const url = addressOfDidWeb(issuer)
    return keyOfController(issuer, methodId, url, sources)
  }
  if (issuer.startsWith('did:'))
    throw new SourceFault(`Keys of issuers like ${issuer.split(':', 2).join(':')} cannot be looked up here.`)
  return keyOfUrl(issuer, methodId, sources)
}

/** `#key`, `key` and `did:…#key` name the same key of one issuer. */
const isNamed = (methodId: string, issuer: string, fragment: string): boolean =>
  methodId === `${issuer}#${fragment}` || methodId === `#${fragment}` || methodId === fragment

function selfNamed(did: string, methodId: string | undefined): IssuerKey {
  const name = did.slice('did:key:'.length)
  if (methodId !== undefined && methodId !== did && !isNamed(methodId, did, name))
    throw new DocumentFault(
      'The document is signed with another key than the one that its issuer is named after.',
    )
  return { ...keyOfMultikey(name), source: 'The issuer is known by its key alone.', domain: null }
}

function selfDescribed(did: string, methodId: string | undefined): IssuerKey {
  if (methodId !== undefined && methodId !== did && !isNamed(methodId, did, '0'))
    throw new DocumentFault(
      'The document is signed with another key than the one that its issuer is named after.',
    )
  const jwk = readJson(readUtf8(readBase64url(did.slice('did:jwk:'.length))))
  if (textMember(jwk, 'use') === 'enc') throw new DocumentFault('The issuer’s key is not for signing.')
  return { ...keyOfJwk(jwk), source: 'The issuer is known by its key alone.', domain: null }
}

/** A key of a document that lists an issuer's keys (Controlled Identifiers 1.0, 3.3): one that is for assertions. */
async function keyOfController(
  issuer: string,
  methodId: string | undefined,
  url: string,
  sources: DocumentSources,
): Promise<IssuerKey> {
  const host = (URL.parse(url) as URL).hostname
  const controller = await fetchJson(sources, url, {
    what: 'The issuer’s list of keys',
    bytesMax: documentBytesMax,
  })
  if (textMember(controller, 'id') !== issuer)
    throw new DocumentFault(`What ${host} publishes is not about the issuer ${issuer}.`)
  const absolute = (id: string | undefined): string | undefined => (id?.startsWith('#') ? issuer + id : id)
  const methods = listOf(member(controller, 'verificationMethod')).slice(0, keysMax)
  const asserting = listOf(member(controller, 'assertionMethod'))
    .slice(0, keysMax)
    .flatMap((one) =>
      typeof one === 'string'
        ? methods.filter((method) => absolute(textMember(method, 'id')) === absolute(one))
        : [one],
    )
    .filter((method) => (textMember(method, 'controller') ?? issuer) === issuer)
  const wanted =
    methodId === undefined ? undefined : methodId.includes('#') ? absolute(methodId) : `${issuer}#${methodId}`
  const found =
    wanted === undefined
      ? asserting
      : asserting.filter((method) => absolute(textMember(method, 'id')) === wanted)
  const method = found[0]
  if (method === undefined || found.length > 1)
    throw new DocumentFault(
      `The issuer’s list of keys at ${host} has not exactly the one key that the document names.`,
    )
  if (member(method, 'revoked') !== undefined)
    throw new DocumentFault('The issuer has revoked the key that signed.')
  const multibase = textMember(method, 'publicKeyMultibase')
  const key = multibase === undefined ? keyOfJwk(member(method, 'publicKeyJwk')) : keyOfMultikey(multibase)
  // What lies deeper may be one tenant's of many; the root is the domain's own.
  const isRoot = /^\/(?:\.well-known\/did\.json)?$/.test((URL.parse(url) as URL).pathname)
  return {
    ...key,
    source: `The issuer publishes the key at ${host}.`,
    domain: isRoot ? host.toLowerCase() : null,
  }
}

/** An issuer that is a URL: its keys are those on the organisation's list, or what lies at that very URL. */
async function keyOfUrl(
  issuer: string,
  methodId: string | undefined,
  sources: DocumentSources,
): Promise<IssuerKey> {
  const listed = sources.trustedIssuers.find(
    ({ identifier, jwksUrl }) => identifier === issuer && jwksUrl !== null,
  )
  if (listed?.jwksUrl) return keyOfSet(issuer, methodId, listed.jwksUrl, sources)
  const url = URL.parse(issuer)
  if (
    url?.protocol !== 'https:' ||
    url.hash !== '' ||
    url.href.replace(/\/$/, '') !== issuer.replace(/\/$/, '')
  )
    throw new SourceFault(
      'The issuer is named in a way under which no key can be looked up; put it with the address of its keys on the list of trusted issuers.',
    )
  return keyOfController(issuer, methodId, issuer, sources)
}

/** A key of a JWK Set (RFC 7517, 5), by its `kid`; without one the set must have a single key. */
async function keyOfSet(
  issuer: string,
  methodId: string | undefined,
  url: string,
  sources: DocumentSources,
): Promise<IssuerKey> {
  const set = await fetchJson(sources, url, { what: 'The issuer’s set of keys', bytesMax: documentBytesMax })
  const keys = listOf(member(set, 'keys'))
    .slice(0, keysMax)
    .filter((jwk) => (textMember(jwk, 'use') ?? 'sig') === 'sig')
  const names = methodId === undefined ? [] : [methodId, methodId.replace(`${issuer}#`, '')]
  const found =
    methodId === undefined ? keys : keys.filter((jwk) => names.includes(textMember(jwk, 'kid') ?? ''))
  if (found.length !== 1)
    throw new DocumentFault('The issuer’s set of keys has not exactly the one key that the document names.')
  const host = (URL.parse(url) as URL).hostname
  return {
    ...keyOfJwk(found[0]),
    source: `The issuer’s keys are published at ${host}, as your list says.`,
    domain: null,
  }
}
