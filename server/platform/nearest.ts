/** "Did you mean …?": the nearest of some known words. Pure. */

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min((previous[j] as number) + 1, (current[j - 1] as number) + 1, substitution))
    }
    previous = current
  }
  return previous[b.length] as number
}

/** The known word nearest to what was given (case apart); undefined when none is near enough to be meant. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  let best: { word: string; score: number } | undefined
  for (const word of known) {
    const score = distance(wanted, word.toLowerCase())
    if (score <= Math.max(2, Math.floor(word.length / 3)) && (!best || score < best.score))
      best = { word, score }
  }
  return best?.word
}
