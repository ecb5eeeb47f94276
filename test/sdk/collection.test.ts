/** docs/api-collection.json: of the shape that API clients read (collection format v2.1), and true of the server. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { apiCollection } from '../../scripts/api-clients/collection.ts'
import { readDocument } from '../../scripts/api-clients/document.ts'
import { routes } from '../../server/app.ts'
import { basePath } from '../../server/platform/http/http-server.ts'
import { openServedHouse, type ServedHouse } from './served-house.ts'

// The facts of the format v2.1, as far as they are used; strict, so that nothing is there that no client knows.
const pair = z.strictObject({ key: z.string(), value: z.string(), description: z.string().optional() })
const switchable = pair.extend({ disabled: z.boolean().optional() })
const auth = z.union([
  z.strictObject({ type: z.literal('noauth') }),
  z.strictObject({
    type: z.literal('bearer'),
    bearer: z.array(z.strictObject({ key: z.string(), value: z.string(), type: z.literal('string') })),
  }),
])
const field = z.union([
  z.strictObject({ key: z.string(), type: z.literal('text'), value: z.string() }),
  z.strictObject({ key: z.string(), type: z.literal('file'), src: z.array(z.string()) }),
])
const body = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('raw'),
    raw: z.string(),
    options: z.strictObject({ raw: z.strictObject({ language: z.literal('json') }) }),
  }),
  z.strictObject({ mode: z.literal('urlencoded'), urlencoded: z.array(field) }),
  z.strictObject({ mode: z.literal('formdata'), formdata: z.array(field) }),
  z.strictObject({ mode: z.literal('file'), file: z.strictObject({}) }),
])
const request = z.strictObject({
  name: z.string().min(1),
  request: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    header: z.array(switchable),
    url: z.strictObject({
      raw: z.string(),
      host: z.array(z.string()),
      path: z.array(z.string()),
      query: z.array(switchable).optional(),
      variable: z.array(pair).optional(),
    }),
    body: body.optional(),
    auth: auth.optional(),
    description: z.string().optional(),
  }),
  response: z.array(z.never()),
})
const collection = z.strictObject({
  info: z.strictObject({
    name: z.string().min(1),
    description: z.string().optional(),
    version: z.string(),
    schema: z.literal('https://schema.getpostman.com/json/collection/v2.1.0/collection.json'),
  }),
  item: z.array(
    z.strictObject({ name: z.string(), description: z.string().optional(), item: z.array(request).min(1) }),
  ),
  auth,
  variable: z.array(z.strictObject({ key: z.string(), value: z.string(), type: z.literal('string') })),
})
type Collection = z.infer<typeof collection>
type Request = z.infer<typeof request>['request']

/** The address as a client sends it: variables filled in. */
function addressOf({ url }: Request, variables: Readonly<Record<string, string>>): string {
  const path = url.path.map((part) =>
    part.startsWith(':')
      ? encodeURIComponent(url.variable?.find(({ key }) => key === part.slice(1))?.value ?? '')
      : part,
  )
  const query = (url.query ?? [])
    .filter(({ disabled }) => !disabled)
    .map(({ key, value }) => `${key}=${value}`)
  const address = [...url.host, ...path].join('/') + (query.length === 0 ? '' : `?${query.join('&')}`)
  return address.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => variables[name] ?? '')
}

