/** The OpenAPI document as its reader sees it: its operations, and judges of what is sent and answered. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { routes } from '../../server/app.ts'
import type { Route } from '../../server/platform/http/route.ts'
import { document } from './api-house.ts'

export type Schema = Readonly<Record<string, unknown>>

interface Content {
  readonly [mediaType: string]: { readonly schema: Schema; readonly example?: unknown }
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly schema: Schema
  readonly example?: unknown
}

export interface Operation {
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** The document after a way over the wire: what JSON drops is gone. */
const read = JSON.parse(JSON.stringify(document)) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export const componentSchemas = read.components.schemas

/** Every operation with the route behind it. */
export const operations: readonly { readonly route: Route; readonly operation: Operation }[] = routes.map(
  (route) => {
    const operation = read.paths[route.path]?.[route.method.toLowerCase()]
    if (!operation) throw new Error(`${route.method} ${route.path} is not in the document.`)
    return { route, operation }
  },
)

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })
// The package is CommonJS: its default export is the plugin itself or carries it, as the loader has it.
const addFormats = (ajvFormats as unknown as { default?: typeof ajvFormats.default }).default ?? ajvFormats
;(addFormats as unknown as (to: Ajv2020) => void)(ajv)

/** The components under addresses of their own, so that one that stands nowhere is a fault. */
const absolute = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"component:/')) as Schema
for (const [name, schema] of Object.entries(componentSchemas))
  ajv.addSchema({ ...absolute(schema), $id: `component:/${name}` })

const compiled = new Map<string, ValidateFunction>()

/** What is wrong with a value by a schema of the document; empty when nothing is. */
export function faultsOf(schema: Schema, value: unknown): string[] {
  const key = JSON.stringify(schema)
  let validate = compiled.get(key)
  if (!validate) compiled.set(key, (validate = ajv.compile(absolute(schema))))
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  )
}

/** What is wrong with an answer by what the document says of the operation. */
export function answerFaults(
  operation: Operation,
  answer: {
    readonly status: number
    readonly headers: Readonly<Record<string, unknown>>
    readonly json: unknown
    readonly text: string
  },
): string[] {
  const response = operation.responses[String(answer.status)]
  if (!response) return [`${answer.status} is not documented: ${answer.text.slice(0, 500)}`]
  const mediaType = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  if (!response.content) return answer.text === '' ? [] : [`${answer.status} has a body`]
  const content = response.content[mediaType]
  if (!content) return [`${answer.status} comes as "${mediaType}", which is not documented`]
  return mediaType.endsWith('json') ? faultsOf(content.schema, answer.json) : []
}
