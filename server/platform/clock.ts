/**
 * The platform's clock. Everything that is due by time is found by it, so that a sandbox can move it
 * (spec 97) and a test never sleeps. Only `platform/` reads the machine's clock.
 */

export interface Clock {
  /** The platform's present instant. */
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that runs at the machine's speed, shifted by an offset that can be changed while it runs. */
export class MovableClock implements Clock {
  #offsetMs: number
  #changing: Promise<unknown> = Promise.resolve()
  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs
  }
  get offsetMs(): number {
    return this.#offsetMs
  }
  now(): Date {
    return new Date(Date.now() + this.#offsetMs)
  }
  setTo(instant: Date): void {
    this.#offsetMs = instant.getTime() - Date.now()
  }
  /**
   * Sets the offset to what `find` gives, in milliseconds. One change after the other, the finding included: what was found
   * before the clock was moved never comes behind it, so that a clock which was moved forward does not jump back.
   */
  changeOffset(find: () => Promise<number>): Promise<void> {
    const change = this.#changing.then(async () => {
      this.#offsetMs = await find()
    })
    // One that fails leaves the offset as it is and does not keep up the next.
    this.#changing = change.catch(() => {})
    return change
  }
  advance(duration: string): void {
    this.#offsetMs += parseDuration(duration)
  }
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `90d`, `3h`, `15m`, `10s`, `1d12h` in milliseconds. Throws RangeError on anything else. */
export function parseDuration(text: string): number {
  const whole = /^(?:\d+(?:ms|s|m|h|d|w))+$/
  if (!whole.test(text)) throw new RangeError(`not a duration: ${text} (write it like 90d, 3h, 15m or 1d12h)`)
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g))
    total += Number(count) * (unitsMs[unit as string] as number)
  return total
}
