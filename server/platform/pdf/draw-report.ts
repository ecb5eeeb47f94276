/**
 * Draws a report, by pdfkit. Runs in a child process only: a long table takes seconds.
 *
 * What it makes can be read aloud (ISO 14289-1, PDF/UA): every text belongs to a heading, a paragraph or a cell, tables tell
 * their headers, and what only decorates is marked so. Fonts are embedded.
 */
import { fileURLToPath } from 'node:url'
import PDFDocument from 'pdfkit'
import { drawable, splitToFit, type PdfPart, type PdfReport } from './pdf-report.rules.ts'

// They have the letters of Latin with all its accents, of Greek and Cyrillic, of Hebrew and Arabic.
const fontFile = (name: string): string =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))

const margin = 54
const footerHeight = 24
const gap = 6
const size = { title: 18, heading: 13, text: 10, small: 8 }
const ink = '#111827'
const faint = '#4b5563'
const rule = '#9ca3af'

type Font = 'text' | 'bold'

interface Glyphs {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } }
}

class Canvas {
  readonly #doc: PDFKit.PDFDocument
  readonly #root: PDFKit.PDFStructureElement

  constructor(report: PdfReport) {
    // Options and members that the types of the package do not know yet.
    this.#doc = new PDFDocument({
      size: 'A4',
      margins: { top: margin, left: margin, right: margin, bottom: margin + footerHeight },
      pdfVersion: '1.7',
      subset: 'PDF/UA',
      tagged: true,
      lang: report.language,
      displayTitle: true,
      bufferPages: true,
      info: {
        Title: report.title,
        Author: report.author,
        Creator: 'Vouchsafe',
        CreationDate: report.madeAt,
        ModDate: report.madeAt,
      },
    } as unknown as PDFKit.PDFDocumentOptions)
    this.#doc.registerFont('text', fontFile('DejaVuSans'))
    this.#doc.registerFont('bold', fontFile('DejaVuSans-Bold'))
    this.#root = this.#doc.struct('Document')
    this.#doc.addStructure(this.#root)
  }

  /** Both fonts have the same letters. */
  #shown(text: string): string {
    const { font } = (this.#doc as unknown as Glyphs)._font
    return drawable(text, (codePoint) => font.hasGlyphForCodePoint(codePoint))
  }

  get #width(): number {
    return this.#doc.page.width - 2 * margin
  }

  get #bottom(): number {
    return this.#doc.page.height - margin - footerHeight
  }

  #use(font: Font, points: number, colour = ink): PDFKit.PDFDocument {
    return this.#doc.font(font).fontSize(points).fillColor(colour)
  }

  #artifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    this.#doc.markContent('Artifact', { type })
    draw()
    this.#doc.endMarkedContent()
  }

  #line(y: number): void {
    this.#artifact('Layout', () =>
      this.#doc
        .lineWidth(0.5)
        .strokeColor(rule)
        .moveTo(margin, y)
        .lineTo(margin + this.#width, y)
        .stroke(),
    )
  }

  heading(level: 1 | 2, text: string): void {
    const points = level === 1 ? size.title : size.heading
    if (level === 2) this.#doc.y += 2 * gap
    const shown = this.#use('bold', points) && this.#shown(text)
    const height = this.#doc.heightOfString(shown, { width: this.#width })
    // Not alone at the foot of a page.
    if (this.#doc.y + height + 4 * size.text > this.#bottom && this.#doc.y > margin) this.#doc.addPage()
    this.#root.add(
      this.#doc.struct(level === 1 ? 'H1' : 'H2', {}, () =>
        this.#use('bold', points).text(shown, margin, this.#doc.y, { width: this.#width }),
      ),
    )
    this.#doc.y += gap
  }

  paragraph(text: string): void {
    const shown = this.#use('text', size.text) && this.#shown(text)
    this.#root.add(
      this.#doc.struct('P', {}, () =>
        this.#use('text', size.text).text(shown, margin, this.#doc.y, { width: this.#width }),
      ),
    )
    this.#doc.y += gap
  }

  /** @param titles null where the first cell of each row is its header */
  table(
    summary: string,
    shares: readonly number[],
    titles: readonly string[] | null,
    rows: readonly (readonly string[])[],
  ): void {
    const doc = this.#doc
    const whole = shares.reduce((sum, share) => sum + share, 0)
    const widths = shares.map((share) => (share / whole) * this.#width)
    const lefts = widths.map((_, index) => widths.slice(0, index).reduce((sum, width) => sum + width, margin))
    const inner = (index: number): number => (widths[index] ?? 0) - gap
    const fontOf = (index: number, isHeader: boolean): Font =>
      isHeader || (titles === null && index === 0) ? 'bold' : 'text'
    const heightOf = (text: string, index: number, isHeader: boolean): number =>
      this.#use(fontOf(index, isHeader), size.text).heightOfString(text, { width: inner(index) })
    const rowHeight = (cells: readonly string[], isHeader: boolean): number =>
      Math.max(size.text, ...cells.map((text, index) => heightOf(text, index, isHeader))) + gap
    const cell = (text: string, index: number, isHeader: boolean, y: number): void => {
      this.#use(fontOf(index, isHeader), size.text).text(text, lefts[index], y, { width: inner(index) })
    }
    const shownTitles = titles && this.#use('bold', size.text) && titles.map((title) => this.#shown(title))
    const headerHeight = shownTitles ? rowHeight(shownTitles, true) : 0
    const most = this.#bottom - margin - headerHeight - gap

    const element = doc.struct('Table', { alt: summary })
    this.#root.add(element)
    const drawRow = (cells: readonly string[], isHeader: boolean): void => {
      const y = doc.y + gap / 2
      const height = rowHeight(cells, isHeader)
      const row = doc.struct('TR')
      element.add(row)
      cells.forEach((text, index) => {
        const isHead = isHeader || (titles === null && index === 0)
        const options = { scope: isHeader ? 'Column' : 'Row' } as object
        row.add(doc.struct(isHead ? 'TH' : 'TD', isHead ? options : {}, () => cell(text, index, isHeader, y)))
      })
      row.end()
      doc.y = y + height
      this.#line(doc.y - gap / 2)
    }
    const newPage = (): void => {
      doc.addPage()
      if (!shownTitles) return
      // Told once; shown on every page.
      const y = doc.y + gap / 2
      this.#artifact('Pagination', () => shownTitles.forEach((title, index) => cell(title, index, true, y)))
      doc.y = y + headerHeight
      this.#line(doc.y - gap / 2)
    }
    if (doc.y + headerHeight + 3 * size.text > this.#bottom) doc.addPage()
    if (shownTitles) drawRow(shownTitles, true)
    for (const given of rows) {
      let rest: readonly string[] = this.#use('text', size.text) && given.map((text) => this.#shown(text))
      // A cell that is longer than a page goes on in a row of the next one.
      while (rest.some((text) => text !== '') || rest === given) {
        const parts = rest.map((text, index) =>
          splitToFit(text, (part) => heightOf(part, index, false) <= most),
        )
        const now = parts.map(([head]) => head)
        if (doc.y + rowHeight(now, false) + gap > this.#bottom) newPage()
        drawRow(now, false)
        rest = parts.map(([, tail]) => tail)
      }
    }
    element.end()
    doc.y += gap
    doc.x = margin
  }

  async finish(footer: string): Promise<Uint8Array> {
    const doc = this.#doc
    this.#root.end()
    const { start, count } = doc.bufferedPageRange()
    for (let index = 0; index < count; index += 1) {
      doc.switchToPage(start + index)
      // Text below the margin would begin another page.
      doc.page.margins.bottom = 0
      const y = doc.page.height - margin
      this.#artifact('Pagination', () => {
        const text = this.#use('text', size.small, faint) && this.#shown(footer)
        doc.text(text, margin, y, { width: this.#width * 0.8, height: size.small * 1.5, ellipsis: true })
        doc.text(`Page ${index + 1} of ${count}`, margin, y, { width: this.#width, align: 'right' })
      })
    }
    const chunks: Uint8Array[] = []
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    const ended = new Promise<void>((resolve, reject) => {
      doc.once('end', resolve)
      doc.once('error', reject)
    })
    doc.end()
    await ended
    return Buffer.concat(chunks)
  }
}

function drawPart(canvas: Canvas, part: PdfPart): void {
  switch (part.kind) {
    case 'heading':
      return canvas.heading(2, part.text)
    case 'paragraph':
      return canvas.paragraph(part.text)
    case 'facts':
      return canvas.table(
        part.summary,
        [3, 7],
        null,
        part.facts.map(({ name, value }) => [name, value]),
      )
    case 'table':
      return canvas.table(
        part.summary,
        part.columns.map(({ width }) => width),
        part.columns.map(({ title }) => title),
        part.rows,
      )
  }
}

/** The same report gives the same bytes. */
export function drawReport(report: PdfReport): Promise<Uint8Array> {
  const canvas = new Canvas(report)
  canvas.heading(1, report.title)
  for (const part of report.parts) drawPart(canvas, part)
  return canvas.finish(report.footer)
}
