-- Imports, exports, the file exchange.

-- The order of arrival, across nodes. One number more than needed is harmless.
create sequence import_arrival_sequence;
grant usage on import_arrival_sequence to vouchsafe_app;

create table import_runs (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  version integer not null,
  channel text not null,
  file_name text not null,
  file_kind text not null check (file_kind in ('EMPLOYEE', 'POSITION')),
  source_system text not null,
  source_folded text collate "C" not null,
  mode text not null check (mode in ('SNAPSHOT', 'UPSERT')),
  -- Whether the file came as a DELTA: applied always and in order, never superseded.
  is_delta boolean not null,
  name_date date,
  name_time text,
  blob_key text not null,
  bytes bigint not null,
  sha256 text not null,
  arrival bigint not null,
  -- The file of the virtual tree that it came as, if any: told apart from a later file of the same name.
  file_id text,
  actor_kind text not null,
  actor_id text,
  status text not null check (status in ('RECEIVED', 'PLANNING', 'PLANNED', 'HELD', 'APPLYING', 'COMPLETED',
                                         'FAILED', 'SUPERSEDED', 'REJECTED', 'CANCELLED', 'LAPSED')),
  -- A run by CLI or API that stops at the plan.
  stop_at_plan boolean not null,
  -- The hash that a person approved; applied as soon as the run's turn comes.
  approved_hash text,
  approved_by text,
  plan_hash text,
  hold_reasons text[] not null default '{}',
  notes jsonb not null default '[]',
  counts jsonb not null default '{}',
  deactivated_worker_ids text[] not null default '{}',
  fault jsonb,
  superseded_by text,
  -- The original header cells, for the results file.
  header text[],
  results_blob_key text,
  results_bytes bigint,
  results_sha256 text,
  received_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null,
  primary key (organisation_id, id)
);
create index import_runs_by_received on import_runs (organisation_id, received_at desc, id);
create index import_runs_by_updated on import_runs (organisation_id, updated_at, id);
create index import_runs_unfinished on import_runs (organisation_id, arrival)
  where status in ('RECEIVED', 'PLANNING', 'PLANNED', 'HELD', 'APPLYING');
create index import_runs_applied on import_runs (organisation_id, source_folded, file_kind, arrival desc)
  where status = 'COMPLETED';
create index import_runs_by_file on import_runs (organisation_id, file_id) where file_id is not null;
select protect_tenant_table('import_runs', 'select, insert, update');

create table import_rows (
  organisation_id text collate "C" not null,
  run_id text collate "C" not null,
  "row" integer not null,
  line integer not null,
  cells text[] not null,
  row_status text not null check (row_status in ('CREATED', 'UPDATED', 'UNCHANGED', 'REJECTED')),
  row_severity text not null check (row_severity in ('OK', 'WARNING', 'ERROR')),
  messages jsonb not null,
  worker_id text,
  credential_id text,
  -- No foreign key: the rows are written with their run, by the thousand, and a key would be checked one by one.
  primary key (organisation_id, run_id, "row")
);
-- The rows that people look for. CREATED is most of a first file and UNCHANGED of every later one: read in order of rows.
create index import_rows_by_status on import_rows (organisation_id, run_id, row_status, "row")
  where row_status in ('UPDATED', 'REJECTED');
select protect_tenant_table('import_rows', 'select, insert, update, delete');

create table exports (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  kind text not null check (kind in ('STATUS')),
  source_system text,                        -- null = all sources in one file
  file_name text collate "C" not null,
  "trigger" text not null,
  counts jsonb not null,
  blob_key text not null,
  bytes bigint not null,
  sha256 text not null,
  created_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, file_name)
);
create index exports_by_created on exports (organisation_id, created_at desc, id);
select protect_tenant_table('exports', 'select, insert');

create table sftp_accounts (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  username text not null,
  username_folded text collate "C" not null unique,
  password_hash text,
  -- What a login needs: a key, a password, or both.
  requires text not null check (requires in ('KEY', 'PASSWORD', 'EITHER', 'BOTH')),
  is_enabled boolean not null,
  allowed_addresses text[] not null default '{}',
  created_at timestamptz not null,
  primary key (organisation_id, id)
);
select protect_tenant_table('sftp_accounts', 'select, insert, update');
grant select (organisation_id, id, username, username_folded, password_hash, requires, is_enabled, allowed_addresses)
  on sftp_accounts to vouchsafe_unscoped;
create policy unscoped on sftp_accounts for select to vouchsafe_unscoped using (true);

create table sftp_account_keys (
  organisation_id text collate "C" not null,
  account_id text collate "C" not null,
  fingerprint text collate "C" not null,     -- SHA256:…, as ssh-keygen -l prints it
  algorithm text not null,
  public_key bytea not null,                 -- the wire form (RFC 4253, section 6.6)
  comment text not null,
  created_at timestamptz not null,
  primary key (organisation_id, account_id, fingerprint),
  foreign key (organisation_id, account_id) references sftp_accounts (organisation_id, id)
);
select protect_tenant_table('sftp_account_keys', 'select, insert, delete');
grant select (organisation_id, account_id, fingerprint, public_key) on sftp_account_keys to vouchsafe_unscoped;
create policy unscoped on sftp_account_keys for select to vouchsafe_unscoped using (true);

-- The virtual tree: every node serves the same one.
create table exchange_files (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  folder text collate "C" not null,
  name text collate "C" not null,
  -- PARTIAL: being written, or cut; its own account alone sees it.
  state text not null check (state in ('PARTIAL', 'COMPLETE')),
  account_id text collate "C",
  blob_key text not null,
  bytes bigint not null,
  sha256 text,
  -- The time that the client set, for display; the order is the server's.
  client_modified_at timestamptz,
  modified_at timestamptz not null,
  primary key (organisation_id, id)
);
create unique index exchange_files_complete on exchange_files (organisation_id, folder, name) where state = 'COMPLETE';
create unique index exchange_files_partial on exchange_files (organisation_id, folder, name, account_id) where state = 'PARTIAL';
select protect_tenant_table('exchange_files', 'select, insert, update, delete');
