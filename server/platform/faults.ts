/** From what a schema found wrong to faults with pointers and words. Pure. */
import type { z } from 'zod'
import type { Fault } from './errors.ts'

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')

/** Where something stands, as a JSON pointer. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return `/${path.map(escaped).join('/')}`
}

/** A rule of ours may give its fault a code of its own. */
function codeOf(issue: z.core.$ZodIssue): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined
  return typeof own === 'string' ? own : issue.code.toUpperCase()
}

/** @param noun what an unknown name is one of, for the sentence */
export function faultsOf(error: z.ZodError, noun = 'field'): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const pointer = pointerOf(issue.path)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: pointerOf([...issue.path, key]),
        code: 'UNKNOWN_FIELD',
        detail: `There is no ${noun} "${key}" here.`,
      }))
    }
    // Of a name that may not be one, its own schema says why.
    const message =
      issue.code === 'invalid_key' ? issue.issues.map((inner) => inner.message).join('; ') : issue.message
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [
      {
        pointer,
        code: isMissing ? 'REQUIRED' : codeOf(issue),
        detail: `${issue.path.join('.') || 'The body'}: ${isMissing ? 'is missing' : message}.`,
      },
    ]
  })
}
