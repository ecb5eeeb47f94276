-- Mappings, positions, workers, credentials. Each has its present rows and its versions; a version says what was
-- so from valid_from on, as recorded at recorded_at. State as of V known at K: among the versions with
-- valid_from <= V and recorded_at <= K, the one latest by (valid_from, recorded_at, version).

create table licence_type_mappings (
  organisation_id text collate "C" not null references organisations,
  -- The organisation's own code, byte for byte as it stands in its files (blanks around it removed).
  code text collate "C" not null,
  credential_type text collate "C" not null,
  updated_at timestamptz not null,
  primary key (organisation_id, code)
);
select protect_tenant_table('licence_type_mappings', 'select, insert, update, delete');

create table licence_type_mapping_versions (
  organisation_id text collate "C" not null references organisations,
  code text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  credential_type text collate "C",          -- null = taken away
  primary key (organisation_id, code, version)
);
select protect_tenant_table('licence_type_mapping_versions', 'select, insert');

create table positions (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  version integer not null,
  code text collate "C" not null,
  name text,
  state text,
  grace_days integer not null default 0,
  effective_from date,
  -- Named by a person's row, described by nobody yet.
  is_stub boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (organisation_id, id)
);
create unique index positions_by_code on positions (organisation_id, code) where deleted_at is null;
select protect_tenant_table('positions', 'select, insert, update');

-- One row one requirement; requirements of several sources are joined by AND (spec 60, Positions).
create table position_requirements (
  organisation_id text collate "C" not null,
  position_id text collate "C" not null,
  source_folded text collate "C" not null,
  license_code text collate "C" not null,
  state text collate "C" not null,           -- as received, '' when empty
  credential_type text collate "C",          -- null = UNRESOLVED: a yellow gap, never "nothing required"
  jurisdiction text,
  unresolved_reason text,
  primary key (organisation_id, position_id, source_folded, license_code, state),
  foreign key (organisation_id, position_id) references positions (organisation_id, id)
);
create index position_requirements_by_source on position_requirements (organisation_id, source_folded);
select protect_tenant_table('position_requirements', 'select, insert, update, delete');

create table position_versions (
  organisation_id text collate "C" not null,
  position_id text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  run_id text,
  is_deleted boolean not null,
  code text collate "C" not null,
  name text,
  state text,
  grace_days integer not null,
  effective_from date,
  -- [{source, licenseCode, state, credentialType, jurisdiction, unresolvedReason}] at that time
  requirements jsonb not null,
  primary key (organisation_id, position_id, version),
  foreign key (organisation_id, position_id) references positions (organisation_id, id)
);
select protect_tenant_table('position_versions', 'select, insert');

