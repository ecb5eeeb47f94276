/** What is generated from a document with everything in it that ours may come to hold. */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDocument } from '../../scripts/api-clients/document.ts'
import { operationsFile } from '../../scripts/api-clients/operations-file.ts'
import { typeOf, type Schema } from '../../scripts/api-clients/schema-types.ts'

const root = join(import.meta.dirname, '../..')
const json = (schema: object): object => ({ content: { 'application/json': { schema } } })
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` })
const inQuery = (name: string, schema: object, more: object = {}): object => ({
  name,
  in: 'query',
  schema,
  ...more,
})
const inPath = (name: string): object => ({ name, in: 'path', required: true, schema: { type: 'string' } })

const document = {
  openapi: '3.1.0',
  info: { title: 'Odd', version: '9.9.9' },
  servers: [{ url: '/odd/v1' }],
  security: [{ token: [] }],
  tags: [{ name: 'odd things', description: 'Ends */ nothing.' }],
  paths: {
    '/things/{id}': {
      parameters: [{ $ref: '#/components/parameters/Id' }],
      get: {
        operationId: 'getThing',
        summary: 'Get.',
        tags: ['odd things'],
        parameters: [
          inQuery('id', { type: 'string' }),
          inQuery('fields', { type: 'array', items: { type: 'string' } }, { explode: false }),
          inQuery('tags', { type: 'array', items: { type: 'string' } }),
          { name: 'X-Trace-Level', in: 'header', required: true, schema: { type: 'integer' } },
        ],
        responses: { 200: json(ref('Answer')), 404: json(ref('Problem')) },
      },
      put: {
        operationId: 'put-thing',
        summary: 'Put.',
        deprecated: true,
        parameters: [inQuery('body', { type: 'string' })],
        requestBody: { required: true, ...json({ type: 'object', properties: { a: { type: 'string' } } }) },
        responses: { 200: json({ type: 'array', items: { type: 'number' } }), 204: { description: 'Same.' } },
      },
    },
    '/things': {
      get: {
        operationId: 'listThings',
        tags: ['odd things'],
        parameters: [
          inQuery('cursor', { type: 'string' }),
          inQuery('pageSize', { type: 'integer', maximum: 7 }),
        ],
        responses: {
          200: json({
            type: 'object',
            required: ['data', 'meta'],
            properties: {
              data: { type: 'array', items: ref('Page') },
              meta: { type: 'object', properties: { nextCursor: { type: ['string', 'null'] } } },
            },
          }),
        },
      },
      post: {
        operationId: 'iterateThings',
        security: [],
        requestBody: { content: { 'multipart/form-data': { schema: { type: 'object' } } } },
        responses: {
          201: json({
            type: 'object',
            required: ['data', 'meta'],
            properties: {
              data: ref('Page'),
              meta: {
                type: 'object',
                required: ['warnings'],
                properties: { warnings: { type: 'array', items: { type: 'string' } } },
              },
            },
          }),
        },
      },
    },
    '/pictures/{name}': {
      put: {
        operationId: 'putPicture',
        parameters: [inPath('name')],
        requestBody: { required: true, content: { 'image/png': {} } },
        responses: { 204: { description: 'Done.' } },
      },
      get: { parameters: [inPath('name')], responses: { 200: { content: { 'image/png': {} } } } },
    },
    '/door': { get: { operationId: 'goIn', summary: 'Go in.', responses: { 302: { description: 'In.' } } } },
  },
  components: {
    parameters: { Id: inPath('id') },
    schemas: {
      Problem: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string', enum: ['ONE', 'TWO'] } },
      },
      // Named like what the client itself has.
      Page: {
        type: 'object',
        required: ['any-key', 'children'],
        properties: { 'any-key': { type: 'string' }, children: { type: 'array', items: ref('Page') } },
      },
      Answer: { oneOf: [ref('Page'), { type: 'null' }] },
      Record: { type: 'object', additionalProperties: { type: 'integer' } },
    },
  },
}

describe('types of schemas', () => {
  const options = { nameOf: (reference: string) => reference.split('/').at(-1) ?? '', isInput: false }
  test.each<[Schema, string]>([
    [true, 'unknown'],
    [{}, 'unknown'],
    [false, 'never'],
    [{ type: 'string', format: 'date-time' }, 'string'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'string', nullable: true }, 'string | null'],
    [{ anyOf: [{ type: 'null' }, { type: 'integer' }] }, 'number | null'],
    [{ anyOf: [{ type: 'string' }, {}] }, 'unknown'],
    [{ enum: ['a', 1, null, true] }, '"a" | 1 | true | null'],
    [{ const: 'worker', type: 'string' }, '"worker"'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, 'readonly ("a" | "b")[]'],
    [{ type: 'array' }, 'readonly (unknown)[]'],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: false }, 'readonly [string]'],
    [
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'null' } },
      'readonly [string, ...(null)[]]',
    ],
    [{ type: 'object' }, 'Readonly<Record<string, unknown>>'],
    [{ type: 'object', additionalProperties: false }, 'Readonly<Record<string, never>>'],
    [
      { type: 'object', additionalProperties: { type: 'boolean' }, propertyNames: { type: 'string' } },
      'Readonly<Record<string, boolean>>',
    ],
    [
      { type: 'object', additionalProperties: { type: 'boolean' }, propertyNames: { enum: ['a', 'b'] } },
      'Readonly<Partial<Record<"a" | "b", boolean>>>',
    ],
    [
      {
        type: 'object',
        additionalProperties: { type: 'boolean' },
        propertyNames: { enum: ['a'] },
        required: ['a'],
      },
      'Readonly<Record<"a", boolean>>',
    ],
    [{ $ref: '#/components/schemas/Worker', description: 'Who.' }, 'Worker'],
    [{ allOf: [{ $ref: '#/x/A' }, { anyOf: [{ $ref: '#/x/B' }, { type: 'null' }] }] }, 'A & (B | null)'],
    [{ type: 'mystery' }, 'unknown'],
  ])('%j is %s', (schema, type) => {
    expect(typeOf(schema, options)).toBe(type)
  })
})

describe('an odd document', () => {
  let folder: string
  let text: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vouchsafe-odd-client-'))
    await cp(join(root, 'sdk'), folder, {
      recursive: true,
      filter: (path) => !/dist|README|test/.test(basename(path)),
    })
    text = await operationsFile(readDocument(document), ['Answer', 'Page', 'Operation'])
    await writeFile(join(folder, 'operations.gen.ts'), text)
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('gives a file that compiles, with a place for everything', () => {
    expect(text).toMatch(
      /export interface Page2 \{\n {2}readonly 'any-key': string\n {2}readonly children: readonly Page2\[\]/,
    )
    expect(text).toContain('export type Answer2 = Page2 | null')
    expect(text).toContain('export type Record2 = Readonly<Record<string, number>>')
    expect(text).toContain("export type ErrorCode = Problem['code']")
    expect(text).toContain('Ends *∕ nothing.')
    expect(text).toMatch(/@deprecated\n \s*\*\/\n {2}putThing\(/)
    expect(text).toContain(
      'getThing(parameters: GetThingParameters, options?: CallOptions): Promise<Answer<Answer2>>',
    )
    expect(text).toContain('Promise<Answer<readonly number[] | undefined>>')
    expect(text).toContain('Promise<Page<Page2, ListThingsMeta>>')
    expect(text).toContain('iterateThings2(')
    expect(text).toContain('Promise<Answer<Page2> & { readonly meta: IterateThingsMeta }>')
    expect(text).toContain('readonly body?: FormData | undefined')
    expect(text).toContain('readonly body: BinaryBody')
    expect(text).toContain('getPicturesName(')
    expect(text).toContain('Answers with a redirect')
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [
      ...[compiler, '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'],
      ...[
        '--types',
        'node',
        '--typeRoots',
        join(root, 'node_modules/@types'),
        '--allowImportingTsExtensions',
      ],
      ...['--ignoreConfig', join(folder, 'client.ts')],
    ])
    expect(stdout.toString()).toBe('')
  })

  test('and a client that sends what it says', async () => {
    const { createClient } = (await import(pathToFileURL(join(folder, 'client.ts')).href)) as {
      createClient: (options: object) => Record<string, (given: object) => Promise<unknown>>
    }
    const sent: { url: string; init: RequestInit }[] = []
    const answers = [
      Response.json({ hello: 'world' }),
      Response.json([1, 2]),
      new Response(null, { status: 204 }),
      Response.json({ data: 1, meta: { warnings: [] } }),
      new Response(null, { status: 204 }),
      new Response(null, { status: 302, headers: { location: 'https://idp.example.org/' } }),
    ]
    const client = createClient({
      baseUrl: 'https://odd.example.org',
      token: 'vs_x',
      fetch: async (url: string, init: RequestInit) => {
        sent.push({ url, init })
        return answers.shift()
      },
    })
    const thing = { id: 'a/b', id2: 'q', fields: ['x', 'y'], tags: ['s', 't'], xTraceLevel: 3 }
    expect(await client['getThing']?.(thing)).toMatchObject({ data: { hello: 'world' } })
    expect(await client['putThing']?.({ id: 'a', body: { a: 'b' }, body2: 'q' })).toMatchObject({
      data: [1, 2],
    })
    expect(await client['putThing']?.({ id: 'a', body: {} })).toMatchObject({
      status: 204,
      data: undefined,
    })
    const form = new FormData()
    form.append('file', new Blob(['x']), 'x.txt')
    expect(await client['iterateThings']?.({ body: form })).toMatchObject({ meta: { warnings: [] } })
    await client['putPicture']?.({ name: 'me', body: new Uint8Array([1, 2]) })
    expect(await client['goIn']?.({})).toMatchObject({ status: 302, location: 'https://idp.example.org/' })

    expect(sent.map(({ url }) => url.replace('https://odd.example.org/odd/v1', ''))).toEqual([
      '/things/a%2Fb?id=q&fields=x%2Cy&tags=s&tags=t',
      '/things/a?body=q',
      '/things/a',
      '/things',
      '/pictures/me',
      '/door',
    ])
    const header = (index: number, name: string): string | null =>
      new Headers(sent[index]?.init.headers).get(name)
    expect(header(0, 'x-trace-level')).toBe('3')
    expect(header(0, 'authorization')).toBe('Bearer vs_x')
    expect(sent[1]?.init.body).toBe('{"a":"b"}')
    expect([header(1, 'content-type'), header(3, 'content-type'), header(4, 'content-type')]).toEqual([
      'application/json',
      null,
      'image/png',
    ])
    expect(sent[3]?.init.body).toBe(form)
    expect([header(3, 'authorization'), header(3, 'idempotency-key') === null]).toEqual([null, false])
  })
})

test('a generated file that is stale is named by the check, and mended by the generator', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vouchsafe-generated-'))
  const generate = (...given: string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'scripts/generate.ts'), '--root', folder, ...given],
      { encoding: 'utf8' },
    )
    return { status, said: stdout + stderr }
  }
  try {
    expect(generate('--check').status).toBe(1)
    expect(generate()).toMatchObject({
      status: 0,
      said: expect.stringContaining('sdk/operations.gen.ts') as string,
    })
    expect(generate('--check')).toEqual({ status: 0, said: '' })
    const file = join(folder, 'sdk/operations.gen.ts')
    await writeFile(file, (await readFile(file, 'utf8')).replace('listWorkers', 'listPeople'))
    const { status, said } = generate('--check')
    expect(status).toBe(1)
    expect(said).toMatch(/would generate: sdk\/operations\.gen\.ts\./)
    expect(generate()).toEqual({ status: 0, said: 'sdk/operations.gen.ts written\n' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the house has no operation that is missing in the client, nor the other way round', async () => {
  const served = JSON.parse(await readFile(join(root, 'openapi.json'), 'utf8')) as {
    paths: Record<string, Record<string, { operationId?: string }>>
  }
  const { operations } = await import('../../sdk/operations.gen.ts')
  const ids = Object.values(served.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  )
  expect(Object.keys(operations)).toEqual(ids)
})
