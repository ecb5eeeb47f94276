/** Every example of the API's document does what the document says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerFaults, faultsOf, operations } from './api-document.ts'
import {
  openApiHouse,
  pathWith,
  preparationFaults,
  prepare,
  questionWith,
  triedElsewhere,
  type Answer,
  type ApiHouse,
} from './api-house.ts'
import { encodedBody } from '../multipart.ts'

let api: ApiHouse
beforeAll(async () => {
  api = await openApiHouse()
})
afterAll(() => api.close())

test('there is something to ask every route about', () => {
  expect(preparationFaults()).toEqual([])
})

describe.each(operations.map((one) => [one.operation.operationId, one] as const))(
  '%s',
  (_name, { route, operation }) => {
    test('its examples fit their schemas', () => {
      const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((one) =>
        Object.entries(one?.content ?? {}),
      )
      for (const [mediaType, { schema, example }] of contents) {
        // Problems and files have no example of their own.
        if (example === undefined) continue
        expect(faultsOf(schema, example), mediaType).toEqual([])
      }
      // A redirect is what some are for.
      const successes = Object.entries(operation.responses).filter(([status]) => /^2|^302/.test(status))
      expect(successes).not.toEqual([])
      for (const [status, { content = {} }] of successes)
        for (const [mediaType, { example }] of Object.entries(content))
          if (mediaType.endsWith('json')) expect(example, `${status} has no example`).toBeDefined()
      for (const { name, example, schema } of operation.parameters)
        if (example !== undefined) expect(faultsOf(schema, example), name).toEqual([])
    })

    // Said by name in `triedElsewhere`, where somebody else proves it.
    const isHere = triedElsewhere[operation.operationId] === undefined
    test.runIf(isHere)('its example request succeeds as documented', async () => {
      const organisation = await api.newOrganisation()
      const { params = {}, query = {}, body = {}, headers = {} } = await prepare(organisation, route)
      for (const [mediaType, content] of Object.entries(
        operation.requestBody?.content ?? { none: undefined },
      )) {
        if (content) expect(content.example, 'the body has no example').toBeDefined()
        const sent = content && encodedBody(mediaType, { ...(content.example as object), ...body })
        const answer = await organisation.ask({
          method: route.method,
          path: `${pathWith(route, params)}${questionWith(query)}`,
          headers: { ...headers, ...(sent ? { 'content-type': sent.contentType } : {}) },
          ...(sent ? { body: sent.body } : {}),
        })
        expect(answer.status, answer.text).toBeGreaterThanOrEqual(200)
        expect(answer.status, answer.text).toBeLessThan(300)
        expect(answerFaults(operation, answer)).toEqual([])
      }
    })

    // What strangers may do has no owner whose key it could be.
    if (route.method === 'POST' && route.grant !== 'public') {
      test('its example request repeated under one Idempotency-Key has one answer', async () => {
        const organisation = await api.newOrganisation()
        const { params = {}, query = {}, body = {}, headers = {} } = await prepare(organisation, route)
        const [[mediaType, content] = []] = Object.entries(operation.requestBody?.content ?? {})
        const sent =
          mediaType === undefined
            ? undefined
            : encodedBody(mediaType, { ...(content?.example as object), ...body })
        const send = (): Promise<Answer> =>
          organisation.ask({
            method: route.method,
            path: `${pathWith(route, params)}${questionWith(query)}`,
            headers: {
              ...headers,
              'idempotency-key': 'one',
              ...(sent ? { 'content-type': sent.contentType } : {}),
            },
            ...(sent ? { body: sent.body } : {}),
          })
        const first = await send()
        const second = await send()
        expect(first.status, first.text).toBeLessThan(300)
        // Who has signed out is nobody who could ask again.
        if (operation.operationId === 'signOut') return expect(second.status).toBe(401)
        // An answer that carried a secret is not kept (spec 10, Shapes).
        if (second.status === 409) return expect(answerFaults(operation, second)).toEqual([])
        expect(second.headers['idempotency-replayed']).toBe('true')
        expect([second.status, second.text]).toEqual([first.status, first.text])
      })
    }
  },
)

test('an answer that is not as documented is noticed', () => {
  const list = operations.find(({ operation }) => operation.operationId === 'listWorkers')?.operation
  if (!list) throw new Error('listWorkers is gone')
  const example = list.responses['200']?.content?.['application/json']?.example as object
  const answer = (json: object, status = 200, type = 'application/json'): string[] =>
    answerFaults(list, { status, headers: { 'content-type': type }, json, text: JSON.stringify(json) })
  expect(answer(example)).toEqual([])
  expect(answer({ ...example, meta: {} })).toContainEqual(expect.stringContaining('/meta must have'))
  expect(answer(example, 418)).toEqual([expect.stringContaining('418 is not documented')])
  expect(answer(example, 200, 'text/html')).toEqual([expect.stringContaining('"text/html"')])
  expect(answer({ code: 'UNHEARD_OF' }, 400, 'application/problem+json')).toContainEqual(
    expect.stringContaining('/code must be equal to one of'),
  )
})
