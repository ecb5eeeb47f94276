/** From a stored file to `import_stage`: read, judge row by row, copy. Memory is bounded by a batch of rows. */
import type { WriteContext } from '../../platform/context.ts'
import type { BlobReader, BlobStore } from '../../platform/storage/storage.ts'
import { foldText } from '../../platform/text.ts'
import { foldedFamilyName } from '../../workforce/workers/workers.names.rules.ts'
import type { OrganisationSettings } from '../../tenancy/organisations/organisations.schema.ts'
import type { Catalogue } from '../../workforce/credential-types/credential-types.schema.ts'
import {
  resolveLicenceType,
  type LicenceTypeAnswer,
} from '../../workforce/credential-types/licence-types.rules.ts'
import type { GivenWorkerFields } from '../../workforce/workers/workers.ts'
import {
  documentColumns,
  employeeColumns,
  findColumns,
  positionColumns,
  type Columns,
} from './imports.columns.rules.ts'
import { openCsv } from './imports.csv.ts'
import { mendedRecord, type Mends } from './imports.mends.ts'
import { positionRow } from './imports.position-rows.rules.ts'
import { employeeRow, type EmployeeRow, type RowContext } from './imports.rows.rules.ts'
import {
  stageRequirements,
  stageRows,
  type StagedRequirement,
  type StagedRow,
} from './imports.stage.store.ts'
import type { RunRow } from './imports.store.ts'
import type { Note, TableFile, TableLimits, TableRecord } from './imports.table.schema.ts'
import { openXlsx } from './imports.xlsx.ts'

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
  /** What a person changed in the file's rows since it came. */
  readonly mends: Mends
}

const columnsOfKind = {
  EMPLOYEE: employeeColumns,
  POSITION: positionColumns,
  ATTACHMENT: documentColumns,
} as const

/** The columns that a file of this type has. */
export function columnsOf(header: readonly string[], run: RunRow): Columns {
  return findColumns(header, columnsOfKind[run.file_kind], run.column_mapping ?? undefined)
}

const archiveHead = 'PK\x03\x04'

/** A person may bring a workbook; what comes by itself is held to the guide, which asks for CSV. */
async function openTable(file: BlobReader, run: RunRow, limits: TableLimits): Promise<TableFile> {
  const isByHand = run.column_mapping !== null
  const head = isByHand ? (await file.read(0, archiveHead.length)).toString('latin1') : ''
  return head === archiveHead
    ? openXlsx(file, limits, run.sheet ?? undefined)
    : openCsv(file.stream(), limits)
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
    const table = await openTable(reader, run, {
      rowsMax: given.settings['import.maxRows'],
      bytesMax: given.settings['import.maxBytes'],
    })
    const columns = columnsOf(table.header, run)
    const { mends } = given
    const mended = (record: TableRecord): TableRecord =>
      mends.size === 0 ? record : mendedRecord(record, mends.get(record.row), columns)
    const rules = rowContext(columns, given)
    const taken = { states: 0 }
    if (run.file_kind === 'EMPLOYEE')
      await stageRows(
        ctx,
        mapped(table.batches, (record) => stagedRow(employeeRow(mended(record), rules))),
      )
    else {
      await stageRequirements(
        ctx,
        mapped(table.batches, (record): StagedRequirement => {
          const row = positionRow(mended(record), rules)
          if (row.isStateTaken) taken.states += 1
          return row
        }),
      )
    }
    const notes = [...columns.notes, ...table.notes()]
    if (taken.states > 0)
      notes.push({
        code: 'STATE_TAKEN',
        detail: `On ${taken.states} rows the state was taken from the credential type.`,
      })
    return { header: table.header, notes, given: fieldsOf(columns) }
  } finally {
    await reader.close()
  }
}

export function rowContext(
  columns: Columns,
  { settings, mappings, catalogue }: Omit<StageContext, 'mends'>,
): RowContext {
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
  batches: AsyncIterable<readonly TableRecord[]>,
  map: (record: TableRecord) => Row,
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
