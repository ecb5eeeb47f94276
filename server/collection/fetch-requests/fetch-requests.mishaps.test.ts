/** What happens around a request while it is open: workers who leave, requests that are deleted and come back, credentials that go. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { openAsker, type Asker } from '../../../test/asked-worker.ts'
import { multipart } from '../../../test/multipart.ts'
import { noFields, visitor } from '../../../test/page-visitor.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'

let house: TestHouse
let server: HttpServer
let asker: Asker

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  house.clock.set('2026-02-01T00:00:00Z')
  asker = await openAsker(house, () => server)
})

const wwc = { requestedCredentialTypes: ['WWCC_NSW'] }
const number = { fields: { ...noFields, number: 'WWC1234567E' } }
const send = { privacyNoticeVersion: null }

/** Made, and its mail not yet looked at. */
async function unsent(): Promise<string> {
  const { body } = await asker.api('POST', '/fetch-requests', {
    worker: { id: await asker.worker() },
    ...wwc,
  })
  return body.data?.id ?? ''
}

const mailsOf = (id: string): Promise<{ kind: string; status: string }[]> =>
  house.owner('select kind, status from mails where about_id = $1 order by created_at, id', [id])

async function days(count: number): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    house.clock.advance('1d')
    await house.drain()
  }
}

describe('a request that is deleted', () => {
  test('before its mail went out is mailed once it is restored', async () => {
    const id = await unsent()
    expect((await asker.api('DELETE', `/fetch-requests/${id}`)).status).toBe(204)
    await house.drain()
    expect(await mailsOf(id)).toEqual([{ kind: 'fetchRequest.invitation', status: 'CANCELLED' }])
    expect((await asker.api('POST', `/fetch-requests/${id}/restore`)).status).toBe(200)
    await house.drain()
    expect(await mailsOf(id)).toEqual([{ kind: 'fetchRequest.invitation', status: 'OUTBOX' }])
    expect(await asker.status(id)).toBe('SENT')
  })

  test('and restored before the mail was looked at gets one mail', async () => {
    const id = await unsent()
    await asker.api('DELETE', `/fetch-requests/${id}`)
    await asker.api('POST', `/fetch-requests/${id}/restore`)
    await house.drain()
    expect(await mailsOf(id)).toEqual([{ kind: 'fetchRequest.invitation', status: 'OUTBOX' }])
  })
})

describe('a worker who leaves', () => {
  test.each([
    [
      'is deactivated',
      (id: string) => asker.api('PATCH', `/workers/${id}`, { employment: { status: 'INACTIVE' } }),
    ],
    ['is deleted', (id: string) => asker.api('DELETE', `/workers/${id}`)],
  ])('who %s is not written to, and no reminder is counted', async (_, leave) => {
    const { id, workerId } = await asker.request(wwc)
    await leave(workerId)
    await days(13)
    expect(await mailsOf(id)).toHaveLength(1)
    expect(await asker.status(id)).toBe('SENT')
    await days(3)
    expect(await asker.status(id)).toBe('EXPIRED')
  })

  test('and comes back is reminded again', async () => {
    const { id, workerId } = await asker.request({ ...wwc, expiryDays: 30 })
    await asker.api('PATCH', `/workers/${workerId}`, { employment: { status: 'INACTIVE' } })
    await days(9)
    await asker.api('PATCH', `/workers/${workerId}`, { employment: { status: 'ACTIVE' } })
    await days(2)
    expect((await mailsOf(id)).map(({ kind }) => kind)).toEqual([
      'fetchRequest.invitation',
      'fetchRequest.reminder',
    ])
  })

  test('and was not mailed yet is not mailed', async () => {
    const id = await unsent()
    const worker = (await asker.api('GET', `/fetch-requests/${id}`)).body.data?.attributes['worker'] as {
      id: string
    }
    await asker.api('PATCH', `/workers/${worker.id}`, { employment: { status: 'INACTIVE' } })
    await house.drain()
    expect((await mailsOf(id)).map(({ status }) => status)).toEqual(['CANCELLED'])
  })

  test('for good has no link to hand over', async () => {
    const { id, workerId } = await asker.request(wwc)
    await asker.api('DELETE', `/workers/${workerId}`)
    expect((await asker.api('POST', `/fetch-requests/${id}/link`)).status).toBe(409)
  })
})

describe('a credential that is deleted after it was supplied', () => {
  test('does not keep the worker from sending', async () => {
    const { id, page } = await asker.request(wwc)
    await page.call('POST', '/start', {})
    const { id: itemId } = await page.item('WWCC_NSW')
    await page.call('POST', `/items/${itemId}/supply`, number)
    const { body } = await asker.api('GET', `/fetch-requests/${id}/submissions`)
    const [given] = body.data as unknown as { attributes: { credentialId: string } }[]
    expect((await asker.api('DELETE', `/credentials/${given?.attributes.credentialId ?? ''}`)).status).toBe(
      204,
    )
    const sent = await page.call('POST', '/submit', send)
    expect([sent.status, await asker.status(id)]).toEqual([200, 'SUBMITTED'])
    await house.drain()
    // It was never checked, so that nothing says that it was.
    expect(await asker.status(id)).toBe('SUBMITTED')
  })
})

