/** OpenAttestation v2 (OpenCerts): what is found out about one document (spec 80, Signed documents). */
import { documentField } from './signed-documents.fields.rules.ts'
import {
  DocumentFault,
  isObject,
  listOf,
  member,
  textMember,
  type Json,
  type JsonObject,
} from './signed-documents.json.rules.ts'
import { issuanceOf, type OpenAttestationIssuer } from './signed-documents.open-attestation.issuance.ts'
import {
  hashesToRoot,
  saltedLeaves,
  targetHashOf,
  type SaltedLeaf,
} from './signed-documents.open-attestation.hash.ts'
import { failed, notChecked, passed } from './signed-documents.parts.rules.ts'
import type { Part } from './signed-documents.schema.ts'
import type { DocumentSources } from './signed-documents.sources.ts'
import type { Findings } from './signed-documents.findings.rules.ts'

const schemaOfVersion2 = 'https://schema.openattestation.com/2.0/schema.json'
const hash = /^[0-9a-f]{64}$/
const hashesMax = 10_000
const proofMax = 64

export function isOpenAttestation(document: Json): document is JsonObject {
  const signature = textMember(member(document, 'signature'), 'type')
  return isObject(document) && (signature === 'SHA3MerkleProof' || hasOwnSchema(document))
}

const hasOwnSchema = (document: JsonObject): boolean =>
  /openattestation|opencerts/i.test(
    `${textMember(document, 'version') ?? ''} ${textMember(document, 'schema') ?? ''}`,
  )

interface Wrapped {
  readonly leaves: readonly SaltedLeaf[]
  readonly hidden: readonly string[]
  readonly targetHash: string
  readonly merkleRoot: string
  readonly proof: readonly string[]
  readonly issuers: readonly OpenAttestationIssuer[]
}

function hashesAt(value: Json | undefined, what: string, max: number): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > max)
    throw new DocumentFault(`The document’s ${what} is no list of at most ${max} hashes.`)
  return (value as readonly Json[]).map((one) => hashAt(one, what))
}

function hashAt(value: Json | undefined, what: string): string {
  if (typeof value !== 'string' || !hash.test(value))
    throw new DocumentFault(`The document’s ${what} is no hash of 64 characters in lower case.`)
  return value
}

/** The document in its parts. Throws a `DocumentFault` for what is no wrapped document of version 2. */
function unwrap(document: JsonObject): Wrapped {
  if (textMember(document, 'version') !== schemaOfVersion2)
    throw new DocumentFault(
      'The document is of a version of OpenAttestation that is not known here: only 2.0 is.',
    )
  const data = member(document, 'data')
  if (!isObject(data)) throw new DocumentFault('The document has no data.')
  const signature = member(document, 'signature')
  if (textMember(signature, 'type') !== 'SHA3MerkleProof')
    throw new DocumentFault('The document’s signature is of a type that is not known here.')
  const leaves = saltedLeaves(data)
  if (leaves.length === 0) throw new DocumentFault('The document has no field.')
  return {
    leaves,
    hidden: hashesAt(
      member(member(document, 'privacy'), 'obfuscatedData'),
      'list of hidden fields',
      hashesMax,
    ),
    targetHash: hashAt(member(signature, 'targetHash'), 'target hash'),
    merkleRoot: hashAt(member(signature, 'merkleRoot'), 'merkle root'),
    proof: hashesAt(member(signature, 'proof'), 'merkle proof', proofMax),
    issuers: issuersIn(leaves),
  }
}

/** What stands below `issuers.N`, by the rest of its path. */
function issuersIn(leaves: readonly SaltedLeaf[]): OpenAttestationIssuer[] {
  const found = new Map<string, Map<string, string>>()
  for (const { path, value } of leaves) {
    const [, index, rest] = /^issuers\.(0|[1-9]\d*)\.(.+)$/.exec(path) ?? []
    if (index === undefined || rest === undefined) continue
    found.set(index, (found.get(index) ?? new Map<string, string>()).set(rest, value))
  }
  return [...found.values()].map((at) => ({
    id: at.get('id'),
    name: at.get('name'),
    documentStore: at.get('documentStore') ?? at.get('certificateStore'),
    tokenRegistry: at.get('tokenRegistry'),
    identityType: at.get('identityProof.type'),
    location: at.get('identityProof.location'),
    key: at.get('identityProof.key'),
    revocationType: at.get('revocation.type'),
    revocationLocation: at.get('revocation.location'),
  }))
}

