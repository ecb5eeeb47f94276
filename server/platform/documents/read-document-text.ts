/** From a file to its words: text layer first, OCR where that is missing. Runs in a child process only. */
import {
  ocrPagesMax,
  type DocumentText,
  type PageText,
  type TextLine,
  type TextTask,
  type UnreadableDocument,
} from './document-text.rules.ts'
import { evenlyLit, levellingTurn, quarterTurned, withoutRules, type Raster } from './raster.rules.ts'
import { fromAbove, leans, paperCorners } from './paper.rules.ts'
import { readCodes } from './read-codes.ts'
import { readPdf } from './read-pdf-text.ts'
import { readPicture, turnedBy } from './read-picture.ts'
import { recognise } from './recognise.ts'

/** Below so many letters in words that were read well, a page may lie on its side or upside down. */
const lettersMin = 60
const readWell = 0.6
const wellLeast = 0.4

export async function readDocumentText({
  mediaType,
  bytes,
}: TextTask): Promise<DocumentText | UnreadableDocument> {
  if (mediaType === 'application/pdf') return readPdfText(bytes)
  let picture
  try {
    picture = await readPicture(mediaType, bytes)
  } catch {
    return { fault: 'The picture cannot be decoded.' }
  }
  const page = await readRaster(picture.raster, 1)
  return { pages: [page], pageCount: 1, pdf: null, picture: picture.notes }
}

async function readPdfText(bytes: Uint8Array): Promise<DocumentText | UnreadableDocument> {
  let pdf
  try {
    pdf = await readPdf(bytes)
  } catch {
    return { fault: 'The PDF cannot be opened.' }
  }
  try {
    const pages: PageText[] = []
    let drawn = 0
    for await (const { text, draw } of pdf.pages) {
      if (draw && drawn < ocrPagesMax) {
        drawn += 1
        const read = await readRaster(await draw(), text.page)
        // What stood there as text stays: it is what it is, where the picture is guessed.
        pages.push(text.lines.length === 0 ? read : { ...read, lines: [...text.lines, ...read.lines] })
      } else pages.push(text)
    }
    return { pages, pageCount: pdf.pageCount, pdf: pdf.notes, picture: null }
  } finally {
    await pdf.close()
  }
}

/** Turns a picture until it reads best, and reads it. */
export async function readRaster(raster: Raster, page: number): Promise<PageText> {
  const codes = await readCodes(raster).catch(() => [])
  const corners = paperCorners(raster)
  const lit = evenlyLit(corners !== null && leans(corners) ? fromAbove(raster, corners) : raster)
  let best: Awaited<ReturnType<typeof readLevelled>> | undefined
  for (const quarters of [0, 1, 3, 2] as const) {
    const turned = quarters === 0 ? lit : quarterTurned(lit, quarters)
    const other = await readLevelled(turned, quarters * 90)
    if (!best || other.letters > best.letters) best = other
    if (best.letters >= lettersMin) break
  }
  if (!best) throw new Error('a page was turned no way')
  const { width, height, lines, turned } = best
  return { page, width, height, source: 'OCR', lines, codes, turned }
}

async function readLevelled(raster: Raster, quarter: number) {
  const skew = levellingTurn(raster)
  const level = Math.abs(skew) < 0.3 ? raster : await turnedBy(raster, skew)
  const { lines } = await recognise(withoutRules(level))
  return {
    width: level.width,
    height: level.height,
    lines,
    turned: quarter + skew,
    letters: lettersReadWell(lines, level.width / level.height),
  }
}

/**
 * How many letters stand in words that were read well. Hardly any count where most of what was read is guesses, or where words
 * are higher than wide (Tesseract reads some lines that run upwards): a page that lies wrong.
 */
function lettersReadWell(lines: readonly TextLine[], aspect: number): number {
  let well = 0
  let all = 0
  let upright = 0
  let sideways = 0
  for (const { words } of lines)
    for (const { text, confidence, box } of words) {
      all += text.length
      if (confidence < readWell || !/^[\p{L}\d.,:;/()'’-]{3,}$/u.test(text)) continue
      well += text.length
      if (text.length < 5) continue
      if (box[2] * aspect > box[3]) upright += 1
      else sideways += 1
    }
  return well / Math.max(1, all) < wellLeast || sideways > upright ? well / 10 : well
}
