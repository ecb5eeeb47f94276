/** From a stored file to `import_stage`: read, judge row by row, copy. Memory is bounded by a batch of rows. */
import type { WriteContext } from '../../platform/context.ts'
import type { BlobStore } from '../../platform/storage/storage.ts'
import { foldText } from '../../platform/text.ts'
import { foldedFamilyName } from '../../workforce/workers/workers.names.rules.ts'
import type { OrganisationSettings } from '../../tenancy/organisations/organisations.schema.ts'
import type { Catalogue } from '../../workforce/credential-types/credential-types.schema.ts'
import {
  resolveLicenceType,
  type LicenceTypeAnswer,
} from '../../workforce/credential-types/licence-types.rules.ts'
import type { GivenWorkerFields } from '../../workforce/workers/workers.ts'
import { employeeColumns, findColumns, positionColumns, type Columns } from './imports.columns.rules.ts'
import { openCsv, type CsvRecord, type Note } from './imports.csv.ts'
import { positionRow } from './imports.position-rows.rules.ts'
import { employeeRow, type EmployeeRow, type RowContext } from './imports.rows.rules.ts'
import {
  stageRequirements,
  stageRows,
  type StagedRequirement,
  type StagedRow,
} from './imports.stage.store.ts'
import type { RunRow } from './imports.store.ts'

export interface StagedFile {
  readonly header: readonly string[]
  readonly notes: readonly Note[]
  /** Which optional columns of people the file speaks of. */
  readonly given: GivenWorkerFields
}

export interface StageContext {
  readonly settings: OrganisationSettings
  readonly mappings: ReadonlyMap<string, string>
  readonly catalogue: Catalogue
}

/** Reads the run's file into `import_stage`. Throws FILE_FAULTY for a fault of the file as a whole. */
export async function stageFile(
  ctx: WriteContext,
  storage: BlobStore,
  run: RunRow,
  given: StageContext,
): Promise<StagedFile> {
  const reader = await storage.open(ctx.organisationId, run.blob_key)
  try {
    const csv = await openCsv(reader.stream(), {
      rowsMax: given.settings['import.maxRows'],
      bytesMax: given.settings['import.maxBytes'],
    })
    const isEmployee = run.file_kind === 'EMPLOYEE'
    const columns = findColumns(csv.header, isEmployee ? employeeColumns : positionColumns)
    const rules = rowContext(columns, given)
    const taken = { states: 0 }
    if (isEmployee)
      await stageRows(
        ctx,
        mapped(csv.batches, (record) => stagedRow(employeeRow(record, rules))),
      )
    else {
      await stageRequirements(
        ctx,
        mapped(csv.batches, (record): StagedRequirement => {
          const row = positionRow(record, rules)
          if (row.isStateTaken) taken.states += 1
          return row
        }),
      )
    }
    const notes = [...columns.notes, ...csv.notes()]
    if (taken.states > 0)
      notes.push({
        code: 'STATE_TAKEN',
        detail: `On ${taken.states} rows the state was taken from the credential type.`,
      })
    return { header: csv.header, notes, given: fieldsOf(columns) }
  } finally {
    await reader.close()
  }
}

function rowContext(columns: Columns, { settings, mappings, catalogue }: StageContext): RowContext {
  // A file names a handful of codes on thousands of rows.
  const answers = new Map<string, LicenceTypeAnswer>()
  return {
    columns,
    optional: new Set(settings['import.optional']),
    resolve: (code) => {
      const known = answers.get(code)
      if (known) return known
      const answer = resolveLicenceType(code, mappings, catalogue)
      if (answers.size < 10_000) answers.set(code, answer)
      return answer
    },
    typeOf: (code) => catalogue.types.get(code),
  }
}

function fieldsOf(columns: Columns): GivenWorkerFields {
  return {
    middleName: columns.at.has('middle_name'),
    workerType: columns.at.has('worker_type'),
    state: columns.at.has('state'),
    mobile: columns.at.has('mobile'),
    jobTitle: columns.at.has('job_title'),
  }
}

async function* mapped<Row>(
  batches: AsyncIterable<readonly CsvRecord[]>,
  map: (record: CsvRecord) => Row,
): AsyncGenerator<Row[]> {
  for await (const batch of batches) yield batch.map(map)
}

function stagedRow(row: EmployeeRow): StagedRow {
  const displayName =
    [row.firstName, row.lastName].filter((name) => name !== null).join(' ') ||
    (row.email ?? row.externalId ?? '')
  return {
    ...row,
    displayName,
    displayNameFolded: foldText(displayName),
    familyNameFolded: foldedFamilyName(row.lastName, displayName),
    emailFolded: row.email?.toLowerCase() ?? null,
  }
}
