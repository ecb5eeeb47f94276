-- What lists of a large organisation are asked for in combination stands in the indexes they walk (bench/lists.ts).
-- Vacuum afterwards: workers, credentials.

-- One letter is the beginning of so many family names that reading all of them took longer than all else, and names that begin
-- alike stand together, so that a walk of all names may be far from the first. A column, not an expression: under row-level
-- security a condition on left() would reach no index.
drop index workers_inactive;
drop index workers_by_position;
drop index workers_by_updated;
alter table workers add column family_letter text collate "C" generated always as (left(family_name_folded, 1)) stored;
create index workers_by_family_letter on workers (organisation_id, family_letter, display_name_folded, id)
  include (status, deleted_at, licence_status);

-- Beginnings of e-mails among those of a position and the inactive; colours among the recently changed.
create index workers_inactive on workers (organisation_id, display_name_folded, id)
  include (deleted_at, licence_status, source_bits, work_email_folded) where status = 'INACTIVE';
create index workers_by_position on workers (organisation_id, position_id, display_name_folded, id)
  include (status, deleted_at, licence_status, source_bits, work_email_folded);
create index workers_by_updated on workers (organisation_id, updated_at, id)
  include (display_name_folded, status, deleted_at, licence_status);

-- Which systems may know who holds a credential: source_bits of its worker, kept beside it. As there, it only ever spares a
-- look at the worker's keys. Of deleted credentials nothing is promised: nothing finds them by their worker.
--
-- Filled as the table is written anew: an update would write every index entry once more.
create function bits_of_owner(organisation text, worker text) returns bigint language sql stable as $$
  select coalesce((select source_bits from workers where organisation_id = organisation and id = worker), 0)
$$;
drop index credentials_by_type, credentials_by_jurisdiction, credentials_by_eligibility, credentials_by_assurance;
alter table credentials add column owner_bits bigint not null default 0;
alter table credentials alter column owner_bits type bigint using bits_of_owner(organisation_id, worker_id);
drop function bits_of_owner;
create index credentials_by_type on credentials (organisation_id, credential_type, id)
  include (licence_status, deleted_at, is_owner_deleted, owner_bits);
create index credentials_by_jurisdiction on credentials (organisation_id, jurisdiction, id)
  include (deleted_at, is_owner_deleted, owner_bits) where jurisdiction is not null;
create index credentials_by_eligibility on credentials (organisation_id, eligibility, id)
  include (deleted_at, is_owner_deleted, owner_bits) where eligibility is not null;
create index credentials_by_assurance on credentials (organisation_id, assurance, id)
  include (deleted_at, is_owner_deleted, owner_bits) where assurance <> 'DECLARED';

-- Kept by the database, as source_bits are. Who writes a credential holds its worker, so that a system that comes to know the
-- worker meanwhile waits, and then finds the credential; a worker of the same transaction nobody else can see yet. This is
-- the check of the parent too (0001): one pass over what was written does for both. Statements as text: a plan kept from a
-- whole import would read all workers for a single row.
create function note_owner_of_new() returns trigger language plpgsql as $$
declare
  orphan text;
  is_shared boolean;
  is_lacking boolean;
begin
  execute 'select min(i.worker_id) filter (where w.id is null), bool_or(w.xmin <> pg_current_xact_id()::xid),
      bool_or(i.owner_bits & w.source_bits <> w.source_bits)
    from inserted i left join workers w on w.organisation_id = i.organisation_id and w.id = i.worker_id'
    into orphan, is_shared, is_lacking;
  if orphan is not null then
    raise foreign_key_violation using message = format('credentials.worker_id names %s, which is not in workers', orphan);
  end if;
  if is_shared then
    execute 'select from workers w where (w.organisation_id, w.id) in (select i.organisation_id, i.worker_id from inserted i)
        and w.xmin <> pg_current_xact_id()::xid order by w.id for share';
  end if;
  if is_shared or is_lacking then
    execute 'update credentials c set owner_bits = w.source_bits
      from inserted i join workers w on w.organisation_id = i.organisation_id and w.id = i.worker_id
      where c.organisation_id = i.organisation_id and c.id = i.id and i.owner_bits & w.source_bits <> w.source_bits';
  end if;
  return null;
end $$;
drop trigger worker_id_inserted on credentials;
create trigger worker_id_inserted after insert on credentials referencing new table as inserted
  for each statement execute function note_owner_of_new();

create function note_owner_again() returns trigger language plpgsql as $$
begin
  new.owner_bits := coalesce((select w.source_bits from workers w
    where w.organisation_id = new.organisation_id and w.id = new.worker_id for share), 0);
  return new;
end $$;
create trigger owner_noted before update of worker_id, deleted_at on credentials for each row
  when (new.deleted_at is null and (old.deleted_at is not null or old.worker_id <> new.worker_id))
  execute function note_owner_again();

create function note_owner_known() returns trigger language plpgsql as $$
begin
  update credentials set owner_bits = new.source_bits
    where organisation_id = new.organisation_id and worker_id = new.id and deleted_at is null
      and owner_bits & new.source_bits <> new.source_bits;
  return null;
end $$;
create trigger owner_known after update of source_bits on workers for each row
  when (old.source_bits <> new.source_bits) execute function note_owner_known();
