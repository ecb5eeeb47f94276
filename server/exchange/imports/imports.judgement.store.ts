/**
 * The judgements over `import_stage` that need more than one row, what the plan is made of, and what is kept of the rows.
 * Set-wise, in the run's own transaction.
 */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

/** A later row with a key that stood before is the error (spec 50, A run, 2); blanks around the external_id are not part of it. */
export async function rejectDuplicateKeys({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`update import_stage s set rejected = true, messages = s.messages || jsonb_build_array(jsonb_build_object(
      'severity', 'ERROR', 'column', 'licence_number', 'value', s.licence_number, 'rule', 'DUPLICATE_KEY',
      'detail', 'The same external_id, licence_type and licence_number stand on row ' || d.first_row || ' already. Remove one of the two rows.'))
    from (select "row", min("row") over (partition by external_id, licence_type, licence_number) as first_row
      from import_stage where external_id is not null) d
    where d."row" = s."row" and d.first_row <> s."row"`)
}

export async function rejectDuplicateRequirements({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`update import_stage s set rejected = true, messages = s.messages || jsonb_build_array(jsonb_build_object(
      'severity', 'ERROR', 'column', 'license_code', 'value', s.license_code, 'rule', 'DUPLICATE_KEY',
      'detail', 'The same position_id, license_code and state stand on row ' || d.first_row || ' already. Remove one of the two rows.'))
    from (select "row", min("row") over (partition by position_code, license_code, state) as first_row
      from import_stage where position_code is not null and license_code is not null) d
    where d."row" = s."row" and d.first_row <> s."row"`)
}

/** Fields that say who a person is, with the column that carries each. A differing middle name only warns. */
const personFields = [
  ['first_name', 'first_name'],
  ['last_name', 'last_name'],
  ['birth_date', 'dob'],
  ['work_email', 'email'],
  ['position_code', 'position_id'],
  ['worker_type', 'worker_type'],
  ['state', 'state'],
  ['mobile', 'mobile'],
  ['job_title', 'job_title'],
] as const

/**
 * Rows of one external_id that disagree about the person: all of that person's rows are rejected and both values shown
 * (spec 50, A run, 2). Compared without case; an empty value disagrees with nothing.
 */
export async function rejectDifferingPeople({ tx }: WriteContext): Promise<void> {
  const differs = (column: string, name: string, severity: string, rule: string): string => `
    case when min(lower("${column}"::text)) <> max(lower("${column}"::text)) then jsonb_build_array(jsonb_build_object(
      'severity', '${severity}', 'column', '${name}', 'value', min("${column}"::text), 'rule', '${rule}',
      'detail', 'The rows of this external_id say both "' || min("${column}"::text) || '" and "' || max("${column}"::text) ||
        '". ${severity === 'ERROR' ? 'Make them agree on every row of the person.' : 'The first one counts.'}')) else '[]'::jsonb end`
  const errors = personFields
    .map(([column, name]) => differs(column, name, 'ERROR', 'PERSON_DIFFERS'))
    .join(' || ')
  await tx.raw(`update import_stage s set rejected = s.rejected or d.errors <> '[]', messages = s.messages || d.errors || d.warnings
    from (select external_id, ${errors} as errors, ${differs('middle_name', 'middle_name', 'WARNING', 'MIDDLE_NAME_DIFFERS')} as warnings
      from import_stage where external_id in (select external_id from import_stage group by external_id having count(*) > 1)
      group by external_id) d
    where d.external_id = s.external_id and (d.errors <> '[]' or d.warnings <> '[]')`)
}

/** One e-mail on two people of the file: the later person's rows are rejected, naming the earlier. */
export async function rejectSharedEmails({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`with people as (
      select work_email_folded, external_id, min("row") as first_row from import_stage
      where external_id is not null and work_email_folded is not null group by work_email_folded, external_id
    ), later as (
      select p.work_email_folded, p.external_id, e.external_id as earlier, e.first_row as earlier_row
      from people p join lateral (select external_id, first_row from people o where o.work_email_folded = p.work_email_folded
        order by first_row limit 1) e on e.external_id <> p.external_id
      where p.work_email_folded in (select work_email_folded from people group by work_email_folded having count(*) > 1)
    )
    update import_stage s set rejected = true, messages = s.messages || jsonb_build_array(jsonb_build_object(
      'severity', 'ERROR', 'column', 'email', 'value', s.work_email, 'rule', 'EMAIL_SHARED',
      'detail', 'The person ' || l.earlier || ' (row ' || l.earlier_row || ') has this e-mail too. Give each person their own.'))
    from later l where l.external_id = s.external_id and l.work_email_folded = s.work_email_folded`)
  // All rows of the later person, also those on which the e-mail is empty.
  await tx.run(sql`update import_stage s set rejected = true
    from (select distinct external_id from import_stage, jsonb_array_elements(messages) m where m->>'rule' = 'EMAIL_SHARED') d
    where d.external_id = s.external_id and not s.rejected`)
}

