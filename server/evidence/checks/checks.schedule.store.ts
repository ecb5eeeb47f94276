/** The table `check_schedule`: when each credential is asked about next. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import type { AskTrigger } from './checks.schema.ts'

export interface Scheduled {
  readonly credentialId: string
  readonly turnAt: Date
  readonly trigger: AskTrigger
  readonly correlationId: string | null
  readonly failures: number
  /** When the first of these came; null = the last attempt was answered. */
  readonly failingSince: Date | null
  readonly evidenceSha256: Buffer | null
  readonly evidenceCheckId: string | null
}

export interface Enqueueing {
  /** A query of credential ids, in one column `credential_id`. */
  readonly credentialIds: Sql
  /** Which register knows which type, one pair for each type that can be asked about. */
  readonly types: readonly { readonly credentialType: string; readonly register: string }[]
  readonly turnAt: Date
  readonly trigger: AskTrigger
  readonly awaitedBy?: string
  readonly correlationId?: string
}

/**
 * Gives the active credentials among them a turn, or an earlier one than they have. What was queued stands under the trigger
 * of whom it was queued for first. Returns the registers that have something to do.
 */
export async function enqueue(
  { tx, organisationId }: WriteContext,
  { credentialIds, types, turnAt, trigger, ...more }: Enqueueing,
): Promise<string[]> {
  const rows = await tx.rows<{ register: string }>(sql`with queued as (
      insert into check_schedule (organisation_id, credential_id, register, turn_at, "trigger", correlation_id, awaited_by)
      select ${organisationId}, c.id, t.register, ${turnAt}, ${trigger}, ${more.correlationId ?? null}, ${more.awaitedBy ?? null}
      from (select distinct credential_id from (${credentialIds}) ids) i
      join credentials c on c.organisation_id = ${organisationId} and c.id = i.credential_id
      join unnest(${types.map((one) => one.credentialType)}::text[], ${types.map((one) => one.register)}::text[])
        as t(credential_type, register) on t.credential_type = c.credential_type
      where c.lifecycle = 'ACTIVE' and c.deleted_at is null and not c.is_owner_deleted
      on conflict (organisation_id, credential_id) do update set register = excluded.register,
        turn_at = least(check_schedule.turn_at, excluded.turn_at),
        "trigger" = case when excluded.turn_at < check_schedule.turn_at then excluded."trigger" else check_schedule."trigger" end,
        correlation_id = coalesce(excluded.correlation_id, check_schedule.correlation_id),
        awaited_by = coalesce(excluded.awaited_by, check_schedule.awaited_by),
        failures = case when excluded."trigger" = 'CHANGED' then 0 else check_schedule.failures end,
        failing_since = case when excluded."trigger" = 'CHANGED' then null else check_schedule.failing_since end
      returning register)
    select distinct register from queued`)
  return rows.map(({ register }) => register)
}

/** Those whose turn has come, the earliest first. */
export async function dueAt(
  { tx, organisationId }: ReadContext,
  register: string,
  at: Date,
  limit: number,
): Promise<Scheduled[]> {
  return tx.rows<Scheduled>(sql`select credential_id as "credentialId", turn_at as "turnAt", "trigger", correlation_id as "correlationId",
      failures, failing_since as "failingSince", evidence_sha256 as "evidenceSha256", evidence_check_id as "evidenceCheckId"
    from check_schedule where organisation_id = ${organisationId} and register = ${register} and turn_at <= ${at}
    order by turn_at, credential_id limit ${limit}`)
}

/** The one to try a register with that did not answer: one that has not failed yet, if there is such. */
export async function probeAt(ctx: ReadContext, register: string, at: Date): Promise<Scheduled[]> {
  const { tx, organisationId } = ctx
  const fresh =
    await tx.rows<Scheduled>(sql`select credential_id as "credentialId", turn_at as "turnAt", "trigger",
      correlation_id as "correlationId", failures, failing_since as "failingSince", evidence_sha256 as "evidenceSha256", evidence_check_id as "evidenceCheckId"
    from check_schedule where organisation_id = ${organisationId} and register = ${register} and turn_at <= ${at} and failures = 0
    order by turn_at, credential_id limit 1`)
  return fresh.length > 0 ? fresh : dueAt(ctx, register, at, 1)
}

export async function earliestTurn(
  { tx, organisationId }: ReadContext,
  register: string,
): Promise<Date | null> {
  const { at } = await tx.one<{ at: Date | null }>(sql`select min(turn_at) as at from check_schedule
    where organisation_id = ${organisationId} and register = ${register}`)
  return at
}

/** How many wait now, up to a bound. */
export async function waitingCount(
  { tx, organisationId }: ReadContext,
  register: string,
  at: Date,
  bound: number,
): Promise<number> {
  const { count } = await tx.one<{
    count: number
  }>(sql`select count(*) as count from (select from check_schedule
    where organisation_id = ${organisationId} and register = ${register} and turn_at <= ${at} limit ${bound}) waiting`)
  return count
}

