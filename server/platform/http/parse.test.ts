import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { parse, parseBody } from './parse.ts'

function refusal(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('It was not refused.')
}
const read = (text: string): unknown => parseBody(z.unknown(), Buffer.from(text))

test('what JSON can say comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      const text = JSON.stringify(value)
      // Names and texts with a NUL have a test of their own.
      fc.pre(!text.includes('\\u0000'))
      expect(read(text)).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['nothing', Buffer.from('')],
  ['blanks', Buffer.from(' \n')],
  ['half of it', Buffer.from('{"a":')],
  ['a text in Latin-1', Buffer.from('{"name":"Zo\xeb"}', 'latin1')],
  ['what is too deep for any stack', Buffer.from('['.repeat(500_000) + ']'.repeat(500_000))],
  ['objects without end', Buffer.from('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))],
])('%s is no JSON for us', (_name, body) => {
  expect(refusal(() => parseBody(z.unknown(), body)).code).toBe('MALFORMED_JSON')
})

test('64 levels are taken, 65 are not', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  expect(read(nested(64))).toBeDefined()
  expect(refusal(() => read(nested(65))).code).toBe('MALFORMED_JSON')
})

test('texts that could not be kept as they are, each with its place', () => {
  const { code, errors } = refusal(() =>
    read('{"a":["x\\u0000"],"b":"\\ud800","c/d":{"\\udc00":1},"e":"\\ud83d\\ude00"}'),
  )
  expect(code).toBe('VALIDATION_FAILED')
  expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/a/0', '/b', '/c~1d'])
})

test('they are told together with what the schema refuses, once each', () => {
  const schema = z.strictObject({ a: z.string().regex(/^x*$/), b: z.string(), c: z.int() })
  const { errors } = refusal(() => parseBody(schema, Buffer.from('{"a":"\\u0000","b":"\\u0000","c":"1"}')))
  expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/a', '/b', '/c'])
})

test('names every fault, up to a thousand', () => {
  const schema = z.strictObject({ a: z.string() })
  const fields = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]))
  const some = refusal(() => parse(schema, { ...fields(2), a: 1 }, 'body'))
  expect(some.errors.map(({ pointer }) => pointer)).toEqual(['/a', '/f0', '/f1'])
  const many = refusal(() => parse(schema, { ...fields(100_000), a: 'x' }, 'body'))
  expect(many.errors).toHaveLength(1_000)
  expect(many.message).toMatch(/ And 99000 more\.$/)
})
