/** Mail by a real SMTP conversation. */
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { buildHttpServer } from '../../front-doors.ts'
import { composeMail } from './mail-template.ts'
import { queueMail, type NewMail } from './mail.ts'

interface Refusal {
  readonly responseCode: number
}

/** A mail server that answers each message as it is told: undefined = taken. */
async function mailServer(
  answers: (Refusal | undefined)[],
  password = 'right',
): Promise<{
  url: string
  mails: ParsedMail[]
  attempts: () => number
  close: () => Promise<void>
}> {
  const mails: ParsedMail[] = []
  let attempts = 0
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) =>
      auth.password === password ? done(null, { user: 'x' }) : done(new Error('Invalid password')),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        attempts += 1
        const refusal = answers.shift()
        if (refusal) return done(Object.assign(new Error('no'), refusal))
        void simpleParser(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail)
          done()
        })
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address() as { port: number }
  return {
    url: `smtp://vouchsafe:right@127.0.0.1:${address.port}`,
    mails,
    attempts: () => attempts,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

describe('mail', () => {
  let house: TestHouse
  let organisationId: string
  const closing: (() => Promise<unknown>)[] = []
  const mail: NewMail = { kind: 'test', to: 'sarah.chen@example.com', subject: 'Hello', text: 'Hello Sarah' }

  async function open(settings: Record<string, string>): Promise<void> {
    const opened = await openTestHouse({ settings })
    house = opened
    closing.push(() => opened.close())
    organisationId = (await house.newOrganisation()).id
  }
  async function serve(...answers: (Refusal | undefined)[]): Promise<Awaited<ReturnType<typeof mailServer>>> {
    const server = await mailServer(answers)
    closing.push(server.close)
    await open({ SMTP_URL: server.url, MAIL_FROM: 'Vouchsafe <no-reply@vouchsafe.example>' })
    return server
  }
  const queue = (more: Partial<NewMail> = {}): Promise<string> =>
    house.runtime.write(organisationId, operator, (ctx) => queueMail(ctx, { ...mail, ...more }))
  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (
      await house.owner<Record<string, unknown>>(
        'select status, attempts, body_text, last_error from mails where id = $1',
        [id],
      )
    )[0] ?? {}

  beforeEach(() => closing.splice(0))
  afterEach(async () => {
    for (const close of closing.reverse()) await close()
  })

  test('goes out with both its forms, its own id, and a word against absence notes', async () => {
    const server = await serve()
    const parts = composeMail({
      greeting: 'Hello Zoë,',
      paragraphs: ['<script>alert(1)</script>'],
      button: { label: 'Press', url: 'https://vouchsafe.example/#a=b&c' },
      footer: 'Bye',
    })
    const id = await queue({ subject: 'Grüße aus Wagga Wagga ✓', ...parts })
    await house.drain()
    const [taken] = server.mails
    expect(taken).toMatchObject({
      subject: 'Grüße aus Wagga Wagga ✓',
      messageId: `<${id}@vouchsafe.example>`,
      from: { text: '"Vouchsafe" <no-reply@vouchsafe.example>' },
      to: { text: 'sarah.chen@example.com' },
    })
    expect(taken?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(taken?.text).toContain('Press:\nhttps://vouchsafe.example/#a=b&c')
    expect(taken?.html).toContain('&lt;script&gt;')
    expect(taken?.html).not.toContain('<script>')
    expect(await rowOf(id)).toMatchObject({ status: 'SENT', attempts: 1, body_text: parts.text })
  })

  test('what opens something is not kept once it is taken; without a mail server it is', async () => {
    const server = await serve()
    const id = await queue({ isSecret: true, html: '<p>x</p>' })
    await house.drain()
    expect(server.mails).toHaveLength(1)
    expect(await house.owner('select body_text, body_html from mails where id = $1', [id])).toEqual([
      { body_text: null, body_html: null },
    ])
    await open({})
    const kept = await queue({ isSecret: true })
    await house.drain()
    expect(await rowOf(kept)).toMatchObject({ status: 'OUTBOX', body_text: 'Hello Sarah' })
  })

  test('a server that is busy is asked again, by the platform’s clock, with the same Message-ID', async () => {
    const server = await serve({ responseCode: 451 }, { responseCode: 421 })
    const id = await queue()
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED', attempts: 1 })
    house.clock.advance('59s')
    await house.drain()
    expect(server.attempts()).toBe(1)
    house.clock.advance('1s')
    await house.drain()
    expect(server.attempts()).toBe(2)
    house.clock.advance('5m')
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ status: 'SENT', attempts: 3 })
    expect(server.mails.map((one) => one.messageId)).toEqual([`<${id}@vouchsafe.example>`])
  })

  test('a refusal for good is not repeated, and what is noted names nobody', async () => {
    const server = await serve({ responseCode: 550 })
    const id = await queue()
    await house.drain()
    house.clock.advance('2d')
    await house.drain()
    expect(server.attempts()).toBe(1)
    const row = await rowOf(id)
    expect(row).toMatchObject({ status: 'FAILED', attempts: 1 })
    expect(row['last_error']).toMatch(/550/)
    expect(row['last_error']).not.toContain('sarah')
  })

  test('a server that is not there is asked for a day, then the mail has failed', async () => {
    await open({ SMTP_URL: 'smtp://127.0.0.1:1' })
    const id = await queue()
    for (let n = 0; n < 8; n += 1) {
      await house.drain()
      house.clock.advance('13h')
    }
    expect(await rowOf(id)).toMatchObject({ status: 'FAILED', attempts: 7 })
  })

  test('a wrong password is the operator’s to mend: the mail waits, and the node says that it is degraded', async () => {
    const server = await mailServer([], 'another')
    closing.push(server.close)
    await open({ SMTP_URL: server.url })
    const id = await queue()
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED', attempts: 1 })
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
    await open({})
    await expect(queue(more)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('two workers at once send it once', async () => {
    const server = await serve()
    const id = await queue()
    const { sendMail } = await import('./mail.ts')
    await Promise.all([1, 2, 3].map(() => sendMail(house.runtime, organisationId, id)))
    expect(server.mails).toHaveLength(1)
  })
})
