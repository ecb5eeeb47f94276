/** What stands in a document, as plain data: words and where they stand. Pure. */
import type { DocumentType } from './media-types.rules.ts'

/** One word, or several that stand as close as one. */
export interface Word {
  readonly text: string
  /** 0 to 1: how sure it was read; 1 from a text layer. */
  readonly confidence: number
  /** Left, top, width and height as shares (0 to 1) of the upright page. */
  readonly box: readonly [number, number, number, number]
}

/** Words that stand beside each other, from left to right, as whoever wrote or read them put them together. */
export interface TextLine {
  readonly words: readonly Word[]
}

export type TextSource = 'TEXT_LAYER' | 'OCR'

export interface PageText {
  /** From 1. */
  readonly page: number
  /** Of the upright page in its own unit: its proportions are what matters. */
  readonly width: number
  readonly height: number
  readonly source: TextSource
  readonly lines: readonly TextLine[]
  /** What QR and bar codes on it say. */
  readonly codes: readonly string[]
  /** Degrees by which the picture was turned to be read. */
  readonly turned: number
}

/** What is noted about a PDF beside its text. Nothing of it is run or opened. */
export interface PdfNotes {
  readonly producer: string
  readonly creator: string
  /** As they stand in the file: D:YYYYMMDD…; empty where there is none. */
  readonly created: string
  readonly modified: string
  /** How often it was saved anew on top of what it was: 0 = written once. */
  readonly laterSaves: number
  readonly hasScript: boolean
  readonly hasFiles: boolean
  readonly isSigned: boolean
}

/** What a picture's own notes say. */
export interface PictureNotes {
  /** The program that wrote it last; empty where that is not said. */
  readonly software: string
}

export interface DocumentText {
  readonly pages: readonly PageText[]
  /** How many it has: more than were read, in a long one. */
  readonly pageCount: number
  readonly pdf: PdfNotes | null
  readonly picture: PictureNotes | null
  readonly fault?: never
}

/** A document that could not be opened at all. */
export interface UnreadableDocument {
  readonly fault: string
}

export interface TextTask {
  readonly mediaType: DocumentType
  readonly bytes: Uint8Array
}

/** The first pages say what a document is; the rest of a long one is left. */
export const textPagesMax = 12
export const ocrPagesMax = 5
/** A page of a book has 500; a certificate has 150. */
export const wordsMax = 2_000
