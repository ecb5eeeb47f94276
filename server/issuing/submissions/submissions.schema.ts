/** What partners send and get (spec 80; the published batch contract, version 2). Pure. */
import { z } from 'zod'
import {
  faultsBetween,
  isItem,
  itemsIn,
  notOneOf,
  type SentItem,
  type SubmissionFault,
} from './submissions.faults.rules.ts'
import { itemOf, partnerId, type AssetType, type Kind } from './submissions.fields.schema.ts'

export type { AssetType, Kind } from './submissions.fields.schema.ts'

/** 1 MB of JSON. */
export const bodyBytesMax = 1_048_576

/** The shape of a batch, for the document and the judgement of each field. */
export const batchShape = z.strictObject({
  credential_id: partnerId.describe('Yours, for the submission as a whole.'),
  digital_identity: itemOf('digital_identity').optional(),
  education_items: z.array(itemOf('education')).optional(),
  microcredential_items: z.array(itemOf('microcredential')).optional(),
  english_proficiency_items: z.array(itemOf('english_proficiency')).optional(),
  right_to_work_items: z.array(itemOf('right_to_work')).optional(),
  career_history: itemOf('career_history').optional(),
  universal_credential_items: z.array(itemOf('universal_credential')).optional(),
})

export interface DeclaredAsset {
  readonly assetId: string
  readonly assetType: AssetType
}

export interface DeclaredItem {
  readonly credentialId: string
  readonly kind: Kind
  /** Where it stands in what was sent. */
  readonly path: readonly (string | number)[]
  readonly fields: Readonly<Record<string, unknown>>
  readonly assets: readonly DeclaredAsset[]
}

export interface Declared {
  readonly credentialId: string
  readonly items: readonly DeclaredItem[]
}

interface ParsedItem {
  readonly credential_id: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly partner_chain?: unknown
  readonly assets?: readonly { readonly asset_id: string; readonly asset_type: AssetType }[]
}

function declaredItem({ kind, path, item }: SentItem): DeclaredItem {
  const { credential_id, fields, partner_chain, assets = [] } = item as ParsedItem
  return {
    credentialId: credential_id,
    kind,
    path,
    // Beside the fields it means the same.
    fields: partner_chain === undefined || partner_chain === null ? fields : { ...fields, partner_chain },
    assets: assets.map(({ asset_id, asset_type }) => ({ assetId: asset_id, assetType: asset_type })),
  }
}

interface Judgement {
  /** Of what was sent. */
  readonly shape: z.ZodType
  readonly faults: readonly SubmissionFault[]
}

/** A shape together with what holds between the fields: all faults at once. */
function judged(
  judge: (sent: unknown) => Judgement,
  itemsOf: (sent: unknown) => SentItem[],
): z.ZodType<Declared> {
  return z.unknown().transform((sent, ctx): Declared => {
    const { shape, faults } = judge(sent)
    const parsed = shape.safeParse(sent)
    const issues = parsed.error?.issues ?? []
    const told = new Set(issues.map(({ path }) => path.join('\0')))
    for (const issue of issues) ctx.issues.push({ ...issue, input: undefined, continue: false } as never)
    for (const { path, code, message } of faults)
      // Of one field the first fault is enough.
      if (path.length === 0 || !told.has(path.join('\0')))
        ctx.issues.push({ code: 'custom', path: [...path], message, input: undefined, params: { code } })
    if (ctx.issues.length > 0) return z.NEVER
    return {
      credentialId: (parsed.data as { readonly credential_id: string }).credential_id,
      items: itemsOf(parsed.data).map(declaredItem),
    }
  })
}

/**
 * A batch, as the sender may send it.
 * @param admit throws when the sender may not push these kinds: said before anything about the fields is
 * @param today of the platform, `YYYY-MM-DD`
 */
export function batchSchema(admit: (kinds: readonly Kind[]) => void, today: string): z.ZodType<Declared> {
  return judged((sent) => {
    const items = itemsIn(sent)
    admit(items.map(({ kind }) => kind))
    return { shape: batchShape, faults: faultsBetween(sent, items, today) }
  }, itemsIn)
}

/** A single add: the item by itself, or a batch of that one item. */
export function singleSchema(kind: Kind, today: string): z.ZodType<Declared> {
  const itemsOf = (sent: unknown): SentItem[] =>
    isItem(sent) ? [{ kind, path: [], item: sent }] : itemsIn(sent)
  return judged((sent) => {
    const items = itemsOf(sent)
    return {
      shape: isItem(sent) ? itemOf(kind) : batchShape,
      faults: [...faultsBetween(sent, items, today), ...notOneOf(kind, items)],
    }
  }, itemsOf)
}

/** The shapes of a single add, for the document. */
export const singleShape = (kind: Kind): z.ZodType => itemOf(kind)

export const addedAnswer = z.object({
  redirect_uri: z.string().describe('Send the person there: they sign in, look and decide.'),
  asset_uploads: z
    .array(
      z.object({
        asset_id: z.string(),
        url: z.string().describe('PUT the bytes there; no token is needed.'),
      }),
    )
    .describe('One for each declared asset that has not arrived.'),
  warnings: z
    .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
    .optional()
    .describe('What is odd about fields that were taken all the same. Absent where nothing is.'),
})

export const statuses = ['incomplete', 'verified', 'canceled'] as const
export type SubmissionStatus = (typeof statuses)[number]

export const statusAnswer = z.object({
  id: z.string(),
  status: z.enum(statuses),
  finalized_at: z.string().nullable().describe('RFC 3339; null while it is incomplete.'),
})

export const statusesInput = z.strictObject({
  ids: z.array(partnerId).min(1).max(30),
})

export const statusesAnswer = z.object({
  credentials: z.array(
    z.object({
      id: z.string(),
      status: z.enum([...statuses, 'not_found']),
      finalized_at: z.string().nullable().optional(),
    }),
  ),
})

export const revokeInput = z.strictObject({
  reason: z.string().trim().min(1).max(1_000).describe('The holder reads it.'),
})

export const revokedAnswer = z.object({
  id: z.string(),
  revoked: z.array(z.string()).describe('The credential_ids of the items that are revoked.'),
  revoked_at: z.string(),
})

export const uploadedAnswer = z.object({
  asset_id: z.string(),
  bytes: z.number().int(),
  sha256: z.string().describe('Of the bytes, hex.'),
})

export const uploadLinkAnswer = z.object({
  asset_id: z.string(),
  url: z.string(),
  expires_at: z.string(),
})
