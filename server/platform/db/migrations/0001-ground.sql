-- The ground: organisations and access to them, events, timers, audit, secrets of the installation.
--
-- Rules that every table here keeps (spec 90, Access):
--   the scope (organisation_id) comes first in every key; row-level security is on; the application works as
--   vouchsafe_app, which owns nothing; what must be asked before a scope is known goes through vouchsafe_unscoped,
--   column by column; no column defaults to the database's clock.

create function protect_tenant_table(table_name text, privileges text) returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  -- The sub-select is evaluated once per statement instead of once per row.
  execute format(
    'create policy organisation on %I to vouchsafe_app
       using (organisation_id = (select current_setting(''vouchsafe.organisation_id'', true)))
       with check (organisation_id = (select current_setting(''vouchsafe.organisation_id'', true)))', table_name);
  execute format('grant %s on %I to vouchsafe_app', privileges, table_name);
end $$;
revoke execute on function protect_tenant_table from public;

-- Ids made by set-wise statements: 16 characters of [0-9A-Za-z] from 90 random bits.
create function new_id(prefix text) returns text language sql volatile parallel safe as $$
  select prefix || '_' || replace(replace(encode(substr(uuid_send(gen_random_uuid()), 1, 12), 'base64'), '+', 'K'), '/', 'z')
$$;

-- Foreign keys of the tables that imports fill by the thousand. A key of PostgreSQL's is checked row by row and locks the
-- parent's row each time: eight of them took as long as everything else in an import. Here an insert is checked by one
-- join per statement, an update row by row where the column changed. That is enough because the parents never go: the
-- application may not delete them (see the privileges), and ids do not change. Row-level security hides other
-- organisations' parents from the check, so it is stricter than a plain key.
create function require_parents_of_inserted() returns trigger language plpgsql as $$
declare orphan text;
begin
  execute format(
    'select i.%2$I from inserted i where i.%2$I is not null and not exists (
       select from %1$I p where p.organisation_id = i.organisation_id and p.id = i.%2$I) limit 1',
    tg_argv[0], tg_argv[1]) into orphan;
  if orphan is not null then
    raise foreign_key_violation using message = format('%s.%s names %s, which is not in %s', tg_table_name, tg_argv[1], orphan, tg_argv[0]);
  end if;
  return null;
end $$;

create function require_parent_of_updated() returns trigger language plpgsql as $$
declare is_there boolean;
begin
  execute format(
    'select exists (select from %1$I p where p.organisation_id = $1.organisation_id and p.id = $1.%2$I)',
    tg_argv[0], tg_argv[1]) into is_there using new;
  if not is_there then
    raise foreign_key_violation using message = format('%s.%s names what is not in %s', tg_table_name, tg_argv[1], tg_argv[0]);
  end if;
  return null;
end $$;

-- A foreign key (organisation_id, child_column) to (organisation_id, id) of parent_table, checked set-wise.
create function require_parent(child_table text, child_column text, parent_table text) returns void language plpgsql as $$
begin
  execute format(
    'create trigger %1$I after insert on %2$I referencing new table as inserted
       for each statement execute function require_parents_of_inserted(%3$L, %4$L)',
    child_column || '_inserted', child_table, parent_table, child_column);
  execute format(
    'create trigger %1$I after update of %4$I on %2$I for each row when (old.%4$I is distinct from new.%4$I and new.%4$I is not null)
       execute function require_parent_of_updated(%3$L, %4$L)',
    child_column || '_updated', child_table, parent_table, child_column);
end $$;
revoke execute on function require_parent from public;

create table organisations (
  organisation_id text collate "C" primary key,
  name text not null,
  name_folded text collate "C" not null unique,
  -- The organisation's data key, wrapped by the master key; storage and keyed hashes derive from it.
  wrapped_key bytea not null,
  -- Counts every change of settings and of mappings: part of a plan's hash.
  settings_version integer not null default 1,
  mapping_version integer not null default 1,
  created_at timestamptz not null
);
select protect_tenant_table('organisations', 'select, insert, update');
grant select (organisation_id, name, name_folded, created_at) on organisations to vouchsafe_unscoped;
create policy unscoped on organisations for select to vouchsafe_unscoped using (true);

