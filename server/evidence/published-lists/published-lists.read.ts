/** Reading a published file: strict, whole or not at all, with the place of the first fault. */
import { csvParser, type ParsedRecord } from '../../platform/csv-parser.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import { utf8Pieces } from '../../platform/utf8-pieces.ts'
import type { ListReading, ListRow } from './published-lists.schema.ts'
import { placesOf, rowOf } from './published-lists.rows.rules.ts'

export const listBytesMax = 16 * 2 ** 20
export const listRowsMax = 50_000

/**
 * All rows of a file. Refuses (FILE_FAULTY, with rule, line and column) what is no CSV in UTF-8, lacks a column that the
 * settings name, or has a row that cannot be read: a list of which a row is not known is not known.
 */
export async function readList(source: AsyncIterable<Uint8Array>, reading: ListReading): Promise<ListRow[]> {
  const parser = csvParser()
  const rows: ListRow[] = []
  let above = reading.linesBefore
  let header: { width: number; places: ReturnType<typeof placesOf> } | null = null
  const take = (records: readonly ParsedRecord[]): void => {
    for (const record of records) {
      if (above > 0) {
        above -= 1
        continue
      }
      if (header === null) {
        header = { width: record.cells.length, places: placesOf(record, reading) }
        continue
      }
      if (rows.length === listRowsMax)
        throw fileFaulty(
          'TOO_MANY_ROWS',
          `The file has more than ${listRowsMax} rows, which no published list of persons has.`,
          record.line,
        )
      rows.push(rowOf(record, header.width, header.places, reading))
    }
  }
  for await (const text of utf8Pieces(source, listBytesMax, parser.place)) take(parser.read(text))
  take(parser.end())
  if (header === null)
    throw fileFaulty('EMPTY_FILE', 'The file is empty. Send a header line and one line per row below it.', 1)
  if (rows.length === 0)
    throw fileFaulty(
      'NO_ROWS',
      'The file has a header and no rows. A register without anybody is not believed; send one that has rows.',
      1,
    )
  return rows
}
