-- Partners push credentials to holders. Two more kinds of scope: a partner's and a holder's own (spec 80).
--
-- Their tables have partner_id or holder_id first in every key, each under its own policy. The tables of the ground that a
-- scope of any kind has rows in keep their name for it, organisation_id: what it holds there is the id of the scope.

create function protect_partner_table(table_name text, privileges text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format(
    'create policy partner on %I to vouchsafe_app
       using (partner_id = (select current_setting(''vouchsafe.partner_id'', true)))
       with check (partner_id = (select current_setting(''vouchsafe.partner_id'', true)))', table_name);
  execute format('grant %s on %I to vouchsafe_app', privileges, table_name);
end $$;
revoke execute on function protect_partner_table from public;

create function protect_holder_table(table_name text, privileges text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format(
    'create policy holder on %I to vouchsafe_app
       using (holder_id = (select current_setting(''vouchsafe.holder_id'', true)))
       with check (holder_id = (select current_setting(''vouchsafe.holder_id'', true)))', table_name);
  execute format('grant %s on %I to vouchsafe_app', privileges, table_name);
end $$;
revoke execute on function protect_holder_table from public;

-- Events, timers, mails and released blobs of a partner or a holder: there is no organisation that the key could point to.
alter table events drop constraint events_organisation_id_fkey;
alter table timers drop constraint timers_organisation_id_fkey;
alter table mails drop constraint mails_organisation_id_fkey;
alter table released_blobs drop constraint released_blobs_organisation_id_fkey;

create table partners (
  partner_id text collate "C" primary key,
  name text not null,
  name_folded text collate "C" not null unique,
  -- The partner's data key, wrapped by the master key; storage, seals, keyed hashes and upload links derive from it.
  wrapped_key bytea not null,
  -- Of a sandbox: who accepts there without a browser. No key: that row is in another scope.
  test_holder_id text collate "C",
  created_at timestamptz not null
);
select protect_partner_table('partners', 'select, insert');
grant select (partner_id, name, name_folded, test_holder_id, created_at) on partners to vouchsafe_unscoped;
create policy unscoped on partners for select to vouchsafe_unscoped using (true);

create table partner_clients (
  partner_id text collate "C" not null references partners,
  -- The OAuth client_id.
  id text collate "C" not null,
  name text not null,
  scopes text[] not null,
  disabled_at timestamptz,
  created_at timestamptz not null,
  primary key (partner_id, id)
);
select protect_partner_table('partner_clients', 'select, insert, update');
grant select (partner_id, id, scopes, disabled_at) on partner_clients to vouchsafe_unscoped;
create policy unscoped on partner_clients for select to vouchsafe_unscoped using (true);
create unique index partner_clients_by_id on partner_clients (id);

-- Two of a client are live at most: the one in use and, during a rotation, its successor.
create table partner_client_secrets (
  partner_id text collate "C" not null,
  id text collate "C" not null,
  client_id text collate "C" not null,
  -- SHA-256: the secret is 190 random bits.
  hash bytea not null unique,
  last_four text not null,
  created_at timestamptz not null,
  retired_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, client_id) references partner_clients (partner_id, id)
);
create index partner_client_secrets_by_client on partner_client_secrets (partner_id, client_id);
select protect_partner_table('partner_client_secrets', 'select, insert, update');
grant select (partner_id, client_id, hash, retired_at) on partner_client_secrets to vouchsafe_unscoped;
create policy unscoped on partner_client_secrets for select to vouchsafe_unscoped using (true);

create table partner_access_tokens (
  partner_id text collate "C" not null,
  id text collate "C" not null,
  client_id text collate "C" not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (partner_id, id),
  foreign key (partner_id, client_id) references partner_clients (partner_id, id)
);
create index partner_access_tokens_by_end on partner_access_tokens (partner_id, expires_at);
select protect_partner_table('partner_access_tokens', 'select, insert, delete');
grant select (partner_id, id, client_id, hash, scopes, expires_at) on partner_access_tokens to vouchsafe_unscoped;
create policy unscoped on partner_access_tokens for select to vouchsafe_unscoped using (true);

create table partner_submissions (
  partner_id text collate "C" not null references partners,
  -- Stands in the link that the holder opens: nobody can guess it.
  id text collate "C" not null,
  client_id text collate "C" not null,
  -- The partner's name for it.
  credential_id text collate "C" not null,
  -- A keyed hash of what was sent: tells a repetition. Null once nothing of it is kept.
  body_hash bytea,
  status text not null check (status in ('incomplete', 'verified', 'canceled')),
  -- The first holder who signed in. No key: that row is in another scope.
  holder_id text collate "C",
  claimed_at timestamptz,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  finalized_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, client_id) references partner_clients (partner_id, id)
);
select protect_partner_table('partner_submissions', 'select, insert, update, delete');

create table partner_items (
  partner_id text collate "C" not null,
  id text collate "C" not null,
  submission_id text collate "C" not null,
  -- In the order in which they were sent.
  position integer not null,
  credential_id text collate "C" not null,
  kind text not null,
  -- The fields, under the partner's key. Null when they were refused, dropped, or are the holder's by now.
  sealed bytea,
  -- Codes of what is odd about the fields.
  warnings text[] not null,
  state text not null check (state in ('OFFERED', 'ACCEPTED', 'REFUSED', 'DROPPED')),
  -- What the holder's side noted when it was accepted: codes.
  concerns text[] not null,
  decided_at timestamptz,
  -- Since when its answer to a status question does not change any more.
  settled_at timestamptz,
  delivered_at timestamptz,
  revoked_at timestamptz,
  sealed_reason bytea,
  primary key (partner_id, id),
  foreign key (partner_id, submission_id) references partner_submissions (partner_id, id) on delete cascade
);
create index partner_items_by_submission on partner_items (partner_id, submission_id, position);
select protect_partner_table('partner_items', 'select, insert, update, delete');

create table partner_assets (
  partner_id text collate "C" not null,
  id text collate "C" not null,
  item_id text collate "C" not null,
  position integer not null,
  asset_id text collate "C" not null,
  asset_type text not null,
  blob_key text collate "C",
  bytes bigint,
  sha256 text,
  media_type text,
  arrived_at timestamptz,
  primary key (partner_id, id),
  foreign key (partner_id, item_id) references partner_items (partner_id, id) on delete cascade
);
create index partner_assets_by_item on partner_assets (partner_id, item_id);
create index partner_assets_by_blob on partner_assets (partner_id, blob_key) where blob_key is not null;
select protect_partner_table('partner_assets', 'select, insert, update, delete');

-- Every id that the partner gave to something, the whole of a submission or one item of it: none twice.
create table partner_credential_ids (
  partner_id text collate "C" not null,
  credential_id text collate "C" not null,
  submission_id text collate "C" not null,
  -- Null = the submission itself.
  item_id text collate "C",
  primary key (partner_id, credential_id),
  foreign key (partner_id, submission_id) references partner_submissions (partner_id, id) on delete cascade,
  foreign key (partner_id, item_id) references partner_items (partner_id, id) on delete cascade
);
create index partner_credential_ids_by_submission on partner_credential_ids (partner_id, submission_id);
select protect_partner_table('partner_credential_ids', 'select, insert, delete');

-- A person with a passport. How they sign in and what they keep lies in tables of its own.
create table holders (
  holder_id text collate "C" primary key,
  wrapped_key bytea not null,
  is_sandbox boolean not null,
  created_at timestamptz not null
);
select protect_holder_table('holders', 'select, insert, delete');
