/** Making fetch requests: any number of them in a constant number of statements. */
import type { WriteContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'

export interface NewRequest {
  readonly id: string
  readonly workerId: string
  readonly displayName: string
  readonly emailAddress: string | null
  readonly tokenHash: Buffer
}

/** What all requests of one call have in common. */
export interface SharedValues {
  readonly message: string | null
  readonly requestedTypes: readonly string[] | null
  readonly requirements: object
  readonly guidingTexts: object
  readonly expiryDays: number
  readonly channel: 'EMAIL' | 'LINK'
  readonly linkKeyVersion: number
  readonly tokenExpiresAt: Date
}

export async function insertRequests(
  { tx, organisationId, now }: WriteContext,
  requests: readonly NewRequest[],
  shared: SharedValues,
): Promise<void> {
  const rows = JSON.stringify(
    requests.map((one) => ({
      id: one.id,
      worker_id: one.workerId,
      display_name: one.displayName,
      email_address: one.emailAddress,
      token_hash: one.tokenHash.toString('hex'),
    })),
  )
  await tx.run(sql`insert into fetch_requests (organisation_id, id, worker_id, display_name, message, requested_types, requirements,
      guiding_texts, expiry_days, channel, email_address, generation, link_key_version, token_hash, token_expires_at, issued_at, status,
      furthest, initiated_at, created_at, updated_at)
    select ${organisationId}, r.id, r.worker_id, r.display_name, ${shared.message}, ${shared.requestedTypes}::text[],
      ${JSON.stringify(shared.requirements)}::jsonb, ${JSON.stringify(shared.guidingTexts)}::jsonb, ${shared.expiryDays}, ${shared.channel},
      r.email_address, 1, ${shared.linkKeyVersion}, decode(r.token_hash, 'hex'), ${shared.tokenExpiresAt}, ${now}, 'INITIATED', 'INITIATED',
      ${now}, ${now}, ${now}
    from jsonb_to_recordset(${rows}::jsonb) r (id text, worker_id text, display_name text, email_address text, token_hash text)`)
}

export interface NewItem {
  readonly id: string
  readonly requestId: string
  readonly place: number
  readonly credentialType: string
  readonly isAlternative: boolean
}

export async function insertItems(
  { tx, organisationId, now }: WriteContext,
  items: readonly NewItem[],
): Promise<void> {
  const rows = JSON.stringify(
    items.map((one) => ({
      id: one.id,
      fetch_request_id: one.requestId,
      place: one.place,
      credential_type: one.credentialType,
      is_alternative: one.isAlternative,
    })),
  )
  await tx.run(sql`insert into fetch_request_items (organisation_id, id, fetch_request_id, place, credential_type, is_alternative, state, updated_at)
    select ${organisationId}, i.id, i.fetch_request_id, i.place, i.credential_type, i.is_alternative, 'OPEN', ${now}
    from jsonb_to_recordset(${rows}::jsonb) i (id text, fetch_request_id text, place int, credential_type text, is_alternative boolean)`)
}

/** The first entry of each one's history. */
export async function insertFirstHistory(ctx: WriteContext, ids: readonly string[]): Promise<void> {
  const { tx, organisationId, now, actor, channel } = ctx
  await tx.run(sql`insert into fetch_request_history (organisation_id, fetch_request_id, id, at, cause, from_status, to_status, actor_kind, actor_id, channel, facts)
    select ${organisationId}, r.id, new_id('fre'), ${now}, 'CREATED', null, 'INITIATED', ${actor.kind}, ${actor.id}, ${channel}, '{}'::jsonb
    from unnest(${ids}::text[]) r (id)`)
}