describe('a message', () => {
  const asked = async (message: string): Promise<{ status: number; message: unknown }> => {
    const body = { worker: { id: await asker.worker() }, ...wwc, message }
    const answer = await asker.api('POST', '/fetch-requests', body)
    return { status: answer.status, message: answer.body.data?.attributes['message'] }
  }
  test('of blanks is none', async () => {
    expect(await asked('  \n ')).toEqual({ status: 201, message: null })
  })
  test('is counted in characters, whatever they take to write down', async () => {
    expect(await asked('😀'.repeat(2_000))).toEqual({ status: 201, message: '😀'.repeat(2_000) })
    expect((await asked('😀'.repeat(2_001))).status).toBe(400)
  })
})

describe('what was declined', () => {
  const waiting = async (id: string): Promise<number> => {
    const { body } = await asker.api('GET', '/reviews')
    const all = body.data as unknown as { attributes: { fetchRequest: { id: string } | null } }[]
    return all.filter(({ attributes }) => attributes.fetchRequest?.id === id).length
  }
  async function declined() {
    const asked = await asker.request(wwc)
    const { page } = asked
    await page.call('POST', '/start', {})
    const { id: itemId } = await page.item('WWCC_NSW')
    await page.call('POST', `/items/${itemId}/decline`, { reason: 'lost' })
    expect((await page.call('POST', '/submit', send)).status).toBe(200)
    expect(await waiting(asked.id)).toBe(1)
    return { ...asked, itemId }
  }
  test('needs no decision once it is supplied after all', async () => {
    const { id, page, itemId } = await declined()
    await page.call('POST', `/items/${itemId}/supply`, number)
    await page.call('POST', '/submit', send)
    expect([await asker.status(id), await waiting(id)]).toEqual(['SUBMITTED', 0])
  })
  test('needs none once the request has expired, and again when the new link is answered', async () => {
    const { id } = await declined()
    await days(15)
    expect([await asker.status(id), await waiting(id)]).toEqual(['EXPIRED', 0])
    await asker.api('POST', `/fetch-requests/${id}/resend`)
    await house.drain()
    const anew = visitor(() => server, await asker.link(id))
    await anew.call('POST', '/submit', send)
    expect(await waiting(id)).toBe(1)
  })
  test('and asked for again, leaves a request of which nothing is supplied where it is', async () => {
    const { id } = await declined()
    const { body } = await asker.api('GET', '/reviews')
    const [review] = body.data as unknown as { id: string }[]
    await asker.api('POST', `/reviews/${review?.id ?? ''}/decide`, {
      decision: 'ASK_AGAIN',
      reason: 'It came by post.',
    })
    await house.drain()
    expect(await asker.status(id)).toBe('OPENED')
    expect((await mailsOf(id)).map(({ kind }) => kind)).toContain('fetchRequest.sentBack')
  })
})

test('a request with ban checks is not called completed while nobody has looked into the lists', async () => {
  const { id, page } = await asker.request({
    requirements: { allOf: [{ credentialType: 'WWCC_NSW' }], banChecks: [{ register: 'NDIS_ENFORCEMENT' }] },
  })
  const { id: itemId } = await page.item('WWCC_NSW')
  await page.call('POST', `/items/${itemId}/decline`, { reason: 'lost' })
  await page.call('POST', '/submit', send)
  const { body } = await asker.api('GET', '/reviews')
  const [review] = body.data as unknown as { id: string }[]
  await asker.api('POST', `/reviews/${review?.id ?? ''}/decide`, { decision: 'WAIVE', reason: 'Not needed.' })
  await house.drain()
  expect(await asker.status(id)).toBe('SUBMITTED')

  // The list is connected and has somebody like the worker: a person looks, and then it is.
  const { body: shown } = await asker.api('GET', `/fetch-requests/${id}`)
  const { worker } = shown.data?.attributes as { worker: { id: string; displayName: string } }
  const register = '/registers/NDIS_ENFORCEMENT'
  const settings = { columns: { fullName: 'Name' } }
  expect((await asker.api('PUT', `${register}/connector`, { kind: 'list', settings })).status).toBe(200)
  const form = multipart({ file: `Name\n${worker.displayName}\n` }, 'list.csv')
  const uploaded = await asker.api('POST', `${register}/lists`, form.body.toString('utf8'), {
    'content-type': form.contentType,
  })
  expect(uploaded.status).toBe(201)
  await house.drain()
  expect(await asker.status(id)).toBe('SUBMITTED')
  const { body: waiting } = await asker.api('GET', '/reviews?reason=LIST_MATCH')
  const [likeness] = waiting.data as unknown as { id: string }[]
  await asker.api('POST', `/reviews/${likeness?.id ?? ''}/decide`, { decision: 'ACCEPT' })
  await house.drain()
  expect(await asker.status(id)).toBe('COMPLETED')
})
