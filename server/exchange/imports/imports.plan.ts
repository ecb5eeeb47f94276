/**
 * From the rows of a file to a plan, and from a plan to the books: inside one transaction, set-wise.
 *
 * A plan covers what would be created, updated, deactivated and rejected, and has a hash of it. Only the plan that was
 * made can be applied (spec 00): applying makes it again in its own transaction and compares.
 */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { queueChecksOfImport } from '../../evidence/checks/checks.ts'
import * as credentials from '../../workforce/credentials/credentials.ts'
import * as positions from '../../workforce/positions/positions.ts'
import * as workers from '../../workforce/workers/workers.ts'
import type { OrganisationSettings } from '../../tenancy/organisations/organisations.schema.ts'
import { holdReasonsOf, isOlderName, type GuardFacts } from './imports.guard.rules.ts'
import type { HoldReason, ImportCounts } from './imports.schema.ts'
import type { Mends } from './imports.mends.ts'
import * as judgement from './imports.judgement.store.ts'
import * as store from './imports.store.ts'
import type { StagedFile } from './imports.stage.ts'

export interface Plan {
  readonly hash: string
  readonly counts: ImportCounts
  readonly holdReasons: readonly HoldReason[]
  readonly deactivatedWorkerIds: readonly string[]
}

export interface PlanContext {
  readonly settings: OrganisationSettings
  readonly mappingVersion: number
  readonly catalogueVersion: string
  readonly mends: Mends
}

