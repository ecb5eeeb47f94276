/** Reports as mail servers write them, and what a bounce does. The mailbox itself: mail-debian.slow.test.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer } from '../../../test/mail-server.ts'
import { mailIdentity } from '../../tenancy/organisations/organisations.ts'
import { mailboxAddress } from './mail-bounce-address.ts'
import { readBounceReport } from './mail-bounce-report.ts'
import { settleBounce } from './mail-bounces.ts'
import { mailJobs } from './mail.jobs.ts'
import { queueMail, type MailParts } from './mail.ts'

/** A report of the parts that are given, each with its media type. */
function reportOf(...parts: readonly (readonly [string, string])[]): Buffer {
  const lines = [
    'From: MAILER-DAEMON@mx.example',
    'To: no-reply@vouchsafe.example',
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    ...parts.flatMap(([type, content]) => ['--b', `Content-Type: ${type}`, '', content]),
    '--b--',
    '',
  ]
  return Buffer.from(lines.join('\n').replaceAll('\n', '\r\n'))
}
const original = 'Subject: Hello\nMessage-ID:\n <mail_1@vouchsafe.example>\nTo: sarah@example.com'

describe('a report', () => {
  test.each<[string, Buffer, object | undefined]>([
    [
      'of a mail server that has given up',
      reportOf(
        ['text/plain', 'I am sorry.'],
        [
          'message/delivery-status',
          'Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: mail_1\nX-Queue-ID: 4F2A\n\nFinal-Recipient: rfc822; sarah@example.com\nOriginal-Recipient: rfc822;sarah@example.com\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mail.example.com\nDiagnostic-Code: smtp; 550 5.1.1 <sarah@example.com>: Recipient address\n rejected: sarah@example.com is unknown',
        ],
        ['text/rfc822-headers', original],
      ),
      {
        messageId: '<mail_1@vouchsafe.example>',
        envelopeId: 'mail_1',
        isPermanent: true,
        detail: expect.stringMatching(/^5\.1\.1 550 5\.1\.1 <…>: Recipient address rejected: … is unknown$/),
      },
    ],
    [
      'with the whole mail in it',
      reportOf(
        [
          'message/delivery-status',
          'Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b\nAction: failed\nStatus: 5.7.1',
        ],
        ['message/rfc822', `${original}\nContent-Type: text/plain\n\nMessage-ID: <another@example.com>\n`],
      ),
      { messageId: '<mail_1@vouchsafe.example>', isPermanent: true, detail: '5.7.1' },
    ],
    [
      'that it still tries',
      reportOf(
        [
          'message/delivery-status',
          'Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: Fri, 6 Feb 2026 10:00:00 +0000',
        ],
        ['message/rfc822', original],
      ),
      { messageId: '<mail_1@vouchsafe.example>', isPermanent: false },
    ],
    [
      'that it gave up after days of trying',
      reportOf(
        [
          'message/delivery-status',
          'Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b\nAction: failed (expired)\nStatus: 4.4.7',
        ],
        ['message/rfc822', original],
      ),
      { isPermanent: true, detail: '4.4.7' },
    ],
    [
      'without the mail',
      reportOf([
        'message/delivery-status',
        'Original-Envelope-Id: mail_1\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b\nAction: failed',
      ]),
      { messageId: null, envelopeId: 'mail_1', isPermanent: true, detail: 'given back without a reason' },
    ],
    [
      'of nobody',
      reportOf(['message/delivery-status', 'Reporting-MTA: dns; mx'], ['message/rfc822', original]),
      undefined,
    ],
    [
      'that is an answer of a person',
      Buffer.from('From: a@b\r\nSubject: Re: Hello\r\n\r\nAction: failed\r\n'),
      undefined,
    ],
    ['of noise', Buffer.from([0, 255, 13, 10, 13, 10, 128, 0]), undefined],
    ['of nothing', Buffer.alloc(0), undefined],
  ])('%s is read for what it is', async (_what, message, expected) => {
    const report = await readBounceReport(message)
    if (expected === undefined) expect(report).toBeUndefined()
    else expect(report).toMatchObject(expected)
  })
})

