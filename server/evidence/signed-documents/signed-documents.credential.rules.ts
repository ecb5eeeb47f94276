/** What a W3C Verifiable Credential (1.1 and 2.0, Open Badges 3.0 among them) says of itself. No input or output. */
import {
  DocumentFault,
  isObject,
  listOf,
  member,
  textMember,
  type Json,
  type JsonObject,
} from './signed-documents.json.rules.ts'
import { failed, notChecked, passed } from './signed-documents.parts.rules.ts'
import type { Part } from './signed-documents.schema.ts'

const contexts = new Set(['https://www.w3.org/2018/credentials/v1', 'https://www.w3.org/ns/credentials/v2'])

/** Whether something is a credential: its first context is one of the two data models', its types name it. */
export function isCredential(document: Json | undefined): document is JsonObject {
  const first = listOf(member(document, '@context'))[0]
  return (
    isObject(document) &&
    typeof first === 'string' &&
    contexts.has(first) &&
    typesOf(document).includes('VerifiableCredential')
  )
}

export function typesOf(credential: Json): string[] {
  return listOf(member(credential, 'type')).filter((type) => typeof type === 'string')
}

/** The issuer's id: a DID or URL. Throws a `DocumentFault` where there is none. */
export function issuerOf(credential: JsonObject): { readonly id: string; readonly name: string | null } {
  const issuer = member(credential, 'issuer')
  const id = typeof issuer === 'string' ? issuer : textMember(issuer, 'id')
  if (id === undefined || !/^[a-z][a-z0-9+.-]*:\S+$/i.test(id) || id.length > 2_000)
    throw new DocumentFault('The credential does not name its issuer by a DID or URL.')
  const name = member(issuer, 'name')
  // A name in several languages is a list or an object with a value.
  const said = listOf(name).map((one) => (typeof one === 'string' ? one : textMember(one, '@value')))[0]
  return { id, name: said ?? null }
}

/** RFC 3339 as XML Schema's dateTimeStamp has it: a time with its zone. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

function momentOf(value: Json): Date | null {
  if (typeof value !== 'string' || !instant.test(value)) return null
  const read = new Date(value)
  return Number.isNaN(read.getTime()) ? null : read
}

/** Whether it counts now: `validFrom`/`validUntil` of 2.0, `issuanceDate`/`expirationDate` of 1.1. */
export function validityOf(credential: JsonObject, now: Date): Part {
  const starts = member(credential, 'validFrom') ?? member(credential, 'issuanceDate')
  const ends = member(credential, 'validUntil') ?? member(credential, 'expirationDate')
  for (const said of [starts, ends])
    if (said !== undefined && momentOf(said) === null)
      return notChecked('VALIDITY', 'The credential has a date in a form that is not known.')
  const start = starts === undefined ? null : momentOf(starts)
  const end = ends === undefined ? null : momentOf(ends)
  if (start !== null && start > now)
    return failed('VALIDITY', `The credential is valid from ${start.toISOString()} on.`)
  if (end === null) return passed('VALIDITY', 'The credential names no day on which it ends.')
  return end < now
    ? failed('VALIDITY', `The credential ended on ${end.toISOString()}.`)
    : passed('VALIDITY', `The credential is valid until ${end.toISOString()}.`)
}

/** What is not shown as a field: how it is read and signed, which is told apart. */
export const notFields: ReadonlySet<string> = new Set(['@context', 'proof'])
