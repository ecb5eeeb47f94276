-- Files that a person brings: what stands for which column, and rows that are mended before the plan is applied.

-- Null = the file came by itself and is held to the guide's names.
alter table import_runs add column column_mapping jsonb;
-- The sheet of a workbook that is to be read; null = the first.
alter table import_runs add column sheet text;

create table import_row_mends (
  organisation_id text collate "C" not null,
  run_id text collate "C" not null,
  "row" integer not null,
  -- New values by column.
  "values" jsonb not null,
  mended_at timestamptz not null,
  primary key (organisation_id, run_id, "row")
);
select protect_tenant_table('import_row_mends', 'select, insert, update, delete');
