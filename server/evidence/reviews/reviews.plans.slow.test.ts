/**
 * The queue of a large organisation, most of it decided long ago: whatever is asked for, a page reads about a page of rows.
 * REVIEWS_ROWS=1000000 asks it of a million.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { planOf, rowsRead } from '../../../test/plans.ts'
import type { ReviewFilter } from './reviews.schema.ts'
import { findReviews, type ReviewPage } from './reviews.store.ts'

const rows = Number(process.env['REVIEWS_ROWS'] ?? 60_000)
const page: ReviewPage = { limit: 25, offset: 0, after: null, counting: { count: 1, isExact: true } }

describe(`of ${rows} reviews a page reads about a page`, () => {
  let house: TestHouse
  let organisationId: string
  beforeAll(async () => {
    house = await openTestHouse()
    organisationId = (await house.newOrganisation()).id
    // One in ten waits; one in a hundred of these is assigned, to one of ten; documents are most.
    await house.owner(
      `insert into reviews (organisation_id, id, reason, subject_type, subject_id, facts, status, turn_at, assignee_id, decision, decided_by_kind,
          decided_at, opened_at, updated_at)
        select $1, 'rev_' || md5(n::text), case when n % 97 = 0 then 'LIST_MATCH' when n / 10 % 5 = 0 then 'REGISTER_ANSWER' else 'DOCUMENT' end,
          'thing', n::text, '{}', case when n % 10 > 0 then 'DECIDED' when n % 1000 = 0 then 'AWAITING_SECOND' else 'OPEN' end,
          timestamptz '2026-01-01' + n * interval '1 minute', case when n % 1000 = 10 then 'usr_' || n / 1000 % 10 end,
          case when n % 10 > 0 or n % 1000 = 0 then 'ACCEPT' end, case when n % 10 > 0 or n % 1000 = 0 then 'TOKEN' end,
          case when n % 10 > 0 or n % 1000 = 0 then timestamptz '2026-01-02' end,
          timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n * interval '1 minute'
        from generate_series(1, $2::integer) n`,
      [organisationId, rows],
    )
    await house.owner('analyze reviews')
  }, 600_000)
  afterAll(() => house.close())

  const middle = { at: new Date(Date.UTC(2026, 0, 1) + (rows / 2) * 60_000), id: 'rev_8' }
  test.each<[string, ReviewFilter]>([
    ['what waits', {}],
    ['of a reason', { reason: 'DOCUMENT' }],
    ['of a rare reason', { reason: 'LIST_MATCH' }],
    ['of somebody', { assignee: 'usr_3' }],
    ['of nobody', { assignee: 'none' }],
    ['of nobody and a reason', { assignee: 'none', reason: 'REGISTER_ANSWER' }],
    ['of a status', { status: 'AWAITING_SECOND' }],
    ['open', { status: 'OPEN' }],
    ['decided', { status: 'DECIDED' }],
    ['decided, of a rare reason', { status: 'DECIDED', reason: 'LIST_MATCH' }],
    ['changed', { updatedSince: middle.at }],
  ])('%s', async (_what, filter) => {
    for (const after of [null, middle]) {
      const nodes = await planOf(house, organisationId, (ctx) => findReviews(ctx, filter, { ...page, after }))
      const read = nodes
        .filter((node) => node['Relation Name'] === 'reviews')
        .reduce((sum, node) => sum + rowsRead(node), 0)
      expect(read, JSON.stringify(filter)).toBeGreaterThan(0)
      expect(read, JSON.stringify([filter, nodes])).toBeLessThanOrEqual(page.limit * 12)
    }
  })
})
