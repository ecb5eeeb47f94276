/** From what a schema found wrong to faults with pointers and words. Pure. */
import type { z } from 'zod'
import type { Fault } from './errors.ts'

const escaped = (part: PropertyKey): string => String(part).replaceAll('~', '~0').replaceAll('/', '~1')

/** @param noun what an unknown name is one of, for the sentence */
export function faultsOf(error: z.ZodError, noun = 'field'): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const pointer = `/${issue.path.map(escaped).join('/')}`
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `${pointer === '/' ? '' : pointer}/${escaped(key)}`,
        code: 'UNKNOWN_FIELD',
        detail: `There is no ${noun} "${key}" here.`,
      }))
    }
    return [
      {
        pointer,
        code: issue.code.toUpperCase(),
        detail: `${issue.path.join('.') || 'The body'}: ${issue.message}.`,
      },
    ]
  })
}
