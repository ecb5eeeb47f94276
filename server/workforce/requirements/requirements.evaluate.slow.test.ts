/** The evaluator beside the naive one, at length. */
import { test } from 'vitest'
import { compareWithNaive } from './requirements.naive.contract.ts'

test('answers as trying every choice does, on 100,000 random trees', { timeout: 300_000 }, () => {
  compareWithNaive(100_000)
})
