-- What the API writes beside what files do.

-- Credential types that an organisation made for itself, beside the shipped catalogue. Never changed: a code keeps its
-- meaning for good.
create table own_credential_types (
  organisation_id text collate "C" not null references organisations,
  code text collate "C" not null,
  -- As an entry of the catalogue.
  entry jsonb not null,
  created_at timestamptz not null,
  primary key (organisation_id, code)
);
select protect_tenant_table('own_credential_types', 'select, insert');

-- What deleted workers hold is left out of every list.
create index workers_deleted on workers (organisation_id, id) where deleted_at is not null;

-- What an organisation requires of a position by itself (spec 60, the grammar); what files say lies in position_requirements.
alter table positions add column requirements jsonb;
alter table position_versions add column own_requirements jsonb;

-- When a token was last given a new secret.
alter table access_tokens add column rotated_at timestamptz;
alter table organisations add column updated_at timestamptz;
-- A deleted account's user name is free again.
alter table sftp_accounts add column updated_at timestamptz, add column deleted_at timestamptz;
alter table sftp_accounts drop constraint sftp_accounts_username_folded_key;
create unique index sftp_accounts_by_username on sftp_accounts (username_folded) where deleted_at is null;
grant select (deleted_at) on sftp_accounts to vouchsafe_unscoped;
