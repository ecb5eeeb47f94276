/** What sources answered, on the table `credentials`. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql, type Sql } from '../../platform/db/database.ts'
import type {
  AnsweredCredential,
  AskedCredential,
  CredentialAnswer,
  CredentialEligibility,
} from './credentials.answers.schema.ts'

/** The check on which the verified values rest; undefined when there is no such credential. */
export async function decidingCheckOf(
  { tx, organisationId }: ReadContext,
  credentialId: string,
): Promise<string | null | undefined> {
  const row = await tx.maybeOne<{ id: string | null }>(sql`select verified_by_check as id from credentials
    where organisation_id = ${organisationId} and id = ${credentialId} and deleted_at is null and not is_owner_deleted`)
  return row && row.id
}

/** Those of the ids that are there. @param isLocked against changes until the transaction ends */
export function askedCredentials(
  { tx, organisationId }: ReadContext,
  ids: readonly string[],
  isLocked: boolean,
): Promise<AskedCredential[]> {
  return tx.rows<AskedCredential>(sql`select c.id, c.version, c.worker_id as "workerId", c.credential_type as "credentialType", c.jurisdiction,
      c.declared_number as "number", c.declared_holder_name as "holderName", c.declared_issue_date as "issueDate",
      c.declared_expiry_date as "expiryDate", w.display_name as "displayName", w.first_name as "firstName",
      w.middle_name as "middleName", w.last_name as "lastName", w.birth_date as "birthDate",
      c.lifecycle = 'ACTIVE' and c.deleted_at is null and not c.is_owner_deleted and w.status = 'ACTIVE' as "isAsked",
      c.assurance = 'VERIFIED' and coalesce(c.eligibility in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE'), false) as "isKnown",
      c.assurance, c.eligibility
    from credentials c join workers w on w.organisation_id = c.organisation_id and w.id = c.worker_id
    where c.organisation_id = ${organisationId} and c.id = any (${ids}::text[])
    order by c.id ${isLocked ? sql`for update of c` : sql``}`)
}

/**
 * Writes what the checks found. MAY_ENGAGE and MAY_NOT_ENGAGE verify: the source's values take the place of what an earlier
 * check verified. REVIEW_REQUIRED is an answer too, but vouches for no value; where what was verified is about another card
 * than the one declared now, it is taken back. IN_PROGRESS and ERROR show only where nothing
 * is known: they never take a known answer away (spec 60, Checks).
 *
 * A person's MAY_ENGAGE vouches too, as far as REVIEWED, where no register has, and so does a document's; what they say leaves
 * conditions, and the day on which the register last answered, as they are.
 */
export function writeAnswers(
  { tx, organisationId, now }: WriteContext,
  answers: readonly CredentialAnswer[],
): Promise<AnsweredCredential[]> {
  return tx.rows<AnsweredCredential>(sql`with given as (
      select g.*, coalesce(g.source in ('PERSON', 'DOCUMENT'), false) as "isSeen",
        g.outcome in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED') as answers
      from jsonb_to_recordset(${JSON.stringify(answers)}::jsonb) as g(source text, "credentialId" text, "checkId" text, outcome text, details text[],
        conditions text[], "number" text, "holderName" text, "issueDate" date, "expiryDate" date, "neverExpires" boolean)),
    found as (
      select c.id, g."checkId", g.outcome, g.verifies, g.answers and not g."isSeen" as is_fresh,
        case when g.answers or c.eligibility is null or c.eligibility in ('IN_PROGRESS', 'ERROR') then g.outcome else c.eligibility end as eligibility,
        case when g.answers and not g."isSeen" then g.details else c.status_details end as status_details,
        case when g.answers and not g."isSeen" then g.conditions else c.conditions end as conditions,
        case when g.verifies then g."number" when g.isother then null else c.verified_number end as verified_number,
        case when g.verifies then g."holderName" when g.isother then null else c.verified_holder_name end as verified_holder_name,
        case when g.verifies then g."issueDate" when g.isother then null else c.verified_issue_date end as verified_issue_date,
        case when g.verifies then g."expiryDate" when g.isother then null else c.verified_expiry_date end as verified_expiry_date,
        case when g.verifies then g."neverExpires" else c.verified_never_expires and not g.isother end as verified_never_expires,
        case when not g.verifies then c.assurance when g."isSeen" then 'REVIEWED' else 'VERIFIED' end as assurance
      from credentials c
      join lateral (select *, case when "isSeen" then outcome = 'MAY_ENGAGE' and c.assurance <> 'VERIFIED'
          else outcome in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE') end as verifies from given where "credentialId" = c.id) v on true
      join lateral (select v.*, v.answers and not v.verifies and c.assurance = 'DECLARED' as isother) g on true
      where c.organisation_id = ${organisationId} and c.id in (select "credentialId" from given)),
    compared as (
      select f.*, row(f.eligibility, f.status_details, f.conditions, f.verified_number, f.verified_holder_name, f.verified_issue_date,
          f.verified_expiry_date, f.verified_never_expires, f.assurance)
        is distinct from row(c.eligibility, c.status_details, c.conditions, c.verified_number, c.verified_holder_name, c.verified_issue_date,
          c.verified_expiry_date, c.verified_never_expires, c.assurance) as is_changed
      from found f join credentials c on c.organisation_id = ${organisationId} and c.id = f.id)
    update credentials c set eligibility = f.eligibility, status_details = f.status_details, conditions = f.conditions,
      verified_number = f.verified_number, verified_holder_name = f.verified_holder_name, verified_issue_date = f.verified_issue_date,
      verified_expiry_date = f.verified_expiry_date, verified_never_expires = f.verified_never_expires, assurance = f.assurance,
      verified_by_check = case when f.verifies then f."checkId" else c.verified_by_check end,
      verified_at = case when f.verifies then ${now}::timestamptz else c.verified_at end,
      answered_at = case when f.is_fresh then ${now}::timestamptz else c.answered_at end,
      last_check_id = f."checkId", last_check_outcome = f.outcome, last_checked_at = ${now},
      version = case when f.is_changed then c.version + 1 else c.version end, updated_at = ${now},
      -- What was stale is fresh again; else an answer that only confirms moves no status before its day.
      status_due_on = case when f.is_changed or (f.is_fresh and 'STALE' = any (c.status_reasons)) then '-infinity' else c.status_due_on end
    from compared f where c.organisation_id = ${organisationId} and c.id = f.id
    returning c.id, c.worker_id as "workerId", c.credential_type as "credentialType", f.is_changed as "isChanged",
      not f.is_changed and coalesce(c.status_due_on = '-infinity', false) as "isFreshAgain",
      case when c.verified_never_expires then null else coalesce(c.verified_expiry_date, c.declared_expiry_date) end as "expiryDate"`)
}

