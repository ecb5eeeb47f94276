/**
 * How a document is laid out on paper or plastic: five layouts that whoever tunes the reader may look at, and four held back,
 * each set with typefaces of its own.
 */
import PDFDocument from 'pdfkit'
import type { Seeded } from '../example-organisation/seeded.ts'

export interface PrintedField {
  readonly label: string
  readonly value: string
}

/** What stands on a document, whatever its layout. */
export interface DocumentText {
  readonly issuer: string
  readonly title: string
  readonly holder: PrintedField
  /** In the order in which they stand; number and days among them. */
  readonly fields: readonly PrintedField[]
  readonly sentences: readonly string[]
}

export interface Typeface {
  readonly regular: string
  readonly bold: string
}

export interface PageLayout {
  readonly name: string
  readonly isHeldBack: boolean
  readonly isCard: boolean
  /** In points. */
  readonly size: readonly [number, number]
  readonly draw: (page: PDFKit.PDFDocument, text: DocumentText, chance: Seeded) => void
}

const fonts = '/usr/share/fonts'
const dejavu = `${fonts}/truetype/dejavu`
const liberation = `${fonts}/truetype/liberation`
const roboto = `${fonts}/truetype/roboto/unhinted/RobotoTTF`

export const seenTypefaces: readonly Typeface[] = [
  { regular: `${dejavu}/DejaVuSans.ttf`, bold: `${dejavu}/DejaVuSans-Bold.ttf` },
  { regular: `${dejavu}/DejaVuSerif.ttf`, bold: `${dejavu}/DejaVuSerif-Bold.ttf` },
  { regular: `${liberation}/LiberationSans-Regular.ttf`, bold: `${liberation}/LiberationSans-Bold.ttf` },
  { regular: `${liberation}/LiberationSerif-Regular.ttf`, bold: `${liberation}/LiberationSerif-Bold.ttf` },
  { regular: `${roboto}/Roboto-Regular.ttf`, bold: `${roboto}/Roboto-Bold.ttf` },
]

const lato = `${fonts}/truetype/lato`
const crosextra = `${fonts}/truetype/crosextra`
const openSans = `${fonts}/truetype/open-sans`
const garamond = `${fonts}/opentype/ebgaramond`

export const heldBackTypefaces: readonly Typeface[] = [
  { regular: `${lato}/Lato-Regular.ttf`, bold: `${lato}/Lato-Bold.ttf` },
  { regular: `${crosextra}/Carlito-Regular.ttf`, bold: `${crosextra}/Carlito-Bold.ttf` },
  { regular: `${crosextra}/Caladea-Regular.ttf`, bold: `${crosextra}/Caladea-Bold.ttf` },
  { regular: `${openSans}/OpenSans-Regular.ttf`, bold: `${openSans}/OpenSans-Bold.ttf` },
  { regular: `${garamond}/EBGaramond12-Regular.otf`, bold: `${garamond}/EBGaramond12-Bold.otf` },
]

const a4 = [595, 842] as const
const card = [486, 306] as const
const colours = ['#123a6b', '#7a1f2b', '#0b5d3b', '#333333', '#5b2a82'] as const

type Page = PDFKit.PDFDocument

const bold = (page: Page, size: number): Page => page.font('bold').fontSize(size)
const regular = (page: Page, size: number): Page => page.font('regular').fontSize(size)

function certificate(page: Page, text: DocumentText, chance: Seeded): void {
  const colour = chance.pick(colours)
  page
    .lineWidth(3)
    .rect(30, 30, a4[0] - 60, a4[1] - 60)
    .stroke(colour)
  bold(page, 17).fillColor(colour).text(text.issuer, 60, 90, { width: 475, align: 'center' })
  bold(page, 28).text(text.title, 60, 150, { width: 475, align: 'center' })
  page.fillColor('#222222')
  regular(page, 13).text(text.holder.label, 60, 260, { width: 475, align: 'center' })
  bold(page, 22).text(text.holder.value, 60, 290, { width: 475, align: 'center' })
  regular(page, 12)
  let y = 340
  for (const sentence of text.sentences) {
    page.text(sentence, 90, y, { width: 415, align: 'center' })
    y = page.y + 10
  }
  y = Math.max(y + 20, 470)
  for (const { label, value } of text.fields) {
    regular(page, 11).text(`${label}: `, 110, y, { continued: true }).font('bold').text(value)
    y = page.y + 8
  }
  regular(page, 10).text('Authorised signatory', 350, 730)
  page.moveTo(340, 725).lineTo(500, 725).lineWidth(1).stroke('#555555')
}

