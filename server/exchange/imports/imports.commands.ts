/** `vouchsafe import …` */
import { basename } from 'node:path'
import { AppError } from '../../platform/errors.ts'
import {
  requiredText,
  text,
  type CommandAnswer,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import { findOrganisation, settingsOf } from '../../tenancy/organisations/organisations.ts'
import type { ColumnMapping } from './imports.column-mapping.rules.ts'
import { newImport } from './imports.schema.ts'
import { approveRun, processRuns, receiveFile, runById, waitingRunByHash, type ImportRun } from './imports.ts'

/** A script must tell a file that waits for a person from one that is applied. */
const exitCodes: Readonly<Record<string, number>> = { FAILED: 1, HELD: 8 }
const underWay = ['RECEIVED', 'PLANNING', 'APPLYING']
const pollMs = 100

function modeOf(input: CommandInput): 'SNAPSHOT' | 'UPSERT' | undefined {
  const given = text(input, 'mode')?.toUpperCase()
  if (given === undefined) return undefined
  if (given === 'SNAPSHOT' || given === 'UPSERT') return given
  throw new AppError('COMMAND_INVALID', '--mode is either upsert or snapshot.')
}

function mappingOf(input: CommandInput): ColumnMapping | undefined {
  const result = newImport.shape.mapping.safeParse(text(input, 'mapping'))
  if (result.success) return result.data
  throw new AppError(
    'COMMAND_INVALID',
    `--mapping: ${result.error.issues.map(({ message }) => message).join(' ')}`,
  )
}

/** Works on the run until it has come to where it stops; the running server may be at it too. */
async function settled(
  { runtime, caller }: CommandContext,
  organisationId: string,
  id: string,
): Promise<ImportRun> {
  for (;;) {
    const run = await runtime.read(organisationId, caller, (ctx) => runById(ctx, id))
    const isWritten = run.resultsBlob !== null || !['HELD', 'PLANNED'].includes(run.status)
    if (!underWay.includes(run.status) && isWritten) return run
    await processRuns(runtime, organisationId, id)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

function describe(run: ImportRun): string {
  const { counts } = run
  const lines = [
    `${run.fileName}: ${run.status}${run.holdReasons.length > 0 ? ` (${run.holdReasons.join(', ')})` : ''}`,
  ]
  if (run.fault)
    lines.push(`  ${run.fault.detail}${run.fault.line === null ? '' : ` (line ${run.fault.line})`}`)
  else {
    lines.push(
      `  rows ${counts.rows}: ${counts.created} created, ${counts.updated} updated, ${counts.unchanged} unchanged, ${counts.rejected} rejected, ${counts.warnings} with warnings`,
    )
    lines.push(
      `  people: ${counts.workersCreated} new, ${counts.workersUpdated} changed, ${counts.workersDeactivated} deactivated, ${counts.workersReactivated} active again`,
    )
    lines.push(`  plan ${run.planHash}`)
  }
  if (run.status === 'HELD' || run.status === 'PLANNED')
    lines.push(
      `  Nothing was changed. To apply exactly this plan, run the command again with --apply ${run.planHash}`,
    )
  return lines.join('\n')
}

function answer(run: ImportRun): CommandAnswer {
  const { resultsBlob, resultsExpiredAt, fileId, version, updatedAt, ...attributes } = run
  return { output: attributes, text: describe(run), exitCode: exitCodes[run.status] ?? 0 }
}

export const importCommands: readonly CommandDefinition[] = [
  {
    path: 'import',
    summary:
      'Plan and apply a file of people and credentials, or of position requirements. Ends with 8 when it is held.',
    example: 'vouchsafe import --org "Sunrise Aged Care" people.csv --source HRMS --mode snapshot --plan',
    arguments: [{ name: 'file', description: 'the CSV or XLSX file' }],
    options: [
      { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true },
      { flags: '--source <source>', description: 'the system it comes from', isRequired: true },
      {
        flags: '--mode <mode>',
        description:
          'upsert changes what the file names; snapshot also deactivates who is missing (default upsert)',
      },
      { flags: '--sheet <sheet>', description: 'the sheet of a workbook (default the first)' },
      {
        flags: '--mapping <json>',
        description: 'which column stands for which, like {"external_id": "Employee No"}',
      },
      { flags: '--plan', description: 'stop at the plan and show its hash' },
      { flags: '--apply <hash>', description: 'apply the waiting plan that has this hash' },
    ],
    fileInput: 'file',
    run: async (context, input) => {
      const { runtime, caller, file } = context
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const hash = text(input, 'apply')
      if (hash !== undefined) {
        const waiting = await runtime.read(organisation.id, caller, (ctx) => waitingRunByHash(ctx, hash))
        if (!waiting)
          throw new AppError(
            'PLAN_STALE',
            'No waiting import has a plan with this hash. Make the plan again with --plan.',
          )
        return answer(await approveRun(runtime, organisation.id, caller, waiting.id, hash))
      }
      const mode = modeOf(input)
      const mapping = mappingOf(input)
      const sheet = text(input, 'sheet')
      const { 'import.maxBytes': bytesMax } = await runtime.read(organisation.id, caller, (ctx) =>
        settingsOf(ctx),
      )
      const blob = await runtime.storage.write(organisation.id, file, { bytesMax })
      const { id } = await runtime.write(organisation.id, caller, (ctx) =>
        receiveFile(ctx, {
          fileName: basename(requiredText(input, 'file')),
          blob,
          fileId: null,
          source: requiredText(input, 'source'),
          ...(mode === undefined ? {} : { mode }),
          stopAtPlan: input['plan'] === true,
          ...(mapping === undefined ? {} : { columnMapping: mapping }),
          ...(sheet === undefined ? {} : { sheet }),
        }),
      )
      const run = await settled(context, organisation.id, id)
      // The statuses and the export that follow an import are the server's work; without one they are done now.
      if (!context.isServing) await context.workers.runUntilIdle()
      return answer(run)
    },
  },
]
