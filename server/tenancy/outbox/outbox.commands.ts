/** `vouchsafe outbox …` */
import {
  requiredText,
  table,
  type CommandContext,
  type CommandDefinition,
  type CommandInput,
} from '../../platform/cli/command.ts'
import { AppError } from '../../platform/errors.ts'
import { findOrganisation, listOrganisations, type Organisation } from '../organisations/organisations.ts'
import type { Mail } from './outbox.schema.ts'
import { listMails, readLinks, readMail } from './outbox.ts'

const org = { flags: '--org <org>', description: 'id or name of the organisation; all of them without it' }
const listed = 200

async function organisationsOf({ runtime }: CommandContext, input: CommandInput): Promise<Organisation[]> {
  return input['org'] === undefined
    ? listOrganisations(runtime)
    : [await findOrganisation(runtime, requiredText(input, 'org'))]
}

const newestFirst = (left: Date, right: Date): number => right.getTime() - left.getTime()

export const outboxCommands: readonly CommandDefinition[] = [
  {
    path: 'outbox list',
    summary: `List the ${listed} newest mails that the product wrote.`,
    example: 'vouchsafe outbox list --org "Sunrise Aged Care"',
    options: [org],
    run: async (context, input) => {
      const { runtime, caller } = context
      const page = { limit: listed, offset: 0, after: null, counting: 'QUICK' } as const
      const found: { mail: Mail; organisation: string }[] = []
      for (const { id, name } of await organisationsOf(context, input)) {
        const { mails } = await runtime.read(id, caller, (ctx) => listMails(ctx, {}, page))
        found.push(...mails.map((mail) => ({ mail, organisation: name })))
      }
      const newest = found
        .sort(({ mail: left }, { mail: right }) =>
          newestFirst(left.attributes.createdAt, right.attributes.createdAt),
        )
        .slice(0, listed)
      const rows = newest.map(({ mail: { id, attributes }, organisation }) => [
        id,
        attributes.createdAt.toISOString(),
        attributes.status,
        organisation,
        attributes.to,
        attributes.subject ?? `(${attributes.kind})`,
      ])
      return {
        output: newest.map(({ mail: { id, attributes }, organisation }) => ({
          id,
          organisation,
          ...attributes,
        })),
        text: rows.length === 0 ? 'No mail yet.' : table(rows),
      }
    },
  },
  {
    path: 'outbox show',
    summary: 'Show a mail with what stands in it. That it was read is recorded.',
    example: 'vouchsafe outbox show mail_0123456789abcdef',
    arguments: [{ name: 'id', description: 'the mail’s id' }],
    options: [org],
    run: async (context, input) => {
      const { id, attributes } = await shownMail(context, input)
      const { to, subject, status, text } = attributes
      return {
        output: { id, ...attributes },
        text: `To: ${to}\nSubject: ${subject ?? ''}\nStatus: ${status}\n\n${text ?? '(not there: not written yet, or not kept any more)'}`,
      }
    },
  },
  {
    path: 'outbox links',
    summary:
      'Show the workers’ links in the mails about fetch requests, the newest first. That they were read is recorded.',
    example: 'vouchsafe outbox links "Sunrise Aged Care"',
    arguments: [
      {
        name: 'org-or-email',
        description: 'id or name of the organisation, or the e-mail address that was written to',
      },
    ],
    run: async ({ runtime, caller }, input) => {
      const about = requiredText(input, 'orgOrEmail').trim()
      const isAddress = /^[^\s@]+@[^\s@]+$/.test(about)
      const organisations = isAddress
        ? await listOrganisations(runtime)
        : [await findOrganisation(runtime, about)]
      const links = []
      for (const { id } of organisations)
        links.push(
          ...(await runtime.write(id, caller, (ctx) => readLinks(ctx, isAddress ? about : undefined))),
        )
      links.sort((left, right) => newestFirst(left.sentAt, right.sentAt))
      return {
        output: links,
        text:
          links.length === 0
            ? 'No mail with a link, or none that is kept: what stands in a mail is kept for 14 days.'
            : table(
                links.map(({ url, to, fetchRequestId, sentAt }) => [
                  sentAt.toISOString(),
                  fetchRequestId,
                  to,
                  url,
                ]),
              ),
      }
    },
  },
]

/** Of the organisation named, or of the one that has a mail of that id. */
async function shownMail(context: CommandContext, input: CommandInput): Promise<Mail> {
  const { runtime, caller } = context
  for (const { id } of await organisationsOf(context, input)) {
    try {
      return await runtime.write(id, caller, (ctx) => readMail(ctx, requiredText(input, 'id')))
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error
    }
  }
  throw new AppError('NOT_FOUND', 'There is no such mail. `vouchsafe outbox list` lists them with their ids.')
}
