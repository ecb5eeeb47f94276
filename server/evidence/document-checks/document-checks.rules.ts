/** What is asked of a document, and what its reading is worth. Pure. */
import type { LocalDate } from '../../platform/local-date.ts'
import { normaliseCredentialNumber } from '../../workforce/credential-types/credential-numbers.rules.ts'
import type { CredentialTypeEntry } from '../../workforce/credential-types/credential-types.schema.ts'
import type { AttachmentVerification } from '../attachments/attachments.schema.ts'
import type {
  DocumentExpectation,
  DocumentReading,
  ExtractedName,
  FoundField,
} from '../document-reading/document-reading.schema.ts'
import type { Duplicate } from './document-checks.schema.ts'

export interface PersonNames {
  readonly displayName: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
}

/**
 * The names by which a worker is looked for on a document. What somebody typed as "the name on the card" is not among them: it is
 * a claim, and would make another person's card fit.
 */
export function holderOf(person: PersonNames): NonNullable<DocumentExpectation['holder']> {
  const { displayName, firstName, middleName, lastName } = person
  const parts = displayName.trim().split(/\s+/)
  const given = [firstName, middleName].filter((name) => name !== null && name.trim() !== '').join(' ')
  const givenName = given === '' ? parts.slice(0, -1).join(' ') || displayName : given
  const familyName = lastName?.trim() ? lastName.trim() : (parts.at(-1) ?? displayName)
  const isKnownOtherwise = displayName !== `${firstName ?? ''} ${lastName ?? ''}`
  return { givenName, familyName, otherNames: isKnownOtherwise ? [displayName] : [] }
}

/** Below it, a field is a guess: it is shown, and nothing is built on it. */
const sureFrom = 0.5

/** The number on a document in the form in which numbers are compared; null where none is sure. */
export function readNumberOf({ extracted: { number } }: DocumentReading): string | null {
  if (number === null || number.confidence < sureFrom) return null
  const normal = normaliseCredentialNumber(number.value)
  return normal === '' ? null : normal
}

/** What the API shows of a reading. */
export function verificationOf(
  read: DocumentReading,
  duplicates: readonly Duplicate[],
  checkedAt: Date,
): AttachmentVerification {
  return {
    matchesExpectedType: read.matchesExpectedType,
    confidencePercent: Math.round(Math.min(100, Math.max(0, read.confidencePercent))),
    detectedType: read.detectedType,
    reasoning: read.reasoning,
    concerns: [...read.concerns.map(({ code, message }) => ({ code, message })), ...concernOf(duplicates)],
    extracted: {
      holderName: shown(read.extracted.holderName),
      number: shown(read.extracted.number),
      issueDate: shown(read.extracted.issueDate),
      expiryDate: shown(read.extracted.expiryDate),
      issuer: shown(read.extracted.issuer),
    },
    engine: read.engine,
    engineVersion: read.engineVersion,
    checkedAt: checkedAt.toISOString(),
  }
}

export const duplicateConcern = 'DUPLICATE_OF_OTHER_WORKER'
const namedMax = 3

function concernOf(duplicates: readonly Duplicate[]): AttachmentVerification['concerns'] {
  const others = (isSameFile: boolean): string[] => [
    ...new Set(duplicates.filter((one) => one.isSameFile === isSameFile).map(({ workerId }) => workerId)),
  ]
  const told = (ids: readonly string[]): string =>
    ids.length > namedMax
      ? `${ids.slice(0, namedMax).join(', ')} and ${ids.length - namedMax} more`
      : ids.join(', ')
  const file = others(true)
  const number = others(false).filter((id) => !file.includes(id))
  const said: string[] = []
  if (file.length > 0) said.push(`The same file was handed in for another worker: ${told(file)}.`)
  if (number.length > 0) said.push(`The number on it is another worker’s too: ${told(number)}.`)
  return said.length === 0 ? [] : [{ code: duplicateConcern, message: said.join(' ') }]
}

type Shown = AttachmentVerification['extracted'][ExtractedName]

function shown(field: FoundField | null): Shown {
  if (field === null) return null
  const [x, y, width, height] = field.box
  return {
    value: field.value,
    confidence: Math.round(Math.min(1, Math.max(0, field.confidence)) * 100),
    page: field.page,
    box: { x, y, width, height },
  }
}

export interface Vouched {
  readonly number: string | null
  readonly holderName: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
}

/**
 * What a document vouches for by itself; null where a person has to look. It takes a type that no register knows, the expected
 * type at or above the organisation's threshold, the worker's name, no concern at all, and that what counts was read: the end
 * where one is printed, the issue where the end is counted from it, and the number where one is declared.
 */
export function vouchedBy(
  read: DocumentReading,
  given: {
    readonly type: CredentialTypeEntry
    readonly declaredNumber: string | null
    readonly hasDuplicates: boolean
    readonly acceptPercent: number
  },
): Vouched | null {
  const { type, declaredNumber, hasDuplicates, acceptPercent } = given
  const { extracted, concerns, outcome, matchesExpectedType, confidencePercent, nameMatch } = read
  const isSure = (name: ExtractedName): boolean => (extracted[name]?.confidence ?? 0) >= sureFrom
  if (type.register !== null || outcome !== 'READ' || !matchesExpectedType) return null
  if (confidencePercent < acceptPercent || concerns.length > 0 || hasDuplicates || nameMatch !== 'MATCH')
    return null
  const countsFromIssue = type.validity?.countsFromIssue === true
  if (!type.mayLackExpiry && !isSure(countsFromIssue ? 'issueDate' : 'expiryDate')) return null
  if (declaredNumber !== null && !isSure('number')) return null
  const valueOf = (name: ExtractedName): string | null =>
    isSure(name) ? (extracted[name]?.value ?? null) : null
  return {
    // No concern: it is the declared one, as it was typed.
    number: declaredNumber ?? valueOf('number'),
    holderName: valueOf('holderName'),
    issueDate: valueOf('issueDate') as LocalDate | null,
    expiryDate: valueOf('expiryDate') as LocalDate | null,
  }
}

/** A document as far as it matters for whether a person has to look. In the order in which they came. */
export interface JudgedDocument {
  readonly id: string
  readonly isRead: boolean
  readonly judgedAt: Date | null
  readonly vouches: boolean
  readonly hasConcerns: boolean
}

export interface Looking {
  /** Documents that a person has to look at. */
  readonly needed: readonly string[]
  /** The newest that vouches by itself. */
  readonly vouching: JudgedDocument | null
  /** Something is still to be read or compared. */
  readonly isUnfinished: boolean
}

/**
 * The newest document that vouches makes those before it a matter of the past; those behind it count, unless a person has decided
 * since they were judged. What a register vouches for needs nobody for a document without a concern.
 */
export function lookingNeeded(
  documents: readonly JudgedDocument[],
  decidedAt: Date | null,
  isVerified: boolean,
): Looking {
  const last = documents.findLastIndex(({ vouches }) => vouches)
  const needed = documents.filter(
    ({ judgedAt, vouches, hasConcerns }, at) =>
      at > last &&
      judgedAt !== null &&
      !vouches &&
      (decidedAt === null || judgedAt > decidedAt) &&
      (hasConcerns || !isVerified),
  )
  return {
    needed: needed.map(({ id }) => id),
    vouching: documents[last] ?? null,
    isUnfinished: documents.some(({ isRead, judgedAt }) => !isRead || judgedAt === null),
  }
}
