/** The engine that ships: text layers and OCR in child processes, and rules over what they read (spec 40). */
import {
  openDocumentTextReader,
  type DocumentTextReader,
} from '../../platform/documents/document-text-reader.ts'
import { AppError } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { compareReading } from './compare.rules.ts'
import type { DocumentExpectation, DocumentReading, ReadingEngine } from './document-reading.schema.ts'
import { extract } from './extract.rules.ts'

export const engineName = 'vouchsafe-ocr'
/** Goes up with every change that may read a document otherwise. */
export const engineVersion = '1.0.0'

const endings = {
  CRASHED: 'The program that reads documents breaks down over it.',
  TOO_SLOW: 'It takes too long to be read.',
  TOO_LARGE: 'It takes too much memory to be read.',
} as const

/** @param processes how many documents are read at once; null = one less than the machine has cores, and one at least */
export function openReadingEngine(options: {
  readonly log: Log
  readonly processes: number | null
  /** For tests: another reader of words. */
  readonly reader?: DocumentTextReader
}): ReadingEngine {
  const reader = options.reader ?? openDocumentTextReader(options)
  return {
    async read(document, expectation, signal) {
      signal.throwIfAborted()
      const { result, death } = await untilAborted(
        reader.read(async () => {
          // It may have waited for long.
          signal.throwIfAborted()
          return { mediaType: document.mediaType, bytes: await document.bytes() }
        }),
        signal,
      )
      if (result === undefined) {
        if (death === 'CLOSED')
          throw new AppError(
            'STORAGE_FAULT',
            'The server is closing. The document is read after the next start.',
          )
        return unreadable(endings[death], expectation)
      }
      if (result.fault !== undefined) return unreadable(result.fault, expectation)
      const extraction = extract(result, expectation.types, expectation.today)
      return compareReading(
        { outcome: 'READ', ...extraction, engine: engineName, engineVersion },
        expectation,
      )
    },
    close: () => reader.close(),
  }
}

/** What is running runs on, and its result is dropped. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function unreadable(message: string, expectation: DocumentExpectation): DocumentReading {
  return compareReading(
    {
      outcome: 'UNREADABLE',
      detectedType: null,
      extracted: { holderName: null, number: null, issueDate: null, expiryDate: null, issuer: null },
      findings: {
        types: [],
        names: [],
        numbers: [],
        dates: [],
        monthsFromIssue: null,
        legibility: 0,
        concerns: [{ code: 'UNREADABLE', message }],
        notes: [],
      },
      engine: engineName,
      engineVersion,
    },
    expectation,
  )
}
