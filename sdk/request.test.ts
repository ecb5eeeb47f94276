import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Operation } from './calls.ts'
import { isJson, newKey, requestOf } from './request.ts'

const get: Operation = { method: 'GET', path: '/workers/{id}/rows', answer: 'json' }

test('whatever an id is, it is one part of the path and comes out as it was, or is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('.', '..', '', '%2e', '\ud800')),
      (id) => {
        let target: string
        try {
          target = requestOf(get, { id }, {}).target
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          expect(['', '.', '..'].includes(id) || /\p{Surrogate}/u.test(id)).toBe(true)
          return
        }
        const parts = new URL(`https://h.example.org/base${target}`).pathname.split('/')
        expect(parts).toHaveLength(5)
        expect(decodeURIComponent(parts[3] ?? '')).toBe(id)
      },
    ),
  )
})

test('whatever a filter is, it comes out as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (query) => {
      const { target } = requestOf(get, { id: 'x', query }, {})
      expect(new URL(`https://h.example.org${target}`).searchParams.get('query')).toBe(query)
    }),
  )
})

describe('keys', () => {
  const post: Operation = { method: 'POST', path: '/workers', answer: 'json', body: 'application/json' }

  test('every POST has one of its own, or that of its caller; nothing else has one', () => {
    const keys = [1, 2].map(() => requestOf(post, { body: {} }, {}).headers['idempotency-key'])
    expect(new Set(keys).size).toBe(2)
    expect(requestOf(post, { body: {} }, { idempotencyKey: 'mine' }).headers['idempotency-key']).toBe('mine')
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
      expect(requestOf({ ...post, method }, { body: {} }, {}).headers).not.toHaveProperty('idempotency-key')
  })

  test('where a page has no randomUUID, there is another way', () => {
    const whole = crypto.randomUUID
    try {
      Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })
      const keys = Array.from({ length: 50 }, newKey)
      expect(new Set(keys).size).toBe(50)
      for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
    } finally {
      Object.defineProperty(crypto, 'randomUUID', { value: whole, configurable: true })
    }
  })
})

test.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['application/merge-patch+json', true],
  ['application/problem+json', true],
  ['text/json', false],
  ['application/jsonp', false],
  ['', false],
  [null, false],
])('%j is JSON: %j', (mediaType, expected) => {
  expect(isJson(mediaType)).toBe(expected)
})
