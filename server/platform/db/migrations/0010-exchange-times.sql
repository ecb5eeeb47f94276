-- The exchange in time: how long files, results and exports are kept, which sources usually send, and what people were told.

-- Blobs that something no longer needs. The row goes in the transaction that let go of the blob; the bytes go after the
-- commit, once nothing else names them, and this row with them: a crash in between leaves work, not litter.
create table released_blobs (
  organisation_id text collate "C" not null references organisations,
  blob_key text collate "C" not null,
  released_at timestamptz not null,
  -- How often it was let go of: a release during a sweep is not forgotten by it.
  releases integer not null,
  primary key (organisation_id, blob_key)
);
select protect_tenant_table('released_blobs', 'select, insert, update, delete');

-- From when the retention of a file counts; null = from when it was complete (and from older nodes).
alter table exchange_files add column kept_since timestamptz;
create index exchange_files_by_age on exchange_files (organisation_id, folder, (coalesce(kept_since, modified_at))) where state = 'COMPLETE';
create index exchange_files_by_blob on exchange_files (organisation_id, blob_key);

-- A run stays for good; the file that it read, and its rows and results, do not.
alter table import_runs add column file_expired_at timestamptz, add column results_expired_at timestamptz;
create index import_runs_with_file on import_runs (organisation_id, finished_at) where finished_at is not null and file_expired_at is null;
create index import_runs_with_results on import_runs (organisation_id, finished_at) where finished_at is not null and results_expired_at is null;
create index import_runs_by_blob on import_runs (organisation_id, blob_key) where file_expired_at is null;
create index import_runs_by_results_blob on import_runs (organisation_id, results_blob_key) where results_blob_key is not null;
create index import_runs_by_name on import_runs (organisation_id, file_name, arrival desc);

-- That an export was written is kept; its file is not.
alter table exports add column content_expired_at timestamptz;
grant update (content_expired_at) on exports to vouchsafe_app;
create index exports_with_content on exports (organisation_id, created_at) where content_expired_at is null;
create index exports_by_blob on exports (organisation_id, blob_key) where content_expired_at is null;

-- What is known of a source's habits: on which days it sent lately, and whether people were told that it fell silent.
create table import_sources (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  source_folded text collate "C" not null,
  -- As it spells itself in its last file.
  name text not null,
  last_import_id text collate "C" not null,
  last_received_at timestamptz not null,
  -- Calendar days of the organisation's zone on which it sent, of the last four weeks, in order.
  days date[] not null,
  -- When its present silence was told; null while it sends.
  silence_told_at timestamptz,
  primary key (organisation_id, id),
  unique (organisation_id, source_folded)
);
select protect_tenant_table('import_sources', 'select, insert, update');

-- What people are to be told of imports: one row per matter, so that a repeated job tells nobody twice, and many matters
-- can go in one mail.
create table import_notices (
  organisation_id text collate "C" not null references organisations,
  -- The id of the event, or of the file that was not taken.
  id text collate "C" not null,
  kind text not null check (kind in ('HELD', 'FAILED', 'MISSING', 'REFUSED')),
  source text,
  import_id text collate "C",
  file_name text,
  -- Of a file that was not taken, why; of a silence, since when.
  detail text,
  at timestamptz not null,
  -- When it was told, and whether in a mail of its own or in one with others. Null = it waits for the next one.
  told_at timestamptz,
  told_by text check (told_by in ('ALONE', 'TOGETHER', 'NOT_WANTED')),
  primary key (organisation_id, id)
);
create index import_notices_untold on import_notices (organisation_id, at) where told_at is null;
create index import_notices_told on import_notices (organisation_id, told_at) where told_at is not null;
select protect_tenant_table('import_notices', 'select, insert, update, delete');

-- Organisations that are there already begin to clear up tomorrow: by then no older node takes the job, which it does not know.
insert into timers (organisation_id, kind, subject_id, due_at)
  select organisation_id, 'file-exchange.retention', organisation_id, now() + interval '1 day' from organisations
  on conflict do nothing;
