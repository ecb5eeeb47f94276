/** `vouchsafe outbox …` */
import { requiredText, table, type CommandDefinition } from '../../platform/cli/command.ts'
import { findOrganisation } from '../organisations/organisations.ts'
import { listMails, readMail } from './outbox.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation', isRequired: true }
const listed = 200

export const outboxCommands: readonly CommandDefinition[] = [
  {
    path: 'outbox list',
    summary: `List the ${listed} newest mails that the product wrote.`,
    example: 'vouchsafe outbox list --org "Sunrise Aged Care"',
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const page = { limit: listed, offset: 0, after: null, counting: 'QUICK' } as const
      const { mails } = await runtime.read(organisation.id, caller, (ctx) => listMails(ctx, {}, page))
      const rows = mails.map(({ id, attributes: { createdAt, status, to, subject } }) => [
        id,
        createdAt.toISOString(),
        status,
        to,
        subject,
      ])
      return {
        output: mails.map(({ id, attributes }) => ({ id, ...attributes })),
        text: mails.length === 0 ? 'No mail yet.' : table(rows),
      }
    },
  },
  {
    path: 'outbox show',
    summary: 'Show a mail with what stands in it. That it was read is recorded.',
    example: 'vouchsafe outbox show --org "Sunrise Aged Care" mail_0123456789abcdef',
    arguments: [{ name: 'id', description: 'the mail’s id' }],
    options: [org],
    run: async ({ runtime, caller }, input) => {
      const organisation = await findOrganisation(runtime, requiredText(input, 'org'))
      const { id, attributes } = await runtime.write(organisation.id, caller, (ctx) =>
        readMail(ctx, requiredText(input, 'id')),
      )
      const { to, subject, status, text } = attributes
      return {
        output: { id, ...attributes },
        text: `To: ${to}\nSubject: ${subject}\nStatus: ${status}\n\n${text ?? '(not kept: it was handed to the mail server)'}`,
      }
    },
  },
]
