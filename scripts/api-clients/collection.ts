/**
 * `docs/api-collection.json`: every operation as a request to look at and send, for Postman, Insomnia, Bruno, Hoppscotch
 * and what else reads Postman's collection format v2.1. Made from the OpenAPI document alone. Pure.
 */
import { chosenContent, isJson, type ApiDocument, type ApiOperation, type Content } from './document.ts'

type Json = Record<string, unknown>

/** Where a server listens that was started without any setting. */
const baseUrlDefault = 'http://127.0.0.1:8080'

/** A value as it stands in an address or a header. */
function text(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A value that fits the schema: its own example, or one of its kind; undefined where nothing is known. */
function exampleOf(schema: unknown, { resolve }: ApiDocument): unknown {
  const {
    example,
    examples,
    default: usual,
    const: constant,
    enum: listed,
    format,
    minimum,
  } = resolve(schema)
  const ofKind: Record<string, string> = { date: '2026-02-01', 'date-time': '2026-02-01T00:00:00Z' }
  const known = [
    example,
    (examples as unknown[] | undefined)?.[0],
    usual,
    constant,
    (listed as unknown[] | undefined)?.[0],
    typeof format === 'string' ? ofKind[format] : undefined,
    minimum,
  ]
  return known.find((value) => value !== undefined)
}

/**
 * The address in parts. A part of the path that is a parameter is a variable of the request; one that only holds a
 * parameter, `{id}.csv`, needs a variable of the collection.
 */
function urlOf(operation: ApiOperation, document: ApiDocument, shared: Map<string, string>): Json {
  const inPath = operation.parameters.filter((one) => one.in === 'path')
  const segments = `${document.basePath}${operation.path}`.split('/').filter((segment) => segment !== '')
  const variables = new Set<string>()
  const path = segments.map((segment) => {
    const whole = /^\{([^}]+)\}$/.exec(segment)?.[1]
    if (whole !== undefined) {
      variables.add(whole)
      return `:${whole}`
    }
    return segment.replaceAll(/\{([^}]+)\}/g, (_part, name: string) => {
      const parameter = inPath.find((one) => one.name === name)
      shared.set(name, text(parameter?.example ?? exampleOf(parameter?.schema, document)))
      return `{{${name}}}`
    })
  })
  const query = operation.parameters
    .filter((one) => one.in === 'query')
    .map(({ name, isRequired, description, example, schema }) => ({
      key: name,
      value: text(example ?? exampleOf(schema, document)),
      ...(description === undefined ? {} : { description }),
      // What must be there is sent, the rest is there to be switched on.
      ...(isRequired ? {} : { disabled: true }),
    }))
  const sent = query.filter((one) => !('disabled' in one)).map(({ key, value }) => `${key}=${value}`)
  return {
    raw: `{{baseUrl}}/${path.join('/')}${sent.length === 0 ? '' : `?${sent.join('&')}`}`,
    host: ['{{baseUrl}}'],
    path,
    ...(query.length === 0 ? {} : { query }),
    ...(variables.size === 0
      ? {}
      : {
          variable: inPath
            .filter(({ name }) => variables.has(name))
            .map(({ name, description, example, schema }) => ({
              key: name,
              value: text(example ?? exampleOf(schema, document)),
              ...(description === undefined ? {} : { description }),
            })),
        }),
  }
}

/** Fields of a form: a file where the schema says that it is binary. */
function formOf(content: Content, { resolve }: ApiDocument): Json[] {
  const example = (content.example ?? {}) as Json
  const properties = (resolve(content.schema)['properties'] ?? {}) as Json
  return Object.entries(properties).map(([key, given]) => {
    const schema = resolve(given)
    const item = schema['type'] === 'array' ? resolve(schema['items']) : schema
    const isFile = item['format'] === 'binary' || item['contentMediaType'] !== undefined
    return isFile ? { key, type: 'file', src: [] } : { key, type: 'text', value: text(example[key]) }
  })
}

function bodyOf(content: Content, document: ApiDocument): Json {
  if (isJson(content.mediaType)) {
    const example = content.example ?? exampleOf(content.schema, document) ?? {}
    return { mode: 'raw', raw: JSON.stringify(example, null, 2), options: { raw: { language: 'json' } } }
  }
  if (content.mediaType === 'application/x-www-form-urlencoded')
    return { mode: 'urlencoded', urlencoded: formOf(content, document) }
  if (content.mediaType.startsWith('multipart/'))
    return { mode: 'formdata', formdata: formOf(content, document) }
  return { mode: 'file', file: {} }
}

function headersOf(operation: ApiOperation, content: Content | undefined): Json[] {
  const accepted = chosenContent(operation.successes.flatMap(({ contents }) => contents))?.mediaType
  return [
    ...(accepted === undefined ? [] : [{ key: 'Accept', value: accepted }]),
    // A form's boundary is chosen when it is sent.
    ...(content === undefined || content.mediaType.startsWith('multipart/')
      ? []
      : [{ key: 'Content-Type', value: content.mediaType }]),
    ...operation.parameters
      .filter((one) => one.in === 'header')
      .map(({ name, description, example, isRequired }) => ({
        key: name,
        value: name.toLowerCase() === 'idempotency-key' ? '{{$guid}}' : text(example),
        ...(description === undefined ? {} : { description }),
        ...(isRequired ? {} : { disabled: true }),
      })),
  ]
}

function itemOf(operation: ApiOperation, document: ApiDocument, shared: Map<string, string>): Json {
  const content = chosenContent(operation.body?.contents ?? [])
  return {
    name: operation.summary.replace(/\.$/, ''),
    request: {
      method: operation.method,
      header: headersOf(operation, content),
      url: urlOf(operation, document, shared),
      ...(content === undefined ? {} : { body: bodyOf(content, document) }),
      ...(operation.isPublic ? { auth: { type: 'noauth' } } : {}),
      ...(operation.description === undefined ? {} : { description: operation.description }),
    },
    response: [],
  }
}

/** The whole collection: a folder per tag, the access token and the address as variables. */
export function apiCollection(document: ApiDocument): Json {
  const shared = new Map<string, string>()
  const folders = document.tags
    .map(({ name, description }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      item: document.operations
        .filter(({ tag }) => tag === name)
        .map((operation) => itemOf(operation, document, shared)),
    }))
    .filter(({ item }) => item.length > 0)
  return {
    info: {
      name: document.title,
      ...(document.description === undefined ? {} : { description: document.description }),
      version: document.version,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: folders,
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: baseUrlDefault, type: 'string' },
      // Filled in by whoever uses it; nothing secret is generated.
      { key: 'token', value: '', type: 'string' },
      ...[...shared].map(([key, value]) => ({ key, value, type: 'string' })),
    ],
  }
}
