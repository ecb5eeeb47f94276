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
    .meta({ maxLength: most })

export const requiredLine = (most: number): z.ZodType<string, string> =>
  text(most)
    .refine((typed) => typed !== '', 'must not be empty')
    .meta({ minLength: 1 })

/** A line that may be left out: nothing left is null. */
export const line = (most: number): z.ZodType<string | null | undefined, string | null | undefined> =>
  text(most)
    .transform((typed) => (typed === '' ? null : typed))
    .nullable()
    .optional()

/** A day that exists, from the year 1 to 9999. */
export const calendarDay = z
  .string()
  .refine((typed) => parseLocalDate(typed) !== undefined, 'must be a day of the calendar, written YYYY-MM-DD')
  .meta({ format: 'date' })

export const calendarDate = calendarDay.nullable().optional()

/** Members that an answer has and a change may carry back: they are read only and change nothing. */
export const readOnly = z.unknown().optional().describe('Read only: what is sent here changes nothing.')

/** An instant as every route takes it: RFC 3339 with a zone. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/, {
    error: 'must be an instant like 2026-02-01T00:00:00Z',
    abort: true,
  })
  // In UTC too its year has four digits: it goes out as RFC 3339, which knows no others.
  .refine((text) => {
    const year = new Date(text).getUTCFullYear()
    return year >= 1 && year <= 9999
  }, 'must be an instant that exists, of the years 1 to 9999')
  .meta({ format: 'date-time', pattern: undefined })
  .transform((text) => new Date(text))
