/**
 * The parts of a workbook (ECMA-376-1, 18), each read as its text comes in: which sheets there are, the formats, the shared
 * texts, and a sheet's rows. Prefixes of names are passed over, since writers choose them.
 */
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { type AppError } from '../../platform/errors.ts'
import { fileFaulty } from '../../platform/file-faults.ts'
import { meaningOfFormat, textOfNumber, type NumberMeaning } from './imports.xlsx-formats.rules.ts'

/** Takes a part's text in pieces of any length. Throws FILE_FAULTY for what is not well-formed. */
export interface PartReader<Result> {
  write(text: string): void
  /** To be called once, after the last piece. */
  end(): Result
}

interface Handlers {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function brokenPart(part: string, what: string): AppError {
  return fileFaulty(
    'BROKEN_WORKBOOK',
    `The workbook is damaged: ${part} ${what}. Open it in the spreadsheet program, save it again as .xlsx, and send that.`,
    1,
  )
}

/** No honest value is longer; the parser keeps what it is in the middle of. */
const unbrokenMax = 2_000_000
/** A workbook's parts are a dozen levels deep; the parser keeps every tag that is open. */
const depthMax = 64
const sheetsMax = 1_000
const relationshipsMax = 10_000
/** As many as the format allows (ECMA-376-1, 18.8.10). */
const cellFormatsMax = 65_490
const formatCodeMax = 255
const rowsOfSheet = 1_048_576

function partReader<Result>(part: string, handlers: Handlers, result: () => Result): PartReader<Result> {
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  let unbroken = 0
  let depth = 0
  parser.on('error', () => {
    throw brokenPart(part, `is not well-formed (line ${parser.line}, column ${parser.column})`)
  })
  // Workbooks have none; elsewhere it is how a small file is made to grow without end.
  parser.on('doctype', () => {
    throw brokenPart(part, 'declares a document type, which workbooks never do')
  })
  parser.on('opentag', (tag: SaxesTagPlain) => {
    unbroken = 0
    depth += 1
    if (depth > depthMax) throw brokenPart(part, `is nested deeper than ${depthMax} levels`)
    handlers.open(localName(tag.name), tag.attributes)
  })
  parser.on('closetag', (tag: SaxesTagPlain) => {
    unbroken = 0
    depth -= 1
    handlers.close?.(localName(tag.name))
  })
  if (handlers.text) {
    const text = handlers.text.bind(handlers)
    parser.on('text', text)
    parser.on('cdata', text)
  }
  return {
    write: (text) => {
      parser.write(text)
      unbroken += text.length
      if (unbroken > unbrokenMax) throw brokenPart(part, `has a value of more than ${unbrokenMax} characters`)
    },
    end: () => {
      parser.close()
      return result()
    },
  }
}

export interface Relationship {
  readonly id: string
  /** The last word of its type: `worksheet`, `styles`. */
  readonly kind: string
  readonly target: string
}

export function relationshipsReader(part: string): PartReader<Relationship[]> {
  const found: Relationship[] = []
  return partReader(
    part,
    {
      open: (name, attributes) => {
        if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return
        if (found.length === relationshipsMax) throw brokenPart(part, 'names too many parts')
        found.push({
          id: attributes['Id'] ?? '',
          kind: (attributes['Type'] ?? '').split('/').at(-1) ?? '',
          target: attributes['Target'] ?? '',
        })
      },
    },
    () => found,
  )
}

export interface Workbook {
  /** Whether days count from 1904, as on old Macs. */
  readonly is1904: boolean
  readonly sheets: readonly {
    readonly name: string
    readonly relationship: string
    readonly isHidden: boolean
  }[]
}

export function workbookReader(part: string): PartReader<Workbook> {
  let is1904 = false
  const sheets: Workbook['sheets'][number][] = []
  return partReader(
    part,
    {
      open: (name, attributes) => {
        if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes['date1904'] ?? '')
        if (name === 'sheet') {
          if (sheets.length === sheetsMax) throw brokenPart(part, `names more than ${sheetsMax} sheets`)
          sheets.push({
            name: attributes['name'] ?? '',
            // Its sheetId is another thing: a number without a prefix.
            relationship: Object.entries(attributes).find(([key]) => /^\w+:id$/.test(key))?.[1] ?? '',
            isHidden: /hidden/i.test(attributes['state'] ?? ''),
          })
        }
      },
    },
    () => ({ is1904, sheets }),
  )
}

