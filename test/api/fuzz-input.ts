/** Requests to an operation: as its document says, broken at one place, or no HTTP worth the name. */
import fc from 'fast-check'
import { componentSchemas, type Operation } from './api-document.ts'
import type { Prepared } from './api-house.ts'
import { broken, hostileKeys, hostileValues, mutations, write, type Damage } from './hostile-json.ts'
import { arbitraryOf } from './schema-arbitrary.ts'
import { encodedBody, multipart } from '../multipart.ts'

/** Plain data, so that a failure shows it; `requestOf` makes the request of it. */
export interface Input {
  readonly kind: 'valid' | 'broken' | 'garbage'
  /** Null: the part names the thing that was prepared. */
  readonly params: Readonly<Record<string, string | null>>
  readonly query: readonly (readonly [string, unknown])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** From the document's example (true) or generated, member by member. */
  readonly choice: readonly boolean[]
  /** Which part of the request is broken. */
  readonly target: 'body' | 'query' | 'path' | 'headers' | 'mediaType'
  readonly damage: Damage
  readonly garbage: Uint8Array
}

export const hostileTexts = hostileValues.filter((value) => typeof value === 'string')

/** Parts of an address as they go over the wire, most of them ill-formed. */
export const hostileEncoded = [
  ...[
    '%00',
    '%zz',
    '%',
    '%ff',
    '%c0%af',
    '%ed%a0%80',
    '..%2f..',
    '%2e%2e',
    '%0d%0aX:1',
    '%25',
    '%F0%9F%98%80',
  ],
  ...[
    'a'.repeat(1_001),
    '%41'.repeat(2_000),
    "'",
    ';',
    '*',
    '~',
    '0',
    '-1',
    'null',
    '__proto__',
    'constructor',
  ],
]

