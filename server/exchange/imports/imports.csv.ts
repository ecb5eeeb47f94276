/**
 * Reading CSV as organisations really send it (spec 50, Files).
 *
 * An own reader, because what matters here no library gives: the exact text of every cell, line and column of every
 * fault, strict UTF-8, and notes about a file's dress that do not reject it. RFC 4180, with LF, CRLF or CR. Memory is
 * bounded by the batch; between batches the event loop gets its turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../platform/errors.ts'

export interface CsvRecord {
  /** The data row, from 1. */
  readonly row: number
  /** The line of the file on which it begins, from 1. */
  readonly line: number
  /** Each cell's text exactly, without the quotes around it. */
  readonly cells: readonly string[]
}

export interface CsvLimits {
  readonly rowsMax: number
  readonly bytesMax: number
}

export interface Note {
  readonly code: string
  readonly detail: string
}

export interface CsvFile {
  readonly header: readonly string[]
  /** To be read once, to its end. */
  readonly batches: AsyncIterable<readonly CsvRecord[]>
  /** About the file's dress; complete when the batches are at their end. */
  notes(): Note[]
}

const batchRows = 2_000

function fault(rule: string, detail: string, line: number, column: number | null = null): AppError {
  return new AppError('FILE_FAULTY', detail, { extra: { rule, line, column } })
}

interface Dress {
  hasBom: boolean
  isUnquoted: boolean
  hasBlanks: boolean
  blankLines: number
  readonly lineEnds: Set<string>
}

/**
 * Opens a file and reads its header. Throws FILE_FAULTY with the rule, line and column: not UTF-8, empty, a broken
 * quote, a separator that is not a comma; later, from the batches, also too many rows or bytes.
 */
export async function openCsv(source: AsyncIterable<Uint8Array>, limits: CsvLimits): Promise<CsvFile> {
  const dress: Dress = {
    hasBom: false,
    isUnquoted: false,
    hasBlanks: false,
    blankLines: 0,
    lineEnds: new Set(),
  }
  const records = parse(decode(source, limits.bytesMax, dress), dress)
  const first = await records.next()
  if (first.done === true)
    throw fault('EMPTY_FILE', 'The file is empty. Send a header line and one line per credential.', 1)
  const header = first.value.cells
  refuseOtherSeparators(header)
  return { header, batches: batched(records, limits.rowsMax), notes: () => notesOf(dress) }
}

function refuseOtherSeparators(header: readonly string[]): void {
  if (header.length > 1) return
  const text = header[0] ?? ''
  const name = text.includes(';')
    ? 'a semicolon'
    : text.includes('\t')
      ? 'a tab'
      : text.includes('|')
        ? 'a bar'
        : undefined
  if (name)
    throw fault(
      'SEPARATOR',
      `The values are separated by ${name}. Save the file with commas between the values.`,
      1,
      1,
    )
}

async function* batched(
  records: AsyncGenerator<Parsed>,
  rowsMax: number,
): AsyncGenerator<readonly CsvRecord[]> {
  let batch: CsvRecord[] = []
  let row = 0
  for await (const { line, cells } of records) {
    row += 1
    if (row > rowsMax) {
      throw fault(
        'TOO_MANY_ROWS',
        `The file has more than ${rowsMax} rows. Split it, or let an operator raise import.maxRows.`,
        line,
      )
    }
    batch.push({ row, line, cells })
    if (batch.length === batchRows) {
      yield batch
      batch = []
      await nextTurn()
    }
  }
  if (batch.length > 0) yield batch
}

function notesOf(dress: Dress): Note[] {
  const notes: Note[] = []
  if (dress.hasBom)
    notes.push({ code: 'BOM', detail: 'The file begins with a byte order mark; it was ignored.' })
  if (dress.isUnquoted)
    notes.push({ code: 'UNQUOTED', detail: 'Some values stand without quotes; they were read as they are.' })
  if (dress.hasBlanks)
    notes.push({ code: 'BLANKS', detail: 'Blanks stand around some values; they were ignored.' })
  if (dress.lineEnds.size > 1) notes.push({ code: 'LINE_ENDS', detail: 'Lines end in more than one way.' })
  if (dress.blankLines > 0)
    notes.push({ code: 'BLANK_LINES', detail: `${dress.blankLines} empty lines were skipped.` })
  return notes
}

/** Bytes to text, strictly. Counts lines so that a bad byte can be found. */
async function* decode(
  source: AsyncIterable<Uint8Array>,
  bytesMax: number,
  dress: Dress,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let bytes = 0
  let lines = 1
  let lineLength = 0 // characters of the present line that are behind us
  let isFirst = true
  for await (const chunk of source) {
    if (chunk.length === 0) continue
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw fault(
        'TOO_MANY_BYTES',
        `The file has more than ${bytesMax} bytes. Split it, or let an operator raise import.maxBytes.`,
        lines,
      )
    }
    if (isFirst) refuseUtf16(chunk)
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw notUtf8(chunk, lines, lineLength)
    }
    if (text === '') continue
    if (isFirst && text.startsWith('\uFEFF')) {
      dress.hasBom = true
      text = text.slice(1)
    }
    isFirst = false
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
    const lastEnd = text.lastIndexOf('\n')
    lineLength = lastEnd === -1 ? lineLength + text.length : text.length - lastEnd - 1
    yield text
  }
  try {
    decoder.decode()
  } catch {
    throw fault(
      'NOT_UTF8',
      `The file ends in the middle of a character on line ${lines}. It is cut off or not UTF-8.`,
      lines,
    )
  }
}

