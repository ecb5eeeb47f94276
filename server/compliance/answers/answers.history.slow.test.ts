import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayHistories } from '../../../test/answer-histories.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

// Spec 60, As-of. A thousand of them: test/long.
test.each([3, 4])(
  'the answer about any past instant is the one that was given then (%i)',
  { timeout: 120_000 },
  async (seed) => {
    const { answers, colours } = await replayHistories(house, { seed, histories: 40, steps: 10 })
    expect(answers).toBeGreaterThan(200)
    expect(Object.keys(colours).sort()).toEqual(expect.arrayContaining(['green', 'red', 'yellow']))
  },
)
