/**
 * `sdk/operations.gen.ts`: the types of every schema in use and one typed method per operation, from the OpenAPI document
 * alone. Whatever the document holds has its place here; nothing is known of a single operation.
 */
import { format } from 'prettier'
import { answerShape, type AnswerShape } from './answer-shape.ts'
import { argumentMembers, argumentsOf, specialArguments, takesHeader, type Argument } from './arguments.ts'
import { chosenContent, type ApiDocument, type ApiOperation } from './document.ts'
import { camel, isIdentifier, nameGiver, pascal } from './names.ts'
import { nameTypes, type NamedTypes } from './named-types.ts'
import { docComment, propertyName } from './schema-types.ts'

/** What the generated text names: nothing in the document may be called so. */
const usedNames = [
  ...['Record', 'Readonly', 'Partial', 'Omit', 'Promise', 'Date', 'FormData', 'AsyncGenerator'],
  ...['Operations', 'ErrorCode', 'NoParameters'],
]
/** What it takes from calls.ts. */
const imported = ['Answer', 'BinaryBody', 'CallOptions', 'FileAnswer', 'KeyOption', 'MatchOption', 'Page']

/** One operation in the three places where it stands. */
interface Written {
  readonly parameters: string
  readonly methods: string
  readonly entry: string
}

/**
 * The whole file, formatted as the house formats.
 * @param reserved names that the hand-written part exports
 */
export async function operationsFile(document: ApiDocument, reserved: readonly string[]): Promise<string> {
  return format(operationsText(document, reserved), {
    parser: 'typescript',
    semi: false,
    singleQuote: true,
    printWidth: 110,
    trailingComma: 'all',
  })
}

function optionsOf(operation: ApiOperation): string {
  return [
    'CallOptions',
    ...(operation.method === 'POST' ? ['KeyOption'] : []),
    ...(takesHeader(operation, 'if-match') ? ['MatchOption'] : []),
  ].join(' & ')
}

function commentOf({ summary, description, isDeprecated, isRedirect }: ApiOperation): string {
  const isRepeated = description?.startsWith(summary)
  return docComment([
    isRepeated ? undefined : summary,
    description,
    isRedirect
      ? 'Answers with a redirect: a page goes to the address itself instead of calling this.'
      : undefined,
    isDeprecated ? '@deprecated' : undefined,
  ])
}

/** How the operation goes over the wire: an entry of the table that the client works from. */
function entryOf(
  operation: ApiOperation,
  list: readonly Argument[],
  answer: AnswerShape,
  iterator: string | undefined,
  { resolve }: ApiDocument,
): object {
  const pageSize = list.find(({ name }) => name === 'pageSize')
  const most = pageSize && resolve(pageSize.parameter.schema)['maximum']
  const body = chosenContent(operation.body?.contents ?? [])?.mediaType
  const named = specialArguments(list)
  return {
    method: operation.method,
    path: operation.path,
    answer: answer.kind,
    ...(body === undefined ? {} : { body }),
    ...(named === undefined ? {} : { named }),
    ...(operation.method === 'POST' && takesHeader(operation, 'idempotency-key') ? { isKeyed: true } : {}),
    ...(operation.isPublic ? { isPublic: true } : {}),
    ...(iterator === undefined ? {} : { iterator }),
    ...(iterator !== undefined && typeof most === 'number' ? { pageSizeMax: most } : {}),
  }
}

function written(
  operation: ApiOperation,
  method: string,
  newMethod: (wanted: string) => string,
  document: ApiDocument,
  types: NamedTypes,
): Written {
  const list = argumentsOf(operation)
  const answer = answerShape(operation, document, types)
  const members = argumentMembers(operation, list, document, types)
  const name = members.length === 0 ? 'NoParameters' : types.newName(`${pascal(method)}Parameters`)
  const optional =
    list.some(({ parameter }) => parameter.isRequired) || operation.body?.isRequired === true ? '' : '?'
  const options = optionsOf(operation)
  const iterator =
    answer.kind === 'page' ? newMethod(`iterate${pascal(method.replace(/^list(?=[A-Z])/, ''))}`) : undefined
  const iterating =
    iterator === undefined
      ? ''
      : `${docComment([`All that \`${method}\` gives, page after page.`])}` +
        `${iterator}(parameters${optional}: Omit<${name}, 'page'>, options?: ${options}): AsyncGenerator<${answer.item}, void, undefined>\n`
  return {
    parameters:
      members.length === 0
        ? ''
        : `${docComment([`What \`${method}\` takes.`])}export interface ${name} {\n${members.join('')}}\n`,
    methods:
      `${commentOf(operation)}${method}(parameters${optional}: ${name}, options?: ${options}): Promise<${answer.type}>\n` +
      iterating,
    entry: `${propertyName(method)}: ${JSON.stringify(entryOf(operation, list, answer, iterator, document))},\n`,
  }
}

function operationsText(document: ApiDocument, reserved: readonly string[]): string {
  const types = nameTypes(document, [...reserved, ...imported, ...usedNames])
  // Operations keep their names; an iterator makes way.
  const newMethod = nameGiver([])
  const methods = document.operations.map(({ id }) => newMethod(isIdentifier(id) ? id : camel(id)))
  const all = document.operations.map((operation, index) => ({
    tag: operation.tag,
    ...written(operation, methods[index] as string, newMethod, document, types),
  }))
  const groups = document.tags
    .map(({ name, description }) => ({
      comment: docComment([description ?? `${name}.`]),
      interface: types.newName(`${pascal(name)}Operations`),
      methods: all.filter(({ tag }) => tag === name).map((one) => one.methods),
    }))
    .filter((group) => group.methods.length > 0)
  const body = [
    ...types.declarations(),
    `${docComment(['Of an operation without any parameter.'])}export type NoParameters = Readonly<Record<string, never>>\n`,
    ...all.map(({ parameters }) => parameters).filter((text) => text !== ''),
    ...groups.map(
      (group) => `${group.comment}export interface ${group.interface} {\n${group.methods.join('')}}\n`,
    ),
  ].join('\n')
  const used = imported.filter((name) => new RegExp(`\\b${name}\\b`).test(body))
  const problem = (document.resolve(document.schemas['Problem'])['properties'] ?? {}) as object
  const errorCode =
    'code' in problem ? `${types.typeOf({ $ref: '#/components/schemas/Problem' }, false)}['code']` : 'string'
  const groupNames = groups.map((group) => group.interface).join(', ') || 'Readonly<Record<never, never>>'
  return `/** Generated from the OpenAPI document by \`npm run generate\`; never edited by hand. */
import type { ${[...used, 'Operation'].join(', ')} } from './calls.ts'

/** The version of the API that this client was made for. */
export const apiVersion = ${JSON.stringify(document.version)}
/** Under which all operations lie. */
export const basePath = ${JSON.stringify(document.basePath)}

/** Every code that a fault can have. */
export type ErrorCode = ${errorCode}

${body}
/** One method per operation, and an iterator per list. */
export interface Operations extends ${groupNames} {}

/** How each goes over the wire. */
export const operations = {
${all.map(({ entry }) => entry).join('')}} as const satisfies Readonly<Record<string, Operation>>
`
}
