import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  faultPoints,
  forgottenAt,
  isAccountLocked,
  nextBan,
  pointsNow,
  withFault,
  withSuccess,
  type BanTerms,
  type LoginFault,
  type SourceRecord,
} from './file-exchange.bans.rules.ts'

const minute = 60_000
const day = 86_400_000
const terms: BanTerms = { score: 40, windowMs: 10 * minute, firstMs: 10 * minute, longestMs: day }

/** How many faults in a row, so far apart, until the ban; Infinity when it never comes. */
function faultsUntilBan(
  fault: LoginFault,
  everyMs: number,
  accountOf: (index: number) => string | undefined,
) {
  let record: SourceRecord | undefined
  for (let index = 0; index < 2_000; index += 1) {
    record = withFault(record, fault, accountOf(index), index * everyMs, terms)
    if (record.points >= terms.score) return index + 1
  }
  return Infinity
}

describe('what a source is held to', () => {
  test('names that nobody has cost more than wrong passwords, and those more than visits', () => {
    expect(faultsUntilBan('UNKNOWN_NAME', 0, () => undefined)).toBe(8)
    expect(faultsUntilBan('REFUSED', 0, (index) => `sft_${index}`)).toBe(20)
    expect(faultsUntilBan('NO_LOGIN', 0, () => undefined)).toBe(40)
    expect(faultsUntilBan('CROWDING', 0, () => undefined)).toBe(200)
    expect(faultsUntilBan('SILENT', 1_000, () => undefined)).toBe(Infinity)
  })

  test('a job with a stale password does not have its office banned, unless it hammers', () => {
    expect(faultsUntilBan('REFUSED', minute, () => 'sft_1')).toBe(Infinity)
    expect(faultsUntilBan('REFUSED', 20_000, () => 'sft_1')).toBe(Infinity)
    expect(faultsUntilBan('REFUSED', 0, () => 'sft_1')).toBe(50)
  })

  test('an account is guessed at ten times, then its password is not looked at, for a while', () => {
    let record: SourceRecord | undefined
    for (let tries = 0; tries < 10; tries += 1) {
      expect(isAccountLocked(record, 'sft_1', 0, terms)).toBe(false)
      record = withFault(record, 'REFUSED', 'sft_1', 0, terms)
    }
    expect(isAccountLocked(record, 'sft_1', 0, terms)).toBe(true)
    expect(isAccountLocked(record, 'sft_2', 0, terms)).toBe(false)
    expect(isAccountLocked(record, 'sft_1', minute, terms)).toBe(false)
  })

  test('a success forgives what its own account added, and nothing else', () => {
    let record = withFault(undefined, 'REFUSED', 'sft_1', 0, terms)
    record = withFault(record, 'REFUSED', 'sft_1', 0, terms)
    record = withFault(record, 'UNKNOWN_NAME', undefined, 0, terms)
    const after = withSuccess(record, 'sft_1', 0, terms)
    expect(pointsNow(after, 0, terms)).toBe(faultPoints.UNKNOWN_NAME)
    expect(withSuccess(record, 'sft_2', 0, terms)?.points).toBe(record.points)
    expect(withSuccess(withFault(undefined, 'REFUSED', 'sft_1', 0, terms), 'sft_1', 0, terms)).toBeUndefined()
  })

  test('everything is forgotten within the window, and never more than was held', () => {
    const fault = fc.constantFrom<LoginFault>('UNKNOWN_NAME', 'REFUSED', 'NO_LOGIN', 'CROWDING', 'SILENT')
    const step = fc.record({
      fault,
      account: fc.option(fc.constantFrom('sft_1', 'sft_2', 'sft_3'), { nil: undefined }),
      isSuccess: fc.boolean(),
      // The sandbox's clock may go back.
      wait: fc.integer({ min: -minute, max: 5 * minute }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = day
        let latest = now
        let given = 0
        let record: SourceRecord | undefined
        for (const { fault: what, account, isSuccess, wait } of steps) {
          now += wait
          latest = Math.max(latest, now)
          if (isSuccess && account) record = withSuccess(record, account, now, terms)
          else {
            record = withFault(record, what, account, now, terms)
            given += faultPoints[what]
          }
          expect(record?.points ?? 0).toBeLessThanOrEqual(given + 1e-9)
          expect(record?.points ?? 0).toBeGreaterThanOrEqual(0)
          expect(record?.accounts.size ?? 0).toBeLessThanOrEqual(3)
        }
        const window = (Math.max(1, given / terms.score) + 1) * terms.windowMs
        expect(pointsNow(record, latest + window, terms)).toBe(0)
      }),
    )
  })
})

describe('bans', () => {
  test('grow fourfold to a day, and a day without one takes a repeat back', () => {
    let ban = nextBan(undefined, 0, terms)
    const lengths = [ban.until]
    for (let repeat = 0; repeat < 6; repeat += 1) {
      const at = ban.until
      ban = nextBan(ban, at, terms)
      lengths.push(ban.until - at)
    }
    expect(lengths.map((length) => length / minute)).toEqual([10, 40, 160, 640, 1440, 1440, 1440])
    expect(ban.repeats).toBe(5)
    const later = nextBan(ban, ban.until + 2 * day, terms)
    expect(later.repeats).toBe(4)
    expect(nextBan(ban, forgottenAt(ban), terms).repeats).toBe(1)
  })

  test('are of one length where that is set', () => {
    const flat = { ...terms, longestMs: terms.firstMs }
    const second = nextBan(nextBan(undefined, 0, flat), minute, flat)
    expect(second).toEqual({ until: 11 * minute, repeats: 1 })
  })
})
