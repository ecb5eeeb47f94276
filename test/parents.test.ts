/** What the books name must be in them: the set-wise keys of the tables that imports fill (0001-ground.sql). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from './harness.ts'
import { sql, type Sql } from '../server/platform/db/database.ts'

describe('parents', () => {
  let house: TestHouse
  let own: string
  let other: string

  const run = (organisationId: string, statement: Sql): Promise<number> =>
    house.runtime.db.scoped(organisationId, (tx) => tx.run(statement))

  const insertWorker = (organisationId: string, id: string, positionId: string | null): Promise<number> =>
    run(
      organisationId,
      sql`insert into workers (organisation_id, id, version, display_name, display_name_folded, position_id, status, created_at, updated_at)
        values (${organisationId}, ${id}, 1, 'Sam', 'sam', ${positionId}, 'ACTIVE', '2026-02-01', '2026-02-01')`,
    )
  const insertSource = (organisationId: string, workerId: string, externalId = workerId): Promise<number> =>
    run(
      organisationId,
      sql`insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
        values (${organisationId}, 'hrms', ${externalId}, 'HRMS', ${workerId}, true, true)`,
    )

  beforeAll(async () => {
    house = await openTestHouse()
    own = (await house.newOrganisation()).id
    other = (await house.newOrganisation()).id
    await insertWorker(own, 'wkr_0000000000000001', null)
    await insertWorker(other, 'wkr_0000000000000002', null)
  })
  afterAll(() => house.close())

  test('a row whose parent is there goes in', async () => {
    expect(await insertSource(own, 'wkr_0000000000000001')).toBe(1)
  })

  test.each(['wkr_0000000000000009', 'wkr_0000000000000002'])(
    'a parent that is nowhere, or of another organisation, is refused (%s)',
    async (workerId) => {
      await expect(insertSource(own, workerId)).rejects.toMatchObject({ code: '23503' })
    },
  )

  test('of many rows, one without parent refuses all', async () => {
    await expect(
      run(
        own,
        sql`insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
          select ${own}, 'payroll', 'P' || n, 'Payroll', case when n = 700 then 'wkr_nobody' else 'wkr_0000000000000001' end, false, true
          from generate_series(1, 1000) n`,
      ),
    ).rejects.toMatchObject({ code: '23503', message: expect.stringContaining('wkr_nobody') as string })
    expect(await run(own, sql`select from worker_sources where source_folded = 'payroll'`)).toBe(0)
  })

  test('an update may leave the parent, take it away, but not name one that is not there', async () => {
    const toPosition = (id: string | null): Promise<number> =>
      run(
        own,
        sql`update workers set position_id = ${id} where organisation_id = ${own} and id = 'wkr_0000000000000001'`,
      )
    expect(await toPosition(null)).toBe(1)
    await expect(toPosition('pos_nowhere')).rejects.toMatchObject({ code: '23503' })
    await run(
      own,
      sql`insert into positions (organisation_id, id, version, code, is_stub, created_at, updated_at)
        values (${own}, 'pos_0000000000000001', 1, 'RN', true, '2026-02-01', '2026-02-01')`,
    )
    expect(await toPosition('pos_0000000000000001')).toBe(1)
    expect(await toPosition('pos_0000000000000001')).toBe(1)
  })

  test('parents cannot be taken away from under their children', async () => {
    for (const table of ['workers', 'credentials', 'positions'])
      await expect(run(own, sql`delete from ${sql.table(table)}`)).rejects.toMatchObject({ code: '42501' })
  })
})
