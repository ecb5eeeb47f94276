/**
 * A mail server that refuses, delays, or drops what it was given: never two mails for a cause, never none. What the server
 * kept counts as received; messages of one Message-ID are one, since that is how mailboxes know them.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import { openMailServer, type MailServer, type Mishap } from '../../../test/mail-server.ts'
import { mailIdentity } from '../../tenancy/organisations/organisations.ts'
import { deliverMail } from './mail-delivery.ts'
import { mailJobs } from './mail.jobs.ts'
import { queueMail, type MailDefinition, type MailParts } from './mail.ts'

const patience = { connectMs: 300, untilDataMs: 600, replyMs: 600, placeMs: 100 }

describe('a mail server', () => {
  let house: TestHouse
  let server: MailServer
  let organisationId: string
  let heard: string[]
  /** What hooks run into, once each. */
  let stumbles: (() => void)[]
  let renderings: number
  const closing: (() => Promise<unknown>)[] = []

  const definition: MailDefinition = {
    kind: 'test.rendered',
    render: () => {
      renderings += 1
      const text = `Rendering ${renderings}`
      return Promise.resolve({ subject: `Subject ${renderings}`, text, html: `<p>${text}</p>` })
    },
    onSent: async () => {
      stumbles.shift()?.()
      heard.push('sent')
    },
    onFailed: async (_ctx, _mail, detail) => void heard.push(`failed: ${detail}`),
  }
  const parts: MailParts = { definitions: [definition], identityOf: mailIdentity }

  beforeEach(async () => {
    heard = []
    stumbles = []
    renderings = 0
    const opened = await openMailServer()
    server = opened
    closing.push(() => opened.close())
    const house_ = await openTestHouse({
      settings: { SMTP_URL: server.url, MAIL_FROM: 'no-reply@vouchsafe.example' },
      jobs: mailJobs(parts),
      mailPatience: patience,
    })
    house = house_
    closing.push(() => house_.close())
    organisationId = (await house.newOrganisation()).id
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  const queue = (cause = 'one'): Promise<string> =>
    house.runtime.write(organisationId, operator, (ctx) =>
      queueMail(ctx, {
        kind: 'test.rendered',
        to: 'sarah.chen@example.com',
        about: { type: 'thing', id: 'thg_1' },
        cause,
      }),
    )
  const rowOf = async (id: string): Promise<Record<string, unknown>> =>
    (await house.owner<Record<string, unknown>>('select * from mails where id = $1', [id]))[0] ?? {}
  /** Everything that will ever be tried. */
  const untilTheEnd = async (): Promise<void> => {
    for (let n = 0; n < 8; n += 1) {
      await house.drain()
      house.clock.advance('13h')
    }
    await house.drain()
  }
  /** As whoever reads it counts. */
  const received = (): number => new Set(server.mails.map(({ messageId }) => messageId)).size
  const bytesOf = (messages: readonly Buffer[]): Set<string> =>
    // The first line is the mail server's own.
    new Set(messages.map((message) => message.toString('base64')))

  test.each<[string, Mishap[], { tries: number; renderings: number; isRepeat: boolean }]>([
    [
      'is busy after DATA',
      [
        { at: 'DATA', code: 451 },
        { at: 'DATA', code: 421 },
      ],
      { tries: 3, renderings: 3, isRepeat: false },
    ],
    ['is busy at RCPT', [{ at: 'RCPT', code: 450 }], { tries: 1, renderings: 2, isRepeat: false }],
    ['does not greet', [{ at: 'GREETING', hangs: true }], { tries: 1, renderings: 2, isRepeat: false }],
    [
      'never answers, and has not kept it',
      [{ at: 'DATA', hangs: true, keeps: false }],
      { tries: 2, renderings: 2, isRepeat: true },
    ],
    [
      'never answers, and has kept it',
      [{ at: 'DATA', hangs: true, keeps: true }],
      { tries: 2, renderings: 2, isRepeat: true },
    ],
    [
      'drops the connection after DATA, and has not kept it',
      [{ at: 'DATA', drops: true, keeps: false }],
      { tries: 2, renderings: 2, isRepeat: true },
    ],
    [
      'drops the connection after DATA, and has kept it',
      [{ at: 'DATA', drops: true, keeps: true }],
      { tries: 2, renderings: 2, isRepeat: true },
    ],
    [
      'drops it, is busy, and drops it again',
      [
        { at: 'DATA', drops: true, keeps: true },
        { at: 'DATA', code: 451 },
        { at: 'DATA', drops: true, keeps: true },
      ],
      { tries: 4, renderings: 4, isRepeat: true },
    ],
  ])('that %s gets it in the end, once', async (_what, mishaps, expected) => {
    server.next(...mishaps)
    const id = await queue()
    await untilTheEnd()
    expect(received()).toBe(1)
    expect(server.read).toHaveLength(expected.tries)
    // Asked before each attempt whether it still is to go.
    expect(renderings).toBe(expected.renderings)
    // What may have arrived is repeated byte for byte; what surely has not says what is so now.
    if (expected.isRepeat) expect(bytesOf(server.read).size).toBe(1)
    else expect(server.mails[0]?.subject).toBe(`Subject ${expected.renderings}`)
    expect(new Set(server.mails.map(({ messageId }) => messageId))).toEqual(
      new Set([`<${id}@vouchsafe.example>`]),
    )
    expect(heard).toEqual(['sent'])
    expect(await rowOf(id)).toMatchObject({ status: 'SENT', sealed_message: null })
  })

  test.each<[string, Mishap]>([
    ['at RCPT', { at: 'RCPT', code: 550 }],
    ['after DATA', { at: 'DATA', code: 554 }],
  ])(
    'that refuses for good %s is not asked again, and nothing that is noted names anybody',
    async (_where, mishap) => {
      server.next(mishap)
      const id = await queue()
      await untilTheEnd()
      expect(server.recipients).toHaveLength(1)
      expect(server.mails).toEqual([])
      const row = await rowOf(id)
      expect(row).toMatchObject({ status: 'FAILED', attempts: 1 })
      expect(row['last_error']).toMatch(/55[04]/)
      expect(row['last_error']).not.toContain('sarah')
      expect(heard).toEqual([`failed: ${String(row['last_error'])}`])
    },
  )

  test('that is not there is asked for a day, by the platform’s clock; then the mail has failed', async () => {
    await server.close()
    const id = await queue()
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED', attempts: 1, may_have_arrived: false })
    house.clock.advance('59s')
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ attempts: 1 })
    house.clock.advance('1s')
    await house.drain()
    expect(await rowOf(id)).toMatchObject({ attempts: 2 })
    await untilTheEnd()
    expect(await rowOf(id)).toMatchObject({ status: 'FAILED', attempts: 7 })
    expect(heard).toEqual([expect.stringMatching(/^failed: /)])
  })

  test('several processes at once send it once', async () => {
    const id = await queue()
    await Promise.all([1, 2, 3].map(() => deliverMail(house.runtime, parts, organisationId, id)))
    expect(server.read).toHaveLength(1)
    expect(heard).toEqual(['sent'])
  })

  test('whose yes cannot be noted is not asked again: what follows is done when it can be', async () => {
    stumbles.push(() => {
      throw new Error('a fault of what hears of it')
    })
    const id = await queue()
    await expect(deliverMail(house.runtime, parts, organisationId, id)).rejects.toThrow('a fault')
    expect(await rowOf(id)).toMatchObject({ status: 'QUEUED' })
    await deliverMail(house.runtime, parts, organisationId, id)
    expect(server.read).toHaveLength(1)
    expect(heard).toEqual(['sent'])
    expect(await rowOf(id)).toMatchObject({ status: 'SENT' })
  })

  test('that hangs holds two of the workers and no more: the rest comes later, and nothing is lost', async () => {
    server.next(...Array.from({ length: 2 }, () => ({ at: 'DATA', hangs: true, keeps: false }) as const))
    const ids = []
    for (const cause of ['1', '2', '3', '4', '5']) ids.push(await queue(cause))
    await untilTheEnd()
    expect(received()).toBe(5)
    for (const id of ids) expect(await rowOf(id)).toMatchObject({ status: 'SENT' })
    // Putting off is no attempt.
    expect((await Promise.all(ids.map(rowOf))).map(({ attempts }) => attempts).sort()).toEqual([
      1, 1, 1, 2, 2,
    ])
  })
})
