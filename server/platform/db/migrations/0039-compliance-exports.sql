-- The compliance export: everybody's answer, beside the status of every credential (spec 60, Positions).
alter table exports drop constraint exports_kind_check;
alter table exports add constraint exports_kind_check check (kind in ('STATUS', 'COMPLIANCE'));
