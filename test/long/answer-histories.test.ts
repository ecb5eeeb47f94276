/** A thousand histories: the answer about any past instant is the one that was given then (spec 60, As-of). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replayHistories } from '../answer-histories.ts'
import { openTestHouse, type TestHouse } from '../harness.ts'

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse()
})
afterAll(() => house.close())

test('of a thousand people, six changes each', async () => {
  const { answers, colours } = await replayHistories(house, { seed: 2_026, histories: 1_000, steps: 6 })
  expect(answers).toBeGreaterThan(3_000)
  for (const colour of ['green', 'yellow', 'red']) expect(colours[colour]).toBeGreaterThan(100)
})
