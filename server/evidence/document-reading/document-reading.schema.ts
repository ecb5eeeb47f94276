/**
 * What reading a document takes and gives: the one interface behind which engines can be exchanged (spec 40, "The automatic
 * check"). Plain data, so that it crosses to a child process and back.
 */
import type { DocumentType } from '../../platform/documents/media-types.rules.ts'

/** A share of the page, 0 to 1, from its upper left corner, the page being upright. */
export type Box = readonly [x: number, y: number, width: number, height: number]

/** One field that was read, and where. */
export interface FoundField {
  /** Names and numbers as printed; dates as YYYY-MM-DD. */
  readonly value: string
  /** 0 to 1. */
  readonly confidence: number
  /** From 1. */
  readonly page: number
  readonly box: Box
}

/** What stands on documents of a type. Data of the catalogue, of an organisation's own types too. */
export interface DocumentHints {
  /** What such a document is called: "Blue Card", "Statement of Attainment". */
  readonly titles: readonly string[]
  /** Who gives them out. */
  readonly issuers: readonly string[]
  /** Codes that stand on no other type's: HLTAID011. */
  readonly codes: readonly string[]
  /** Other words that are seen on them, which alone tell little. */
  readonly words: readonly string[]
  /** What stands before or above the number, beside the usual words: "Notice number". */
  readonly numberLabels: readonly string[]
  /** Types whose codes and titles stand on documents of this type too. */
  readonly covers: readonly string[]
}

/** A credential type as a reader needs it. */
export interface DocumentTypeHints {
  readonly code: string
  /** For sentences. */
  readonly name: string
  readonly jurisdiction: string | null
  /** Of the normal form of its numbers (credential-numbers.rules.ts). */
  readonly numberPattern: string
  readonly hints: DocumentHints
  /** No end is printed on it: it ends so many months after its issue; null = its end is printed, or it has none. */
  readonly monthsFromIssue: number | null
}

/** What the house knows of the credential that a document is to vouch for. */
export interface DocumentExpectation {
  /** A catalogue code; null = nothing is expected yet (prefill). */
  readonly credentialType: string | null
  /** Of every type in force in the organisation (`documentTypeHints`). */
  readonly types: readonly DocumentTypeHints[]
  readonly holder: {
    readonly givenName: string
    readonly familyName: string
    readonly otherNames: readonly string[]
  } | null
  readonly number: string | null
  /** YYYY-MM-DD, as the next two. */
  readonly issueDate: string | null
  readonly expiryDate: string | null
  /** Of the organisation. */
  readonly today: string
  /** An end within so many days from today is EXPIRES_SOON. */
  readonly expiringDays: number
}

export const concernCodes = [
  'NAME_MISMATCH',
  'NUMBER_MISMATCH',
  'EXPIRED',
  'EXPIRES_SOON',
  'DATE_MISMATCH',
  'WRONG_TYPE',
  'ILLEGIBLE',
  'MULTIPLE_DOCUMENTS',
  'EDITED_METADATA',
  'UNREADABLE',
] as const
/** What an engine can find odd. DUPLICATE_OF_OTHER_WORKER is the house's: an engine sees one document. */
export type ConcernCode = (typeof concernCodes)[number]

export interface Concern {
  readonly code: ConcernCode
  /** A sentence for a manager. It may name what stands on the document, so it belongs in no log. */
  readonly message: string
}

export type ExtractedName = 'holderName' | 'number' | 'issueDate' | 'expiryDate' | 'issuer'

/** DIFFERENT = another person's name stands there; UNSURE = no name could be told, or one that is close. */
export type NameMatch = 'MATCH' | 'DIFFERENT' | 'UNSURE'

/** A type that a document may be, and how sure that is. */
export interface PossibleType {
  /** Null = a document of another kind; `name` says which. */
  readonly code: string | null
  readonly name: string
  /** 0 to 1; all of them together at most 1. */
  readonly confidence: number
}

export interface FoundDate extends FoundField {
  readonly kind: 'ISSUE' | 'EXPIRY' | 'BIRTH' | 'OTHER'
}

/** What stands on a document, whatever is expected of it: what can be compared anew without reading anew. */
export interface Findings {
  /** The likeliest first. */
  readonly types: readonly PossibleType[]
  readonly names: readonly FoundField[]
  readonly numbers: readonly FoundField[]
  readonly dates: readonly FoundDate[]
  /** Months from its issue after which the detected type ends; null = its end is printed, or it has none. */
  readonly monthsFromIssue: number | null
  /** 0 to 1: how well the words were read. */
  readonly legibility: number
  /** Of the document itself: ILLEGIBLE, MULTIPLE_DOCUMENTS, EDITED_METADATA, UNREADABLE. */
  readonly concerns: readonly Concern[]
  /** What else was seen, in words: scripts and files in a PDF, pages that were left, codes. */
  readonly notes: readonly string[]
}

export interface DocumentReading {
  readonly outcome: 'READ' | 'UNREADABLE'
  /** A catalogue code; null = none that is known. */
  readonly detectedType: string | null
  /** False while nothing is expected. */
  readonly matchesExpectedType: boolean
  /** 0 to 100, calibrated: how sure it is that the type, and what was compared, is as said. */
  readonly confidencePercent: number
  /** One or two sentences that a manager understands. */
  readonly reasoning: string
  readonly concerns: readonly Concern[]
  readonly extracted: Readonly<Record<ExtractedName, FoundField | null>>
  /** Null where no holder was given. */
  readonly nameMatch: NameMatch | null
  /** Behind all that: for comparing anew (`compareReading`). */
  readonly findings: Findings
  readonly engine: string
  readonly engineVersion: string
}

/** A document that is to be read. */
export interface ReadableDocument {
  /** What its bytes are (media-types.rules.ts). */
  readonly mediaType: DocumentType
  /** Asked for when its turn comes, so that what waits is not held in memory; asked again for a second try. */
  readonly bytes: () => Promise<Uint8Array>
}

/** An engine behind the one interface: child processes with OCR, or a model elsewhere. */
export interface ReadingEngine {
  /**
   * A document that cannot be read, or that ended a child twice, resolves as UNREADABLE. Rejects for faults of the machine
   * only (a job tries again), and with the signal's reason when that is aborted.
   */
  read(
    document: ReadableDocument,
    expectation: DocumentExpectation,
    signal: AbortSignal,
  ): Promise<DocumentReading>
  close(): void
}
