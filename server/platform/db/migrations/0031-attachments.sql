-- Attachments: files of credentials, and of answers that have not become a credential yet (spec 40).

create table attachments (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  credential_id text collate "C",
  -- What it was handed in for, as long as there is no credential: the item of a fetch request.
  held_for text collate "C",
  file_name text not null,
  -- As the bytes say, not as somebody called it.
  media_type text not null,
  bytes integer not null check (bytes > 0),
  sha256 text collate "C" not null,
  blob_key text collate "C" not null,
  source text not null check (source in ('api', 'upload_link', 'console', 'passport', 'sftp')),
  uploaded_at timestamptz not null,
  -- Whether a virus scanner has looked at it: OFF = there was none, WAITING = it did not answer.
  scan text not null check (scan in ('OFF', 'WAITING', 'CLEAN')),
  -- What the automatic check found; null until it is ready.
  verification jsonb,
  updated_at timestamptz not null,
  primary key (organisation_id, id),
  check ((credential_id is null) <> (held_for is null))
);
select require_parent('attachments', 'credential_id', 'credentials');
-- The same bytes are kept once.
create unique index attachments_of_credential on attachments (organisation_id, credential_id, sha256) where credential_id is not null;
create unique index attachments_held on attachments (organisation_id, held_for, sha256) where held_for is not null;
-- The same bytes under other people; and what the sweeper of the storage asks.
create index attachments_by_content on attachments (organisation_id, sha256);
create index attachments_by_blob on attachments (organisation_id, blob_key);
create index attachments_unscanned on attachments (organisation_id, uploaded_at) where scan = 'WAITING';
select protect_tenant_table('attachments', 'select, insert, update, delete');