/** Cursors that are built like ours and hold what none of ours holds. */
export const hostileCursors = [
  ...[
    [],
    {},
    null,
    'x',
    [null],
    [[]],
    [{}],
    [''],
    ['', ''],
    ['x', 'y', 'z'],
    ['\0', 'x'],
    ['\ud800', '\udc00'],
  ],
  ...[[0], [-1], [1.5], [2 ** 31], [2 ** 53], [2 ** 63], [1e308], [-1e308], [1, 'x'], ['x', 1], ['1', '2']],
  ...['0000-01-01', '9999-12-31', '2026-02-30'].map((date) => [`${date}T00:00:00.000Z`, 'x']),
  ...['-271821-04-20T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'].map(
    (at) => [at, 'x'],
  ),
  ...[
    ['x'.repeat(700)],
    ['\u202e', '\uffff'],
    ["'; --", '%'],
    ['x', '\ud83d'],
    Array.from({ length: 300 }, () => 0),
  ],
].flatMap((key) => [[key, 3, true], key].map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')))

const hostileHeaders: readonly Readonly<Record<string, string>>[] = [
  ...['', ' ', 'x'.repeat(256), 'a b', 'é', 'x'.repeat(7_000)].map((value) => ({ 'idempotency-key': value })),
  ...['', '*', '"x"', 'W/"x"', '"', '"\'"', ',', ', , "a"', 'x'.repeat(7_000)].map((value) => ({
    'if-match': value,
  })),
  ...['', '*', 'W/"x"', ',,,'].map((value) => ({ 'if-none-match': value })),
  ...['', 'x'.repeat(129), '../..', 'é', '{}'].map((value) => ({ 'x-request-id': value })),
  ...['text/html', '*/*;q=x', ''].map((accept) => ({ accept })),
  ...['gzip', 'identity, x', 'br'].map((encoding) => ({ 'content-encoding': encoding })),
  ...['bytes=0-1', 'bytes=-', 'x'].map((range) => ({ range })),
  ...['', 'Bearer', 'Basic eDp4', 'Bearer vs_', `Bearer vs_${'x'.repeat(7_000)}`, 'bearer  vs_%00'].map(
    (value) => ({
      authorization: value,
    }),
  ),
  ...['x', '127.0.0.1, ::1, x', '9'.repeat(500)].map((value) => ({ 'x-forwarded-for': value })),
  { 'x-http-method-override': 'DELETE' },
  { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
  { expect: 'the-unexpected' },
  { cookie: '__proto__=x; a=%zz; =; ;;' },
  { host: 'evil.example:99999' },
]

const hostileMediaTypes = [
  ...[
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    '',
    'application/json;',
  ],
  ...[
    'application/json; charset=utf-16',
    'application/json; charset="',
    'APPLICATION/JSON',
    'application/jsonx',
    '/',
  ],
  ...['application/x-www-form-urlencoded', 'application/merge-patch+json', 'application/json, text/plain'],
]

const plainValue = fc.oneof(
  fc.constantFrom('HRMS', 'E10', 'RN-001', 'AHPRA', 'VIC'),
  fc.stringMatching(/^[a-z0-9_]{1,12}$/),
)

/** What could be asked of the operation. */
export function inputsFor(operation: Operation): fc.Arbitrary<Input> {
  const { parameters, requestBody } = operation
  const content = Object.values(requestBody?.content ?? {})[0]
  const of = (place: string): typeof parameters => parameters.filter((one) => one.in === place)
  const inPath = of('path').map(({ name }) => name)
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: plainValue },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map(encoded) },
  )
  const named = (list: typeof parameters): fc.Arbitrary<Partial<Record<string, unknown>>> =>
    fc.record(
      Object.fromEntries(
        list.map(({ name, schema }) => {
          const fitting = arbitraryOf(schema, componentSchemas)
          const isFree =
            schema['type'] === 'string' && !schema['format'] && !schema['pattern'] && !schema['enum']
          return [name, isFree ? fc.oneof(plainValue, fitting) : fitting]
        }),
      ),
      { requiredKeys: list.filter(({ required }) => required).map(({ name }) => name) },
    )
  const targets = [
    ...(content ? (['body', 'body', 'body', 'mediaType'] as const) : []),
    ...(inPath.length > 0 ? (['path'] as const) : []),
    ...(['query', 'headers'] as const),
  ]
  return fc.record({
    kind: fc.noBias(fc.constantFrom<Input['kind'][]>('valid', 'valid', 'broken', 'broken', 'garbage')),
    params: fc.record(Object.fromEntries(inPath.map((name) => [name, part]))),
    // Few at once: with every filter set, no list finds anything.
    query: named(of('query')).chain((all) => {
      const entries = Object.entries(all)
      return fc.subarray(entries, { maxLength: Math.min(3, entries.length) })
    }),
    // Seldom: with a precondition that fails, nothing behind it is reached.
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: named(of('header')).map(headersOf) },
    ),
    body: content ? arbitraryOf(content.schema, componentSchemas) : fc.constant(undefined),
    choice: fc.array(fc.boolean(), { minLength: 32, maxLength: 32, size: 'max' }),
    target: fc.constantFrom(...targets),
    damage: fc.record({
      mutation: fc.constantFrom(...mutations),
      place: fc.nat(10_000),
      hostile: fc.nat(10_000),
      key: fc.nat(10_000),
    }),
    garbage: fc.uint8Array({ maxLength: 200 }),
  })
}

/** Percent-encoded; half a pair as the bytes that a careless client sends. */
export function encoded(text: string): string {
  return [...text]
    .map((one) => (/^[\ud800-\udfff]$/u.test(one) ? '%ED%A0%80' : encodeURIComponent(one)))
    .join('')
    .replace(/^\.{1,2}$/, '%2E')
}

/** What a client can put into headers at all. */
function headersOf(values: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name.toLowerCase(),
      String(value)
        .replaceAll(/[^\x20-\x7e]/g, '?')
        .trim(),
    ]),
  )
}

