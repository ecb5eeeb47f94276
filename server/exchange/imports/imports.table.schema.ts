/** A file of rows as the pipeline takes it, whatever it was written as. */

export interface TableRecord {
  /** The data row, from 1. Empty lines do not count. */
  readonly row: number
  /** The line of the file, or the row of the sheet, on which it begins, from 1. */
  readonly line: number
  /** Each cell's text exactly, without the quotes around it; as many as the row has. */
  readonly cells: readonly string[]
  /** Places of the cells that a spreadsheet holds as dates. */
  readonly dateCells?: readonly number[]
}

export interface TableLimits {
  readonly rowsMax: number
  readonly bytesMax: number
}

export interface Note {
  readonly code: string
  readonly detail: string
}

export interface TableFile {
  readonly header: readonly string[]
  /** To be read once, to its end. A batch has at most 2,000 rows and about 1 MB. */
  readonly batches: AsyncIterable<readonly TableRecord[]>
  /** About the file's dress; complete when the batches are at their end. */
  notes(): Note[]
}
