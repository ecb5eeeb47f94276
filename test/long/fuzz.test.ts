/** The same as test/fuzz.slow.test.ts in a long series: FUZZ_SEED and FUZZ_RUNS (per operation) choose another one. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from '../api/api-document.ts'
import { openApiHouse, type ApiHouse } from '../api/api-house.ts'
import { assertSound, Figures, fuzzOperation } from '../api/fuzz-run.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 11)
const runs = Number(process.env['FUZZ_RUNS'] ?? 500)
const figures = new Figures()

let api: ApiHouse
let port: number
beforeAll(async () => {
  api = await openApiHouse()
  port = await api.server.listen('127.0.0.1', 0)
})
afterAll(async () => {
  console.log(`fuzz: ${operations.length} operations × ${runs} runs, seed ${seed}\n${figures.toString()}`)
  await figures.hand({ operations: operations.length, runsPerOperation: runs, seed })
  await api.close()
})

test.each(operations.map((one) => [one.operation.operationId, one] as const))(
  '%s answers as documented, whatever it is asked',
  async (_name, one) => {
    // Of its own, so that what one series fills up does not slow down the next.
    const organisation = await api.newOrganisation()
    await fuzzOperation({ port, organisation }, one, { seed, runs, figures })
    await assertSound(api, organisation)
  },
)

test('the series did reach the operations, and did break requests', () => {
  expect(figures.of('valid', 200) + figures.of('valid', 201)).toBeGreaterThan(operations.length * (runs / 20))
  expect(figures.of('broken', 400)).toBeGreaterThan(operations.length * (runs / 20))
})