describe('the address of a mailbox', () => {
  test.each([
    [
      'imaps://no-reply%40example.com:p%40ss%2Fword@mail.example.com/INBOX',
      {
        host: 'mail.example.com',
        port: 993,
        isSecure: true,
        isLoopback: false,
        user: 'no-reply@example.com',
        password: 'p@ss/word',
        mailbox: 'INBOX',
      },
    ],
    [
      'imap://u:p@[::1]:1143/Returned%20mail',
      { host: '::1', port: 1143, isSecure: false, isLoopback: true, mailbox: 'Returned mail' },
    ],
    ['imap://u:p@127.example.com', { port: 143, isLoopback: false, mailbox: 'INBOX' }],
  ])('%s', (text, expected) => {
    expect(mailboxAddress(text)).toMatchObject(expected)
  })
  test.each([
    'https://u:p@mail.example.com/INBOX',
    'imaps://mail.example.com/INBOX',
    'imaps://u@mail.example.com',
    'imaps://u:%zz@h/INBOX',
    'nonsense',
  ])('%s is none', (text) => {
    expect(() => mailboxAddress(text)).toThrow('must be a URL like imaps://')
  })
})

describe('a mail that comes back', () => {
  let house: TestHouse
  let server: MailServer
  let organisationId: string
  const heard: string[] = []
  const parts: MailParts = {
    identityOf: mailIdentity,
    definitions: [
      {
        kind: 'test.rendered',
        render: () => Promise.resolve({ subject: 'Hello', text: 'Hello', html: null }),
        onSent: async (_ctx, { cause }) => void heard.push(`sent ${cause}`),
        onFailed: async (_ctx, { cause }, detail) => void heard.push(`failed ${cause}: ${detail}`),
      },
    ],
  }
  beforeAll(async () => {
    server = await openMailServer()
    house = await openTestHouse({
      settings: { SMTP_URL: server.url, MAIL_FROM: 'no-reply@vouchsafe.example' },
      jobs: mailJobs(parts),
      mailPatience: { connectMs: 300, untilDataMs: 600, replyMs: 600, placeMs: 100 },
    })
    organisationId = (await house.newOrganisation()).id
  })
  beforeEach(() => void heard.splice(0))
  afterAll(async () => {
    await house.close()
    await server.close()
  })
  const send = async (cause: string): Promise<{ id: string; messageId: string }> => {
    const id = await house.runtime.write(organisationId, operator, (ctx) =>
      queueMail(ctx, {
        kind: 'test.rendered',
        to: 'sarah@example.com',
        about: { type: 'thing', id: 't' },
        cause,
      }),
    )
    await house.drain()
    return { id, messageId: `<${id}@vouchsafe.example>` }
  }
  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (await house.owner<Record<string, unknown>>('select * from mails where id = $1', [id]))[0] ?? {}
  const settle = (messageId: string, isPermanent = true): Promise<boolean> =>
    settleBounce(house.runtime, parts, { messageId, detail: '550 <sarah@example.com> unknown', isPermanent })

  test('has failed once, however often and by how many it is told', async () => {
    const { id, messageId } = await send('one')
    expect(await settle(messageId, false)).toBe(true)
    expect(await rowOf(id)).toMatchObject({ status: 'SENT', bounced_at: null })
    // Providers leave the brackets out.
    expect(await Promise.all([settle(messageId), settle(messageId.slice(1, -1)), settle(messageId)])).toEqual(
      [true, true, true],
    )
    expect(heard).toEqual(['sent one', 'failed one: bounced: 550 <…> unknown'])
    expect(await rowOf(id)).toMatchObject({ status: 'FAILED', bounced_at: house.clock.now() })
  })

  test('is not of ours by another Message-ID', async () => {
    expect(await settle('<mail_0123456789abcdef@vouchsafe.example>')).toBe(false)
    expect(await settle('')).toBe(false)
    expect(heard).toEqual([])
  })

  test('before anybody knew that it was taken is not sent again', async () => {
    server.next({ at: 'DATA', drops: true, keeps: true })
    const before = server.read.length
    const { id, messageId } = await send('two')
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED', may_have_arrived: true })
    expect(await settle(messageId)).toBe(true)
    house.clock.advance('2d')
    await house.drain()
    expect(server.read.length - before).toBe(1)
    expect(heard).toEqual(['failed two: bounced: 550 <…> unknown'])
  })

  test('after it had failed already changes nothing', async () => {
    server.next({ at: 'RCPT', code: 550 })
    const { id, messageId } = await send('three')
    const row = await rowOf(id)
    expect(row['status']).toBe('FAILED')
    await settle(messageId)
    expect(await rowOf(id)).toEqual(row)
    expect(heard).toHaveLength(1)
  })
})
