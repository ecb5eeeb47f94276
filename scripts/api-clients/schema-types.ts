/** JSON Schema (2020-12, as OpenAPI 3.1 has it) as TypeScript types. Pure. */

import { isIdentifier } from './names.ts'

export type Schema = Readonly<Record<string, unknown>> | boolean

export interface TypeOptions {
  /** The name of the type that stands for a `$ref`. */
  nameOf(reference: string): string
  /** Whether values are given rather than received: then what may be left out may be `undefined` as well. */
  readonly isInput: boolean
}

export function propertyName(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name)
}

/** A comment over what follows; nothing for nothing. */
export function docComment(lines: readonly (string | undefined)[]): string {
  const said = lines
    .flatMap((line) => line?.split('\n') ?? [])
    .map((line) => line.trimEnd().replaceAll('*/', '*∕'))
    .filter((line) => line !== '')
  if (said.length === 0) return ''
  return said.length === 1
    ? `/** ${said[0]} */\n`
    : `/**\n${said.map((line) => ` * ${line}\n`).join('')} */\n`
}

/** What a person should know of a schema beside its type. */
export function notesOf(schema: Schema): (string | undefined)[] {
  if (typeof schema === 'boolean') return []
  const { description, format, default: usual, deprecated } = schema
  const formats: Record<string, string> = {
    date: 'A day, `2026-02-01`.',
    'date-time': 'An instant, `2026-02-01T00:00:00Z`.',
  }
  return [
    typeof description === 'string' ? description : undefined,
    typeof format === 'string' ? formats[format] : formatInside(schema, formats),
    usual === undefined ? undefined : `${JSON.stringify(usual)} when absent.`,
    deprecated === true ? '@deprecated' : undefined,
  ]
}

/** The format of the one alternative that is not null. */
function formatInside(
  { anyOf, oneOf }: Readonly<Record<string, unknown>>,
  formats: Record<string, string>,
): string | undefined {
  const others = ((anyOf ?? oneOf ?? []) as Readonly<Record<string, unknown>>[]).filter(
    (one) => one['type'] !== 'null',
  )
  const format = others.length === 1 ? others[0]?.['format'] : undefined
  return typeof format === 'string' ? formats[format] : undefined
}

/** Alternatives once each, `null` last; `unknown` swallows the others. */
function union(types: readonly string[]): string {
  const different = [...new Set(types)].filter((type) => type !== 'never')
  if (different.includes('unknown')) return 'unknown'
  const ordered = [
    ...different.filter((type) => type !== 'null'),
    ...different.filter((type) => type === 'null'),
  ]
  if (ordered.length === 0) return 'never'
  return ordered.length === 1 ? (ordered[0] as string) : ordered.map(bracketed).join(' | ')
}

/** An intersection or function among alternatives needs its brackets. */
function bracketed(type: string): string {
  return / & /.test(type) && !type.startsWith('{') ? `(${type})` : type
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `readonly [${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, part]) => `readonly ${propertyName(name)}: ${literal(part)}`)
      .join('; ')} }`
  return JSON.stringify(value)
}

function arrayType(schema: Readonly<Record<string, unknown>>, options: TypeOptions): string {
  const prefix = schema['prefixItems'] as Schema[] | undefined
  if (prefix !== undefined) {
    const parts = prefix.map((part) => typeOf(part, options))
    const rest = schema['items']
    const more = rest === undefined || rest === false ? [] : [`...(${typeOf(rest as Schema, options)})[]`]
    return `readonly [${[...parts, ...more].join(', ')}]`
  }
  return `readonly (${typeOf((schema['items'] ?? true) as Schema, options)})[]`
}

/** The members of an object, one per line. */
function membersOf(schema: Readonly<Record<string, unknown>>, options: TypeOptions): string {
  const required = new Set((schema['required'] ?? []) as string[])
  return Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
    .map(([name, property]) => {
      const isOptional = !required.has(name)
      const type = typeOf(property, options)
      const orUndefined = isOptional && options.isInput && type !== 'unknown' ? ' | undefined' : ''
      return `${docComment(notesOf(property))}readonly ${propertyName(name)}${isOptional ? '?' : ''}: ${bracketed(type)}${orUndefined}\n`
    })
    .join('')
}

