-- Checks: what the sources said about each credential, and when each is asked next (spec 60, Checks).

-- One attempt to verify one credential each. Never edited.
create table checks (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  credential_id text collate "C" not null,
  -- Which version of the credential was asked about.
  credential_version integer not null,
  source text not null check (source in ('REGISTER', 'DOCUMENT', 'ISSUER_SIGNATURE', 'PERSON')),
  register text collate "C",
  connector_kind text,
  connector_version integer,
  catalogue_version text not null,
  "trigger" text not null,
  correlation_id text not null,
  -- Which fields were sent; of the number its last characters only.
  inputs jsonb not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  outcome text not null check (outcome in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED', 'IN_PROGRESS', 'ERROR')),
  own_words text,
  details text[] not null,
  conditions text[] not null,
  -- What the source says is so; null = it did not say.
  told_number text,
  told_holder_name text,
  told_issue_date date,
  told_expiry_date date,
  told_never_expires boolean not null,
  fault_code text,
  fault_detail text,
  -- What came back. A source that says the same every week is kept once: same_evidence_as names the check that has it.
  evidence bytea,
  evidence_media_type text,
  same_evidence_as text collate "C",
  primary key (organisation_id, id),
  check ((outcome = 'ERROR') = (fault_code is not null))
);
select require_parent('checks', 'credential_id', 'credentials');
create index checks_by_credential on checks (organisation_id, credential_id, finished_at, id);
select protect_tenant_table('checks', 'select, insert');

-- When each credential is asked about next. Those of one register are taken by turn_at; what somebody waits for has a turn
-- that lies back, so that it comes first and yet nothing waits for ever behind it.
create table check_schedule (
  organisation_id text collate "C" not null references organisations,
  credential_id text collate "C" not null,
  register text collate "C" not null,
  turn_at timestamptz not null,
  "trigger" text not null,
  correlation_id text,
  -- Errors in a row.
  failures integer not null default 0,
  -- The import whose export waits for the first answer.
  awaited_by text collate "C",
  evidence_sha256 bytea,
  evidence_check_id text collate "C",
  primary key (organisation_id, credential_id)
);
create index check_schedule_by_turn on check_schedule (organisation_id, register, turn_at, credential_id);
create index check_schedule_awaited on check_schedule (organisation_id, awaited_by) where awaited_by is not null;
select protect_tenant_table('check_schedule', 'select, insert, update, delete');

-- What the deciding check said beside the dates, when a source last answered, and how the last attempt ended.
alter table credentials
  add column conditions text[] not null default '{}',
  add column answered_at timestamptz,
  add column last_check_id text collate "C",
  add column last_check_outcome text,
  add column last_checked_at timestamptz;
alter table credential_versions add column conditions text[] not null default '{}';

-- Exports that wait until the checks which an import queued have had a first answer (spec 50, A run, 7).
create table settling_exports (
  organisation_id text collate "C" not null references organisations,
  import_id text collate "C" not null,
  due_at timestamptz not null,
  primary key (organisation_id, import_id)
);
select protect_tenant_table('settling_exports', 'select, insert, delete');