/** An audit entry for each of the credentials that their last check changed. */
export async function auditAnswers(ctx: WriteContext, ids: readonly string[]): Promise<void> {
  const { tx, organisationId, now, actor, channel, requestId } = ctx
  await tx.run(sql`insert into audit_entries (organisation_id, id, at, actor_kind, actor_id, channel, request_id, entity_type, entity_id, action,
      changes)
    select ${organisationId}, new_id('aud'), ${now}, ${actor.kind}, ${actor.id}, ${channel}, ${requestId}, 'credential', c.id, 'verify',
      jsonb_build_object('check', c.last_check_id, 'outcome', c.last_check_outcome)
    from credentials c where c.organisation_id = ${organisationId} and c.id = any (${ids}::text[])`)
}

/** What is known of those of the ids that are there and ACTIVE. */
export function eligibilitiesOf(
  { tx, organisationId }: ReadContext,
  ids: readonly string[],
): Promise<CredentialEligibility[]> {
  return tx.rows<CredentialEligibility>(sql`select id, worker_id as "workerId", credential_type as "credentialType", eligibility, last_check_id as "checkId"
    from credentials where organisation_id = ${organisationId} and id = any (${ids}::text[]) and lifecycle = 'ACTIVE'
      and deleted_at is null and not is_owner_deleted order by id`)
}

/**
 * Credentials of other people with this type and number as declared: a hundred at most.
 * @param number in the normal form
 */
export function sameNumberOfOthers(
  { tx, organisationId }: ReadContext,
  workerId: string,
  credentialType: string,
  number: string,
): Promise<{ id: string; workerId: string }[]> {
  return tx.rows(sql`select id, worker_id as "workerId" from credentials
    where organisation_id = ${organisationId} and number_normalised = ${number} and credential_type = ${credentialType}
      and worker_id <> ${workerId} and deleted_at is null and not is_owner_deleted order by id limit 100`)
}

/** Which of the credentials are there, and whose each is. */
export function ownersOf(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
): Promise<{ id: string; workerId: string }[]> {
  return tx.rows(sql`select id, worker_id as "workerId" from credentials
    where organisation_id = ${organisationId} and id = any (${credentialIds}::text[]) and deleted_at is null and not is_owner_deleted`)
}

/** What these people hold. */
export async function credentialIdsOf(
  { tx, organisationId }: ReadContext,
  workerIds: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select id from credentials
    where organisation_id = ${organisationId} and worker_id = any (${workerIds}::text[]) and deleted_at is null and not is_owner_deleted`)
  return rows.map(({ id }) => id)
}

/** Ids of the active ones of these types behind an id, in the order of the id. */
export async function activeCredentialsOfTypes(
  { tx, organisationId }: ReadContext,
  credentialTypes: readonly string[],
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select id from credentials
    where organisation_id = ${organisationId} and id > ${after} and credential_type = any (${credentialTypes}::text[])
      and lifecycle = 'ACTIVE' and deleted_at is null and not is_owner_deleted
    order by id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** A query of the ids of what these people hold, in one column `credential_id`. */
export function credentialsOfWorkers({ organisationId }: ReadContext, workerIds: Sql): Sql {
  return sql`select h.id as credential_id from credentials h
    where h.organisation_id = ${organisationId} and h.worker_id in (${workerIds})`
}
