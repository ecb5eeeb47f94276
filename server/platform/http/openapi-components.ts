/** The named schemas of the OpenAPI document, so that what is generated from it has types with names. Pure. */
import { z } from 'zod'
import { uploadField, type ResultsRoute, type Route } from './route.ts'

export type Json = Record<string, unknown>

export type RouteWithAnswer = Extract<Route, { attributes: z.ZodType }>

export type RouteWithBody = Extract<Route, { kind: 'resource' | 'action' | 'results' }> & {
  readonly body: z.ZodType
}

/** A schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1. Dates are instants as they go over the wire. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(made, { type: 'string', format: 'date-time' })
    },
  }) as Json
  return rest
}

const object = (properties: Json): Json => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
})
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** What a body holds; of an upload the fields, and the file beside them. */
function bodySchema(route: Extract<Route, { kind: 'resource' }> & { readonly body: z.ZodType }): Json {
  const schema = jsonSchema(route.body, 'input')
  if (!route.upload) return schema
  const { description } = route.upload
  return {
    ...schema,
    properties: {
      // A file of any kind (OpenAPI 3.1, Considerations for File Uploads).
      [uploadField]: { type: 'string', contentMediaType: 'application/octet-stream', description },
      ...(schema['properties'] as Json),
    },
    required: [uploadField, ...((schema['required'] ?? []) as string[])],
  }
}

/** Collects schemas while the document is made: one name per shape, whatever the number of routes that have it. */
export interface Components {
  readonly schemas: Readonly<Record<string, Json>>
  /** What the route answers with: `WorkerAnswer`, or `WorkerPage` of a list. */
  answer(route: RouteWithAnswer): Json
  /** What a call for several things answers with: a result for each. */
  results(route: ResultsRoute): Json
  /** What it takes: `WorkerInput`, `WorkerPatch`, or the operation's name for what is not the resource itself. */
  body(route: RouteWithBody): Json
}

export function createComponents(fixed: Readonly<Record<string, Json>>): Components {
  const schemas: Record<string, Json> = {
    ...fixed,
    Meta: object({ requestId: { type: 'string' } }),
    ResultsMeta: object({ total: { type: 'integer' }, requestId: { type: 'string' } }),
    PageMeta: object({
      page: { type: 'integer' },
      pageSize: { type: 'integer' },
      total: { type: 'integer' },
      totalIsExact: { type: 'boolean', description: 'False = `total` is an estimate.' },
      nextCursor: {
        type: ['string', 'null'],
        description: '`cursor` of the next page; null on the last one.',
      },
      requestId: { type: 'string' },
    }),
  }
  /** The first name that is free or has this very shape: two shapes never share one. */
  const named = (schema: Json, names: readonly string[]): string => {
    const text = JSON.stringify(schema)
    const name = names.find((one) => schemas[one] === undefined || JSON.stringify(schemas[one]) === text)
    if (name === undefined) throw new Error(`OpenAPI: ${names.join(' and ')} name other schemas already`)
    schemas[name] = schema
    return name
  }
  return {
    schemas,
    answer: (route) => {
      const own = capital(route.name)
      const type = capital(route.type)
      const attributes = named(jsonSchema(route.attributes, 'output'), [
        `${type}Attributes`,
        `${own}Attributes`,
      ])
      const resource = named(
        object({
          id: { type: 'string' },
          type: { type: 'string', const: route.type },
          attributes: reference(attributes),
          lastUpdated: { type: 'string', format: 'date-time' },
        }),
        [type, `${own}Resource`],
      )
      const answer =
        route.kind === 'list'
          ? object({ data: { type: 'array', items: reference(resource) }, meta: reference('PageMeta') })
          : object({ data: reference(resource), meta: reference('Meta') })
      const suffix = route.kind === 'list' ? 'Page' : 'Answer'
      return reference(named(answer, [`${type}${suffix}`, `${own}${suffix}`]))
    },
    results: (route) => {
      const own = capital(route.name)
      const result = named(jsonSchema(route.result, 'output'), [capital(route.type), `${own}Result`])
      const answer = object({
        data: { type: 'array', items: reference(result) },
        meta: reference('ResultsMeta'),
      })
      return reference(named(answer, [`${own}Results`]))
    },
    body: (route) => {
      const own = [`${capital(route.name)}Input`]
      // What is done answers with no resource whose input it could be.
      if (route.kind === 'action' || route.kind === 'results')
        return reference(named(jsonSchema(route.body, 'input'), own))
      const isWhole = route.method === 'PUT' || (route.method === 'POST' && route.creates !== undefined)
      const type = capital(route.type)
      const wanted = isWhole ? [`${type}Input`] : route.method === 'PATCH' ? [`${type}Patch`] : []
      return reference(named(bodySchema(route), [...wanted, ...own]))
    },
  }
}
