import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { componentSchemas, faultsOf, operations, type Schema } from './api-document.ts'
import { arbitraryOf } from './schema-arbitrary.ts'

const inParameters = operations.flatMap(({ operation: { operationId, parameters } }) =>
  parameters.map(({ name, schema }): [string, Schema] => [`${operationId} ${name}`, schema]),
)
const particular: [string, Schema][] = [
  ['bounds', { type: 'integer', minimum: -3, exclusiveMaximum: 4 }],
  ['fractions', { type: 'number', exclusiveMinimum: 0, maximum: 1 }],
  ['several types', { type: ['string', 'null'], maxLength: 3 }],
  ['days by pattern', { type: 'string', format: 'date', pattern: '^2' }],
  ['addresses', { type: 'array', items: { type: 'string', format: 'uri' }, minItems: 2, maxItems: 3 }],
  [
    'maps',
    {
      type: 'object',
      propertyNames: { type: 'string', pattern: '^[A-Z]+$' },
      additionalProperties: { type: 'boolean' },
    },
  ],
  ['anything', { description: 'Anything.' }],
]

test.each([...Object.entries(componentSchemas), ...inParameters, ...particular])(
  'what is generated for %s fits it',
  (_name, schema) => {
    fc.assert(
      fc.property(arbitraryOf(schema, componentSchemas), (value) => {
        // As it goes over the wire.
        expect(faultsOf(schema, JSON.parse(JSON.stringify(value)))).toEqual([])
      }),
      { numRuns: 30, seed: 1 },
    )
  },
)

describe('refuses what it does not know', () => {
  test.each([
    ['a keyword', { type: 'string', contentEncoding: 'base64' }, /contentEncoding/],
    ['a format', { type: 'string', format: 'hostname' }, /format "hostname"/],
    ['a type', { type: 'file' }, /type "file"/],
    ['a reference', { $ref: '#/components/schemas/Nobody' }, /component "Nobody"/],
  ])('%s', (_name, schema, message) => {
    expect(() => arbitraryOf(schema, componentSchemas)).toThrow(message)
  })
})
