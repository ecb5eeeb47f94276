/** An organisation that asks its workers: requests over the API, and the links that workers get. */
import { apiCaller, tokenFor, type Ask } from './api-caller.ts'
import { operator, type TestHouse } from './harness.ts'
import { setSetting } from '../server/tenancy/organisations/organisations.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import type { HttpServer } from '../server/platform/http/http-server.ts'
import { visitor, type Visitor } from './page-visitor.ts'

export interface Asker {
  readonly organisationId: string
  readonly api: Ask<Readonly<Record<string, unknown>>>
  set(key: string, value: string): Promise<void>
  worker(identity?: object): Promise<string>
  /** A request, mailed, and the browser of whoever was asked. */
  request(more?: object): Promise<Requested>
  link(requestId: string): Promise<string>
  status(requestId: string): Promise<string>
}

export interface Requested {
  readonly id: string
  readonly workerId: string
  readonly link: string
  readonly page: Visitor
}

export async function openAsker(house: TestHouse, server: () => HttpServer): Promise<Asker> {
  const { id: organisationId } = await house.newOrganisation()
  const token = await tokenFor(house, organisationId)
  const api = apiCaller(server, () => token)
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await api('POST', path, body)
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.payload}`)
    return answer.body.data?.id ?? ''
  }
  const asker: Asker = {
    organisationId,
    api,
    set: (key, value) => house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, value)),
    worker: (identity = {}) =>
      made('/workers', {
        identity: { displayName: 'Jordan Avery', firstName: 'Jordan', lastName: 'Avery', ...identity },
        contact: { workEmail: `${randomCharacters(10).toLowerCase()}@example.com` },
      }),
    link: async (requestId) => {
      const answer = await api('POST', `/fetch-requests/${requestId}/link`)
      if (answer.status !== 200) throw new Error(`link: ${answer.status} ${answer.payload}`)
      return String(answer.body.data?.attributes['url'])
    },
    request: async (more = {}) => {
      const workerId =
        (more as { worker?: { id: string } }).worker?.id ?? (await asker.worker({ birthDate: '1990-05-17' }))
      const asked = 'requirements' in more ? {} : { requestedCredentialTypes: ['FIRST_AID', 'WWCC_NSW'] }
      const id = await made('/fetch-requests', { worker: { id: workerId }, ...asked, ...more })
      await house.drain()
      const link = await asker.link(id)
      return { id, workerId, link, page: visitor(server, link) }
    },
    status: async (requestId) => {
      const { body } = await api('GET', `/fetch-requests/${requestId}`)
      return (body.data?.attributes['lifecycle'] as { status: string }).status
    },
  }
  return asker
}
