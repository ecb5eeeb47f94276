/** A process that dies between the mail server's yes and its noting: the same message again, which counts once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMailServer, type MailServer } from '../mail-server.ts'
import { Installation } from './installation.ts'

let mailServer: MailServer
let installation: Installation

beforeAll(async () => {
  mailServer = await openMailServer()
  installation = await Installation.create({
    SMTP_URL: mailServer.url,
    MAIL_FROM: 'Vouchsafe <no-reply@vouchsafe.example>',
  })
})
afterAll(async () => {
  await installation.stop('SIGKILL')
  await installation.remove()
  await mailServer.close()
})

interface Listed {
  readonly id: string
  readonly status: string
  readonly to: string
}

test('a mail that the mail server had taken when the process was killed goes out again byte for byte', async () => {
  await installation.start()
  // It keeps the message; its yes is on its way when the process dies.
  mailServer.next({ at: 'DATA', hangs: true, keeps: true })
  await installation.json(
    'user',
    'invite',
    '--org',
    'Default',
    '--email',
    'sarah@example.com',
    '--role',
    'viewer',
  )
  await mailServer.hasRead(1)
  await installation.stop('SIGKILL')
  await installation.start()
  await mailServer.hasRead(2)
  const mail = async (): Promise<Listed | undefined> =>
    (await installation.json<Listed[]>('outbox', 'list', '--org', 'Default')).find(
      ({ to }) => to === 'sarah@example.com',
    )
  while ((await mail())?.status !== 'SENT') await new Promise((resolve) => setTimeout(resolve, 200))
  expect(mailServer.read).toHaveLength(2)
  const [first, second] = mailServer.read
  expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true)
  const id = (await mail())?.id ?? ''
  expect(mailServer.mails.map(({ messageId }) => messageId)).toEqual([
    `<${id}@vouchsafe.example>`,
    `<${id}@vouchsafe.example>`,
  ])
}, 120_000)
