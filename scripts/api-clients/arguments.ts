/** What a method takes: one argument for each parameter of the path, the query and the headers, and `body`. Pure. */
import { chosenContent, isJson, type ApiDocument, type ApiOperation, type Parameter } from './document.ts'
import { camel, nameGiver, pascal } from './names.ts'
import type { NamedTypes } from './named-types.ts'
import { docComment, notesOf, propertyName, type Schema } from './schema-types.ts'

export interface Argument {
  /** As the method calls it; the parameter's own name except where two would have the same. */
  readonly name: string
  readonly parameter: Parameter
}

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

/** Whether the operation declares this header. */
export function takesHeader({ parameters }: ApiOperation, name: string): boolean {
  return parameters.some((one) => one.in === 'header' && one.name.toLowerCase() === name)
}

export function argumentsOf({ parameters, body }: ApiOperation): Argument[] {
  const inPath = parameters.filter((one) => one.in === 'path')
  const others = parameters.filter(
    (one) => one.in === 'query' || (one.in === 'header' && !ownHeaders.has(one.name.toLowerCase())),
  )
  const newName = nameGiver([...(body ? ['body'] : []), ...inPath.map(({ name }) => name)])
  return [
    // The path's template names its parts: they keep their names.
    ...inPath.map((parameter) => ({ name: parameter.name, parameter })),
    ...others.map((parameter) => ({
      name: newName(parameter.in === 'header' ? camel(parameter.name) : parameter.name),
      parameter,
    })),
  ]
}

/** Parameters that are not simply part of the query under their argument's name. */
export function specialArguments(list: readonly Argument[]): Record<string, object> | undefined {
  const special = list.filter(
    ({ name, parameter }) =>
      parameter.in === 'header' ||
      (parameter.in === 'query' && (name !== parameter.name || parameter.isJoined)),
  )
  if (special.length === 0) return undefined
  return Object.fromEntries(
    special.map(({ name, parameter }) => [
      name,
      {
        in: parameter.in,
        name: parameter.name,
        ...(parameter.in === 'query' && parameter.isJoined ? { isJoined: true } : {}),
      },
    ]),
  )
}

function queryType(schema: Schema, { resolve }: ApiDocument, types: NamedTypes): string {
  const { enum: listed, format } = resolve(schema)
  if (Array.isArray(listed) && [...listed].sort().join() === 'false,true') return 'boolean'
  const type = types.typeOf(schema, true)
  if (type === 'unknown') return 'string'
  return format === 'date-time' ? `${type} | Date` : type
}

function bodyType({ id, body }: ApiOperation, types: NamedTypes): string | undefined {
  const content = chosenContent(body?.contents ?? [])
  if (content === undefined) return undefined
  if (isJson(content.mediaType)) return types.named(content.schema, `${pascal(id)}Body`, true)
  return content.mediaType.startsWith('multipart/') ? 'FormData' : 'BinaryBody'
}

/** The members of the method's first argument, as text; none for an operation that takes nothing. */
export function argumentMembers(
  operation: ApiOperation,
  list: readonly Argument[],
  document: ApiDocument,
  types: NamedTypes,
): string[] {
  const body = bodyType(operation, types)
  const members = list.map(({ name, parameter: { in: place, schema, isRequired, description } }) => {
    const type = place === 'path' ? types.typeOf(schema, true) : queryType(schema, document, types)
    const notes = docComment([description, ...notesOf(schema).slice(description === undefined ? 0 : 1)])
    return `${notes}readonly ${propertyName(name)}${isRequired ? `: ${type}` : `?: ${type} | undefined`}\n`
  })
  if (body === undefined) return members
  return [...members, `readonly body${operation.body?.isRequired ? `: ${body}` : `?: ${body} | undefined`}\n`]
}
