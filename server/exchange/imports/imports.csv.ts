/**
 * Reading CSV as organisations really send it (spec 50, Files).
 *
 * An own reader, because what matters here no library gives: the exact text of every cell, line and column of every
 * fault, strict UTF-8, and notes about a file's dress that do not reject it. RFC 4180, with LF, CRLF or CR. Memory is
 * bounded by the batch, whatever the file holds; between batches the event loop gets its turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { csvParser, type CsvDress, type ParsedRecord } from '../../platform/csv-parser.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import type { Note, TableFile, TableLimits, TableRecord } from './imports.table.schema.ts'
import { utf8Pieces } from '../../platform/utf8-pieces.ts'

const batchRows = 2_000
const batchPieces = 16

/**
 * Opens a file and reads its header. Throws FILE_FAULTY with the rule, line and column: not UTF-8, not CSV, empty, a broken
 * quote, a separator that is not a comma, a row without end; later, from the batches, also too many rows or bytes. Rows
 * with too few or too many cells are passed on as they are. Closing the source is the caller's business.
 */
export async function openCsv(source: AsyncIterable<Uint8Array>, limits: TableLimits): Promise<TableFile> {
  const parser = csvParser()
  const pieces = parsedPieces(source, limits.bytesMax, parser)
  for await (const [first, ...records] of untilFirst(pieces)) {
    if (!first) continue
    return {
      header: first.cells,
      batches: batched(records, pieces, limits.rowsMax),
      notes: () => notesOf(parser.dress),
    }
  }
  throw fileFaulty('EMPTY_FILE', 'The file is empty. Send a header line and one line per row below it.', 1)
}

/** The same pieces, but leaving the loop does not end them: the rows behind the header are still to come. */
async function* untilFirst<Piece>(pieces: AsyncGenerator<Piece>): AsyncGenerator<Piece> {
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value
}

async function* parsedPieces(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
  parser: ReturnType<typeof csvParser>,
): AsyncGenerator<ParsedRecord[]> {
  for await (const text of utf8Pieces(source, bytesMax, parser.place)) {
    yield parser.read(text)
    await nextTurn()
  }
  yield parser.end()
}

async function* batched(
  afterHeader: ParsedRecord[],
  pieces: AsyncGenerator<ParsedRecord[]>,
  rowsMax: number,
): AsyncGenerator<readonly TableRecord[]> {
  let batch: TableRecord[] = []
  let row = 0
  let piecesInBatch = 0
  let records = afterHeader
  for (;;) {
    for (const { line, cells } of records) {
      row += 1
      if (row > rowsMax) {
        throw fileFaulty(
          'TOO_MANY_ROWS',
          `The file has more than ${rowsMax} rows. Split it, or let an operator raise import.maxRows.`,
          line,
        )
      }
      batch.push({ row, line, cells })
      if (batch.length === batchRows) {
        yield batch
        batch = []
        piecesInBatch = 0
        await nextTurn()
      }
    }
    piecesInBatch += 1
    if (piecesInBatch >= batchPieces && batch.length > 0) {
      yield batch
      batch = []
      piecesInBatch = 0
      await nextTurn()
    }
    const next = await pieces.next()
    if (next.done === true) break
    records = next.value
  }
  if (batch.length > 0) yield batch
}

function notesOf(dress: CsvDress): Note[] {
  const notes: Note[] = []
  if (dress.hasBom)
    notes.push({ code: 'BOM', detail: 'The file begins with a byte order mark; it was ignored.' })
  if (dress.isUnquoted)
    notes.push({ code: 'UNQUOTED', detail: 'Some values stand without quotes; they were read as they are.' })
  if (dress.hasBlanks)
    notes.push({ code: 'BLANKS', detail: 'Blanks stand around some values; they were ignored.' })
  if (dress.lineEnds.size > 1)
    notes.push({
      code: 'LINE_ENDS',
      detail: `Lines end in more than one way (${[...dress.lineEnds].sort().join(', ')}); all were understood.`,
    })
  if (dress.blankLines > 0)
    notes.push({
      code: 'BLANK_LINES',
      detail:
        dress.blankLines === 1
          ? 'An empty line was skipped.'
          : `${dress.blankLines} empty lines were skipped.`,
    })
  return notes
}
