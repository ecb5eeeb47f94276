-- Mail that the product writes: queued in the transaction of its cause, sent by a job. Without a mail server the outbox is
-- where it stays and is read.
create table mails (
  organisation_id text collate "C" not null references organisations,
  id text collate "C" not null,
  kind text not null,
  to_address text not null,
  subject text not null,
  -- Null once a mail with a secret was handed to the mail server.
  body_text text,
  body_html text,
  is_secret boolean not null,
  about_type text,
  about_id text collate "C",
  -- OUTBOX: there was no mail server; it is read here.
  status text not null check (status in ('QUEUED', 'SENT', 'FAILED', 'OUTBOX')),
  attempts integer not null,
  last_error text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  sent_at timestamptz,
  primary key (organisation_id, id)
);
create index mails_by_created on mails (organisation_id, created_at desc, id);
select protect_tenant_table('mails', 'select, insert, update');
