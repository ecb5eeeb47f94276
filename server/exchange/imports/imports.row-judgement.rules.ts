/**
 * What is said about one row of a file, whatever its type: the values in it, read with an eye on odd characters, empty
 * places and dates that are none (spec 50, Files and A run, 2). Pure.
 */
import { parseLocalDate, type LocalDate } from '../../platform/local-date.ts'
import type { Columns } from './imports.columns.rules.ts'
import { formatNotRead } from './imports.xlsx-formats.rules.ts'

/** Every rule that a row can break, by itself or, in a manifest, by what it names. */
export type RowRule =
  | 'CELL_COUNT'
  | 'CONTROL_CHARACTER'
  | 'DATE'
  | 'EMAIL'
  | 'EXPIRES_BEFORE_ISSUE'
  | 'EXPIRY_MISSING'
  | 'FILE_DAMAGED'
  | 'FILE_MISSING'
  | 'FILE_PATH'
  | 'FILE_REFUSED'
  | 'FILE_TOO_LARGE'
  | 'FILE_UNREADABLE'
  | 'LINE_BREAK'
  | 'NUMBER_FORMAT'
  | 'REQUIRED'
  | 'SPREADSHEET_DATE'
  | 'SPREADSHEET_ERROR'
  | 'SPREADSHEET_FORMAT'
  | 'SPREADSHEET_NOTATION'
  | 'STATE_AGAINST_TYPE'
  | 'TOO_LONG'
  | 'AMBIGUOUS_CREDENTIAL'
  | 'UNKNOWN_CREDENTIAL'
  | 'UNKNOWN_STATE'
  | 'UNKNOWN_WORKER'
  | 'UNKNOWN_WORKER_TYPE'
  | 'UNMAPPED_LICENCE_TYPE'
  | 'YEAR_END'

export interface RowMessage {
  readonly severity: 'WARNING' | 'ERROR'
  readonly column: string
  readonly value: string
  readonly rule: RowRule
  /** What is wrong and how to mend it. */
  readonly detail: string
}

export interface RowRecord {
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  /** Places of the cells that a spreadsheet holds as dates. */
  readonly dateCells?: readonly number[]
}

const keyColumns = new Set(['external_id', 'licence_type', 'licence_number', 'license_code', 'position_id'])
const lengthMax = 200
const emailLengthMax = 254
// C0 and C1 controls but tab, line feed and carriage return.
// eslint-disable-next-line no-control-regex -- finding them is the point
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/
const lineBreak = /[\t\n\r]/
/** What a spreadsheet shows in place of a value that it does not have; number signs, of a column that is too narrow. */
const spreadsheetError =
  /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|NOT_CALCULATED|#{2,})$/i
/** How much of a value a message repeats. */
const shownMax = 100

/** Collects what is said about one row. A class, since the messages grow while the values are read, a million times over. */
export class RowJudgement {
  readonly messages: RowMessage[] = []
  rejected = false
  readonly #record: RowRecord
  readonly #columns: Columns
  readonly #isMisaligned: boolean

