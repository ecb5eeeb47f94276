/** The life of a request as an integration sees it (spec 30). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { apiCaller, tokenFor } from '../../../test/api-caller.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'

interface Shown {
  readonly displayName: string
  readonly message: string | null
  readonly delivery: {
    readonly emailAddress: string | null
    readonly tokenExpiresAt: string
    readonly remindersSent: number
  }
  readonly lifecycle: { readonly status: string; readonly sentAt?: string; readonly furthest: string }
}

describe('a fetch request', () => {
  let house: TestHouse
  let server: HttpServer
  let organisationId: string
  let token: string

  beforeAll(async () => {
    house = await openTestHouse()
    server = await buildHttpServer(house.runtime, '0.0.0')
  })
  afterAll(async () => {
    await server.close()
    await house.close()
  })
  beforeEach(async () => {
    organisationId = (await house.newOrganisation()).id
    token = await tokenFor(house, organisationId)
  })

  const ask = apiCaller(
    () => server,
    () => token,
  )

  async function worker(more: object = {}): Promise<string> {
    const { body, status } = await ask('POST', '/workers', {
      identity: { displayName: 'Jordan Avery', firstName: 'Jordan', lastName: 'Avery' },
      contact: { workEmail: 'jordan.avery@example.com' },
      ...more,
    })
    expect(status).toBe(201)
    return body.data?.id as string
  }
  const attributesOf = (answer: { body: { data?: { attributes: unknown } | undefined } }): Shown =>
    answer.body.data?.attributes as Shown
  async function request(more: object = {}): Promise<string> {
    const { status, body } = await ask('POST', '/fetch-requests', {
      worker: { id: await worker() },
      requestedCredentialTypes: ['FIRST_AID', 'WWCC_NSW'],
      ...more,
    })
    expect(status).toBe(201)
    return body.data?.id as string
  }
  const statusOf = async (id: string): Promise<string> =>
    attributesOf(await ask('GET', `/fetch-requests/${id}`)).lifecycle.status

  test('is made, mailed, reminded of by itself three times, and expires', async () => {
    const id = await request({ expiryDays: 40, message: 'Hi Jordan' })
    expect(await statusOf(id)).toBe('INITIATED')
    await house.drain()
    expect(await statusOf(id)).toBe('SENT')
    for (let day = 0; day < 45; day += 1) {
      house.clock.advance('1d')
      await house.drain()
    }
    const shown = attributesOf(await ask('GET', `/fetch-requests/${id}`))
    expect(shown.lifecycle.status).toBe('EXPIRED')
    expect(shown.delivery.remindersSent).toBe(3)
    const mails = await house.owner<{ kind: string; status: string }>(
      'select kind, status from mails where about_id = $1 order by created_at, id',
      [id],
    )
    expect(mails.map(({ kind }) => kind)).toEqual([
      'fetchRequest.invitation',
      'fetchRequest.reminder',
      'fetchRequest.reminder',
      'fetchRequest.reminder',
    ])
    const events = await ask('GET', `/fetch-requests/${id}/events`)
    expect(events.body.data).toBeDefined()
  })

  test('is sent again with a new link, cancelled, deleted and restored', async () => {
    const id = await request()
    await house.drain()
    const first = (await ask('POST', `/fetch-requests/${id}/link`)).body.data?.attributes['url']
    expect(first).toMatch(/\/r\/[\w-]{43}$/)
    const again = await ask('POST', `/fetch-requests/${id}/resend?expiryDays=7`)
    expect(again.status).toBe(200)
    expect(attributesOf(again).lifecycle.status).toBe('INITIATED')
    const second = (await ask('POST', `/fetch-requests/${id}/link`)).body.data?.attributes['url']
    expect(second).not.toBe(first)
    const reminded = await ask('POST', `/fetch-requests/${id}/remind`)
    expect(attributesOf(reminded).delivery.remindersSent).toBe(1)
    expect((await ask('DELETE', `/fetch-requests/${id}`)).status).toBe(204)
    expect((await ask('GET', `/fetch-requests/${id}`)).status).toBe(404)
    await house.drain()
    expect((await ask('POST', `/fetch-requests/${id}/restore`)).status).toBe(200)
    await house.drain()
    expect((await ask('POST', `/fetch-requests/${id}/cancel`)).status).toBe(200)
    expect((await ask('POST', `/fetch-requests/${id}/cancel`)).status).toBe(409)
    expect((await ask('POST', `/fetch-requests/${id}/remind`)).status).toBe(409)
    expect((await ask('POST', `/fetch-requests/${id}/resend`)).status).toBe(409)
    const list = await ask('GET', '/fetch-requests?status=CANCELLED&status=SENT&query=aver')
    expect(list.status).toBe(200)
    expect((list.body.data as unknown as { id: string }[]).map((one) => one.id)).toEqual([id])
  })

  test('is refused for a worker without an e-mail address, unless the link is handed over', async () => {
    const id = await worker({ contact: { workEmail: null } })
    const refused = await ask('POST', '/fetch-requests', {
      worker: { id },
      requestedCredentialTypes: ['FIRST_AID'],
    })
    expect(refused.status).toBe(422)
    const handed = await ask('POST', '/fetch-requests', {
      worker: { id },
      requestedCredentialTypes: ['FIRST_AID'],
      delivery: { channel: 'LINK' },
    })
    expect(handed.status).toBe(201)
  })
})
