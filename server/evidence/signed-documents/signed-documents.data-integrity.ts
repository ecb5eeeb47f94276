/**
 * Credentials with an embedded proof (Verifiable Credential Data Integrity 1.0): EdDSA and ECDSA, over the RDF (`-rdfc-`) or the
 * JSON (`-jcs-`) of the document.
 */
import { createHash, verify } from 'node:crypto'
import { credentialFindings, type SignedCredential } from './signed-documents.credential-findings.ts'
import { issuerOf } from './signed-documents.credential.rules.ts'
import type { Findings } from './signed-documents.findings.rules.ts'
import {
  canonicalJson,
  DocumentFault,
  isObject,
  listOf,
  member,
  readMultibase58,
  textMember,
  type Json,
  type JsonObject,
} from './signed-documents.json.rules.ts'
import { canonicalQuads } from './signed-documents.json-ld.ts'
import { issuerKey, type IssuerKey } from './signed-documents.keys.ts'
import { SourceFault, type DocumentSources } from './signed-documents.sources.ts'

interface Suite {
  readonly form: 'rdfc' | 'jcs'
  readonly curve: 'EdDSA' | 'ECDSA'
}

const suites: Readonly<Record<string, Suite>> = {
  'eddsa-rdfc-2022': { form: 'rdfc', curve: 'EdDSA' },
  'eddsa-jcs-2022': { form: 'jcs', curve: 'EdDSA' },
  'ecdsa-rdfc-2019': { form: 'rdfc', curve: 'ECDSA' },
  'ecdsa-jcs-2019': { form: 'jcs', curve: 'ECDSA' },
}

/** Words that are known beside the bundled ones. */
export type ExtraContexts = ReadonlyMap<string, object>

interface Proof {
  readonly proof: JsonObject
  readonly suite: Suite
  readonly method: string
  readonly signature: Buffer
}

/** The one proof of a document. Throws a `DocumentFault` for none, several, or one that is not for this. */
function readProof(document: JsonObject): Proof {
  const proofs = listOf(member(document, 'proof'))
  const proof = proofs[0]
  if (!isObject(proof) || proofs.length > 1)
    throw new SourceFault('Documents with several proofs, or with one in another form, are not checked here.')
  const name = textMember(proof, 'cryptosuite') ?? ''
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (textMember(proof, 'type') !== 'DataIntegrityProof' || suite === undefined)
    throw new SourceFault(
      `Proofs of the kind ${JSON.stringify(name === '' ? (textMember(proof, 'type') ?? '') : name)} are not checked here.`,
    )
  if (textMember(proof, 'proofPurpose') !== 'assertionMethod')
    throw new DocumentFault('The document’s proof was not made to vouch for what it says.')
  const method = textMember(proof, 'verificationMethod')
  if (method === undefined) throw new DocumentFault('The document’s proof does not name its key.')
  for (const other of ['previousProof', 'domain', 'challenge'])
    if (member(proof, other) !== undefined)
      throw new SourceFault(`Proofs with ${JSON.stringify(other)} are not checked here.`)
  return { proof, suite, method, signature: readMultibase58(textMember(proof, 'proofValue') ?? '') }
}

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([own]) => own !== name))

/** What was signed: the hash of the proof's own settings, then that of the document (its section 4.2 to 4.4 of each suite). */
async function signedBytes(
  document: JsonObject,
  { proof, suite }: Proof,
  hash: 'sha256' | 'sha384',
  extra: ExtraContexts,
): Promise<Buffer> {
  const settings = without(proof, 'proofValue')
  const bare = without(document, 'proof')
  const digest = (text: string): Buffer => createHash(hash).update(text).digest()
  if (suite.form === 'rdfc') {
    const context = member(document, '@context') as Json
    const ofProof = await canonicalQuads({ ...settings, '@context': context }, extra)
    return Buffer.concat([digest(ofProof), digest(await canonicalQuads(bare, extra))])
  }
  const own = member(settings, '@context')
  if (own !== undefined) {
    const begins = listOf(member(document, '@context')).slice(0, listOf(own).length)
    if (canonicalJson(begins) !== canonicalJson(listOf(own)))
      throw new DocumentFault('The document does not begin with the words that its proof was made with.')
  }
  const signed = own === undefined ? bare : { ...bare, '@context': own }
  return Buffer.concat([digest(canonicalJson(settings)), digest(canonicalJson(signed))])
}

function isSigned({ suite, signature }: Proof, { kind, key }: IssuerKey, bytes: Buffer): boolean {
  if (suite.curve === 'EdDSA')
    return kind === 'Ed25519' && signature.length === 64 && verify(null, bytes, key, signature)
  const width = kind === 'P-256' ? 64 : kind === 'P-384' ? 96 : 0
  if (signature.length !== width) return false
  return verify(kind === 'P-256' ? 'sha256' : 'sha384', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

/** As `verifiedJwt`, of a credential with an embedded proof. */
export async function verifiedDocument(
  document: JsonObject,
  sources: DocumentSources,
  extra: ExtraContexts = new Map(),
): Promise<SignedCredential> {
  const issuer = issuerOf(document)
  const proof = readProof(document)
  if (proof.method !== issuer.id && !proof.method.startsWith(`${issuer.id}#`))
    throw new DocumentFault('The document is signed with a key of somebody else than the issuer it names.')
  const ends = textMember(proof.proof, 'expires')
  if (member(proof.proof, 'expires') !== undefined && !(ends !== undefined && new Date(ends) > sources.now))
    throw new DocumentFault('The signature has run out.')
  const key = await issuerKey(issuer.id, proof.method, sources)
  const bytes = await signedBytes(document, proof, key.kind === 'P-384' ? 'sha384' : 'sha256', extra)
  if (!isSigned(proof, key, bytes))
    throw new DocumentFault(
      'The signature is not one of the issuer’s key: the document was changed, or is not theirs.',
    )
  return { credential: document, issuer: issuer.id, key }
}

/** Everything about one document but its state and the organisation's list. */
export async function inspectDataIntegrity(
  document: JsonObject,
  sources: DocumentSources,
  extra: ExtraContexts = new Map(),
): Promise<Findings & { credential: JsonObject }> {
  const findings = await credentialFindings('VC_DATA_INTEGRITY', document, sources, () =>
    verifiedDocument(document, sources, extra),
  )
  return { ...findings, credential: document }
}
