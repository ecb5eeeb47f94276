/** The tables `ban_matches`, `ban_checks` and `ban_check_versions`, and who is to be looked for. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { KnownMatch, NextMatch } from './ban-checks.rules.ts'
import type { BanMatchShown, MatchStatus } from './ban-checks.schema.ts'

export interface LookedFor {
  readonly id: string
  readonly displayName: string
  readonly firstName: string | null
  readonly middleName: string | null
  readonly lastName: string | null
  readonly birthDate: string | null
  readonly state: string | null
  /** Of the type whose numbers the list has. */
  readonly numbers: readonly string[]
}

const person = sql`w.id, w.display_name as "displayName", w.first_name as "firstName", w.middle_name as "middleName",
  w.last_name as "lastName", to_char(w.birth_date, 'YYYY-MM-DD') as "birthDate", w.state`
const active = sql`w.status = 'ACTIVE' and w.deleted_at is null and w.erased_at is null`

/** One screening of a list at a time, until the transaction ends: two would find the same likeness twice. */
export async function lockScreening({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.rows(
    sql`select pg_advisory_xact_lock(hashtextextended('ban-checks:' || ${organisationId} || ':' || ${register}, 0))`,
  )
}

/** The next active workers behind an id who have not been looked for in this version, by id. */
export function nextUnscreened(
  { tx, organisationId }: ReadContext,
  register: string,
  listVersion: number,
  behind: string,
  limit: number,
): Promise<{ id: string }[]> {
  return tx.rows(sql`select w.id from workers w
    left join ban_checks c on c.organisation_id = w.organisation_id and c.register = ${register} and c.worker_id = w.id
    where w.organisation_id = ${organisationId} and w.id > ${behind} and ${active} and c.list_version is distinct from ${listVersion}
    order by w.id limit ${limit}`)
}

export function peopleOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  numberOf: string | null,
): Promise<LookedFor[]> {
  const numbers =
    numberOf === null
      ? sql`'{}'::text[]`
      : sql`coalesce((select array_agg(distinct c.number_normalised order by c.number_normalised) from credentials c
          where c.organisation_id = w.organisation_id and c.worker_id = w.id and c.credential_type = ${numberOf}
            and c.lifecycle = 'ACTIVE' and c.deleted_at is null and c.number_normalised <> ''), '{}')`
  return tx.rows(sql`select ${person}, ${numbers} as numbers from workers w
    where w.organisation_id = ${organisationId} and w.id = any (${workerIds}::text[]) and ${active} order by w.id`)
}

