/**
 * One row of an employee file: read, normalised, judged by itself (spec 50, A run, 2). What needs more than one row is
 * judged set-wise afterwards. Pure; no rule depends on the day it runs.
 */
import type { LocalDate } from '../../platform/local-date.ts'
import {
  checkCredentialNumber,
  looksExcelDamaged,
} from '../../workforce/credential-types/credential-numbers.rules.ts'
import {
  jurisdictions,
  type CredentialTypeEntry,
} from '../../workforce/credential-types/credential-types.schema.ts'
import { yearEndFault } from '../../workforce/credential-types/credential-validity.rules.ts'
import type { LicenceTypeAnswer } from '../../workforce/credential-types/licence-types.rules.ts'
import { looksLikeEmail } from '../../workforce/workers/workers.schema.ts'
import type { Columns } from './imports.columns.rules.ts'
import { RowJudgement, type RowMessage, type RowRecord } from './imports.row-judgement.rules.ts'

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

const workerTypes: Readonly<Record<string, WorkerType>> = {
  EMPLOYEE: 'EMPLOYEE',
  CONTRACTOR: 'CONTRACTOR',
  VOLUNTEER: 'VOLUNTEER',
  STUDENT: 'STUDENT',
}

/**
 * Judges one row of an employee file. Total: whatever the row holds, it comes back with all its cells and what there is to
 * say about each. `rejected` when anything but a warning was said; fields that could not be read are null.
 */
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
    externalId: isDamaged || judgement.isDate('external_id') ? null : externalId,
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
  const hasEmail = email !== null && looksLikeEmail(email)
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
  const isComputed = type?.validity?.countsFromIssue === true && issueDate !== null
  if (type && !type.mayLackExpiry && !isComputed && judgement.received('expiry_date').trim() === '') {
    judgement.warn(
      'expiry_date',
      '',
      'EXPIRY_MISSING',
      `A ${type.name} expires; without the date it cannot turn green.`,
    )
  }
  if (type && numberNormalised !== null && expiryDate !== null) {
    const fault = yearEndFault(type, numberNormalised, expiryDate)
    if (fault !== undefined) judgement.warn('expiry_date', expiryDate, 'YEAR_END', fault)
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
