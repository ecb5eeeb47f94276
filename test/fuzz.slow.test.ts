/**
 * Every operation of the API asked with what its document allows, with that broken at one place, and with what is no HTTP
 * at all. FUZZ_SEED and FUZZ_RUNS (per operation) choose another series; a failure prints both.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations } from './api/api-document.ts'
import { openApiHouse, type ApiHouse, type Organisation } from './api/api-house.ts'
import { assertSound, faultsOfAny, Figures, fuzzOperation } from './api/fuzz-run.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123)
const runs = Number(process.env['FUZZ_RUNS'] ?? 25)
const figures = new Figures()

let api: ApiHouse
let port: number
let organisation: Organisation
beforeAll(async () => {
  api = await openApiHouse()
  port = await api.server.listen('127.0.0.1', 0)
  organisation = await api.newOrganisation()
})
afterAll(async () => {
  console.log(`fuzz: ${operations.length} operations × ${runs} runs, seed ${seed}\n${figures.toString()}`)
  await figures.hand({ operations: operations.length, runsPerOperation: runs, seed })
  await api.close()
})

test.each(operations.map((one) => [one.operation.operationId, one] as const))(
  '%s answers as documented, whatever it is asked',
  (_name, one) => fuzzOperation({ port, organisation }, one, { seed, runs, figures }),
  600_000,
)

test('everything is still there, and what was asked for could be done', () => assertSound(api, organisation))

test('the series did reach the operations, and did break requests', () => {
  expect(figures.of('valid', 200) + figures.of('valid', 201)).toBeGreaterThan(operations.length)
  expect(figures.of('broken', 400)).toBeGreaterThan(operations.length)
})

test('an answer that is not as every answer must be is noticed', () => {
  const [one] = operations
  if (!one) throw new Error('There are no operations.')
  const problem = {
    type: 'urn:vouchsafe:error:INTERNAL',
    title: 'A fault of ours',
    status: 500,
    detail: 'Something went wrong on our side.',
    instance: '/',
    code: 'INTERNAL',
    requestId: 'req_1',
    error: 'Something went wrong on our side.',
  }
  const guard = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" }
  const faults = (
    status: number,
    json: object,
    headers: object = { ...guard, 'content-type': 'application/problem+json' },
  ): string[] =>
    faultsOfAny(one.operation, { status, headers: { ...headers }, json, text: JSON.stringify(json) }, false)
  expect(faults(400, { ...problem, status: 400, code: 'VALIDATION_FAILED' })).toEqual([])
  expect(faults(500, problem)).toHaveLength(1)
  expect(faults(400, problem)).toEqual([expect.stringContaining('another status')])
  const refused = { ...problem, status: 400 }
  expect(faults(400, refused, { ...guard, 'content-type': 'application/json' })).not.toEqual([])
  expect(faults(400, refused, { 'content-type': 'application/problem+json' })).toEqual([
    expect.stringContaining('headers'),
  ])
  expect(faults(400, { ...problem, status: 400, code: 'NEW' })).not.toEqual([])
  for (const leak of [
    'TypeError: x is not a function',
    'duplicate key value violates unique constraint "workers_pkey"',
    'select id from workers',
    'invalid input syntax for type date: "x"',
    'failed\n    at Object.run (/srv/app.ts:1:1)',
  ])
    expect(faults(400, { ...problem, status: 400, detail: leak }), leak).toEqual([
      expect.stringContaining('shows the inside'),
    ])
})
