/** What becomes of a worker's likenesses when they are looked for anew. Pure. */
import type { BanGround, MatchStatus } from './ban-checks.schema.ts'

/** A likeness as it is found now. */
export interface FoundMatch {
  readonly entryKey: string
  readonly entryHash: string
  readonly entry: object
  readonly score: number
  readonly grounds: readonly BanGround[]
  /** An exact number decides by itself. */
  readonly isDecided: boolean
}

/** A likeness as it was known. */
export interface KnownMatch {
  readonly id: string
  readonly workerId: string
  readonly entryKey: string
  readonly status: MatchStatus
  readonly workerHash: string
  readonly entryHash: string
  readonly entry: object
  readonly score: number
  readonly grounds: readonly BanGround[]
  readonly decidedBy: 'REVIEW' | 'NUMBER' | null
}

export interface NextMatch {
  /** Null = not known before. */
  readonly id: string | null
  readonly entryKey: string
  readonly status: MatchStatus
  readonly entryHash: string
  readonly entry: object
  readonly score: number
  readonly grounds: readonly BanGround[]
  readonly decidedBy: 'REVIEW' | 'NUMBER' | null
  /** What was decided of it before counts no more. */
  readonly isUndecided: boolean
  /** Somebody has to look at it. */
  readonly asks: boolean
  /** Nobody has to look at it any more. */
  readonly withdraws: boolean
}

/**
 * The likenesses of one worker from now on. That it is somebody else holds until the row or the person changes; that it is this
 * person holds until the row leaves the list, and then a person looks again: nobody becomes clear by that alone.
 * @param isListed whether a row still stands on the list, however little it is like the worker by now
 */
export function nextMatches(
  workerHash: string,
  found: readonly FoundMatch[],
  known: readonly KnownMatch[],
  isListed: (entryKey: string) => boolean,
): NextMatch[] {
  const before = new Map(known.map((one) => [one.entryKey, one]))
  const met = new Set(found.map(({ entryKey }) => entryKey))
  const now = found.map((one): NextMatch => {
    const { isDecided, ...likeness } = one
    const there = before.get(one.entryKey)
    const base = { ...likeness, id: there?.id ?? null, withdraws: false }
    if (isDecided)
      return there?.status === 'CONFIRMED'
        ? { ...base, status: 'CONFIRMED', decidedBy: there.decidedBy, isUndecided: false, asks: false }
        : {
            ...base,
            status: 'CONFIRMED',
            decidedBy: 'NUMBER',
            isUndecided: true,
            asks: false,
            withdraws: there?.status === 'POSSIBLE',
          }
    // What a number alone had decided ends with the number; what a person did does not.
    if (there?.status === 'CONFIRMED' && there.decidedBy === 'REVIEW')
      return { ...base, status: 'CONFIRMED', decidedBy: 'REVIEW', isUndecided: false, asks: false }
    const isSame = there?.workerHash === workerHash && there.entryHash === one.entryHash
    if (there?.status === 'DISMISSED' && isSame)
      return { ...base, status: 'DISMISSED', decidedBy: there.decidedBy, isUndecided: false, asks: false }
    return { ...base, status: 'POSSIBLE', decidedBy: null, isUndecided: true, asks: true }
  })
  const gone = known
    .filter(({ entryKey }) => !met.has(entryKey))
    .flatMap(({ status, grounds, ...one }): NextMatch[] => {
      const isOut = !isListed(one.entryKey)
      const base = { ...one, asks: false, withdraws: false, isUndecided: false }
      if (status === 'POSSIBLE' && !grounds.includes('LEFT_LIST'))
        return [{ ...base, status: 'GONE', grounds, withdraws: true }]
      if (status === 'POSSIBLE') return [{ ...base, status, grounds, asks: true }]
      if (status === 'CONFIRMED' && (isOut || one.decidedBy === 'NUMBER'))
        return [
          {
            ...base,
            status: 'POSSIBLE',
            grounds: isOut ? [...grounds.filter((ground) => ground !== 'LEFT_LIST'), 'LEFT_LIST'] : grounds,
            decidedBy: null,
            isUndecided: true,
            asks: true,
          },
        ]
      return []
    })
  return [...now, ...gone]
}

/** What the list says of somebody with these likenesses. */
export function outcomeOf(statuses: Iterable<MatchStatus>): 'CLEAR' | 'POSSIBLE' | 'MATCH' {
  const all = new Set(statuses)
  return all.has('CONFIRMED') ? 'MATCH' : all.has('POSSIBLE') ? 'POSSIBLE' : 'CLEAR'
}
