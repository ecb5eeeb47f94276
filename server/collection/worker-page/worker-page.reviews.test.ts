/** What people decide about what a worker sent, and what the worker sees of it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pdf } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { openAsker, type Asker, type Requested } from '../../../test/worker-page/asked-worker.ts'
import { noFields, visitor } from '../../../test/worker-page/page-visitor.ts'
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
  asker = await openAsker(house, () => server)
})

interface Waiting {
  readonly id: string
  readonly attributes: { readonly reason: string; readonly facts: Readonly<Record<string, unknown>> }
}
const waiting = async (): Promise<Waiting[]> =>
  (await asker.api('GET', '/reviews')).body.data as unknown as Waiting[]
async function decide(reason: string, decision: string): Promise<void> {
  const review = (await waiting()).find(({ attributes }) => attributes.reason === reason)
  const answer = await asker.api('POST', `/reviews/${review?.id}/decide`, {
    decision,
    reason: 'It is blurred.',
  })
  expect(answer.status, answer.payload).toBe(200)
  await house.drain()
}
const send = ({ page }: Requested) => page.call('POST', '/submit', { privacyNoticeVersion: null })

/** First aid supplied with a document; the rest as given. */
async function answered(...more: string[]): Promise<Requested & { readonly itemId: string }> {
  const requested = await asker.request({ requestedCredentialTypes: ['FIRST_AID', ...more] })
  const { page } = requested
  await page.call('POST', '/start', {})
  const { id } = await page.item('FIRST_AID')
  await page.file(id, pdf(), 'card.pdf')
  const fields = { ...noFields, number: 'HLTAID011', issueDate: '2025-11-03' }
  expect((await page.call('POST', `/items/${id}/supply`, { fields })).status).toBe(200)
  return { ...requested, itemId: id }
}

test('a document without a register is looked at, and accepting it completes the request', async () => {
  const requested = await answered()
  expect(await waiting()).toEqual([])
  await send(requested)
  const [review, ...more] = await waiting()
  expect([review?.attributes.reason, more]).toEqual(['DOCUMENT', []])
  expect(review?.attributes.facts).toMatchObject({ credentialType: 'FIRST_AID', isConfirmed: false })
  expect(await asker.status(requested.id)).toBe('SUBMITTED')
  await decide('DOCUMENT', 'ACCEPT')
  expect(await asker.status(requested.id)).toBe('COMPLETED')
  expect((await requested.page.state()).stage).toBe('SENT')
})

test('a card that was accepted before is looked at again when it comes anew, and not when it is confirmed', async () => {
  const first = await answered()
  await send(first)
  await decide('DOCUMENT', 'ACCEPT')
  house.clock.advance('1h')

  const confirmed = await asker.request({
    worker: { id: first.workerId },
    requestedCredentialTypes: ['FIRST_AID'],
  })
  const { id } = await confirmed.page.item('FIRST_AID')
  expect((await confirmed.page.call('POST', `/items/${id}/confirm`, {})).status).toBe(200)
  await send(confirmed)
  expect(await asker.status(confirmed.id)).toBe('COMPLETED')

  const anew = await asker.request({
    worker: { id: first.workerId },
    requestedCredentialTypes: ['FIRST_AID'],
  })
  const item = await anew.page.item('FIRST_AID')
  await anew.page.file(item.id, pdf(3), 'new.pdf')
  const fields = { ...noFields, number: 'HLTAID011', issueDate: '2026-01-20' }
  expect((await anew.page.call('POST', `/items/${item.id}/supply`, { fields })).status).toBe(200)
  await send(anew)
  expect(await asker.status(anew.id)).toBe('SUBMITTED')
  expect((await waiting()).map(({ attributes }) => attributes.reason)).toEqual(['DOCUMENT'])
  house.clock.advance('1h')
  await decide('DOCUMENT', 'ACCEPT')
  expect(await asker.status(anew.id)).toBe('COMPLETED')
})

test('asking again gives the item back with the reason, by mail, under a link that lives on', async () => {
  const requested = await answered()
  await send(requested)
  house.clock.advance('12d')
  await decide('DOCUMENT', 'ASK_AGAIN')
  expect(await asker.status(requested.id)).toBe('PARTIALLY_COMPLETED')
  house.clock.advance('6d')
  const page = visitor(() => server, requested.link)
  expect(await page.state()).toMatchObject({ stage: 'ANSWERING', progress: { answered: 0 } })
  expect(await page.item('FIRST_AID')).toMatchObject({ state: 'SENT_BACK', sentBackReason: 'It is blurred.' })
  const mails = await house.owner<{ kind: string }>('select kind from mails where about_id = $1', [
    requested.id,
  ])
  expect(mails.map(({ kind }) => kind)).toContain('fetchRequest.sentBack')
})

test('letting go of what was declined submits the rest, whose documents are looked at then', async () => {
  const requested = await answered('WWCC_NSW')
  const { id } = await requested.page.item('WWCC_NSW')
  await requested.page.call('POST', `/items/${id}/decline`, { reason: 'I never had one.' })
  await send(requested)
  await send(requested)
  const [review, ...more] = await waiting()
  expect([review?.attributes.reason, more]).toEqual(['DECLINED_ITEM', []])
  expect(JSON.stringify(review?.attributes.facts)).toContain('I never had one.')
  await decide('DECLINED_ITEM', 'WAIVE')
  expect(await asker.status(requested.id)).toBe('SUBMITTED')
  expect((await waiting()).map(({ attributes }) => attributes.reason)).toEqual(['DOCUMENT'])
  await decide('DOCUMENT', 'ACCEPT')
  expect(await asker.status(requested.id)).toBe('COMPLETED')
})

test('what was declined and turned up after all needs no decision any more', async () => {
  const requested = await answered('WWCC_NSW')
  const { page } = requested
  const { id } = await page.item('WWCC_NSW')
  await page.call('POST', `/items/${id}/decline`, { reason: 'Cannot find it.' })
  await send(requested)
  await page.call('POST', `/items/${id}/supply`, { fields: { ...noFields, number: 'WWC1234567E' } })
  await send(requested)
  expect(await asker.status(requested.id)).toBe('SUBMITTED')
  expect((await waiting()).map(({ attributes }) => attributes.reason)).toEqual(['DOCUMENT'])
})

test('“this isn’t me” waits for a person', async () => {
  const { page } = await asker.request()
  await page.call('POST', '/not-me', { kind: 'NOT_ME', detail: 'I am Alex.' })
  expect((await waiting()).map(({ attributes }) => attributes)).toMatchObject([
    { reason: 'NOT_ME', facts: { kind: 'NOT_ME', detail: 'I am Alex.' } },
  ])
})

test('a credential that the employer deletes meanwhile stops nobody from sending', async () => {
  const requested = await answered()
  const { body } = await asker.api('GET', `/credentials?workerId=${requested.workerId}`)
  const [credential] = body.data as unknown as { id: string }[]
  expect((await asker.api('DELETE', `/credentials/${credential?.id}`)).status).toBe(204)
  expect((await requested.page.state()).stage).toBe('ANSWERING')
  expect((await send(requested)).status).toBe(200)
})
