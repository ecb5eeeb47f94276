/** From what was sent to what a schema says, with every fault named. */
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { faultsOf } from '../faults.ts'

/** The body as JSON. Refuses one that is none, or is not there (MALFORMED_JSON). */
export function jsonOf(body: unknown): unknown {
  if (typeof body !== 'string' || body.trim() === '')
    throw new AppError('MALFORMED_JSON', 'The request has no JSON body.')
  try {
    return JSON.parse(body)
  } catch {
    throw new AppError('MALFORMED_JSON', 'The body is not well-formed JSON.')
  }
}

/** All faults at once; unknown fields are named (spec 10, Shapes). */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'query' | 'body',
): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = faultsOf(result.error, where === 'query' ? 'parameter' : 'field')
  throw new AppError('VALIDATION_FAILED', errors.map((error) => error.detail).join(' '), { errors })
}