function refuseUtf16(chunk: Uint8Array): void {
  const [a, b] = chunk
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw fault('NOT_UTF8', 'The file is in UTF-16. Save it as "CSV UTF-8".', 1, 1)
  }
}

function notUtf8(chunk: Uint8Array, linesBefore: number, lineLengthBefore: number): AppError {
  const lossy = new TextDecoder('utf-8').decode(chunk)
  const at = Math.max(0, lossy.indexOf('\uFFFD'))
  const before = lossy.slice(0, at)
  const line = linesBefore + (before.split('\n').length - 1)
  const column =
    before.length - (before.lastIndexOf('\n') + 1) + 1 + (before.includes('\n') ? 0 : lineLengthBefore)
  return fault(
    'NOT_UTF8',
    `Line ${line} has a character that is not UTF-8. Save the file as "CSV UTF-8" (it may be in Windows-1252 now).`,
    line,
    column,
  )
}

interface Parsed {
  readonly line: number
  readonly cells: readonly string[]
}

/** Where in a record the reader stands. */
const places = { cellStart: 0, unquoted: 1, quoted: 2, quoteSeen: 3 } as const

/** The states of RFC 4180, one character at a time where it matters and in strides where not. */
async function* parse(texts: AsyncIterable<string>, dress: Dress): AsyncGenerator<Parsed> {
  let state: number = places.cellStart
  let cells: string[] = []
  let cell = ''
  let line = 1
  let recordLine = 1
  let lineStart = 0 // characters before this line, to tell columns
  let consumed = 0
  let quoteLine = 1
  let quoteColumn = 1
  let wasCarriageReturn = false
  let isBlankLine = true
  const ready: Parsed[] = []

  const endCell = (): void => {
    cells.push(cell)
    cell = ''
    state = places.cellStart
  }
  const endRecord = (): void => {
    if (isBlankLine && cells.length === 1 && (cells[0] as string).trim() === '') {
      dress.blankLines += 1
    } else ready.push({ line: recordLine, cells })
    cells = []
    isBlankLine = true
  }

  for await (const text of texts) {
    let at = 0
    while (at < text.length) {
      const character = text[at] as string
      if (state === places.quoted) {
        const quote = text.indexOf('"', at)
        const end = quote === -1 ? text.length : quote
        const piece = text.slice(at, end)
        for (let n = 0; n < piece.length; n += 1) {
          const c = piece.charCodeAt(n)
          if (c === 10) {
            line += 1
            lineStart = consumed + at + n + 1
          }
        }
        cell += piece
        at = end
        if (quote !== -1) {
          state = places.quoteSeen
          at += 1
        }
        wasCarriageReturn = false
        continue
      }
      if (character === '\n' && wasCarriageReturn) {
        dress.lineEnds.add('CRLF')
        wasCarriageReturn = false
        lineStart = consumed + at + 1
        at += 1
        recordLine = line
        continue
      }
      if (wasCarriageReturn) {
        dress.lineEnds.add('CR')
        wasCarriageReturn = false
      }
      if (state === places.quoteSeen && character === '"') {
        cell += '"'
        state = places.quoted
        at += 1
        continue
      }
      if (character === ',') {
        if (state === places.cellStart || state === places.unquoted) noteUnquoted(dress, cell)
        endCell()
        isBlankLine = false
        at += 1
        continue
      }
      if (character === '\n' || character === '\r') {
        if (state !== places.quoteSeen && !(cells.length === 0 && cell === '')) noteUnquoted(dress, cell)
        if (state === places.quoteSeen) isBlankLine = false
        endCell()
        endRecord()
        line += 1
        lineStart = consumed + at + 1
        recordLine = line
        wasCarriageReturn = character === '\r'
        if (character === '\n') dress.lineEnds.add('LF')
        at += 1
        continue
      }
      if (state === places.quoteSeen) {
        if (character !== ' ' && character !== '\t') {
          throw brokenQuote('A quote ends a value before its end', line, consumed + at - lineStart + 1)
        }
        dress.hasBlanks = true
        at += 1
        continue
      }
      if (character === '"') {
        if (state === places.unquoted && cell.trim() !== '') {
          throw brokenQuote(
            'A quote stands inside a value that has none around it',
            line,
            consumed + at - lineStart + 1,
          )
        }
        if (cell !== '') dress.hasBlanks = true
        cell = ''
        state = places.quoted
        quoteLine = line
        quoteColumn = consumed + at - lineStart + 1
        at += 1
        continue
      }
      // A stride of ordinary characters.
      let end = at + 1
      while (end < text.length) {
        const c = text.charCodeAt(end)
        if (c === 44 || c === 10 || c === 13 || c === 34) break
        end += 1
      }
      cell += text.slice(at, end)
      state = places.unquoted
      at = end
    }
    consumed += text.length
    yield* ready
    ready.length = 0
  }
  if (state === places.quoted) {
    throw brokenQuote('The quote that opens here is never closed', quoteLine, quoteColumn)
  }
  if (cells.length > 0 || cell !== '' || state === places.quoteSeen) {
    if (state === places.quoteSeen) isBlankLine = false
    else noteUnquoted(dress, cell)
    endCell()
    endRecord()
    yield* ready
  }
}

function noteUnquoted(dress: Dress, cell: string): void {
  dress.isUnquoted = true
  if (cell !== '' && (cell.charCodeAt(0) <= 32 || cell.charCodeAt(cell.length - 1) <= 32))
    dress.hasBlanks = true
}

function brokenQuote(what: string, line: number, column: number): AppError {
  return fault(
    'BROKEN_QUOTE',
    `${what} (line ${line}, column ${column}). Put quotes around the whole value and double those inside it.`,
    line,
    column,
  )
}
