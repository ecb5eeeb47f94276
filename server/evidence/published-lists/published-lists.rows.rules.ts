/** From the records of a published file to its rows. Pure. */
import { fileFaulty } from '../../platform/file-faults.ts'
import { parseLocalDate } from '../../platform/local-date.ts'
import { nearest } from '../../platform/nearest.ts'
import { foldText } from '../../platform/text.ts'
import { partsOf } from './names.tokens.rules.ts'
import type { DateOrder, ListColumn, ListReading, ListRow } from './published-lists.schema.ts'

export interface ListRecord {
  /** On which it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** Where each column stands. */
export type ListPlaces = ReadonlyMap<ListColumn, number>

const textMax = 2_000

/**
 * Finds the columns by their headings, without case and accents. Refuses (FILE_FAULTY) a heading that is not there, with the
 * nearest that is, and one that stands twice.
 */
export function placesOf(header: ListRecord, { columns }: ListReading): ListPlaces {
  const headings = header.cells.map((cell) => foldText(cell))
  const places = new Map<ListColumn, number>()
  for (const [column, heading] of Object.entries(columns) as [ListColumn, string][]) {
    const folded = foldText(heading)
    const at = headings.indexOf(folded)
    if (at < 0) {
      const near = nearest(
        folded,
        headings.filter((one) => one !== ''),
      )
      throw fileFaulty(
        'NO_COLUMN',
        `The file has no column "${heading}", which is to hold ${column}. ${near === undefined ? '' : `The nearest is "${near}". `}Its columns are: ${header.cells
          .map((cell) => cell.trim())
          .join(', ')
          .slice(0, 500)}. Send a file that has it, or mend settings.columns of the register's connector.`,
        header.line,
        heading,
      )
    }
    if (headings.lastIndexOf(folded) !== at)
      throw fileFaulty(
        'COLUMN_TWICE',
        `The column "${heading}" stands twice. Which one holds ${column}? Name them differently.`,
        header.line,
        heading,
      )
    places.set(column, at)
  }
  return places
}

/** A record as a row. Refuses (FILE_FAULTY) one with other than the header's number of cells, without a name, or with no such day. */
export function rowOf(record: ListRecord, width: number, places: ListPlaces, reading: ListReading): ListRow {
  const { line, cells } = record
  if (cells.length !== width)
    throw fileFaulty(
      'CELLS',
      `The row on line ${line} has ${cells.length} values where the header has ${width}. Put quotes around values with commas, and send the file again.`,
      line,
    )
  const text = (column: ListColumn): string | null => {
    const at = places.get(column)
    const value = at === undefined ? '' : (cells[at] ?? '').replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
    return value === '' ? null : value.slice(0, textMax)
  }
  const date = (column: ListColumn): string | null => {
    const value = text(column)
    if (value === null) return null
    const day = dayOf(value, reading.dateOrder)
    if (day !== null) return day
    throw fileFaulty(
      'DATE',
      `"${value.slice(0, 50)}" on line ${line}, column "${reading.columns[column] ?? column}", is no day in the order ${reading.dateOrder}. Mend it, or settings.dateOrder of the register's connector, and send the file again.`,
      line,
      reading.columns[column] ?? column,
    )
  }
  const isFamilyFirst = reading.nameOrder === 'FAMILY_FIRST'
  const full = text('fullName')
  const parts =
    full === null
      ? { family: text('familyName'), given: text('givenNames'), middle: text('middleNames') }
      : partsOf(full, isFamilyFirst)
  if (parts.family === null && parts.given === null)
    throw fileFaulty(
      'NO_NAME',
      `The row on line ${line} has no name. Mend it, or take it out, and send the file again.`,
      line,
    )
  const kind = text('kind')
  const isPerson =
    reading.personKinds.length === 0 ||
    reading.personKinds.some((word) => foldText(word) === foldText(kind ?? ''))
  return {
    ...parts,
    otherNames: (text('otherNames') ?? '')
      .split(reading.otherNamesSeparator)
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .slice(0, 20)
      .map((name) => partsOf(name, isFamilyFirst)),
    birthDate: date('birthDate'),
    suburb: text('suburb'),
    state: stateOf(text('state')),
    number: text('number'),
    reference: text('reference'),
    isPerson: isPerson && !(reading.personKinds.length === 0 && isOrganisation(full ?? parts.family ?? '')),
    status: text('status'),
    from: date('from'),
    until: openEnded.has(foldText(text('until') ?? '')) ? null : date('until'),
    details: text('details'),
  }
}

const openEnded = new Set([
  '',
  'permanent',
  'permanently',
  'indefinite',
  'indefinitely',
  'ongoing',
  'no end date',
  'n/a',
  '-',
])

/** Where nothing says what a row is, its name may. */
const isOrganisation = (name: string): boolean =>
  /\b(?:pty|ltd|limited|inc|incorporated|trust|corporation|llc|services|holdings|group)\b\.?/i.test(name)

const stateNames: Readonly<Record<string, string>> = {
  'new south wales': 'NSW',
  victoria: 'VIC',
  queensland: 'QLD',
  'western australia': 'WA',
  'south australia': 'SA',
  tasmania: 'TAS',
  'australian capital territory': 'ACT',
  'northern territory': 'NT',
}

/** As workers have it; one that is none of Australia's stays as it is. */
function stateOf(text: string | null): string | null {
  if (text === null) return null
  const folded = foldText(text).replaceAll('.', '')
  return stateNames[folded] ?? folded.toUpperCase()
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** 2026-04-03, 3/4/2026, 03.04.2026, 3 April 2026, 3-Apr-2026; null for what is no day. */
export function dayOf(text: string, order: DateOrder): string | null {
  const day = (year: string, month: string, date: string): string | null =>
    parseLocalDate(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`) ?? null
  const value = text.replace(/[T ]\d{1,2}:\d{2}.*$/, '').trim()
  const [, year, month, date] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(value) ?? []
  if (year !== undefined) return day(year, month ?? '', date ?? '')
  const [, first, second, last] = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(value) ?? []
  if (last !== undefined && order !== 'YMD')
    return order === 'DMY' ? day(last, second ?? '', first ?? '') : day(last, first ?? '', second ?? '')
  const [, of, word, ofYear] =
    /^(\d{1,2})(?:st|nd|rd|th)?[-\s]+([A-Za-z]{3,9})\.?,?[-\s]+(\d{4})$/.exec(value) ?? []
  const at = months.indexOf((word ?? '').slice(0, 3).toLowerCase())
  return at < 0 ? null : day(ofYear ?? '', String(at + 1), of ?? '')
}

/** What a row is known by from version to version: the publisher's reference, else what the person is called. */
export function identityOf(row: ListRow): string {
  if (row.reference !== null) return `reference:${foldText(row.reference)}`
  const words = [row.family, row.given, row.middle, row.birthDate, row.number]
  return `name:${words.map((word) => foldText(word ?? '')).join('|')}`
}

/** A number as it is compared: letters and figures only. */
export const foldNumber = (number: string | null): string | null =>
  number === null ? null : number.toUpperCase().replace(/[^A-Z0-9]/g, '') || null
