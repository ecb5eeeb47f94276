-- Fetch requests (spec 30): what a worker is asked for, how far it is, what was answered, and how it came to that.

create table fetch_requests (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  worker_id text collate "C" not null,
  display_name text not null,
  message text,
  -- The flat list, where the request came with one; else null.
  requested_types text[],
  requirements jsonb not null,
  guiding_texts jsonb not null,
  expiry_days int not null,
  channel text not null check (channel in ('EMAIL', 'LINK')),
  email_address text,
  -- Each issue of a link is a generation; the token can be derived from it and from the link key of this version alone.
  generation int not null,
  link_key_version int not null,
  -- SHA-256 of the token of the present generation.
  token_hash bytea not null unique,
  token_expires_at timestamptz not null,
  -- When the present link was issued; its expiry counts from there.
  issued_at timestamptz not null,
  reminders_sent int not null default 0,
  automatic_reminders int not null default 0,
  last_mail_at timestamptz,
  delivery_problem text,
  status text not null check (status in
    ('INITIATED', 'SENT', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'COMPLETED', 'EXPIRED', 'CANCELLED')),
  furthest text not null,
  initiated_at timestamptz not null,
  sent_at timestamptz,
  opened_at timestamptz,
  submitted_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  expired_at timestamptz,
  -- Step-up: wrong dates of birth so far; at the fifth the link opens nothing any more.
  identity_tries int not null default 0,
  privacy_notice_version text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (organisation_id, id),
  foreign key (organisation_id, worker_id) references workers (organisation_id, id)
);
create index fetch_requests_by_time on fetch_requests (organisation_id, created_at desc, id desc);
create index fetch_requests_by_status on fetch_requests (organisation_id, status, created_at desc, id desc);
create index fetch_requests_by_worker on fetch_requests (organisation_id, worker_id, created_at desc, id desc);
create index fetch_requests_by_change on fetch_requests (organisation_id, updated_at);
select protect_tenant_table('fetch_requests', 'select, insert, update');
grant select (organisation_id, id, token_hash) on fetch_requests to vouchsafe_unscoped;
create policy unscoped on fetch_requests for select to vouchsafe_unscoped using (true);

-- One for each credential type that the request names, also those that stand in for another.
create table fetch_request_items (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  fetch_request_id text collate "C" not null,
  place int not null,
  credential_type text collate "C" not null,
  -- Whether it is only asked for in another's stead.
  is_alternative boolean not null,
  state text not null check (state in ('OPEN', 'SUPPLIED', 'DECLINED', 'SENT_BACK', 'WAIVED')),
  -- What was typed and not yet handed in, encrypted with the organisation's key.
  draft bytea,
  credential_id text collate "C",
  decline_reason text,
  sent_back_reason text,
  consented_at timestamptz,
  answered_at timestamptz,
  updated_at timestamptz not null,
  primary key (organisation_id, id),
  unique (organisation_id, fetch_request_id, credential_type),
  foreign key (organisation_id, fetch_request_id) references fetch_requests (organisation_id, id),
  foreign key (organisation_id, credential_id) references credentials (organisation_id, id)
);
create index fetch_request_items_by_credential on fetch_request_items (organisation_id, credential_id) where credential_id is not null;
select protect_tenant_table('fetch_request_items', 'select, insert, update');

create table fetch_request_history (
  organisation_id text collate "C" not null,
  fetch_request_id text collate "C" not null,
  id text collate "C" not null,
  at timestamptz not null,
  -- Of one instant the order in which they were written.
  place bigint generated always as identity,
  cause text not null,
  from_status text,
  to_status text not null,
  actor_kind text not null,
  actor_id text,
  channel text not null,
  -- Plain facts: types, counts, reasons in the house's own words.
  facts jsonb not null,
  primary key (organisation_id, fetch_request_id, place),
  foreign key (organisation_id, fetch_request_id) references fetch_requests (organisation_id, id)
);
select protect_tenant_table('fetch_request_history', 'select, insert');
