/** From what was sent to what a schema says, with every fault named. */
import type { z } from 'zod'
import { AppError, type Fault } from '../errors.ts'
import { faultsOf, pointerOf } from '../faults.ts'

/** No resource of ours comes near it; what goes through a value by recursion could not follow without end. */
const depthMax = 64
/** More than a person reads; a body of nothing but faults would else be answered with many times its size. */
const faultsMax = 1_000

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A body in JSON, by its schema. Refuses one that is no JSON, is not in UTF-8, is nested without measure, or is not there
 * (MALFORMED_JSON); and what the schema refuses, together with texts that cannot be kept as they are
 * (VALIDATION_FAILED).
 *
 * @param body the bytes as they came
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new AppError('MALFORMED_JSON', 'The request has no JSON body.')
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(body))
  } catch {
    throw new AppError('MALFORMED_JSON', 'The body is not well-formed JSON in UTF-8.')
  }
  const texts = unkeepableTexts(value)
  const result = schema.safeParse(value)
  if (result.success && texts.length === 0) return result.data
  const faults = result.success ? [] : faultsOf(result.error, 'field')
  const told = new Set(faults.map(({ pointer }) => pointer))
  throw refusalOf([...faults, ...texts.filter(({ pointer }) => !told.has(pointer))])
}

/** All faults at once; unknown fields are named (spec 10, Shapes). */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'query' | 'body',
): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw refusalOf(faultsOf(result.error, where === 'query' ? 'parameter' : 'field'))
}

function refusalOf(faults: readonly Fault[]): AppError {
  const errors = faults.slice(0, faultsMax)
  const more = faults.length - errors.length
  const detail = errors.map((fault) => fault.detail).join(' ')
  return new AppError('VALIDATION_FAILED', more === 0 ? detail : `${detail} And ${more} more.`, { errors })
}

/** PostgreSQL has no NUL in texts, and half of a surrogate pair is not Unicode: it would come back as another text. */
export function isKeepable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Where texts or names of fields stand that cannot be kept. By a list: the value may be nested deeper than the stack. */
function unkeepableTexts(root: unknown): Fault[] {
  const faults: Fault[] = []
  const judge = (text: string, path: readonly string[], what: string): void => {
    if (isKeepable(text)) return
    const detail = `${path.join('.') || 'The body'}: ${what} a NUL character or half of a surrogate pair.`
    faults.push({ pointer: pointerOf(path), code: 'CHARACTERS', detail })
  }
  const waiting: { readonly value: object; readonly path: readonly string[] }[] = []
  const look = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'string') judge(value, path, 'must not hold')
    else if (typeof value === 'object' && value !== null) waiting.push({ value, path })
  }
  look(root, [])
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const { value, path } = one
    if (path.length >= depthMax)
      throw new AppError('MALFORMED_JSON', `The body is nested deeper than ${depthMax} levels.`)
    for (const [name, inner] of Object.entries(value)) {
      judge(name, path, 'must have no field whose name holds')
      if (typeof inner === 'string' || typeof inner === 'object') look(inner, [...path, name])
    }
  }
  return faults
}
