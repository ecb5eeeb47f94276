/** What lies in `/templates`: per file type a CSV with the columns, and a README (spec 50, Server). Made, not stored. */

export interface Template {
  readonly name: string
  readonly content: Buffer
}

/** When the texts below last changed: shown as the files' time, so that clients that compare times fetch them once. */
export const templatesRevisedAt = new Date('2026-01-01T00:00:00Z')

export const employeeColumns = [
  'external_id',
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
]
export const positionColumns = ['position_id', 'license_code', 'state']

const csvLine = (values: readonly string[]): string => `${values.map((value) => `"${value}"`).join(',')}\n`

const employeeExample = [
  'EMP001',
  'Sarah',
  'Jane',
  'Chen',
  '1992-03-15',
  'sarah.chen@example.com',
  'RN-001',
  'AHPRA',
  'NMW0001234567',
  '2020-06-01',
  '2026-05-31',
]

const formText = `Form of every file
  UTF-8, comma between values, values in double quotes, first line = column names.
  Dates are YYYY-MM-DD. An empty value is "".
  The timestamp in the name is YYYYMMDD_HHMMSS or YYYYMMDD, in your organisation's time zone.
`

const afterText = `What happens then
  The file is read shortly after it has arrived, or on your organisation's schedule.
  Taken: it moves to /upload/archive.
  Held: it waits in /upload until somebody approves or rejects it; a newer one of its kind takes its place.
  Not taken: it stays in /upload and is not tried again until you send it anew.
  Either way /download/results holds <name>-summary.json, and <name>-results.csv with what became of every row.
  A name that is not understood: /download/results/<file name>-error.json says why.
  Processed files are kept 30 days, results and exports 90, unless your organisation has set it otherwise.
  To cancel a file that has not been read yet, delete it.
`

const employeesText = `People and their credentials: all of them

Put the file into /upload as <source>-<timestamp>.csv, for example HRMS-20260129_143000.csv.
<source> names the system that it comes from: keep it the same from file to file.

The file is a whole: people of this source whom it does not name become inactive.
One line per credential; a person with several credentials stands on several lines, with the same personal data on each.
A person without credentials has one line with the four licence columns empty.

Columns
  external_id     your own number of the person
  first_name, last_name, middle_name (optional)
  dob             date of birth
  email           unique among your people
  position_id     your own code of the position
  licence_type    your own code of the credential type
  licence_number
  issue_date
  expiry_date     empty where the credential does not expire
Also understood: worker_type (EMPLOYEE, CONTRACTOR, VOLUNTEER, STUDENT), state, mobile, job_title.

Example
${csvLine(employeeColumns)}${csvLine(employeeExample)}
`

const changesText = `People and their credentials: changes only

Put the file into /upload as <source>-DELTA-<timestamp>.csv, for example HRMS-DELTA-20260129_143000.csv.

Same columns as the full file (see employees-README.txt). Only the people on it are touched; nobody becomes inactive.
Every such file is applied, in the order of arrival. Good for mending rejected rows: correct the lines of a
results file and send them again; its extra columns do no harm.
`

const positionsText = `Which credentials a position requires

Put the file into /upload as <source>-POS-<timestamp>.csv, for example HRMS-POS-20260129_143000.csv.

The file is a whole: it replaces all requirements that this source sent before. One line per position and licence code.

Columns
  position_id     as in the file of people
  license_code    as licence_type in the file of people
  state (optional)  NSW, VIC, QLD, WA, SA, TAS, ACT or NT, where the licence is a state's

Example
${csvLine(positionColumns)}${csvLine(['RN-001', 'AHPRA', ''])}${csvLine(['RN-001', 'VICWWC', 'VIC'])}
`

const documentColumns = ['external_id', 'licence_type', 'licence_number', 'file']

const documentsText = `Documents of credentials

Put a ZIP archive into /upload/attachments as <source>-ATT-<timestamp>.zip, for example HRMS-ATT-20260129_143000.zip.

In it are the documents and manifest.csv, which says whose each is: one line per document and credential.
JPEG, PNG, WebP, HEIC or PDF, each of at most 10 MB, at most 20 for one credential; no password, no archive in the archive.
The people and their credentials come first, in files of people of the same source.
A document that is there already is not taken twice, so an archive may be sent again.

Columns of manifest.csv (documents-template.csv has them)
  external_id     as in the file of people
  licence_type    as in the file of people
  licence_number  may be empty where the person has one credential of the type
  file            the document's name in the archive, beside manifest.csv

Example
${csvLine(documentColumns)}${csvLine(['EMP001', 'AHPRA', 'NMW0001234567', 'EMP001-ahpra.pdf'])}
`

const readme = (text: string): Buffer => Buffer.from(`${text}\n${formText}\n${afterText}`)

/** Sorted by name. */
export const templates: readonly Template[] = [
  { name: 'changes-README.txt', content: readme(changesText) },
  { name: 'changes-template.csv', content: Buffer.from(csvLine(employeeColumns)) },
  { name: 'documents-README.txt', content: readme(documentsText) },
  { name: 'documents-template.csv', content: Buffer.from(csvLine(documentColumns)) },
  { name: 'employees-README.txt', content: readme(employeesText) },
  { name: 'employees-template.csv', content: Buffer.from(csvLine(employeeColumns)) },
  { name: 'positions-README.txt', content: readme(positionsText) },
  { name: 'positions-template.csv', content: Buffer.from(csvLine(positionColumns)) },
]
