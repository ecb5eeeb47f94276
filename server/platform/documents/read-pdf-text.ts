/** The text layer of a PDF, and its pages as pictures, by pdf.js. Runs in a child process only. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Canvas } from '@napi-rs/canvas'
import {
  getDocument,
  OPS,
  Util,
  VerbosityLevel,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from 'pdfjs-dist/legacy/build/pdf.mjs'
import { textPagesMax, wordsMax, type PageText, type PdfNotes, type TextLine } from './document-text.rules.ts'
import { linesOfRuns, type TextRun } from './text-runs.rules.ts'
import type { Raster } from './raster.rules.ts'

const library = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'))

/** The longer side of a page that is drawn for OCR, in pixels: A4 at 200 dots to the inch. */
const drawnSide = 2_340
/** A page with fewer words of its own, and a picture on it, is a scan. */
const scanWords = 15

export interface PdfPage {
  readonly text: PageText
  /** Where what can be read is on a picture: draws the page in grey. */
  readonly draw: (() => Promise<Raster>) | null
}

export interface ReadPdf {
  readonly pageCount: number
  readonly notes: PdfNotes
  readonly pages: AsyncIterable<PdfPage>
  close(): Promise<void>
}

/** Throws where the file cannot be opened. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const loading = getDocument({
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    standardFontDataUrl: `${library}/standard_fonts/`,
    cMapUrl: `${library}/cmaps/`,
    cMapPacked: true,
    wasmUrl: `${library}/wasm/`,
  })
  const document = await loading.promise
  return {
    pageCount: document.numPages,
    notes: await notesOf(document, raw),
    pages: pagesOf(document),
    close: () => loading.destroy(),
  }
}

async function* pagesOf(document: PDFDocumentProxy): AsyncGenerator<PdfPage> {
  for (let number = 1; number <= Math.min(document.numPages, textPagesMax); number += 1) {
    const page = await document.getPage(number)
    const lines = await linesOf(page)
    const { width, height } = page.getViewport({ scale: 1 })
    const words = lines.reduce((sum, line) => sum + line.words.length, 0)
    const isScan = words < scanWords && (await hasPicture(page))
    yield {
      text: { page: number, width, height, source: 'TEXT_LAYER', lines, codes: [], turned: 0 },
      draw: isScan || words === 0 ? () => draw(page) : null,
    }
    page.cleanup()
  }
}

async function linesOf(page: PDFPageProxy): Promise<TextLine[]> {
  const viewport = page.getViewport({ scale: 1 })
  const { items } = await page.getTextContent()
  const runs: TextRun[] = []
  let words = 0
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue
    const [a, b, , , x, y] = Util.transform(viewport.transform, item.transform as number[]) as number[]
    // Upright text only: what runs another way is a mark on the page, not what it says.
    if (
      a === undefined ||
      b === undefined ||
      x === undefined ||
      y === undefined ||
      Math.abs(b) > Math.abs(a) * 0.2 ||
      a < 0
    )
      continue
    const height = Math.hypot(a, b)
    runs.push({
      text: item.str,
      box: [
        x / viewport.width,
        (y - height * 0.85) / viewport.height,
        item.width / viewport.width,
        height / viewport.height,
      ],
    })
    words += item.str.split(/\s+/).length
    if (words > wordsMax) break
  }
  return linesOfRuns(runs, viewport.width / viewport.height)
}

async function hasPicture(page: PDFPageProxy): Promise<boolean> {
  const { fnArray } = await page.getOperatorList()
  const pictures: readonly number[] = [
    OPS.paintImageXObject,
    OPS.paintInlineImageXObject,
    OPS.paintImageMaskXObject,
    OPS.paintImageXObjectRepeat,
  ]
  return fnArray.some((operator) => pictures.includes(operator))
}

async function draw(page: PDFPageProxy): Promise<Raster> {
  const plain = page.getViewport({ scale: 1 })
  const viewport = page.getViewport({ scale: drawnSide / Math.max(plain.width, plain.height) })
  const { createCanvas } = await import('@napi-rs/canvas')
  const width = Math.max(1, Math.round(viewport.width))
  const height = Math.max(1, Math.round(viewport.height))
  const canvas: Canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  await page.render({
    canvas: null,
    canvasContext: context as unknown as Parameters<PDFPageProxy['render']>[0]['canvasContext'],
    viewport,
    background: '#fff',
  }).promise
  const { data } = context.getImageData(0, 0, width, height)
  const grey = new Uint8Array(width * height)
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 4)
    grey[at] = ((data[from] ?? 0) * 77 + (data[from + 1] ?? 0) * 150 + (data[from + 2] ?? 0) * 29) >> 8
  return { width, height, grey }
}

/** Scripts and embedded files are noted by what the file lists; none is opened. */
async function notesOf(document: PDFDocumentProxy, raw: Buffer): Promise<PdfNotes> {
  const { info } = (await document.getMetadata().catch(() => ({ info: {} }))) as {
    info: Record<string, unknown>
  }
  const said = (name: string): string => (typeof info[name] === 'string' ? info[name] : '')
  const scripts = await document.getJSActions().catch(() => null)
  const files = (await document.getAttachments().catch(() => null)) as Record<string, unknown> | null
  return {
    producer: said('Producer'),
    creator: said('Creator'),
    created: said('CreationDate'),
    modified: said('ModDate'),
    laterSaves: Math.max(0, laterSavesOf(raw)),
    hasScript: scripts !== null || raw.includes('/JavaScript'),
    hasFiles: (files !== null && Object.keys(files).length > 0) || raw.includes('/EmbeddedFile'),
    isSigned: raw.includes('/ByteRange'),
  }
}

/** ISO 32000-2, section 7.5.6: each save on top ends with an %%EOF of its own. A linearised file has two from the start (Annex F). */
function laterSavesOf(raw: Buffer): number {
  let ends = 0
  for (let at = raw.indexOf('%%EOF'); at >= 0; at = raw.indexOf('%%EOF', at + 5)) ends += 1
  return ends - 1 - (raw.subarray(0, 2_048).includes('/Linearized') ? 1 : 0)
}
