/** The table `mails`, as writing, sending and giving back need it. Reading belongs to the outbox (tenancy/outbox). */
import type { ReadContext, WriteContext } from '../context.ts'
import { sql, type Database } from '../db/database.ts'
import type { MailOfKind } from './mail-definition.ts'

export interface NewRow {
  readonly id: string
  readonly kind: string
  readonly to: string
  readonly subject: string | null
  readonly sealedContent: Buffer | null
  readonly isSecret: boolean
  readonly about: { readonly type: string; readonly id: string } | null
  readonly cause: string | null
}

/**
 * The id of the mail that is to be sent now; undefined when there is a mail of this kind for this cause. One that was called off
 * never went out: its reason is back, and so is it, as the row that it was.
 */
export async function insertMail(
  { tx, organisationId, now }: WriteContext,
  mail: NewRow,
): Promise<string | undefined> {
  const made = await tx.maybeOne<{
    id: string
  }>(sql`insert into mails (organisation_id, id, kind, to_address, subject, sealed_content, content_at, is_secret,
      about_type, about_id, cause, status, attempts, created_at, updated_at)
    values (${organisationId}, ${mail.id}, ${mail.kind}, ${mail.to}, ${mail.subject}, ${mail.sealedContent},
      ${mail.sealedContent === null ? null : now}, ${mail.isSecret}, ${mail.about?.type ?? null}, ${mail.about?.id ?? null}, ${mail.cause},
      'QUEUED', 0, ${now}, ${now})
    on conflict (organisation_id, kind, cause) where cause is not null do update
      set status = 'QUEUED', to_address = excluded.to_address, attempts = 0, updated_at = excluded.updated_at
      where mails.status = 'CANCELLED'
    returning id`)
  return made?.id
}

/** The same for mails without a text, in one statement: the ids of those that are new. */
export async function insertMails(
  { tx, organisationId, now }: WriteContext,
  mails: readonly {
    readonly id: string
    readonly kind: string
    readonly to: string
    readonly about: { readonly type: string; readonly id: string }
    readonly cause: string
  }[],
): Promise<string[]> {
  const rows = JSON.stringify(
    mails.map(({ id, kind, to, about, cause }) => ({
      id,
      kind,
      to_address: to,
      about_type: about.type,
      about_id: about.id,
      cause,
    })),
  )
  const made = await tx.rows<{
    id: string
  }>(sql`insert into mails (organisation_id, id, kind, to_address, is_secret,
      about_type, about_id, cause, status, attempts, created_at, updated_at)
    select ${organisationId}, m.id, m.kind, m.to_address, false, m.about_type, m.about_id, m.cause, 'QUEUED', 0, ${now}, ${now}
    from jsonb_to_recordset(${rows}::jsonb) m (id text, kind text, to_address text, about_type text, about_id text, cause text)
    on conflict (organisation_id, kind, cause) where cause is not null do nothing
    returning id`)
  return made.map(({ id }) => id)
}

export async function mailOfCause(
  { tx, organisationId }: ReadContext,
  kind: string,
  cause: string,
): Promise<string> {
  const { id } = await tx.one<{ id: string }>(sql`select id from mails
    where organisation_id = ${organisationId} and kind = ${kind} and cause = ${cause}`)
  return id
}

interface KnownRow {
  readonly id: string
  readonly kind: string
  readonly aboutType: string | null
  readonly aboutId: string | null
  readonly cause: string | null
}

const known = sql`id, kind, about_type as "aboutType", about_id as "aboutId", cause`

/** As its definition knows it. */
export function ofKind({ id, aboutType, aboutId, cause }: KnownRow): MailOfKind {
  return { id, about: { type: aboutType ?? '', id: aboutId ?? '' }, cause: cause ?? '' }
}

export interface QueuedMail extends KnownRow {
  readonly to: string
  readonly subject: string | null
  readonly sealedContent: Buffer | null
  readonly sealedMessage: Buffer | null
  /** Of a row that an older node wrote. */
  readonly openText: string | null
  readonly openHtml: string | null
  readonly messageId: string | null
  readonly attempts: number
  readonly mayHaveArrived: boolean
  /** The mail server has it, and what follows from that is not noted yet. */
  readonly isTaken: boolean
}

/** Held until the transaction ends. Undefined when it is no longer to be sent. */
export function lockQueued(
  { tx, organisationId }: WriteContext,
  id: string,
): Promise<QueuedMail | undefined> {
  return tx.maybeOne<QueuedMail>(sql`select ${known}, to_address as "to", subject, sealed_content as "sealedContent",
      sealed_message as "sealedMessage", body_text as "openText", body_html as "openHtml", message_id as "messageId", attempts,
      may_have_arrived as "mayHaveArrived", taken_at is not null as "isTaken"
    from mails where organisation_id = ${organisationId} and id = ${id} and status = 'QUEUED' for update`)
}

