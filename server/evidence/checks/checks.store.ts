/** The table `checks`. Append-only. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import type { Check, CheckAttributes, CheckOutcome, CheckTrigger } from './checks.schema.ts'

/** A check as it is recorded. */
export interface CheckRecord {
  readonly id: string
  readonly credentialId: string
  readonly credentialVersion: number
  readonly source: CheckAttributes['source']
  readonly person: CheckAttributes['person']
  readonly register: string | null
  readonly connectorKind: string | null
  readonly connectorVersion: number | null
  readonly catalogueVersion: string
  readonly trigger: CheckTrigger
  readonly correlationId: string
  readonly inputs: Readonly<Record<string, string>>
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly outcome: CheckOutcome
  readonly ownWords: string | null
  readonly details: readonly string[]
  readonly conditions: readonly string[]
  readonly told: CheckAttributes['told']
  readonly fault: CheckAttributes['fault']
  /** Base64. */
  readonly evidence: string | null
  readonly evidenceMediaType: string | null
  readonly sameEvidenceAs: string | null
  /** What it asked about was changed meanwhile: it decides nothing. */
  readonly isStale?: boolean
}

export async function insertChecks(
  { tx, organisationId }: WriteContext,
  checks: readonly CheckRecord[],
): Promise<void> {
  await tx.run(sql`insert into checks (organisation_id, id, credential_id, credential_version, source, register, connector_kind, connector_version,
      catalogue_version, "trigger", correlation_id, inputs, started_at, finished_at, outcome, own_words, details, conditions, told_number,
      told_holder_name, told_issue_date, told_expiry_date, told_never_expires, fault_code, fault_detail, evidence, evidence_media_type,
      same_evidence_as, person_kind, person_id, is_stale)
    select ${organisationId}, g.id, g."credentialId", g."credentialVersion", g.source, g.register, g."connectorKind", g."connectorVersion",
      g."catalogueVersion", g."trigger", g."correlationId", g.inputs, g."startedAt", g."finishedAt", g.outcome, g."ownWords", g.details,
      g.conditions, g.told->>'number', g.told->>'holderName', (g.told->>'issueDate')::date, (g.told->>'expiryDate')::date,
      (g.told->>'neverExpires')::boolean, g.fault->>'code', g.fault->>'detail', decode(g.evidence, 'base64'), g."evidenceMediaType",
      g."sameEvidenceAs", g.person->>'kind', g.person->>'id', coalesce(g."isStale", false)
    from jsonb_to_recordset(${JSON.stringify(checks)}::jsonb) as g(id text, "credentialId" text, "credentialVersion" integer, source text, person jsonb, register text,
      "connectorKind" text, "connectorVersion" integer, "catalogueVersion" text, "trigger" text, "correlationId" text, inputs jsonb,
      "startedAt" timestamptz, "finishedAt" timestamptz, outcome text, "ownWords" text, details text[], conditions text[], told jsonb,
      fault jsonb, evidence text, "evidenceMediaType" text, "sameEvidenceAs" text, "isStale" boolean)`)
}

export interface CheckPage {
  readonly limit: number
  readonly offset: number
  readonly after: { readonly at: Date; readonly id: string } | null
}

interface CheckRow {
  readonly id: string
  readonly credential_id: string
  readonly source: CheckAttributes['source']
  readonly register: string | null
  readonly connector_kind: string | null
  readonly person_kind: string | null
  readonly person_id: string | null
  readonly trigger: CheckTrigger
  readonly correlation_id: string
  readonly inputs: Record<string, string>
  readonly started_at: Date
  readonly finished_at: Date
  readonly outcome: CheckOutcome
  readonly own_words: string | null
  readonly details: string[]
  readonly conditions: string[]
  readonly told_number: string | null
  readonly told_holder_name: string | null
  readonly told_issue_date: string | null
  readonly told_expiry_date: string | null
  readonly told_never_expires: boolean
  readonly fault_code: string | null
  readonly fault_detail: string | null
}

const present = (row: CheckRow, decidingId: string | null): Check => ({
  id: row.id,
  lastUpdated: row.finished_at,
  attributes: {
    credential: { id: row.credential_id },
    source: row.source,
    register: row.register,
    connector: row.connector_kind,
    person: row.person_kind === null ? null : { kind: row.person_kind, id: row.person_id },
    trigger: row.trigger,
    correlationId: row.correlation_id,
    inputs: row.inputs,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome,
    ownWords: row.own_words,
    details: row.details,
    conditions: row.conditions,
    told: {
      number: row.told_number,
      holderName: row.told_holder_name,
      issueDate: row.told_issue_date,
      expiryDate: row.told_expiry_date,
      neverExpires: row.told_never_expires,
    },
    fault: row.fault_code === null ? null : { code: row.fault_code, detail: row.fault_detail ?? '' },
    isDeciding: row.id === decidingId,
  },
})

/** Of one credential, newest first, by their index alone. */
export async function findChecks(
  { tx, organisationId }: ReadContext,
  credential: { readonly id: string; readonly decidingCheckId: string | null },
  since: Date | undefined,
  page: CheckPage,
): Promise<{ checks: Check[]; total: number }> {
  const where = sql`organisation_id = ${organisationId} and credential_id = ${credential.id}
    ${since === undefined ? sql`` : sql`and finished_at >= ${since}`}`
  const behind = page.after ? sql`and (finished_at, id) < (${page.after.at}, ${page.after.id})` : sql``
  const rows =
    await tx.rows<CheckRow>(sql`select id, credential_id, source, register, connector_kind, person_kind, person_id, "trigger", correlation_id, inputs, started_at,
      finished_at, outcome, own_words, details, conditions, told_number, told_holder_name, told_issue_date, told_expiry_date,
      told_never_expires, fault_code, fault_detail
    from checks where ${where} ${behind} order by finished_at desc, id desc limit ${page.limit} offset ${page.offset}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total from checks where ${where}`)
  return { checks: rows.map((row) => present(row, credential.decidingCheckId)), total }
}

/** When a source last answered about each of these credentials by then, whatever it said; a person is none, nor what is stale. */
export function lastAnswers(
  { tx, organisationId }: ReadContext,
  credentialIds: readonly string[],
  by: Date,
): Promise<{ credentialId: string; answeredAt: Date }[]> {
  return tx.rows(sql`select ids.id as "credentialId", k.finished_at as "answeredAt"
    from unnest(${credentialIds}::text[]) as ids(id)
    cross join lateral (select c.finished_at from checks c where c.organisation_id = ${organisationId} and c.credential_id = ids.id
      and c.finished_at <= ${by} and c.source <> 'PERSON' and not c.is_stale and c.outcome in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED')
      order by c.finished_at desc, c.id desc limit 1) k`)
}
