import { expect, test } from 'vitest'
import { employeeColumns, findColumns, positionColumns } from '../imports/imports.columns.rules.ts'
import { parseFileName } from '../imports/imports.file-names.rules.ts'
import { templates } from './file-exchange.templates.ts'

const textOf = (name: string): string => templates.find((one) => one.name === name)?.content.toString() ?? ''
const cells = (line: string): string[] => line.split(',').map((cell) => cell.slice(1, -1))

test.each([
  ['employees-template.csv', employeeColumns],
  ['changes-template.csv', employeeColumns],
  ['positions-template.csv', positionColumns],
])('%s is a header that the import takes without a note', (name, known) => {
  const lines = textOf(name).split('\n')
  expect(lines).toHaveLength(2)
  const columns = findColumns(cells(lines[0] as string), known)
  expect(columns.notes).toEqual([])
  expect(columns.at.size).toBe(columns.count)
})

test('every CSV has its README, whose example of a file name is understood', () => {
  for (const { name } of templates.filter((one) => one.name.endsWith('.csv'))) {
    const readme = textOf(name.replace('-template.csv', '-README.txt'))
    const [example] = /HRMS[A-Z-]*-\d{8}_\d{6}\.csv/.exec(readme) ?? []
    expect(parseFileName(example as string)).toMatchObject({
      kind: { changes: 'DELTA', employees: 'EMPLOYEE', positions: 'POSITION' }[name.split('-')[0] as string],
    })
  }
})

test('the optional columns are named where people look for them', () => {
  for (const column of employeeColumns.optional) expect(textOf('employees-README.txt')).toContain(column)
})
