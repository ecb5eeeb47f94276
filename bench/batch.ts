/** `POST /workers/batch` with 1,000 people, beside one bare upsert of the same rows and beside 1,000 single requests. */
import { buildHttpServer } from '../server/front-doors.ts'
import { systemCaller } from '../server/platform/context.ts'
import { basePath } from '../server/platform/http/http-server.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { median, openBenchHouse } from './house.ts'

export interface BatchFigures {
  readonly newMs: number
  readonly sameMs: number
  /** One `insert … on conflict do update` of the same rows into a table with the same keys, by the same driver. */
  readonly bareMs: number
  /** Single `PUT`s of as many people, one after the other. */
  readonly singleMs: number
}

const people = 1_000

export async function measureBatch(repeats: number): Promise<BatchFigures> {
  const house = await openBenchHouse({})
  const server = await buildHttpServer(house.runtime, '0.0.0')
  try {
    const { id } = await house.newOrganisation('Batch')
    const { token } = await house.runtime.write(id, systemCaller, (ctx) =>
      createToken(ctx, { name: 'bench', grants: allGrants }),
    )
    await house.asOwner(`create table bare_people (id text not null, external_id text not null unique, display_name text not null,
      work_email text unique, state text, primary key (id))`)
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const started = performance.now()
      await work()
      return performance.now() - started
    }
    const ask = async (method: 'POST' | 'PUT', path: string, body: unknown): Promise<void> => {
      const answer = await server.inject({
        method,
        url: basePath + path,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      })
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.payload}`)
    }
    const one = (key: string): { identity: object; contact: object; employment: object; source: object } => ({
      identity: { displayName: `Person ${key}`, firstName: 'Person', lastName: key, birthDate: '1990-01-01' },
      contact: { workEmail: `${key}@example.com` },
      employment: { state: 'VIC', workerType: 'EMPLOYEE' },
      source: { externalId: key, sourceSystem: 'HRMS' },
    })
    const figures = {
      fresh: [] as number[],
      same: [] as number[],
      bare: [] as number[],
      single: [] as number[],
    }
    for (let n = 0; n <= repeats; n += 1) {
      const keys = Array.from({ length: people }, (_, index) => `b${n}x${index}`)
      const workers = keys.map(one)
      const bare = await timed(() =>
        house.asOwner(
          `insert into bare_people select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           on conflict (external_id) do update set display_name = excluded.display_name, work_email = excluded.work_email, state = excluded.state`,
          [
            keys,
            keys,
            keys.map((key) => `Person ${key}`),
            keys.map((key) => `${key}@example.com`),
            keys.map(() => 'VIC'),
          ],
        ),
      )
      const fresh = await timed(() => ask('POST', '/workers/batch', { workers }))
      const same = await timed(() => ask('POST', '/workers/batch', { workers }))
      const single = await timed(async () => {
        for (const key of keys.slice(0, 100))
          await ask('PUT', `/workers/by-external-id/HRMS/s${key}`, { ...one(`s${key}`), source: undefined })
      })
      if (n === 0) continue // warming up
      figures.fresh.push(fresh)
      figures.same.push(same)
      figures.bare.push(bare)
      figures.single.push(single * 10)
    }
    return {
      newMs: median(figures.fresh),
      sameMs: median(figures.same),
      bareMs: median(figures.bare),
      singleMs: median(figures.single),
    }
  } finally {
    await server.close()
    await house.close()
  }
}