/** What is handed over, before it is: if nothing more is ever noted, it may have arrived. */
export async function noteAttempt(
  { tx, organisationId, now }: WriteContext,
  id: string,
  attempt: {
    readonly subject: string
    readonly sealedContent: Buffer
    readonly sealedMessage: Buffer
    readonly messageId: string
  },
): Promise<void> {
  await tx.run(sql`update mails set subject = ${attempt.subject}, sealed_content = ${attempt.sealedContent}, body_text = null,
      body_html = null, content_at = ${now}, sealed_message = ${attempt.sealedMessage}, message_id = ${attempt.messageId},
      attempts = attempts + 1, may_have_arrived = true, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** The same bytes once more. */
export async function noteRepeat({ tx, organisationId, now }: WriteContext, id: string): Promise<void> {
  await tx.run(sql`update mails set attempts = attempts + 1, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`)
}

/** It waits for its next attempt. */
export async function notePutOff(
  { tx, organisationId, now }: WriteContext,
  id: string,
  { mayHaveArrived, lastError }: { readonly mayHaveArrived: boolean; readonly lastError: string },
): Promise<boolean> {
  const touched =
    await tx.run(sql`update mails set may_have_arrived = ${mayHaveArrived}, last_error = ${lastError},
      sealed_message = case when ${mayHaveArrived} then sealed_message end, updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id} and status = 'QUEUED'`)
  return touched > 0
}

/** That the mail server took it, where what follows from it could not be noted in one. */
export async function noteTaken({ tx, organisationId, now }: WriteContext, id: string): Promise<void> {
  await tx.run(
    sql`update mails set taken_at = ${now} where organisation_id = ${organisationId} and id = ${id} and status = 'QUEUED'`,
  )
}

export interface Ending {
  readonly status: 'SENT' | 'OUTBOX' | 'FAILED' | 'CANCELLED'
  readonly lastError: string | null
  /** Where nothing was handed over: what is read in the outbox. */
  readonly content?: { readonly subject: string; readonly sealed: Buffer }
}

/**
 * The mail's end; false when it had one already. The message goes, and the content too of what was never sent, and of what
 * opens something and is with the mail server.
 */
export async function noteEnd(
  { tx, organisationId, now }: WriteContext,
  id: string,
  { status, lastError, content }: Ending,
): Promise<boolean> {
  const isGone = status === 'CANCELLED'
  const isSent = status === 'SENT'
  const touched =
    await tx.run(sql`update mails set status = ${status}, last_error = ${lastError}, updated_at = ${now},
      sent_at = case when ${isSent} then ${now}::timestamptz end, sealed_message = null,
      subject = coalesce(${content?.subject ?? null}, subject),
      content_at = case when ${content !== undefined} then ${now}::timestamptz else content_at end,
      sealed_content = case when ${isGone} or (${isSent} and is_secret) then null
        else coalesce(${content?.sealed ?? null}::bytea, sealed_content) end,
      body_text = null, body_html = null
    where organisation_id = ${organisationId} and id = ${id} and status = 'QUEUED'`)
  return touched > 0
}

/** Content that is as old as it may become goes; how old the oldest is that stays. */
export async function clearContent(
  { tx, organisationId, now }: WriteContext,
  before: Date,
): Promise<Date | null> {
  await tx.run(sql`update mails set body_text = null, body_html = null, sealed_content = null, sealed_message = null, updated_at = ${now}
    where organisation_id = ${organisationId} and content_at <= ${before} and status <> 'QUEUED'
      and (body_text is not null or sealed_content is not null or sealed_message is not null)`)
  const { oldest } = await tx.one<{
    oldest: Date | null
  }>(sql`select min(content_at) as oldest from mails where organisation_id = ${organisationId} and status <> 'QUEUED'
      and (body_text is not null or sealed_content is not null or sealed_message is not null)`)
  return oldest
}

/** Before a scope is known: whose mail a Message-ID is. */
export function unscopedMailOf(
  db: Database,
  messageId: string,
): Promise<{ organisationId: string; id: string } | undefined> {
  return db.unscoped(async (tx) => {
    const [first] = await tx.rows<{ organisationId: string; id: string }>(
      sql`select organisation_id as "organisationId", id from mails where message_id = ${messageId} limit 1`,
    )
    return first
  })
}

/** A mail that was sent, or may have been, comes back: it has failed. Undefined when that is known or cannot be. */
export function noteBounce(
  { tx, organisationId, now }: WriteContext,
  id: string,
  detail: string,
): Promise<KnownRow | undefined> {
  return tx.maybeOne<KnownRow>(sql`update mails set status = 'FAILED', bounced_at = ${now}, last_error = ${detail}, sealed_message = null,
      updated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id} and message_id is not null
      and (status = 'SENT' or (status = 'QUEUED' and may_have_arrived))
    returning ${known}`)
}

/** When the mailbox of bounces was looked at last, by any node, and what was wrong with it then. */
export function lastLook(
  db: Database,
): Promise<{ readonly at: Date; readonly fault: string | null } | undefined> {
  return db.installation((tx) => tx.maybeOne(sql`select looked_at as at, fault from installation_bounces`))
}

export async function noteLook(db: Database, at: Date, fault: string | null): Promise<void> {
  await db.installation((tx) =>
    tx.run(sql`insert into installation_bounces (looked_at, fault) values (${at}, ${fault})
      on conflict (only_row) do update set looked_at = excluded.looked_at, fault = excluded.fault`),
  )
}

/** Whether a bounce of a mail of this organisation can still be expected. */
export async function hasSentSince({ tx, organisationId }: ReadContext, since: Date): Promise<boolean> {
  const { found } = await tx.one<{
    found: boolean
  }>(sql`select exists (select 1 from mails where organisation_id = ${organisationId} and created_at >= ${since}
      and (sent_at >= ${since} or may_have_arrived)) as found`)
  return found
}
