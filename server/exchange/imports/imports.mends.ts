/** Rows that a person mended before the plan is applied: the file stays as it came, the plan is made of what they say. */
import { AppError } from '../../platform/errors.ts'
import { pointerOf } from '../../platform/faults.ts'
import { nearest } from '../../platform/nearest.ts'
import type { Columns } from './imports.columns.rules.ts'
import type { TableRecord } from './imports.table.schema.ts'

/** New values of a row by column, under the name by which messages call it. */
export type MendedValues = Readonly<Record<string, string>>

/** By row. */
export type Mends = ReadonlyMap<number, MendedValues>

/** The row as it was mended. A value of the sheet that was a date is what was typed now. */
export function mendedRecord(
  record: TableRecord,
  values: MendedValues | undefined,
  columns: Columns,
): TableRecord {
  if (values === undefined || record.cells.length !== columns.count) return record
  const places = new Map(Object.entries(values).map(([name, value]) => [columns.names.indexOf(name), value]))
  return {
    ...record,
    cells: record.cells.map((cell, place) => places.get(place) ?? cell),
    ...(record.dateCells === undefined
      ? {}
      : { dateCells: record.dateCells.filter((place) => !places.has(place)) }),
  }
}

/** A row's values by column; columns without a name are left out. */
export function valuesOf(cells: readonly string[], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name, place) => (name === '' ? [] : [[name, cells[place] ?? ''] as const])),
  )
}

/** Refuses with VALIDATION_FAILED values of columns that the file does not have, and any of a row that is not in columns. */
export function assertMendable(values: MendedValues, columns: Columns, cells: readonly string[]): void {
  if (cells.length !== columns.count)
    throw new AppError(
      'VALIDATION_FAILED',
      `The row has ${cells.length} values and the header ${columns.count}: nobody can tell which is which. Mend it in the file and send that again.`,
    )
  const errors = Object.keys(values)
    .filter((name) => name === '' || !columns.names.includes(name))
    .map((name) => {
      const near = nearest(name, columns.names)
      return {
        pointer: pointerOf(['values', name]),
        code: 'UNKNOWN_COLUMN',
        detail: `values.${name}: the file has no such column.${near === undefined ? '' : ` Is it ${near}?`}`,
      }
    })
  if (errors.length > 0)
    throw new AppError('VALIDATION_FAILED', errors.map(({ detail }) => detail).join(' '), { errors })
}