describe('the collection of the house', () => {
  let made: Collection
  let served: ServedHouse
  const requests = (): Request[] => made.item.flatMap(({ item }) => item.map((one) => one.request))

  beforeAll(async () => {
    const file = join(import.meta.dirname, '../../docs/api-collection.json')
    made = collection.parse(JSON.parse(await readFile(file, 'utf8')))
    // Without its key there is no such address as /mail-events.
    served = await openServedHouse({ MAIL_EVENTS_KEY: 'k'.repeat(43) + '=' })
  })
  afterAll(() => served.close())

  test('has every operation, in the folder of its tag', () => {
    const folders = [...new Set(routes.map(({ tag }) => tag))]
    expect(made.item.map(({ name }) => name)).toEqual(folders)
    for (const { name, item } of made.item)
      expect(item.map(({ request: { method, url } }) => `${method} /${url.path.join('/')}`).sort()).toEqual(
        routes
          .filter(({ tag }) => tag === name)
          .map(({ method, path }) => `${method} ${basePath}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
          .sort(),
      )
  })

  test('asks for the token by a variable that is empty', () => {
    expect(made.auth).toMatchObject({ type: 'bearer', bearer: [{ key: 'token', value: '{{token}}' }] })
    expect(made.variable).toContainEqual({ key: 'token', value: '', type: 'string' })
    expect(made.variable.map(({ key }) => key)).toContain('baseUrl')
  })

  test('is whole in itself: addresses, their variables and bodies', () => {
    const known = made.variable.map(({ key }) => key)
    for (const { url, body: sent } of requests()) {
      expect(url.raw.split('?')[0]).toBe([...url.host, ...url.path].join('/'))
      const inPath = url.path.filter((part) => part.startsWith(':')).map((part) => part.slice(1))
      expect((url.variable ?? []).map(({ key }) => key)).toEqual(inPath)
      for (const { value } of url.variable ?? []) expect(value).not.toBe('')
      for (const [, name = ''] of url.raw.matchAll(/\{\{(\w+)\}\}/g)) expect(known).toContain(name)
      if (sent?.mode === 'raw') expect(Object.keys(JSON.parse(sent.raw) as object)).not.toEqual([])
    }
  })

  test('every request finds its operation, and every body is read', async () => {
    const variables = { baseUrl: served.baseUrl, token: served.token }
    for (const asked of requests()) {
      // A form's files are chosen by a person.
      if (asked.body !== undefined && asked.body.mode !== 'raw') continue
      const headers = new Headers({ authorization: `Bearer ${served.token}` })
      for (const { key, value, disabled } of asked.header) if (!disabled) headers.set(key, value)
      const answer = await fetch(addressOf(asked, variables), {
        method: asked.method,
        redirect: 'manual',
        headers,
        ...(asked.body === undefined ? {} : { body: asked.body.raw }),
      })
      const text = await answer.text()
      const name = `${asked.method} ${asked.url.raw}: ${answer.status} ${text}`
      expect(text, name).not.toContain('There is nothing at this address')
      expect(text, name).not.toMatch(/"code":"(UNKNOWN_FIELD|MALFORMED_JSON)"/)
      expect([405, 415, 500], name).not.toContain(answer.status)
      // Some are for people with a session alone; none may be refused for the token as such.
      expect(text, name).not.toContain('TOKEN_INVALID')
    }
  })
})

test('of an odd document: public operations, forms, files, parts of a part, what must be asked', () => {
  const made = collection.parse(
    apiCollection(
      readDocument({
        openapi: '3.1.0',
        info: { title: 'Odd', version: '1' },
        servers: [{ url: '/odd' }],
        security: [{ token: [] }],
        paths: {
          '/files/{id}.csv': {
            get: {
              parameters: [
                { name: 'id', in: 'path', required: true, schema: { type: 'string', examples: ['f1'] } },
                { name: 'day', in: 'query', required: true, schema: { type: 'string', format: 'date' } },
                { name: 'zone', in: 'query', schema: { type: 'string', default: 'UTC' } },
              ],
              responses: { 200: { content: { 'text/csv': {} } } },
            },
            put: {
              parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
              requestBody: { content: { 'text/csv': {} } },
              responses: { 204: {} },
            },
          },
          '/sign-in': {
            post: {
              security: [],
              tags: ['Door'],
              requestBody: {
                content: {
                  'multipart/form-data': {
                    schema: {
                      type: 'object',
                      properties: {
                        name: { type: 'string' },
                        photo: { type: 'string', format: 'binary' },
                        more: { type: 'array', items: { type: 'string', contentMediaType: 'image/png' } },
                      },
                    },
                    example: { name: 'Sarah' },
                  },
                },
              },
              responses: { 204: {} },
            },
          },
        },
      }),
    ),
  )
  const [files, door] = ['Other', 'Door'].map(
    (name) => made.item.find((folder) => folder.name === name)?.item,
  )
  expect(files?.[0]?.request.url).toEqual({
    raw: '{{baseUrl}}/odd/files/{{id}}.csv?day=2026-02-01',
    host: ['{{baseUrl}}'],
    path: ['odd', 'files', '{{id}}.csv'],
    query: [
      { key: 'day', value: '2026-02-01' },
      { key: 'zone', value: 'UTC', disabled: true },
    ],
  })
  expect(made.variable.map(({ key }) => key)).toEqual(['baseUrl', 'token', 'id'])
  expect(files?.[1]?.request.body).toEqual({ mode: 'file', file: {} })
  expect(door?.[0]?.request).toMatchObject({
    auth: { type: 'noauth' },
    header: [],
    body: {
      mode: 'formdata',
      formdata: [
        { key: 'name', type: 'text', value: 'Sarah' },
        { key: 'photo', type: 'file' },
        { key: 'more', type: 'file' },
      ],
    },
  })
})
