import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../workforce/credential-types/credential-types.ts'
import { resolveLicenceType } from '../../workforce/credential-types/licence-types.rules.ts'
import { employeeColumns, findColumns, positionColumns } from './imports.columns.rules.ts'
import { positionRow } from './imports.position-rows.rules.ts'
import { employeeRow, type EmployeeRow, type RowContext } from './imports.rows.rules.ts'

const catalogue = loadCatalogue()
const names = [...employeeColumns.required, ...employeeColumns.optional]
const good: Record<string, string> = {
  external_id: 'EMP001',
  first_name: 'Sarah',
  last_name: 'Chen',
  dob: '1992-03-15',
  email: 'sarah.chen@example.com',
  position_id: 'RN-001',
  licence_type: 'AHPRA',
  licence_number: 'NMW0001234567',
  issue_date: '2020-06-01',
  expiry_date: '2026-05-31',
  middle_name: '',
  worker_type: '',
  state: '',
  mobile: '',
  job_title: '',
}
const context = (optional: string[] = []): RowContext => ({
  columns: findColumns(names, employeeColumns),
  optional: new Set(optional),
  resolve: (code) => resolveLicenceType(code, new Map([['VICWWC', 'WWCC_VIC']]), catalogue),
  typeOf: (code) => catalogue.types.get(code),
})
const judge = (change: Record<string, string> = {}, optional: string[] = []): EmployeeRow =>
  employeeRow(
    { row: 1, line: 2, cells: names.map((name) => ({ ...good, ...change })[name] ?? '') },
    context(optional),
  )
const said = (row: EmployeeRow): string[] =>
  row.messages.map((message) => `${message.severity} ${message.column} ${message.rule}`)

