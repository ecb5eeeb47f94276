/**
 * Reading a workbook (.xlsx) as if it were the CSV file that its author sees (spec 50, the same pipeline): the first sheet,
 * or the one that was named. Dates come as `YYYY-MM-DD`, numbers with the leading zeros that their format shows, and what a
 * spreadsheet has damaged in a form that the rules of rows refuse (docs/adr/0011).
 */
import { nearest } from '../../platform/nearest.ts'
import type { BlobReader } from '../../platform/storage/storage.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import type { Note, TableFile, TableLimits, TableRecord } from './imports.table.schema.ts'
import type { NumberMeaning } from './imports.xlsx-formats.rules.ts'
import {
  relationshipsReader,
  sharedTextsReader,
  sheetReader,
  stylesReader,
  workbookReader,
  type Relationship,
  type SheetReader,
  type SheetRow,
  type Workbook,
} from './imports.xlsx-parts.ts'
import { openPackage, type WorkbookPackage } from './imports.xlsx-package.ts'

const batchRows = 2_000
const batchCharacters = 1_000_000

/**
 * Opens a workbook and reads its header. Throws FILE_FAULTY with the rule: not a workbook, damaged, protected, without the
 * sheet that is asked for, empty; later, from the batches, also too many rows. Closing the file is the caller's business.
 * @param sheet the sheet's name, without case; the first one that is not hidden when absent
 */
export async function openXlsx(file: BlobReader, limits: TableLimits, sheet?: string): Promise<TableFile> {
  if (file.bytes > limits.bytesMax)
    throw fileFaulty(
      'TOO_MANY_BYTES',
      `The file has more than ${limits.bytesMax} bytes. Split it, or let an operator raise import.maxBytes.`,
      1,
    )
  const pack = await openPackage(file)
  const { workbook, part, meanings, texts, chosen } = await lookInto(pack, sheet)
  const reader = sheetReader(part, { is1904: workbook.is1904, texts, meanings })
  const rows = rowsOf(pack, part, reader)
  const skipped = { blank: 0 }
  const first = await nextFilled(rows, skipped)
  if (!first)
    throw fileFaulty(
      'EMPTY_FILE',
      `The sheet "${chosen}" is empty. Put a header into its first row and one row per person below it.`,
      1,
    )
  return {
    header: first.cells,
    batches: batched(rows, first.cells.length, limits, skipped),
    notes: () => notesOf(workbook, chosen, reader, skipped.blank),
  }
}

interface Contents {
  readonly workbook: Workbook
  /** The name of the sheet. */
  readonly chosen: string
  /** The part that it is in. */
  readonly part: string
  readonly meanings: readonly NumberMeaning[]
  readonly texts: readonly string[]
}

async function lookInto(pack: WorkbookPackage, sheet: string | undefined): Promise<Contents> {
  const roots = await pack.read('_rels/.rels', relationshipsReader('_rels/.rels'))
  const main = resolved('', roots.find(({ kind }) => kind === 'officeDocument')?.target ?? 'xl/workbook.xml')
  if (!pack.has(main) || /\.bin$/i.test(main))
    throw fileFaulty(
      'NOT_A_WORKBOOK',
      'The file is an archive, but no .xlsx workbook. Save the sheet as .xlsx or as "CSV UTF-8" and send that.',
      1,
    )
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const relations = `${folder}_rels/${main.slice(folder.length)}.rels`
  const related = await pack.read(relations, relationshipsReader(relations))
  const workbook = await pack.read(main, workbookReader(main))
  const chosen = chosenSheet(workbook, sheet)
  const target = (found: Relationship | undefined): string | undefined =>
    found && resolved(folder, found.target)
  const part = target(related.find(({ id }) => id === chosen.relationship))
  if (part === undefined || !pack.has(part))
    throw fileFaulty(
      'BROKEN_WORKBOOK',
      `The workbook names the sheet "${chosen.name}" but does not hold it.`,
      1,
    )
  const styles = target(related.find(({ kind }) => kind === 'styles'))
  const shared = target(related.find(({ kind }) => kind === 'sharedStrings'))
  return {
    workbook,
    chosen: chosen.name,
    part,
    meanings: styles !== undefined && pack.has(styles) ? await pack.read(styles, stylesReader(styles)) : [],
    texts: shared !== undefined && pack.has(shared) ? await pack.read(shared, sharedTextsReader(shared)) : [],
  }
}