/** Member by member from the example or from what was generated. */
function blend(example: unknown, generated: unknown, choice: readonly boolean[]): unknown {
  let next = 0
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const choose = (one: unknown, other: unknown): unknown => {
    if (isObject(one) && isObject(other)) {
      const keys = new Set([...Object.keys(one), ...Object.keys(other)])
      return Object.fromEntries(
        [...keys]
          .map((key) => [key, choose(one[key], other[key])])
          .filter(([, value]) => value !== undefined),
      )
    }
    next += 1
    return choice[next % choice.length] ? one : other
  }
  return choose(example, generated)
}

/** A form that is damaged somewhere in its bytes, or holds odd members. */
function brokenForm(fields: Record<string, unknown>, { place, key, hostile }: Input['damage']): Buffer {
  const odd = { [hostileKeys[key % hostileKeys.length] ?? '']: hostileTexts[hostile % hostileTexts.length] }
  const whole = multipart(key % 2 ? { ...fields, ...odd } : fields).body
  if (key % 3 === 0) return whole.subarray(0, place % whole.length)
  if (key % 3 === 1) return Buffer.concat([whole.subarray(0, place % whole.length), whole])
  return whole
}

export interface WireRequest {
  /** Behind the base path. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
}

/** The request that the input means, about the things that were prepared. */
export function requestOf(path: string, operation: Operation, input: Input, prepared: Prepared): WireRequest {
  const { damage } = input
  const isBroken = (target: Input['target']): boolean => input.kind === 'broken' && input.target === target
  const [mediaTypes, contents] = [
    Object.keys(operation.requestBody?.content ?? {}),
    Object.values(operation.requestBody?.content ?? {}),
  ]
  const pick = <T>(list: readonly T[], by = damage.hostile): T => list[by % list.length] as T

  const params = Object.entries(input.params).map(([name, value], index): [string, string] => {
    if (isBroken('path') && index === damage.place % Object.keys(input.params).length)
      return [
        name,
        damage.key % 2 ? pick(hostileEncoded) : encoded(pick(hostileTexts)).slice(0, 7_000) || '%20',
      ]
    return [name, value ?? encodeURIComponent(prepared.params?.[name] ?? '')]
  })
  const at = params.reduce((made, [name, value]) => made.replace(`{${name}}`, () => value), path)

  const query = input.query.map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`)
  if (isBroken('query')) {
    const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
    const name =
      names.length === 0 || damage.key % 4 === 0 ? encoded(pick(hostileKeys)) : pick(names, damage.key)
    const value =
      name === 'cursor'
        ? pick(hostileCursors)
        : damage.place % 2
          ? pick(hostileEncoded)
          : encoded(pick(hostileTexts)).slice(0, 7_000)
    query.push(...(damage.place % 5 === 0 ? [`${name}=1`] : []), `${name.slice(0, 1_000)}=${value}`)
  }

  let body: string | Uint8Array | undefined
  if (contents[0]) {
    const value = blend(contents[0].example, input.body, input.choice)
    const known =
      typeof value === 'object' && value !== null && !Array.isArray(value) && input.choice[0]
        ? { ...value, ...prepared.body }
        : value
    const isForm = mediaTypes[0] === 'multipart/form-data'
    const fields = isForm && typeof known === 'object' && known !== null ? (known as object) : {}
    if (isForm) body = isBroken('body') ? brokenForm({ ...fields }, damage) : multipart({ ...fields }).body
    else body = isBroken('body') ? broken(known, damage) : write(known)
    if (input.kind === 'garbage') body = input.garbage
  }
  const types = mediaTypes.map((mediaType) => encodedBody(mediaType, {}).contentType)
  return {
    path: query.length === 0 ? at : `${at}?${query.join('&')}`,
    headers: {
      ...(body === undefined
        ? {}
        : { 'content-type': isBroken('mediaType') ? pick(hostileMediaTypes) : pick(types, damage.key) }),
      ...input.headers,
      ...prepared.headers,
      ...(isBroken('headers') ? pick(hostileHeaders) : {}),
    },
    body,
  }
}
