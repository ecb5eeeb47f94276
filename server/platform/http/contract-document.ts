/** The OpenAPI 3.1 document of a contract, made from the same definitions that serve. Pure. */
import type { ErrorCode } from '../errors.ts'
import type { Contract, ContractRoute } from './contract-route.ts'
import { jsonSchema, type Json } from './openapi-components.ts'
import { faultResponses, problem } from './openapi.ts'

/** What every route can answer beside its own codes. */
const always: readonly ErrorCode[] = [
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'DATABASE_UNAVAILABLE',
  'HTTP_MALFORMED',
]

function bodyOf({ body }: ContractRoute): Json {
  if (!body) return {}
  const content =
    body.kind === 'bytes'
      ? Object.fromEntries(
          body.mediaTypes.map((type) => [type, { schema: { type: 'string', contentMediaType: type } }]),
        )
      : {
          [body.kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded']: {
            schema: jsonSchema(body.schema, 'input'),
            example: body.example,
          },
        }
  return { requestBody: { required: true, content } }
}

function parametersOf({ path, params = {}, query = {} }: ContractRoute): Json[] {
  return [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      ...params[name],
    })),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: 'query',
      required: true,
      schema: { type: 'string' },
      description,
    })),
  ]
}

function errorsOf(route: ContractRoute): ErrorCode[] {
  const { body, access, path } = route
  return [
    ...always,
    ...(access === 'token' ? (['PARTNER_TOKEN_INVALID'] as const) : []),
    ...(route.scopes ? (['SCOPE_MISSING'] as const) : []),
    ...(path.includes('{') && access === 'token' ? (['NOT_FOUND'] as const) : []),
    ...(body?.kind === 'json' ? (['MALFORMED_JSON', 'VALIDATION_FAILED'] as const) : []),
    ...(body ? (['MEDIA_TYPE_UNSUPPORTED', 'BODY_TOO_LARGE'] as const) : []),
    ...(route.errors ?? []),
  ]
}

function operationOf(route: ContractRoute): Json {
  const faults = faultResponses(errorsOf(route))
  for (const status of route.ownFaults ?? []) delete faults[String(status)]
  const needs = route.scopes ? ` Needs ${route.scopes.map((scope) => `\`${scope}\``).join(', ')}.` : ''
  return {
    operationId: route.name,
    summary: route.summary,
    description: `${route.description ?? route.summary}${needs}`,
    tags: [route.tag],
    ...(route.access === 'token' ? {} : { security: [] }),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: {
      ...Object.fromEntries(
        route.answers.map(({ status, description, schema, example }) => [
          String(status),
          {
            description,
            ...(schema
              ? { content: { 'application/json': { schema: jsonSchema(schema, 'output'), example } } }
              : {}),
          },
        ]),
      ),
      ...faults,
    },
  }
}

/** The whole document. */
export function buildContractDocument(contract: Contract, version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of contract.routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  return {
    openapi: '3.1.0',
    info: {
      title: contract.title,
      version,
      description: contract.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: contract.basePath }],
    security: [{ token: [] }],
    tags: Object.entries(contract.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: contract.tokenDescription },
      },
      schemas: { Problem: problem },
    },
  }
}