export interface Asked {
  readonly credentialId: string
  /** As it stood when it was asked: one that has moved since keeps its new turn. */
  readonly askedTurnAt: Date
  readonly turnAt: Date
  readonly trigger: AskTrigger
  readonly failures: number
  readonly failingSince: Date | null
  /** Whether an answer came: then nobody waits for the first one any more. */
  readonly isAnswered: boolean
  /** A change since then made the answer one about another card: its turn stays. */
  readonly isStale: boolean
  readonly evidenceSha256: string | null
  readonly evidenceCheckId: string | null
}

/** Writes the next turns. Returns the imports of which nothing is awaited any more. */
export async function settle(
  { tx, organisationId }: WriteContext,
  asked: readonly Asked[],
): Promise<string[]> {
  const rows = await tx.rows<{ awaitedBy: string | null }>(sql`with given as (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as g("credentialId" text, "askedTurnAt" timestamptz, "turnAt" timestamptz,
        "trigger" text, failures integer, "failingSince" timestamptz, "isAnswered" boolean, "isStale" boolean, "evidenceSha256" text, "evidenceCheckId" text)),
    before as (
      select s.credential_id, s.awaited_by from check_schedule s join given g on g."credentialId" = s.credential_id
      where s.organisation_id = ${organisationId} and s.awaited_by is not null and g."isAnswered" and not g."isStale" for update of s),
    settled as (
      update check_schedule s set
        turn_at = case when g."isStale" or s.turn_at <> g."askedTurnAt" then s.turn_at else g."turnAt" end,
        "trigger" = case when g."isStale" or s.turn_at <> g."askedTurnAt" then s."trigger" else g."trigger" end,
        -- Who wished for it follows it until an answer has come.
        correlation_id = case when g."isStale" or s.turn_at <> g."askedTurnAt" or g.failures > 0 then s.correlation_id end,
        failures = case when g."isStale" then s.failures else g.failures end,
        failing_since = case when g."isStale" then s.failing_since else g."failingSince" end,
        awaited_by = case when g."isAnswered" and not g."isStale" then null else s.awaited_by end,
        evidence_sha256 = decode(g."evidenceSha256", 'hex'), evidence_check_id = g."evidenceCheckId"
      from given g where s.organisation_id = ${organisationId} and s.credential_id = g."credentialId")
    select distinct awaited_by as "awaitedBy" from before`)
  const imports = rows.flatMap(({ awaitedBy }) => awaitedBy ?? [])
  if (imports.length === 0) return []
  // The last two of an import, asked at two registers, would each see the other waiting still.
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('checks-settled:' || ${organisationId}, 0))`,
  )
  const open = await tx.rows<{
    awaitedBy: string
  }>(sql`select i.id as "awaitedBy" from unnest(${imports}::text[]) as i(id)
    where exists (select from check_schedule s where s.organisation_id = ${organisationId} and s.awaited_by = i.id)`)
  return imports.filter((id) => !open.some(({ awaitedBy }) => awaitedBy === id))
}

/** Whether first answers are still awaited for what an import changed. */
export async function isAwaited({ tx, organisationId }: ReadContext, importId: string): Promise<boolean> {
  const row = await tx.maybeOne(sql`select from check_schedule
    where organisation_id = ${organisationId} and awaited_by = ${importId} limit 1`)
  return row !== undefined
}

/** The correlation id under which the credential waits for its turn, if somebody wished for it. */
export async function openCorrelationId(
  { tx, organisationId }: ReadContext,
  credentialId: string,
): Promise<string | null> {
  const row = await tx.maybeOne<{ id: string | null }>(sql`select correlation_id as id from check_schedule
    where organisation_id = ${organisationId} and credential_id = ${credentialId}`)
  return row?.id ?? null
}

/** Takes credentials out that are asked about no more. Returns the imports that waited for them. */
export async function dismiss(
  { tx, organisationId }: WriteContext,
  credentialIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ awaitedBy: string | null }>(sql`with gone as (
      delete from check_schedule where organisation_id = ${organisationId} and credential_id = any (${credentialIds}::text[]) returning awaited_by)
    select distinct awaited_by as "awaitedBy" from gone where awaited_by is not null`)
  return rows.flatMap(({ awaitedBy }) => awaitedBy ?? [])
}

/** The same for a piece of what one register knows; how many went. */
export async function dismissOf(
  { tx, organisationId }: WriteContext,
  register: string,
  limit: number,
): Promise<number> {
  return tx.run(sql`delete from check_schedule where organisation_id = ${organisationId} and credential_id in (
    select credential_id from check_schedule where organisation_id = ${organisationId} and register = ${register} limit ${limit})`)
}
