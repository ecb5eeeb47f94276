/**
 * Lists of a large organisation are read in other ways than those of an ordinary one (docs/adr/0010). Whatever the way, the
 * pages are the same: here every filter is asked in every way, on rows few enough to be quick.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { fill, listQueries } from '../bench/lists.ts'
import { buildHttpServer } from '../server/front-doors.ts'
import type { HttpServer } from '../server/platform/http/http-server.ts'
import { forgetSizes, listLimits } from '../server/platform/db/total.ts'
import { apiCaller, tokenFor, type ApiAnswer } from './api-caller.ts'
import { openTestHouse, type TestHouse } from './harness.ts'

const usual = { ...listLimits }
const ways: Readonly<Record<string, Partial<typeof listLimits>>> = {
  'all of few': { largeFrom: -1, fewRows: 1_000_000, exactUpTo: 0 },
  'few by their ids, many by walking': { largeFrom: -1, fewRows: 40, exactUpTo: 20 },
  'none by ids': { largeFrom: -1, fewRows: -1, exactUpTo: 0 },
}

let house: TestHouse
let server: HttpServer

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
afterEach(() => {
  Object.assign(listLimits, usual)
  forgetSizes()
})

interface Walked {
  readonly ids: readonly string[]
  readonly totals: readonly { readonly count: number; readonly isExact: boolean }[]
}

/** Up to eight pages of a list by cursor, and the second by its number. */
async function walk(token: string, query: string): Promise<Walked> {
  const ask = apiCaller(
    () => server,
    () => token,
  )
  const ids: string[] = []
  const totals: { count: number; isExact: boolean }[] = []
  const take = ({ status, payload, body }: ApiAnswer): string | null => {
    expect(status, payload).toBe(200)
    const { total, totalIsExact, nextCursor } = body['meta'] as {
      total: number
      totalIsExact: boolean
      nextCursor: string | null
    }
    ids.push(...(body['data'] as unknown as { id: string }[]).map(({ id }) => id))
    totals.push({ count: total, isExact: totalIsExact })
    return nextCursor
  }
  let cursor = take(await ask('GET', `${query}&pageSize=17`))
  for (let page = 0; cursor !== null && page < 8; page += 1)
    cursor = take(await ask('GET', `${query}&pageSize=17&cursor=${cursor}`))
  take(await ask('GET', `${query}&pageSize=17&page=2`))
  return { ids, totals }
}

test('every filter gives the same pages in every way', { timeout: 120_000 }, async () => {
  const { id } = await house.newOrganisation()
  await fill((statement, values) => house.owner(statement, values), id, 1_500)
  await house.owner('analyze workers, worker_sources, credentials, positions')
  const token = await tokenFor(house, id)
  const [first] = await house.owner<{ id: string }>(
    'select id from workers where organisation_id = $1 order by id',
    [id],
  )
  const queries = listQueries.map((query) => query.replace('{worker}', first?.id ?? ''))
  const expected = new Map<string, Walked>()
  for (const query of queries) expected.set(query, await walk(token, query))
  expect([...expected.values()].filter(({ ids }) => ids.length > 17).length).toBeGreaterThan(15)
  for (const [name, limits] of Object.entries(ways)) {
    Object.assign(listLimits, limits)
    forgetSizes()
    for (const query of queries) {
      const { ids, totals } = await walk(token, query)
      expect({ name, query, ids }).toEqual({ name, query, ids: expected.get(query)?.ids })
      const exact = expected.get(query)?.totals[0]?.count ?? 0
      for (const { count, isExact } of totals)
        if (isExact) expect({ name, query, count }).toEqual({ name, query, count: exact })
    }
  }
})

test('a system finds whom it came to know later, and no longer whom it has handed on', async () => {
  const { id } = await house.newOrganisation()
  await fill((statement, values) => house.owner(statement, values), id, 300)
  await house.owner('analyze workers, worker_sources')
  const token = await tokenFor(house, id)
  Object.assign(listLimits, ways['none by ids'])
  forgetSizes()
  const known = async (): Promise<string[]> =>
    (await walk(token, '/workers?sourceSystem=Rostering')).ids.toSorted()
  const workers = await house.owner<{ id: string }>(
    'select id from workers where organisation_id = $1 and deleted_at is null order by id limit 30',
    [id],
  )
  const [some, others] = [workers.slice(0, 20), workers.slice(20)]
  expect(await known()).toEqual([])
  await house.owner(
    `insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
     select $1, 'rostering', 'R-' || worker, 'Rostering', worker, false, true from unnest($2::text[]) worker`,
    [id, some.map((worker) => worker.id)],
  )
  // The second page is asked for twice: by cursor and by its number.
  expect([...new Set(await known())]).toEqual(some.map((worker) => worker.id))
  for (const [place, other] of others.entries())
    await house.owner(
      `update worker_sources set worker_id = $2 where organisation_id = $1 and source_folded = 'rostering' and worker_id = $3`,
      [id, other.id, some[place]?.id],
    )
  expect([...new Set(await known())]).toEqual(workers.slice(10).map((worker) => worker.id))
})