  constructor(record: RowRecord, columns: Columns) {
    this.#record = record
    this.#columns = columns
    const { length } = record.cells
    this.#isMisaligned = length !== columns.count
    if (this.#isMisaligned) {
      this.rejected = true
      this.#say(
        'ERROR',
        '',
        String(length),
        'CELL_COUNT',
        `The row has ${length} ${length === 1 ? 'value' : 'values'}, the header has ${columns.count}. Check its commas and quotes.`,
      )
      return
    }
    // In columns that are not used as well: the row goes into the results file whole.
    record.cells.forEach((cell, place) => {
      if (!controlCharacter.test(cell)) return
      this.reject(
        columns.names[place] || `column ${place + 1}`,
        cell,
        'CONTROL_CHARACTER',
        'The value has a control character that cannot be seen. Type it again.',
      )
    })
    for (const place of record.dateCells ?? []) {
      const column = columns.names[place] ?? ''
      // Whatever was typed there, "3-4" for example, is gone.
      if (keyColumns.has(column))
        this.reject(
          column,
          record.cells[place] ?? '',
          'SPREADSHEET_DATE',
          'The spreadsheet holds this value as a date. Format the column as text and type the value again.',
        )
    }
  }

  /** Whether the spreadsheet holds the value as a date, so that what was typed there is gone. */
  isDate(column: string): boolean {
    return (this.#record.dateCells ?? []).some((place) => this.#columns.names[place] === column)
  }

  reject(column: string, value: string, rule: RowRule, detail: string): void {
    this.rejected = true
    this.keepWithError(column, value, rule, detail)
  }

  warn(column: string, value: string, rule: RowRule, detail: string): void {
    if (!this.#isMisaligned) this.#say('WARNING', column, value, rule, detail)
  }

  /** An error that does not reject the row: it is kept, and stays to be mended. */
  keepWithError(column: string, value: string, rule: RowRule, detail: string): void {
    if (!this.#isMisaligned) this.#say('ERROR', column, value, rule, detail)
  }

  // Where the number of values is wrong, they stand under the wrong names: what else there is to say would mislead.
  #say(severity: RowMessage['severity'], column: string, value: string, rule: RowRule, detail: string): void {
    const shown = value.length > shownMax ? `${value.slice(0, shownMax)}…` : value
    this.messages.push({ severity, column, value: shown, rule, detail })
  }

  received(column: string): string {
    const place = this.#columns.at.get(column)
    return place === undefined ? '' : (this.#record.cells[place] ?? '')
  }

  /** The value without blanks around it, null when empty or not to be used; odd ones are judged on the way. */
  value(column: string): string | null {
    const raw = this.received(column)
    if (raw === '' || controlCharacter.test(raw)) return null
    const text = raw.trim()
    if (text === '') return null
    if (spreadsheetError.test(text)) {
      this.reject(
        column,
        text,
        'SPREADSHEET_ERROR',
        'The spreadsheet shows a fault here instead of a value. Mend its formula or column, or type the value.',
      )
      return null
    }
    if (text.startsWith(formatNotRead)) {
      this.reject(
        column,
        text.slice(formatNotRead.length),
        'SPREADSHEET_FORMAT',
        'The cell’s number format shows this number otherwise, with zeros in front or letters that are not in the value. Format the column as text and type the value as it is to be read.',
      )
      return null
    }
    const max = column === 'email' ? emailLengthMax : lengthMax
    if (text.length > max) {
      this.reject(
        column,
        text,
        'TOO_LONG',
        `The value has ${text.length} characters; at most ${max} are taken. Shorten it.`,
      )
      return null
    }
    // At the ends as well: a key goes back to its owner byte for byte, and there a line break would break the file.
    if (!lineBreak.test(raw)) return text
    if (keyColumns.has(column)) {
      this.reject(column, raw, 'LINE_BREAK', 'The value has a line break or tab in it. Remove it.')
      return null
    }
    this.warn(
      column,
      raw,
      'LINE_BREAK',
      'The value has a line break or tab in it; it was read as a blank. Remove it.',
    )
    return text.replace(/[\t\n\r]+/g, ' ')
  }

  /** Like `value`; empty rejects the row unless the organisation made the column optional. */
  required(column: string, optional: ReadonlySet<string>): string | null {
    const value = this.value(column)
    const raw = this.received(column)
    if (raw.trim() === '' && !controlCharacter.test(raw) && !optional.has(column)) {
      this.reject(column, '', 'REQUIRED', `${column} is empty. Give every row its ${column}.`)
    }
    return value
  }

  /** The date; one that is none, or lies beyond what the column can mean, rejects the row. */
  date(column: string, text: string | null): LocalDate | null {
    if (text === null) return null
    const date = parseLocalDate(text)
    const latest = column === 'dob' ? latestBirth : latestDate
    if (date !== undefined && date >= earliestDate && date <= latest) return date
    this.reject(column, text, 'DATE', date === undefined ? dateHelp(text) : yearHelp(column, text))
    return null
  }
}

/** No clock here, so that a plan made tomorrow is the same: these only find slips of the pen. */
const earliestDate = '1900-01-01'
const latestBirth = '2100-12-31'
const latestDate = '2199-12-31'

function yearHelp(column: string, text: string): string {
  const hint = column === 'expiry_date' ? ', or leave it empty if it does not expire' : ''
  return `The date ${text} cannot be meant. Check the year${hint}.`
}

function dateHelp(text: string): string {
  const turned = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text)
  if (turned) {
    const [, first = '', second = '', year = ''] = turned
    const [a, b] = [first.padStart(2, '0'), second.padStart(2, '0')]
    // Day before month, as Australia writes; the other way round only where that alone is a date.
    const guess = [`${year}-${b}-${a}`, `${year}-${a}-${b}`].find((one) => parseLocalDate(one) !== undefined)
    return `Dates are written YYYY-MM-DD${guess === undefined ? '' : `; "${text}" probably means ${guess}`}.`
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text} is no day of the calendar. Check month and day.`
  return `This is no date. Dates are written YYYY-MM-DD.`
}
