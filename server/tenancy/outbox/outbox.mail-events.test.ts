/** The hook for mail providers: who may tell, and that what is told is done once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer } from '../../../test/mail-server.ts'
import { buildHttpServer } from '../../front-doors.ts'
import type { HttpServer } from '../../platform/http/http-server.ts'
import { queueMail } from '../../platform/mail/mail.ts'
import { signatureHeader, signMailEvents, timestampHeader } from './outbox.mail-events.ts'

const key = 'k'.repeat(40)
const path = '/openapi/v1/mail-events'

let house: TestHouse
let http: HttpServer
let mailServer: MailServer
let organisationId: string

beforeAll(async () => {
  mailServer = await openMailServer()
  house = await openTestHouse({
    settings: {
      MAIL_EVENTS_KEY: key,
      SMTP_URL: mailServer.url,
      MAIL_FROM: 'no-reply@vouchsafe.example',
    },
  })
  http = await buildHttpServer(house.runtime, '0.0.0')
  organisationId = (await house.newOrganisation()).id
})
afterAll(async () => {
  await http?.close()
  await house?.close()
  await mailServer?.close()
})

const now = (offset = 0): string => String(Math.floor(house.clock.now().getTime() / 1_000) + offset)
const bounced = (messageId: string, permanent = true): string =>
  JSON.stringify({
    events: [{ type: 'bounced', messageId, detail: '550 <sarah@example.com> unknown', permanent }],
  })

async function tell(
  body: string,
  { timestamp = now(), signature = signMailEvents(key, timestamp, body), server = http } = {},
): Promise<{ status: number; code: unknown }> {
  const answer = await server.inject({
    method: 'POST',
    url: path,
    headers: {
      'content-type': 'application/json',
      [timestampHeader]: timestamp,
      [signatureHeader]: signature,
    },
    payload: body,
  })
  return {
    status: answer.statusCode,
    code: answer.payload === '' ? undefined : (JSON.parse(answer.payload) as { code: unknown }).code,
  }
}
async function sent(): Promise<{ id: string; messageId: string }> {
  const id = await house.runtime.write(organisationId, operator, (ctx) =>
    queueMail(ctx, { kind: 'test', to: 'sarah@example.com', subject: 'Hello', text: 'Hello' }),
  )
  await house.drain()
  return { id, messageId: `<${id}@vouchsafe.example>` }
}
const statusOf = async (id: string): Promise<unknown> =>
  (await house.owner<{ status: string }>('select status from mails where id = $1', [id]))[0]?.status

test('a signed bounce fails the mail; one that still may arrive does not', async () => {
  const { id, messageId } = await sent()
  expect(await tell(bounced(messageId, false))).toEqual({ status: 204, code: undefined })
  expect(await statusOf(id)).toBe('SENT')
  expect(await tell(bounced(messageId))).toEqual({ status: 204, code: undefined })
  expect(await statusOf(id)).toBe('FAILED')
  // Told twice, and of what is not ours: taken, and nothing more.
  expect(await tell(bounced(messageId))).toMatchObject({ status: 204 })
  expect(await tell(bounced('<somebody@else.example>'))).toMatchObject({ status: 204 })
})

test.each([
  ['no signature', { signature: '' }],
  ['another key’s signature', { signature: signMailEvents('x'.repeat(40), '1', 'x') }],
  ['no timestamp', { timestamp: '' }],
  ['a timestamp that is none', { timestamp: '1e9' }],
])('%s is refused before anything is read', async (_what, wrong) => {
  const { id, messageId } = await sent()
  expect(await tell(bounced(messageId), wrong)).toEqual({ status: 401, code: 'SIGNATURE_INVALID' })
  expect(await tell('nonsense', wrong)).toEqual({ status: 401, code: 'SIGNATURE_INVALID' })
  expect(await statusOf(id)).toBe('SENT')
})

test('a signature is of this body at this time only, and for five minutes', async () => {
  const { id, messageId } = await sent()
  const body = bounced(messageId)
  const timestamp = now()
  const signature = signMailEvents(key, timestamp, body)
  expect(await tell(`${body} `, { timestamp, signature })).toMatchObject({ status: 401 })
  expect(await tell(body, { timestamp: now(1), signature })).toMatchObject({ status: 401 })
  expect(await tell(body, { timestamp: now(-301) })).toMatchObject({ status: 401 })
  expect(await tell(body, { timestamp: now(301) })).toMatchObject({ status: 401 })
  expect(await statusOf(id)).toBe('SENT')
  expect(
    await tell(body, { timestamp: now(-299), signature: signMailEvents(key, now(-299), body).toUpperCase() }),
  ).toMatchObject({ status: 204 })
  expect(await statusOf(id)).toBe('FAILED')
})

test.each([
  '{',
  '{}',
  '{"events":[]}',
  '{"events":[{"type":"opened","messageId":"a","permanent":true}]}',
  '{"events":[{"type":"bounced","messageId":"a"}]}',
])('%s is signed and faulty: 400', async (body) => {
  expect(await tell(body)).toMatchObject({ status: 400 })
})

test('without a key there is nothing at this address, whatever is signed with', async () => {
  const other = await openTestHouse()
  const server = await buildHttpServer(other.runtime, '0.0.0')
  expect(await tell(bounced('<a@b>'), { server })).toEqual({ status: 404, code: 'NOT_FOUND' })
  expect(
    await tell(bounced('<a@b>'), { server, signature: signMailEvents('', now(), bounced('<a@b>')) }),
  ).toMatchObject({ status: 404 })
  await server.close()
  await other.close()
})
