-- Documents that come by SFTP as a ZIP archive with a manifest (spec 40): runs of a third kind, each of whose rows is one document.

alter table import_runs drop constraint import_runs_file_kind_check;
alter table import_runs add constraint import_runs_file_kind_check
  check (file_kind in ('EMPLOYEE', 'POSITION', 'ATTACHMENT')) not valid;
alter table import_runs validate constraint import_runs_file_kind_check;

-- A secret is wrapped anew when one master key takes the place of another.
grant update (wrapped) on installation_secrets to vouchsafe_app;
