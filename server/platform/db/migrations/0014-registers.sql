-- How each organisation reaches the registers, and how they have answered of late.

create table register_connectors (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  version integer not null,
  kind text not null check (kind in ('http', 'simulator', 'list', 'manual')),
  settings jsonb not null,
  -- Wrapped with the organisation's key; null = none is needed.
  wrapped_secret bytea,
  updated_at timestamptz not null,
  primary key (organisation_id, register)
);
select protect_tenant_table('register_connectors', 'select, insert, update, delete');

create table register_connector_versions (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  version integer not null,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  kind text,                                 -- null = taken away
  settings jsonb,
  primary key (organisation_id, register, version)
);
select protect_tenant_table('register_connector_versions', 'select, insert');

create table register_health (
  organisation_id text collate "C" not null references organisations,
  register text collate "C" not null,
  state text not null check (state in ('CLOSED', 'OPEN')),
  faults_in_row integer not null,
  -- How often it was opened since it last answered.
  openings integer not null,
  -- Nothing is asked before.
  may_ask_at timestamptz,
  recent_good double precision not null,
  recent_faults double precision not null,
  last_good_at timestamptz,
  last_fault_at timestamptz,
  last_fault_code text,
  last_fault_detail text,
  primary key (organisation_id, register)
);
select protect_tenant_table('register_health', 'select, insert, update, delete');