const noCounts: ImportCounts = {
  rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  warnings: 0,
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

const noFacts: GuardFacts = {
  rows: 0,
  activeWorkersBefore: 0,
  workersDeactivated: 0,
  activeCredentialsBefore: 0,
  credentialsDeactivated: 0,
  unattributableRows: 0,
  requirementRowsBefore: 0,
  requirementRowsRemoved: 0,
  positionsEmptied: 0,
  isNewSource: false,
  isOutOfOrder: false,
}

/** Plans the rows that lie in `import_stage`, keeps them under the run, and judges the plan by the guard. */
export async function makePlan(
  ctx: WriteContext,
  run: store.RunRow,
  file: StagedFile,
  given: PlanContext,
): Promise<Plan> {
  const planned =
    run.file_kind === 'EMPLOYEE'
      ? await planEmployees(ctx, run, file, given)
      : await planRequirements(ctx, run)
  const kept = await judgement.keptRowCounts(ctx, run.id)
  const sources = await store.knownSources(ctx)
  const last = await store.lastApplied(ctx, run)
  const holdReasons = holdReasonsOf(
    {
      ...planned.facts,
      // Whoever names a new source by hand, for changes only, is the person whom the guard would ask.
      isNewSource:
        sources.length > 0 &&
        !sources.includes(run.source_folded) &&
        !(run.channel !== 'SFTP' && run.mode === 'UPSERT'),
      isOutOfOrder:
        last !== undefined &&
        isOlderName(
          { date: run.name_date, time: run.name_time },
          { date: last.name_date, time: last.name_time },
        ),
    },
    {
      deactivationsMin: given.settings['import.guard.deactivationsMin'],
      deactivationsPercent: given.settings['import.guard.deactivationsPercent'],
      majorityPercent: given.settings['import.guard.majorityPercent'],
      credentialsMin: given.settings['import.guard.credentialsMin'],
      credentialsPercent: given.settings['import.guard.credentialsPercent'],
      requirementRowsPercent: given.settings['import.guard.requirementRowsPercent'],
    },
  )
  const importSettings = Object.entries(given.settings)
    .filter(([key]) => key.startsWith('import.'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const header = JSON.stringify({
    file: run.sha256,
    kind: run.file_kind,
    source: run.source_folded,
    mode: run.mode,
    settings: importSettings,
    mappings: given.mappingVersion,
    catalogue: given.catalogueVersion,
    // Of files that a person brought or mended: what the rows say depends on these too.
    ...(run.column_mapping === null ? {} : { columns: run.column_mapping, sheet: run.sheet }),
    ...(given.mends.size === 0 ? {} : { mends: [...given.mends] }),
    // Who is absent depends on which other sources there are.
    sources: sources.filter((source) => source !== run.source_folded),
  })
  return {
    hash: await judgement.hashPlan(ctx, header, planned.lines),
    counts: {
      ...planned.counts,
      created: kept['CREATED'] ?? 0,
      updated: kept['UPDATED'] ?? 0,
      unchanged: kept['UNCHANGED'] ?? 0,
    },
    holdReasons,
    deactivatedWorkerIds: planned.deactivatedWorkerIds,
  }
}

interface Planned {
  readonly counts: ImportCounts
  readonly facts: GuardFacts
  readonly deactivatedWorkerIds: readonly string[]
  readonly lines: ReturnType<typeof sql>
}

async function planEmployees(
  ctx: WriteContext,
  run: store.RunRow,
  file: StagedFile,
  given: PlanContext,
): Promise<Planned> {
  const source = run.source_folded
  const isSnapshot = run.mode === 'SNAPSHOT'
  await workers.createStage(ctx)
  await credentials.createStage(ctx)
  await judgement.rejectDuplicateKeys(ctx)
  await judgement.rejectDifferingPeople(ctx)
  await judgement.rejectSharedEmails(ctx)
  await judgement.fillNamedPeople(ctx)
  await workers.planWorkers(ctx, {
    sourceFolded: source,
    isSnapshot,
    people: judgement.people,
    given: file.given,
    onRejected: () => judgement.rejectRowsOfPeople(ctx),
  })
  await judgement.noteWarningsOfPeople(ctx)
  await judgement.fillPlannedCredentials(ctx)
  await credentials.planCredentials(ctx, {
    sourceFolded: source,
    silence: isSnapshot ? given.settings['import.missingCredentials'] : null,
  })
  await judgement.noteWarningsOfCredentials(ctx)
  await judgement.keepRows(ctx, run.id)

  const people = await workers.planCounts(ctx, source)
  const held = await credentials.planCounts(ctx, source)
  const counted = await judgement.stageCounts(ctx, 'external_id')
  return {
    counts: {
      ...noCounts,
      rows: counted.rows,
      rejected: counted.rejected,
      warnings: counted.warnings,
      workersCreated: people.created,
      workersUpdated: people.updated,
      workersDeactivated: people.deactivated,
      workersReactivated: people.reactivated,
      credentialsCreated: held.created,
      credentialsUpdated: held.updated,
      credentialsDeactivated: held.deactivated,
      credentialsReactivated: held.reactivated,
    },
    facts: {
      ...noFacts,
      rows: counted.rows,
      activeWorkersBefore: people.activeBefore,
      workersDeactivated: people.deactivated,
      activeCredentialsBefore: held.activeBefore,
      credentialsDeactivated: held.deactivated,
      unattributableRows: counted.unattributable,
    },
    deactivatedWorkerIds: await workers.absentWorkerIds(ctx),
    lines: sql`${workers.planLines} union all ${credentials.planLines}`,
  }
}

async function planRequirements(ctx: WriteContext, run: store.RunRow): Promise<Planned> {
  await positions.createRequirementStage(ctx)
  await judgement.rejectDuplicateRequirements(ctx)
  await judgement.fillPlannedRequirements(ctx)
  await positions.planRequirements(ctx, run.source_folded)
  await judgement.keepRequirementRows(ctx, run.id)
  const planned = await positions.requirementPlanCounts(ctx, run.source_folded)
  const counted = await judgement.stageCounts(ctx, 'position_code')
  return {
    counts: {
      ...noCounts,
      rows: counted.rows,
      rejected: counted.rejected,
      warnings: counted.warnings,
      requirementsCreated: planned.created,
      requirementsUpdated: planned.updated,
      requirementsRemoved: planned.removed,
    },
    facts: {
      ...noFacts,
      rows: counted.rows,
      requirementRowsBefore: planned.before,
      requirementRowsRemoved: planned.removed,
      positionsEmptied: planned.emptied,
    },
    deactivatedWorkerIds: [],
    lines: positions.requirementPlanLines,
  }
}

/** Writes what `makePlan` found, in the same transaction. */
export async function applyPlan(ctx: WriteContext, run: store.RunRow, file: StagedFile): Promise<void> {
  const target = { sourceFolded: run.source_folded, sourceSystem: run.source_system, runId: run.id }
  if (run.file_kind === 'POSITION') {
    await positions.applyRequirements(ctx, target)
    return
  }
  await positions.ensurePositionStubs(
    ctx,
    sql`select position_code as code from planned_workers where rejection is null`,
    run.id,
  )
  await workers.applyWorkers(ctx, { ...target, given: file.given })
  await credentials.applyCredentials(ctx, target)
  await queueChecksOfImport(ctx, run.id)
}
