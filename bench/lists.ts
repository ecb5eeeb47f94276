/** Lists of 25 in a large organisation beside the same in a small one: any filter, first page and deep by cursor. */
import { buildHttpServer } from '../server/front-doors.ts'
import { systemCaller } from '../server/platform/context.ts'
import { basePath } from '../server/platform/http/http-server.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { listOrganisations } from '../server/tenancy/organisations/organisations.ts'
import { median, openBenchHouse } from './house.ts'

/** Filters as a query string; `{…}` is filled from the organisation. */
export const listQueries: readonly string[] = [
  '/workers?',
  '/workers?includeDeleted=true',
  '/workers?status=ACTIVE',
  '/workers?status=INACTIVE',
  '/workers?licenceStatus=green',
  '/workers?licenceStatus=red',
  '/workers?positionId=POS-7',
  '/workers?sourceSystem=HRMS',
  '/workers?sourceSystem=PAYROLL',
  '/workers?externalId=E17',
  '/workers?query=ma',
  '/workers?query=maria%20c',
  '/workers?query=p17',
  '/workers?query=zzz',
  '/workers?query=c0ff',
  '/workers?query=p',
  '/workers?query=b',
  '/workers?query=m',
  '/workers?query=z',
  '/workers?query=pr',
  '/workers?query=b1',
  '/workers?query=p&status=INACTIVE',
  '/workers?query=p1&status=INACTIVE',
  '/workers?query=b&licenceStatus=red',
  '/workers?query=p17&positionId=POS-7',
  '/workers?query=b&positionId=POS-7',
  '/workers?updatedSince=2026-06-01T00:00:00Z&licenceStatus=red',
  '/workers?updatedSince=2026-06-01T00:00:00Z',
  '/workers?updatedSince=2020-01-01T00:00:00Z',
  '/workers?positionId=POS-7&licenceStatus=red',
  '/workers?status=INACTIVE&licenceStatus=red',
  '/workers?status=ACTIVE&licenceStatus=yellow&query=ma',
  '/workers?sourceSystem=PAYROLL&status=INACTIVE',
  '/workers?sourceSystem=PAYROLL&positionId=POS-7&licenceStatus=red',
  '/workers?include=credentials',
  '/credentials?',
  '/credentials?includeDeleted=true',
  '/credentials?credentialType=CPR',
  '/credentials?category=CHILD_SAFETY',
  '/credentials?licenceStatus=red',
  '/credentials?credentialType=CPR&licenceStatus=red',
  '/credentials?jurisdiction=TAS',
  '/credentials?assurance=VERIFIED',
  '/credentials?assurance=REVIEWED',
  '/credentials?eligibility=MAY_NOT_ENGAGE',
  '/credentials?expiringBefore=2026-01-10',
  '/credentials?expiringBefore=2026-01-10&credentialType=CPR',
  '/credentials?workerId={worker}',
  '/credentials?ownerExternalId=E17',
  '/credentials?ownerSourceSystem=PAYROLL',
  '/credentials?ownerSourceSystem=PAYROLL&credentialType=CPR',
  '/credentials?ownerSourceSystem=PAYROLL&licenceStatus=red',
  '/credentials?ownerSourceSystem=PAYROLL&credentialType=CPR&licenceStatus=red',
  '/credentials?ownerSourceSystem=PAYROLL&jurisdiction=TAS',
  '/credentials?ownerSourceSystem=PAYROLL&eligibility=MAY_NOT_ENGAGE',
  '/credentials?ownerSourceSystem=HRMS&eligibility=MAY_NOT_ENGAGE',
  '/credentials?ownerSourceSystem=PAYROLL&assurance=VERIFIED',
  '/credentials?updatedSince=2026-06-01T00:00:00Z',
]

const firstNames = ['Maria', 'John', 'Wei', 'Aisha', 'Noah', 'Olivia', 'Liam', 'Zoe', 'Priya', 'Tom']
const types = [
  'AHPRA',
  'WWCC_VIC',
  'WWCC_NSW',
  'POLICE_CHECK',
  'CPR',
  'FIRST_AID',
  'NDIS_WORKER_SCREENING',
  'WWCC_WA',
]

/** A number from 0 below `below`, the same at each run and with no bearing on the others of its row. */
const chance = (salt: string, below: number): string =>
  `(('x' || substr(md5('${salt}' || n), 1, 7))::bit(28)::int % ${below})`

