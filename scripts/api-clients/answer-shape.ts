/** What an operation answers, as the client gives it. Pure. */
import { chosenContent, isJson, type ApiDocument, type ApiOperation } from './document.ts'
import { pascal } from './names.ts'
import type { NamedTypes } from './named-types.ts'
import type { Schema } from './schema-types.ts'

type Json = Readonly<Record<string, unknown>>

export interface AnswerShape {
  readonly kind: 'page' | 'envelope' | 'json' | 'nothing' | 'redirect' | 'file'
  readonly type: string
  /** Of a page: what it is a page of. */
  readonly item?: string
}

const either = (types: readonly string[]): string => [...new Set(types)].join(' | ')

/** `data` and `meta` of an answer; undefined when it has not this shape. */
function envelopeOf(schema: Schema, { resolve }: ApiDocument): { data: Schema; meta: Schema } | undefined {
  const { data, meta } = (resolve(schema)['properties'] ?? {}) as Record<string, Schema>
  return data === undefined || meta === undefined ? undefined : { data, meta }
}

export function answerShape(operation: ApiOperation, document: ApiDocument, types: NamedTypes): AnswerShape {
  const own = pascal(operation.id)
  const contents = operation.successes.flatMap((success) => chosenContent(success.contents) ?? [])
  if (operation.isRedirect) return { kind: 'redirect', type: 'Answer<undefined>' }
  if (contents.length === 0) return { kind: 'nothing', type: 'Answer<undefined>' }
  if (contents.some(({ mediaType }) => !isJson(mediaType))) return { kind: 'file', type: 'FileAnswer' }

  const empty = operation.successes.some((success) => success.contents.length === 0) ? ['undefined'] : []
  const schemas = [...new Map(contents.map((one) => [JSON.stringify(one.schema), one.schema])).values()]
  const envelopes = schemas.flatMap((schema) => envelopeOf(schema, document) ?? [])
  if (envelopes.length < schemas.length) {
    const bodies = schemas.map((schema) => types.named(schema, `${own}Data`, false))
    return { kind: 'json', type: `Answer<${either([...bodies, ...empty])}>` }
  }

  const [first] = envelopes as [{ data: Schema; meta: Schema }]
  const told = Object.keys((document.resolve(first.meta)['properties'] ?? {}) as Json)
  const list = document.resolve(first.data)
  const isCursored = operation.parameters.some((one) => one.in === 'query' && one.name === 'cursor')
  const isOnlyOne = envelopes.length === 1 && empty.length === 0
  if (isOnlyOne && isCursored && list['type'] === 'array' && told.includes('nextCursor')) {
    const item = types.named((list['items'] ?? true) as Schema, `${own}Item`, false)
    return { kind: 'page', type: `Page<${item}, ${types.named(first.meta, `${own}Meta`, false)}>`, item }
  }
  const data = envelopes.map((one) => types.named(one.data, `${own}Data`, false))
  const answer = `Answer<${either([...data, ...empty])}>`
  // Every answer tells its request id.
  if (told.every((name) => name === 'requestId')) return { kind: 'envelope', type: answer }
  const meta = either(envelopes.map((one) => types.named(one.meta, `${own}Meta`, false)))
  return { kind: 'envelope', type: `${answer} & { readonly meta: ${meta} }` }
}
