/** A worker answers a request behind its link, without an account (spec 30). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pdf, picture } from '../../../test/documents.ts'
import { openTestHouse, type TestHouse } from '../../../test/harness.ts'
import { openAsker, type Asker } from '../../../test/asked-worker.ts'
import { noFields, visitor, type Fields } from '../../../test/page-visitor.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { pageState } from './worker-page.schema.ts'

const firstAid: Fields = {
  ...noFields,
  number: 'HLTAID011',
  holderName: 'Jordan Avery',
  issueDate: '2025-11-03',
}
const wwcc: Fields = { ...noFields, number: 'WWC1234567E', expiryDate: '2029-06-30' }

let house: TestHouse
let server: HttpServer
let asker: Asker
let photo: Buffer

beforeAll(async () => {
  house = await openTestHouse()
  server = await buildHttpServer(house.runtime, '0.0.0')
  photo = await picture('jpeg')
})
afterAll(async () => {
  await server.close()
  await house.close()
})
beforeEach(async () => {
  asker = await openAsker(house, () => server)
})

interface Submitted {
  readonly credentialId: string
  readonly credentialType: string
  readonly attachments: readonly { readonly fileName: string; readonly contentUrl: string }[]
}
async function submissionsOf(id: string): Promise<Submitted[]> {
  const { body } = await asker.api('GET', `/fetch-requests/${id}/submissions`)
  return (body.data as unknown as { attributes: Submitted }[]).map(({ attributes }) => attributes)
}

describe('a worker', () => {
  test('opens the link, supplies a photo and a PDF, comes back, and sends', async () => {
    const { id, link, page } = await asker.request({ message: 'Hi Jordan' })
    expect(await asker.status(id)).toBe('SENT')
    const welcome = pageState.parse(await page.state())
    expect(welcome).toMatchObject({
      stage: 'WELCOME',
      message: 'Hi Jordan',
      worker: { firstName: 'Jordan' },
      progress: { asked: 2, answered: 0, isSatisfied: false, mayBeSent: false },
    })
    expect(await asker.status(id)).toBe('SENT')

    expect((await page.call('POST', '/start', {})).status).toBe(204)
    expect(await asker.status(id)).toBe('OPENED')

    const aid = await page.item('FIRST_AID')
    const draft = { ...firstAid, issueDate: '' }
    expect((await page.call('PUT', `/items/${aid.id}/draft`, { fields: draft })).status).toBe(200)
    const sent = await page.file(aid.id, photo, 'card.jpg')
    expect(sent).toMatchObject({ fileName: 'card.jpg', mediaType: 'image/jpeg', sizeBytes: photo.length })
    const content = await page.call('GET', `/items/${aid.id}/files/${sent.id}/content`)
    expect(content.bytes).toEqual(photo)
    expect(content.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'image/jpeg',
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
    })
    expect(String(content.headers['content-security-policy'])).toContain('sandbox')

    // Another day, another browser.
    const back = visitor(() => server, link)
    expect(await back.item('FIRST_AID')).toMatchObject({
      state: 'OPEN',
      fields: draft,
      files: [{ id: sent.id }],
    })

    const supplied = await back.call('POST', `/items/${aid.id}/supply`, { fields: firstAid })
    expect(supplied.status, supplied.payload).toBe(200)
    expect(pageState.parse(supplied.json)).toMatchObject({ stage: 'ANSWERING', progress: { answered: 1 } })
    expect(await asker.status(id)).toBe('PARTIALLY_COMPLETED')
    const early = await back.call('POST', '/submit', { privacyNoticeVersion: null })
    expect([early.status, early.json.code]).toEqual([409, 'CONFLICT'])

    const check = await back.item('WWCC_NSW')
    expect(check).toMatchObject({ suppliedBy: 'number', asksIssueDate: false })
    await back.file(check.id, pdf(), 'letter.pdf')
    const whole = await back.call('POST', `/items/${check.id}/supply`, { fields: wwcc })
    expect(whole.json).toMatchObject({ progress: { isSatisfied: true, mayBeSent: true } })
    expect(await asker.status(id)).toBe('PARTIALLY_COMPLETED')
    const done = await back.call('POST', '/submit', { privacyNoticeVersion: null })
    expect(done.status, done.payload).toBe(200)
    expect(pageState.parse(done.json)).toMatchObject({ stage: 'SENT' })
    expect(done.json['submittedAt']).not.toBeNull()
    expect(await asker.status(id)).toBe('SUBMITTED')

    // Sent twice, and opened again: nothing changes.
    expect((await back.call('POST', '/submit', { privacyNoticeVersion: null })).status).toBe(200)
    expect((await page.state()).stage).toBe('SENT')
    expect((await server.inject({ url: page.path })).statusCode).toBe(200)

    const submissions = await submissionsOf(id)
    expect(
      submissions.map((one) => [one.credentialType, one.attachments.map((file) => file.fileName)]),
    ).toEqual([
      ['FIRST_AID', ['card.jpg']],
      ['WWCC_NSW', ['letter.pdf']],
    ])
    const made = await asker.api('GET', `/credentials/${submissions[0]?.credentialId}`)
    expect(made.body.data?.attributes).toMatchObject({
      number: 'HLTAID011',
      issueDate: '2025-11-03',
      assurance: 'DECLARED',
      source: { channel: 'FETCH_REQUEST' },
      declared: { channel: 'FETCH_REQUEST' },
    })
    const events = (await asker.api('GET', `/fetch-requests/${id}/events`)).body.data as unknown as {
      attributes: { cause: string; to: string; actor: { kind: string } }
    }[]
    expect(events.map(({ attributes }) => attributes.to).filter((to, at, all) => to !== all[at - 1])).toEqual(
      ['INITIATED', 'SENT', 'OPENED', 'PARTIALLY_COMPLETED', 'SUBMITTED'],
    )
    expect(events.at(-1)?.attributes.actor.kind).toBe('WORKER')
  })
})
