/** What partners say of people lies in rows under the partner's data key only. */
import type { ReadContext } from '../../platform/context.ts'
import { keyedHash, unwrapKey, wrapKey } from '../../platform/secrets.ts'
import type { Declared } from './submissions.schema.ts'

export type Fields = Readonly<Record<string, unknown>>

const fieldsPurpose = ({ organisationId }: ReadContext, itemId: string): string =>
  `partner-item:${organisationId}:${itemId}`
const reasonPurpose = ({ organisationId }: ReadContext, itemId: string): string =>
  `partner-revocation:${organisationId}:${itemId}`

export async function sealFields(ctx: ReadContext, itemId: string, fields: Fields): Promise<Buffer> {
  return wrapKey(await ctx.key(), fieldsPurpose(ctx, itemId), Buffer.from(JSON.stringify(fields)))
}

export async function openFields(ctx: ReadContext, itemId: string, sealed: Buffer): Promise<Fields> {
  return JSON.parse(unwrapKey(await ctx.key(), fieldsPurpose(ctx, itemId), sealed).toString()) as Fields
}

export async function sealReason(ctx: ReadContext, itemId: string, reason: string): Promise<Buffer> {
  return wrapKey(await ctx.key(), reasonPurpose(ctx, itemId), Buffer.from(reason))
}

export async function openReason(ctx: ReadContext, itemId: string, sealed: Buffer): Promise<string> {
  return unwrapKey(await ctx.key(), reasonPurpose(ctx, itemId), sealed).toString()
}

/** The same value for the same content, in whatever order the members of its objects stand. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`
}

/** By what a repetition is known. Keyed: names and birthdays are few enough to be guessed from a plain hash. */
export async function bodyHash(ctx: ReadContext, { credentialId, items }: Declared): Promise<Buffer> {
  const content = items.map(({ path: _path, ...item }) => item)
  return keyedHash(await ctx.key(), 'partner-submission', canonical({ credentialId, items: content }))
}