/** Who holds one of these types among the credentials, deleted ones too. */
export async function ownersOf(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
  types: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select distinct c.worker_id as id from credentials c
    where c.organisation_id = ${organisationId} and c.id = any (${credentialIds}::text[])
      and c.credential_type = any (${types}::text[]) order by 1`)
  return rows.map(({ id }) => id)
}

const known = sql`m.id, m.worker_id as "workerId", m.entry_key as "entryKey", m.status, m.worker_hash as "workerHash",
  m.entry_hash as "entryHash", m.entry, m.score, m.grounds, m.decided_by as "decidedBy"`

export function knownMatches(
  { tx, organisationId }: ReadContext,
  register: string,
  workerIds: readonly string[],
): Promise<KnownMatch[]> {
  return tx.rows(sql`select ${known} from ban_matches m where m.organisation_id = ${organisationId} and m.register = ${register}
    and m.worker_id = any (${workerIds}::text[]) order by m.worker_id, m.entry_key`)
}

export interface LockedMatch extends KnownMatch {
  readonly register: string
}

export function lockMatch(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<LockedMatch | undefined> {
  return tx.maybeOne(sql`select ${known}, m.register from ban_matches m
    where m.organisation_id = ${organisationId} and m.id = ${id} for update`)
}

export interface SavedMatch extends Omit<NextMatch, 'id'> {
  readonly id: string
  readonly workerId: string
  readonly workerHash: string
}

export async function saveMatches(
  { tx, organisationId, now }: WriteContext,
  register: string,
  listVersion: number,
  matches: readonly SavedMatch[],
): Promise<void> {
  if (matches.length === 0) return
  const rows = JSON.stringify(
    matches.map((one) => ({
      id: one.id,
      worker_id: one.workerId,
      entry_key: one.entryKey,
      status: one.status,
      score: one.score,
      grounds: one.grounds,
      worker_hash: one.workerHash,
      entry_hash: one.entryHash,
      entry: one.entry,
      decided_by: one.decidedBy,
      is_undecided: one.isUndecided,
    })),
  )
  await tx.run(sql`insert into ban_matches as m (organisation_id, id, register, worker_id, entry_key, status, score, grounds, worker_hash,
      entry_hash, entry, list_version, found_at, decided_by, decided_at, updated_at)
    select ${organisationId}, s.id, ${register}, s.worker_id, s.entry_key, s.status, s.score, s.grounds, s.worker_hash, s.entry_hash,
      s.entry, ${listVersion}, ${now}, s.decided_by, case when s.decided_by is not null then ${now}::timestamptz end, ${now}
    from jsonb_to_recordset(${rows}::jsonb) s (id text, worker_id text, entry_key text, status text, score double precision,
      grounds text[], worker_hash text, entry_hash text, entry jsonb, decided_by text, is_undecided boolean)
    on conflict (organisation_id, register, worker_id, entry_key) do update set status = excluded.status, score = excluded.score,
      grounds = excluded.grounds, worker_hash = excluded.worker_hash, entry_hash = excluded.entry_hash, entry = excluded.entry,
      list_version = excluded.list_version, updated_at = excluded.updated_at, decided_by = excluded.decided_by,
      found_at = case when m.status = 'GONE' and excluded.status <> 'GONE' then excluded.found_at else m.found_at end,
      review_id = case when m.decided_by is not distinct from excluded.decided_by then m.review_id end,
      decided_at = case when m.decided_by is not distinct from excluded.decided_by then m.decided_at else excluded.decided_at end`)
}

export async function decideMatch(
  { tx, organisationId, now }: WriteContext,
  id: string,
  status: 'DISMISSED' | 'CONFIRMED',
  reviewId: string,
): Promise<void> {
  await tx.run(sql`update ban_matches set status = ${status}, decided_by = 'REVIEW', review_id = ${reviewId}, decided_at = ${now},
      updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

export interface Screened {
  readonly workerId: string
  readonly outcome: 'CLEAR' | 'POSSIBLE' | 'MATCH'
}

/** Notes what the list says of each. @returns whose answer is another than before, with a version of it */
export async function saveOutcomes(
  { tx, organisationId, now }: WriteContext,
  register: string,
  listVersion: number,
  screened: readonly Screened[],
): Promise<string[]> {
  if (screened.length === 0) return []
  const rows = JSON.stringify(screened.map(({ workerId, outcome }) => ({ worker_id: workerId, outcome })))
  const changed = await tx.rows<{ workerId: string }>(sql`with said as (
      select s.worker_id, s.outcome, c.outcome as before, coalesce(v.version, 0) as version
      from jsonb_to_recordset(${rows}::jsonb) s (worker_id text, outcome text)
      left join ban_checks c on c.organisation_id = ${organisationId} and c.register = ${register} and c.worker_id = s.worker_id
      left join lateral (select max(b.version) as version from ban_check_versions b where b.organisation_id = ${organisationId}
        and b.register = ${register} and b.worker_id = s.worker_id and c.outcome is distinct from s.outcome) v on true),
    noted as (insert into ban_checks as c (organisation_id, register, worker_id, outcome, list_version, checked_at, version)
      select ${organisationId}, ${register}, s.worker_id, s.outcome, ${listVersion}, ${now}, s.version + 1 from said s
      on conflict (organisation_id, register, worker_id) do update set list_version = excluded.list_version,
        checked_at = excluded.checked_at, outcome = excluded.outcome,
        version = case when c.outcome = excluded.outcome then c.version else excluded.version end)
    insert into ban_check_versions (organisation_id, register, worker_id, version, valid_from, recorded_at, outcome, list_version)
    select ${organisationId}, ${register}, s.worker_id, s.version + 1, ${now}, ${now}, s.outcome, ${listVersion} from said s
    where s.before is distinct from s.outcome
    returning worker_id as "workerId"`)
  return changed.map(({ workerId }) => workerId)
}

/** Everybody is to be looked for again, in the version that counts too. */
export async function forgetVersions({ tx, organisationId }: WriteContext, register: string): Promise<void> {
  await tx.run(sql`update ban_checks set list_version = 0
    where organisation_id = ${organisationId} and register = ${register} and list_version <> 0`)
}

/** The list is asked no more: nothing is known from it any longer. At most `limit`. @returns of whom */
export async function forgetOutcomes(
  { tx, organisationId, now }: WriteContext,
  register: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ workerId: string }>(sql`with gone as (
      delete from ban_checks c where c.organisation_id = ${organisationId} and c.register = ${register}
        and c.worker_id in (select d.worker_id from ban_checks d where d.organisation_id = ${organisationId} and d.register = ${register}
          order by d.worker_id limit ${limit})
      returning c.worker_id, c.version)
    insert into ban_check_versions (organisation_id, register, worker_id, version, valid_from, recorded_at, outcome, list_version)
    select ${organisationId}, ${register}, g.worker_id, g.version + 1, ${now}, ${now}, null, null from gone g
    returning worker_id as "workerId"`)
  return rows.map(({ workerId }) => workerId)
}

