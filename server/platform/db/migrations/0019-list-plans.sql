-- What lists of a large organisation read on their way stands in the index they walk (bench/lists.ts). No index is added:
-- an import writes as many as before, and the partial ones not at all.

-- The planner takes a coalesce for something that might leak what it sees, so under row-level security no condition on one
-- reaches an index; a case it knows to be safe. Both have the same values, so the same order.
drop index credentials_by_expiry;
create index credentials_by_expiry on credentials (organisation_id,
  (case when verified_expiry_date is null then declared_expiry_date else verified_expiry_date end), id);

-- An e-mail that many have the beginning of is looked for by walking the names. It has a length that fits into an index row
-- beside the name; two names and an e-mail would not. Positions are told by their own index.
drop index workers_by_name;
create index workers_by_name on workers (organisation_id, display_name_folded, id)
  include (status, deleted_at, licence_status, source_bits, work_email_folded);
drop index workers_by_former_email;
create index workers_by_former_email on workers (organisation_id, work_email_folded)
  include (display_name_folded, id, status, deleted_at, licence_status)
  where not (status = 'ACTIVE' and deleted_at is null) and work_email_folded is not null;
drop index workers_inactive;
create index workers_inactive on workers (organisation_id, display_name_folded, id)
  include (deleted_at, licence_status, source_bits) where status = 'INACTIVE';
drop index workers_by_position;
create index workers_by_position on workers (organisation_id, position_id, display_name_folded, id)
  include (status, deleted_at, licence_status, source_bits);
drop index workers_by_family_name;
create index workers_by_family_name on workers (organisation_id, family_name_folded, display_name_folded, id)
  include (status, deleted_at, licence_status);

-- What is known of an expression's values goes with its index.
analyze credentials;
