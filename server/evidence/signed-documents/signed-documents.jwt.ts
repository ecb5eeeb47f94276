/** W3C credentials as JSON Web Tokens: 1.1 (its section 6.3.1), 2.0 (Securing Credentials using JOSE and COSE), Open Badges 3.0. */
import { compactVerify, errors } from 'jose'
import { credentialFindings, type SignedCredential } from './signed-documents.credential-findings.ts'
import { isCredential, issuerOf } from './signed-documents.credential.rules.ts'
import type { Findings } from './signed-documents.findings.rules.ts'
import {
  DocumentFault,
  isObject,
  member,
  readBase64url,
  readJson,
  readUtf8,
  textMember,
  type Json,
  type JsonObject,
} from './signed-documents.json.rules.ts'
import { issuerKey, keyOfJwk, type IssuerKey, type KeyKind } from './signed-documents.keys.ts'
import type { DocumentSources } from './signed-documents.sources.ts'

/** The algorithms that are taken, each for one kind of key: no `none`, and nothing with a shared secret (RFC 8725, 3.1). */
const algorithms: Readonly<Record<string, KeyKind>> = {
  ES256: 'P-256',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
  RS256: 'RSA',
}
/** What tokens of other uses are not (RFC 8725, 3.11). */
const tokenTypes = new Set(['jwt', 'vc+jwt', 'vc+ld+jwt', 'vc+ld+json+jwt', 'vc-ld+jwt', 'vc+sd-jwt'])

export const isJwt = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)

/** The token inside an enveloped credential of 2.0 (`data:application/vc+jwt,eyJ…`); undefined for anything else. */
export function envelopedJwt(document: Json): string | undefined {
  if (textMember(document, 'type') !== 'EnvelopedVerifiableCredential') return undefined
  return /^data:application\/vc(?:\+ld)?\+jwt[;,](.*)$/s.exec(textMember(document, 'id') ?? '')?.[1]
}

interface Token {
  readonly text: string
  readonly header: Json
  readonly algorithm: string
  readonly credential: JsonObject
  readonly issuer: { readonly id: string; readonly name: string | null }
}

function jsonOf(segment: string): Json {
  return readJson(readUtf8(readBase64url(segment)))
}

