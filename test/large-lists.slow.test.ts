/**
 * Lists of a large organisation are read in other ways than those of an ordinary one (docs/adr/0010). Whatever the way, the
 * pages are the same: here every filter is asked in every way, on rows few enough to be quick.
 */
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { fill, listQueries } from '../bench/lists.ts'
import { buildHttpServer } from '../server/front-doors.ts'
import { sql, type Tx } from '../server/platform/db/database.ts'
import type { HttpServer } from '../server/platform/http/http-server.ts'
import { forgetSizes, listLimits } from '../server/platform/db/total.ts'
import { listCredentials } from '../server/workforce/credentials/credentials.ts'
import { listWorkers } from '../server/workforce/workers/workers.ts'
import { apiCaller, tokenFor, type ApiAnswer } from './api-caller.ts'
import { openTestHouse, type TestHouse } from './harness.ts'
import { planOf, rowsRead, type PlanNode } from './plans.ts'

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

test('a system finds what those hold whom it came to know later, however the two met', async () => {
  const { id } = await house.newOrganisation()
  await fill((statement, values) => house.owner(statement, values), id, 120)
  await house.owner('analyze workers, worker_sources, credentials')
  const token = await tokenFor(house, id)
  Object.assign(listLimits, ways['none by ids'])
  forgetSizes()
  const held = async (): Promise<string[]> => [
    ...new Set(
      (await walk(token, '/credentials?ownerSourceSystem=Rostering&jurisdiction=NSW')).ids.toSorted(),
    ),
  ]
  const [one, two] = await house.owner<{ id: string }>(
    'select id from workers where organisation_id = $1 and deleted_at is null order by id limit 2',
    [id],
  )
  const asApp = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => house.runtime.db.scoped(id, work)
  const hold = (tx: Tx, credential: string, worker = one?.id): Promise<number> =>
    tx.run(sql`insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, jurisdiction,
        declared_channel, declared_by, declared_at, assurance, lifecycle, licence_status, status_reasons, created_at, updated_at)
      values (${id}, ${credential}, 1, ${worker}, 'CPR', ${credential}, 'NSW', 'API', 'x', '2026-01-01', 'DECLARED', 'ACTIVE', 'green', '{}',
        '2026-01-01', '2026-01-01')`)
  const know = (tx: Tx, worker = one?.id): Promise<number> =>
    tx.run(sql`insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
      values (${id}, 'rostering', ${worker}, 'Rostering', ${worker}, false, true)`)

  await asApp((tx) => hold(tx, 'cred_before'))
  expect(await held()).toEqual([])
  // At the same time: who comes second waits for the first, and sees what it did.
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const holding = asApp(async (tx) => {
    await hold(tx, 'cred_meanwhile')
    reached.resolve()
    await goOn.promise
  })
  await reached.promise
  const knowing = asApp((tx) => know(tx))
  await vi.waitFor(
    async () => {
      const [waiting] = await house.owner<{ n: number }>(
        "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into worker_sources%'",
      )
      expect(waiting?.n).toBe(1)
    },
    { timeout: 20_000 },
  )
  goOn.resolve()
  await Promise.all([holding, knowing])
  expect(await held()).toEqual(['cred_before', 'cred_meanwhile'])
  // Later, come back from deletion, and handed on.
  await asApp((tx) => hold(tx, 'cred_after'))
  await asApp((tx) => hold(tx, 'cred_back', two?.id))
  await asApp((tx) => tx.run(sql`update credentials set deleted_at = '2026-02-01' where id = 'cred_back'`))
  await asApp((tx) =>
    tx.run(sql`update worker_sources set worker_id = ${two?.id} where source_folded = 'rostering'`),
  )
  expect(await held()).toEqual([])
  await asApp((tx) => tx.run(sql`update credentials set deleted_at = null where id = 'cred_back'`))
  await asApp((tx) => tx.run(sql`update credentials set worker_id = ${two?.id} where id = 'cred_after'`))
  expect(await held()).toEqual(['cred_after', 'cred_back'])
})

