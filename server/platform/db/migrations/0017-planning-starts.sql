-- Runs whose planning ends the process, and what people were told of held ones.

-- How often planning was begun and came to no end: a file that takes the process with it is not begun for ever.
alter table import_runs add column planning_starts smallint not null default 0;
-- The reasons for which people were last told that the run is held; null = they were not, or it no longer is.
alter table import_runs add column held_told text[];
update import_runs set held_told = hold_reasons where status = 'HELD' and results_blob_key is not null;
