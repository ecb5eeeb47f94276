import { describe, expect, it } from 'vitest'
import type { CheckAnswer } from './connectors.schema.ts'
import { believed, isDoubted, lostInRowMax, proofAfter, type Judged } from './registers.not-found.rules.ts'

const answer = (more: Partial<CheckAnswer>): CheckAnswer => ({
  outcome: 'MAY_ENGAGE',
  details: [],
  conditions: [],
  ownWords: null,
  verified: null,
  evidence: null,
  fault: null,
  ...more,
})
const judged = (more: Partial<CheckAnswer>, about: Partial<Judged> = {}): Judged => ({
  answer: answer(more),
  wasKnown: false,
  isUnaskable: false,
  isRepeated: false,
  ...about,
})
const absent = { outcome: 'REVIEW_REQUIRED', details: ['NOT_FOUND'], ownWords: 'HTTP 404' } as const
const bare = (wasKnown = false): Judged => judged({ ...absent, isBare: true }, { wasKnown })
const rejected = (about: Partial<Judged> = {}): Judged =>
  judged(
    { outcome: 'ERROR', fault: { code: 'REJECTED', detail: 'no', retryAfterSeconds: null } },
    { wasKnown: true, ...about },
  )
const down = judged({ outcome: 'ERROR', fault: { code: 'TIMEOUT', detail: 'late', retryAfterSeconds: null } })
const fresh = { hasSpoken: false, lostInRow: 0 }
const proven = { hasSpoken: true, lostInRow: 0 }

describe('a "not found" that only a status says', () => {
  it('is a fault of the source until that has said something about somebody', () => {
    for (const others of [[], [bare()], [down], [rejected()]]) {
      const proof = proofAfter(fresh, [bare(), ...others])
      expect(proof.hasSpoken).toBe(false)
      const { outcome, details, ownWords, fault } = believed(bare(), proof)
      expect({ outcome, details, ownWords }).toEqual({ outcome: 'ERROR', details: [], ownWords: null })
      expect(fault).toMatchObject({ code: 'NOBODY_FOUND' })
      expect(fault?.detail).toMatch(/nobody since it was connected \(HTTP 404\): look at the address/)
      expect(isDoubted(proof)).toBe(true)
    }
  })

  it.each([
    ['a yes', judged({})],
    ['a no', judged({ outcome: 'MAY_NOT_ENGAGE' })],
    ['a doubt', judged({ outcome: 'REVIEW_REQUIRED', details: ['NAME_DIFFERS'] })],
    ['work in progress', judged({ outcome: 'IN_PROGRESS' })],
    ['a body that says "not found"', judged(absent)],
  ])('counts from %s on, beside it and after it', (_what, spoken) => {
    const proof = proofAfter(fresh, [bare(), spoken])
    expect(proof).toEqual(proven)
    for (const after of [proof, proofAfter(proof, [bare()])])
      expect(believed(bare(), after)).toEqual(answer(absent))
  })

  it('decides where absence does, by the same rule', () => {
    const gone = judged({ ...absent, outcome: 'MAY_NOT_ENGAGE', isBare: true })
    expect(believed(gone, fresh).outcome).toBe('ERROR')
    expect(believed(gone, proven).outcome).toBe('MAY_NOT_ENGAGE')
  })

  it('is a fault again when it turns away those whom it knew, one after the other', () => {
    let proof = proofAfter(proven, [bare(true), bare(true)])
    expect(believed(bare(true), proof).outcome).toBe('REVIEW_REQUIRED')
    proof = proofAfter(
      proof,
      Array.from({ length: lostInRowMax - 2 }, () => bare(true)),
    )
    expect(believed(bare(true), proof).fault?.detail).toMatch(/none any more of those whom it knew/)
    // Of those whom it never knew nothing is lost by it.
    expect(believed(bare(false), proof).outcome).toBe('REVIEW_REQUIRED')
    // It finds one of them: it is there after all.
    expect(believed(bare(true), proofAfter(proof, [bare(true), judged({})])).outcome).toBe('REVIEW_REQUIRED')
  })

  it('never counts those whom it did not know, whoever they are', () => {
    const proof = proofAfter(
      proven,
      Array.from({ length: 500 }, () => bare(false)),
    )
    expect(proof).toEqual(proven)
  })

  it('one question that is refused again and again says nothing of the register; many different ones do', () => {
    let proof = proofAfter(proven, [rejected()])
    for (let n = 0; n < 50; n += 1) proof = proofAfter(proof, [rejected({ isRepeated: true })])
    for (let n = 0; n < 50; n += 1) proof = proofAfter(proof, [rejected({ isUnaskable: true })])
    expect(isDoubted(proof)).toBe(false)
    expect(
      isDoubted(
        proofAfter(
          proof,
          Array.from({ length: 4 }, () => rejected()),
        ),
      ),
    ).toBe(true)
  })
})