/** Reads a token, and refuses (`DocumentFault`) what must not even be looked at with a key. */
function readToken(text: string): Token {
  const [head = '', body = '', signature = ''] = text.split('.')
  const header = jsonOf(head)
  const algorithm = textMember(header, 'alg') ?? ''
  if (!Object.hasOwn(algorithms, algorithm))
    throw new DocumentFault(
      `The document is signed by the algorithm ${JSON.stringify(algorithm)}, which proves nothing here: ES256, EdDSA and RS256 are taken.`,
    )
  readBase64url(signature)
  for (const name of ['crit', 'b64', 'zip', 'enc', 'x5u', 'x5c'])
    if (member(header, name) !== undefined)
      throw new DocumentFault(`The document’s header has ${JSON.stringify(name)}, which is not taken.`)
  const type = member(header, 'typ')
  if (
    type !== undefined &&
    !(typeof type === 'string' && tokenTypes.has(type.toLowerCase().replace(/^application\//, '')))
  )
    throw new DocumentFault('The document is a token for something else than a credential.')
  const claims = jsonOf(body)
  const credential = credentialOf(claims)
  return { text, header, algorithm, credential, issuer: issuerOf(credential) }
}

/** The credential among the claims. What 1.1 says twice, in a claim and in `vc`, must be the same. */
function credentialOf(claims: Json): JsonObject {
  const inner = member(claims, 'vc')
  if (!isObject(claims)) throw new DocumentFault('The token holds no claims.')
  if (inner === undefined) {
    if (!isCredential(claims)) throw new DocumentFault('The token holds no W3C credential.')
    const issuer = textMember(claims, 'iss')
    if (issuer !== undefined && issuer !== issuerOf(claims).id)
      throw new DocumentFault('The token names two issuers.')
    return withoutClaims(claims)
  }
  if (!isObject(inner) || member(claims, 'credentialSubject') !== undefined)
    throw new DocumentFault('The token holds two credentials.')
  const credential = withClaims(inner, claims)
  if (!isCredential(credential)) throw new DocumentFault('The token holds no W3C credential.')
  return credential
}

const registered = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf'])

/** 2.0: claims of the token itself say what the credential does not; the times count beside its own. */
function withoutClaims(claims: JsonObject): JsonObject {
  const own = Object.fromEntries(Object.entries(claims).filter(([name]) => !registered.has(name)))
  return {
    ...own,
    ...startOf(claims, own['validFrom'] ?? own['issuanceDate'], 'validFrom'),
    ...endOf(claims, own['validUntil'] ?? own['expirationDate'], 'validUntil'),
  }
}

/** A time in seconds (RFC 7519, 2) as the credential would say it. */
function timeOf(claims: JsonObject, name: string): string | undefined {
  const seconds = member(claims, name)
  if (seconds === undefined) return undefined
  if (typeof seconds !== 'number' || seconds < 0 || seconds > 253_402_300_799)
    throw new DocumentFault(`The token’s ${name} is no time.`)
  return new Date(seconds * 1_000).toISOString()
}

/** The later of two starts counts. */
function startOf(claims: JsonObject, said: Json | undefined, name: string): Record<string, Json> {
  const start = timeOf(claims, 'nbf')
  if (start === undefined || (typeof said === 'string' && new Date(said) >= new Date(start))) return {}
  return { [name]: start }
}

/** The earlier of two ends counts. */
function endOf(claims: JsonObject, said: Json | undefined, name: string): Record<string, Json> {
  const end = timeOf(claims, 'exp')
  if (end === undefined || (typeof said === 'string' && new Date(said) <= new Date(end))) return {}
  return { [name]: end }
}

function withClaims(inner: JsonObject, claims: JsonObject): JsonObject {
  const issuer = textMember(claims, 'iss')
  const said = member(inner, 'issuer')
  const saidId = typeof said === 'string' ? said : textMember(said, 'id')
  if (issuer !== undefined && saidId !== undefined && saidId !== issuer)
    throw new DocumentFault('The token names two issuers.')
  const subject = textMember(claims, 'sub')
  const about = member(inner, 'credentialSubject')
  const aboutId = textMember(about, 'id')
  if (subject !== undefined && aboutId !== undefined && aboutId !== subject)
    throw new DocumentFault('The token names two holders.')
  return {
    ...inner,
    ...(saidId === undefined && issuer !== undefined
      ? { issuer: isObject(said) ? { ...said, id: issuer } : issuer }
      : {}),
    ...startOf(claims, member(inner, 'validFrom') ?? member(inner, 'issuanceDate'), 'issuanceDate'),
    ...endOf(claims, member(inner, 'validUntil') ?? member(inner, 'expirationDate'), 'expirationDate'),
  }
}

/** A key or address in the header is taken only where it is the one that is known without it (RFC 8725, 3.10). */
function refuseOwnKeys({ header }: Token, key: IssuerKey): void {
  const embedded = member(header, 'jwk')
  if (embedded !== undefined && keyOfJwk(embedded).jwk !== key.jwk)
    throw new DocumentFault('The document brings a key of its own, which is not the issuer’s.')
}

function refuseOwnAddresses({ header, issuer }: Token, sources: DocumentSources): void {
  const address = member(header, 'jku')
  const listed = sources.trustedIssuers.find(({ identifier }) => identifier === issuer.id)
  if (address !== undefined && (typeof address !== 'string' || listed?.jwksUrl !== address))
    throw new DocumentFault('The document says itself where its keys are to be fetched, which is not taken.')
}

/**
 * The credential in a token whose signature is its issuer's. Throws a `DocumentFault` where it is not, and a `SourceFault`
 * where the issuer's key could not be found.
 */
export async function verifiedJwt(text: string, sources: DocumentSources): Promise<SignedCredential> {
  return verifyToken(readToken(text), sources)
}

async function verifyToken(token: Token, sources: DocumentSources): Promise<SignedCredential> {
  const { header, algorithm, credential, issuer, text } = token
  refuseOwnAddresses(token, sources)
  const kid = member(header, 'kid')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 2_000))
    throw new DocumentFault('The document names its key in no known way.')
  const key = await issuerKey(issuer.id, kid, sources)
  refuseOwnKeys(token, key)
  if (key.kind !== algorithms[algorithm])
    throw new DocumentFault(`The issuer’s key is of another kind than the algorithm ${algorithm} needs.`)
  try {
    await compactVerify(text, key.key, { algorithms: [algorithm] })
  } catch (error) {
    if (error instanceof errors.JOSEError)
      throw new DocumentFault(
        'The signature is not one of the issuer’s key: the document was changed, or is not theirs.',
      )
    throw error
  }
  return { credential, issuer: issuer.id, key }
}

/** Everything about one token but its state and the organisation's list. */
export async function inspectJwt(
  text: string,
  sources: DocumentSources,
): Promise<Findings & { credential: JsonObject }> {
  const token = readToken(text)
  const { credential } = token
  const findings = await credentialFindings('VC_JWT', credential, sources, () => verifyToken(token, sources))
  return { ...findings, credential }
}
