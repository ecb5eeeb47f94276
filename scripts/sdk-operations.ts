/**
 * `sdk/operations.gen.ts`: the types of every schema in use and one typed method per operation, from the OpenAPI document
 * alone. Whatever the document holds has its place here; nothing is known of a single operation.
 */
import { format } from 'prettier'
import type { ApiDocument, ApiOperation, Content, Parameter } from './api-document.ts'
import { docComment, notesOf, propertyName, typeOf, type Schema } from './sdk-schema-types.ts'

type Json = Readonly<Record<string, unknown>>

/** Headers that are options of a call, or the client's own affair. */
const ownHeaders = new Set([
  'idempotency-key',
  'if-match',
  'if-none-match',
  'x-request-id',
  'authorization',
  'accept',
  'content-type',
])
/** What the generated text names and nothing in the document may be called. */
const usedNames = [
  'Record',
  'Readonly',
  'Partial',
  'Omit',
  'Promise',
  'Date',
  'Blob',
  'FormData',
  'AsyncGenerator',
]

function pascal(text: string): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? ['Unnamed']
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return /^\d/.test(name) ? `N${name}` : name
}
function camel(text: string): string {
  const name = pascal(text)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** Gives out each name once: the second that wants it gets it with the next number. */
function nameGiver(taken: Iterable<string>): (wanted: string) => string {
  const used = new Set(taken)
  return (wanted) => {
    let name = wanted
    for (let number = 2; used.has(name); number++) name = `${wanted}${number}`
    used.add(name)
    return name
  }
}

function isJson(mediaType: string): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(mediaType)
}

/** The one way of several in which a body is sent. */
export function chosenContent(contents: readonly Content[]): Content | undefined {
  return (
    contents.find(({ mediaType }) => mediaType === 'application/json') ??
    contents.find(({ mediaType }) => isJson(mediaType)) ??
    contents.find(({ mediaType }) => mediaType.startsWith('multipart/')) ??
    contents[0]
  )
}

/** The components that a schema leads to, itself included. */
function reach(schema: unknown, schemas: ApiDocument['schemas'], found: Set<string>): void {
  if (Array.isArray(schema)) for (const part of schema) reach(part, schemas, found)
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return
  for (const [key, part] of Object.entries(schema)) {
    const name =
      key === '$ref' && typeof part === 'string'
        ? /^#\/components\/schemas\/(.+)$/.exec(part)?.[1]
        : undefined
    if (name === undefined) reach(part, schemas, found)
    else if (!found.has(name)) {
      found.add(name)
      reach(schemas[name], schemas, found)
    }
  }
}

/** What an operation answers: which kind of answer, and the types in it. */
interface AnswerShape {
  readonly kind: 'page' | 'envelope' | 'json' | 'nothing' | 'file'
  readonly type: string
  /** Of a page: what it is a page of. */
  readonly item?: string
}

interface Argument {
  readonly name: string
  readonly parameter: Parameter
}

/** The whole file, formatted as the house formats. `reserved` are names that the hand-written part exports. */
export async function operationsFile(document: ApiDocument, reserved: readonly string[]): Promise<string> {
  const text = await format(operationsText(document, reserved), {
    parser: 'typescript',
    semi: false,
    singleQuote: true,
    printWidth: 110,
    trailingComma: 'all',
  })
  return text
}

