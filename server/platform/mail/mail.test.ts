/** Mail as it is written, kept and read over a real SMTP conversation. What goes wrong on the way: mail-delivery.slow.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer } from '../../../test/mail-server.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { mailIdentity, setSetting } from '../../tenancy/organisations/organisations.ts'
import { readMail } from '../../tenancy/outbox/outbox.ts'
import { composeMail } from './mail-template.ts'
import { mailJobs } from './mail.jobs.ts'
import { queueMail, type MailContent, type MailDefinition, type NewMail } from './mail.ts'

describe('mail', () => {
  let house: TestHouse
  let organisationId: string
  const closing: (() => Promise<unknown>)[] = []
  const mail = { kind: 'test', to: 'sarah.chen@example.com', subject: 'Hello', text: 'Hello Sarah' }

  /** What a definition was asked and told. */
  let heard: string[]
  let content: MailContent | null
  const definition: MailDefinition = {
    kind: 'test.rendered',
    render: (_ctx, _runtime, { about, cause }) => {
      heard.push(`render ${about.type} ${about.id} ${cause}`)
      return Promise.resolve(content)
    },
    onSent: (_ctx, { cause }) => Promise.resolve(void heard.push(`sent ${cause}`)),
    onFailed: (_ctx, { cause }, detail) => Promise.resolve(void heard.push(`failed ${cause} ${detail}`)),
  }
  const rendered = {
    kind: 'test.rendered',
    to: 'sarah.chen@example.com',
    about: { type: 'thing', id: 'thg_1' },
  }

  async function open(settings: Record<string, string> = {}): Promise<void> {
    heard = []
    content = { subject: 'Now', text: 'Your link: https://vouchsafe.example/r/secret', html: null }
    const opened = await openTestHouse({
      settings,
      jobs: mailJobs({ definitions: [definition], identityOf: mailIdentity }),
    })
    house = opened
    closing.push(() => opened.close())
    organisationId = (await house.newOrganisation('Sunrise Aged Care')).id
  }
  async function serve(): Promise<MailServer> {
    const server = await openMailServer({ password: 'right' })
    closing.push(server.close)
    await open({ SMTP_URL: server.url, MAIL_FROM: 'Vouchsafe <no-reply@vouchsafe.example>' })
    return server
  }
  const queue = (more: NewMail): Promise<string> =>
    house.runtime.write(organisationId, operator, (ctx) => queueMail(ctx, more))
  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (await house.owner<Record<string, unknown>>('select * from mails where id = $1', [id]))[0] ?? {}
  const textOf = async (id: string): Promise<string | null | undefined> =>
    (await house.runtime.write(organisationId, operator, (ctx) => readMail(ctx, id))).attributes.text

  beforeEach(() => closing.splice(0))
  afterEach(async () => {
    for (const close of closing.reverse()) await close()
  })

  test('goes out with both its forms, its own id, its organisation’s name, and a word against absence notes', async () => {
    const server = await serve()
    const parts = composeMail({
      greeting: 'Hello Zoë,',
      paragraphs: ['<script>alert(1)</script>'],
      button: { label: 'Press', url: 'https://vouchsafe.example/#a=b&c' },
      footer: 'Bye',
    })
    const id = await queue({ ...mail, subject: 'Grüße aus Wagga Wagga ✓', ...parts })
    await house.drain()
    const [taken] = server.mails
    expect(taken).toMatchObject({
      subject: 'Grüße aus Wagga Wagga ✓',
      messageId: `<${id}@vouchsafe.example>`,
      from: { text: '"Sunrise Aged Care" <no-reply@vouchsafe.example>' },
      to: { text: 'sarah.chen@example.com' },
      date: house.clock.now(),
    })
    expect(taken?.replyTo).toBeUndefined()
    expect(taken?.headers.get('auto-submitted')).toBe('auto-generated')
    expect([...(taken?.headers.keys() ?? [])].sort()).toEqual(
      [
        'auto-submitted',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'received',
        'subject',
        'to',
      ].filter((name) => taken?.headers.has(name)),
    )
    expect(taken?.text).toContain('Press:\nhttps://vouchsafe.example/#a=b&c')
    expect(taken?.html).toContain('&lt;script&gt;')
    expect(taken?.html).not.toContain('<script>')
    expect(await rowOf(id)).toMatchObject({
      status: 'SENT',
      attempts: 1,
      message_id: `<${id}@vouchsafe.example>`,
    })
    expect(await textOf(id)).toBe(parts.text)
  })

  test('is signed and answered as the organisation sets it', async () => {
    const server = await serve()
    await house.runtime.write(organisationId, operator, async (ctx) => {
      await setSetting(ctx, 'mail.senderName', 'Søren’s “Team”, Perth')
      await setSetting(ctx, 'mail.replyTo', 'people@sunrise.example')
    })
    await queue(mail)
    await house.drain()
    expect(server.mails[0]?.from?.value).toEqual([
      { name: 'Søren’s “Team”, Perth', address: 'no-reply@vouchsafe.example' },
    ])
    expect(server.mails[0]?.replyTo?.text).toBe('people@sunrise.example')
    for (const [key, value] of [
      ['mail.senderName', 'A <a@example.com>'],
      ['mail.replyTo', 'two@example.com, three@example.com'],
    ] as const)
      await expect(
        house.runtime.write(organisationId, operator, (ctx) => setSetting(ctx, key, value)),
      ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('no row holds in clear what stands in it', async () => {
    const server = await serve()
    const ids = [
      await queue({ ...mail, text: 'Hello, open sesame', html: '<p>open sesame</p>' }),
      await queue({ ...rendered, cause: 'one' }),
    ]
    content = { subject: 'Now', text: 'open sesame', html: null }
    const look = async (): Promise<string> => {
      const rows = await house.owner<Record<string, unknown>>('select m::text as all from mails m')
      const jobs = await house.owner('select data::text, output::text from pgboss.job')
      // bytea is shown in hexadecimal digits.
      return JSON.stringify([rows, jobs])
    }
    const leak = (text: string): boolean =>
      text.includes('open sesame') || text.includes(Buffer.from('open sesame').toString('hex'))
    expect(leak(await look())).toBe(false)
    server.next({ at: 'DATA', code: 451 }, { at: 'DATA', code: 451 })
    await house.drain()
    expect(leak(await look())).toBe(false)
    house.clock.advance('1m')
    await house.drain()
    expect(leak(await look())).toBe(false)
    expect(server.mails).toHaveLength(2)
    for (const id of ids) expect(await textOf(id)).toContain('open sesame')
  })

  test('what opens an account is not kept once it is taken; without a mail server it is', async () => {
    const server = await serve()
    const id = await queue({ ...mail, isSecret: true, html: '<p>x</p>' })
    await house.drain()
    expect(server.mails).toHaveLength(1)
    expect(await rowOf(id)).toMatchObject({ body_text: null, sealed_content: null, sealed_message: null })
    expect(await textOf(id)).toBeNull()
    await open()
    const kept = await queue({ ...mail, isSecret: true })
    await house.drain()
    expect(await rowOf(kept)).toMatchObject({ status: 'OUTBOX', body_text: null })
    expect(await textOf(kept)).toBe('Hello Sarah')
  })

  test.each([['with a mail server'], ['in the outbox']])(
    'what stands in it is gone after 14 days, and that it was sent is not: %s',
    async (where) => {
      if (where === 'in the outbox') await open()
      else await serve()
      const first = await queue(mail)
      await house.drain()
      house.clock.advance('5d')
      const second = await queue({ ...rendered, cause: 'one' })
      await house.drain()
      house.clock.advance('9d')
      await house.drain()
      expect(await textOf(first)).toBeNull()
      expect(await textOf(second)).toContain('Your link')
      house.clock.advance('5d')
      await house.drain()
      expect(await textOf(second)).toBeNull()
      expect(await rowOf(second)).toMatchObject({
        subject: 'Now',
        sealed_content: null,
        sealed_message: null,
      })
    },
  )

  test('what an older version wrote in clear is sent, and sealed or cleared', async () => {
    const server = await serve()
    await house.owner(
      `insert into mails (organisation_id, id, kind, to_address, subject, body_text, is_secret, status, attempts, created_at, updated_at)
       values ($1, 'mail_0123456789abcdef', 'test', 'a@example.com', 'Old', 'Old text', false, 'QUEUED', 0, now(), now())`,
      [organisationId],
    )
    await house.runtime.write(organisationId, operator, (ctx) =>
      ctx.enqueue('mail.send', 'mail_0123456789abcdef'),
    )
    await house.drain()
    expect(server.mails.map(({ text }) => text?.trim())).toEqual(['Old text'])
    expect(await rowOf('mail_0123456789abcdef')).toMatchObject({ status: 'SENT', body_text: null })
    expect(await textOf('mail_0123456789abcdef')).toBe('Old text')
  })

  test('of a defined kind has no text before it is sent, and tells its definition that it was', async () => {
    const server = await serve()
    const id = await queue({ ...rendered, cause: 'one' })
    expect(await rowOf(id)).toMatchObject({ subject: null, sealed_content: null, status: 'QUEUED' })
    expect(await textOf(id)).toBeNull()
    content = { subject: 'Later words', text: 'Later text', html: '<p>Later</p>' }
    await house.drain()
    expect(server.mails[0]).toMatchObject({ subject: 'Later words', text: 'Later text' })
    expect(heard).toEqual(['render thing thg_1 one', 'sent one'])
    expect(await rowOf(id)).toMatchObject({ subject: 'Later words', status: 'SENT' })
  })

  test('without a mail server it is rendered into the outbox, and counts as sent', async () => {
    await open()
    const id = await queue({ ...rendered, cause: 'one' })
    await house.drain()
    expect(heard).toEqual(['render thing thg_1 one', 'sent one'])
    expect(await rowOf(id)).toMatchObject({ status: 'OUTBOX', subject: 'Now' })
    expect(await textOf(id)).toContain('/r/secret')
  })

  test('a second mail of its kind for the same cause is not made, whoever asks and when', async () => {
    const server = await serve()
    const write = (cause: string): Promise<string> => queue({ ...rendered, cause })
    const ids = await Promise.all(['one', 'one', 'one'].map(write))
    await house.drain()
    ids.push(await write('one'))
    await house.drain()
    expect(new Set(ids).size).toBe(1)
    expect(server.mails).toHaveLength(1)
    await write('two')
    await queue({ ...mail, cause: 'one' })
    await house.drain()
    expect(server.mails).toHaveLength(3)
    // Another organisation's cause is another one.
    const other = await house.newOrganisation()
    await house.runtime.write(other.id, operator, (ctx) => queueMail(ctx, { ...rendered, cause: 'one' }))
    await house.drain()
    expect(server.mails).toHaveLength(4)
  })

  test('is not sent once its reason is gone: not at all, and not again after a refusal', async () => {
    const server = await serve()
    const never = await queue({ ...rendered, cause: 'one' })
    content = null
    await house.drain()
    expect(server.recipients).toEqual([])
    expect(await rowOf(never)).toMatchObject({ status: 'CANCELLED', attempts: 0 })
    content = { subject: 'Now', text: 'Text', html: null }
    server.next({ at: 'DATA', code: 451 })
    const refused = await queue({ ...rendered, cause: 'two' })
    await house.drain()
    content = null
    house.clock.advance('2d')
    await house.drain()
    expect(server.read).toHaveLength(1)
    expect(server.mails).toEqual([])
    expect(await rowOf(refused)).toMatchObject({
      status: 'CANCELLED',
      sealed_content: null,
      sealed_message: null,
    })
    expect(heard.filter((line) => !line.startsWith('render'))).toEqual([])
    // For good: it does not come back when the reason does.
    content = { subject: 'Now', text: 'Text', html: null }
    await house.runtime.write(organisationId, operator, (ctx) => ctx.enqueue('mail.deliver', refused))
    await house.drain()
    expect(server.mails).toEqual([])
  })

  test('a wrong password is the operator’s to mend: the mail waits, and the node says that it is degraded', async () => {
    const server = await openMailServer({ password: 'another' })
    closing.push(server.close)
    await open({ SMTP_URL: server.url.replace('another', 'wrong') })
    const id = await queue(mail)
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED', attempts: 1, may_have_arrived: false })
    const http = await buildHttpServer(house.runtime, '0.0.0')
    closing.push(() => http.close())
    const ready = await http.inject('/readyz')
    expect(ready.statusCode).toBe(200)
    expect(ready.json()).toMatchObject({
      status: 'degraded',
      parts: { mail: { ok: false, isRequired: false } },
    })
  })

  test.each([
    { to: 'two@example.com, three@example.com' },
    { to: 'sarah@example.com\r\nBcc: all@example.com' },
    { to: 'nobody' },
    { subject: 'Hello\r\nBcc: all@example.com' },
    { subject: ' ' },
  ])('%j cannot be sent as it is meant', async (more) => {
    await open()
    await expect(queue({ ...mail, ...more })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })
})
