/** The table `mails`, as writing and sending need it. Reading belongs to the outbox (tenancy/outbox). */
import type { ReadContext, WriteContext } from '../context.ts'
import { sql } from '../db/database.ts'

export interface QueuedMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string | null
  readonly attempts: number
}

export async function insertMail(
  ctx: WriteContext,
  mail: {
    readonly id: string
    readonly kind: string
    readonly to: string
    readonly subject: string | null
    readonly text: string | null
    readonly html: string | null
    readonly isSecret: boolean
    readonly about: { readonly type: string; readonly id: string } | null
  },
): Promise<void> {
  const { tx, organisationId, now } = ctx
  await tx.run(sql`insert into mails (organisation_id, id, kind, to_address, subject, body_text, body_html, is_secret, about_type, about_id,
      status, attempts, created_at, updated_at)
    values (${organisationId}, ${mail.id}, ${mail.kind}, ${mail.to}, ${mail.subject}, ${mail.text}, ${mail.html}, ${mail.isSecret},
      ${mail.about?.type ?? null}, ${mail.about?.id ?? null}, 'QUEUED', 0, ${now}, ${now})`)
}

/** Undefined when it is no longer to be sent. */
export function queuedMail({ tx, organisationId }: ReadContext, id: string): Promise<QueuedMail | undefined> {
  return tx.maybeOne<QueuedMail>(sql`select to_address as "to", subject, body_text as "text", body_html as html, attempts
    from mails where organisation_id = ${organisationId} and id = ${id} and status = 'QUEUED'`)
}

/** Of a sent mail with a secret, the bodies go. */
export async function noteOutcome(
  { tx, organisationId, now }: WriteContext,
  id: string,
  outcome: {
    readonly status: 'QUEUED' | 'SENT' | 'FAILED' | 'OUTBOX'
    readonly attempts: number
    readonly lastError: string | null
  },
): Promise<void> {
  const isSent = outcome.status === 'SENT'
  await tx.run(sql`update mails set status = ${outcome.status}, attempts = ${outcome.attempts}, last_error = ${outcome.lastError},
      updated_at = ${now}, sent_at = case when ${isSent} then ${now}::timestamptz end,
      body_text = case when ${isSent} and is_secret then null else body_text end,
      body_html = case when ${isSent} and is_secret then null else body_html end
    where organisation_id = ${organisationId} and id = ${id}`)
}
