import { describe, expect, test } from 'vitest'
import { parseArchiveName, parseFileName } from './imports.file-names.rules.ts'

describe('names of archives of documents', () => {
  test('say source and time as others do', () => {
    expect(parseArchiveName('HRMS-ATT-20260129_143000.zip')).toEqual({
      kind: 'ATTACHMENT',
      source: 'HRMS',
      timestamp: { date: '2026-01-29', time: '14:30:00' },
    })
    expect(parseArchiveName('hrms-att-20260129.ZIP')).toMatchObject({ kind: 'ATTACHMENT', source: 'hrms' })
  })

  test.each([
    'HRMS-20260129.zip',
    'HRMS-ATT-20260129.csv',
    'HRMS-ATT-20260231.zip',
    'HRMS-ATT-20260129_250000.zip',
    'ATT-ATT-20260129.zip',
    'HRMS-POS-ATT-20260129.zip',
    'certificates.zip',
  ])('are refused as %s, with an example', (name) => {
    expect(parseArchiveName(name)).toEqual({
      fault: expect.stringContaining('HRMS-ATT-20260129_143000.zip') as string,
    })
  })
})

describe('file names', () => {
  test.each([
    ['HRMS-20260129_143000.csv', 'EMPLOYEE', 'HRMS', '2026-01-29', '14:30:00'],
    ['HRMS-20260129.csv', 'EMPLOYEE', 'HRMS', '2026-01-29', null],
    ['hrms-pos-20260129_143000.CSV', 'POSITION', 'hrms', '2026-01-29', '14:30:00'],
    ['HRMS-DELTA-20260129.csv', 'DELTA', 'HRMS', '2026-01-29', null],
    ['Pay.Global_1-x-20260129.csv', 'EMPLOYEE', 'Pay.Global_1-x', '2026-01-29', null],
    [`${'x'.repeat(64)}-20260129.csv`, 'EMPLOYEE', 'x'.repeat(64), '2026-01-29', null],
    ['POSITIONS-20260129.csv', 'EMPLOYEE', 'POSITIONS', '2026-01-29', null],
    ['A-20260101-20260129.csv', 'EMPLOYEE', 'A-20260101', '2026-01-29', null],
    ['HRMS-COMPLIANCE-20260129.csv', 'EMPLOYEE', 'HRMS-COMPLIANCE', '2026-01-29', null],
    ['A-20240229_235959.csv', 'EMPLOYEE', 'A', '2024-02-29', '23:59:59'],
  ])('%s', (name, kind, source, date, time) => {
    expect(parseFileName(name)).toEqual({ kind, source, timestamp: { date, time } })
  })
  test.each([
    'HRMS.csv',
    'constituents_20260129.csv',
    'HRMS-20260129_143000.txt',
    'HRMS-20260129_143000.csv.part',
    'HRMS-20260230.csv',
    'HRMS-20260129_250000.csv',
    'HRMS-20260129_146000.csv',
    'HRMS-20260129_1430.csv',
    'HRMS-260129.csv',
    '-20260129.csv',
    '.HRMS-20260129.csv',
    'HR MS-20260129.csv',
    'HRMS_20260129.csv',
    'POS-20260129.csv',
    'DELTA-20260129.csv',
    'ATT-20260129.csv',
    'HRMS-ATT-20260129.csv',
    'HRMS-POS-POS-20260129.csv',
    'HRMS_POS-20260129.csv',
    'HrmsDelta-20260129.csv',
    'HRMS.att-POS-20260129.csv',
    'HRMS-20250229.csv',
    'HRMS-00000101.csv',
    'HRMS-20260129_240000.csv',
    'HRMS-20260129_235960.csv',
    'HRMS-20260129 (1).csv',
    'compliance-DELTA-20260129.csv',
    'COMPLIANCE-20260129.csv',
    'HRMS-20260129.csv\n',
    `${'x'.repeat(65)}-20260129.csv`,
    '../HRMS-20260129.csv',
    '',
  ])('%j is refused, showing the right pattern', (name) => {
    expect(parseFileName(name)).toMatchObject({
      fault: expect.stringContaining('<source>-<YYYYMMDD_HHMMSS>.csv') as string,
    })
  })
})