function operationsText(document: ApiDocument, reserved: readonly string[]): string {
  const { schemas, resolve } = document
  const newType = nameGiver([...reserved, ...usedNames, 'Operations', 'ErrorCode'])
  const newMethod = nameGiver([])
  const componentNames = new Map(Object.keys(schemas).map((name) => [name, newType(pascal(name))]))

  const inputs = new Set<string>()
  for (const { body, parameters } of document.operations) {
    for (const { schema } of body?.contents ?? []) reach(schema, schemas, inputs)
    for (const { schema } of parameters) reach(schema, schemas, inputs)
  }
  const nameOf = (reference: string): string => {
    const name = componentNames.get(/^#\/components\/schemas\/(.+)$/.exec(reference)?.[1] ?? '')
    // Elsewhere in the document: no name of its own.
    return name ?? typeOf(resolve({ $ref: reference }), { nameOf, isInput: false })
  }
  const input = { nameOf, isInput: true }
  const output = { nameOf, isInput: false }

  const declared = (
    name: string,
    schema: Schema,
    isInput: boolean,
    comment: readonly (string | undefined)[],
  ): string => {
    const type = typeOf(schema, { nameOf, isInput })
    const isInterface =
      type.startsWith('{\n') && type.endsWith('}') && !type.includes('} & ') && !type.includes('} | ')
    return `${docComment(comment)}export ${isInterface ? `interface ${name} ${type}` : `type ${name} = ${type}`}\n`
  }

  // What stands inline at an operation and is more than a word gets the operation's name.
  const inline: string[] = []
  const named = (schema: Schema, wanted: string, isInput: boolean): string => {
    const type = typeOf(schema, { nameOf, isInput })
    if (!type.includes('{\n')) return type
    const name = newType(wanted)
    inline.push(declared(name, schema, isInput, notesOf(schema)))
    return name
  }

  const answerOf = (operation: ApiOperation): AnswerShape => {
    const own = pascal(operation.id)
    const contents = operation.successes.flatMap(({ contents: list }) => chosenContent(list) ?? [])
    const mayBeEmpty = operation.successes.some(({ contents: list }) => list.length === 0)
    if (contents.length === 0) return { kind: 'nothing', type: 'Answer<undefined>' }
    if (contents.some(({ mediaType }) => !isJson(mediaType))) return { kind: 'file', type: 'FileAnswer' }
    const different = [...new Map(contents.map((one) => [JSON.stringify(one.schema), one.schema])).values()]
    const empty = mayBeEmpty ? ['undefined'] : []
    const envelopes = different.map((schema) => {
      const properties = resolve(schema)['properties'] as Record<string, Schema> | undefined
      const { data, meta } = properties ?? {}
      return data === undefined || meta === undefined ? undefined : { data, meta }
    })
    if (envelopes.every((one) => one !== undefined)) {
      const [first] = envelopes
      const metaProperties = (resolve(first?.meta)['properties'] ?? {}) as Json
      const items = resolve(first?.data)
      const isList = operation.parameters.some(
        ({ in: place, name }) => place === 'query' && name === 'cursor',
      )
      if (
        envelopes.length === 1 &&
        items['type'] === 'array' &&
        'nextCursor' in metaProperties &&
        isList &&
        !mayBeEmpty
      ) {
        const item = named((items['items'] ?? true) as Schema, `${own}Item`, false)
        const meta = named(first?.meta as Schema, `${own}Meta`, false)
        return { kind: 'page', type: `Page<${item}, ${meta}>`, item }
      }
      const data = envelopes.map((one) => named(one?.data as Schema, `${own}Data`, false))
      const answer = `Answer<${[...new Set([...data, ...empty])].join(' | ')}>`
      const isPlain = Object.keys(metaProperties).every((name) => name === 'requestId')
      const metas = isPlain ? [] : envelopes.map((one) => named(one?.meta as Schema, `${own}Meta`, false))
      return {
        kind: 'envelope',
        type: isPlain ? answer : `${answer} & { readonly meta: ${[...new Set(metas)].join(' | ')} }`,
      }
    }
    const types = different.map((schema) => named(schema, `${own}Data`, false))
    return { kind: 'json', type: `Answer<${[...new Set([...types, ...empty])].join(' | ')}>` }
  }

  const queryType = (schema: Schema): string => {
    const listed = resolve(schema)['enum']
    if (Array.isArray(listed) && [...listed].sort().join() === 'false,true') return 'boolean'
    const type = typeOf(schema, input)
    return resolve(schema)['format'] === 'date-time' ? `${type} | Date` : type === 'unknown' ? 'string' : type
  }

  const argumentsOf = (operation: ApiOperation): Argument[] => {
    const newArgument = nameGiver(operation.body === undefined ? [] : ['body'])
    const inPath = operation.parameters.filter(({ in: place }) => place === 'path')
    const others = operation.parameters.filter(
      ({ in: place, name }) =>
        place === 'query' || (place === 'header' && !ownHeaders.has(name.toLowerCase())),
    )
    return [
      // The path's template names its parts: they keep their names.
      ...inPath.map((parameter) => ({ name: parameter.name, parameter })),
      ...others.map((parameter) => {
        if (inPath.some(({ name }) => name === parameter.name)) newArgument(parameter.name)
        const { name } = parameter
        return { name: newArgument(parameter.in === 'header' ? camel(name) : name), parameter }
      }),
    ]
  }

  const bodyType = ({ id, body }: ApiOperation): string | undefined => {
    const content = chosenContent(body?.contents ?? [])
    if (content === undefined) return undefined
    if (isJson(content.mediaType)) return named(content.schema, `${pascal(id)}Body`, true)
    return content.mediaType.startsWith('multipart/') ? 'FormData' : 'BinaryBody'
  }

  const parameterTypes: string[] = []
  const table: string[] = []
  const methodsByTag = new Map<string, string[]>()
  const methodNames = document.operations.map(({ id }) =>
    newMethod(/^[A-Za-z_$][\w$]*$/.test(id) ? id : camel(id)),
  )

  for (const [index, operation] of document.operations.entries()) {
    const method = methodNames[index] as string
    const list = argumentsOf(operation)
    const answer = answerOf(operation)
    const body = bodyType(operation)
    const isBodyNeeded = operation.body?.isRequired === true
    const members = [
      ...list.map(({ name, parameter }) => {
        const type = parameter.in === 'path' ? typeOf(parameter.schema, input) : queryType(parameter.schema)
        const notes = docComment([parameter.description, ...notesOf(parameter.schema)])
        return `${notes}readonly ${propertyName(name)}${parameter.isRequired ? ': ' : '?: '}${type}${parameter.isRequired ? '' : ' | undefined'}\n`
      }),
      ...(body === undefined
        ? []
        : [`readonly body${isBodyNeeded ? `: ${body}` : `?: ${body} | undefined`}\n`]),
    ]
    let parameters = 'NoParameters'
    if (members.length > 0) {
      parameters = newType(`${pascal(method)}Parameters`)
      parameterTypes.push(
        `${docComment([`What \`${method}\` takes.`])}export interface ${parameters} {\n${members.join('')}}\n`,
      )
    }
    const isNeeded =
      list.some(({ parameter }) => parameter.isRequired) || (body !== undefined && isBodyNeeded)
    const takes = (name: string): boolean =>
      operation.parameters.some((one) => one.in === 'header' && one.name.toLowerCase() === name)
    const options = [
      'CallOptions',
      ...(operation.method === 'POST' ? ['KeyOption'] : []),
      ...(takes('if-match') ? ['MatchOption'] : []),
    ].join(' & ')
    const { summary, description } = operation
    const comment = docComment([
      description?.startsWith(summary) ? description : [summary, description].filter(Boolean).join('\n'),
      operation.isDeprecated ? '@deprecated' : undefined,
    ])
    const methods = methodsByTag.get(operation.tag) ?? []
    methodsByTag.set(operation.tag, methods)
    methods.push(
      `${comment}${method}(parameters${isNeeded ? '' : '?'}: ${parameters}, options?: ${options}): Promise<${answer.type}>\n`,
    )

    let iterator: string | undefined
    if (answer.kind === 'page') {
      iterator = newMethod(`iterate${pascal(method.replace(/^list(?=[A-Z])/, ''))}`)
      while (methodNames.includes(iterator)) iterator = newMethod(iterator)
      methods.push(
        docComment([`All that \`${method}\` gives, page after page.`]) +
          `${iterator}(parameters${isNeeded ? '' : '?'}: Omit<${parameters}, 'page'>, options?: ${options}): AsyncGenerator<${answer.item}, void, undefined>\n`,
      )
    }
    const pageSize = list.find(({ name }) => name === 'pageSize')
    const most = pageSize && resolve(pageSize.parameter.schema)['maximum']
    const special = list.filter(
      ({ name, parameter }) =>
        parameter.in === 'header' ||
        (parameter.in === 'query' && (name !== parameter.name || parameter.isJoined)),
    )
    const entry = {
      method: operation.method,
      path: operation.path,
      answer: answer.kind,
      ...(body === undefined ? {} : { body: chosenContent(operation.body?.contents ?? [])?.mediaType }),
      ...(special.length === 0
        ? {}
        : {
            named: Object.fromEntries(
              special.map(({ name, parameter }) => [
                name,
                { in: parameter.in, name: parameter.name, ...(parameter.isJoined ? { isJoined: true } : {}) },
              ]),
            ),
          }),
      ...(operation.method === 'POST' && takes('idempotency-key') ? { isKeyed: true } : {}),
      ...(operation.isPublic ? { isPublic: true } : {}),
      ...(iterator === undefined ? {} : { iterator }),
      ...(iterator !== undefined && typeof most === 'number' ? { pageSizeMax: most } : {}),
    }
    table.push(`${propertyName(method)}: ${JSON.stringify(entry)},\n`)
  }

  const groups = document.tags
    .filter(({ name }) => methodsByTag.has(name))
    .map(({ name, description }) => ({
      name: newType(`${pascal(name)}Operations`),
      text: docComment([description ?? `${name}.`]),
      methods: methodsByTag.get(name) ?? [],
    }))
  const problem = schemas['Problem']
  const codes =
    problem === undefined ? undefined : ((resolve(problem)['properties'] as Json)['code'] as Schema)
  const components = Object.entries(schemas).map(([name, schema]) =>
    declared(componentNames.get(name) as string, schema, inputs.has(name), notesOf(schema)),
  )
  const body = [
    ...components,
    ...inline,
    `${docComment(['Of an operation without any parameter.'])}export type NoParameters = Readonly<Record<string, never>>\n`,
    ...parameterTypes,
    ...groups.map(({ name, text, methods }) => `${text}export interface ${name} {\n${methods.join('')}}\n`),
  ].join('\n')
  const imported = [
    'Answer',
    'BinaryBody',
    'CallOptions',
    'FileAnswer',
    'KeyOption',
    'MatchOption',
    'Page',
  ].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(
      groups.flatMap(({ methods }) => methods).join('') + parameterTypes.join(''),
    ),
  )
  return [
    '/**\n * Generated from the OpenAPI document by `npm run generate`; never edited by hand.\n */\n',
    `import type { ${[...imported, 'Operation'].join(', ')} } from './calls.ts'\n\n`,
    `/** The version of the API that this client was made for. */\nexport const apiVersion = ${JSON.stringify(document.version)}\n`,
    `/** Under which all operations lie. */\nexport const basePath = ${JSON.stringify(document.basePath)}\n\n`,
    `/** Every code that a fault can have. */\nexport type ErrorCode = ${codes === undefined ? 'string' : typeOf(codes, output)}\n\n`,
    body,
    `\n/** One method per operation, and an iterator per list. */\nexport interface Operations extends ${groups.map(({ name }) => name).join(', ') || 'Readonly<Record<never, never>>'} {}\n`,
    `\n/** How each goes over the wire. */\nexport const operations = {\n${table.join('')}} as const satisfies Readonly<Record<string, Operation>>\n`,
  ].join('')
}
