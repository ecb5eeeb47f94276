/** Every hostile value once in every place: each part of each path, each parameter, each place of each example body. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { basePath } from '../../server/platform/http/http-server.ts'
import { operations, type Operation } from '../api/api-document.ts'
import { openApiHouse, pathWith, prepare, type ApiHouse, type Prepared } from '../api/api-house.ts'
import { encoded, hostileCursors, hostileEncoded, hostileTexts, type WireRequest } from '../api/fuzz-input.ts'
import { assertSound, faultsOfAny, Figures } from '../api/fuzz-run.ts'
import { broken, hostileKeys, hostileValues, mutations, pathsIn } from '../api/hostile-json.ts'
import type { Route } from '../../server/platform/http/route.ts'
import { send } from '../api/wire.ts'
import { encodedBody, multipart } from '../multipart.ts'

const figures = new Figures()
let api: ApiHouse
let port: number
beforeAll(async () => {
  api = await openApiHouse()
  port = await api.server.listen('127.0.0.1', 0)
})
afterAll(async () => {
  console.log(`hostile values in every place of ${operations.length} operations\n${figures.toString()}`)
  await api.close()
})

const texts = [...new Set([...hostileTexts.map(encoded), ...hostileEncoded])].map((text) =>
  text.slice(0, 6_000),
)

/** The members of a body as the fields of a form; what is no object, or nested too deeply to be taken apart, as one field. */
function formOf(text: string): Buffer {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return multipart(value as Record<string, unknown>).body
  } catch {
    // as one field
  }
  return multipart({ mapping: text }).body
}

function* requestsTo(
  route: Route,
  { parameters, requestBody }: Operation,
  prepared: Prepared,
): Generator<WireRequest> {
  const [[mediaType, content] = []] = Object.entries(requestBody?.content ?? {})
  const example = content && { ...(content.example as object), ...prepared.body }
  // A hostile body is written as JSON; a form takes its members one by one.
  const encode = (text: string): string | Buffer =>
    mediaType === 'multipart/form-data' ? formOf(text) : text
  const whole: WireRequest = {
    path: pathWith(route, prepared.params ?? {}),
    headers: {
      ...prepared.headers,
      ...(mediaType === undefined ? {} : { 'content-type': encodedBody(mediaType, {}).contentType }),
    },
    body: example && encode(JSON.stringify(example)),
  }
  for (const { name, in: place } of parameters) {
    if (place === 'path')
      for (const text of texts.filter((one) => one !== ''))
        yield {
          ...whole,
          path: route.path.replaceAll(/\{(\w+)\}/g, (_part, part: string) =>
            part === name ? text : encodeURIComponent(prepared.params?.[part] ?? ''),
          ),
        }
    if (place === 'query')
      for (const text of name === 'cursor' ? [...texts, ...hostileCursors] : texts)
        yield { ...whole, path: `${whole.path}?${name}=${text}` }
  }
  if (!example) return
  const places = pathsIn(example).length
  for (let place = 0; place < places; place += 1) {
    for (const [hostile] of hostileValues.entries())
      for (const mutation of ['replace', 'append'] as const)
        yield { ...whole, body: encode(broken(example, { mutation, place, hostile, key: 0 })) }
    for (const [key] of hostileKeys.entries())
      yield { ...whole, body: encode(broken(example, { mutation: 'add', place, hostile: key, key })) }
    for (const mutation of mutations)
      yield { ...whole, body: encode(broken(example, { mutation, place, hostile: place, key: place })) }
  }
}

test.each(operations.map((one) => [one.operation.operationId, one] as const))(
  '%s answers as documented, whatever stands in any place',
  async (_name, { route, operation }) => {
    const organisation = await api.newOrganisation()
    const authorization = { authorization: `Bearer ${organisation.token}` }
    const prepared = await prepare(organisation, route)
    const faults: string[] = []
    for (const { path, headers, body } of requestsTo(route, operation, prepared)) {
      const request = { path: basePath + path, headers: { ...authorization, ...headers }, body }
      const start = performance.now()
      const answer = await send(port, route.method, request, 5_000)
      figures.slowestMs = Math.max(figures.slowestMs, performance.now() - start)
      figures.count('hostile', answer.status)
      for (const fault of faultsOfAny(operation, answer, false))
        faults.push(`${fault}\nanswered to ${path.slice(0, 500)} ${String(body).slice(0, 500)}`)
    }
    expect(faults).toEqual([])
    await assertSound(api, organisation)
  },
)
