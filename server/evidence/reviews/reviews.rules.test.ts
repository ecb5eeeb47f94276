import { describe, expect, test } from 'vitest'
import { isSameWish, possibleDecisions, turnOf } from './reviews.rules.ts'
import { reviewReasons } from './reviews.schema.ts'

test('every reason can be decided, with a fetch request and without', () => {
  for (const reason of reviewReasons)
    for (const hasFetchRequest of [true, false])
      expect(possibleDecisions(reason, hasFetchRequest).length, reason).toBeGreaterThan(1)
})

test('a worker is asked again only where a fetch request asked', () => {
  expect(possibleDecisions('DOCUMENT', false)).toEqual(['ACCEPT', 'REJECT'])
  expect(possibleDecisions('DOCUMENT', true)).toEqual(['ACCEPT', 'REJECT', 'ASK_AGAIN', 'WAIVE'])
})

test('the riskier comes first, and what has waited long before it', () => {
  const day = (date: string): Date => new Date(`${date}T00:00:00Z`)
  expect(turnOf('LIST_MATCH', day('2026-02-01')) < turnOf('DOCUMENT', day('2026-01-20'))).toBe(true)
  expect(turnOf('LIST_MATCH', day('2026-02-01')) < turnOf('DOCUMENT', day('2026-01-03'))).toBe(false)
})

describe('the wish of a second', () => {
  const accept = { decision: 'ACCEPT', corrected: null } as const
  const corrected = { decision: 'ACCEPT', corrected: { number: '1' } } as const
  test.each([
    ['the same', accept, accept, true],
    ['takes the first one’s corrections', corrected, accept, true],
    ['corrects the same', corrected, corrected, true],
    ['corrects what the first did not', accept, corrected, false],
    ['corrects otherwise', corrected, { ...corrected, corrected: { number: '2' } }, false],
    ['corrects something else', corrected, { ...corrected, corrected: { holderName: 'x' } }, false],
    ['another decision', accept, { ...accept, decision: 'REJECT' as const }, false],
  ] as const)('%s', (_what, first, second, is) => {
    expect(isSameWish(first, second)).toBe(is)
  })
})
