import { expect, test } from 'vitest'
import {
  documentColumns,
  employeeColumns,
  findColumns,
  positionColumns,
} from '../imports/imports.columns.rules.ts'
import { parseArchiveName, parseFileName } from '../imports/imports.file-names.rules.ts'
import { templates } from './file-exchange.templates.ts'

const textOf = (name: string): string => templates.find((one) => one.name === name)?.content.toString() ?? ''
const cells = (line: string): string[] => line.split(',').map((cell) => cell.slice(1, -1))

test.each([
  ['employees-template.csv', employeeColumns],
  ['changes-template.csv', employeeColumns],
  ['positions-template.csv', positionColumns],
  ['documents-template.csv', documentColumns],
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
    const [example] = /HRMS[A-Z-]*-\d{8}_\d{6}\.(?:csv|zip)/.exec(readme) ?? []
    const [what] = name.split('-') as [string]
    const parse = what === 'documents' ? parseArchiveName : parseFileName
    expect(parse(example as string)).toMatchObject({
      kind: { changes: 'DELTA', documents: 'ATTACHMENT', employees: 'EMPLOYEE', positions: 'POSITION' }[what],
    })
  }
})

test('the optional columns are named where people look for them', () => {
  for (const column of employeeColumns.optional) expect(textOf('employees-README.txt')).toContain(column)
})
