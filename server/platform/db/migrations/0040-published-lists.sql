-- Registers that are published as files, and who of the workers may be on them (spec 60, Checks and banChecks).

-- How each list stands: which version counts, and when it was last known to be what is published.
create table published_lists (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  -- The number of the version that counts; null = none does yet.
  version integer,
  confirmed_at timestamptz,
  -- What the publisher said of the file that was fetched last: asked with it, it need not send the same again.
  etag text,
  last_modified text,
  failed_at timestamptz,
  fault text,
  updated_at timestamptz not null,
  primary key (organisation_id, register)
);
select protect_tenant_table('published_lists', 'select, insert, update, delete');

create table published_list_versions (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  register text collate "C" not null,
  number integer not null,
  status text not null check (status in ('HELD', 'APPLIED', 'SUPERSEDED', 'REJECTED')),
  origin text not null check (origin in ('UPLOADED', 'FETCHED')),
  file_name text not null,
  blob_key text collate "C" not null,
  bytes bigint not null,
  sha256 text not null,
  "rows" integer not null,
  -- Against the version that counted when it came; against the one before it once it is applied.
  added integer not null,
  removed integer not null,
  changed integer not null,
  etag text,
  last_modified text,
  received_at timestamptz not null,
  applied_at timestamptz,
  updated_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, register, number)
);
select protect_tenant_table('published_list_versions', 'select, insert, update');
create index published_list_versions_by_blob on published_list_versions (organisation_id, blob_key);

-- A row of the list as it stood from one version until another; of the version that counts those without an end.
create table published_list_entries (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  key text collate "C" not null,
  from_version integer not null,
  to_version integer,
  hash text collate "C" not null,
  number_folded text collate "C",
  content jsonb not null,
  primary key (organisation_id, register, key, from_version)
);
select protect_tenant_table('published_list_entries', 'select, insert, update');
create index published_list_entries_present on published_list_entries (organisation_id, register, key) where to_version is null;
create index published_list_entries_by_end on published_list_entries (organisation_id, register, to_version, key) where to_version is not null;
create index published_list_entries_by_start on published_list_entries (organisation_id, register, from_version, key);
create index published_list_entries_by_number on published_list_entries (organisation_id, register, number_folded)
  where to_version is null and number_folded is not null;

-- Somebody who may be the person of a row, until the row or the person is another.
create table ban_matches (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  register text collate "C" not null,
  worker_id text collate "C" not null,
  entry_key text collate "C" not null,
  -- POSSIBLE: a person has to look. DISMISSED: it is somebody else. CONFIRMED: it is this person. GONE: no longer alike.
  status text not null check (status in ('POSSIBLE', 'DISMISSED', 'CONFIRMED', 'GONE')),
  score double precision not null,
  grounds text[] not null,
  -- What was compared: a decision holds as long as both are the same.
  worker_hash text collate "C" not null,
  entry_hash text collate "C" not null,
  entry jsonb not null,
  -- In which version of the list it was found so.
  list_version integer not null,
  found_at timestamptz not null,
  -- REVIEW, or NUMBER where an exact number decided.
  decided_by text check (decided_by in ('REVIEW', 'NUMBER')),
  review_id text collate "C",
  decided_at timestamptz,
  updated_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, register, worker_id, entry_key)
);
select require_parent('ban_matches', 'worker_id', 'workers');
select protect_tenant_table('ban_matches', 'select, insert, update');
create index ban_matches_by_worker on ban_matches (organisation_id, worker_id) where status <> 'GONE';

-- What a list said of each worker, when it was last looked into.
create table ban_checks (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  worker_id text collate "C" not null,
  outcome text collate "C" not null check (outcome in ('CLEAR', 'POSSIBLE', 'MATCH')),
  list_version integer not null,
  checked_at timestamptz not null,
  version integer not null,
  primary key (organisation_id, register, worker_id)
);
select require_parent('ban_checks', 'worker_id', 'workers');
select protect_tenant_table('ban_checks', 'select, insert, update, delete');
create index ban_checks_by_worker on ban_checks (organisation_id, worker_id);
create index ban_checks_by_list on ban_checks (organisation_id, register, list_version, worker_id);

-- Each answer that was another than the one before; null = the list is asked no more.
create table ban_check_versions (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  worker_id text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  outcome text,
  list_version integer,
  primary key (organisation_id, register, worker_id, version)
);
select require_parent('ban_check_versions', 'worker_id', 'workers');
select protect_tenant_table('ban_check_versions', 'select, insert');
create index ban_check_versions_by_worker on ban_check_versions (organisation_id, worker_id, valid_from);

-- When each list was last known to be what is published: whether an answer was stale at an instant follows from it.
create table published_list_confirmations (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  confirmed_at timestamptz not null,
  version integer not null,
  primary key (organisation_id, register, confirmed_at)
);
select protect_tenant_table('published_list_confirmations', 'select, insert');
