-- Mail that is rendered when it is sent, at most once for a cause; bodies under the organisation's key and not for ever.
--
-- An older node knows the job mail.send only, and the rows that it made itself: what is written from here on is sent by the
-- job mail.deliver, so that no older node sends a mail whose body it cannot see.
alter table mails
  -- Null until it is rendered.
  alter column subject drop not null,
  -- What it is sent for; a second mail of the same kind for the same cause is not made.
  add column cause text collate "C",
  -- Subject, text and HTML under the organisation's key. body_text and body_html are what older nodes wrote.
  add column sealed_content bytea,
  -- When its content was written; it is kept for 14 days from then.
  add column content_at timestamptz,
  -- The message, byte for byte as it was handed over at first: whoever may have got it already gets the same again. Kept
  -- while the mail is on its way.
  add column sealed_message bytea,
  add column message_id text collate "C",
  -- An attempt ended without a word from the mail server, or has not ended.
  add column may_have_arrived boolean not null default false,
  -- The mail server has it, but what follows from that could not be noted: it is not handed over again.
  add column taken_at timestamptz,
  -- Taken by the mail server and given back later.
  add column bounced_at timestamptz,
  drop constraint mails_status_check,
  add constraint mails_status_check check (status in ('QUEUED', 'SENT', 'FAILED', 'OUTBOX', 'CANCELLED'));
create unique index mails_by_cause on mails (organisation_id, kind, cause) where cause is not null;
create index mails_by_about on mails (organisation_id, about_type, about_id) where about_id is not null;
create index mails_with_content on mails (organisation_id, content_at)
  where body_text is not null or sealed_content is not null or sealed_message is not null;

-- A bounce names the Message-ID and nothing else: whose it is must be asked before a scope is known.
create index mails_by_message_id on mails (message_id) where message_id is not null;
grant select (organisation_id, id, message_id) on mails to vouchsafe_unscoped;
create policy unscoped on mails for select to vouchsafe_unscoped using (true);

-- What was written so far lies open and is cleared at the same age.
update mails set content_at = created_at where body_text is not null;
insert into timers (organisation_id, kind, subject_id, due_at)
  select organisation_id, 'mail.clear', organisation_id, min(created_at) + interval '14 days'
  from mails where body_text is not null group by organisation_id
  on conflict do nothing;

-- When the mailbox of bounces was looked at last, whichever node did.
create table installation_bounces (
  only_row boolean primary key default true check (only_row),
  looked_at timestamptz not null,
  fault text
);
grant select, insert, update on installation_bounces to vouchsafe_app;
