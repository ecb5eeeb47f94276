/**
 * One row of an employee file: read, normalised, judged by itself (spec 50, A run, 2). What needs more than one row is
 * judged set-wise afterwards. Pure; no rule depends on the day it runs.
 */
import { parseLocalDate, type LocalDate } from '../../platform/local-date.ts'
import {
  checkCredentialNumber,
  looksExcelDamaged,
} from '../../workforce/credential-types/credential-numbers.rules.ts'
import {
  jurisdictions,
  type CredentialTypeEntry,
} from '../../workforce/credential-types/credential-types.schema.ts'
import type { LicenceTypeAnswer } from '../../workforce/credential-types/licence-types.rules.ts'
import type { Columns } from './imports.columns.rules.ts'

export interface RowMessage {
  readonly severity: 'WARNING' | 'ERROR'
  readonly column: string
  readonly value: string
  readonly rule: string
  /** What is wrong and how to mend it. */
  readonly detail: string
}

export interface RowRecord {
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
}

export interface RowContext {
  readonly columns: Columns
  /** Required columns that the organisation lets be empty. */
  readonly optional: ReadonlySet<string>
  resolve(code: string): LicenceTypeAnswer
  typeOf(code: string): CredentialTypeEntry | undefined
}

export type WorkerType = 'EMPLOYEE' | 'CONTRACTOR' | 'VOLUNTEER' | 'STUDENT'

export interface EmployeeRow extends RowRecord {
  readonly rejected: boolean
  readonly messages: readonly RowMessage[]
  /** Null when empty or damaged: nobody can tell whose row it is. */
  readonly externalId: string | null
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly birthDate: LocalDate | null
  readonly email: string | null
  readonly positionCode: string | null
  readonly workerType: WorkerType | null
  readonly state: string | null
  readonly mobile: string | null
  readonly jobTitle: string | null
  readonly hasCredential: boolean
  /** These three exactly as received, byte for byte: the export's keys. */
  readonly externalIdReceived: string
  readonly licenceTypeReceived: string
  readonly licenceNumberReceived: string
  readonly number: string | null
  readonly numberNormalised: string | null
  readonly credentialType: string | null
  readonly jurisdiction: string | null
  readonly issueDate: LocalDate | null
  readonly expiryDate: LocalDate | null
}

