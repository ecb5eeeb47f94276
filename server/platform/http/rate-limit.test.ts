import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimiter } from './rate-limit.ts'

test('a burst at once, then the steady rate; each token for itself', () => {
  let now = 0
  const limiter = createRateLimiter(10, 20, () => now)
  expect(limiter.policy).toBe('"token";q=20;w=2')
  const taken = Array.from({ length: 21 }, () => limiter.take('a'))
  expect(taken.filter((one) => one.isAllowed)).toHaveLength(20)
  expect(taken[0]).toEqual({ isAllowed: true, remaining: 19, resetSeconds: 1, retrySeconds: 0 })
  expect(taken[20]).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 2, retrySeconds: 1 })
  expect(limiter.take('b').isAllowed).toBe(true)
  now += 100
  expect(limiter.take('a').isAllowed).toBe(true)
  expect(limiter.take('a').isAllowed).toBe(false)
  now += 60_000
  expect(limiter.take('a')).toMatchObject({ isAllowed: true, remaining: 19 })
})

test('over any time no more than the burst and the rate, and asking in vain costs nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 300 }), (waits) => {
      let now = 0
      const limiter = createRateLimiter(5, 7, () => now)
      let allowed = 0
      for (const wait of waits) {
        now += wait
        if (limiter.take('a').isAllowed) allowed += 1
      }
      expect(allowed).toBeLessThanOrEqual(7 + Math.ceil((now * 5) / 1_000))
      now += 201
      expect(limiter.take('a').isAllowed).toBe(true)
    }),
  )
})
