-- Data keys of partners and holders are wrapped anew when one master key takes the place of another.

grant update (wrapped_key) on partners, holders to vouchsafe_app;
-- Which holders there are: ids only.
grant select (holder_id) on holders to vouchsafe_unscoped;
create policy unscoped on holders for select to vouchsafe_unscoped using (true);
