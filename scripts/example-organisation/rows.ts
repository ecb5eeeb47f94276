/** Rows of the export, and their writing: every value quoted, lines ended by CRLF, as the HR system does. */
import type { Person } from './workforce.ts'

export const columns = [
  'external_id',
  'pageup_id',
  'first_name',
  'middle_name',
  'last_name',
  'dob',
  'email',
  'position_id',
  'licence_type',
  'licence_number',
  'issue_date',
  'expiry_date',
  'worker_type',
  'state',
  'mobile',
  'job_title',
] as const
export type Row = Record<(typeof columns)[number], string>

/** One row per credential; one with empty licence fields for who has none. */
export function rowsOf(person: Person): Row[] {
  const row = (
    licence: Pick<Row, 'licence_type' | 'licence_number' | 'issue_date' | 'expiry_date'>,
  ): Row => ({
    external_id: person.externalId,
    pageup_id: person.recruitmentId,
    first_name: person.first,
    middle_name: person.middle,
    last_name: person.last,
    dob: person.birthDate,
    email: person.email,
    position_id: person.position.code,
    ...licence,
    worker_type: person.workerType,
    state: person.state,
    mobile: person.mobile,
    job_title: person.jobTitle,
  })
  if (person.credentials.length === 0)
    return [row({ licence_type: '', licence_number: '', issue_date: '', expiry_date: '' })]
  return person.credentials.map(({ code, number, issued, expires }) =>
    row({ licence_type: code, licence_number: number, issue_date: issued, expiry_date: expires ?? '' }),
  )
}

const line = (values: readonly string[]): string =>
  `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\r\n`

export function csv<Column extends string>(
  header: readonly Column[],
  rows: readonly Readonly<Record<Column, string>>[],
): string {
  return line(header) + rows.map((row) => line(header.map((column) => row[column]))).join('')
}
