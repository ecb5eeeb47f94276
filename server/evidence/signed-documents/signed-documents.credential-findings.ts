/** What is reported of a credential, whichever way it is signed. */
import { issuerOf, notFields, typesOf, validityOf } from './signed-documents.credential.rules.ts'
import { flatFields } from './signed-documents.fields.rules.ts'
import type { Findings } from './signed-documents.findings.rules.ts'
import { DocumentFault, type JsonObject } from './signed-documents.json.rules.ts'
import type { IssuerKey } from './signed-documents.keys.ts'
import { failed, notChecked, passed } from './signed-documents.parts.rules.ts'
import { SourceFault, type DocumentSources } from './signed-documents.sources.ts'

export interface SignedCredential {
  readonly credential: JsonObject
  readonly issuer: string
  readonly key: IssuerKey
}

/**
 * Verifies, and turns what is thrown into parts: a `DocumentFault` refuses the document, a `SourceFault` leaves it unchecked.
 * Its fields are shown in either case; the report says what they are worth.
 */
export async function credentialFindings(
  format: Findings['format'],
  credential: JsonObject,
  { now }: DocumentSources,
  verify: () => Promise<SignedCredential>,
): Promise<Findings> {
  const issuer = issuerOf(credential)
  const found = {
    format,
    types: typesOf(credential),
    fields: flatFields(credential, notFields),
    redactedCount: 0,
  }
  const named = { id: issuer.id, name: issuer.name, domain: null }
  try {
    const { key } = await verify()
    return {
      ...found,
      issuer: { ...named, domain: key.domain },
      identifiers: [issuer.id, ...(key.domain === null ? [] : [key.domain])],
      parts: [
        passed('INTEGRITY', 'Nothing was changed since it was signed.'),
        passed('ISSUANCE', `The document is signed with a key of ${issuer.id}.`),
        passed('ISSUER_IDENTITY', key.source),
        validityOf(credential, now),
      ],
      isStopped: false,
    }
  } catch (error) {
    const stopped = { ...found, issuer: named, identifiers: [], isStopped: true }
    if (error instanceof DocumentFault) return { ...stopped, parts: [failed('ISSUANCE', error.message)] }
    if (!(error instanceof SourceFault)) throw error
    return {
      ...stopped,
      parts: [
        notChecked('INTEGRITY', 'Whether it was changed cannot be told without the issuer’s key.'),
        notChecked('ISSUANCE', error.message),
        validityOf(credential, now),
      ],
    }
  }
}
