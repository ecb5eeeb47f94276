/**
 * A published list of 5,000 rows against 100,000 workers: who is on it comes to review however the name was written down, nobody becomes
 * red by a name, and of the others few have to be looked at. The figures are printed.
 */
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { bringList } from '../../server/evidence/registers/registers.lists.ts'
import { connectorInput } from '../../server/evidence/registers/registers.schema.ts'
import { prepareConnector, setConnector } from '../../server/evidence/registers/registers.ts'
import { openTestHouse, operator } from '../harness.ts'
import { faulted, faults, madePeople, seeded, type MadePerson } from '../population.ts'

const register = 'AGED_CARE_BANNING_ORDERS'
const workers = 100_000
const rows = 5_000
const planted = 450

test(
  'of 100,000 workers those on a list of 5,000 come to review, and few of the others',
  { timeout: 600_000 },
  async () => {
    const house = await openTestHouse()
    try {
      const { id: organisationId } = await house.newOrganisation()
      const listed = madePeople(77, rows)
      const random = seeded(4)
      const onList = listed
        .slice(0, planted)
        .map((one, at) => faulted(random, one, faults[at % faults.length] ?? 'typo'))
      const everybody = [...onList, ...madePeople(78, workers - planted)]
      await fill(house, organisationId, everybody)
      const columns = {
        reference: 'Reference',
        familyName: 'Surname',
        givenNames: 'Given',
        middleNames: 'Middle',
        birthDate: 'Born',
        state: 'State',
      }
      const prepared = await prepareConnector(
        house.runtime,
        organisationId,
        connectorInput.parse({ kind: 'list', settings: { columns } }),
      )
      await house.runtime.write(organisationId, operator, (ctx) =>
        setConnector(ctx, prepared, register, { isSandbox: true }),
      )
      const lines = listed.map(({ family, given, middle, birthDate, state }, at) =>
        [`R${at}`, family, given, middle ?? '', birthDate, state].join(','),
      )
      const csv = ['Reference,Surname,Given,Middle,Born,State', ...lines].join('\n')
      const started = performance.now()
      await bringList(house.runtime, organisationId, operator, register, {
        name: 'orders.csv',
        content: Readable.from([Buffer.from(csv)]),
      })
      await house.drain()
      const seconds = (performance.now() - started) / 1_000
      const outcomes = await house.owner<{ outcome: string; count: number }>(
        'select outcome, count(*)::int as count from ban_checks where organisation_id = $1 group by outcome',
        [organisationId],
      )
      const count = (outcome: string): number => outcomes.find((one) => one.outcome === outcome)?.count ?? 0
      const found = await house.owner<{ id: string }>(
        `select m.worker_id as id from ban_matches m join published_list_entries e on e.organisation_id = m.organisation_id
         and e.register = m.register and e.key = m.entry_key
       where m.organisation_id = $1 and m.status = 'POSSIBLE' and m.worker_id = 'wkr_' || lpad(substr(e.content ->> 'reference', 2), 16, '0')`,
        [organisationId],
      )
      const load = (count('POSSIBLE') - planted) / (workers - planted)
      process.stdout.write(
        `ban checks: ${workers} workers, ${rows} rows: ${seconds.toFixed(1)} s; planted ${planted}, found ${found.length}; others to review ${(load * 100).toFixed(3)} %\n`,
      )
      expect(count('CLEAR') + count('POSSIBLE')).toBe(workers)
      expect(count('MATCH')).toBe(0)
      expect(found.length).toBe(planted)
      expect(load).toBeLessThanOrEqual(0.005)
      const [waiting] = await house.owner<{ count: number }>(
        `select count(distinct worker_id)::int as count from reviews where organisation_id = $1 and reason = 'LIST_MATCH' and status = 'OPEN'`,
        [organisationId],
      )
      expect(waiting?.count).toBe(count('POSSIBLE'))
    } finally {
      await house.close()
    }
  },
)

/** The n-th person is the worker of the n-th id: who was planted is known by the number of the row. */
async function fill(
  house: Awaited<ReturnType<typeof openTestHouse>>,
  organisationId: string,
  people: readonly MadePerson[],
): Promise<void> {
  const batch = 5_000
  for (let at = 0; at < people.length; at += batch) {
    const some = people.slice(at, at + batch).map((one, place) => ({
      ...one,
      id: `wkr_${String(at + place).padStart(16, '0')}`,
      birth_date: one.birthDate,
    }))
    await house.owner(
      `insert into workers (organisation_id, id, version, display_name, display_name_folded, family_name_folded, first_name, middle_name,
         last_name, birth_date, state, status, created_at, updated_at)
       select $1, p.id, 1, p.given || ' ' || p.family, lower(p.given || ' ' || p.family), lower(p.family), p.given, p.middle, p.family,
         p.birth_date, p.state, 'ACTIVE', now(), now()
       from jsonb_to_recordset($2::jsonb) p (id text, given text, middle text, family text, birth_date date, state text)`,
      [organisationId, JSON.stringify(some)],
    )
  }
}
