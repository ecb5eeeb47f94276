-- Reviews: what a person has to decide (spec 60, Review queue).

create table reviews (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  reason text not null check (reason in ('DOCUMENT', 'REGISTER_ANSWER', 'LIST_MATCH', 'HELD_IMPORT', 'DECLINED_ITEM', 'NOT_ME', 'MAPPING_PROPOSAL')),
  -- What it is about: at most one review of a reason and a subject waits at a time.
  subject_type text not null,
  subject_id text collate "C" not null,
  worker_id text collate "C",
  credential_id text collate "C",
  fetch_request_id text collate "C",
  facts jsonb not null,
  status text collate "C" not null check (status in ('OPEN', 'AWAITING_SECOND', 'DECIDED', 'WITHDRAWN')),
  -- When it was opened, less what its risk is worth: the queue's order, in which nothing waits behind others for ever.
  turn_at timestamptz not null,
  assignee_id text collate "C",
  -- What was decided; of one that awaits a second person, what the first wants.
  decision text check (decision in ('ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE')),
  decision_reason text,
  corrected jsonb,
  decided_by_kind text,
  decided_by_id text collate "C",
  decided_at timestamptz,
  -- Where four eyes decided: who wanted it first.
  first_by_kind text,
  first_by_id text collate "C",
  first_at timestamptz,
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organisation_id, id),
  check ((decision is null) = (status in ('OPEN', 'WITHDRAWN')))
);
select require_parent('reviews', 'worker_id', 'workers');
select require_parent('reviews', 'credential_id', 'credentials');
create unique index reviews_waiting on reviews (organisation_id, reason, subject_type, subject_id) where status in ('OPEN', 'AWAITING_SECOND');
-- The queue, whole, of one reason, and somebody's own. What waits is little beside what was decided.
create index reviews_queue on reviews (organisation_id, turn_at, id) where status in ('OPEN', 'AWAITING_SECOND');
create index reviews_queue_of_reason on reviews (organisation_id, reason, turn_at, id) where status in ('OPEN', 'AWAITING_SECOND');
create index reviews_queue_of_assignee on reviews (organisation_id, assignee_id, turn_at, id) where status in ('OPEN', 'AWAITING_SECOND');
create index reviews_by_status on reviews (organisation_id, status, turn_at, id);
create index reviews_by_status_and_reason on reviews (organisation_id, status, reason, turn_at, id);
create index reviews_by_change on reviews (organisation_id, updated_at, id);
-- What goes with a worker or credential that goes.
create index reviews_waiting_of_worker on reviews (organisation_id, worker_id) where status in ('OPEN', 'AWAITING_SECOND');
create index reviews_waiting_of_credential on reviews (organisation_id, credential_id) where status in ('OPEN', 'AWAITING_SECOND');
create index reviews_waiting_of_request on reviews (organisation_id, fetch_request_id) where status in ('OPEN', 'AWAITING_SECOND');
select protect_tenant_table('reviews', 'select, insert, update');

-- Who it was, where a person is the source of a check.
alter table checks add column person_kind text, add column person_id text collate "C";
