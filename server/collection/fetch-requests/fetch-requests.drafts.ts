/** What was typed and not yet handed in: sealed with the organisation's key, so that no row or backup shows it. */
import type { ReadContext } from '../../platform/context.ts'
import { unwrapKey, wrapKey } from '../../platform/secrets.ts'
import type { AnswerFields } from './fetch-requests.fields.rules.ts'

const purposeOf = ({ organisationId }: ReadContext, itemId: string): string =>
  `fetch request draft:${organisationId}:${itemId}`

export async function sealDraft(ctx: ReadContext, itemId: string, fields: AnswerFields): Promise<Buffer> {
  return wrapKey(await ctx.key(), purposeOf(ctx, itemId), Buffer.from(JSON.stringify(fields)))
}

/** What `sealDraft` sealed for this item. */
export async function openDraft(ctx: ReadContext, itemId: string, sealed: Buffer): Promise<AnswerFields> {
  return JSON.parse(unwrapKey(await ctx.key(), purposeOf(ctx, itemId), sealed).toString()) as AnswerFields
}
