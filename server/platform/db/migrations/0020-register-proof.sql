-- Whether a register that answers "not found" is known to be one: a wrong address answers so for everybody.

alter table register_health
  -- Since it was connected so, it has said something about somebody.
  add column has_spoken boolean not null default false,
  -- How many of those whom it knew it has turned away in a row since.
  add column lost_in_row integer not null default 0;
-- What was believed so far stays believed.
update register_health set has_spoken = true where last_good_at is not null;

-- Since when a credential has been asked about in vain: who fails while others are answered fails for reasons of his own.
alter table check_schedule add column failing_since timestamptz;

-- A probe asks of no organisation: which registers are late, and no more.
grant select (register, state, recent_good, recent_faults) on register_health to vouchsafe_unscoped;
create policy unscoped on register_health for select to vouchsafe_unscoped using (true);
