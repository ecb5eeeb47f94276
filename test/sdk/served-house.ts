/** A house behind a real socket, with an access token of one organisation. */
import { buildHttpServer } from '../../server/front-doors.ts'
import { allGrants } from '../../server/tenancy/access/access.schema.ts'
import { createToken } from '../../server/tenancy/access/access.ts'
import { openTestHouse, operator, type TestHouse } from '../harness.ts'

type Grants = Parameters<typeof createToken>[1]['grants']

export interface ServedHouse {
  readonly house: TestHouse
  readonly baseUrl: string
  readonly port: number
  readonly token: string
  /** A token of an organisation of its own, so that tests do not meet. */
  newToken(grants?: Grants): Promise<string>
  close(): Promise<void>
}

export async function openServedHouse(settings: Record<string, string> = {}): Promise<ServedHouse> {
  const house = await openTestHouse({ settings })
  const server = await buildHttpServer(house.runtime, '0.0.0')
  const port = await server.listen('127.0.0.1', 0)
  const newToken: ServedHouse['newToken'] = async (grants = allGrants) => {
    const { id } = await house.newOrganisation()
    const made = await house.runtime.write(id, operator, (ctx) => createToken(ctx, { name: 'sdk', grants }))
    return made.token
  }
  return {
    house,
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    token: await newToken(),
    newToken,
    close: async () => {
      await server.close()
      await house.close()
    },
  }
}
