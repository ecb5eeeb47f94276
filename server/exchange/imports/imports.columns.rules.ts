/** The header: which column is where (spec 50, Files). Names count without case and surrounding blanks. Pure. */
import { AppError } from '../../platform/errors.ts'
import { nearest } from '../../platform/nearest.ts'

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

export interface Columns {
  /** Cells per row. */
  readonly count: number
  /** Column name → place. Optional ones that the file lacks are not in it. */
  readonly at: ReadonlyMap<string, number>
  readonly notes: readonly { readonly code: string; readonly detail: string }[]
}

/**
 * Finds the columns. Another order, other case, blanks and further columns are noted. Throws FILE_FAULTY for a missing
 * required column (all of them named, with what it may be called now) and for one that stands twice.
 */
export function findColumns(
  header: readonly string[],
  known: { readonly required: readonly string[]; readonly optional: readonly string[] },
): Columns {
  const names = [...known.required, ...known.optional]
  const at = new Map<string, number>()
  const unknown: string[] = []
  header.forEach((cell, index) => {
    const name = cell.trim().toLowerCase()
    if (at.has(name)) {
      throw new AppError(
        'FILE_FAULTY',
        `The column ${name} stands twice in the header. Remove or rename one of the two.`,
        {
          extra: { rule: 'DUPLICATE_COLUMN', line: 1, column: name },
        },
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
    throw new AppError(
      'FILE_FAULTY',
      `The header lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${hints.join(', ')}.`,
      {
        extra: { rule: 'MISSING_COLUMN', line: 1, column: missing[0] },
      },
    )
  }
  const notes: { code: string; detail: string }[] = []
  if (unknown.length > 0)
    notes.push({
      code: 'UNKNOWN_COLUMNS',
      detail: `Columns not used: ${unknown.map((name) => name || '(no name)').join(', ')}.`,
    })
  const order = known.required.map((name) => at.get(name) as number)
  if (order.some((place, index) => index > 0 && place < (order[index - 1] as number))) {
    notes.push({
      code: 'COLUMN_ORDER',
      detail: 'The columns stand in another order than in the template; they were found by name.',
    })
  }
  return { count: header.length, at: new Map([...at].filter(([name]) => names.includes(name))), notes }
}
