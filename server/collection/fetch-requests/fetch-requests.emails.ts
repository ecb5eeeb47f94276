/** The mails of fetch requests: rendered when they are sent, since they hold the link. */
import type { ReadContext, WriteContext } from '../../platform/context.ts'
import { composeMail } from '../../platform/mail/mail-template.ts'
import type { MailContent, MailDefinition, MailOfKind } from '../../platform/mail/mail.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { mailContents, noteDeliveryProblem, noteMailTaken, type MailFacts } from './fetch-requests.ts'

const listOf = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

const subjectOf = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 200)

function contentOf(facts: MailFacts, subject: string, lead: readonly string[], label: string): MailContent {
  const { organisation, message, url, until, replyTo } = facts
  const parts = composeMail({
    greeting: `Hello ${facts.firstName},`,
    paragraphs: [...lead, ...(message === null ? [] : [`${organisation} writes: “${message}”`])],
    button: { label, url },
    details: [
      `The link is yours alone and works until ${until}. It opens a page on which you can send what is asked for; you need no account, and you can stop and come back.`,
    ],
    footer:
      `This mail was sent for ${organisation}. ` +
      (replyTo === null
        ? `If you did not expect it, or are not ${facts.firstName}, ask ${organisation} before you open the link.`
        : `Questions? Answer this mail: it reaches ${organisation} at ${replyTo}.`),
  })
  return { subject: subjectOf(subject), ...parts }
}

const invitation = (facts: MailFacts): MailContent =>
  contentOf(
    facts,
    `${facts.organisation} asks for your ${listOf(facts.asked)}`,
    [
      `${facts.organisation} needs the following from you: ${listOf(facts.asked)}. It takes about three minutes on your phone.`,
    ],
    'Open the page',
  )

const reminder = (facts: MailFacts): MailContent =>
  contentOf(
    facts,
    `Reminder: ${facts.organisation} is waiting for your ${listOf(facts.waiting)}`,
    [`${facts.organisation} still needs: ${listOf(facts.waiting)}. What you have given already is kept.`],
    'Go on where you stopped',
  )

const sentBack = (facts: MailFacts): MailContent =>
  contentOf(
    facts,
    `Please look at your ${listOf(facts.waiting)} again`,
    [
      `${facts.organisation} looked at what you sent and asks for something again:`,
      ...facts.sentBack.map(({ name, reason }) => `${name}: ${reason}`),
    ],
    'Mend it',
  )

const definition = (kind: string, write: (facts: MailFacts) => MailContent): MailDefinition => ({
  kind,
  render: async (ctx: ReadContext, runtime: Runtime, mail: MailOfKind) => {
    const facts = await mailContents(ctx, runtime, mail)
    return facts && write(facts)
  },
  onSent: (ctx: WriteContext, mail) => noteMailTaken(ctx, mail),
  onFailed: (ctx: WriteContext, mail, detail) => noteDeliveryProblem(ctx, mail, detail),
})

export const fetchRequestMails: readonly MailDefinition[] = [
  definition('fetchRequest.invitation', invitation),
  definition('fetchRequest.reminder', reminder),
  definition('fetchRequest.sentBack', sentBack),
]