create table organisation_settings (
  organisation_id text collate "C" not null references organisations,
  key text collate "C" not null,
  value text not null,
  primary key (organisation_id, key)
);
select protect_tenant_table('organisation_settings', 'select, insert, update, delete');

-- What was set when: null value = back to the default. Read by as-of answers (valid from, recorded at).
create table organisation_setting_versions (
  organisation_id text collate "C" not null references organisations,
  key text collate "C" not null,
  value text,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  version integer not null,
  primary key (organisation_id, key, version)
);
select protect_tenant_table('organisation_setting_versions', 'select, insert');

create table access_tokens (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  name text not null,
  -- SHA-256 of the token: it is 160 random bits, so a slow hash would add nothing but time.
  hash bytea not null unique,
  last_four text not null,
  grants jsonb not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (organisation_id, id)
);
select protect_tenant_table('access_tokens', 'select, insert, update');
grant select (organisation_id, id, name, hash, grants, expires_at, revoked_at) on access_tokens to vouchsafe_unscoped;
create policy unscoped on access_tokens for select to vouchsafe_unscoped using (true);

-- Append-only. Numbered and chained later by one chainer per organisation, below the oldest running transaction (txid).
create table audit_entries (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text,
  channel text not null,
  request_id text,
  entity_type text not null,
  -- '' where the entry is about no one thing.
  entity_id text collate "C" not null,
  action text not null,
  -- Names of what changed and plain facts about it; never a name, a number or a date of birth.
  changes jsonb not null,
  reason text,
  run_id text,
  txid xid8 not null default pg_current_xact_id(),
  -- As the history of one thing is read. The log as a whole will be read by the numbers that the chainer gives: an index
  -- by time beside them would only make every import write more.
  primary key (organisation_id, entity_id, at, id)
);
select protect_tenant_table('audit_entries', 'select, insert');

-- What happened to the installation itself and belongs to no organisation (an unknown SFTP user name, say).
create table operator_audit_entries (
  id text collate "C" primary key,
  at timestamptz not null,
  channel text not null,
  action text not null,
  detail jsonb not null
);
create index operator_audit_entries_by_time on operator_audit_entries (at);
grant insert on operator_audit_entries to vouchsafe_app;
grant select on operator_audit_entries to vouchsafe_unscoped;

create table events (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  type text not null,
  at timestamptz not null,
  data jsonb not null,
  txid xid8 not null default pg_current_xact_id(),
  primary key (organisation_id, id)
);
create index events_by_time on events (organisation_id, at, id);
select protect_tenant_table('events', 'select, insert');

-- Everything that is due by time, found by the platform's clock. One timer per kind and subject.
create table timers (
  organisation_id text collate "C" not null references organisations,
  kind text collate "C" not null,
  subject_id text collate "C" not null,
  due_at timestamptz not null,
  -- A quiet time only waits for more of the same: `jobs run --until-idle` does not wait for it.
  is_quiet_time boolean not null default false,
  primary key (organisation_id, kind, subject_id)
);
create index timers_by_due on timers (due_at);
select protect_tenant_table('timers', 'select, insert, update, delete');
grant select on timers to vouchsafe_unscoped;
create policy unscoped on timers for select to vouchsafe_unscoped using (true);

-- Keys of the installation, wrapped by the master key: SFTP host keys, link keys. Shared by every node.
create table installation_secrets (
  name text collate "C" primary key,
  wrapped bytea not null,
  created_at timestamptz not null
);
grant select, insert on installation_secrets to vouchsafe_app;

-- The sandbox's clock (SANDBOX=1): milliseconds by which the platform's clock is ahead of the machine's.
create table installation_clock (
  only_row boolean primary key default true check (only_row),
  offset_ms bigint not null
);
grant select, insert, update on installation_clock to vouchsafe_app;
