import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  causes,
  furthestOf,
  isOpen,
  statuses,
  step,
  type AnswerFacts,
  type Cause,
  type Status,
} from './fetch-requests.states.rules.ts'

const nothing: AnswerFacts = { isSomeSupplied: false, isSatisfied: false }
const some: AnswerFacts = { isSomeSupplied: true, isSatisfied: false }
const everything: AnswerFacts = { isSomeSupplied: true, isSatisfied: true }
const everythingWaived: AnswerFacts = { isSomeSupplied: false, isSatisfied: true }
const allFacts = [nothing, some, everything, everythingWaived]

/** The table of spec 30, written down anew: where each state may go. Staying where it is is no transition. */
const table: Readonly<Record<Status, readonly Status[]>> = {
  INITIATED: ['SENT', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  SENT: ['INITIATED', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  OPENED: ['INITIATED', 'PARTIALLY_COMPLETED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  PARTIALLY_COMPLETED: ['INITIATED', 'SUBMITTED', 'EXPIRED', 'CANCELLED'],
  SUBMITTED: ['COMPLETED', 'PARTIALLY_COMPLETED', 'CANCELLED'],
  COMPLETED: [],
  EXPIRED: ['INITIATED', 'CANCELLED'],
  CANCELLED: [],
}

const status = fc.constantFrom(...statuses)
const cause = fc.constantFrom(...causes)
const facts = fc.constantFrom(...allFacts)

/** What a cause leads to; undefined when it is refused. */
const after = (from: Status, why: Cause, given: AnswerFacts): Status | undefined => {
  const answer = step(from, why, given)
  return 'to' in answer ? answer.to : undefined
}

describe('every state, cause and answer', () => {
  const all = statuses.flatMap((from) =>
    causes.flatMap((why) => allFacts.map((given) => ({ from, why, given }))),
  )

  test('has one answer, and the same each time', () => {
    for (const { from, why, given } of all) {
      const answer = step(from, why, given)
      expect('to' in answer !== 'refused' in answer).toBe(true)
      expect(step(from, why, given)).toEqual(answer)
    }
  })

  test('leads where the table says, or nowhere', () => {
    for (const { from, why, given } of all) {
      const to = after(from, why, given)
      if (to !== undefined && to !== from)
        expect(table[from], `${from} by ${why} with ${JSON.stringify(given)}`).toContain(to)
    }
  })

  test('between them they use the whole table', () => {
    for (const from of statuses) {
      const used = new Set(causes.flatMap((why) => allFacts.map((given) => after(from, why, given))))
      expect([...used].filter((to) => to !== undefined && to !== from).sort()).toEqual(
        [...table[from]].sort(),
      )
    }
  })

  test('a refusal says in words what the request is', () => {
    for (const { from, why, given } of all) {
      const answer = step(from, why, given)
      if ('refused' in answer)
        expect(answer.refused).toMatch(/^The request (is|has|was) .+\.$|^The request .+[:;] .+\.$/)
    }
  })
})

describe('the rows of the table', () => {
  test.each<[Status, Cause, AnswerFacts, Status | undefined]>([
    // The mail server's yes, also when it comes late.
    ['INITIATED', 'MAIL_ACCEPTED', nothing, 'SENT'],
    ['OPENED', 'MAIL_ACCEPTED', nothing, 'OPENED'],
    ['CANCELLED', 'MAIL_ACCEPTED', nothing, 'CANCELLED'],
    // The worker pressed Start.
    ['INITIATED', 'STARTED', nothing, 'OPENED'],
    ['SENT', 'STARTED', nothing, 'OPENED'],
    ['PARTIALLY_COMPLETED', 'STARTED', some, 'PARTIALLY_COMPLETED'],
    ['SUBMITTED', 'STARTED', everything, undefined],
    ['EXPIRED', 'STARTED', nothing, undefined],
    // Some of what was asked is there.
    ['INITIATED', 'ANSWERED', some, 'PARTIALLY_COMPLETED'],
    ['SENT', 'ANSWERED', some, 'PARTIALLY_COMPLETED'],
    ['OPENED', 'ANSWERED', nothing, 'OPENED'],
    ['COMPLETED', 'ANSWERED', some, undefined],
    // All of it is there: only when it is sent.
    ['PARTIALLY_COMPLETED', 'ANSWERED', everything, 'PARTIALLY_COMPLETED'],
    ['PARTIALLY_COMPLETED', 'HANDED_IN', everything, 'SUBMITTED'],
    ['PARTIALLY_COMPLETED', 'HANDED_IN', some, 'PARTIALLY_COMPLETED'],
    ['OPENED', 'WAIVED', everythingWaived, 'SUBMITTED'],
    ['SUBMITTED', 'HANDED_IN', everything, undefined],
    // Checks.
    ['SUBMITTED', 'ALL_CHECKED', everything, 'COMPLETED'],
    ['PARTIALLY_COMPLETED', 'ALL_CHECKED', everything, 'PARTIALLY_COMPLETED'],
    ['SUBMITTED', 'SENT_BACK', some, 'PARTIALLY_COMPLETED'],
    ['OPENED', 'SENT_BACK', some, 'PARTIALLY_COMPLETED'],
    ['OPENED', 'SENT_BACK', nothing, 'OPENED'],
    ['COMPLETED', 'SENT_BACK', everything, undefined],
    // Time.
    ['PARTIALLY_COMPLETED', 'EXPIRED', some, 'EXPIRED'],
    ['SUBMITTED', 'EXPIRED', everything, 'SUBMITTED'],
    // The manager.
    ['SUBMITTED', 'CANCELLED', everything, 'CANCELLED'],
    ['EXPIRED', 'CANCELLED', nothing, 'CANCELLED'],
    ['COMPLETED', 'CANCELLED', everything, undefined],
    ['CANCELLED', 'CANCELLED', nothing, undefined],
    ['EXPIRED', 'RESENT', nothing, 'INITIATED'],
    ['PARTIALLY_COMPLETED', 'RESENT', some, 'INITIATED'],
    ['SUBMITTED', 'RESENT', everything, undefined],
    ['CANCELLED', 'RESENT', nothing, undefined],
    ['PARTIALLY_COMPLETED', 'REMINDED', some, 'PARTIALLY_COMPLETED'],
    ['SENT', 'REMINDED', nothing, 'SENT'],
    ['EXPIRED', 'REMINDED', nothing, undefined],
    // The scheduler.
    ['SENT', 'REMINDED_AUTOMATICALLY', nothing, 'INITIATED'],
    ['OPENED', 'REMINDED_AUTOMATICALLY', nothing, 'INITIATED'],
    ['PARTIALLY_COMPLETED', 'REMINDED_AUTOMATICALLY', some, 'PARTIALLY_COMPLETED'],
    ['CANCELLED', 'REMINDED_AUTOMATICALLY', nothing, 'CANCELLED'],
  ])('%s, %s, %o: %s', (from, why, given, to) => {
    expect(after(from, why, given)).toBe(to)
  })
})

describe('whatever happens, in any order', () => {
  const story = fc.array(fc.tuple(cause, facts), { maxLength: 60 })
  const told = (
    steps: readonly (readonly [Cause, AnswerFacts])[],
  ): { why: Cause; from: Status; to: Status }[] => {
    let now: Status = 'INITIATED'
    return steps.flatMap(([why, given]) => {
      const to = after(now, why, given)
      if (to === undefined) return []
      const one = { why, from: now, to }
      now = to
      return [one]
    })
  }

  test('nothing leaves COMPLETED and CANCELLED', () => {
    fc.assert(
      fc.property(story, (steps) => {
        for (const { from, to } of told(steps))
          if (from === 'COMPLETED' || from === 'CANCELLED') expect(to).toBe(from)
      }),
    )
  })

  test('only sending again opens a request that expired, and only a reviewer one that was submitted', () => {
    fc.assert(
      fc.property(story, (steps) => {
        for (const { why, from, to } of told(steps)) {
          if (!isOpen(to) || isOpen(from)) continue
          expect([from, why]).toEqual(from === 'EXPIRED' ? ['EXPIRED', 'RESENT'] : ['SUBMITTED', 'SENT_BACK'])
        }
      }),
    )
  })

  test('SUBMITTED is reached by what is satisfied only, COMPLETED behind SUBMITTED only', () => {
    fc.assert(
      fc.property(status, cause, facts, (from, why, given) => {
        const to = after(from, why, given)
        if (to === 'SUBMITTED' && from !== 'SUBMITTED') expect(given.isSatisfied).toBe(true)
        if (to === 'COMPLETED' && from !== 'COMPLETED') expect(from).toBe('SUBMITTED')
      }),
    )
  })

  test('the furthest never goes back, and an ending does not count', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const order: readonly Status[] = [
          'INITIATED',
          'SENT',
          'OPENED',
          'PARTIALLY_COMPLETED',
          'SUBMITTED',
          'COMPLETED',
        ]
        let furthest: Status = 'INITIATED'
        for (const { to } of told(steps)) {
          const next = furthestOf(furthest, to)
          expect(order.indexOf(next)).toBeGreaterThanOrEqual(order.indexOf(furthest))
          expect(order).toContain(next)
          if (order.includes(to)) expect(order.indexOf(next)).toBeGreaterThanOrEqual(order.indexOf(to))
          furthest = next
        }
      }),
    )
  })
})