function letter(page: Page, text: DocumentText, chance: Seeded): void {
  bold(page, 15).fillColor(chance.pick(colours)).text(text.issuer, 60, 55)
  regular(page, 9)
    .fillColor('#444444')
    .text(
      `GPO Box ${chance.whole(100, 9999)}, ${chance.pick(['Sydney NSW 2001', 'Melbourne VIC 3001', 'Brisbane QLD 4001'])}`,
    )
  page.fillColor('#111111')
  regular(page, 11).text(text.holder.value, 60, 140)
  page.text(`${chance.whole(1, 180)} ${chance.pick(['Station Street', 'Victoria Road', 'Ocean Parade'])}`)
  page.text(chance.pick(['Newtown NSW 2042', 'Footscray VIC 3011', 'Cairns QLD 4870']))
  bold(page, 13).text(text.title, 60, 230)
  regular(page, 11)
    .moveDown(1)
    .text(`Dear ${text.holder.value.split(' ')[0] ?? ''},`)
  for (const sentence of text.sentences) page.moveDown(0.6).text(sentence, { width: 475 })
  page.moveDown(1.2)
  for (const { label, value } of [text.holder, ...text.fields])
    page.font('regular').text(`${label}:  `, { continued: true }).font('bold').text(value).moveDown(0.35)
  regular(page, 11).moveDown(1.4).text('Yours sincerely,').moveDown(2).text('Registrar')
}

function plasticCard(page: Page, text: DocumentText, chance: Seeded): void {
  const colour = chance.pick(colours)
  page.rect(0, 0, card[0], 62).fill(colour)
  bold(page, 13).fillColor('#ffffff').text(text.issuer, 20, 12, { width: 440 })
  bold(page, 19).text(text.title, 20, 32, { width: 440, lineBreak: false })
  page.rect(360, 84, 100, 128).fill('#c9ccd1')
  page.circle(410, 130, 24).fill('#9aa0a8')
  page.fillColor('#111111')
  bold(page, 18).text(text.holder.value, 20, 80, { width: 330 })
  let y = Math.max(page.y + 10, 118)
  for (const { label, value } of text.fields) {
    regular(page, 9).fillColor('#444444').text(label, 20, y, { width: 330 })
    bold(page, 13).fillColor('#111111').text(value, 20, page.y, { width: 330 })
    y = page.y + 5
    if (y > 275) break
  }
}

function table(page: Page, text: DocumentText, chance: Seeded): void {
  bold(page, 14).fillColor('#111111').text(text.issuer, 50, 50)
  bold(page, 20).fillColor(chance.pick(colours)).text(text.title, 50, 85, { width: 495 })
  page.fillColor('#111111')
  let y = Math.max(page.y + 20, 150)
  for (const { label, value } of [text.holder, ...text.fields]) {
    page.lineWidth(0.7).rect(50, y, 200, 28).stroke('#888888').rect(250, y, 295, 28).stroke('#888888')
    regular(page, 11).text(label, 58, y + 8, { width: 190 })
    bold(page, 11).text(value, 258, y + 8, { width: 280 })
    y += 28
  }
  regular(page, 10)
  for (const sentence of text.sentences) {
    page.text(sentence, 50, y + 24, { width: 495 })
    y = page.y
  }
}

function form(page: Page, text: DocumentText, chance: Seeded): void {
  page.rect(40, 40, 515, 70).fill('#eef1f6')
  bold(page, 18).fillColor(chance.pick(colours)).text(text.title, 55, 55, { width: 485 })
  regular(page, 11).fillColor('#333333').text(text.issuer, 55, 84)
  page.fillColor('#111111')
  let y = 140
  for (const { label, value } of [text.holder, ...text.fields]) {
    regular(page, 9).fillColor('#666666').text(label.toUpperCase(), 55, y)
    regular(page, 14)
      .fillColor('#111111')
      .text(value, 55, y + 13)
    y += 46
  }
  regular(page, 10)
  for (const sentence of text.sentences) {
    page.text(sentence, 55, y + 8, { width: 480 })
    y = page.y
  }
}

function columns(page: Page, text: DocumentText, chance: Seeded): void {
  const colour = chance.pick(colours)
  page.rect(0, 0, a4[0], 96).fill(colour)
  bold(page, 22).fillColor('#ffffff').text(text.title, 45, 28, { width: 500 })
  regular(page, 12).text(text.issuer, 45, 66)
  page.fillColor('#111111')
  regular(page, 11)
  let y = 130
  for (const sentence of text.sentences) {
    page.text(sentence, 45, y, { width: 505 })
    y = page.y + 8
  }
  y += 18
  const all = [text.holder, ...text.fields]
  all.forEach(({ label, value }, index) => {
    const x = index % 2 === 0 ? 45 : 310
    regular(page, 10).fillColor('#555555').text(label, x, y)
    bold(page, 14)
      .fillColor('#111111')
      .text(value, x, y + 15, { width: 240 })
    if (index % 2 === 1) y += 58
  })
}

function walletCard(page: Page, text: DocumentText, chance: Seeded): void {
  page.rect(0, 0, card[0], card[1]).fill('#f5efe2')
  page.rect(0, card[1] - 34, card[0], 34).fill(chance.pick(colours))
  page.fillColor('#111111')
  page.rect(22, 84, 92, 118).fill('#c8c2b4')
  page.fillColor('#111111')
  bold(page, 17).text(text.title, 22, 18, { width: 440 })
  regular(page, 10).text(text.issuer, 22, 44, { width: 440 })
  let y = 84
  for (const { label, value } of [text.holder, ...text.fields]) {
    regular(page, 10).text(label, 132, y, { width: 130 })
    bold(page, 12).text(value, 268, y - 1, { width: 200 })
    y = Math.max(page.y, y + 14) + 8
    if (y > 250) break
  }
}

