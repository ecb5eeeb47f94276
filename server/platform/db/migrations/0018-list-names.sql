-- What lists of workers ask most is told by the index of their names alone (bench/lists.ts).

-- Which systems may know a worker, as a filter of 64 bits: a system's bit is set where it knows him, and stays when it no
-- longer does; a bit may stand for two systems. So it only ever spares a look at the worker's keys, which decide. It has one
-- size whatever the systems are called (an index row has a limit), and needs no care when keys move.
create function source_bit(source text) returns bigint language sql immutable as $$
  select 1::bigint << (('x' || substr(md5(source), 1, 2))::bit(8)::int & 63)
$$;
alter table workers add column source_bits bigint not null default 0;
update workers w set source_bits = k.bits
  from (select organisation_id, worker_id, bit_or(source_bit(source_folded)) as bits
    from worker_sources group by organisation_id, worker_id) k
  where k.organisation_id = w.organisation_id and k.worker_id = w.id;

-- Kept by the database, so that no statement can forget it, an older node's neither. Who writes it himself with a new worker
-- leaves the triggers nothing to write.
create function note_new_sources() returns trigger language plpgsql as $$
begin
  update workers w set source_bits = w.source_bits | c.bits
    from (select n.organisation_id, n.worker_id, bit_or(source_bit(n.source_folded)) as bits
      from new_sources n group by n.organisation_id, n.worker_id) c
    where w.organisation_id = c.organisation_id and w.id = c.worker_id and w.source_bits & c.bits <> c.bits;
  return null;
end $$;
create trigger sources_added after insert on worker_sources referencing new table as new_sources
  for each statement execute function note_new_sources();

create function note_moved_source() returns trigger language plpgsql as $$
begin
  update workers set source_bits = source_bits | source_bit(new.source_folded)
    where organisation_id = new.organisation_id and id = new.worker_id
      and source_bits & source_bit(new.source_folded) = 0;
  return null;
end $$;
create trigger source_moved after update of worker_id, source_folded on worker_sources for each row
  when ((old.worker_id, old.source_folded) is distinct from (new.worker_id, new.source_folded))
  execute function note_moved_source();

drop index workers_by_name;
create index workers_by_name on workers (organisation_id, display_name_folded, id)
  include (status, deleted_at, licence_status, position_id, source_bits);
