/** One credential's form as it stands on the screen, and what of it goes to the server. */
import { partsOf, readDate, valueOf, type DateFault, type DateParts } from './rules/dates.ts'
import { lookOf } from './rules/numbers.ts'
import type { PageFields, PageItem, PageProblem, ReadField } from './page-state.ts'

/** As typed: half a date is kept while the page is open. */
export interface Entry {
  readonly number: string
  readonly holderName: string
  readonly issueDate: DateParts
  readonly expiryDate: DateParts
  readonly hasNoExpiry: boolean
  readonly consent: boolean
  /** The worker changed the name that was filled in first. */
  readonly isNameTyped: boolean
  /** Filled in from a document, and not yet looked at by the worker. */
  readonly readHere: readonly ReadField[]
  /** What a document said and the worker did not want. */
  readonly refusedReading: boolean
}

export type FieldName = 'number' | 'holderName' | 'issueDate' | 'expiryDate' | 'consent' | 'files'

export type EntryFault =
  | {
      readonly field: FieldName
      readonly kind: 'missing' | 'numberDiffers' | 'endsBeforeStart' | 'notUploaded' | 'issuedLater'
    }
  | { readonly field: 'issueDate' | 'expiryDate'; readonly kind: 'date'; readonly fault: DateFault }
  /** In the server's words. */
  | { readonly field: FieldName | null; readonly kind: 'told'; readonly detail: string }

/** What the form shows first. The name is the one on file, to be changed where a document has another. */
export function entryOf(item: PageItem, displayName: string): Entry {
  const { number, holderName, issueDate, expiryDate, hasNoExpiry } = item.fields
  return {
    number,
    holderName: holderName === '' ? displayName : holderName,
    issueDate: partsOf(issueDate),
    expiryDate: partsOf(expiryDate),
    hasNoExpiry,
    consent: false,
    isNameTyped: holderName !== '' && holderName !== displayName,
    readHere: [],
    refusedReading: false,
  }
}

export function fieldsOf(entry: Entry): PageFields {
  return {
    number: entry.number.trim(),
    holderName: entry.holderName.trim(),
    issueDate: valueOf(entry.issueDate),
    expiryDate: entry.hasNoExpiry ? '' : valueOf(entry.expiryDate),
    hasNoExpiry: entry.hasNoExpiry,
  }
}

export function isSameEntry(one: PageFields, other: PageFields): boolean {
  return (Object.keys(one) as (keyof PageFields)[]).every((name) => one[name] === other[name])
}

/** What was read of this item's documents, newest first where two say different things. */
export function readingOf(item: PageItem): { [name in ReadField]?: string } {
  const said: { [name in ReadField]?: string } = {}
  for (const { reading } of [...item.files].sort((a, b) => a.uploadedAt.localeCompare(b.uploadedAt)))
    for (const [name, value] of Object.entries(reading?.fields ?? {}))
      if (typeof value === 'string' && value !== '') said[name as ReadField] = value
  if (!item.asksIssueDate) delete said.issueDate
  if (!item.asksExpiryDate) delete said.expiryDate
  if (!item.number) delete said.number
  return said
}

/** Fills what the worker left empty with what was read. The same entry when there is nothing to fill. */
export function fillFrom(item: PageItem, entry: Entry, displayName: string): Entry {
  if (entry.refusedReading || item.state === 'SUPPLIED') return entry
  const said = readingOf(item)
  const filled: ReadField[] = []
  let { number, holderName, issueDate, expiryDate } = entry
  const isEmpty = (parts: DateParts): boolean => parts.day + parts.month + parts.year === ''
  if (said.number !== undefined && number.trim() === '') {
    number = said.number
    filled.push('number')
  }
  // The name on file was only our guess at what the document says.
  if (said.holderName !== undefined && holderName !== said.holderName && !entry.isNameTyped) {
    holderName = said.holderName
    if (holderName !== displayName) filled.push('holderName')
  }
  if (said.issueDate !== undefined && isEmpty(issueDate) && valueOf(partsOf(said.issueDate)) !== '') {
    issueDate = partsOf(said.issueDate)
    filled.push('issueDate')
  }
  if (
    said.expiryDate !== undefined &&
    isEmpty(expiryDate) &&
    !entry.hasNoExpiry &&
    valueOf(partsOf(said.expiryDate)) !== ''
  ) {
    expiryDate = partsOf(said.expiryDate)
    filled.push('expiryDate')
  }
  if (filled.length === 0) return entry
  return { ...entry, number, holderName, issueDate, expiryDate, readHere: [...entry.readHere, ...filled] }
}