const keyColumns = new Set(['external_id', 'licence_type', 'licence_number', 'license_code', 'position_id'])
const lengthMax = 200
const emailLengthMax = 254
// C0 and C1 controls but tab, line feed and carriage return.
// eslint-disable-next-line no-control-regex -- finding them is the point
const controlCharacter = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/
const lineBreak = /[\t\n\r]+/g
const emailShape = /^[^\s@,;<>"()]+@[^\s@.,;<>"()]+(?:\.[^\s@.,;<>"()]+)+$/

/** Collects what is said about one row. */
export class RowJudgement {
  readonly messages: RowMessage[] = []
  rejected = false
  readonly #record: RowRecord
  readonly #columns: Columns

  constructor(record: RowRecord, columns: Columns) {
    this.#record = record
    this.#columns = columns
    const { length } = record.cells
    if (length !== columns.count) {
      this.reject(
        '',
        String(length),
        'CELL_COUNT',
        `The row has ${length} values, the header has ${columns.count}. Check its commas and quotes.`,
      )
    }
  }

  reject(column: string, value: string, rule: string, detail: string): void {
    this.rejected = true
    this.messages.push({ severity: 'ERROR', column, value, rule, detail })
  }

  warn(column: string, value: string, rule: string, detail: string): void {
    this.messages.push({ severity: 'WARNING', column, value, rule, detail })
  }

  /** An error that does not reject the row: it is kept, and stays to be mended. */
  keepWithError(column: string, value: string, rule: string, detail: string): void {
    this.messages.push({ severity: 'ERROR', column, value, rule, detail })
  }

  received(column: string): string {
    const place = this.#columns.at.get(column)
    return place === undefined ? '' : (this.#record.cells[place] ?? '')
  }

  /** The value without blanks around it, null when empty; odd characters are judged on the way. */
  value(column: string): string | null {
    const raw = this.received(column)
    if (raw === '') return null
    if (controlCharacter.test(raw)) {
      this.reject(
        column,
        raw,
        'CONTROL_CHARACTER',
        'The value has a control character that cannot be seen. Type it again.',
      )
      return null
    }
    let text = raw.trim()
    if (text === '') return null
    if (text.length > (column === 'email' ? emailLengthMax : lengthMax)) {
      this.reject(
        column,
        `${text.slice(0, 40)}…`,
        'TOO_LONG',
        `The value has ${text.length} characters; at most ${lengthMax} are taken.`,
      )
      return null
    }
    if (lineBreak.test(text)) {
      lineBreak.lastIndex = 0
      if (keyColumns.has(column)) {
        this.reject(column, text, 'LINE_BREAK', 'The value has a line break or tab in it. Remove it.')
        return null
      }
      this.warn(
        column,
        text,
        'LINE_BREAK',
        'The value has a line break or tab in it; it was read as a blank.',
      )
      text = text.replace(lineBreak, ' ')
    }
    return text
  }

  /** Like `value`; empty rejects the row unless the organisation made the column optional. */
  required(column: string, optional: ReadonlySet<string>): string | null {
    const hasMessage = this.messages.length
    const value = this.value(column)
    if (value === null && this.messages.length === hasMessage && !optional.has(column)) {
      this.reject(column, '', 'REQUIRED', `${column} is empty. Give every row its ${column}.`)
    }
    return value
  }

  date(column: string, text: string | null): LocalDate | null {
    if (text === null) return null
    const date = parseLocalDate(text)
    if (date !== undefined && date >= '1900-01-01' && date <= '2199-12-31') return date
    this.reject(column, text, 'DATE', dateHelp(text, date !== undefined))
    return null
  }
}

function dateHelp(text: string, isFarAway: boolean): string {
  if (isFarAway) return `The date ${text} cannot be meant. Check the year.`
  const turned = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text)
  if (turned) {
    const [, day = '', month = '', year = ''] = turned
    const guess = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
    return `Dates are written YYYY-MM-DD${parseLocalDate(guess) ? `; "${text}" probably means ${guess}` : ''}.`
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text} is no day of the calendar. Check month and day.`
  return `"${text}" is no date. Dates are written YYYY-MM-DD.`
}

const workerTypes: Readonly<Record<string, WorkerType>> = {
  EMPLOYEE: 'EMPLOYEE',
  CONTRACTOR: 'CONTRACTOR',
  VOLUNTEER: 'VOLUNTEER',
  STUDENT: 'STUDENT',
}

export function employeeRow(record: RowRecord, context: RowContext): EmployeeRow {
  const judgement = new RowJudgement(record, context.columns)
  const externalId = judgement.required('external_id', new Set())
  const isDamaged = externalId !== null && looksExcelDamaged(externalId)
  if (isDamaged)
    judgement.reject(
      'external_id',
      externalId,
      'SPREADSHEET_NOTATION',
      'A spreadsheet has turned this id into a rounded number. Format the column as text and export again.',
    )
  const person = readPerson(judgement, context)
  const credential = readCredential(judgement, context)
  return {
    ...record,
    ...person,
    ...credential,
    externalId: isDamaged ? null : externalId,
    externalIdReceived: judgement.received('external_id'),
    rejected: judgement.rejected,
    messages: judgement.messages,
  }
}

type Person = Pick<
  EmployeeRow,
  | 'firstName'
  | 'middleName'
  | 'lastName'
  | 'birthDate'
  | 'email'
  | 'positionCode'
  | 'workerType'
  | 'state'
  | 'mobile'
  | 'jobTitle'
>

function readPerson(judgement: RowJudgement, { optional }: RowContext): Person {
  const firstName = judgement.value('first_name')
  const lastName = judgement.value('last_name')
  // Many people have one name only: one of the two may be empty.
  if (firstName === null && lastName === null && !(optional.has('first_name') && optional.has('last_name'))) {
    judgement.reject(
      'last_name',
      '',
      'REQUIRED',
      'first_name and last_name are both empty. Give at least one of them.',
    )
  }
  const email = judgement.required('email', optional)
  const hasEmail = email !== null && emailShape.test(email)
  if (email !== null && !hasEmail)
    judgement.reject('email', email, 'EMAIL', 'This is no e-mail address. Write it like name@example.com.')
  const positionCode = judgement.required('position_id', optional)
  const isDamaged = positionCode !== null && looksExcelDamaged(positionCode)
  if (isDamaged)
    judgement.reject(
      'position_id',
      positionCode,
      'SPREADSHEET_NOTATION',
      'A spreadsheet has turned this id into a rounded number. Format the column as text and export again.',
    )
  return {
    firstName,
    lastName,
    middleName: judgement.value('middle_name'),
    birthDate: judgement.date('dob', judgement.required('dob', optional)),
    email: hasEmail ? email : null,
    positionCode,
    workerType: readWorkerType(judgement),
    state: readState(judgement),
    mobile: judgement.value('mobile'),
    jobTitle: judgement.value('job_title'),
  }
}

function readWorkerType(judgement: RowJudgement): WorkerType | null {
  const text = judgement.value('worker_type')
  if (text === null) return null
  const known = workerTypes[text.toUpperCase()]
  if (known) return known
  judgement.warn(
    'worker_type',
    text,
    'UNKNOWN_WORKER_TYPE',
    `"${text}" is none of ${Object.keys(workerTypes).join(', ')}; it stays unknown.`,
  )
  return null
}

function readState(judgement: RowJudgement): string | null {
  const text = judgement.value('state')
  if (text === null) return null
  const state = text.toUpperCase()
  if ((jurisdictions as readonly string[]).includes(state)) return state
  judgement.warn(
    'state',
    text,
    'UNKNOWN_STATE',
    `"${text}" is none of ${jurisdictions.join(', ')}; it stays unknown.`,
  )
  return null
}

type Credential = Pick<
  EmployeeRow,
  | 'hasCredential'
  | 'licenceTypeReceived'
  | 'licenceNumberReceived'
  | 'number'
  | 'numberNormalised'
  | 'credentialType'
  | 'jurisdiction'
  | 'issueDate'
  | 'expiryDate'
>

const licenceColumns = ['licence_type', 'licence_number', 'issue_date', 'expiry_date']

function readCredential(judgement: RowJudgement, context: RowContext): Credential {
  const received = {
    licenceTypeReceived: judgement.received('licence_type'),
    licenceNumberReceived: judgement.received('licence_number'),
  }
  const none = {
    ...received,
    hasCredential: false,
    number: null,
    numberNormalised: null,
    credentialType: null,
    jurisdiction: null,
    issueDate: null,
    expiryDate: null,
  }
  if (licenceColumns.every((column) => judgement.received(column).trim() === '')) return none

  const mandatory = new Set<string>()
  const code = judgement.required('licence_type', mandatory)
  const number = judgement.required('licence_number', mandatory)
  const issueDate = judgement.date('issue_date', judgement.required('issue_date', context.optional))
  const expiryDate = judgement.date('expiry_date', judgement.value('expiry_date'))
  if (issueDate !== null && expiryDate !== null && expiryDate < issueDate) {
    judgement.reject(
      'expiry_date',
      expiryDate,
      'EXPIRES_BEFORE_ISSUE',
      `It would expire before it was issued (${issueDate}). Check both dates.`,
    )
  }
  const type = code === null ? undefined : readType(judgement, context, code)
  const numberNormalised = number === null ? null : readNumber(judgement, number, type)
  if (type && !type.mayLackExpiry && judgement.received('expiry_date').trim() === '') {
    judgement.warn(
      'expiry_date',
      '',
      'EXPIRY_MISSING',
      `A ${type.name} expires; without the date it cannot turn green.`,
    )
  }
  return {
    ...received,
    hasCredential: true,
    number,
    numberNormalised,
    credentialType: type?.code ?? null,
    jurisdiction: type?.jurisdiction ?? null,
    issueDate,
    expiryDate,
  }
}

function readType(
  judgement: RowJudgement,
  context: RowContext,
  code: string,
): CredentialTypeEntry | undefined {
  const answer = context.resolve(code)
  if (answer.credentialType !== null) {
    const type = context.typeOf(answer.credentialType)
    if (type) return type
  }
  const proposals = answer.credentialType === null ? answer.proposals : []
  judgement.reject('licence_type', code, 'UNMAPPED_LICENCE_TYPE', unmapped(code, proposals))
  return undefined
}

export function unmapped(code: string, proposals: readonly string[]): string {
  const hint = proposals.length > 0 ? ` It may be ${proposals.join(' or ')}.` : ''
  return `The code "${code}" has no mapping to a credential type.${hint} Set one and send the row again.`
}

function readNumber(
  judgement: RowJudgement,
  number: string,
  type: CredentialTypeEntry | undefined,
): string | null {
  if (looksExcelDamaged(number)) {
    judgement.reject(
      'licence_number',
      number,
      'SPREADSHEET_NOTATION',
      'A spreadsheet has turned this number into a rounded one. Format the column as text and export again.',
    )
    return null
  }
  if (!type) return null
  const { normalised, fault } = checkCredentialNumber(type, number)
  if (normalised === '') {
    judgement.reject('licence_number', number, 'NUMBER_FORMAT', 'There is no number in this value.')
    return null
  }
  if (fault?.firmness === 'firm') judgement.reject('licence_number', number, 'NUMBER_FORMAT', fault.detail)
  else if (fault) judgement.warn('licence_number', number, 'NUMBER_FORMAT', fault.detail)
  return normalised
}
