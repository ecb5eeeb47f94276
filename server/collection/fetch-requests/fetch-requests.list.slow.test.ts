/** Lists of a large organisation read no more than a page needs, whatever is filtered by (spec 30: a million requests). */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { planOf, rowsRead, type PlanNode } from '../../../test/plans.ts'
import { forgetSizes, listLimits } from '../../platform/db/total.ts'
import type { FetchRequestFilter } from './fetch-requests.schema.ts'
import { listFetchRequests } from './fetch-requests.ts'

const usual = { ...listLimits }
const requests = 60_000

let house: TestHouse
let id: string

beforeAll(async () => {
  house = await openTestHouse()
  id = (await house.newOrganisation()).id
  await house.owner(
    `insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, work_email,
       work_email_folded, status, source_bits, created_at, updated_at)
     select $1, 'wkr_' || substr(md5(n::text), 1, 16), 1, name, name, split_part(name, ' ', 2), mail, mail, 'ACTIVE', 0, '2026-01-01', '2026-01-01'
     from (select n, case n % 3 when 0 then 'maria' else 'person' end || ' ' || substr(md5('f' || n), 1, 8) as name,
       'w' || n || '@example.com' as mail from generate_series(1, 20000) n) people`,
    [id],
  )
  // Most have been answered; three in a thousand are open, and what changed lately was made long ago.
  await house.owner(
    `insert into fetch_requests (organisation_id, id, worker_id, display_name, requirements, guiding_texts, expiry_days, channel,
       generation, link_key_version, token_hash, token_expires_at, issued_at, status, furthest, initiated_at, created_at, updated_at)
     select $1, 'cap_' || substr(md5('r' || n), 1, 16), 'wkr_' || substr(md5((n % 20000 + 1)::text), 1, 16), 'Fetch Request', '{"allOf": []}', '{}',
       14, 'LINK', 1, 1, sha256(n::text::bytea), '2026-02-01', '2026-01-01',
       case when n % 1000 < 3 then 'OPENED' when n % 10 = 0 then 'CANCELLED' else 'COMPLETED' end, 'INITIATED', '2026-01-01',
       timestamptz '2025-01-01' + n * interval '1 minute',
       case when n < 40 then timestamptz '2026-03-01' else timestamptz '2025-01-01' + n * interval '1 minute' end
     from generate_series(1, ${requests}) n`,
    [id],
  )
  await house.owner('analyze workers, fetch_requests')
}, 120_000)
afterAll(() => house.close())
afterEach(() => {
  Object.assign(listLimits, usual)
  forgetSizes()
})

const page = { limit: 25, offset: 0, after: null, counting: 'QUICK' } as const

/** What is read of the requests to find a page; the rows that are shown are read once more. */
async function readFor(
  filter: FetchRequestFilter,
  after: { at: Date; id: string } | null = null,
): Promise<number> {
  const plan: PlanNode[] = await planOf(house, id, (ctx) =>
    listFetchRequests(ctx, filter, { ...page, after }),
  )
  return plan
    .filter(
      (node) =>
        node['Relation Name'] === 'fetch_requests' || node['Index Name']?.startsWith('fetch_requests'),
    )
    .reduce((sum, node) => sum + rowsRead(node), 0)
}

const worker = async (n: number): Promise<string> => {
  const [row] = await house.owner<{ id: string }>("select 'wkr_' || substr(md5($1::text), 1, 16) as id", [
    String(n),
  ])
  return row?.id ?? ''
}

describe('a page of a list in which there are many', () => {
  test.each<[string, () => Promise<FetchRequestFilter>]>([
    ['all', async () => ({})],
    ['one state, which few have', async () => ({ status: ['OPENED'] })],
    ['one state, which nobody has', async () => ({ status: ['SUBMITTED'] })],
    ['several states', async () => ({ status: ['OPENED', 'SENT', 'PARTIALLY_COMPLETED', 'CANCELLED'] })],
    ['one worker', async () => ({ workerId: await worker(7) })],
    ['one worker in a state', async () => ({ workerId: await worker(7), status: ['OPENED'] })],
    ['an address', async () => ({ query: 'w17@' })],
    ['nobody’s name', async () => ({ query: 'zzz' })],
    ['a name that many have', async () => ({ query: 'maria' })],
    ['what changed lately', async () => ({ updatedSince: new Date('2026-02-15T00:00:00Z') })],
    ['deleted ones too', async () => ({ includeDeleted: true })],
  ])('%s', async (_name, filter) => {
    expect(await readFor(await filter())).toBeLessThan(600)
  })

  test('deep down, by cursor', async () => {
    const after = { at: new Date('2025-01-10T00:00:00Z'), id: 'cap_zzzz' }
    for (const filter of [{}, { status: ['COMPLETED', 'CANCELLED'] as const }]) {
      const read = await readFor(filter, after)
      expect(read).toBeGreaterThan(page.limit)
      expect(read).toBeLessThan(600)
    }
  })

  test('pages by cursor give each once, in the order of the list', async () => {
    const seen: string[] = []
    let after: { at: Date; id: string } | null = null
    const filter = { status: ['OPENED', 'CANCELLED'] } as const
    for (let n = 0; n < 20; n += 1) {
      const { requests: shown } = await house.runtime.read(
        id,
        { actor: { kind: 'OPERATOR', id: null }, channel: 'CLI', requestId: null },
        (ctx) => listFetchRequests(ctx, filter, { ...page, after }),
      )
      seen.push(...shown.map((one) => one.id))
      const last = shown.at(-1)
      if (last) after = { at: new Date(last.sortKey[0]), id: last.id }
    }
    const expected = await house.owner<{ id: string }>(
      `select id from fetch_requests where organisation_id = $1 and status in ('OPENED', 'CANCELLED')
       order by created_at desc, id desc limit 500`,
      [id],
    )
    expect(seen).toEqual(expected.map((row) => row.id))
  })
})
