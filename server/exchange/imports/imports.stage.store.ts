/** The rows of one file on their way into a plan: the temporary table `import_stage`, in the run's own transaction. */
import { escapeCopyArray, escapeCopyText } from '../../platform/db/copy-text.ts'
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** One row of an employee file after the pure rules, with what the set-wise plan needs beside it. */
export interface StagedRow {
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly rejected: boolean
  readonly messages: readonly object[]
  readonly externalId: string | null
  readonly externalIdReceived: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly displayName: string
  readonly displayNameFolded: string
  readonly familyNameFolded: string
  readonly birthDate: string | null
  readonly email: string | null
  readonly emailFolded: string | null
  readonly positionCode: string | null
  readonly workerType: string | null
  readonly state: string | null
  readonly mobile: string | null
  readonly jobTitle: string | null
  readonly hasCredential: boolean
  readonly licenceTypeReceived: string
  readonly licenceNumberReceived: string
  readonly number: string | null
  readonly numberNormalised: string | null
  readonly credentialType: string | null
  readonly jurisdiction: string | null
  readonly issueDate: string | null
  readonly expiryDate: string | null
}

export interface StagedRequirement {
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly rejected: boolean
  readonly messages: readonly object[]
  readonly positionCode: string | null
  readonly licenseCode: string | null
  readonly state: string
  readonly credentialType: string | null
  readonly jurisdiction: string | null
  readonly unresolvedReason: string | null
}

const rowColumns = [
  ['external_id', 'text collate "C"'],
  ['external_id_received', 'text collate "C"'],
  ['first_name', 'text'],
  ['middle_name', 'text'],
  ['last_name', 'text'],
  ['display_name', 'text'],
  ['display_name_folded', 'text'],
  ['family_name_folded', 'text'],
  ['birth_date', 'date'],
  ['work_email', 'text'],
  ['work_email_folded', 'text collate "C"'],
  ['position_code', 'text collate "C"'],
  ['worker_type', 'text'],
  ['state', 'text'],
  ['mobile', 'text'],
  ['job_title', 'text'],
  ['has_credential', 'boolean'],
  ['licence_type', 'text collate "C"'],
  ['licence_number', 'text collate "C"'],
  ['number', 'text'],
  ['number_normalised', 'text collate "C"'],
  ['credential_type', 'text collate "C"'],
  ['jurisdiction', 'text'],
  ['issue_date', 'date'],
  ['expiry_date', 'date'],
] as const

const requirementColumns = [
  ['position_code', 'text collate "C"'],
  ['license_code', 'text collate "C"'],
  ['state', 'text collate "C"'],
  ['credential_type', 'text'],
  ['jurisdiction', 'text'],
  ['unresolved_reason', 'text'],
] as const

const commonColumns = `"row" integer not null, line integer not null, cells text[] not null, rejected boolean not null, messages jsonb not null`

/** jsonb takes neither NUL nor half a surrogate pair; a message only shows the value, so a stand-in will do. */
function showable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\u2400').toWellFormed() : value
}

function head(row: StagedRow | StagedRequirement): string {
  return `${row.row}\t${row.line}\t${escapeCopyArray(row.cells)}\t${row.rejected ? 't' : 'f'}\t${
    row.messages.length === 0 ? '[]' : escapeCopyText(JSON.stringify(row.messages, showable))
  }`
}

function cell(value: string | boolean | null): string {
  if (value === null) return '\t\\N'
  if (typeof value === 'boolean') return value ? '\tt' : '\tf'
  return `\t${escapeCopyText(value)}`
}

async function* lines<Row>(
  batches: AsyncIterable<readonly Row[]>,
  line: (row: Row) => string,
): AsyncGenerator<Buffer> {
  for await (const batch of batches) {
    let text = ''
    for (const row of batch) text += line(row)
    yield Buffer.from(text)
  }
}

const largeFileRows = 500

async function stage(
  ctx: WriteContext,
  columns: readonly (readonly [string, string])[],
  source: AsyncIterable<Buffer>,
): Promise<void> {
  const definitions = columns.map(([name, type]) => `"${name}" ${type}`).join(', ')
  await ctx.tx.raw(`create temp table import_stage (${commonColumns}, ${definitions}) on commit drop`)
  const names = columns.map(([name]) => `"${name}"`).join(', ')
  await ctx.tx.copyIn(
    `copy import_stage ("row", line, cells, rejected, messages, ${names}) from stdin`,
    source,
  )
  const keys = columns
    .map(([name]) => name)
    .filter((name) => name.startsWith('external_id') || name === 'position_code')
  await ctx.tx.raw(`analyze import_stage (${keys.join(', ')})`)
  // Row-level security and tables that grew a moment ago leave the planner guessing "one row": for a large file a nested
  // loop over that guess takes hours where a hash join takes a second. For a few rows the loop over indexes is right.
  const { rows } = await ctx.tx.one<{ rows: number }>(sql`select count(*) as rows from import_stage`)
  if (rows >= largeFileRows) await ctx.tx.raw('set local enable_nestloop = off')
}

/** Fills `import_stage` from batches of employee rows, at PostgreSQL's COPY speed. */
export async function stageRows(
  ctx: WriteContext,
  batches: AsyncIterable<readonly StagedRow[]>,
): Promise<void> {
  await stage(
    ctx,
    rowColumns,
    lines(
      batches,
      (r) =>
        head(r) +
        cell(r.externalId) +
        cell(r.externalIdReceived) +
        cell(r.firstName) +
        cell(r.middleName) +
        cell(r.lastName) +
        cell(r.displayName) +
        cell(r.displayNameFolded) +
        cell(r.familyNameFolded) +
        cell(r.birthDate) +
        cell(r.email) +
        cell(r.emailFolded) +
        cell(r.positionCode) +
        cell(r.workerType) +
        cell(r.state) +
        cell(r.mobile) +
        cell(r.jobTitle) +
        cell(r.hasCredential) +
        cell(r.licenceTypeReceived) +
        cell(r.licenceNumberReceived) +
        cell(r.number) +
        cell(r.numberNormalised) +
        cell(r.credentialType) +
        cell(r.jurisdiction) +
        cell(r.issueDate) +
        cell(r.expiryDate) +
        '\n',
    ),
  )
}

/** Fills `import_stage` from batches of requirement rows. */
export async function stageRequirements(
  ctx: WriteContext,
  batches: AsyncIterable<readonly StagedRequirement[]>,
): Promise<void> {
  await stage(
    ctx,
    requirementColumns,
    lines(
      batches,
      (r) =>
        head(r) +
        cell(r.positionCode) +
        cell(r.licenseCode) +
        cell(r.state) +
        cell(r.credentialType) +
        cell(r.jurisdiction) +
        cell(r.unresolvedReason) +
        '\n',
    ),
  )
}
