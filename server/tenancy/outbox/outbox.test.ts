/** Reading mails: what is shown, to whom, and what of it is recorded. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, operator, type TestHouse } from '../../../test/harness.ts'
import type { CommandAnswer } from '../../platform/cli/command.ts'
import { mailJobs } from '../../platform/mail/mail.jobs.ts'
import { queueMail } from '../../platform/mail/mail.ts'
import { mailIdentity } from '../organisations/organisations.ts'
import { outboxCommands } from './outbox.commands.ts'
import { linksIn, type MailedLink } from './outbox.schema.ts'
import { readLinks, readMail } from './outbox.ts'

const tokenOf = (id: string): string => Buffer.from(id.padEnd(32, '-')).toString('base64url')

let house: TestHouse
let ours: { id: string; name: string }
let theirs: { id: string; name: string }

beforeAll(async () => {
  const render = (about: { id: string }): Promise<{ subject: string; text: string; html: null }> =>
    Promise.resolve({
      subject: 'Your documents, please',
      text: `Start:\nhttps://vouchsafe.example/r/${tokenOf(about.id)}\n\nhttps://vouchsafe.example/privacy`,
      html: null,
    })
  house = await openTestHouse({
    jobs: mailJobs({
      identityOf: mailIdentity,
      definitions: ['fetchRequest.invitation', 'other.kind'].map((kind) => ({
        kind,
        render: (_ctx, _runtime, { about }) => render(about),
      })),
    }),
  })
  ours = await house.newOrganisation('Sunrise Aged Care')
  theirs = await house.newOrganisation('Sunset Aged Care')
  for (const [organisation, kind, id, to] of [
    [ours, 'fetchRequest.invitation', 'cap_1', 'Sarah.Chen@example.com'],
    [ours, 'fetchRequest.invitation', 'cap_2', 'lee@example.com'],
    [ours, 'other.kind', 'cap_3', 'lee@example.com'],
    [theirs, 'fetchRequest.invitation', 'cap_4', 'lee@example.com'],
  ] as const) {
    await house.runtime.write(organisation.id, operator, (ctx) =>
      queueMail(ctx, { kind, to, about: { type: 'fetchRequest', id }, cause: id }),
    )
    await house.drain()
    house.clock.advance('1m')
  }
})
afterAll(() => house.close())

async function run(path: string, input: Record<string, string>): Promise<CommandAnswer> {
  const command = outboxCommands.find((one) => one.path === path)
  if (!command) throw new Error(`there is no ${path}`)
  return command.run({ runtime: house.runtime, caller: operator } as Parameters<typeof command.run>[0], input)
}
const linked = (answer: CommandAnswer): string[] =>
  (answer.output as MailedLink[]).map(({ fetchRequestId }) => fetchRequestId)

test('the links of an organisation, the newest first', async () => {
  const answer = await run('outbox links', { orgOrEmail: 'sunrise aged care' })
  expect(answer.output).toEqual([
    {
      url: `https://vouchsafe.example/r/${tokenOf('cap_2')}`,
      to: 'lee@example.com',
      fetchRequestId: 'cap_2',
      sentAt: new Date('2026-02-01T00:01:00Z'),
    },
    {
      url: `https://vouchsafe.example/r/${tokenOf('cap_1')}`,
      to: 'Sarah.Chen@example.com',
      fetchRequestId: 'cap_1',
      sentAt: new Date('2026-02-01T00:00:00Z'),
    },
  ])
  expect(answer.text).toContain(tokenOf('cap_1'))
})

test('the links to an address, whatever organisation wrote and however it is typed', async () => {
  expect(linked(await run('outbox links', { orgOrEmail: 'LEE@example.com' }))).toEqual(['cap_4', 'cap_2'])
  expect(linked(await run('outbox links', { orgOrEmail: 'sarah.chen@example.com' }))).toEqual(['cap_1'])
  expect(linked(await run('outbox links', { orgOrEmail: 'nobody@example.com' }))).toEqual([])
  await expect(run('outbox links', { orgOrEmail: 'Sunrize Aged Care' })).rejects.toThrow('Sunrise Aged Care')
})

test('that links and mails were read is recorded', async () => {
  const actions = async (): Promise<string[]> =>
    (
      await house.owner<{ action: string }>(
        `select action from audit_entries where organisation_id = $1 and action like 'readMail%' order by at, id`,
        [theirs.id],
      )
    ).map(({ action }) => action)
  const before = (await actions()).length
  await house.runtime.write(theirs.id, operator, (ctx) => readLinks(ctx))
  expect((await actions()).slice(before)).toEqual(['readMailedLinks'])
})

test('a mail is listed without what stands in it, and shown with it by its id alone', async () => {
  const { output } = await run('outbox list', {})
  const listed = output as { id: string; organisation: string; subject: string; text?: string }[]
  expect(listed.map(({ organisation }) => organisation)).toEqual(
    [theirs, ours, ours, ours].map(({ name }) => name),
  )
  expect(JSON.stringify(listed)).not.toContain('/r/')
  expect((await run('outbox list', { org: theirs.id })).output).toHaveLength(1)
  const [first] = listed
  const shown = await run('outbox show', { id: first?.id ?? '' })
  expect(shown.text).toContain(`/r/${tokenOf('cap_4')}`)
  await expect(run('outbox show', { id: first?.id ?? '', org: ours.id })).rejects.toThrow('no such mail')
  await expect(
    house.runtime.write(ours.id, operator, (ctx) => readMail(ctx, first?.id ?? '')),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('links are those of workers’ pages', () => {
  const token = 'a'.repeat(43)
  expect(
    linksIn(
      `a http://127.0.0.1:8080/r/${token}\nhttps://x.example/r/${token}. https://x.example/r/short https://x.example/`,
    ),
  ).toEqual([`http://127.0.0.1:8080/r/${token}`, `https://x.example/r/${token}`])
})
