/** Kinds of value that people and their systems type into a resource. */
import { z } from 'zod'
import { parseLocalDate } from './local-date.ts'

/** A line of text as a person may have typed it; blanks around it are dropped. */
const text = (most: number): z.ZodType<string, string> =>
  z
    .string()
    .refine((typed) => !/[\p{Cc}\u2028\u2029]/u.test(typed), 'must not hold control characters')
    .transform((typed) => typed.trim())
    .refine((typed) => typed.length <= most, `must have at most ${most} characters`)

export const requiredLine = (most: number): z.ZodType<string, string> =>
  text(most).refine((typed) => typed !== '', 'must not be empty')

/** A line that may be left out: nothing left is null. */
export const line = (most: number): z.ZodType<string | null | undefined, string | null | undefined> =>
  text(most)
    .transform((typed) => (typed === '' ? null : typed))
    .nullable()
    .optional()

export const calendarDate = z
  .string()
  .refine((typed) => parseLocalDate(typed) !== undefined, 'must be a day of the calendar, written YYYY-MM-DD')
  .nullable()
  .optional()

/** Members that an answer has and a change may carry back: they are read only and change nothing. */
export const readOnly = z.unknown().optional().describe('Read only: what is sent here changes nothing.')

/** An instant as every route takes it: RFC 3339 with a zone. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/, {
    error: 'must be an instant like 2026-02-01T00:00:00Z',
    abort: true,
  })
  .refine((text) => !Number.isNaN(Date.parse(text)), 'must be an instant that exists')
  .transform((text) => new Date(text))
