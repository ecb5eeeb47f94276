/** Mail through mail servers as they are out there: handed over, delivered, given back, and read from the mailbox. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  isRoot,
  startDebianImap,
  startDebianSmtpd,
  type DebianImap,
  type DebianSmtpd,
} from '../../../test/debian-mail.ts'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer } from '../../../test/mail-server.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { mailIdentity } from '../../tenancy/organisations/organisations.ts'
import { composeMail } from './mail-template.ts'
import { mailJobs } from './mail.jobs.ts'
import { queueMail, type MailDefinition } from './mail.ts'

const password = 'p@ss/word'

// The servers change accounts: only root can.
describe.runIf(isRoot)('with OpenSMTPD and Dovecot', () => {
  let home: string
  let smtpd: DebianSmtpd
  let imap: DebianImap
  /** What OpenSMTPD hands the mail of returned.example on to. */
  let next: MailServer
  let house: TestHouse
  let organisationId: string
  const heard: string[] = []
  const definition: MailDefinition = {
    kind: 'test.rendered',
    render: () =>
      Promise.resolve({
        subject: 'Bitte um Ihre Nachweise — Zoë',
        ...composeMail({
          greeting: 'Hello Zoë,',
          paragraphs: ['.', '. A line that begins with a dot', 'x'.repeat(2_000)],
          button: { label: 'Start', url: 'https://vouchsafe.example/r/secret' },
          footer: 'Bye',
        }),
      }),
    onSent: async (_ctx, { cause }) => void heard.push(`sent ${cause}`),
    onFailed: async (_ctx, { cause }, detail) => void heard.push(`failed ${cause}: ${detail}`),
  }

  beforeAll(async () => {
    // Short, since sockets lie in it; and open to the accounts that the servers change to.
    home = await mkdtemp(join(tmpdir(), 'vs-mail-'))
    await chmod(home, 0o755)
    const maildir = join(home, 'mail')
    next = await openMailServer()
    for (const folder of ['smtpd', 'imap']) await mkdir(join(home, folder))
    smtpd = await startDebianSmtpd({
      home: join(home, 'smtpd'),
      maildir,
      relays: { 'returned.example': next.port },
    })
    imap = await startDebianImap({ home: join(home, 'imap'), maildir, password })
    house = await openTestHouse({
      settings: {
        SMTP_URL: smtpd.url,
        MAIL_FROM: 'no-reply@vouchsafe.example',
        BOUNCE_IMAP_URL: imap.url,
      },
      jobs: mailJobs({ definitions: [definition], identityOf: mailIdentity }),
    })
    organisationId = (await house.newOrganisation('Sunrise Aged Care')).id
  })
  afterAll(async () => {
    await house?.close()
    await imap?.stop()
    await smtpd?.stop()
    await next?.close()
    await rm(home, { recursive: true, force: true })
  })

  const send = async (to: string, cause: string): Promise<string> => {
    const id = await house.runtime.write(organisationId, operator, (ctx) =>
      queueMail(ctx, { kind: 'test.rendered', to, about: { type: 'thing', id: 'thg_1' }, cause }),
    )
    await house.drain()
    return id
  }
  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (await house.owner<Record<string, unknown>>('select * from mails where id = $1', [id]))[0] ?? {}
  const deliveredWith = async (text: string): Promise<Buffer> => {
    for (;;) {
      const found = (await smtpd.delivered()).find((message) => message.includes(text))
      if (found) return found
      await sleep(100)
    }
  }

  test('a mail lies in the mailbox whole, as it was written', async () => {
    const id = await send('zoe@example.com', 'one')
    const mail = await simpleParser(await deliveredWith(id))
    expect(mail).toMatchObject({
      messageId: `<${id}@vouchsafe.example>`,
      subject: 'Bitte um Ihre Nachweise — Zoë',
      from: { value: [{ name: 'Sunrise Aged Care', address: 'no-reply@vouchsafe.example' }] },
    })
    expect(mail.text).toContain('\n.\n\n. A line that begins with a dot\n\n' + 'x'.repeat(2_000))
    expect(mail.html).toContain('https://vouchsafe.example/r/secret')
    expect(mail.headers.get('return-path')).toMatchObject({ text: 'no-reply@vouchsafe.example' })
    expect(await rowOf(id)).toMatchObject({ status: 'SENT', attempts: 1 })
    expect(heard).toEqual(['sent one'])
  })

  test('a mail that is given back by a report in the mailbox has failed, once; people’s mail there is left alone', async () => {
    heard.splice(0)
    next.next({ at: 'RCPT', code: 550 })
    const id = await send('gone@returned.example', 'two')
    expect(heard).toEqual(['sent two'])
    await deliveredWith('message/delivery-status')
    house.clock.advance('5m')
    await house.drain()
    expect(heard).toEqual(['sent two', expect.stringMatching(/^failed two: bounced: 5\.\d\.\d/)])
    expect(heard.join()).not.toContain('gone')
    const row = await rowOf(id)
    expect(row).toMatchObject({ status: 'FAILED', attempts: 1 })
    expect(row['bounced_at']).toEqual(house.clock.now())
    // Marked as read: what people wrote is not, and is not looked at again.
    const { ImapFlow } = await import('imapflow')
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: imap.port,
      secure: false,
      auth: { user: 'bounces', pass: password },
      logger: false,
    })
    await client.connect()
    await client.mailboxOpen('INBOX')
    const unread = (await client.search({ seen: false }, { uid: true })) || []
    const read = (await client.search({ seen: true }, { uid: true })) || []
    await client.logout()
    expect([unread.length, read.length]).toEqual([1, 1])
    house.clock.advance('5m')
    await house.drain()
    expect(heard).toHaveLength(2)
  })

  test('a mailbox that cannot be read leaves the node degraded, and mail goes on', async () => {
    await imap.stop()
    house.clock.advance('5m')
    await house.drain()
    const http = await buildHttpServer(house.runtime, '0.0.0')
    const answer = await http.inject('/readyz')
    await http.close()
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      status: 'degraded',
      parts: { mail: { ok: true }, bounces: { ok: false, isRequired: false } },
    })
    expect(answer.body).not.toContain('ss/word')
    expect(await rowOf(await send('zoe@example.com', 'three'))).toMatchObject({ status: 'SENT' })
  })
})
