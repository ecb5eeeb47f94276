/**
 * The `list` connector: a register that is published as a file, asked in the version that counts.
 *
 * Promises: a row with just the number decides where the catalogue says so; a likeness of names never does: it asks for a person's
 * eye. A list of which no version counts is out of reach.
 */
import type { EntryRow, ListRow } from '../published-lists/published-lists.ts'
import type { CheckAnswer, CheckQuestion, Connector, FaultCode } from './connectors.schema.ts'
import { answerIn, notFound, Unreadable } from './registers.answers.rules.ts'
import { httpSettings, type ListSettings } from './registers.schema.ts'

export interface ListConnectorParts {
  readonly settings: ListSettings
  /** Whether a row with just the number decides (catalogue). */
  readonly numberDecides: boolean
  /** Null = no version counts yet. */
  version(): Promise<{ readonly version: number; readonly confirmedAt: Date | null } | null>
  byNumber(number: string): Promise<readonly EntryRow[]>
  /** The rows that may be this person's, the likeliest first. */
  byName(question: CheckQuestion): Promise<readonly EntryRow[]>
  /** Whether the place where it is published answers; null = it is uploaded. */
  look(): Promise<{ readonly isReachable: boolean; readonly detail: string } | null>
}

export function listConnector(parts: ListConnectorParts): Connector {
  const { settings, numberDecides } = parts
  return {
    kind: 'list',
    canCheck: (question) =>
      question.number === null && question.familyName === null && question.holderName === null
        ? 'The list is searched by number or name, and neither is known of this credential.'
        : null,
    check: async (question) => {
      let version
      try {
        version = await parts.version()
        if (version === null)
          return fault('UNREACHABLE', 'No version of the list counts yet: upload one, or let it be fetched.')
        const numbered = question.number === null ? [] : await parts.byNumber(question.number)
        const [only] = numbered
        if (only && numbered.length === 1 && numberDecides) return decided(only, question, settings)
        if (numbered.length > 0) return unsure(numbered, 'NUMBER_ON_LIST')
        const named = await parts.byName(question)
        return named.length > 0
          ? unsure(named, 'NAME_ON_LIST')
          : { ...notFound(question, null), evidence: evidenceOf([], version.version) }
      } catch {
        return fault('SERVER_ERROR', 'The list could not be searched.')
      }
    },
    health: async () => {
      const version = await parts.version()
      const place = await parts.look()
      if (place !== null) return place
      if (version === null) return { isReachable: false, detail: 'No file has been uploaded yet.' }
      return { isReachable: true, detail: `Version ${version.version} counts.` }
    },
  }
}

const documentOf = ({ row }: EntryRow): Record<string, unknown> => ({
  status: row.status ?? 'CURRENT',
  number: row.number,
  holderName: wholeName(row),
  issueDate: row.from,
  expiryDate: row.until,
  message: row.details,
})

export const wholeName = ({ given, middle, family }: ListRow): string =>
  [given, middle, family].filter((part) => part !== null && part !== '').join(' ')

function decided(entry: EntryRow, question: CheckQuestion, { words }: ListSettings): CheckAnswer {
  const evidence = evidenceOf([entry])
  try {
    const mapping = httpSettings.parse({ url: 'https://list.invalid', response: { words } }).response
    return { ...answerIn(documentOf(entry), mapping, question), evidence }
  } catch (error) {
    if (error instanceof Unreadable) return { ...fault('UNREADABLE', error.message), evidence }
    throw error
  }
}

const unsure = (entries: readonly EntryRow[], detail: string): CheckAnswer => ({
  outcome: 'REVIEW_REQUIRED',
  details: [detail],
  conditions: [],
  ownWords: entries[0]?.row.status ?? null,
  verified: null,
  evidence: evidenceOf(entries),
  fault: null,
})

const entriesMax = 5

function evidenceOf(entries: readonly EntryRow[], version?: number): CheckAnswer['evidence'] {
  const rows = entries
    .slice(0, entriesMax)
    .map(({ row }) => ({ ...row, details: row.details?.slice(0, 500) ?? null }))
  const body = Buffer.from(JSON.stringify(version === undefined ? { rows } : { version, rows }))
  return body.length > 65_536 ? null : { mediaType: 'application/json', body }
}

function fault(code: FaultCode, detail: string): CheckAnswer {
  return {
    outcome: 'ERROR',
    details: [],
    conditions: [],
    ownWords: null,
    verified: null,
    evidence: null,
    fault: { code, detail, retryAfterSeconds: null },
  }
}
