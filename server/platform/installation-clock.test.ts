import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../test/harness.ts'
import { MovableClock } from './clock.ts'
import type { Database } from './db/database.ts'
import { followClock, moveClock, readClockOffset } from './installation-clock.ts'

const hour = 3_600_000

let house: TestHouse
let db: Database
let clock: MovableClock

beforeAll(async () => {
  house = await openTestHouse()
  db = house.runtime.db
})
afterAll(() => house.close())
beforeEach(async () => {
  clock = new MovableClock()
  await moveClock(db, clock, { toMs: 0 })
})

interface HeldBack {
  readonly db: Database
  /** Resolves when the database has answered. */
  readonly answered: Promise<void>
  /** Lets the answer through. */
  arrive(): void
}

/** The database over a line on which an answer stays on its way until it is let through. */
function heldBack(): HeldBack {
  const answered = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  return {
    db: {
      ...db,
      installation: async (work) => {
        const answer = await db.installation(work)
        answered.resolve()
        await arrived.promise
        return answer
      },
    },
    answered: answered.promise,
    arrive: arrived.resolve,
  }
}

/** Until these have ended, or the database has answered so often meanwhile that they must be waiting for something else. */
async function endedOrWaiting(...changes: readonly Promise<void>[]): Promise<void> {
  let haveEnded = false
  void Promise.all(changes).then(() => (haveEnded = true))
  for (let n = 0; n < 100 && !haveEnded; n += 1) await readClockOffset(db)
}

describe('the sandbox’s clock', () => {
  test('does not jump back by a look at where it stood before it was moved', async () => {
    const look = heldBack()
    const followed = followClock(look.db, clock)
    await look.answered
    const moved = moveClock(db, clock, { byMs: hour })
    await endedOrWaiting(moved)
    look.arrive()
    await Promise.all([followed, moved])
    expect(clock.offsetMs).toBe(hour)
  })

  test('stands where the last of several moves at once left it', async () => {
    const first = heldBack()
    const moved = moveClock(first.db, clock, { byMs: hour })
    await first.answered
    const others = [1, 2].map(() => moveClock(db, clock, { byMs: hour }))
    await endedOrWaiting(...others)
    first.arrive()
    await Promise.all([moved, ...others])
    expect(clock.offsetMs).toBe(3 * hour)
    expect(await readClockOffset(db)).toBe(3 * hour)
  })

  test('moved on another node too is moved by both', async () => {
    const other = new MovableClock()
    await moveClock(db, other, { byMs: hour })
    await moveClock(db, clock, { byMs: hour })
    expect(clock.offsetMs).toBe(2 * hour)
    expect(other.offsetMs).toBe(hour)
    await followClock(db, other)
    expect(other.offsetMs).toBe(2 * hour)
  })

  test('stays where it is when the database does not answer, and follows again', async () => {
    await moveClock(db, clock, { byMs: hour })
    const away: Database = { ...db, installation: () => Promise.reject(new Error('gone')) }
    await expect(followClock(away, clock)).rejects.toThrow('gone')
    await expect(moveClock(away, clock, { byMs: hour })).rejects.toThrow('gone')
    expect(clock.offsetMs).toBe(hour)
    await moveClock(db, clock, { toMs: -hour })
    expect(clock.offsetMs).toBe(-hour)
  })
})