describe('an employee row', () => {
  test('a good row has nothing to say', () => {
    expect(judge()).toMatchObject({
      rejected: false,
      messages: [],
      credentialType: 'AHPRA',
      numberNormalised: 'NMW0001234567',
      hasCredential: true,
    })
  })

  test.each(['external_id', 'dob', 'email', 'position_id', 'licence_type', 'licence_number', 'issue_date'])(
    '%s empty: rejected, naming it',
    (column) => {
      expect(said(judge({ [column]: '  ' }))).toEqual([`ERROR ${column} REQUIRED`])
      expect(judge({ [column]: '' }).rejected).toBe(true)
    },
  )
  test.each(['dob', 'email', 'position_id', 'issue_date'])(
    '%s empty is fine where the organisation says so',
    (column) => {
      expect(judge({ [column]: '' }, [column])).toMatchObject({ rejected: false, messages: [] })
    },
  )
  test('external_id is never optional', () => {
    expect(judge({ external_id: '' }, ['external_id']).rejected).toBe(true)
  })
  test('one of the names may be empty, not both', () => {
    expect(judge({ first_name: '' }).rejected).toBe(false)
    expect(judge({ last_name: '' }).rejected).toBe(false)
    expect(said(judge({ first_name: '', last_name: '' }))).toEqual(['ERROR last_name REQUIRED'])
  })
  test('all four licence values empty: a person without credentials', () => {
    expect(judge({ licence_type: '', licence_number: ' ', issue_date: '', expiry_date: '' })).toMatchObject({
      rejected: false,
      hasCredential: false,
      messages: [],
    })
  })
  test('no expiry: fine where the type allows it, else a warning', () => {
    expect(said(judge({ expiry_date: '' }))).toEqual(['WARNING expiry_date EXPIRY_MISSING'])
    expect(said(judge({ expiry_date: '', licence_type: 'RSA_QLD' }))).toEqual([])
  })

  test.each([
    ['2026-02-30', 'no day of the calendar'],
    ['31/05/2026', 'probably means 2026-05-31'],
    ['1/6/2026', 'probably means 2026-06-01'],
    ['05-31-2026', 'probably means 2026-05-31'],
    ['99/99/2026', 'YYYY-MM-DD'],
    ['20260531', 'YYYY-MM-DD'],
    ['46173', 'YYYY-MM-DD'],
    ['9999-12-31', 'Check the year'],
    ['2026-05-31T00:00:00', 'YYYY-MM-DD'],
  ])('the date %s is rejected and the help says %j', (date, help) => {
    const row = judge({ expiry_date: date })
    expect(row).toMatchObject({ rejected: true, expiryDate: null })
    expect(row.messages[0]?.detail).toContain(help)
  })
  test('expiry before issue', () => {
    expect(said(judge({ issue_date: '2026-06-01' }))).toEqual(['ERROR expiry_date EXPIRES_BEFORE_ISSUE'])
  })

  test.each(['=HYPERLINK("x")', '+61400000000', '-1', '@cmd'])(
    'the formula-looking value %s is data, kept and not spoken of',
    (value) => {
      expect(judge({ last_name: value, mobile: value })).toMatchObject({
        rejected: false,
        messages: [],
        lastName: value,
        mobile: value,
      })
    },
  )
  test.each([
    ['licence_number', '1.23E+09'],
    ['external_id', '1,23E+05'],
    ['position_id', '4E+10'],
  ])('%s damaged by a spreadsheet (%s) is rejected', (column, value) => {
    expect(said(judge({ [column]: value }))).toContain(`ERROR ${column} SPREADSHEET_NOTATION`)
  })
  test('a damaged external_id names nobody', () => {
    expect(judge({ external_id: '1.2E+5' }).externalId).toBeNull()
  })

  test.each(['\0', '\u0007', '\u001B', '\u007F', '\u0085'])(
    'the control character %j rejects the row',
    (character) => {
      expect(said(judge({ first_name: `Sa${character}rah` }))).toEqual(['ERROR first_name CONTROL_CHARACTER'])
    },
  )
  test('a control character in a column that is not used rejects the row as well', () => {
    const columns = findColumns([...names, 'pageup_id'], employeeColumns)
    const cells = [...names.map((name) => good[name] ?? ''), 'PU\0']
    expect(said(employeeRow({ row: 1, line: 2, cells }, { ...context(), columns }))).toEqual([
      'ERROR pageup_id CONTROL_CHARACTER',
    ])
  })
  test('an empty required value next to a damaged one: each is named for what it is', () => {
    expect(said(judge({ email: '\0', dob: '' }))).toEqual([
      'ERROR email CONTROL_CHARACTER',
      'ERROR dob REQUIRED',
    ])
  })
  test('a key with a line break at its end is rejected, since it goes back byte for byte', () => {
    expect(said(judge({ external_id: 'EMP001\n' }))).toEqual(['ERROR external_id LINE_BREAK'])
    expect(judge({ job_title: 'Nurse\n' })).toMatchObject({ rejected: false, jobTitle: 'Nurse' })
  })
  test.each([
    ['1899-12-31', true],
    ['1900-01-01', false],
    ['2101-01-01', true],
  ])('the birth date %s: rejected %s', (dob, rejected) => {
    expect(judge({ dob }).rejected).toBe(rejected)
  })
  test('a line break or tab becomes a blank with a warning, and rejects in key columns', () => {
    expect(judge({ first_name: 'Sarah\nJane' })).toMatchObject({ rejected: false, firstName: 'Sarah Jane' })
    expect(said(judge({ first_name: 'Sarah\tJane' }))).toEqual(['WARNING first_name LINE_BREAK'])
    expect(said(judge({ licence_number: 'NMW000\n1234567' }))).toEqual(['ERROR licence_number LINE_BREAK'])
  })

  test.each(['nobody', 'a@b', 'a b@example.com', '@example.com', 'a@@example.com', 'a@example..com'])(
    '%s is no e-mail',
    (email) => {
      expect(said(judge({ email }))).toEqual(['ERROR email EMAIL'])
    },
  )
  test.each(['o’brien@example.com', "o'brien+hr@example.com.au", 'José@example.com'])(
    '%s is one',
    (email) => {
      expect(judge({ email }).rejected).toBe(false)
    },
  )

  test('an unmapped type is rejected with the nearest', () => {
    const row = judge({ licence_type: 'RN-AHPRA' })
    expect(said(row)).toEqual(['ERROR licence_type UNMAPPED_LICENCE_TYPE'])
    expect(row.messages[0]?.detail).toContain('AHPRA')
  })
  test('a firm number format rejects, an advisory one warns', () => {
    expect(said(judge({ licence_number: 'NMW000123456' }))).toEqual(['ERROR licence_number NUMBER_FORMAT'])
    expect(said(judge({ licence_type: 'VICWWC', licence_number: 'ABC' }))).toEqual([
      'WARNING licence_number NUMBER_FORMAT',
    ])
  })
  // The facts on credential types: nurses and midwives 31 May, medical 30 September, others 30 November.
  test.each([
    ['NMW0001234567', '2026-05-31', []],
    ['MED0001234567', '2026-09-30', []],
    ['PSY0001234567', '2026-11-30', []],
    ['MED0001234567', '2026-05-31', ['WARNING expiry_date YEAR_END']],
    ['med 0001234567', '2026-05-31', ['WARNING expiry_date YEAR_END']],
    ['NMW0001234567', '2026-09-30', ['WARNING expiry_date YEAR_END']],
    ['PHA0001234567', '2026-05-31', ['WARNING expiry_date YEAR_END']],
    // Provisional and limited registrations end on their own anniversary.
    ['MED0001234567', '2026-08-17', []],
    // A profession that the catalogue does not know.
    ['XYZ0001234567', '2026-05-31', []],
  ])('%s until %s says %j of the calendar', (number, expires, expected) => {
    const row = judge({ licence_number: number, expiry_date: expires })
    expect(said(row)).toEqual(expected)
    expect(row.rejected).toBe(false)
  })
  test('a day of another profession is named together with the right one', () => {
    expect(judge({ licence_number: 'MED0001234567' }).messages[0]?.detail).toBe(
      'Numbers with MED end on 30 September; 31 May is the day of another profession. Check the date against the register.',
    )
  })
  test('only types with such days have them', () => {
    expect(said(judge({ licence_type: 'FIRST_AID', licence_number: 'MED0001234567' }))).toEqual([])
  })
  test('keys are kept exactly as received, numbers compared in one form', () => {
    expect(judge({ licence_number: ' nmw 0001234567 ', licence_type: ' AHPRA' })).toMatchObject({
      rejected: false,
      licenceNumberReceived: ' nmw 0001234567 ',
      licenceTypeReceived: ' AHPRA',
      numberNormalised: 'NMW0001234567',
    })
  })
  test('worker type and state: known without case, unknown ones stay unknown', () => {
    expect(judge({ worker_type: 'volunteer', state: 'vic' })).toMatchObject({
      workerType: 'VOLUNTEER',
      state: 'VIC',
      messages: [],
    })
    expect(judge({ worker_type: 'casual', state: 'Bavaria' })).toMatchObject({
      rejected: false,
      workerType: null,
      state: null,
    })
  })
  test('too few or too many values', () => {
    const short = employeeRow({ row: 1, line: 2, cells: ['EMP001'] }, context())
    expect(short).toMatchObject({ rejected: true, externalId: 'EMP001' })
    expect(said(short)).toEqual(['ERROR  CELL_COUNT'])
    expect(
      employeeRow({ row: 1, line: 2, cells: [...names.map((name) => good[name] ?? ''), 'more'] }, context()),
    ).toMatchObject({ rejected: true })
  })
  test('a value that is far too long', () => {
    expect(said(judge({ external_id: 'x'.repeat(201) }))).toEqual(['ERROR external_id TOO_LONG'])
    expect(judge({ external_id: 'x'.repeat(201) }).messages[0]?.value).toBe(`${'x'.repeat(100)}…`)
    expect(judge({ email: `${'x'.repeat(250)}@example.com` }).messages[0]?.detail).toContain('at most 254')
  })
})

