/** Reading the table `mails`. */
import type { ReadContext } from '../../platform/context.ts'
import { sql } from '../../platform/db/database.ts'
import { totalBeside, type Counting, type Total } from '../../platform/db/total.ts'
import type { Mail, MailAttributes, MailFilter } from './outbox.schema.ts'

interface MailRow extends Omit<MailAttributes, 'about'> {
  readonly id: string
  readonly aboutType: string | null
  readonly aboutId: string | null
  readonly updatedAt: Date
}

const columns = sql`id, kind, to_address as "to", subject, status, attempts, last_error as "lastError", about_type as "aboutType",
  about_id as "aboutId", created_at as "createdAt", sent_at as "sentAt", bounced_at as "bouncedAt", message_id as "messageId", updated_at as "updatedAt"`

function present({ id, aboutType, aboutId, updatedAt, ...rest }: MailRow): Mail {
  const about = aboutType === null || aboutId === null ? null : { type: aboutType, id: aboutId }
  return { id, lastUpdated: updatedAt, attributes: { ...rest, about } }
}

/** The newest first. */
export async function findMails(
  { tx, organisationId }: ReadContext,
  filter: MailFilter,
  page: {
    readonly limit: number
    readonly offset: number
    readonly after: { readonly at: Date; readonly id: string } | null
    readonly counting: Counting
  },
): Promise<{ mails: Mail[]; total: Total }> {
  const parts = [sql`organisation_id = ${organisationId}`]
  if (filter.kind !== undefined) parts.push(sql`kind = ${filter.kind}`)
  if (filter.status !== undefined) parts.push(sql`status = ${filter.status}`)
  if (filter.to !== undefined) parts.push(sql`lower(to_address) = ${filter.to.toLowerCase()}`)
  if (filter.updatedSince) parts.push(sql`updated_at >= ${filter.updatedSince}`)
  const where = sql.join(parts, sql` and `)
  const behind = page.after
    ? sql`and (created_at < ${page.after.at} or (created_at = ${page.after.at} and id > ${page.after.id}))`
    : sql``
  const rows = await tx.rows<MailRow>(sql`select ${columns} from mails where ${where} ${behind}
    order by created_at desc, id limit ${page.limit} offset ${page.offset}`)
  const countable = {
    rows: sql`from mails where ${where}`,
    all: sql`from mails where organisation_id = ${organisationId}`,
    sizeKey: `mails:${organisationId}`,
  }
  return {
    mails: rows.map(present),
    total: await totalBeside(tx, countable, { ...page, found: rows.length }),
  }
}

/** What stands in it is opened by the operation: under the organisation's key, or open from an older version. */
export interface StoredBody {
  readonly sealed: Buffer | null
  readonly text: string | null
  readonly html: string | null
}

export async function findMail(
  { tx, organisationId }: ReadContext,
  id: string,
): Promise<{ mail: Mail; body: StoredBody } | undefined> {
  const row = await tx.maybeOne<
    MailRow & { sealed: Buffer | null; openHtml: string | null; openText: string | null }
  >(
    sql`select ${columns}, sealed_content as sealed, body_text as "openText", body_html as "openHtml" from mails
    where organisation_id = ${organisationId} and id = ${id}`,
  )
  if (!row) return undefined
  const { sealed, openText, openHtml, ...rest } = row
  return { mail: present(rest), body: { sealed, text: openText, html: openHtml } }
}

/** Mails about fetch requests that went out and whose content is kept, the newest first. */
export function findFetchRequestMails(
  { tx, organisationId }: ReadContext,
  filter: { readonly to?: string; readonly limit: number },
): Promise<{ id: string; to: string; fetchRequestId: string; sentAt: Date; sealed: Buffer }[]> {
  const to = filter.to === undefined ? sql`` : sql`and lower(to_address) = ${filter.to.toLowerCase()}`
  return tx.rows(sql`select id, to_address as "to", about_id as "fetchRequestId", coalesce(sent_at, content_at) as "sentAt",
      sealed_content as sealed
    from mails where organisation_id = ${organisationId} and about_type = 'fetchRequest' and kind like 'fetchRequest.%'
      and status in ('SENT', 'OUTBOX') and sealed_content is not null ${to}
    order by coalesce(sent_at, content_at) desc, id limit ${filter.limit}`)
}
