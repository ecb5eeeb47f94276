/**
 * Turns at what is costly: checking a password takes a tenth of a second of a core and 32 MiB, on purpose. Only so many are
 * checked at once, and of those that wait, the one goes first against whose source least is held: a flood of guesses waits
 * behind everybody who has done nothing wrong, and never takes all the places.
 */
export interface Turns {
  /** Does the work when its turn comes; undefined, without doing it, if the signal says by then that nobody waits for it. */
  run<T>(points: number, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>
}

interface Waiting {
  readonly points: number
  readonly signal: AbortSignal
  /** @param hasPlace false when nobody waits for it any more */
  decide(hasPlace: boolean): void
}

/** As many at once as the hashing itself allows (server/platform/secrets.ts). */
const atOnceMax = 2
/** And of those against whose source this much is held. */
const suspectPoints = 0.5
const suspectsAtOnceMax = 1

export function openTurns(): Turns {
  let running = 0
  let waiting: Waiting[] = []

  const isFree = (points: number): boolean =>
    running < (points < suspectPoints ? atOnceMax : suspectsAtOnceMax)

  const next = (): void => {
    for (const gone of waiting.filter(({ signal }) => signal.aborted)) gone.decide(false)
    waiting = waiting.filter(({ signal }) => !signal.aborted)
    let first: Waiting | undefined
    for (const one of waiting) if (!first || one.points < first.points) first = one
    if (!first || !isFree(first.points)) return
    waiting = waiting.filter((one) => one !== first)
    running += 1
    first.decide(true)
  }

  return {
    run: async (points, signal, work) => {
      const isFirst = isFree(points)
      if (isFirst) running += 1
      const hasPlace =
        isFirst || (await new Promise<boolean>((decide) => waiting.push({ points, signal, decide })))
      if (!hasPlace) return undefined
      try {
        return signal.aborted ? undefined : await work()
      } finally {
        running -= 1
        next()
      }
    },
  }
}