function integrityOf({ leaves, hidden, targetHash, merkleRoot, proof }: Wrapped): Part {
  if (targetHashOf(leaves, hidden) !== targetHash)
    return failed(
      'INTEGRITY',
      'The document was changed after it was issued: its fields do not have its hash.',
    )
  if (hashesToRoot(targetHash, proof).at(-1) !== merkleRoot)
    return failed('INTEGRITY', 'The document’s hash does not lead to the hash of the batch it was issued in.')
  const many = hidden.length === 1 ? 'One field is' : `${hidden.length} fields are`
  return passed(
    'INTEGRITY',
    hidden.length === 0
      ? 'Nothing was changed since it was issued.'
      : `Nothing was changed since it was issued. ${many} hidden.`,
  )
}

/** Dates in the document's own fields, where it has them (OpenCerts: `issuedOn`, `expiresOn`). */
function validityOf(leaves: readonly SaltedLeaf[], now: Date): Part {
  const at = (name: string): string | undefined => leaves.find(({ path }) => path === name)?.value
  const ends = at('expiresOn') ?? at('expirationDate') ?? at('validUntil')
  const starts = at('validFrom')
  const day = (text: string): Date | null => {
    const read = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(text) ? new Date(text) : null
    return read === null || Number.isNaN(read.getTime()) ? null : read
  }
  for (const text of [ends, starts])
    if (text !== undefined && day(text) === null)
      return notChecked(
        'VALIDITY',
        `The date ${JSON.stringify(text)} in the document is of no form that is known.`,
      )
  if (starts !== undefined && (day(starts) as Date) > now)
    return failed('VALIDITY', `The document is valid from ${starts} on.`)
  if (ends === undefined) return passed('VALIDITY', 'The document names no day on which it ends.')
  // A bare day counts to its end, wherever on earth (UTC-12).
  const end = (day(ends) as Date).getTime() + (ends.length === 10 ? 36 * 3_600_000 : 0)
  return end < now.getTime()
    ? failed('VALIDITY', `The document ended on ${ends}.`)
    : passed('VALIDITY', `The document is valid until ${ends}.`)
}

/** Everything about one document but its wording against others. What is known to be false is not asked about any further. */
export async function inspectOpenAttestation(
  document: JsonObject,
  sources: DocumentSources,
): Promise<Findings> {
  const wrapped = unwrap(document)
  const integrity = integrityOf(wrapped)
  const { leaves, hidden, issuers } = wrapped
  const found = {
    format: 'OPEN_ATTESTATION',
    types: leaves.filter(({ path }) => path === '$template.name').map(({ value }) => value),
    fields: leaves.map(({ path, value, type }) =>
      documentField(path, type === 'null' || type === 'undefined' ? '' : value),
    ),
    redactedCount: hidden.length,
  } as const
  const issuer = issuers[0]
  const named = issuer ? { id: issuer.id ?? null, name: issuer.name ?? null, domain: null } : null
  if (integrity.outcome === 'FAILED')
    return { ...found, issuer: named, identifiers: [], parts: [integrity], isStopped: true }
  const issued = await issuanceOf(
    {
      issuers,
      hashes: hashesToRoot(wrapped.targetHash, wrapped.proof),
      proofs: listOf(member(document, 'proof')),
      chainId: leaves.find(({ path }) => path === 'network.chainId')?.value ?? '1',
    },
    sources,
  )
  return {
    ...found,
    issuer: issuer
      ? {
          id: issuer.id ?? issuer.documentStore ?? issuer.tokenRegistry ?? null,
          name: issuer.name ?? null,
          domain: issued.domain,
        }
      : null,
    identifiers: issued.identifiers,
    parts: [integrity, ...issued.parts, validityOf(leaves, sources.now)],
    isStopped: false,
  }
}
