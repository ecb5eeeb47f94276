/**
 * Whether a credential was revoked or suspended, by a list of bits that its issuer publishes and signs (Bitstring Status List
 * 1.0; its forerunner StatusList2021 alike). A list that cannot be had, read or believed leaves the credential unchecked: it
 * never passes for that, and is not called revoked.
 */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { SignedCredential } from './signed-documents.credential-findings.ts'
import { isCredential, typesOf, validityOf } from './signed-documents.credential.rules.ts'
import { verifiedDocument, type ExtraContexts } from './signed-documents.data-integrity.ts'
import {
  DocumentFault,
  listOf,
  member,
  readBase64url,
  readJson,
  textMember,
  type Json,
  type JsonObject,
} from './signed-documents.json.rules.ts'
import { envelopedJwt, isJwt, verifiedJwt } from './signed-documents.jwt.ts'
import { failed, notChecked, passed } from './signed-documents.parts.rules.ts'
import type { Part } from './signed-documents.schema.ts'
import { fetchText, SourceFault, type DocumentSources } from './signed-documents.sources.ts'

const listTypes: Readonly<Record<string, string>> = {
  BitstringStatusListEntry: 'BitstringStatusListCredential',
  StatusList2021Entry: 'StatusList2021Credential',
}
const entriesMax = 8
/** As fetched. A list of a million entries, half of them set at random, has 170 KB. */
const bytesMax = 4 * 2 ** 20
/** Unzipped: 134 million entries. */
const unzippedMax = 16 * 2 ** 20
/** Its section 3.2: with fewer, an index would tell who somebody is. */
const entriesMin = 131_072
const inflate = promisify(gunzip)

interface Entry {
  readonly listType: string
  readonly purpose: string
  readonly index: number
  readonly list: string
  readonly size: number
}

function readEntry(value: Json): Entry {
  const listType =
    listTypes[
      listOf(member(value, 'type')).find(
        (type) => typeof type === 'string' && Object.hasOwn(listTypes, type),
      ) as string
    ]
  if (listType === undefined)
    throw new SourceFault('The credential’s state is kept in a way that is not known here.')
  const index = member(value, 'statusListIndex')
  const list = textMember(value, 'statusListCredential')
  const purpose = textMember(value, 'statusPurpose')
  const size = member(value, 'statusSize') ?? 1
  if (
    !/^(?:0|[1-9]\d{0,8})$/.test(String(index)) ||
    list === undefined ||
    purpose === undefined ||
    typeof size !== 'number' ||
    !Number.isInteger(size) ||
    size < 1 ||
    size > 8
  )
    throw new SourceFault('The credential names its place in the list of revoked ones in no known way.')
  return { listType, purpose, index: Number(index), list, size }
}

/** The value at an index, its first bit leftmost (its section 3.2 and 7.1). Throws a `SourceFault` for a list that is none. */
export async function statusAt(
  encodedList: string,
  {
    index,
    size,
    isMultibase,
  }: { readonly index: number; readonly size: number; readonly isMultibase: boolean },
): Promise<number> {
  if (isMultibase && !encodedList.startsWith('u'))
    throw new SourceFault('The list of revoked credentials is encoded in no known way.')
  let bits: Buffer
  try {
    // Its bound is what is given out at most: a list that unzips to more costs no more than it.
    bits = await inflate(readBase64url(isMultibase ? encodedList.slice(1) : encodedList), {
      maxOutputLength: unzippedMax,
    })
  } catch (error) {
    const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new SourceFault(
      isTooLong
        ? `The list of revoked credentials unzips to more than ${unzippedMax / 2 ** 20} MiB, which is not taken.`
        : 'The list of revoked credentials cannot be unzipped.',
    )
  }
  const count = Math.floor((bits.length * 8) / size)
  if (count < entriesMin)
    throw new SourceFault('The list of revoked credentials is shorter than the standard allows.')
  if (index >= count) throw new SourceFault('The credential’s place lies beyond the list of revoked ones.')
  let value = 0
  for (let bit = index * size; bit < (index + 1) * size; bit++)
    value = value * 2 + (((bits[bit >> 3] as number) >> (7 - (bit & 7))) & 1)
  return value
}

async function verifiedList(
  text: string,
  sources: DocumentSources,
  extra: ExtraContexts,
): Promise<SignedCredential> {
  const trimmed = text.trim()
  if (isJwt(trimmed)) return verifiedJwt(trimmed, sources)
  const document = readJson(trimmed)
  const jwt = envelopedJwt(document)
  if (jwt !== undefined) return verifiedJwt(jwt, sources)
  if (!isCredential(document)) throw new DocumentFault('It is no credential.')
  return verifiedDocument(document, sources, extra)
}

async function lookUp(
  entry: Entry,
  issuer: string,
  sources: DocumentSources,
  extra: ExtraContexts,
): Promise<number> {
  const what = 'The list of revoked credentials'
  const text = await fetchText(sources, entry.list, {
    what,
    accept: 'application/vc+jwt, application/vc, application/json;q=0.8',
    bytesMax,
  })
  let list: SignedCredential
  try {
    list = await verifiedList(text, sources, extra)
  } catch (error) {
    if (error instanceof DocumentFault) throw new SourceFault(`${what} cannot be believed. ${error.message}`)
    throw error
  }
  const { credential } = list
  const subject = member(credential, 'credentialSubject')
  const isTrusted =
    list.issuer === issuer || sources.trustedIssuers.some(({ identifier }) => identifier === list.issuer)
  if (!isTrusted)
    throw new SourceFault(`${what} is signed by somebody else (${list.issuer}), who is not on your list.`)
  if (!typesOf(credential).includes(entry.listType))
    throw new SourceFault(`${what} is a credential of another kind.`)
  const id = textMember(credential, 'id')
  if (id !== undefined && id !== entry.list)
    throw new SourceFault(`${what} is another one than the credential names.`)
  if (validityOf(credential, sources.now).outcome !== 'PASSED')
    throw new SourceFault(`${what} is out of date.`)
  if (!listOf(member(subject, 'statusPurpose')).includes(entry.purpose))
    throw new SourceFault(`${what} is for another purpose than ${entry.purpose}.`)
  return statusAt(textMember(subject, 'encodedList') ?? '', {
    ...entry,
    isMultibase: entry.listType === 'BitstringStatusListCredential',
  })
}

/** The state of a credential by all lists that it names. */
export async function statusOfCredential(
  credential: JsonObject,
  issuer: string,
  sources: DocumentSources,
  extra: ExtraContexts = new Map(),
): Promise<Part> {
  const named = listOf(member(credential, 'credentialStatus'))
  if (named.length === 0)
    return passed(
      'STATUS',
      'The credential names no list on which it could be revoked, so there is nobody to ask.',
    )
  if (named.length > entriesMax)
    return notChecked('STATUS', `The credential names more than ${entriesMax} lists.`)
  const faults: string[] = []
  for (const value of named) {
    try {
      const entry = readEntry(value)
      // What else a list can be for (a newer version is out, a message) takes nothing away.
      if (entry.purpose !== 'revocation' && entry.purpose !== 'suspension') continue
      if ((await lookUp(entry, issuer, sources, extra)) !== 0)
        return failed(
          'STATUS',
          entry.purpose === 'revocation'
            ? 'The issuer has revoked the credential.'
            : 'The issuer has suspended the credential.',
        )
    } catch (error) {
      if (!(error instanceof SourceFault)) throw error
      faults.push(error.message)
    }
  }
  return faults.length > 0
    ? notChecked('STATUS', faults.join(' '))
    : passed('STATUS', 'The issuer has neither revoked nor suspended the credential.')
}