function statement(page: Page, text: DocumentText, chance: Seeded): void {
  bold(page, 13).fillColor('#222222').text(text.issuer, 60, 60, { width: 475, align: 'right' })
  bold(page, 24).fillColor(chance.pick(colours)).text(text.title, 60, 120, { width: 475 })
  page.fillColor('#111111')
  regular(page, 12.5)
    .moveDown(1.2)
    .text(`${text.holder.label}  `, { continued: true })
    .font('bold')
    .text(text.holder.value)
  regular(page, 12).moveDown(0.8)
  for (const sentence of text.sentences) page.text(sentence, { width: 475 }).moveDown(0.5)
  page.moveDown(1)
  page.moveTo(60, page.y).lineTo(535, page.y).lineWidth(0.8).stroke('#999999')
  page.moveDown(0.8)
  for (const { label, value } of text.fields) {
    const y = page.y
    regular(page, 11).text(label, 60, y, { width: 220 })
    page.text(value, 300, y, { width: 235, align: 'right' })
    page.moveDown(0.5)
  }
}

/** Names and values above the line, what they are below it. */
function diploma(page: Page, text: DocumentText, chance: Seeded): void {
  const colour = chance.pick(colours)
  page
    .lineWidth(1)
    .rect(36, 36, a4[0] - 72, a4[1] - 72)
    .stroke(colour)
    .rect(42, 42, a4[0] - 84, a4[1] - 84)
    .stroke(colour)
  bold(page, 26).fillColor(colour).text(text.title, 70, 110, { width: 455, align: 'center' })
  regular(page, 13)
    .fillColor('#222222')
    .text(text.issuer, 70, page.y + 14, { width: 455, align: 'center' })
  regular(page, 12).text(text.holder.label, 70, 270, { width: 455, align: 'center' })
  bold(page, 20).text(text.holder.value, 70, 292, { width: 455, align: 'center' })
  let y = 340
  for (const sentence of text.sentences) {
    regular(page, 12).text(sentence, 90, y, { width: 415, align: 'center' })
    y = page.y + 8
  }
  y = Math.max(y + 30, 500)
  text.fields.forEach(({ label, value }, index) => {
    const x = index % 2 === 0 ? 70 : 310
    bold(page, 13).text(value, x, y, { width: 215, align: 'center' })
    page
      .moveTo(x, y + 19)
      .lineTo(x + 215, y + 19)
      .lineWidth(0.6)
      .stroke('#777777')
    regular(page, 9.5).text(label, x, y + 23, { width: 215, align: 'center' })
    if (index % 2 === 1) y += 58
  })
}

export const pageLayouts: readonly PageLayout[] = [
  { name: 'certificate', isHeldBack: false, isCard: false, size: a4, draw: certificate },
  { name: 'letter', isHeldBack: false, isCard: false, size: a4, draw: letter },
  { name: 'table', isHeldBack: false, isCard: false, size: a4, draw: table },
  { name: 'form', isHeldBack: false, isCard: false, size: a4, draw: form },
  { name: 'card', isHeldBack: false, isCard: true, size: card, draw: plasticCard },
  { name: 'columns', isHeldBack: true, isCard: false, size: a4, draw: columns },
  { name: 'statement', isHeldBack: true, isCard: false, size: a4, draw: statement },
  { name: 'diploma', isHeldBack: true, isCard: false, size: a4, draw: diploma },
  { name: 'wallet', isHeldBack: true, isCard: true, size: card, draw: walletCard },
]

export interface Sheet {
  readonly layout: PageLayout
  readonly typeface: Typeface
  readonly text: DocumentText
}

/** A PDF with a text layer: the sheets one after another, or, `isSideBySide`, two of them on one page. */
export function printSheets(sheets: readonly Sheet[], chance: Seeded, isSideBySide = false): Promise<Buffer> {
  const first = sheets[0] as Sheet
  const [width, height] = first.layout.size
  const document = new PDFDocument({
    size: isSideBySide ? [width, height * 2 + 20] : [width, height],
    margin: 0,
    autoFirstPage: false,
    info: { Title: first.text.title, Producer: 'Document services 4.2', Creator: 'Registry' },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const end = new Promise<Buffer>((resolve) => document.on('end', () => resolve(Buffer.concat(chunks))))
  sheets.forEach(({ layout, typeface, text }, index) => {
    if (index === 0 || !isSideBySide)
      document.addPage({ size: isSideBySide ? [width, height * 2 + 20] : [...layout.size], margin: 0 })
    document.registerFont('regular', typeface.regular).registerFont('bold', typeface.bold)
    document.save()
    if (isSideBySide && index === 1) document.translate(0, height + 20)
    layout.draw(document, text, chance)
    document.restore()
  })
  document.end()
  return end
}
