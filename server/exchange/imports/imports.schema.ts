/** Shapes of an import run (spec 50, A run). */
import { z } from 'zod'
import { employeeColumns, positionColumns } from './imports.columns.rules.ts'

export const importStatuses = [
  'RECEIVED',
  'PLANNING',
  'PLANNED',
  'HELD',
  'APPLYING',
  'COMPLETED',
  'FAILED',
  'SUPERSEDED',
  'REJECTED',
  'CANCELLED',
  'LAPSED',
] as const
export type ImportStatus = (typeof importStatuses)[number]

/** Why a plan waits for a person (spec 50, A run, 4). */
export const holdReasons = [
  'DEACTIVATIONS',
  'CREDENTIALS_INACTIVATED',
  'NEW_SOURCE',
  'OUT_OF_ORDER',
  'UNATTRIBUTABLE_ROWS',
  'REQUIREMENTS_REMOVED',
  'POSITION_EMPTIED',
  'HEADER_ONLY',
] as const
export type HoldReason = (typeof holdReasons)[number]

export const fileTypes = ['EMPLOYEE', 'POSITION', 'ATTACHMENT'] as const
/** People and credentials, requirements of positions, or an archive of documents. */
export type FileType = (typeof fileTypes)[number]

export const importNote = z.object({ code: z.string(), detail: z.string() })

export const importCounts = z.object({
  rows: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  warnings: z.int(),
  workersCreated: z.int(),
  workersUpdated: z.int(),
  workersDeactivated: z.int(),
  workersReactivated: z.int(),
  credentialsCreated: z.int(),
  credentialsUpdated: z.int(),
  credentialsDeactivated: z.int(),
  credentialsReactivated: z.int(),
  requirementsCreated: z.int(),
  requirementsUpdated: z.int(),
  requirementsRemoved: z.int(),
})
export type ImportCounts = z.infer<typeof importCounts>

/** What is wrong with the file as a whole; `line` and `column` where it is known. */
export const fileFault = z.object({
  code: z.string(),
  detail: z.string(),
  line: z.int().nullable(),
  column: z.string().nullable(),
})
export type FileFault = z.infer<typeof fileFault>

/** The attributes that `GET /imports/{id}` and `<stem>-summary.json` share. */
export const importAttributes = z.object({
  fileName: z.string(),
  fileType: z.enum(fileTypes),
  source: z.string(),
  mode: z.enum(['SNAPSHOT', 'UPSERT']),
  channel: z.string(),
  status: z.enum(importStatuses),
  planHash: z.string().nullable(),
  holdReasons: z.array(z.enum(holdReasons)),
  notes: z.array(importNote),
  counts: importCounts.partial(),
  deactivatedWorkerIds: z.array(z.string()),
  fault: fileFault.nullable(),
  supersededBy: z.string().nullable(),
  receivedAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
})
export type ImportAttributes = z.infer<typeof importAttributes>

/** A run with what other features need to serve it. */
export interface ImportRun extends ImportAttributes {
  readonly id: string
  readonly version: number
  readonly updatedAt: Date
  readonly fileId: string | null
  /** When its rows and its results file went, as old as they were. */
  readonly resultsExpiredAt: Date | null
  readonly resultsBlob: { readonly key: string; readonly bytes: number; readonly sha256: string } | null
}

const columnName = z
  .string()
  .min(1)
  .max(200)
  .refine(
    (text) => text.isWellFormed() && !text.includes('\0'),
    'must not hold a NUL character or half of a pair',
  )

/** Our column → the file's, where they are not called the same. */
const columnMapping = z.strictObject(
  Object.fromEntries(
    [
      ...new Set([
        ...employeeColumns.required,
        ...employeeColumns.optional,
        ...positionColumns.required,
        ...positionColumns.optional,
      ]),
    ].map((name) => [name, columnName.exactOptional()]),
  ),
)

function fromJson(text: string, { issues }: z.RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text)
  } catch {
    issues.push({
      code: 'custom',
      input: text,
      message: 'must be a JSON object from our columns to the file’s, like {"external_id": "Employee No"}',
    })
    return z.NEVER
  }
}

/** What comes with a file that a person brings. */
export const newImport = z.strictObject({
  source: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'must be 1 to 64 letters, digits, dots, dashes or underscores',
    )
    .optional()
    .describe('The system that it comes from. May be left out where the file’s name says it, as over SFTP.'),
  mode: z
    .enum(['UPSERT', 'SNAPSHOT'])
    .optional()
    .describe(
      '`UPSERT`, the default, changes what the file names; `SNAPSHOT` also deactivates who is missing.',
    ),
  fileType: z
    .enum(['EMPLOYEE', 'POSITION'])
    .optional()
    .describe('What the file is about. By default what its name says, else `EMPLOYEE`.'),
  mapping: z
    .string()
    .max(65_536)
    .transform(fromJson)
    .pipe(columnMapping)
    .optional()
    .describe(
      'A JSON object from our columns to the file’s, like `{"external_id": "Employee No"}`. Columns that it leaves out are found by our names and by common other words for them; the run’s `notes` tell which.',
    ),
  sheet: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The sheet of a workbook. By default the first that is not hidden.'),
})

export const rowStatuses = ['CREATED', 'UPDATED', 'UNCHANGED', 'REJECTED'] as const

export const importRowAttributes = z.object({
  row: z.int().describe('The data row, from 1.'),
  line: z.int().describe('The line of the file on which it begins.'),
  status: z.enum(rowStatuses),
  severity: z.enum(['OK', 'WARNING', 'ERROR']),
  messages: z.array(
    z.object({
      severity: z.enum(['WARNING', 'ERROR']),
      column: z.string(),
      value: z.string(),
      rule: z.string(),
      detail: z.string(),
    }),
  ),
  values: z
    .record(z.string(), z.string())
    .describe('What stands in the row, by column, under the names by which messages call the columns.'),
  mended: z.array(z.string()).describe('The columns whose values were mended since the file came.'),
  workerId: z.string().nullable(),
  credentialId: z.string().nullable(),
})
export type ImportRow = z.infer<typeof importRowAttributes>

/** A code that files used and that stands for nothing yet. */
export const proposalAttributes = z.object({
  code: z.string(),
  rows: z.int().describe('How many rows used it.'),
  credentialTypes: z.array(z.string()).describe('What it may mean, best first; may be empty.'),
  lastSeenAt: z.date(),
})
