/** The header: which column is where (spec 50, Files). Names count without case and surrounding blanks. Pure. */
import { nearest } from '../../platform/nearest.ts'
import { nameColumns, type ColumnMapping } from './imports.column-mapping.rules.ts'
import { fileFaulty } from '../../platform/file-faults.ts'

export const employeeColumns = {
  required: [
    'external_id',
    'first_name',
    'last_name',
    'dob',
    'email',
    'position_id',
    'licence_type',
    'licence_number',
    'issue_date',
    'expiry_date',
  ],
  optional: ['middle_name', 'worker_type', 'state', 'mobile', 'job_title'],
} as const

export const positionColumns = {
  required: ['position_id', 'license_code'],
  optional: ['state'],
} as const

/** Of the manifest in an archive of documents. */
export const documentColumns = {
  required: ['external_id', 'licence_type', 'licence_number', 'file'],
  optional: [],
} as const

export interface Columns {
  /** Cells per row. */
  readonly count: number
  /** Every column's name as it counts (lower case, no blanks around it), in the file's order. */
  readonly names: readonly string[]
  /** Column name → place. Optional ones that the file lacks are not in it. */
  readonly at: ReadonlyMap<string, number>
  readonly notes: readonly { readonly code: string; readonly detail: string }[]
}

// C0 and C1 controls but tab, line feed and carriage return.
// eslint-disable-next-line no-control-regex -- finding them is the point
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/

/** More than any system exports, and fewer than a database query can give back in the results file. */
const columnsMax = 1_000

/**
 * Finds the columns. Another order, other case, blanks and further columns, named or not, are noted. Throws FILE_FAULTY for
 * a missing required column (all of them named, with what it may be called now), for one that stands twice, and for more
 * than 1,000.
 * @param mapping of a file that a person brought: other words for our columns are understood then, and what the mapping says
 */
export function findColumns(
  header: readonly string[],
  known: { readonly required: readonly string[]; readonly optional: readonly string[] },
  mapping?: ColumnMapping,
): Columns {
  const names = [...known.required, ...known.optional]
  const at = new Map<string, number>()
  const unknown: string[] = []
  if (header.length > columnsMax) {
    throw fileFaulty(
      'TOO_MANY_COLUMNS',
      `The header has ${header.length} columns; at most ${columnsMax} are taken. Check its commas and line end.`,
      1,
    )
  }
  const odd = header.findIndex((cell) => controlCharacter.test(cell) || !cell.isWellFormed())
  if (odd >= 0)
    throw fileFaulty(
      'CONTROL_CHARACTER',
      `The heading of column ${odd + 1} has a character that cannot be seen. Type it again.`,
      1,
      odd + 1,
    )
  const { names: counted, renamed } = mapping
    ? nameColumns(header, names, mapping)
    : { names: header.map((cell) => cell.trim().toLowerCase()), renamed: [] }
  counted.forEach((name, index) => {
    const earlier = at.get(name)
    // Spreadsheets leave nameless columns behind at the right: as many as they like.
    if (earlier !== undefined && name !== '') {
      throw fileFaulty(
        'DUPLICATE_COLUMN',
        `The column ${name} stands twice in the header (as number ${earlier + 1} and ${index + 1}). Remove or rename one of the two.`,
        1,
        name,
      )
    }
    at.set(name, index)
    if (!names.includes(name)) unknown.push(name)
  })
  const missing = known.required.filter((name) => !at.has(name))
  if (missing.length > 0) {
    const hints = missing.map((name) => {
      const near = nearest(
        name,
        unknown.filter((other) => other !== ''),
      )
      return near === undefined ? name : `${name} (is it "${near}"?)`
    })
    throw fileFaulty(
      'MISSING_COLUMN',
      `The header lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${hints.join(', ')}. Name every column as in the template.`,
      1,
      missing[0],
    )
  }
  const notes: { code: string; detail: string }[] = []
  if (renamed.length > 0)
    notes.push({
      code: 'COLUMNS_MAPPED',
      detail: `Read as: ${renamed.map(({ theirs, ours }) => `"${theirs.trim()}" = ${ours}`).join(', ')}.`,
    })
  if (unknown.length > 0)
    notes.push({
      code: 'UNKNOWN_COLUMNS',
      detail: `Columns not used: ${[...new Set(unknown)].map((name) => name || '(no name)').join(', ')}.`,
    })
  const order = known.required.map((name) => at.get(name) as number)
  if (order.some((place, index) => index > 0 && place < (order[index - 1] as number))) {
    notes.push({
      code: 'COLUMN_ORDER',
      detail: 'The columns stand in another order than in the template; they were found by name.',
    })
  }
  return {
    count: header.length,
    names: counted,
    at: new Map([...at].filter(([name]) => names.includes(name))),
    notes,
  }
}
