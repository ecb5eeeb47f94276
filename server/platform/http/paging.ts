/** Pages by number, and by key in constant time however deep (spec 10, Shapes). */
import { z } from 'zod'
import { listLimits, type Total } from '../db/total.ts'
import { AppError } from '../errors.ts'
import { calendarDay, instant } from '../fields.schema.ts'
import type { CursorKey, Paging } from './route.ts'

export const pageSizeMax = 200
const pageSizeDefault = 25

/** A query parameter that is a whole number. */
export const wholeNumber = (least: number, most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,12}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)
    .meta({
      type: 'integer',
      minimum: least,
      maximum: most,
      pattern: undefined,
    }) as unknown as z.ZodType<number>

/** The query parameters that every list has beside its filters. */
export const pagingQuery = {
  page: wholeNumber(1, 999_999_999)
    .optional()
    .describe('The page, from 1. Deep pages are slow: use `cursor`.'),
  pageSize: wholeNumber(1, pageSizeMax)
    .optional()
    .describe(`Resources per page, 1 to ${pageSizeMax}; ${pageSizeDefault} by default.`),
  cursor: z
    .string()
    .max(1_000)
    .optional()
    .describe('`nextCursor` of the page before: goes on behind it, however deep. Wins over `page`.'),
  total: z
    .enum(['quick', 'exact'])
    .optional()
    .describe(
      `How \`total\` is counted: quick (the default) is exact, but in an organisation of more than ${listLimits.largeFrom} rows an estimate where more than ${listLimits.exactUpTo} are met (\`totalIsExact\` tells); exact counts all. With \`cursor\` it is that of the first page.`,
    ),
}

/** Only what was changed at that instant or after. */
export const updatedSince = instant
  .optional()
  .describe(
    'Only what changed at this instant or later. Ask with an overlap of a minute: changes become visible when they are committed.',
  )

export const includeDeleted = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => text === 'true')
  .describe('`true` shows deleted ones too.')

export interface PagingInput {
  readonly page?: number | undefined
  readonly pageSize?: number | undefined
  readonly cursor?: string | undefined
  readonly total?: 'quick' | 'exact' | undefined
}

/** What the query asks for. Refuses a cursor that is none of ours. */
export function pagingOf(input: PagingInput): Paging {
  const pageSize = input.pageSize ?? pageSizeDefault
  const page = input.page ?? 1
  if (input.cursor !== undefined) return { page, pageSize, offset: 0, ...decodeCursor(input.cursor) }
  const counting = input.total === 'exact' ? 'EXACT' : 'QUICK'
  return { page, pageSize, offset: (page - 1) * pageSize, after: null, counting }
}

/** A cursor carries the total along, so that a page behind it counts nothing. */
export function encodeCursor(key: CursorKey, { count, isExact }: Total): string {
  return Buffer.from(JSON.stringify([key, count, isExact])).toString('base64url')
}

const notOurs = (): AppError =>
  new AppError(
    'VALIDATION_FAILED',
    'The cursor is not one of this list. Take `nextCursor` as it was given.',
    {
      errors: [{ pointer: '/cursor', code: 'CURSOR', detail: 'Take `nextCursor` as it was given.' }],
    },
  )

const cursorShape = z.tuple([
  z
    .array(
      z.union([
        z.number(),
        // No text of ours holds a NUL or half a character, and the database would stumble over one.
        z.string().refine((part) => !part.includes('\0') && part.isWellFormed()),
      ]),
    )
    .min(1),
  z.int().min(0),
  z.boolean(),
])

function decodeCursor(cursor: string): { readonly after: CursorKey; readonly counting: Total } {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8')
    const [after, count, isExact] = cursorShape.parse(JSON.parse(text))
    return { after, counting: { count, isExact } }
  } catch {
    throw notOurs()
  }
}

/** A key's parts as texts, for a list whose key is made of texts. Refuses a cursor of another list. */
export function textKey(after: CursorKey, length: number): string[] {
  if (after.length === length && after.every((part) => typeof part === 'string')) return after as string[]
  throw notOurs()
}

/** The key of a list in the order of a whole number up to PostgreSQL's integer. Refuses a cursor of another list. */
export function numberKey(after: CursorKey): number {
  const [number] = after
  if (after.length === 1 && Number.isInteger(number) && Math.abs(number as number) <= 2_147_483_647)
    return number as number
  throw notOurs()
}

/** The key of a list in the order of time: an instant, and the id among those of the same one. */
export function timeKey(after: CursorKey): { readonly at: Date; readonly id: string } {
  const [text = '', id = ''] = textKey(after, 2)
  const at = new Date(text)
  // Years of four digits: JavaScript counts further than PostgreSQL does.
  if (!/^\d{4}-/.test(text) || Number.isNaN(at.getTime()) || at.toISOString() !== text) throw notOurs()
  return { at, id }
}

/** The key of a list in the order of a calendar date, and the id among those of the same one. */
export function dateKey(after: CursorKey): [date: string, id: string] {
  const [date = '', id = ''] = textKey(after, 2)
  if (!calendarDay.safeParse(date).success) throw notOurs()
  return [date, id]
}

/** A key of another shape. Refuses a cursor of another list. */
export function cursorOf<Key extends z.ZodType>(after: CursorKey, shape: Key): z.infer<Key> {
  const result = shape.safeParse(after)
  if (result.success) return result.data
  throw notOurs()
}
