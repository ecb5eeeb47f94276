/**
 * From a JSON Schema of the API's document to arbitrary values that fit it. Knows the keywords that the document uses and
 * refuses any other, so that a new one is not overlooked. What it generates validates: schema-arbitrary.test.ts.
 */
import fc from 'fast-check'
import type { Schema } from './api-document.ts'

type Components = Readonly<Record<string, Schema>>

/** Keywords that say nothing about which values fit. */
const silent = [
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]
const known = new Set([
  ...silent,
  ...[
    '$ref',
    'type',
    'enum',
    'const',
    'anyOf',
    'oneOf',
    'format',
    'contentMediaType',
    'pattern',
    'minLength',
    'maxLength',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'minItems', 'maxItems'],
])

const two = (value: number): string => String(value).padStart(2, '0')

/** Days that exist, the ends of what can be written among them. */
export const day: fc.Arbitrary<string> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('0001-01-01', '9999-12-31', '2024-02-29', '1900-02-28') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 1900, max: 2100 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
      )
      .map(([year, month, dayOfMonth]) => `${year}-${two(month)}-${two(dayOfMonth)}`),
  },
)

const instant = fc
  .tuple(
    day,
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom('Z', '+00:00', '-11:00', '+14:00', '.5Z', '.123456789Z'),
  )
  .map(([date, hour, minute, rest]) => `${date}T${two(hour)}:${two(minute)}:00${rest}`)

const word = fc.stringMatching(/^[a-z0-9]{1,12}$/)

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: day,
  'date-time': instant,
  email: fc.tuple(word, word).map(([name, domain]) => `${name}@${domain}.example`),
  uri: word.map((host) => `https://${host}.example/`),
  uuid: fc.uuid({ version: 4 }),
}

const codePoints = (text: string): number => [...text].length

function texts(schema: Schema, path: string): fc.Arbitrary<string> {
  const { format, pattern } = schema as { format?: string; pattern?: string }
  const { minLength = 0, maxLength } = schema as { minLength?: number; maxLength?: number }
  const fits = (text: string): boolean =>
    codePoints(text) >= minLength &&
    (maxLength === undefined || codePoints(text) <= maxLength) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text))
  if (format !== undefined) {
    const made = formats[format]
    if (!made) throw new Error(`${path}: schema-arbitrary.ts knows no format "${format}"; add it there.`)
    return made.filter(fits)
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u')).filter(fits)
  const length = { minLength, ...(maxLength === undefined ? {} : { maxLength }) }
  return fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme-ascii', ...length }) },
    // Composed characters, right-to-left, emoji: what people's names hold.
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', ...length }).filter(fits) },
    // Any code point, NUL and the other control characters among them.
    { weight: 1, arbitrary: fc.string({ unit: 'binary', ...length }) },
    // To the brim.
    ...(maxLength === undefined || maxLength > 5_000
      ? []
      : [
          { weight: 1, arbitrary: fc.constantFrom('x', 'é', '漢', '😀').map((one) => one.repeat(maxLength)) },
        ]),
  )
}

function numbers(schema: Schema, isInteger: boolean): fc.Arbitrary<number> {
  const bound = schema as Record<string, number | undefined>
  if (isInteger) {
    const min = bound['minimum'] ?? (bound['exclusiveMinimum'] ?? Number.MIN_SAFE_INTEGER - 1) + 1
    const max = bound['maximum'] ?? (bound['exclusiveMaximum'] ?? Number.MAX_SAFE_INTEGER + 1) - 1
    return fc.oneof(fc.integer({ min, max: Math.min(max, min + 1_000) }), fc.constantFrom(min, max))
  }
  return fc.double({
    min: bound['minimum'] ?? bound['exclusiveMinimum'] ?? -1e15,
    minExcluded: bound['exclusiveMinimum'] !== undefined,
    max: bound['maximum'] ?? bound['exclusiveMaximum'] ?? 1e15,
    maxExcluded: bound['exclusiveMaximum'] !== undefined,
    noNaN: true,
  })
}

function objects(schema: Schema, components: Components, path: string): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const required = (schema['required'] ?? []) as readonly string[]
  const more = (schema['additionalProperties'] ?? false) as boolean | Schema
  const own = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [
        name,
        arbitraryOf(one, components, `${path}/properties/${name}`),
      ]),
    ),
    { requiredKeys: [...required] },
  )
  if (more === false || more === true) return own
  const names = schema['propertyNames'] as Schema | undefined
  return fc
    .tuple(
      fc.dictionary(
        names ? (arbitraryOf(names, components, `${path}/propertyNames`) as fc.Arbitrary<string>) : word,
        arbitraryOf(more, components, `${path}/additionalProperties`),
        { maxKeys: 4 },
      ),
      own,
    )
    .map(([rest, named]) => ({ ...rest, ...(named as object) }))
}

/** Values that fit one type of the schema. */
function ofType(type: string, schema: Schema, components: Components, path: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return numbers(schema, type === 'integer')
    case 'string':
      return texts(schema, path)
    case 'array': {
      const {
        minItems = 0,
        maxItems = Infinity,
        items,
      } = schema as { minItems?: number; maxItems?: number; items?: Schema }
      return fc.array(
        items ? arbitraryOf(items, components, `${path}/items`) : fc.jsonValue({ maxDepth: 2 }),
        {
          minLength: minItems,
          maxLength: Math.min(maxItems, Math.max(minItems, 5)),
        },
      )
    }
    case 'object':
      return objects(schema, components, path)
    default:
      throw new Error(`${path}: schema-arbitrary.ts knows no type "${type}"; add it there.`)
  }
}

/**
 * Values that fit the schema. Refuses keywords, formats and types that it does not know.
 *
 * @param components what `$ref` can name
 */
export function arbitraryOf(schema: Schema, components: Components = {}, path = '#'): fc.Arbitrary<unknown> {
  const strange = Object.keys(schema).filter((key) => !known.has(key))
  if (strange.length > 0)
    throw new Error(
      `${path}: schema-arbitrary.ts does not know ${strange.join(', ')}; teach it or leave them out.`,
    )
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].replace('#/components/schemas/', '')
    const target = components[name]
    if (!target) throw new Error(`${path}: there is no component "${name}".`)
    return arbitraryOf(target, components, `#/components/schemas/${name}`)
  }
  if ('const' in schema) return fc.constant(schema['const'])
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]))
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined
  if (choices)
    return fc.oneof(...choices.map((one, index) => arbitraryOf(one, components, `${path}/anyOf/${index}`)))
  if (schema['type'] === undefined) return fc.jsonValue({ maxDepth: 2 })
  const types = [schema['type']].flat() as string[]
  return fc.oneof(...types.map((type) => ofType(type, schema, components, path)))
}
