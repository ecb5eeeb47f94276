import { describe, expect, test } from 'vitest'
import { delayMs, isWorthRepeating, retryAfterSeconds, type Failure, type Safety } from './retry.rules.ts'

describe('Retry-After', () => {
  const now = Date.parse('2026-02-01T00:00:00Z')
  test.each([
    ['0', 0],
    ['7', 7],
    [' 120 ', 120],
    ['Sun, 01 Feb 2026 00:00:30 GMT', 30],
    ['Sat, 31 Jan 2026 23:00:00 GMT', 0],
    ['', null],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['Xyz, nonsense', null],
    [null, null],
  ])('%j is %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds)
  })
})

test('pauses grow to a limit, and chance fills all of them', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 60].map((repeats) => delayMs(repeats, null, 1))
  expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
  expect(delayMs(5, null, 0)).toBe(0)
  expect(delayMs(5, null, 0.5)).toBe(4_000)
  expect(delayMs(0, 3, 0)).toBe(3_000)
  expect(delayMs(0, 3, 0.99)).toBeLessThan(3_250)
})

test('what is repeated, and what is not', () => {
  const lost: Failure = { kind: 'connection', isUnsent: false }
  const unsent: Failure = { kind: 'connection', isUnsent: true }
  const answer = (status: number, code: string | null): Failure => ({ kind: 'answer', status, code })
  const sure: Safety = { method: 'GET', isKeyed: false, hasIfMatch: false }
  const put: Safety = { ...sure, method: 'PUT' }
  const removal: Safety = { ...sure, method: 'DELETE' }
  const keyed: Safety = { ...sure, method: 'POST', isKeyed: true }
  const keyless: Safety = { ...sure, method: 'POST' }
  const patch: Safety = { ...sure, method: 'PATCH' }
  const matched: Safety = { ...patch, hasIfMatch: true }
  const all = [sure, put, removal, keyed, keyless, patch, matched]
  const repeated = (failure: Failure): Safety[] => all.filter((safety) => isWorthRepeating(failure, safety))

  expect(repeated(unsent)).toEqual(all)
  expect(repeated(lost)).toEqual([sure, put, removal, keyed, matched])
  expect(repeated(answer(502, null))).toEqual([sure, put, removal, keyed, matched])
  expect(repeated(answer(429, 'TOO_MANY_REQUESTS'))).toEqual(all)
  expect(repeated(answer(503, null))).toEqual(all)
  expect(repeated(answer(409, 'IDEMPOTENCY_RUNNING'))).toEqual(all)
  for (const [status, code] of [
    [400, 'VALIDATION_FAILED'],
    [401, 'TOKEN_INVALID'],
    [404, 'NOT_FOUND'],
    [409, 'EMAIL_TAKEN'],
    [412, 'VERSION_MISMATCH'],
    [500, 'INTERNAL'],
    [500, null],
    [200, null],
  ] as const)
    expect(repeated(answer(status, code)), String(status)).toEqual([])
})
