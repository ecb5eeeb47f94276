/** The OpenAPI document as generators read it: its operations, with every reference inside parameters followed. Pure. */
import type { Schema } from './schema-types.ts'

type Json = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly isRequired: boolean
  /** Several values go as one, with commas. */
  readonly isJoined: boolean
  readonly description: string | undefined
  readonly schema: Schema
  readonly example: unknown
}

export interface Content {
  readonly mediaType: string
  readonly schema: Schema
  readonly example: unknown
}

export interface ApiOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description: string | undefined
  readonly isDeprecated: boolean
  readonly parameters: readonly Parameter[]
  readonly body: { readonly isRequired: boolean; readonly contents: readonly Content[] } | undefined
  /** The successes: their contents by status. */
  readonly successes: readonly { readonly status: string; readonly contents: readonly Content[] }[]
  /** Whether the only success is an address to go to. */
  readonly isRedirect: boolean
  /** Whether it can be asked without any access. */
  readonly isPublic: boolean
}

export interface ApiDocument {
  readonly title: string
  readonly description: string | undefined
  readonly version: string
  /** The path before every operation's own. */
  readonly basePath: string
  readonly tags: readonly { readonly name: string; readonly description: string | undefined }[]
  readonly operations: readonly ApiOperation[]
  readonly schemas: Readonly<Record<string, Schema>>
  /** Follows a `$ref` into the document; throws where it leads nowhere. */
  resolve(value: unknown): Json
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `/workers/{id}` of GET as `getWorkersById`: only for an operation that lacks a name. */
function nameless(method: string, path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? []
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

export function isJson(mediaType: string): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType)
}

/** The one way of several in which a body is sent, or an answer read. */
export function chosenContent(contents: readonly Content[]): Content | undefined {
  return (
    // Where a form and JSON are taken, the form carries a file as it is.
    contents.find(({ mediaType }) => mediaType.startsWith('multipart/')) ??
    contents.find(({ mediaType }) => mediaType === 'application/json') ??
    contents.find(({ mediaType }) => isJson(mediaType)) ??
    contents[0]
  )
}

/** Reads the document. What it leaves out has a sensible stand-in; a reference that leads nowhere throws. */
export function readDocument(document: Json): ApiDocument {
  const resolve = (value: unknown): Json => {
    let found = value
    for (let steps = 0; steps < 20; steps++) {
      const reference = (found as Json | undefined)?.['$ref']
      if (typeof reference !== 'string') return (found ?? {}) as Json
      found = reference
        .replace(/^#\//, '')
        .split('/')
        .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((at, part) => (at as Json | undefined)?.[part], document)
      if (found === undefined) throw new Error(`The document has nothing at ${reference}`)
    }
    throw new Error('The document refers to itself in a circle')
  }
  const contentsOf = (content: unknown): Content[] =>
    Object.entries((content ?? {}) as Record<string, Json>).map(([mediaType, one]) => {
      const [firstExample] = Object.values((one['examples'] ?? {}) as Record<string, unknown>)
      return {
        mediaType,
        schema: (one['schema'] ?? true) as Schema,
        example: one['example'] ?? resolve(firstExample)['value'],
      }
    })
  const security = document['security']

  const operationOf = (path: string, item: Json, method: string): ApiOperation => {
    const operation = item[method] as Json
    const parameters = new Map<string, Parameter>()
    for (const given of [
      ...((item['parameters'] ?? []) as unknown[]),
      ...((operation['parameters'] ?? []) as unknown[]),
    ]) {
      const one = resolve(given)
      const place = one['in'] as Parameter['in']
      parameters.set(`${place} ${String(one['name'])}`, {
        name: String(one['name']),
        in: place,
        isRequired: place === 'path' || one['required'] === true,
        isJoined: one['explode'] === false,
        description: textOf(one['description']),
        schema: (one['schema'] ?? contentsOf(one['content'])[0]?.schema ?? true) as Schema,
        example: one['example'] ?? resolve(one['schema'])['example'],
      })
    }
    const body = operation['requestBody'] === undefined ? undefined : resolve(operation['requestBody'])
    const statuses = Object.keys((operation['responses'] ?? {}) as Json)
    const own = (operation['security'] ?? security ?? []) as Json[]
    return {
      id: textOf(operation['operationId']) ?? nameless(method, path),
      method: method.toUpperCase(),
      path,
      tag: ((operation['tags'] ?? []) as string[])[0] ?? 'Other',
      summary: textOf(operation['summary']) ?? `${method.toUpperCase()} ${path}`,
      description: textOf(operation['description']),
      isDeprecated: operation['deprecated'] === true,
      parameters: [...parameters.values()],
      body: body && { isRequired: body['required'] === true, contents: contentsOf(body['content']) },
      successes: Object.entries((operation['responses'] ?? {}) as Json)
        .filter(([status]) => status.startsWith('2'))
        .map(([status, response]) => ({ status, contents: contentsOf(resolve(response)['content']) })),
      isRedirect:
        statuses.some((one) => /^30[12378]/.test(one)) && !statuses.some((one) => one.startsWith('2')),
      isPublic: own.length === 0 || own.some((requirement) => Object.keys(requirement).length === 0),
    }
  }

  const operations = Object.entries((document['paths'] ?? {}) as Record<string, Json>).flatMap(
    ([path, item]) =>
      methods.filter((method) => item[method] !== undefined).map((method) => operationOf(path, item, method)),
  )
  const info = document['info'] as Json
  const named = ((document['tags'] ?? []) as Json[]).map((tag) => ({
    name: String(tag['name']),
    description: textOf(tag['description']),
  }))
  const unnamed = [...new Set(operations.map(({ tag }) => tag))]
    .filter((name) => !named.some((tag) => tag.name === name))
    .map((name) => ({ name, description: undefined }))
  return {
    title: String(info['title']),
    description: textOf(info['description']),
    version: String(info['version']),
    basePath: String(((document['servers'] ?? [{ url: '' }]) as Json[])[0]?.['url'] ?? '').replace(/\/$/, ''),
    tags: [...named, ...unnamed],
    operations,
    schemas: ((document['components'] as Json | undefined)?.['schemas'] ?? {}) as Record<string, Schema>,
    resolve,
  }
}
