/** Rows of a run whose rows are documents: each is written when it is done (the table `import_rows`). */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { RowMessage } from './imports.row-judgement.rules.ts'
import type { ImportCounts } from './imports.schema.ts'

export interface DoneRow {
  readonly row: number
  readonly line: number
  readonly cells: readonly string[]
  readonly status: 'CREATED' | 'UNCHANGED' | 'REJECTED'
  readonly messages: readonly RowMessage[]
  readonly workerId: string | null
  readonly credentialId: string | null
}

export async function insertDoneRow(
  { tx, organisationId }: WriteContext,
  runId: string,
  done: DoneRow,
): Promise<void> {
  const severity = done.messages.some((message) => message.severity === 'ERROR')
    ? 'ERROR'
    : done.messages.length > 0
      ? 'WARNING'
      : 'OK'
  await tx.run(sql`insert into import_rows (organisation_id, run_id, "row", line, cells, row_status, row_severity, messages, worker_id, credential_id)
    values (${organisationId}, ${runId}, ${done.row}, ${done.line}, ${done.cells}::text[], ${done.status}, ${severity},
      ${JSON.stringify(done.messages)}::jsonb, ${done.workerId}, ${done.credentialId})`)
}

/** The numbers of the rows that are done. */
export async function doneRows({ tx, organisationId }: ReadContext, runId: string): Promise<Set<number>> {
  const rows = await tx.rows<{ row: number }>(
    sql`select "row" from import_rows where organisation_id = ${organisationId} and run_id = ${runId}`,
  )
  return new Set(rows.map(({ row }) => row))
}

export async function countDone({ tx, organisationId }: ReadContext, runId: string): Promise<ImportCounts> {
  const counts = await tx.one<Pick<ImportCounts, 'rows' | 'created' | 'unchanged' | 'rejected' | 'warnings'>>(
    sql`select count(*)::int as rows, count(*) filter (where row_status = 'CREATED')::int as created,
      count(*) filter (where row_status = 'UNCHANGED')::int as unchanged,
      count(*) filter (where row_status = 'REJECTED')::int as rejected,
      count(*) filter (where row_severity = 'WARNING')::int as warnings
    from import_rows where organisation_id = ${organisationId} and run_id = ${runId}`,
  )
  return {
    ...counts,
    updated: 0,
    workersCreated: 0,
    workersUpdated: 0,
    workersDeactivated: 0,
    workersReactivated: 0,
    credentialsCreated: 0,
    credentialsUpdated: 0,
    credentialsDeactivated: 0,
    credentialsReactivated: 0,
    requirementsCreated: 0,
    requirementsUpdated: 0,
    requirementsRemoved: 0,
  }
}
