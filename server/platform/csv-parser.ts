/**
 * From text to records: RFC 4180, with LF, CRLF or CR, blanks around quotes allowed and everything else that is not
 * certain refused. Takes the text in pieces of any length. Pure, and synchronous within a piece for the sake of speed.
 */
import { fileFaulty } from './file-faults.ts'

export interface ParsedRecord {
  /** The line on which it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** How a file is dressed, where that differs from what the guide asks for. */
export interface CsvDress {
  hasBom: boolean
  isUnquoted: boolean
  hasBlanks: boolean
  blankLines: number
  readonly lineEnds: Set<'LF' | 'CRLF' | 'CR'>
}

/**
 * No honest row is longer. It bounds memory, and finds a quote that is never closed before the whole of a large file has
 * become one value.
 */
const recordCharactersMax = 1_000_000

const [tab, lf, cr, blank, quoteMark, comma, semicolon, bar, noBreakSpace] = [
  9, 10, 13, 32, 34, 44, 59, 124, 160,
]

/** Where in a cell the parser stands. */
type Stand = 'cellStart' | 'bare' | 'quoted' | 'quoteSeen' | 'afterQuote'

export interface CsvParser {
  readonly dress: CsvDress
  /** Takes the next piece and gives the records that end in it. Throws FILE_FAULTY. */
  read(text: string): ParsedRecord[]
  /** To be called once, after the last piece: the record that no line end closes. Throws FILE_FAULTY. */
  end(): ParsedRecord[]
  /** Where the next piece begins. */
  place(): { line: number; column: number }
}

export function csvParser(): CsvParser {
  const dress: CsvDress = {
    hasBom: false,
    isUnquoted: false,
    hasBlanks: false,
    blankLines: 0,
    lineEnds: new Set(),
  }
  let stand: Stand = 'cellStart'
  let cells: string[] = []
  let cell = ''
  let line = 1
  let recordLine = 1
  let consumed = 0 // characters of all earlier pieces
  let lineStart = 0 // and of all earlier lines: tells columns
  let recordStart = 0
  let quotePlace = { line: 1, column: 1 }
  let isAfterCr = false // the last character was a CR: an LF now belongs to it
  let isFirstPiece = true
  let isHeader = true
  let ready: ParsedRecord[] = []

  const placeAt = (at: number): { line: number; column: number } => ({
    line,
    column: consumed + at - lineStart + 1,
  })

  const endCell = (isQuoted: boolean): void => {
    if (!isQuoted) dress.isUnquoted = true
    if (isBlank(cell.charCodeAt(0)) || isBlank(cell.charCodeAt(cell.length - 1))) dress.hasBlanks = true
    cells.push(cell)
    cell = ''
    stand = 'cellStart'
  }

  /** `at`: the place behind the record's last character. */
  const endRecord = (at: number): void => {
    const isQuoted = stand === 'quoteSeen' || stand === 'afterQuote'
    if (!isQuoted && cells.length === 0 && cell.trim() === '') {
      dress.blankLines += 1
      cell = ''
      stand = 'cellStart'
      return
    }
    endCell(isQuoted)
    refuseLongRecord(at)
    if (isHeader) refuseOtherSeparators(cells, recordLine)
    isHeader = false
    ready.push({ line: recordLine, cells })
    cells = []
  }

  const refuseLongRecord = (at: number): void => {
    if (consumed + at - recordStart <= recordCharactersMax) return
    if (stand === 'quoted')
      throw brokenQuote('The quote that opens here is not closed within 1,000,000 characters', quotePlace)
    throw fileFaulty(
      'ROW_TOO_LONG',
      `The row that begins on line ${recordLine} has more than 1,000,000 characters. Check its line ends and quotes.`,
      recordLine,
    )
  }

  const newLine = (at: number): void => {
    line += 1
    lineStart = consumed + at + 1
  }

  /** Takes what stands inside quotes, up to the next quote or the end of the piece. */
  const readQuoted = (text: string, from: number): number => {
    let at = from
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code > quoteMark) continue
      if (code === quoteMark) break
      if (code === lf && text.charCodeAt(at - 1) === cr) lineStart = consumed + at + 1
      else if (code === lf && at === 0 && isAfterCr) lineStart = consumed + 1
      else if (code === lf || code === cr) newLine(at)
    }
    cell = cell === '' ? text.slice(from, at) : cell + text.slice(from, at)
    if (at === text.length) {
      isAfterCr = text.charCodeAt(at - 1) === cr
      return at
    }
    isAfterCr = false
    stand = 'quoteSeen'
    return at + 1
  }

  /** Takes a stride of ordinary characters. */
  const readBare = (text: string, from: number): number => {
    let end = from + 1
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end)
      if (code === comma || code === lf || code === cr || code === quoteMark) break
    }
    cell = cell === '' ? text.slice(from, end) : cell + text.slice(from, end)
    stand = 'bare'
    return end
  }

  const readLineEnd = (code: number, at: number): void => {
    endRecord(at)
    newLine(at)
    recordLine = line
    recordStart = lineStart
    if (code === lf) dress.lineEnds.add('LF')
  }

  const openQuote = (at: number): void => {
    if (cell.trim() !== '')
      throw brokenQuote('A quote stands inside a value that has none around it', placeAt(at))
    if (cell !== '') dress.hasBlanks = true
    cell = ''
    stand = 'quoted'
    quotePlace = placeAt(at)
  }

  /** What stands between a closing quote and the comma: blanks at most. */
  const readBehindQuote = (code: number, at: number): void => {
    if (isHeader && cells.length === 0 && isOtherSeparator(code)) throw separatorFault(code, recordLine)
    if (code !== blank && code !== tab) {
      const began = quotePlace.line === line ? '' : `, of a value that began on line ${quotePlace.line}`
      throw brokenQuote(`Text stands behind the closing quote${began}`, placeAt(at))
    }
    dress.hasBlanks = true
    stand = 'afterQuote'
  }

  const read = (piece: string): ParsedRecord[] => {
    let text = piece
    if (isFirstPiece && text.startsWith('\uFEFF')) {
      dress.hasBom = true
      text = text.slice(1)
    }
    isFirstPiece = false
    let at = 0
    while (at < text.length) {
      if (stand === 'quoted') {
        at = readQuoted(text, at)
        continue
      }
      const code = text.charCodeAt(at)
      if (isAfterCr) {
        isAfterCr = false
        dress.lineEnds.add(code === lf ? 'CRLF' : 'CR')
        if (code === lf) {
          at += 1
          lineStart = recordStart = consumed + at
          continue
        }
      }
      if (code === comma) endCell(stand === 'quoteSeen' || stand === 'afterQuote')
      else if (code === lf || code === cr) {
        readLineEnd(code, at)
        isAfterCr = code === cr
      } else if (stand === 'quoteSeen' && code === quoteMark) {
        cell += '"'
        stand = 'quoted'
      } else if (stand === 'quoteSeen' || stand === 'afterQuote') readBehindQuote(code, at)
      else if (code === quoteMark) openQuote(at)
      else {
        at = readBare(text, at)
        continue
      }
      at += 1
    }
    refuseLongRecord(text.length)
    consumed += text.length
    return taken()
  }

  const taken = (): ParsedRecord[] => {
    const records = ready
    ready = []
    return records
  }

  const end = (): ParsedRecord[] => {
    if (stand === 'quoted') throw brokenQuote('The quote that opens here is never closed', quotePlace)
    if (isAfterCr) dress.lineEnds.add('CR')
    if (cells.length > 0 || stand !== 'cellStart') endRecord(0)
    return taken()
  }

  return { dress, read, end, place: () => placeAt(0) }
}

function isBlank(code: number): boolean {
  return code === blank || code === tab || code === noBreakSpace
}

function isOtherSeparator(code: number): boolean {
  return code === semicolon || code === tab || code === bar
}

/** A header of one cell in which another separator stands is a file that was saved with that separator. */
function refuseOtherSeparators(header: readonly string[], line: number): void {
  if (header.length > 1) return
  const code = [semicolon, tab, bar].find((other) => header[0]?.includes(String.fromCharCode(other)))
  if (code !== undefined) throw separatorFault(code, line)
}

function separatorFault(code: number, line: number): Error {
  const name = code === semicolon ? 'a semicolon' : code === tab ? 'a tab' : 'a bar'
  return fileFaulty(
    'SEPARATOR',
    `The values are separated by ${name}; the delimiter must be a comma. Save the file with commas between the values.`,
    line,
    1,
  )
}

function brokenQuote(what: string, { line, column }: { line: number; column: number }): Error {
  return fileFaulty(
    'BROKEN_QUOTE',
    `${what} (line ${line}, column ${column}). Put quotes around the whole value and double those inside it.`,
    line,
    column,
  )
}