describe('a position row', () => {
  const columns = findColumns(['position_id', 'license_code', 'state'], positionColumns)
  const judgePosition = (...cells: string[]): ReturnType<typeof positionRow> =>
    positionRow({ row: 1, line: 2, cells }, { ...context(), columns })
  test.each([
    [['RN-001', 'AHPRA', ''], { credentialType: 'AHPRA', jurisdiction: null, unresolvedReason: null }],
    [['RN-001', 'AHPRA', 'vic'], { credentialType: 'AHPRA', jurisdiction: 'VIC', state: 'VIC' }],
    [['RN-001', 'VICWWC', ''], { credentialType: 'WWCC_VIC', jurisdiction: 'VIC', isStateTaken: true }],
    [['RN-001', 'VICWWC', 'VIC'], { credentialType: 'WWCC_VIC', jurisdiction: 'VIC', isStateTaken: false }],
    [['RN-001', 'VICWWC', 'QLD'], { credentialType: null, unresolvedReason: 'BAD_STATE', rejected: false }],
    [['RN-001', 'AHPRA', 'XX'], { credentialType: null, unresolvedReason: 'BAD_STATE', rejected: false }],
    [
      ['RN-001', 'QLDWWC', 'QLD'],
      { credentialType: null, unresolvedReason: 'UNMAPPED_CODE', rejected: false },
    ],
    [['', 'AHPRA', ''], { rejected: true }],
    [['RN-001', '', ''], { rejected: true }],
    [['RN-001', 'AHPRA'], { rejected: true }],
  ])('%j', (cells, expected) => {
    expect(judgePosition(...cells)).toMatchObject(expected)
  })
})
