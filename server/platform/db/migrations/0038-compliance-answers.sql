-- The answer to "may this person work this position": one row per worker whose position requires something (spec 60).
create table worker_answers (
  organisation_id text collate "C" not null,
  worker_id text collate "C" not null,
  -- The first day on which the answer may change by time alone. '-infinity' = to be computed now; null = never.
  due_on date,
  position_id text collate "C",
  -- Null until it is computed for the first time.
  status text check (status in ('green', 'yellow', 'red')),
  satisfied boolean,
  -- [{path, credentialType, reason, credentialId?}]
  gaps jsonb not null default '[]',
  changed_at timestamptz,
  primary key (organisation_id, worker_id)
);
select require_parent('worker_answers', 'worker_id', 'workers');
create index worker_answers_due on worker_answers (organisation_id, due_on, worker_id) where due_on is not null;
select protect_tenant_table('worker_answers', 'select, insert, update, delete');

-- What the shipped catalogue said from when on, for each organisation: an upgrade never rewrites history.
create table catalogue_versions (
  organisation_id text collate "C" not null references organisations,
  valid_from timestamptz not null,
  recorded_at timestamptz not null,
  version text not null,
  types jsonb not null,
  primary key (organisation_id, valid_from)
);
select protect_tenant_table('catalogue_versions', 'select, insert');

-- That a document was there, and until when: of what is deleted nothing else is kept.
create table deleted_attachments (
  organisation_id text collate "C" not null,
  id text collate "C" not null,
  credential_id text collate "C" not null,
  uploaded_at timestamptz not null,
  deleted_at timestamptz not null,
  primary key (organisation_id, id),
  foreign key (organisation_id, credential_id) references credentials (organisation_id, id)
);
create index deleted_attachments_by_credential on deleted_attachments (organisation_id, credential_id);
select protect_tenant_table('deleted_attachments', 'select, insert');

-- An answer about what was changed while its source thought decides nothing.
alter table checks add column is_stale boolean not null default false;

-- History is asked by position and by holder: who ever held it, and what they ever held. Few rows have either.
create index worker_versions_by_position on worker_versions (organisation_id, position_id, worker_id) where position_id is not null;
create index credentials_by_former_holder on credentials (organisation_id, worker_id) where deleted_at is not null;

-- Whoever holds a position that requires something is answered for at the next start.
insert into worker_answers (organisation_id, worker_id, due_on)
  select w.organisation_id, w.id, '-infinity'
  from workers w join positions p on p.organisation_id = w.organisation_id and p.id = w.position_id
  where p.requirements is not null or p.effective_from is not null
    or exists (select from position_requirements q where q.organisation_id = p.organisation_id and q.position_id = p.id);
insert into timers (organisation_id, kind, subject_id, due_at)
  select distinct organisation_id, 'compliance.answers', organisation_id, now() from worker_answers
  on conflict (organisation_id, kind, subject_id) do nothing;
