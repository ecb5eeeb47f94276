/**
 * A reader of documents that finds what a test says: the words are made up, the comparing is the product's own. Documents are told
 * apart by their size.
 */
import type { DocumentReading } from '../server/evidence/document-reading/document-reading.schema.ts'
import { compareReading, type ReadingEngine } from '../server/evidence/document-reading/document-reading.ts'

/** What stands on a document. */
export interface Written {
  readonly type: string | null
  /** 0 to 1 */
  readonly sure?: number
  readonly name?: string
  readonly number?: string
  readonly issued?: string
  readonly expires?: string
}

export interface ScriptedReading extends ReadingEngine {
  /** What is found on a document of so many bytes; on others, nothing. */
  write(bytes: number, written: Written): void
  /** So many of the next readings end with a fault of the machine. */
  fail(times: number): void
  /** Readings that have begun. */
  readonly begun: number
}

const field = (value: string | undefined) =>
  value === undefined
    ? null
    : { value, confidence: 0.96, page: 1, box: [0.1, 0.2, 0.3, 0.05] as [number, number, number, number] }

export function scriptedReading(): ScriptedReading {
  const known = new Map<number, Written>()
  let begun = 0
  let failing = 0
  return {
    write: (bytes, written) => void known.set(bytes, written),
    fail: (times) => {
      failing = times
    },
    get begun() {
      return begun
    },
    async read(document, expectation, signal) {
      signal.throwIfAborted()
      begun += 1
      const { length } = await document.bytes()
      if (failing > 0) {
        failing -= 1
        throw new Error('The machine has no memory left.')
      }
      const written = known.get(length) ?? { type: null }
      const { type, sure = 0.97 } = written
      const name = field(written.name)
      const number = field(written.number)
      const extracted: DocumentReading['extracted'] = {
        holderName: name,
        number,
        issueDate: field(written.issued),
        expiryDate: field(written.expires),
        issuer: null,
      }
      return compareReading(
        {
          outcome: 'READ',
          detectedType: type,
          extracted,
          findings: {
            types: type === null ? [] : [{ code: type, name: type, confidence: sure }],
            names: name ? [name] : [],
            numbers: number ? [number] : [],
            dates: [],
            monthsFromIssue: expectation.types.find(({ code }) => code === type)?.monthsFromIssue ?? null,
            legibility: 0.9,
            concerns: [],
            notes: [],
          },
          engine: 'scripted',
          engineVersion: '1',
        },
        expectation,
      )
    },
    close: () => {},
  }
}