/**
 * Fills the books straight away: what is measured is reading them.
 * @param commoner what is rare is so many times more frequent
 */
export async function fill(
  asOwner: (statement: string, values?: unknown[]) => Promise<unknown>,
  organisation: string,
  workers: number,
  commoner = 1,
): Promise<void> {
  const rarely = (salt: string, below: number): string => chance(salt, Math.ceil(below / commoner))
  const list = (values: readonly string[]): string => `(array['${values.join("','")}'])`
  await asOwner(
    `insert into positions (organisation_id, id, version, code, is_stub, created_at, updated_at)
     select $1, 'pos_' || lpad(n::text, 16, '0'), 1, 'POS-' || n, false, '2026-01-01', '2026-01-01' from generate_series(1, 200) n`,
    [organisation],
  )
  // Numbers are scattered, so that rows which belong together do not lie together.
  await asOwner(
    `insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, work_email, work_email_folded, position_id,
       worker_type, status, licence_status, source_bits, created_at, updated_at, deleted_at)
     select $1, 'wkr_' || substr(md5(n::text), 1, 16), 1, name, lower(name), split_part(name, ' ', 2), mail, mail, 'pos_' || lpad((${chance('p', 200)} + 1)::text, 16, '0'),
       'EMPLOYEE', case when ${chance('s', 20)} = 0 then 'INACTIVE' else 'ACTIVE' end,
       case when ${chance('c', 10)} < 7 then 'green' when ${chance('c', 10)} < 9 then 'yellow' else 'red' end,
       source_bit(case when ${rarely('k', 50)} = 0 then 'payroll' else 'hrms' end), '2026-01-01',
       case when ${rarely('u', 1_000)} = 1 then timestamptz '2026-06-02' else '2026-01-01' end, case when ${chance('d', 100)} = 9 then timestamptz '2026-01-01' end
     from generate_series(1, $2::int) n
     cross join lateral (select ${list(firstNames)}[${chance('f', 10)} + 1] || ' ' || chr(97 + ${chance('l', 26)}) || substr(md5('n' || n), 1, 8) as name,
       'p' || n || '@example.com' as mail) t`,
    [organisation, workers],
  )
  await asOwner(
    `insert into worker_sources (organisation_id, source_folded, external_id, source_system, worker_id, is_primary, is_present)
     select $1, case when ${rarely('k', 50)} = 0 then 'payroll' else 'hrms' end, 'E' || n, case when ${rarely('k', 50)} = 0 then 'PAYROLL' else 'HRMS' end,
       'wkr_' || substr(md5(n::text), 1, 16), true, true from generate_series(1, $2::int) n`,
    [organisation, workers],
  )
  await asOwner(
    `insert into credentials (organisation_id, id, version, worker_id, credential_type, number_normalised, jurisdiction, declared_number,
       declared_expiry_date, declared_channel, declared_by, declared_at, eligibility, assurance, lifecycle, licence_status, status_reasons,
       status_due_on, owner_bits, created_at, updated_at, deleted_at)
     select $1, 'cred_' || substr(md5('c' || n), 1, 16), 1, 'wkr_' || substr(md5(n::text), 1, 16), ${list(types)}[${chance('t', 8)} + 1], n::text,
       case when ${rarely('j', 40)} = 0 then 'TAS' else 'VIC' end, n::text, date '2026-01-01' + ${rarely('x', 1_500)}, 'API', 'x', '2026-01-01',
       case when ${rarely('e', 500)} = 0 then 'MAY_NOT_ENGAGE' when ${chance('e', 3)} = 0 then 'MAY_ENGAGE' end,
       case when ${chance('e', 3)} = 0 then 'VERIFIED' when ${rarely('e', 200)} = 1 then 'REVIEWED' else 'DECLARED' end, 'ACTIVE',
       case when ${chance('c', 10)} < 7 then 'green' when ${chance('c', 10)} < 9 then 'yellow' else 'red' end, '{}', '2027-01-01',
       source_bit(case when ${rarely('k', 50)} = 0 then 'payroll' else 'hrms' end), '2026-01-01',
       case when ${rarely('u', 1_000)} = 1 then timestamptz '2026-06-02' else '2026-01-01' end, case when ${chance('d', 100)} = 8 then timestamptz '2026-01-01' end
     from generate_series(1, $2::int) n`,
    [organisation, workers],
  )
}

