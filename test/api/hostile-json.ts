/** JSON bodies broken at one place, down to texts that no writer of JSON would give: keys twice, 1e400, no end of nesting. */

/** Text that stands as it is where a value would. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
/** An object whose keys may come twice. */
class Members {
  readonly list: readonly (readonly [string, unknown])[]
  constructor(list: readonly (readonly [string, unknown])[]) {
    this.list = list
  }
}

/** Beyond every stack, and just below the largest body. */
const deep = 120_000

/** In the place of any value. */
export const hostileValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, Number.MAX_SAFE_INTEGER, -(2 ** 31) - 1, 2 ** 63],
  ...['', ' ', '\t', 'x', '0', '1e3', 'null', 'true', 'NaN', '[object Object]'],
  ...['x'.repeat(301), 'x'.repeat(100_000), '漢'.repeat(5_000), 'e\u0301'.repeat(200)],
  // NUL and its like, one half of a pair, line separators, a byte order mark, marks that turn the direction
  ...['\0', 'a\0b', '\u0007', '\u001b[31m', '\u007f', '\u0085', '\ud800', 'a\udc00b', '\ud83d'],
  ...['\u2028', '\ufeff', '\u202Eevil', '\u200B', '\uffff', '\u{10ffff}'],
  ...["'; drop table workers; --", '%', '\\', '${7*7}', '<script>', '../../etc/passwd', '=1+1'],
  ...['0000-00-00', '0000-01-01', '9999-12-31', '10000-01-01', '-0001-01-01', '2026-02-30', '2026-1-1'],
  ...['2026-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'],
  ...[[], {}, [[]], [null], ['x'], [{}], { id: 'x' }, { toString: 'x' }, { length: -1 }],
  ...['1e400', '-1e400', '1e-400', '-0', `1${'0'.repeat(400)}`].map((text) => new Raw(text)),
  ...['"\\ud800"', '"\\u0000"', '{"__proto__":{"isAdmin":true}}'].map((text) => new Raw(text)),
  ...['{"constructor":{"prototype":{"isAdmin":true}}}', '{"a":1,"a":2}'].map((text) => new Raw(text)),
  new Raw('['.repeat(deep) + ']'.repeat(deep)),
  new Raw('{"a":'.repeat(deep) + '1' + '}'.repeat(deep)),
  new Raw(`[${'"\\u0000",'.repeat(deep)}0]`),
  // No JSON at all
  ...['', '"', '"\\x"', '{', 'undefined', 'NaN', '01', "'x'", '// x', '\0', '\ufeff1'].map(
    (text) => new Raw(text),
  ),
]

export const hostileKeys = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length', 'id'],
  ...['', '\0', '\ud800', '/', '~', '"', 'x'.repeat(10_000), 'ключ'],
]

export const mutations = [
  'replace',
  'remove',
  'add',
  'twice',
  'wrap',
  'turn',
  'append',
  'many',
  'text',
] as const
export type Mutation = (typeof mutations)[number]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Path = readonly string[]

/** Every place in a value, the whole of it first. */
export function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, one]) => pathsIn(one, [...path, name]))]
}

/** `value` with what lies at `path` exchanged; undefined takes it out. */
function exchange(value: unknown, path: Path, change: (old: unknown) => unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return change(value)
  if (Array.isArray(value))
    return value.flatMap((one, index) => {
      const made = String(index) === name ? exchange(one, rest, change) : (one as unknown)
      return made === undefined ? [] : [made]
    })
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [
      key,
      key === name ? exchange(one, rest, change) : (one as unknown),
    ]),
  )
}

function changed(old: unknown, mutation: Mutation, hostile: unknown, key: string): unknown {
  switch (mutation) {
    case 'replace':
    case 'text':
      return hostile
    case 'remove':
      return undefined
    case 'add':
      return isObject(old) ? new Members([...Object.entries(old), [key, hostile]]) : { [key]: old }
    case 'twice':
      return isObject(old)
        ? new Members([
            ...Object.entries(old),
            ...Object.entries(old).map(([name]) => [name, hostile] as const),
          ])
        : [old, old]
    case 'wrap':
      return [old]
    case 'turn':
      // A number as a text, a text as a number, a list as an object, an object as a list.
      if (Array.isArray(old)) return { ...(old as unknown[]) }
      if (isObject(old)) return Object.values(old)
      return typeof old === 'string' ? Number(old) || 0 : String(old)
    case 'append':
      return typeof old === 'string' && typeof hostile === 'string' ? old + hostile : hostile
    case 'many':
      return Array.isArray(old)
        ? Array.from({ length: 2_500 }, () => (old[0] ?? hostile) as unknown)
        : [old, hostile]
  }
}

/** As text; what is not JSON stays what it is. */
export function write(value: unknown): string {
  if (value instanceof Raw) return value.text
  if (value instanceof Members)
    return `{${value.list.map(([name, one]) => `${JSON.stringify(name)}:${write(one)}`).join()}}`
  if (Array.isArray(value)) return `[${value.map(write).join()}]`
  if (isObject(value)) return write(new Members(Object.entries(value).filter(([, one]) => one !== undefined)))
  return value === undefined ? '' : JSON.stringify(value)
}

export interface Damage {
  readonly mutation: Mutation
  /** Which of the value's places, counted through. */
  readonly place: number
  readonly hostile: number
  readonly key: number
}

/** The value as text, broken at one place. */
export function broken(value: unknown, { mutation, place, hostile, key }: Damage): string {
  const paths = pathsIn(value)
  const path = paths[place % paths.length] ?? []
  const text = write(
    exchange(value, path, (old) =>
      changed(
        old,
        mutation,
        hostileValues[hostile % hostileValues.length],
        hostileKeys[key % hostileKeys.length] ?? '',
      ),
    ),
  )
  // Cut off in the middle.
  return mutation === 'text' ? text.slice(0, place % (text.length + 1)) : text
}
