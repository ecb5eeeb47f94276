-- Who succeeds whom, and statuses of a large organisation computed in the order in which they are due.

-- False for a key that its source's last snapshot no longer has, where the organisation keeps what goes missing. Two
-- credentials stand side by side only while one source names both.
alter table credential_source_keys add column is_named boolean not null default true;

-- With the id, so that whoever computes many takes up where it left off, without sorting.
drop index credentials_by_status_due;
create index credentials_by_status_due on credentials (organisation_id, status_due_on, id) where status_due_on is not null;
