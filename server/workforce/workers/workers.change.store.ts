/** Writing one worker: the tables `workers` and `worker_sources`. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { foldText } from '../../platform/text.ts'
import { foldedFamilyName } from './workers.names.rules.ts'
import type { WorkerType } from './workers.schema.ts'

/** A worker's own values, as they lie in the table. */
export interface WorkerValues {
  readonly displayName: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly birthDate: string | null
  readonly workEmail: string | null
  readonly mobile: string | null
  readonly jobTitle: string | null
  readonly positionId: string | null
  readonly state: string | null
  readonly workerType: WorkerType | null
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly startDate: string | null
}

export interface LockedWorker extends WorkerValues {
  readonly id: string
  readonly deletedAt: Date | null
  readonly lostSources: readonly SourceKey[]
}

/** Locked against every other change until the transaction ends. Deleted ones too; erased ones never. */
export function lockWorker(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<LockedWorker | undefined> {
  return tx.maybeOne<LockedWorker>(sql`select id, display_name as "displayName", first_name as "firstName", middle_name as "middleName",
      last_name as "lastName", birth_date as "birthDate", work_email as "workEmail", mobile, job_title as "jobTitle",
      position_id as "positionId", state, worker_type as "workerType", status, start_date as "startDate", deleted_at as "deletedAt",
      lost_sources as "lostSources"
    from workers where organisation_id = ${organisationId} and id = ${id} and erased_at is null for update`)
}

/** Keeps a worker from being deleted until the transaction ends; false where that has happened. */
export async function holdWorker({ tx, organisationId }: WriteContext, id: string): Promise<boolean> {
  const row = await tx.maybeOne(sql`select from workers
    where organisation_id = ${organisationId} and id = ${id} and deleted_at is null for share`)
  return row !== undefined
}

export async function insertWorker(ctx: WriteContext, id: string, values: WorkerValues): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, first_name, middle_name, last_name,
      birth_date, work_email, work_email_folded, mobile, job_title, position_id, state, worker_type, status, start_date, created_at, updated_at)
    values (${organisationId}, ${id}, 1, ${values.displayName}, ${foldText(values.displayName)}, ${foldedFamilyName(values.lastName, values.displayName)}, ${values.firstName}, ${values.middleName},
      ${values.lastName}, ${values.birthDate}, ${values.workEmail}, ${values.workEmail?.toLowerCase() ?? null}, ${values.mobile},
      ${values.jobTitle}, ${values.positionId}, ${values.state}, ${values.workerType}, ${values.status}, ${values.startDate}, ${now}, ${now})`)
}

/** @param deletedAt null brings a deleted worker back */
export async function updateWorker(
  ctx: WriteContext,
  id: string,
  values: WorkerValues,
  deletedAt: Date | null,
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`update workers set version = version + 1, updated_at = ${now}, deleted_at = ${deletedAt},
      display_name = ${values.displayName}, display_name_folded = ${foldText(values.displayName)},
      family_name_folded = ${foldedFamilyName(values.lastName, values.displayName)}, first_name = ${values.firstName},
      middle_name = ${values.middleName}, last_name = ${values.lastName}, birth_date = ${values.birthDate}, work_email = ${values.workEmail},
      work_email_folded = ${values.workEmail?.toLowerCase() ?? null}, mobile = ${values.mobile}, job_title = ${values.jobTitle},
      position_id = ${values.positionId}, state = ${values.state}, worker_type = ${values.workerType}, status = ${values.status},
      start_date = ${values.startDate}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** The active worker who has this e-mail, other than `exceptId`. */
export async function emailHolder(
  { tx, organisationId }: WriteContext,
  workEmail: string,
  exceptId: string,
): Promise<string | undefined> {
  const row = await tx.maybeOne<{ id: string }>(sql`select id from workers
    where organisation_id = ${organisationId} and work_email_folded = ${workEmail.toLowerCase()} and status = 'ACTIVE'
      and deleted_at is null and id <> ${exceptId}`)
  return row?.id
}

export interface SourceKey {
  readonly externalId: string
  readonly sourceSystem: string
}

export interface SourceRow extends SourceKey {
  readonly workerId: string
  readonly isPrimary: boolean
  readonly isOfDeletedWorker: boolean
}

/** Who has this key, locked. */
export function lockSource(
  { tx, organisationId }: WriteContext,
  key: SourceKey,
): Promise<SourceRow | undefined> {
  return tx.maybeOne<SourceRow>(sql`select s.external_id as "externalId", s.source_system as "sourceSystem", s.worker_id as "workerId",
      s.is_primary as "isPrimary", w.deleted_at is not null as "isOfDeletedWorker"
    from worker_sources s join workers w on w.organisation_id = s.organisation_id and w.id = s.worker_id
    where s.organisation_id = ${organisationId} and s.source_folded = ${key.sourceSystem.toLowerCase()} and s.external_id = ${key.externalId}
    for update of s`)
}

/** All keys of a worker, the primary one first. */
export function sourcesOf({ tx, organisationId }: WriteContext, workerId: string): Promise<SourceRow[]> {
  return tx.rows<SourceRow>(sql`select external_id as "externalId", source_system as "sourceSystem", worker_id as "workerId",
      is_primary as "isPrimary", false as "isOfDeletedWorker"
    from worker_sources where organisation_id = ${organisationId} and worker_id = ${workerId}
    order by is_primary desc, source_folded, external_id for update`)
}

export async function insertSource(
  ctx: WriteContext,
  workerId: string,
  key: SourceKey,
  isPrimary: boolean,
): Promise<void> {
  await ctx.tx
    .run(sql`insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
    values (${ctx.organisationId}, ${key.sourceSystem.toLowerCase()}, ${key.externalId}, ${key.sourceSystem}, ${workerId}, ${isPrimary}, true)`)
}

/** Hands a key to a worker, as the primary one or as a further one. */
export async function assignSource(
  ctx: WriteContext,
  workerId: string,
  key: SourceKey,
  isPrimary: boolean,
): Promise<void> {
  await ctx.tx
    .run(sql`update worker_sources set worker_id = ${workerId}, is_primary = ${isPrimary}, is_present = true,
      source_system = ${key.sourceSystem}
    where organisation_id = ${ctx.organisationId} and source_folded = ${key.sourceSystem.toLowerCase()} and external_id = ${key.externalId}`)
}

/** Remembers of a deleted worker that this key went to somebody else; or, with null, that there is none any more. */
export async function noteLostSource(
  ctx: WriteContext,
  workerId: string,
  key: SourceKey | null,
): Promise<void> {
  const lost = key === null ? sql`'[]'::jsonb` : sql`lost_sources || ${JSON.stringify([key])}::jsonb`
  await ctx.tx.run(
    sql`update workers set lost_sources = ${lost} where organisation_id = ${ctx.organisationId} and id = ${workerId}`,
  )
}

export async function removeSource(ctx: WriteContext, key: SourceKey): Promise<void> {
  await ctx.tx.run(sql`delete from worker_sources
    where organisation_id = ${ctx.organisationId} and source_folded = ${key.sourceSystem.toLowerCase()} and external_id = ${key.externalId}`)
}
