/** One indexed GET with a token, beside a bare Fastify route that does the same transaction by hand. */
import { Agent, request } from 'node:http'
import fastify from 'fastify'
import pg from 'pg'
import { buildHttpServer } from '../server/front-doors.ts'
import { systemCaller } from '../server/platform/context.ts'
import { sql } from '../server/platform/db/database.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { openBenchHouse, median } from './house.ts'
import { importPeople } from './import.ts'

export interface GetFigures {
  readonly oursPerSecond: number
  readonly barePerSecond: number
}

const connections = 32
const requestsEach = 150

/** Requests per second of `connections` clients that each ask one after the other. Bounded: it ends by itself. */
async function load(port: number, path: string, headers: Record<string, string>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, path, headers, agent }, (incoming) => {
        if (incoming.statusCode !== 200) reject(new Error(`status ${incoming.statusCode}`))
        incoming.resume()
        incoming.on('end', resolve)
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
  const started = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = 0; n < requestsEach; n += 1) await ask()
    }),
  )
  agent.destroy()
  return (connections * requestsEach * 1_000) / (performance.now() - started)
}

export async function measureGet(repeats: number): Promise<GetFigures> {
  const house = await openBenchHouse({})
  const { runtime } = house
  const bare = fastify()
  const pool = new pg.Pool({ ...(house.app as pg.PoolConfig), options: '-c role=vouchsafe_app', max: 12 })
  const ours = await buildHttpServer(runtime, '0.0.0')
  try {
    const { id } = await house.newOrganisation('Get')
    await importPeople(house, 10_000, id, 'E')
    const { token } = await runtime.write(id, systemCaller, (ctx) =>
      createToken(ctx, { name: 'bench', grants: allGrants }),
    )
    const worker = await runtime.db.scoped(id, (tx) =>
      tx.one<{ id: string }>(sql`select id from workers order by id limit 1`),
    )
    bare.get('/workers/:id', async (incoming) => {
      const client = await pool.connect()
      try {
        await client.query(`begin read only; select set_config('vouchsafe.organisation_id', '${id}', true)`)
        const { rows } = await client.query('select * from workers where organisation_id = $1 and id = $2', [
          id,
          (incoming.params as { id: string }).id,
        ])
        await client.query('commit')
        return { data: rows[0] as object }
      } finally {
        client.release()
      }
    })
    await bare.listen({ port: 0, host: '127.0.0.1' })
    const barePort = (bare.server.address() as { port: number }).port
    const port = await ours.listen('127.0.0.1', 0)
    const authorization = `Bearer ${token}`
    const figures = { ours: [] as number[], bare: [] as number[] }
    for (let n = 0; n <= repeats; n += 1) {
      const besides = await load(barePort, `/workers/${worker.id}`, { authorization })
      const own = await load(port, `/openapi/v1/workers/${worker.id}`, { authorization })
      if (n === 0) continue // warming up
      figures.bare.push(besides)
      figures.ours.push(own)
    }
    return { oursPerSecond: median(figures.ours), barePerSecond: median(figures.bare) }
  } finally {
    await ours.close()
    await bare.close()
    await pool.end()
    await house.close()
  }
}
