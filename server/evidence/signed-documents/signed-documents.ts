/**
 * Signed documents: OpenAttestation v2 (OpenCerts), W3C Verifiable Credentials as JWT or with an embedded proof, Open Badges 3.0
 * among them.
 *
 * Owns: what is found out about such a document, and whom an organisation believes. Words: a *part* of a report has PASSED,
 * FAILED or was NOT_CHECKED; what could not be asked never passes. Promises: a document that was changed, or that two readers
 * could read in two ways, is refused; nothing that a document says leads anywhere but through the guarded outbound client.
 */
import { createHash } from 'node:crypto'
import { isCredential } from './signed-documents.credential.rules.ts'
import { inspectDataIntegrity, type ExtraContexts } from './signed-documents.data-integrity.ts'
import { compareFields, comparisonPart } from './signed-documents.fields.rules.ts'
import type { Findings } from './signed-documents.findings.rules.ts'
import { DocumentFault, readJson, readUtf8, type JsonObject } from './signed-documents.json.rules.ts'
import { envelopedJwt, inspectJwt, isJwt } from './signed-documents.jwt.ts'
import { inspectOpenAttestation, isOpenAttestation } from './signed-documents.open-attestation.ts'
import { failed, notChecked, outcomeOf, outcomeOfParts, passed } from './signed-documents.parts.rules.ts'
import type { Part, SignedDocumentReport, SubmittedFields } from './signed-documents.schema.ts'
import type { DocumentSources } from './signed-documents.sources.ts'
import { statusOfCredential } from './signed-documents.status-list.ts'

export interface VerifyOptions extends DocumentSources {
  /** What was submitted beside the document; left out where nothing was. */
  readonly submitted?: SubmittedFields
  /** JSON-LD contexts that are known beside those that come with the house. */
  readonly extraContexts?: ExtraContexts
}

export {
  assertReachable,
  distrustIssuer,
  getTrustedIssuer,
  listTrustedIssuers,
  sourcesOf,
  trustIssuer,
  type TrustedIssuerRow,
} from './signed-documents.trusted-issuers.ts'

/** The SHA-256 of a document, in hex. */
export const fingerprintOfDocument = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A signed document, pictures in it included. */
export const documentBytesMax = 8 * 2 ** 20

/**
 * Everything that can be said of a signed document. Never throws for what the document or a source does: the report says it.
 * Nothing about it is asked anywhere before what can be told from the document itself holds.
 */
export async function verifySignedDocument(
  bytes: Uint8Array,
  options: VerifyOptions,
): Promise<SignedDocumentReport> {
  try {
    const findings = await inspect(bytes, options)
    return reportOf(findings, options)
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    return {
      format: null,
      outcome: 'FAILED',
      parts: [failed('WELL_FORMED', error.message)],
      issuer: null,
      types: [],
      fields: [],
      redactedCount: 0,
      comparison: [],
    }
  }
}

async function inspect(bytes: Uint8Array, options: VerifyOptions): Promise<Findings> {
  if (bytes.length > documentBytesMax)
    throw new DocumentFault(`The document has more than ${documentBytesMax / 2 ** 20} MiB.`)
  const text = readUtf8(bytes).trim()
  if (isJwt(text)) return withStatus(await inspectJwt(text, options), options)
  const document = readJson(text)
  const jwt = envelopedJwt(document)
  if (jwt !== undefined) {
    if (!isJwt(jwt)) throw new DocumentFault('The document is an envelope without a token in it.')
    return withStatus(await inspectJwt(jwt, options), options)
  }
  if (isOpenAttestation(document)) return inspectOpenAttestation(document, options)
  if (!isCredential(document))
    throw new DocumentFault(
      'The document is of no kind that is known here: an OpenAttestation 2.0 document or a W3C Verifiable Credential is.',
    )
  return withStatus(await inspectDataIntegrity(document, options, options.extraContexts), options)
}

async function withStatus(
  findings: Findings & { readonly credential: JsonObject },
  options: VerifyOptions,
): Promise<Findings> {
  if (findings.isStopped) return findings
  const status = await statusOfCredential(
    findings.credential,
    findings.issuer?.id ?? '',
    options,
    options.extraContexts,
  )
  return { ...findings, parts: [...findings.parts, status] }
}

/** Whether whoever was proved to have issued it is somebody the organisation believes. */
function trustPart({ identifiers, parts }: Findings, { trustedIssuers }: VerifyOptions): Part {
  if (outcomeOf(parts, 'ISSUANCE') !== 'PASSED')
    return notChecked(
      'TRUSTED_ISSUER',
      'Who issued the document is not proved, so nobody on your list can be said to have.',
    )
  const found = trustedIssuers.find(({ identifier }) =>
    identifiers.some((proved) => isSameIssuer(proved, identifier)),
  )
  return found
    ? passed('TRUSTED_ISSUER', `The issuer is ${found.name}, who is on your list of trusted issuers.`)
    : failed('TRUSTED_ISSUER', 'The issuer is not on your list of trusted issuers.')
}

/** Ethereum addresses are written in any case (its capitals are a checksum); all else is compared as it stands. */
function isSameIssuer(proved: string, listed: string): boolean {
  const plain = (text: string): string => (/^(?:did:ethr:|eip155:)/.test(text) ? text.toLowerCase() : text)
  return plain(proved) === plain(listed)
}

function reportOf(findings: Findings, options: VerifyOptions): SignedDocumentReport {
  const { format, issuer, types, fields, redactedCount, isStopped } = findings
  const comparison = options.submitted === undefined ? [] : compareFields(options.submitted, fields)
  const parts: Part[] = [
    passed('WELL_FORMED', 'The document can be read in one way only.'),
    ...findings.parts,
  ]
  if (!isStopped || outcomeOfParts(parts) !== 'FAILED') parts.push(trustPart(findings, options))
  if (comparison.length > 0) parts.push(comparisonPart(comparison, redactedCount))
  return {
    format,
    outcome: outcomeOfParts(parts),
    parts,
    issuer,
    types: [...types],
    fields: [...fields],
    redactedCount,
    comparison: [...comparison],
  }
}