/**
 * One row per person from the rows that stand; the first row speaks, later ones fill what it leaves empty. The columns of
 * planned_workers, in their order.
 */
export const people = sql`
  select s.external_id, s."row", s.first_name, coalesce(s.middle_name, p.middle_name), s.last_name, s.display_name,
    s.display_name_folded, s.family_name_folded, coalesce(s.birth_date, p.birth_date), coalesce(s.work_email, p.work_email),
    coalesce(s.work_email_folded, p.work_email_folded), coalesce(s.mobile, p.mobile), coalesce(s.job_title, p.job_title),
    coalesce(s.position_code, p.position_code), coalesce(s.state, p.state), coalesce(s.worker_type, p.worker_type)
  from (select external_id, min("row") as first_row, max(middle_name) as middle_name, max(birth_date) as birth_date,
      max(work_email) as work_email, max(work_email_folded) as work_email_folded, max(mobile) as mobile, max(job_title) as job_title,
      max(position_code) as position_code, max(state) as state, max(worker_type) as worker_type
    from import_stage where external_id is not null and not rejected group by external_id) p
  join import_stage s on s."row" = p.first_row`

/** Everybody whom the file names, on whichever row. */
export async function fillNamedPeople({ tx }: WriteContext): Promise<void> {
  await tx.run(
    sql`insert into named_people (external_id) select distinct external_id from import_stage where external_id is not null`,
  )
}

/** Carries the plan's refusals of people to all their rows, and what stands on rejected rows to `rejected_people`. */
export async function rejectRowsOfPeople({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`update import_stage s set rejected = true, messages = s.messages || jsonb_build_array(p.rejection)
    from planned_workers p where p.external_id = s.external_id and p.rejection is not null and not s.rejected`)
  await tx.run(sql`truncate rejected_people`)
  await tx.run(sql`insert into rejected_people (work_email_folded, first_name, last_name, birth_date)
    select distinct work_email_folded, lower(coalesce(first_name, '')), lower(coalesce(last_name, '')), birth_date
    from import_stage where rejected`)
}

/** What the plan found out about people that stand. */
export async function noteWarningsOfPeople({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`update import_stage s set messages = s.messages || jsonb_build_array(p.warning)
    from planned_workers p where p.external_id = s.external_id and p.warning is not null and p.rejection is null and not s.rejected`)
}

/** The credentials of the rows that stand, with the worker that the plan found or made. */
export async function fillPlannedCredentials({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`insert into given_credential_keys ("row", external_id, external_id_received, licence_type, licence_number,
      credential_type, number_normalised, "number", jurisdiction, issue_date, expiry_date, worker_id)
    select s."row", s.external_id, s.external_id_received, s.licence_type, s.licence_number, s.credential_type, s.number_normalised,
      s."number", s.jurisdiction, s.issue_date, s.expiry_date, p.worker_id
    from import_stage s join planned_workers p on p.external_id = s.external_id and p.rejection is null
    where not s.rejected and s.has_credential`)
  await tx.run(sql`create temp table complete_people on commit drop as
    select external_id from import_stage where external_id is not null group by external_id having not bool_or(rejected)`)
}

export async function noteWarningsOfCredentials({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`update import_stage s set messages = s.messages || case when k.is_shared then jsonb_build_array(jsonb_build_object(
        'severity', 'WARNING', 'column', 'licence_number', 'value', k.licence_number, 'rule', 'SHARED_CREDENTIAL',
        'detail', 'Several rows name this one credential in different spelling. The one that expires last counts.')) else '[]'::jsonb end ||
      case when k.differs_from_register is not null then jsonb_build_array(jsonb_build_object(
        'severity', 'WARNING', 'column', 'expiry_date', 'value', coalesce(k.expiry_date::text, ''), 'rule', 'DIFFERS_FROM_REGISTER',
        'detail', 'The register says that it expires on ' || k.differs_from_register || '; that date stands.')) else '[]'::jsonb end
    from planned_credential_keys k
    where k."row" = s."row" and (k.is_shared or k.differs_from_register is not null)`)
}