function objectType(schema: Readonly<Record<string, unknown>>, options: TypeOptions): string {
  const { properties, additionalProperties: more, propertyNames, required } = schema
  const hasOwn = properties !== undefined && Object.keys(properties as object).length > 0
  const own = hasOwn ? `{\n${membersOf(schema, options)}}` : undefined
  if (more === false) return own ?? 'Readonly<Record<string, never>>'
  if (more === undefined) return own ?? 'Readonly<Record<string, unknown>>'
  const value = typeOf(more as Schema, options)
  // An index signature must admit the named members too: only `unknown` does.
  if (own !== undefined) return `${own} & Readonly<Record<string, unknown>>`
  const keys = propertyNames === undefined ? 'string' : typeOf(propertyNames as Schema, options)
  if (keys === 'string' || keys === 'unknown') return `Readonly<Record<string, ${value}>>`
  // Keys from a closed list: all of them, or any.
  const all = Array.isArray(required) && required.length > 0
  return all ? `Readonly<Record<${keys}, ${value}>>` : `Readonly<Partial<Record<${keys}, ${value}>>>`
}

/** Whether the schema's type is its members and nothing else: then it can be an interface. */
export function isPlainObject(schema: Schema): boolean {
  if (typeof schema === 'boolean') return false
  const { type, properties, additionalProperties } = schema
  const isCombined = ['$ref', 'const', 'enum', 'anyOf', 'oneOf', 'allOf'].some((key) => key in schema)
  return (
    (type ?? 'object') === 'object' &&
    Object.keys((properties ?? {}) as object).length > 0 &&
    (additionalProperties ?? false) === false &&
    schema['nullable'] !== true &&
    !isCombined
  )
}

function ofType(type: unknown, schema: Readonly<Record<string, unknown>>, options: TypeOptions): string {
  switch (type) {
    case 'string':
      return 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return arrayType(schema, options)
    case 'object':
      return objectType(schema, options)
    default:
      return 'unknown'
  }
}

/** The type of the values that the schema admits, as precisely as TypeScript can say it; `unknown` where it cannot. */
export function typeOf(schema: Schema, options: TypeOptions): string {
  if (schema === true) return 'unknown'
  if (schema === false) return 'never'
  const { $ref, const: constant, enum: listed, anyOf, oneOf, allOf, type, nullable } = schema
  if (nullable === true) return union([typeOf({ ...schema, nullable: false }, options), 'null'])
  const parts: string[] = []
  if (typeof $ref === 'string') parts.push(options.nameOf($ref))
  if ('const' in schema) parts.push(literal(constant))
  else if (Array.isArray(listed)) parts.push(union(listed.map(literal)))
  for (const alternatives of [anyOf, oneOf])
    if (Array.isArray(alternatives))
      parts.push(union((alternatives as Schema[]).map((one) => typeOf(one, options))))
  if (Array.isArray(allOf)) parts.push(...(allOf as Schema[]).map((one) => typeOf(one, options)))
  const isNarrowed = parts.length > 0
  const { properties, additionalProperties } = schema
  const isObject = properties !== undefined || (typeof additionalProperties === 'object' && !isNarrowed)
  if (Array.isArray(type)) {
    if (!isNarrowed) parts.push(union(type.map((one) => ofType(one, schema, options))))
  } else if (type !== undefined ? !isNarrowed || properties !== undefined : isObject)
    parts.push(ofType(type ?? 'object', schema, options))
  const different = [...new Set(parts)].filter((part) => part !== 'unknown')
  if (different.length === 0) return 'unknown'
  return different.length === 1
    ? (different[0] as string)
    : different.map((part) => (/ \| /.test(part) ? `(${part})` : part)).join(' & ')
}