/** Takes back what was filled in from a document. */
export function withoutReading(entry: Entry, displayName: string): Entry {
  const empty = partsOf('')
  const isRead = (name: ReadField): boolean => entry.readHere.includes(name)
  return {
    ...entry,
    number: isRead('number') ? '' : entry.number,
    holderName: isRead('holderName') ? displayName : entry.holderName,
    issueDate: isRead('issueDate') ? empty : entry.issueDate,
    expiryDate: isRead('expiryDate') ? empty : entry.expiryDate,
    readHere: [],
    refusedReading: true,
  }
}

/**
 * What keeps the form from being saved, in the order of the screen. The server judges again; this spares a slow round.
 * @param today YYYY-MM-DD on the worker's own clock
 */
export function faultsOf(
  item: PageItem,
  entry: Entry,
  waiting: { readonly files: number; readonly uploads: number },
  today: string,
): readonly EntryFault[] {
  const faults: EntryFault[] = []
  if (item.suppliedBy !== 'number') {
    if (waiting.uploads > 0) faults.push({ field: 'files', kind: 'notUploaded' })
    else if (waiting.files === 0) faults.push({ field: 'files', kind: 'missing' })
  }
  if (item.number) {
    const look = lookOf(entry.number, item.number)
    if (look === 'empty') {
      if (item.suppliedBy !== 'document') faults.push({ field: 'number', kind: 'missing' })
    } else if (look !== 'fits' && item.number.firmness === 'firm')
      faults.push({ field: 'number', kind: 'numberDiffers' })
  }
  const issued = readDate(entry.issueDate)
  const expires = readDate(entry.expiryDate)
  if (item.asksIssueDate) {
    if (issued.kind === 'date') {
      if (issued.value > today) faults.push({ field: 'issueDate', kind: 'issuedLater' })
    } else if (issued.kind !== 'none') faults.push({ field: 'issueDate', kind: 'date', fault: issued })
  }
  if (item.asksExpiryDate && !entry.hasNoExpiry) {
    if (expires.kind === 'none') faults.push({ field: 'expiryDate', kind: 'missing' })
    else if (expires.kind !== 'date') faults.push({ field: 'expiryDate', kind: 'date', fault: expires })
    else if (item.asksIssueDate && issued.kind === 'date' && expires.value < issued.value)
      faults.push({ field: 'expiryDate', kind: 'endsBeforeStart' })
  }
  if (item.consent !== null && !entry.consent) faults.push({ field: 'consent', kind: 'missing' })
  return faults
}

const pointers: Readonly<Record<string, FieldName>> = {
  '/fields/number': 'number',
  '/fields/holderName': 'holderName',
  '/fields/issueDate': 'issueDate',
  '/fields/expiryDate': 'expiryDate',
  '/fields/hasNoExpiry': 'expiryDate',
  '/consent': 'consent',
  '/files': 'files',
  '/file': 'files',
}

/** The server's refusal, each fault at its field; what belongs to none stands for itself. */
export function faultsTold({ errors, detail, title }: PageProblem): readonly EntryFault[] {
  const told = (errors ?? []).map((error): EntryFault => ({
    field: pointers[error.pointer] ?? null,
    kind: 'told',
    detail: error.detail,
  }))
  if (told.length > 0) return told
  return [{ field: null, kind: 'told', detail: detail ?? title ?? '' }]
}
