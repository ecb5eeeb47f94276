/** The nightly sweep of a large organisation reads the rows whose day has come, and no others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fill } from '../bench/lists.ts'
import { recomputeDue } from '../server/compliance/licence-status/licence-status.ts'
import type { LocalDate } from '../server/platform/local-date.ts'
import { dueForStatus, earliestStatusDue } from '../server/workforce/credentials/credentials.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'
import { planOf, type PlanNode } from './plans.ts'

const rows = 20_000
const today = '2026-02-01' as LocalDate

describe('the sweep of due statuses', () => {
  let house: TestHouse
  let organisationId: string

  beforeAll(async () => {
    house = await openTestHouse()
    organisationId = (await house.newOrganisation()).id
    await fill((statement, values) => house.owner(statement, values), organisationId, rows)
    // Most become due some day; these have.
    await house.owner(
      `update credentials set status_due_on = case when number_normalised::int <= 30 then date '2026-02-01' - number_normalised::int % 3
         else date '2026-02-02' + number_normalised::int % 500 end where organisation_id = $1`,
      [organisationId],
    )
    await house.owner('vacuum (analyze) credentials')
    await house.owner('vacuum (analyze) workers')
  }, 120_000)
  afterAll(() => house.close())

  const readOf = (nodes: readonly PlanNode[]): PlanNode[] =>
    nodes.filter((node) => node['Relation Name'] === 'credentials')

  test('reads what is due by its index, in its order, and filters nothing away', async () => {
    const nodes = await planOf(house, organisationId, (ctx) => dueForStatus(ctx, today, null, 4_000))
    expect(readOf(nodes)).toMatchObject([
      { 'Node Type': 'Index Scan', 'Index Name': 'credentials_by_status_due', 'Actual Rows': 30 },
    ])
    expect(nodes.map((node) => node['Rows Removed by Filter'] ?? 0)).toEqual(nodes.map(() => 0))
    expect(nodes.filter((node) => node['Node Type'].includes('Sort'))).toEqual([])
  })

  test('reads behind where the last batch left off', async () => {
    const first = await house.runtime.read(organisationId, operator, (ctx) =>
      dueForStatus(ctx, today, null, 10),
    )
    const nodes = await planOf(house, organisationId, (ctx) =>
      dueForStatus(ctx, today, first.at(-1) ?? null, 4_000),
    )
    expect(readOf(nodes)).toMatchObject([
      { 'Node Type': 'Index Scan', 'Index Name': 'credentials_by_status_due', 'Actual Rows': 20 },
    ])
    expect(nodes.map((node) => node['Rows Removed by Filter'] ?? 0)).toEqual(nodes.map(() => 0))
  })

  test('finds the next day by the first entry of the index', async () => {
    const nodes = await planOf(house, organisationId, (ctx) => earliestStatusDue(ctx), 'one')
    expect(readOf(nodes)).toMatchObject([{ 'Index Name': 'credentials_by_status_due', 'Actual Rows': 1 }])
  })

  test('with all due, each batch reads its own rows and no more', { timeout: 120_000 }, async () => {
    await house.owner("update credentials set status_due_on = '-infinity' where organisation_id = $1", [
      organisationId,
    ])
    await house.owner('vacuum (analyze) credentials')
    const middle = await house.owner<{ id: string }>(
      'select id from credentials where organisation_id = $1 order by id offset $2 limit 1',
      [organisationId, rows / 2],
    )
    const nodes = await planOf(house, organisationId, (ctx) =>
      dueForStatus(ctx, today, { dueOn: '-infinity', id: middle[0]?.id ?? '' }, 1_000),
    )
    expect(readOf(nodes)).toMatchObject([{ 'Node Type': 'Index Scan', 'Actual Rows': 1_000 }])
    expect(nodes.filter((node) => node['Node Type'].includes('Sort'))).toEqual([])
    // Several batches, one after another, leave none and compute none twice.
    expect(await recomputeDue(house.runtime, organisationId)).toMatchObject({ computed: rows })
    expect(await recomputeDue(house.runtime, organisationId)).toEqual({ computed: 0, changed: 0 })
  })
})