export interface OutcomeRow {
  readonly workerId: string
  readonly register: string
  readonly outcome: 'CLEAR' | 'POSSIBLE' | 'MATCH'
  readonly listVersion: number
  readonly checkedAt: Date
}

export function outcomesOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
): Promise<OutcomeRow[]> {
  return tx.rows(sql`select c.worker_id as "workerId", c.register, c.outcome, c.list_version as "listVersion", c.checked_at as "checkedAt"
    from ban_checks c where c.organisation_id = ${organisationId} and c.worker_id = any (${workerIds}::text[])
    order by c.worker_id, c.register`)
}

/** As they stood at an instant, known at another: of the versions by then the latest. */
export function outcomesAt(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
  { validAt, knownAt }: { readonly validAt: Date; readonly knownAt: Date },
): Promise<{ workerId: string; register: string; outcome: OutcomeRow['outcome'] | null }[]> {
  return tx.rows(sql`select distinct on (v.worker_id, v.register) v.worker_id as "workerId", v.register, v.outcome
    from ban_check_versions v where v.organisation_id = ${organisationId} and v.worker_id = any (${workerIds}::text[])
      and v.valid_from <= ${validAt} and v.recorded_at <= ${knownAt}
    order by v.worker_id, v.register, v.valid_from desc, v.version desc`)
}

export function matchesOfWorker(
  { tx, organisationId }: ReadContext,
  workerId: string,
): Promise<(BanMatchShown & { register: string; status: MatchStatus })[]> {
  return tx.rows(sql`select m.register, m.id, m.status, m.score, m.grounds, m.entry, m.list_version as "listVersion",
      m.found_at as "foundAt", m.decided_by as "decidedBy", m.review_id as "reviewId", m.decided_at as "decidedAt"
    from ban_matches m where m.organisation_id = ${organisationId} and m.worker_id = ${workerId} and m.status <> 'GONE'
    order by m.register, m.score desc, m.id`)
}

/** What waits for a person at this list: their ids, at most `limit`. */
export async function dropPossible(
  { tx, organisationId, now }: WriteContext,
  register: string,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`update ban_matches set status = 'GONE', updated_at = ${now}
    where organisation_id = ${organisationId} and register = ${register} and status = 'POSSIBLE' returning id`)
  return rows.map(({ id }) => id)
}