create table workers (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null,
  display_name text not null,
  first_name text,
  middle_name text,
  last_name text,
  birth_date date,
  work_email text,
  mobile text,
  job_title text,
  position_id text collate "C",
  state text,
  worker_type text check (worker_type in ('EMPLOYEE', 'CONTRACTOR', 'VOLUNTEER', 'STUDENT')),
  status text not null check (status in ('ACTIVE', 'INACTIVE')),
  start_date date,
  -- Folded once when written: an expression would lose its index under row-level security (not leak-proof).
  display_name_folded text collate "C" not null,
  work_email_folded text collate "C",
  -- The roll-up over credentials; null = no credential to judge.
  licence_status text check (licence_status in ('green', 'yellow', 'red')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  -- Keys that others took while this one was deleted: [{externalId, sourceSystem}]. It comes back only when they are free.
  lost_sources jsonb not null default '[]',
  erased_at timestamptz,
  primary key (organisation_id, id)
);
select require_parent('workers', 'position_id', 'positions');
create unique index workers_by_active_email on workers (organisation_id, work_email_folded)
  where status = 'ACTIVE' and deleted_at is null and work_email_folded is not null;
-- The two partial indexes over e-mail hold every worker once between them, the two by name serve both statuses: an
-- import pays for each index on each row.
create index workers_by_former_email on workers (organisation_id, work_email_folded)
  where not (status = 'ACTIVE' and deleted_at is null) and work_email_folded is not null;
create index workers_by_name on workers (organisation_id, display_name_folded, id);
create index workers_inactive on workers (organisation_id, display_name_folded, id) where status = 'INACTIVE';
create index workers_by_updated on workers (organisation_id, updated_at, id);
create index workers_by_position on workers (organisation_id, position_id, display_name_folded, id);
create index workers_by_licence_status on workers (organisation_id, licence_status, display_name_folded, id)
  where licence_status is not null;
select protect_tenant_table('workers', 'select, insert, update');

-- The keys under which other systems know a worker. Found by the external id alone through worker_source_systems().
create table worker_sources (
  organisation_id text collate "C" not null,
  source_folded text collate "C" not null,
  external_id text collate "C" not null,
  source_system text not null,
  worker_id text collate "C" not null,
  is_primary boolean not null,
  -- Whether the source's last snapshot named the worker.
  is_present boolean not null,
  primary key (organisation_id, source_folded, external_id)
);
select require_parent('worker_sources', 'worker_id', 'workers');
create index worker_sources_by_worker on worker_sources (organisation_id, worker_id);
select protect_tenant_table('worker_sources', 'select, insert, update, delete');

-- The few source systems that know workers: one probe of the primary key each, however many workers there are.
create function worker_source_systems(organisation text) returns setof text language sql stable rows 4 as $$
  with recursive systems (source) as (
    (select source_folded from worker_sources where organisation_id = organisation order by source_folded limit 1)
    union all
    select (select k.source_folded from worker_sources k where k.organisation_id = organisation and k.source_folded > s.source
      order by k.source_folded limit 1)
    from systems s where s.source is not null)
  select source from systems where source is not null
$$;

create table worker_versions (
  organisation_id text collate "C" not null,
  worker_id text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  run_id text,
  is_deleted boolean not null,
  display_name text not null,
  first_name text,
  middle_name text,
  last_name text,
  birth_date date,
  work_email text,
  mobile text,
  job_title text,
  position_id text collate "C",
  state text,
  worker_type text,
  status text not null,
  start_date date,
  primary key (organisation_id, worker_id, version)
);
select protect_tenant_table('worker_versions', 'select, insert');

create table credentials (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  version integer not null,
  worker_id text collate "C" not null,
  credential_type text collate "C" not null,
  number_normalised text collate "C" not null,
  jurisdiction text,
  -- Declared: what somebody said, by which channel. Verified: what a check said. Never mixed (spec 10, Credentials).
  declared_number text,
  declared_holder_name text,
  declared_issue_date date,
  declared_expiry_date date,
  declared_channel text not null,
  declared_by text not null,
  declared_at timestamptz not null,
  verified_number text,
  verified_holder_name text,
  verified_issue_date date,
  verified_expiry_date date,
  -- True when a check said "does not expire": a null verified_expiry_date alone means "not known".
  verified_never_expires boolean not null default false,
  verified_by_check text,
  verified_at timestamptz,
  eligibility text check (eligibility in ('MAY_ENGAGE', 'MAY_NOT_ENGAGE', 'REVIEW_REQUIRED', 'IN_PROGRESS', 'ERROR')),
  status_details text[] not null default '{}',
  assurance text not null check (assurance in ('DECLARED', 'REVIEWED', 'VERIFIED')),
  lifecycle text not null check (lifecycle in ('ACTIVE', 'INACTIVE', 'SUPERSEDED')),
  licence_status text not null check (licence_status in ('green', 'yellow', 'red')),
  status_reasons text[] not null,
  -- The first day on which the status may change by time alone. '-infinity' = to be computed now; null = never.
  status_due_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (organisation_id, id)
);
select require_parent('credentials', 'worker_id', 'workers');
create unique index credentials_by_number on credentials (organisation_id, worker_id, credential_type, number_normalised)
  where deleted_at is null;
create index credentials_by_status_due on credentials (organisation_id, status_due_on) where status_due_on is not null;
create index credentials_by_updated on credentials (organisation_id, updated_at, id);
create index credentials_by_type on credentials (organisation_id, credential_type, id);
create index credentials_by_licence_status on credentials (organisation_id, licence_status, id);
select protect_tenant_table('credentials', 'select, insert, update');

-- Every key under which a file named the credential, byte for byte; one row of the status export each.
create table credential_source_keys (
  organisation_id text collate "C" not null,
  source_folded text collate "C" not null,
  external_id text collate "C" not null,
  licence_type text collate "C" not null,
  licence_number text collate "C" not null,
  -- The external id exactly as received (the key above has blanks around it removed).
  external_id_received text not null,
  source_system text not null,
  worker_id text collate "C" not null,
  credential_id text collate "C" not null,
  primary key (organisation_id, source_folded, external_id, licence_type, licence_number)
);
select require_parent('credential_source_keys', 'credential_id', 'credentials');
create index credential_source_keys_by_credential on credential_source_keys (organisation_id, credential_id);
select protect_tenant_table('credential_source_keys', 'select, insert, update, delete');

create table credential_versions (
  organisation_id text collate "C" not null,
  credential_id text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  run_id text,
  is_deleted boolean not null,
  worker_id text collate "C" not null,
  credential_type text collate "C" not null,
  jurisdiction text,
  declared_number text,
  declared_holder_name text,
  declared_issue_date date,
  declared_expiry_date date,
  declared_channel text not null,
  declared_by text not null,
  declared_at timestamptz not null,
  verified_number text,
  verified_holder_name text,
  verified_issue_date date,
  verified_expiry_date date,
  verified_never_expires boolean not null,
  verified_by_check text,
  verified_at timestamptz,
  eligibility text,
  status_details text[] not null,
  assurance text not null,
  lifecycle text not null,
  primary key (organisation_id, credential_id, version)
);
select protect_tenant_table('credential_versions', 'select, insert');
