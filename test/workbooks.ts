/** Workbooks made by hand, part by part, so that a test can have them as no program would write them. */
import { strToU8, zipSync, type Zippable } from 'fflate'
import type { BlobReader } from '../server/platform/storage/storage.ts'

const relationshipType = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

export interface HandMadeWorkbook {
  /** What stands inside `<sheetData>`, and behind it. */
  readonly rows: string
  readonly behind?: string
  /** The `<si>` of the shared texts. */
  readonly texts?: string
  /** Codes of formats; style 1 is the first of them. A number is a built-in one. */
  readonly formats?: readonly (string | number)[]
  readonly is1904?: boolean
  /** Further sheets: empty ones, hidden ones. */
  readonly sheets?: readonly { readonly name: string; readonly state?: string; readonly rows?: string }[]
  /** Before the one that has the rows. */
  readonly before?: readonly { readonly name: string; readonly state?: string; readonly rows?: string }[]
  /** Parts that replace or add to what was made; null leaves one out. */
  readonly parts?: Readonly<Record<string, string | Uint8Array | null>>
}

const sheetPart = (rows: string, behind = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${behind}</worksheet>`

export function workbookParts(book: HandMadeWorkbook): Record<string, Uint8Array> {
  const sheets = [
    ...(book.before ?? []),
    { name: 'People', rows: book.rows, behind: book.behind },
    ...(book.sheets ?? []),
  ] as readonly { name: string; state?: string; rows?: string; behind?: string }[]
  const formats = book.formats ?? []
  const custom = formats.flatMap((code, index) =>
    typeof code === 'string'
      ? [
          `<numFmt numFmtId="${200 + index}" formatCode="${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"/>`,
        ]
      : [],
  )
  const made: Record<string, string | Uint8Array | null> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': `<Relationships><Relationship Id="rId1" Type="${relationshipType}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relationshipType}"><workbookPr${book.is1904 ? ' date1904="1"' : ''}/><sheets>${sheets
      .map(
        ({ name, state }, index) =>
          `<sheet name="${name}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${index + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${sheets
      .map(
        (_sheet, index) =>
          `<Relationship Id="rId${index + 1}" Type="${relationshipType}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
      )
      .join(
        '',
      )}<Relationship Id="rId90" Type="${relationshipType}/styles" Target="styles.xml"/><Relationship Id="rId91" Type="${relationshipType}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${custom.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((code, index) => `<xf numFmtId="${typeof code === 'number' ? code : 200 + index}"/>`)
      .join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${book.texts ?? ''}</sst>`,
    ...Object.fromEntries(
      sheets.map(({ rows = '', behind }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        sheetPart(rows, behind),
      ]),
    ),
    ...book.parts,
  }
  return Object.fromEntries(
    Object.entries(made).flatMap(([name, content]) =>
      content === null ? [] : [[name, typeof content === 'string' ? strToU8(content) : content]],
    ),
  )
}

export function workbook(book: HandMadeWorkbook): Buffer {
  return Buffer.from(zipSync(workbookParts(book) as Zippable))
}

/** A cell with a text of its own. */
export function text(value: string, reference = ''): string {
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<c${reference === '' ? '' : ` r="${reference}"`} t="inlineStr"><is><t xml:space="preserve">${escaped}</t></is></c>`
}

export function rowOf(...cells: readonly string[]): string {
  return `<row>${cells.map((cell) => (cell.startsWith('<') ? cell : text(cell))).join('')}</row>`
}

/** A stored file that lies in memory. */
export function readerOf(bytes: Buffer): BlobReader {
  return {
    bytes: bytes.length,
    sha256: '',
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    readParts: (offset, length) =>
      Promise.resolve([bytes.subarray(offset, offset + length)].filter((part) => part.length > 0)),
    stream: async function* (start = 0, end = bytes.length) {
      for (let at = start; at < end; at += 65_536) yield bytes.subarray(at, Math.min(end, at + 65_536))
    },
    close: () => Promise.resolve(),
  }
}
