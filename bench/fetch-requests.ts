/** `POST /fetch-requests/bulk` with 50 workers, beside one `POST /fetch-requests`. */
import { buildHttpServer } from '../server/front-doors.ts'
import { systemCaller } from '../server/platform/context.ts'
import { basePath } from '../server/platform/http/http-server.ts'
import { allGrants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { median, openBenchHouse } from './house.ts'

export interface FetchRequestFigures {
  readonly bulkMs: number
  readonly singleMs: number
}

const people = 50
const asked = { requestedCredentialTypes: ['WWCC_NSW', 'FIRST_AID'], message: 'Welcome to the team.' }

export async function measureFetchRequests(repeats: number): Promise<FetchRequestFigures> {
  const house = await openBenchHouse({})
  const server = await buildHttpServer(house.runtime, '0.0.0')
  try {
    const { id } = await house.newOrganisation('Bulk')
    const { token } = await house.runtime.write(id, systemCaller, (ctx) =>
      createToken(ctx, { name: 'bench', grants: allGrants }),
    )
    const ask = async (path: string, body: unknown): Promise<number> => {
      const started = performance.now()
      const answer = await server.inject({
        method: 'POST',
        url: basePath + path,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      })
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.payload}`)
      return performance.now() - started
    }
    const keys = Array.from({ length: people }, (_, index) => `P${index}`)
    await ask('/workers/batch', {
      workers: keys.map((key) => ({
        identity: { displayName: `Person ${key}` },
        contact: { workEmail: `${key}@example.com` },
        source: { externalId: key, sourceSystem: 'HRMS' },
      })),
    })
    const references = keys.map((externalId) => ({ externalId, sourceSystem: 'HRMS' }))
    const bulk: number[] = []
    const single: number[] = []
    for (let n = -3; n < repeats * 5; n += 1) {
      const bulkMs = await ask('/fetch-requests/bulk', { workers: references, ...asked })
      const singleMs = await ask('/fetch-requests', { worker: references[0], ...asked })
      if (n < 0) continue // warming up
      bulk.push(bulkMs)
      single.push(singleMs)
    }
    return { bulkMs: median(bulk), singleMs: median(single) }
  } finally {
    await server.close()
    await house.close()
  }
}