/** Where a page deep in a list of each order begins. */
const farKeys = {
  workers: ['maria v', ''],
  id: ['cred_e'],
  expiry: ['2026-01-07', 'cred_8'],
  change: ['2026-06-02T00:00:00.000Z', 'cred_8'],
  owner: ['E6', ''],
} as const

export interface ListFigures {
  readonly query: string
  readonly firstMs: number
  readonly deepMs: number | null
  readonly smallFirstMs: number
  readonly smallDeepMs: number | null
}

/** Asks for a page; how long it took, in milliseconds. */
type Page = () => Promise<number>

/** Medians of one and the other, by turns: what else the machine does in the meantime meets both. */
async function byTurns(one: Page, other: Page, repeats: number): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []]
  for (let n = 0; n <= repeats; n += 1) {
    const [few, many] = [await one(), await other()]
    // The first reads what is not in memory yet.
    if (n === 0) continue
    times[0].push(few)
    times[1].push(many)
  }
  return [median(times[0]), median(times[1])]
}

/**
 * @param workers in the large organisation; the small one has 1,000
 * @param kept a folder in which the organisations stay when they are filled, for the next time: filling takes longer than measuring
 */
export async function measureLists(workers: number, repeats: number, kept?: string): Promise<ListFigures[]> {
  const house = await openBenchHouse({}, kept)
  const server = await buildHttpServer(house.runtime, '0.0.0')
  try {
    const open = async (
      name: string,
      count: number,
      commoner?: number,
    ): Promise<(query: string) => Promise<{ first: Page; deep: Page | null }>> => {
      const there = (await listOrganisations(house.runtime)).find((one) => one.name === name)
      const { id } = there ?? (await house.newOrganisation(name))
      if (!there) await fill((statement, values) => house.asOwner(statement, values), id, count, commoner)
      const { token } = await house.runtime.write(id, systemCaller, (ctx) =>
        createToken(ctx, { name: 'bench', grants: allGrants }),
      )
      const get = async (
        path: string,
      ): Promise<{
        ms: number
        body: {
          data: { id: string; attributes: Record<string, never> }[]
          meta: { nextCursor: string | null; total: number }
        }
      }> => {
        const started = performance.now()
        const answer = await server.inject({
          url: basePath + path,
          headers: { authorization: `Bearer ${token}` },
        })
        const ms = performance.now() - started
        if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.payload}`)
        return { ms, body: answer.json() }
      }
      const { total } = (await get('/credentials?pageSize=1&includeDeleted=true&total=exact')).body.meta
      if (total !== count)
        throw new Error(`"${name}" holds ${total} credentials instead of ${count}: remove ${kept}.`)
      const worker = (await get('/workers?pageSize=1')).body.data[0]?.id ?? ''
      return async (pattern) => {
        const query = pattern.replace('{worker}', worker)
        const first = async (): Promise<number> => (await get(query)).ms
        const { nextCursor } = (await get(`${query}&pageSize=25`)).body.meta
        if (nextCursor === null) return { first, deep: null }
        // The same cursor with its key set far behind the middle of the list.
        const [key, ...rest] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as [
          string[],
          ...unknown[],
        ]
        const far =
          farKeys[
            query.startsWith('/workers')
              ? 'workers'
              : key.length === 1
                ? 'id'
                : /[?]ownerSourceSystem=\w+(?:&licenceStatus=\w+)?$/.test(query)
                  ? 'owner'
                  : key[0]?.length === 10
                    ? 'expiry'
                    : 'change'
          ]
        const cursor = Buffer.from(JSON.stringify([key.length === far.length ? far : key, ...rest])).toString(
          'base64url',
        )
        return { first, deep: async () => (await get(`${query}&cursor=${cursor}`)).ms }
      }
    }
    // A page of one row would be no peer of a page of 25: most of its filters are met by as many as fill one.
    const small = await open('Small', 1_000, 20)
    const large = await open('Large', workers)
    await house.asOwner('vacuum (analyze) workers, worker_sources, credentials, positions')
    const figures: ListFigures[] = []
    for (const query of listQueries) {
      const [few, many] = [await small(query), await large(query)]
      const [smallFirstMs, firstMs] = await byTurns(few.first, many.first, repeats)
      const [smallDeepMs, deepMs] =
        few.deep && many.deep ? await byTurns(few.deep, many.deep, repeats) : [null, null]
      figures.push({ query, firstMs, deepMs, smallFirstMs, smallDeepMs })
    }
    return figures
  } finally {
    await server.close()
    await house.close()
  }
}