/** What the numbers of each cell style stand for, in the order in which cells name them. */
export function stylesReader(part: string): PartReader<NumberMeaning[]> {
  const codes = new Map<number, NumberMeaning>()
  const formats: number[] = []
  let isInCells = false
  return partReader(
    part,
    {
      open: (name, attributes) => {
        if (name === 'cellXfs') isInCells = true
        else if (name === 'numFmt') {
          // One that is longer than programs let anybody type shows nothing that is known here.
          const code = attributes['formatCode'] ?? ''
          if (codes.size < cellFormatsMax && code.length <= formatCodeMax)
            codes.set(Number(attributes['numFmtId']), meaningOfFormat(0, code))
        } else if (name === 'xf' && isInCells) {
          if (formats.length === cellFormatsMax) throw brokenPart(part, 'has too many cell formats')
          formats.push(Number(attributes['numFmtId'] ?? 0))
        }
      },
      close: (name) => {
        if (name === 'cellXfs') isInCells = false
      },
    },
    () => formats.map((id) => codes.get(id) ?? meaningOfFormat(id, undefined)),
  )
}

/** Control characters are written as `_x0007_`, and what looks like that as `_x005F_x0007_` (18.18.93). */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  // Halves of pairs are never written so: what looks like one is text.
  return text.replaceAll(/_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_/g, (_all, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
}

/** So many characters are kept in memory while the sheet is read; a million rows of people have fewer texts that differ. */
const sharedCharactersMax = 50_000_000

/** The texts that cells name by their number. */
export function sharedTextsReader(part: string): PartReader<string[]> {
  const texts: string[] = []
  let text = ''
  let characters = 0
  let isInText = false
  let phonetic = 0
  return partReader(
    part,
    {
      open: (name) => {
        if (name === 'si') text = ''
        else if (name === 'rPh') phonetic += 1
        isInText = name === 't' && phonetic === 0
      },
      text: (piece) => {
        if (isInText) text += piece
      },
      close: (name) => {
        if (name === 't') isInText = false
        else if (name === 'rPh') phonetic -= 1
        else if (name === 'si') {
          // What an empty one takes in memory counts too.
          characters += text.length + 16
          if (characters > sharedCharactersMax)
            throw fileFaulty(
              'WORKBOOK_TOO_LARGE',
              `The workbook holds more than ${sharedCharactersMax} characters of text. Save the sheet as "CSV UTF-8" and send that.`,
              1,
            )
          texts.push(unescaped(text))
        }
      },
    },
    () => texts,
  )
}

export interface SheetRow {
  /** The row of the sheet, from 1. */
  readonly line: number
  /** Up to the last one that is not empty; none of an empty row. */
  readonly cells: readonly string[]
  readonly dateCells: readonly number[]
}

/** What is odd about a sheet. */
export interface SheetDress {
  formulas: number
  hiddenRows: number
  mergedCells: number
}

export interface SheetReader extends PartReader<SheetRow[]> {
  readonly dress: SheetDress
  /** The rows that were read to their end since the last call. */
  rows(): SheetRow[]
}

const columnsOfSheet = 16_384
const rowCharactersMax = 1_000_000
/** What a cell shows that is a formula and has no value: its file was written by a program that cannot calculate. */
export const notCalculated = '#NOT_CALCULATED'

/** A sheet's rows, with every value as its author sees it. */
export function sheetReader(
  part: string,
  book: {
    readonly is1904: boolean
    readonly texts: readonly string[]
    readonly meanings: readonly NumberMeaning[]
  },
): SheetReader {
  const dress: SheetDress = { formulas: 0, hiddenRows: 0, mergedCells: 0 }
  let ready: SheetRow[] = []
  let line = 0
  let cells: string[] = []
  let dateCells: number[] = []
  let rowCharacters = 0
  let isInRow = false
  let place = -1
  let cellType = ''
  let style = 0
  let value = ''
  let hasValue = false
  let hasFormula = false
  /** Which texts belong to the cell: its value, or the text that stands in it. */
  let isTaken = false
  let phonetic = 0

  const openRow = (attributes: Readonly<Record<string, string>>): void => {
    const given = Number(attributes['r'] ?? line + 1)
    if (!Number.isInteger(given) || given <= line || given > rowsOfSheet)
      throw brokenPart(part, `has the row ${given} behind row ${line}`)
    line = given
    if (['1', 'true'].includes(attributes['hidden'] ?? '')) dress.hiddenRows += 1
    cells = []
    dateCells = []
    rowCharacters = 0
    place = -1
    isInRow = true
  }

  const openCell = (attributes: Readonly<Record<string, string>>): void => {
    const given = attributes['r'] === undefined ? place + 1 : columnOf(attributes['r'])
    if (given === undefined || given <= place || given >= columnsOfSheet)
      throw brokenPart(part, `has the cell ${attributes['r']} out of its place in row ${line}`)
    place = given
    cellType = attributes['t'] ?? 'n'
    style = Number(attributes['s'] ?? 0)
    value = ''
    hasValue = false
    hasFormula = false
  }

  const closeCell = (): void => {
    const { text, isDate } = cellText()
    if (text === '') return
    rowCharacters += text.length
    if (rowCharacters > rowCharactersMax)
      throw fileFaulty('ROW_TOO_LONG', `Row ${line} has more than 1,000,000 characters.`, line)
    while (cells.length < place) cells.push('')
    cells.push(text)
    if (isDate) dateCells.push(place)
  }

  const cellText = (): { readonly text: string; readonly isDate?: boolean } => {
    if (hasFormula && !hasValue) return { text: notCalculated }
    switch (cellType) {
      case 's': {
        if (!hasValue) return { text: '' }
        const shared = book.texts[Number(value)]
        if (shared === undefined) throw brokenPart(part, `names a text that is not there, in row ${line}`)
        return { text: shared }
      }
      case 'inlineStr':
      case 'str':
        return { text: unescaped(value) }
      case 'b':
        return { text: value === '' ? '' : value === '1' || value === 'true' ? 'TRUE' : 'FALSE' }
      case 'e':
        return { text: value }
      case 'd':
        return { text: value.replace(/T00:00(:00(\.0+)?)?Z?$/, '').replace('T', ' '), isDate: true }
      default: {
        const meaning = book.meanings[style] ?? { kind: 'number' }
        return {
          text: textOfNumber(value, meaning, book.is1904),
          isDate: meaning.kind === 'date' && value !== '',
        }
      }
    }
  }

  const reader = partReader(
    part,
    {
      open: (name, attributes) => {
        if (name === 'row') openRow(attributes)
        else if (!isInRow) {
          if (name === 'mergeCell') dress.mergedCells += 1
        } else if (name === 'c') openCell(attributes)
        else if (name === 'f') {
          hasFormula = true
          dress.formulas += 1
        } else if (name === 'rPh') phonetic += 1
        isTaken = isInRow && phonetic === 0 && (name === 'v' || name === 't')
        if (isTaken) hasValue = true
      },
      text: (piece) => {
        if (isTaken) value += piece
      },
      close: (name) => {
        isTaken = false
        if (name === 'rPh') phonetic -= 1
        else if (name === 'c' && isInRow) closeCell()
        else if (name === 'row') {
          isInRow = false
          ready.push({ line, cells, dateCells })
        }
      },
    },
    () => rows(),
  )

  const rows = (): SheetRow[] => {
    const taken = ready
    ready = []
    return taken
  }
  return { dress, rows, write: reader.write, end: reader.end }
}

/** From `AB12` to 27; undefined for what is no cell. */
function columnOf(reference: string): number | undefined {
  const letters = /^\$?([A-Z]{1,3})\$?\d+$/i.exec(reference)?.[1]?.toUpperCase()
  if (letters === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
