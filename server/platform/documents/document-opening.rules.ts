/** What it takes for a document to be opened, and what may be wrong with it. Pure. */
import type { DocumentType } from './media-types.rules.ts'

/** More is no photo of a certificate, and more than a small machine holds. */
export const pixelsMax = 100_000_000
export const pagesMax = 200

export type OpeningFaultCode =
  'ENCRYPTED' | 'TRUNCATED' | 'BROKEN' | 'TOO_MANY_PIXELS' | 'TOO_MANY_PAGES' | 'UNREADABLE'

/** A document that could be opened, or why it could not. */
export type Opening =
  | {
      readonly pages: number
      /** Of the picture; null for a PDF. */
      readonly pixels: { readonly width: number; readonly height: number } | null
      readonly fault?: never
    }
  | { readonly fault: OpeningFault }

export interface OpeningFault {
  readonly code: OpeningFaultCode
  /** One sentence that says how to mend it. */
  readonly detail: string
}

export interface OpeningTask {
  readonly mediaType: DocumentType
  readonly bytes: Uint8Array
}

export const opening = (code: OpeningFaultCode, detail: string): Opening => ({ fault: { code, detail } })

/** Judged by what the header says, before a pixel is made. */
export function pixelFault(width: number, height: number, frames = 1): Opening | undefined {
  if (width * height * frames <= pixelsMax) return undefined
  const of = frames === 1 ? '' : ` in ${frames} frames`
  return opening(
    'TOO_MANY_PIXELS',
    `The picture is ${width} by ${height} pixels${of}; ${pixelsMax / 1_000_000} million pixels is the most. Send a smaller one.`,
  )
}
