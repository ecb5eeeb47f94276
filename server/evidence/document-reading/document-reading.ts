/**
 * Reading documents: what one is, whose, and until when it is good, told by a machine.
 *
 * Owns: the engine that ships, and the rules by which a document's words are judged. Promises: the server decodes nothing
 * itself; a reading is a proposal with a confidence, and decides nothing.
 */
export { openReadingEngine } from './document-reading.engine.ts'
export { compareReading } from './compare.rules.ts'
export { documentTypeHints } from './hints.rules.ts'
export type {
  Concern,
  ConcernCode,
  DocumentExpectation,
  DocumentReading,
  DocumentTypeHints,
  NameMatch,
  ReadableDocument,
  ReadingEngine,
} from './document-reading.schema.ts'
