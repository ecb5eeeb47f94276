/**
 * Whether "not found" is believed where nothing but a status says it. A wrong path answers 404 for everybody: believed, it would
 * turn whole workforces yellow, and a known answer is no source's to change by mistake (spec 60, Checks). Pure.
 */
import type { CheckAnswer } from './connectors.schema.ts'

/** So many of those whom it knew, turned away one after the other, are no accident. */
export const lostInRowMax = 5

/** An answer, and what was known of the one whom it is about. */
export interface Judged {
  readonly answer: CheckAnswer
  /** The register has answered for the same card before. */
  readonly wasKnown: boolean
  /** The question never left: something was lacking. */
  readonly isUnaskable: boolean
  /** It failed the last time too: one question that is refused again and again tells nothing new of the register. */
  readonly isRepeated: boolean
}

/** What is known of a register as a whole. */
export interface Proof {
  readonly hasSpoken: boolean
  readonly lostInRow: number
}

/** Whether the source has said something about somebody, as what lies at a wrong address cannot. */
const speaks = ({ answer }: Judged): boolean => answer.outcome !== 'ERROR' && answer.isBare !== true

const isLost = ({ answer, wasKnown, isUnaskable, isRepeated }: Judged): boolean =>
  wasKnown && !isUnaskable && (answer.isBare === true || (answer.fault?.code === 'REJECTED' && !isRepeated))

/** What is known of the register after these answers, which came at about the same time. */
export function proofAfter({ hasSpoken, lostInRow }: Proof, judged: readonly Judged[]): Proof {
  if (judged.some(speaks)) return { hasSpoken: true, lostInRow: 0 }
  return { hasSpoken, lostInRow: Math.min(lostInRow + judged.filter(isLost).length, 1_000_000) }
}

/** Whether what it turns away is held against the register itself. */
export const isDoubted = ({ hasSpoken, lostInRow }: Proof): boolean => !hasSpoken || lostInRow >= lostInRowMax

/** The answer as it counts: a "not found" that is not believed is a fault of the source. */
export function believed({ answer, wasKnown }: Judged, proof: Proof): CheckAnswer {
  if (answer.isBare !== true) return answer
  const { isBare: _, ...found } = answer
  if (proof.hasSpoken && !(wasKnown && proof.lostInRow >= lostInRowMax)) return found
  return {
    ...found,
    outcome: 'ERROR',
    details: [],
    ownWords: null,
    fault: {
      code: 'NOBODY_FOUND',
      detail: proof.hasSpoken
        ? `It knows none any more of those whom it knew (${answer.ownWords}): its address may have moved. What was known stays.`
        : `It has found nobody since it was connected (${answer.ownWords}): look at the address, or set notFoundNeedsProof to false if it is right.`,
      retryAfterSeconds: null,
    },
  }
}