/** From where a relationship stands to the part's name. */
function resolved(folder: string, target: string): string {
  try {
    const path = new URL(target, `part:///${folder}`).pathname
    return decodeURIComponent(path).replace(/^\/+/, '')
  } catch {
    throw fileFaulty(
      'BROKEN_WORKBOOK',
      'The workbook names a part by an address that is none. Save it again.',
      1,
    )
  }
}

function chosenSheet({ sheets }: Workbook, name: string | undefined): Workbook['sheets'][number] {
  const shown = sheets.filter(({ isHidden }) => !isHidden)
  const found =
    name === undefined
      ? shown[0]
      : sheets.find((one) => one.name.trim().toLowerCase() === name.trim().toLowerCase())
  if (found) return found
  const names = shown.map((one) => one.name)
  if (name === undefined) throw fileFaulty('EMPTY_FILE', 'The workbook has no sheet that is not hidden.', 1)
  const near = nearest(name, names)
  throw fileFaulty(
    'UNKNOWN_SHEET',
    `The workbook has no sheet "${name}"; it has ${names.map((one) => `"${one}"`).join(', ')}.${near === undefined ? '' : ` Is it "${near}"?`}`,
    1,
  )
}

async function* rowsOf(pack: WorkbookPackage, part: string, reader: SheetReader): AsyncGenerator<SheetRow> {
  try {
    for await (const text of pack.text(part)) {
      reader.write(text)
      yield* reader.rows()
    }
    yield* reader.end()
  } finally {
    pack.close()
  }
}

async function nextFilled(
  rows: AsyncGenerator<SheetRow>,
  skipped: { blank: number },
): Promise<SheetRow | undefined> {
  for (;;) {
    const next = await rows.next()
    if (next.done === true) return undefined
    if (next.value.cells.length > 0) return next.value
    skipped.blank += 1
  }
}

async function* batched(
  rows: AsyncGenerator<SheetRow>,
  width: number,
  { rowsMax, bytesMax }: TableLimits,
  skipped: { blank: number },
): AsyncGenerator<readonly TableRecord[]> {
  let batch: TableRecord[] = []
  let characters = 0
  let allCharacters = 0
  let row = 0
  for (;;) {
    const next = await nextFilled(rows, skipped)
    if (!next) break
    const { line, cells, dateCells } = next
    row += 1
    if (row > rowsMax)
      throw fileFaulty(
        'TOO_MANY_ROWS',
        `The sheet has more than ${rowsMax} rows. Split it, or let an operator raise import.maxRows.`,
        line,
      )
    // A sheet keeps no empty cells at the end of a row.
    const whole = cells.length < width ? [...cells, ...Array<string>(width - cells.length).fill('')] : cells
    batch.push({ row, line, cells: whole, dateCells })
    // A text that is kept once may stand in every cell: what comes out is bounded like a file.
    let size = whole.length
    for (const cell of cells) size += cell.length
    characters += size
    allCharacters += size
    if (allCharacters > bytesMax)
      throw fileFaulty(
        'WORKBOOK_TOO_LARGE',
        `The sheet has more than ${bytesMax} characters. Split it, or let an operator raise import.maxBytes.`,
        line,
      )
    if (batch.length === batchRows || characters >= batchCharacters) {
      yield batch
      batch = []
      characters = 0
    }
  }
  if (batch.length > 0) yield batch
}

function notesOf({ sheets }: Workbook, chosen: string, { dress }: SheetReader, blank: number): Note[] {
  const notes: Note[] = []
  const others = sheets.filter(({ name }) => name !== chosen)
  if (others.length > 0)
    notes.push({
      code: 'SHEET',
      detail: `Only the sheet "${chosen}" was read. There ${others.length === 1 ? 'is' : 'are'} also ${others.map(({ name }) => `"${name}"`).join(', ')}.`,
    })
  if (dress.formulas > 0)
    notes.push({
      code: 'FORMULAS',
      detail: `${dress.formulas} cells are formulas; they were read as they were last calculated.`,
    })
  if (dress.hiddenRows > 0)
    notes.push({
      code: 'HIDDEN_ROWS',
      detail: `${dress.hiddenRows} rows are hidden or filtered out; they were read too.`,
    })
  if (dress.mergedCells > 0)
    notes.push({
      code: 'MERGED_CELLS',
      detail: 'Cells are merged; a merged value counts for the first of its rows and columns only.',
    })
  if (blank > 0)
    notes.push({
      code: 'BLANK_LINES',
      detail: blank === 1 ? 'An empty row was skipped.' : `${blank} empty rows were skipped.`,
    })
  return notes
}
