-- What was read of a document, and how it was judged beside what is declared (spec 40, The automatic check).

alter table attachments
  -- As the engine gave it: whatever it is compared with later needs no second reading. Goes with the attachment.
  add column reading jsonb,
  -- The number that stands on it, in the normal form in which numbers are compared.
  add column read_number text collate "C",
  -- What it was compared with, when, by which check, and whether it vouches for its credential by itself.
  add column judgement jsonb,
  -- Readings that a fault of the machine ended.
  add column reading_faults smallint not null default 0;

-- The same number on somebody else's document, and on somebody else's credential.
create index attachments_by_read_number on attachments (organisation_id, read_number) where read_number is not null;
create index credentials_by_number_alone on credentials (organisation_id, number_normalised) where deleted_at is null;
-- What is still to be read.
create index attachments_unread on attachments (organisation_id, uploaded_at, id) where reading is null;

-- What came before there was anybody to read it.
insert into timers (organisation_id, kind, subject_id, due_at)
  select distinct organisation_id, 'documents.unread', organisation_id, now() from attachments where reading is null
  on conflict do nothing;

-- When a person decided last about a subject.
create index reviews_decided_of_subject on reviews (organisation_id, subject_type, subject_id, reason, decided_at) where status = 'DECIDED';
