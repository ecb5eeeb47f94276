-- Console users: who they are, how they sign in, and where they are signed in (spec 90, Access).

create table users (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  email text not null,
  -- Lower case: an address is one user of an organisation at most, and may be users of several.
  email_folded text collate "C" not null,
  display_name text not null,
  role text not null check (role in ('owner', 'admin', 'manager', 'reviewer', 'viewer')),
  is_disabled boolean not null,
  -- When the invitation was accepted; null until then.
  joined_at timestamptz,
  -- argon2id; null without a password (not joined, or single sign-on only).
  password_hash text,
  -- Who this is at the provider of single sign-on, once they came that way.
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (organisation_id, id)
);
create unique index users_by_email on users (organisation_id, email_folded) where deleted_at is null;
create unique index users_by_oidc on users (organisation_id, oidc_issuer, oidc_subject) where deleted_at is null and oidc_subject is not null;
-- At sign-in nobody has said which organisation it is.
create index users_by_email_anywhere on users (email_folded) where deleted_at is null;
select protect_tenant_table('users', 'select, insert, update');
grant select (organisation_id, id, email_folded, role, is_disabled, joined_at, deleted_at) on users to vouchsafe_unscoped;
create policy unscoped on users for select to vouchsafe_unscoped using (true);

-- Links that were mailed: invitations, and passwords to be set anew. One of a kind per user: a newer one replaces it.
create table user_links (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  kind text not null check (kind in ('INVITATION', 'PASSWORD_RESET')),
  -- SHA-256 of 256 random bits.
  hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, user_id, kind),
  foreign key (organisation_id, user_id) references users (organisation_id, id)
);
select protect_tenant_table('user_links', 'select, insert, delete');
grant select (organisation_id, id, hash) on user_links to vouchsafe_unscoped;
create policy unscoped on user_links for select to vouchsafe_unscoped using (true);

create table user_sessions (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  -- SHA-256 of the cookie's 256 random bits.
  hash bytea not null unique,
  methods text[] not null,
  address text not null,
  user_agent text,
  created_at timestamptz not null,
  -- Written at most once a minute.
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id)
);
create index user_sessions_by_user on user_sessions (organisation_id, user_id);
select protect_tenant_table('user_sessions', 'select, insert, update, delete');
grant select (organisation_id, id, user_id, hash, created_at, last_used_at, expires_at) on user_sessions to vouchsafe_unscoped;
create policy unscoped on user_sessions for select to vouchsafe_unscoped using (true);

create table user_second_factors (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  user_id text collate "C" not null,
  kind text not null check (kind in ('TOTP', 'PASSKEY')),
  name text not null,
  -- Of a TOTP: the shared secret, wrapped with the organisation's key, and the last time step whose code was used.
  wrapped_secret bytea,
  last_step bigint,
  -- Of a passkey: what the authenticator is known by.
  credential_id text collate "C" unique,
  public_key bytea,
  sign_count bigint,
  transports text[],
  -- Counts only once it was shown to work.
  confirmed_at timestamptz,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, user_id) references users (organisation_id, id),
  check ((kind = 'TOTP') = (wrapped_secret is not null)),
  check ((kind = 'PASSKEY') = (credential_id is not null and public_key is not null and sign_count is not null))
);
create index user_second_factors_by_user on user_second_factors (organisation_id, user_id);
select protect_tenant_table('user_second_factors', 'select, insert, update, delete');
grant select (organisation_id, user_id, credential_id) on user_second_factors to vouchsafe_unscoped;
create policy unscoped on user_second_factors for select to vouchsafe_unscoped using (true);

create table user_recovery_codes (
  organisation_id text collate "C" not null,
  user_id text collate "C" not null,
  -- Keyed with the organisation's key: 80 random bits are few enough to deserve it.
  hash bytea not null,
  primary key (organisation_id, user_id, hash),
  foreign key (organisation_id, user_id) references users (organisation_id, id)
);
select protect_tenant_table('user_recovery_codes', 'select, insert, delete');

-- What follows is asked before anybody is known, names no organisation, and tells nothing to who reads it: keyed hashes.

-- How often signing in went wrong lately, per e-mail address and per source address: the same for addresses that nobody
-- has, so that a lock does not tell who exists.
create table sign_in_failures (
  subject bytea primary key,
  failures integer not null,
  last_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_failures_by_time on sign_in_failures (last_at);
grant select, insert, update, delete on sign_in_failures to vouchsafe_app;

-- Challenges to authenticators that wait for their answer, each for one.
create table sign_in_challenges (
  hash bytea primary key,
  expires_at timestamptz not null
);
create index sign_in_challenges_by_time on sign_in_challenges (expires_at);
-- Update: to clear away what nobody holds, it is locked row by row.
grant select, insert, update, delete on sign_in_challenges to vouchsafe_app;
