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
  about_id as "aboutId", created_at as "createdAt", sent_at as "sentAt", updated_at as "updatedAt"`

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

export async function findMail({ tx, organisationId }: ReadContext, id: string): Promise<Mail | undefined> {
  const row =
    await tx.maybeOne<MailRow>(sql`select ${columns}, body_text as "text", body_html as html from mails
    where organisation_id = ${organisationId} and id = ${id}`)
  return row && present(row)
}
