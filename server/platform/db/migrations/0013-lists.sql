-- What lists of a large organisation need to find a page at once (bench/lists.ts).

-- What a deleted worker holds is left out of lists, statuses and exports. Asking each row's owner cost a list more than all
-- else, so it is kept beside the row, by the database itself: no statement can forget it, an older node's neither.
alter table credentials add column is_owner_deleted boolean not null default false;

create function note_owner_deleted() returns trigger language plpgsql as $$
begin
  update credentials set is_owner_deleted = new.deleted_at is not null
    where organisation_id = new.organisation_id and worker_id = new.id and is_owner_deleted is distinct from (new.deleted_at is not null);
  return null;
end $$;
create trigger owner_deleted after update of deleted_at on workers for each row
  when ((old.deleted_at is null) is distinct from (new.deleted_at is null)) execute function note_owner_deleted();

update credentials c set is_owner_deleted = true from workers w
  where w.organisation_id = c.organisation_id and w.id = c.worker_id and w.deleted_at is not null;

-- Whether a system knows a worker is told by the index alone.
drop index worker_sources_by_worker;
create index worker_sources_by_worker on worker_sources (organisation_id, worker_id, source_folded);

-- What expires is listed in the order in which it does.
drop index credentials_by_expiry;
create index credentials_by_expiry on credentials (organisation_id, (coalesce(verified_expiry_date, declared_expiry_date)), id);