test('what a system’s people hold comes in the order of their keys there, each of them once', async () => {
  const { id } = await house.newOrganisation()
  await fill((statement, values) => house.owner(statement, values), id, 120)
  // One has three keys there, in both cases of letters one that another system has too; one has two more documents.
  await house.owner(
    `insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
     select $1, source, key, source, 'wkr_' || substr(md5(n::text), 1, 16), false, true
     from (values ('rostering', 'R-30', 5), ('rostering', 'R-10', 5), ('rostering', 'r-10', 5), ('rostering', 'R-20', 6),
       ('rostering', 'R-05', 7), ('other', 'R-20', 8)) t (source, key, n)`,
    [id],
  )
  await house.owner(
    `insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, declared_channel, declared_by,
       declared_at, assurance, lifecycle, licence_status, status_reasons, created_at, updated_at)
     select $1, 'cred_more' || n, 1, 'wkr_' || substr(md5('6'), 1, 16), 'CPR', 'more' || n, 'API', 'x', '2026-01-01', 'DECLARED',
       'ACTIVE', 'green', '{}', '2026-01-01', '2026-01-01' from generate_series(1, 2) n`,
    [id],
  )
  const token = await tokenFor(house, id)
  const credential = (n: number): Promise<string> =>
    house
      .owner<{ id: string }>("select 'cred_' || substr(md5('c' || $1::text), 1, 16) as id", [n])
      .then(([row]) => row?.id ?? '')
  const expected = [
    await credential(7),
    await credential(5),
    ...[await credential(6), 'cred_more1', 'cred_more2'].toSorted(),
  ]
  const ask = apiCaller(
    () => server,
    () => token,
  )
  for (const limits of [{}, ...Object.values(ways)]) {
    Object.assign(listLimits, usual, limits)
    forgetSizes()
    for (const pageSize of [1, 2, 50]) {
      const found: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const { status, payload, body } = await ask(
          'GET',
          `/credentials?ownerSourceSystem=ROSTERING&total=exact&pageSize=${pageSize}${cursor && `&cursor=${cursor}`}`,
        )
        expect(status, payload).toBe(200)
        const meta = body['meta'] as unknown as { total: number; nextCursor: string | null }
        expect(meta.total).toBe(expected.length)
        found.push(...(body['data'] as unknown as { id: string }[]).map((one) => one.id))
        cursor = meta.nextCursor
      }
      expect(found).toEqual(expected)
    }
  }
})

test('the longest name and e-mail fit into the indexes that lists walk', async () => {
  const { id } = await house.newOrganisation()
  const ask = apiCaller(() => server, await tokenFor(house, id).then((token) => () => token))
  // Of three bytes each, and scattered, so that nothing is won by packing them.
  const scattered = (salt: string, length: number): string =>
    Array.from({ length }, (_, n) => {
      const hash = createHash('sha256').update(`${salt}${n}`).digest().readUInt32LE()
      return String.fromCodePoint(0x4e00 + (hash % 20_000))
    }).join('')
  for (const [n, status] of (['ACTIVE', 'INACTIVE'] as const).entries()) {
    const { status: code, payload } = await ask('POST', '/workers', {
      identity: { displayName: scattered(`name${n}`, 300), lastName: scattered(`family${n}`, 200) },
      contact: { workEmail: `${scattered(`mail${n}`, 308)}@example.com` },
      employment: { status },
    })
    expect(code, payload).toBe(201)
  }
  const found = await ask('GET', `/workers?query=${encodeURIComponent(scattered('mail1', 3))}`)
  expect(found.body['data']).toMatchObject([{ attributes: { employment: { status: 'INACTIVE' } } }])
})

