/** From scores to a confidence of which 90 % means that 90 of 100 are right. Pure. */

const logistic = (value: number): number => 1 / (1 + Math.exp(-value))

/** Below such a score, nothing speaks for any type. */
export const scoreMin = 2.2

export interface TypeEvidence {
  readonly best: number
  readonly second: number
  /** 0 to 1: how well the words were read. */
  readonly legibility: number
}

/** 0 to 1: that the type with the best score is right. Fitted on labelled documents (`npm run eval:documents`). */
export function typeConfidence({ best, second, legibility }: TypeEvidence): number {
  return logistic(-1.2 + 0.55 * (best - scoreMin) + 1.1 * (best - second) + 1.5 * (legibility - 0.7))
}
