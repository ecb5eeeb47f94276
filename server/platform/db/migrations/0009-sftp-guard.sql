-- Sources that the SFTP server bans (spec 50, Server). They belong to the installation: who guesses at logins names no
-- organisation, or any. Every node reads what changed each few seconds and keeps it in memory.
create table sftp_bans (
  -- An IPv4 address, or the /64 of an IPv6 one.
  source text collate "C" primary key,
  reason text not null,
  -- How many bans count as repeats; 0 once it was lifted.
  repeats integer not null,
  banned_at timestamptz not null,
  banned_until timestamptz not null,
  forget_at timestamptz not null,
  txid xid8 not null default pg_current_xact_id()
);
create index sftp_bans_by_txid on sftp_bans (txid);
create index sftp_bans_by_forget on sftp_bans (forget_at);
grant select, insert, update, delete on sftp_bans to vouchsafe_app;

-- How much an account has stored is asked at every upload.
create index exchange_files_by_account on exchange_files (organisation_id, account_id) include (bytes) where account_id is not null;
