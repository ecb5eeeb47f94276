/** Bodies that are broken at some places, as texts. */
import fc from 'fast-check'
import { hostileValues, pathsIn } from './api/hostile-json.ts'

const plain = hostileValues.filter(
  (value) => value === null || Object.getPrototypeOf(Object(value)) !== undefined,
)

function put(value: unknown, [name, ...rest]: readonly string[], given: unknown): unknown {
  if (name === undefined) return given
  if (Array.isArray(value))
    return (value as unknown[]).map((one, index) => (String(index) === name ? put(one, rest, given) : one))
  const members = value as Record<string, unknown>
  return { ...members, [name]: put(members[name], rest, given) }
}

/** The example with one or several of its places filled with something else. */
export function hostileBody(example: unknown): fc.Arbitrary<string> {
  const places = pathsIn(example)
  const change = fc.tuple(fc.constantFrom(...places), fc.oneof(fc.constantFrom(...plain), fc.jsonValue()))
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let body = example
    for (const [path, given] of changes) {
      try {
        body = put(body, path, given)
      } catch {
        // The place is gone with an earlier change.
      }
    }
    return JSON.stringify(body) ?? ''
  })
}
