/** Chance that can be repeated: the same seed gives the same examples, on every machine, for ever. */

export interface Seeded {
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  pick<T>(from: readonly T[]): T
  /** True in about `percent` of 100 cases. */
  chance(percent: number): boolean
  shuffled<T>(list: readonly T[]): T[]
}

const modulus = 2_147_483_647 // 2^31 - 1, a prime
const multiplier = 48_271 // a primitive root of it: every state but 0 comes before one comes again

/** `seed` from 1 to 2^31 - 2. */
export function seeded(seed: number): Seeded {
  let state = seed
  const whole = (min: number, max: number): number => {
    state = (state * multiplier) % modulus // stays below 2^53
    return min + Math.floor((state / modulus) * (max - min + 1))
  }
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new Error('There is nothing to pick from.')
    return from[whole(0, from.length - 1)] as T
  }
  return {
    whole,
    pick,
    chance: (percent) => whole(1, 100) <= percent,
    shuffled: (list) => {
      const left = [...list]
      return list.map(() => left.splice(whole(0, left.length - 1), 1)[0] as (typeof left)[number])
    },
  }
}