describe('of what it leaves out, a page reads the index alone', () => {
  let id: string
  const page = { limit: 25, offset: 0, after: null, counting: { count: 0, isExact: false } } as const

  beforeAll(async () => {
    id = (await house.newOrganisation()).id
    await fill((statement, values) => house.owner(statement, values), id, 30_000)
    // As large ones are: a name has many who begin like it. A page on which something is not yet visible to all, since somebody
    // still looks at what was before, is left out by vacuum, and its rows would be fetched.
    const tables = ['workers', 'worker_sources', 'credentials', 'positions']
    for (const table of tables)
      await vi.waitFor(
        async () => {
          await house.owner(`vacuum (freeze, analyze, index_cleanup on) ${table}`)
          const [pages] = await house.owner<{ hidden: number }>(
            'select relpages - relallvisible as hidden from pg_class where oid = $1::regclass',
            [table],
          )
          expect(pages).toEqual({ hidden: 0 })
        },
        { timeout: 60_000, interval: 200 },
      )
  }, 120_000)

  /** The rows of a table that were fetched, found or left out. */
  const fetched = (nodes: readonly PlanNode[], table: string): number =>
    nodes
      .filter((node) => node['Relation Name'] === table)
      .reduce(
        (sum, node) =>
          sum + (node['Node Type'] === 'Index Only Scan' ? (node['Heap Fetches'] ?? 0) : rowsRead(node)),
        0,
      )

  test.each([
    ['a position and a colour', { positionId: 'POS-7', licenceStatus: 'red' }],
    ['inactive ones of a colour', { status: 'INACTIVE', licenceStatus: 'red' }],
    [
      'a system, a position and a colour',
      { sourceSystem: 'PAYROLL', positionId: 'POS-7', licenceStatus: 'red' },
    ],
    [
      'the beginning of names, a status and a colour',
      { query: 'ma', status: 'ACTIVE', licenceStatus: 'yellow' },
    ],
    ['a letter of family names that stands late among the names', { query: 'z' }],
    ['a letter of family names and a colour', { query: 'z', licenceStatus: 'green' }],
    ['two letters of family names', { query: 'z1', status: 'ACTIVE' }],
    ['the beginning of e-mails', { query: 'p17' }],
    ['the beginning of e-mails of inactive ones', { query: 'p17', status: 'INACTIVE' }],
  ] as const)('of workers by %s', async (_name, filter) => {
    Object.assign(listLimits, ways['none by ids'])
    for (const after of [null, ['maria c', '']] as const) {
      const nodes = await planOf(house, id, (ctx) => listWorkers(ctx, filter, { ...page, after }))
      // Hundreds are left out. A row on a page that vacuum could not mark is fetched as well, so there is room for some.
      expect(fetched(nodes, 'workers')).toBeLessThanOrEqual(page.limit * 2)
    }
  })

  test('of workers by one letter of family names, no more of its index than a page', async () => {
    Object.assign(listLimits, ways['none by ids'])
    for (const after of [null, ['maria c', '']] as const) {
      const nodes = await planOf(house, id, (ctx) => listWorkers(ctx, { query: 'z' }, { ...page, after }))
      const walked = nodes.filter((node) => node['Index Name'] === 'workers_by_family_letter')
      expect(walked).toHaveLength(1)
      // A few deleted ones among them.
      for (const node of walked) expect(rowsRead(node)).toBeLessThanOrEqual(page.limit * 2)
    }
  })

  test.each([
    { credentialType: 'CPR' },
    { credentialType: 'CPR', licenceStatus: 'red' },
    { jurisdiction: 'TAS' },
    { assurance: 'VERIFIED' },
    { eligibility: 'MAY_NOT_ENGAGE' },
  ] as const)('of what a system’s people hold that is %j', async (filter) => {
    Object.assign(listLimits, ways['none by ids'])
    for (const after of [null, ['cred_8']]) {
      const nodes = await planOf(house, id, (ctx) =>
        listCredentials(ctx, { ownerSourceSystem: 'Payroll', ...filter }, { ...page, after }),
      )
      // Who is meant, what is known of them, and what is shown: each is fetched once for a row of the page.
      expect(fetched(nodes, 'credentials')).toBeLessThanOrEqual(page.limit * 3)
    }
  })

  test('of credentials by their expiry, however deep', async () => {
    const nodes = await planOf(house, id, (ctx) =>
      listCredentials(ctx, { expiringBefore: '2029-06-01' }, { ...page, after: ['2028-01-01', 'cred_8'] }),
    )
    expect(fetched(nodes, 'credentials')).toBeLessThanOrEqual(page.limit * 2)
    expect(nodes.find((node) => node['Index Name'] === 'credentials_by_expiry')?.['Index Cond']).toContain(
      'ROW',
    )
  })

  test('of what a system’s people hold, however few it knows', async () => {
    for (const after of [null, ['E15', '']]) {
      const nodes = await planOf(house, id, (ctx) =>
        listCredentials(ctx, { ownerSourceSystem: 'Payroll' }, { ...page, after }),
      )
      const green = await planOf(house, id, (ctx) =>
        listCredentials(ctx, { ownerSourceSystem: 'Payroll', licenceStatus: 'green' }, { ...page, after }),
      )
      // The ids, then what they stand for; a few are deleted, and others of another colour.
      for (const table of ['credentials', 'worker_sources']) {
        expect(fetched(nodes, table)).toBeLessThanOrEqual(page.limit * 3)
        expect(fetched(green, table)).toBeLessThanOrEqual(page.limit * 5)
      }
    }
  })
})
