import { describe, expect, it } from 'vitest'
import { afterResults, healthy, isDegraded, type Fault } from './registers.breaker.rules.ts'

const now = new Date('2027-01-01T00:00:00Z')
const fault: Fault = { code: 'TIMEOUT', detail: 'late', retryAfterSeconds: null }
const faults = (count: number): Fault[] => Array.from({ length: count }, () => fault)
const pauseSeconds = (at: Date | null): number => ((at?.getTime() ?? 0) - now.getTime()) / 1_000

describe('the breaker', () => {
  it('opens at the fifth fault in a row, for longer each time, and closes at an answer', () => {
    const four = afterResults(healthy, { good: 0, faults: faults(4) }, now)
    expect(four).toMatchObject({ state: 'CLOSED', faultsInRow: 4, mayAskAt: null })
    let health = afterResults(four, { good: 0, faults: [fault] }, now)
    const pauses = [pauseSeconds(health.mayAskAt)]
    for (let probe = 0; probe < 6; probe += 1) {
      health = afterResults(health, { good: 0, faults: [fault] }, now)
      pauses.push(pauseSeconds(health.mayAskAt))
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900])
    expect(isDegraded(health)).toBe(true)
    expect(afterResults(health, { good: 1, faults: [] }, now)).toMatchObject({
      state: 'CLOSED',
      openings: 0,
      mayAskAt: null,
    })
  })

  it('leaves a source alone for as long as it wants, even while it answers others', () => {
    const busy: Fault = { code: 'TOO_MANY', detail: 'busy', retryAfterSeconds: 90 }
    for (const good of [0, 3])
      expect(pauseSeconds(afterResults(healthy, { good, faults: [busy] }, now).mayAskAt)).toBe(90)
  })

  it('does not hold a question that was refused against the source', () => {
    const rejected: Fault = { ...fault, code: 'REJECTED' }
    const proven = { ...healthy, hasSpoken: true }
    expect(afterResults(proven, { good: 0, faults: [rejected, rejected] }, now)).toBe(proven)
  })

  it('does not hold a question against the source that fails while others are answered, unless it is the probe', () => {
    const own: Fault = { ...fault, code: 'UNREADABLE', isOfQuestion: true }
    const others = afterResults(healthy, { good: 20, faults: [own, fault] }, now)
    expect(isDegraded(others)).toBe(false)
    let health = others
    for (let n = 0; n < 50; n += 1) health = afterResults(health, { good: 0, faults: [own] }, now)
    expect(health).toEqual(others)
    const open = afterResults(healthy, { good: 0, faults: faults(5) }, now)
    expect(pauseSeconds(afterResults(open, { good: 0, faults: [own] }, now).mayAskAt)).toBe(60)
  })

  it('holds it against a source that has answered nobody so far, or turns away all whom it knew', () => {
    const rejected: Fault = { ...fault, code: 'REJECTED' }
    for (const before of [healthy, { ...healthy, hasSpoken: true, lostInRow: 5 }]) {
      const five = { good: 0, faults: Array.from({ length: 5 }, () => rejected) }
      const health = afterResults(before, five, now)
      expect(health).toMatchObject({ state: 'OPEN', lastFault: { code: 'REJECTED' } })
      expect(isDegraded(health)).toBe(true)
    }
  })
})
