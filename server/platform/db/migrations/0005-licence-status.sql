-- What the licence statuses of an organisation were last computed from, beside the credentials themselves: its settings and
-- the catalogue. When that has changed, all of them are due, whoever asks first.
create table licence_status_inputs (
  organisation_id text collate "C" primary key references organisations,
  inputs text not null
);
select protect_tenant_table('licence_status_inputs', 'select, insert, update');