export async function fillPlannedRequirements({ tx }: WriteContext): Promise<void> {
  await tx.run(sql`insert into planned_requirements ("row", position_code, license_code, state, credential_type, jurisdiction, unresolved_reason)
    select "row", position_code, license_code, state, credential_type, jurisdiction, unresolved_reason
    from import_stage where not rejected and position_code is not null and license_code is not null`)
  await tx.run(sql`insert into kept_requirements (position_code, license_code)
    select position_code, license_code from import_stage where rejected and position_code is not null`)
}

export interface StageCounts {
  readonly rows: number
  readonly rejected: number
  readonly warnings: number
  /** Rows whose person cannot be told: an empty or damaged external_id. */
  readonly unattributable: number
}

export function stageCounts(
  { tx }: ReadContext,
  keyColumn: 'external_id' | 'position_code',
): Promise<StageCounts> {
  const key = sql.ref(keyColumn)
  return tx.one<StageCounts>(sql`select count(*) as rows, count(*) filter (where rejected) as rejected,
      count(*) filter (where not rejected and messages <> '[]') as warnings,
      count(*) filter (where ${key} is null) as unattributable from import_stage`)
}

/** A row's severity: ERROR when rejected or kept with an error (an unresolved requirement), WARNING when it has messages. */
const severity = sql`case when s.rejected or s.messages @> '[{"severity": "ERROR"}]' then 'ERROR' when s.messages <> '[]' then 'WARNING' else 'OK' end`

/** Keeps the judged rows of an employee file under its run. */
export async function keepRows({ tx, organisationId }: WriteContext, runId: string): Promise<void> {
  await tx.run(sql`insert into import_rows (organisation_id, run_id, "row", line, cells, row_status, row_severity, messages, worker_id, credential_id)
    select ${organisationId}, ${runId}, s."row", s.line, s.cells,
      case when s.rejected then 'REJECTED'
        when k.credential_action = 'CREATE' or (k."row" is null and p.action = 'CREATE') then 'CREATED'
        when k.credential_action in ('UPDATE', 'REACTIVATE') or k.key_action <> 'KEEP' or (p.first_row = s."row" and p.action <> 'UNCHANGED') then 'UPDATED'
        else 'UNCHANGED' end,
      ${severity}, s.messages, p.worker_id, k.credential_id
    from import_stage s
    left join planned_workers p on p.external_id = s.external_id and p.rejection is null and not s.rejected
    left join planned_credential_keys k on k."row" = s."row" and not s.rejected`)
}

/** Keeps the judged rows of a position file under its run. */
export async function keepRequirementRows(
  { tx, organisationId }: WriteContext,
  runId: string,
): Promise<void> {
  await tx.run(sql`insert into import_rows (organisation_id, run_id, "row", line, cells, row_status, row_severity, messages)
    select ${organisationId}, ${runId}, s."row", s.line, s.cells, case when s.rejected then 'REJECTED' else n.action end, ${severity}, s.messages
    from import_stage s left join planned_requirements n on n."row" = s."row" and not s.rejected`)
}

/** How many of the kept rows ended in each status. */
export async function keptRowCounts(
  { tx, organisationId }: ReadContext,
  runId: string,
): Promise<Record<string, number>> {
  const rows = await tx.rows<{
    row_status: string
    count: number
  }>(sql`select row_status, count(*) as count from import_rows
    where organisation_id = ${organisationId} and run_id = ${runId} group by row_status`)
  return Object.fromEntries(rows.map((row) => [row.row_status, row.count]))
}

/**
 * SHA-256 over the run's header line and the sorted hashes of the plan's lines, so that neither their order nor a
 * million of them matters.
 */
export async function hashPlan(
  { tx }: ReadContext,
  header: string,
  planLines: ReturnType<typeof sql>,
): Promise<string> {
  const { hash } = await tx.one<{ hash: string }>(sql`select encode(sha256(convert_to(${header}, 'UTF8') ||
      coalesce(string_agg(hash, ''::bytea order by hash), ''::bytea)), 'hex') as hash
    from (select sha256(convert_to(line, 'UTF8')) as hash from (${planLines}) lines) hashed`)
  return hash
}
