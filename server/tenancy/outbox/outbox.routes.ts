/** `/outbox` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { actionRoute, listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import {
  assertSigned,
  signatureHeader,
  takeMailEvents,
  timestampHeader,
  type MailParts,
} from './outbox.mail-events.ts'
import { mailAttributes, mailEvents, mailStatuses } from './outbox.schema.ts'
import { listMails, readMail } from './outbox.ts'

const example = {
  id: 'mail_2fQs84NdLy7wXc3V',
  type: 'mail',
  attributes: {
    kind: 'user.invitation',
    to: 'sarah.chen@example.com',
    subject: 'Your invitation to Sunrise Aged Care',
    status: 'OUTBOX',
    attempts: 0,
    lastError: null,
    about: { type: 'user', id: 'usr_8gYv15RkPz0tMb6J' },
    createdAt: '2026-02-01T00:00:00.000Z',
    sentAt: null,
    bouncedAt: null,
    messageId: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const grant = { entity: 'settings', verb: 'READ' } as const

/** @param parts what is done about a mail that came back */
export const outboxRoutes = (parts: MailParts): readonly Route[] => [
  listRoute({
    method: 'GET',
    path: '/outbox',
    name: 'listMails',
    summary: 'List the mails that were written, without what stands in them.',
    tag: 'Outbox',
    grant,
    type: 'mail',
    attributes: mailAttributes,
    example,
    order: 'time of writing, newest first',
    query: z.strictObject({
      ...pagingQuery,
      kind: z.string().max(100).optional(),
      status: z.enum(mailStatuses).optional(),
      to: z.string().max(320).optional().describe('The address, without case.'),
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after, counting }) => {
      const key = after === null ? null : timeKey(after)
      const { mails, total } = await read((ctx) =>
        listMails(ctx, query, { limit, offset, after: key, counting }),
      )
      const last = mails.at(-1)
      return {
        resources: mails,
        total,
        nextKey: mails.length < limit || !last ? null : [last.attributes.createdAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/outbox/{id}',
    name: 'readMail',
    summary: 'Read a mail. That it was read is recorded.',
    tag: 'Outbox',
    grant,
    params: { id: example.id },
    type: 'mail',
    attributes: mailAttributes,
    example: {
      ...example,
      attributes: { ...example.attributes, text: 'Hello Sarah Chen, …', html: null },
    },
    run: ({ write, params }) => write((ctx) => readMail(ctx, params['id'] ?? '')),
  }),
  actionRoute({
    method: 'POST',
    path: '/mail-events',
    name: 'takeMailEvents',
    summary: 'Take what a mail provider tells about mail that it took.',
    description:
      'For providers that report over HTTP what did not arrive, by themselves or by a script between; an alternative to BOUNCE_IMAP_URL. A mail that is told as `bounced` and `permanent` has failed, once, however often it is told. What is not about a mail of ours is left aside. There is nothing at this address without MAIL_EVENTS_KEY.',
    tag: 'Outbox',
    grant: 'public',
    errors: ['SIGNATURE_INVALID', 'NOT_FOUND'],
    outcome: { status: 204, description: 'Taken.' },
    body: mailEvents,
    bodyExample: {
      events: [
        {
          type: 'bounced',
          messageId: '<mail_2fQs84NdLy7wXc3V@vouchsafe.example>',
          detail: '550 5.1.1 no such user',
          permanent: true,
        },
      ],
    },
    proof: {
      headers: {
        [timestampHeader]: 'When it was signed, in seconds since 1970.',
        [signatureHeader]:
          'HMAC-SHA-256 with MAIL_EVENTS_KEY over the timestamp, a dot and the body byte for byte, in hexadecimal digits.',
      },
      judge: assertSigned,
    },
    run: async ({ runtime, body }) => {
      await takeMailEvents(runtime, parts, body)
      return { status: 204 }
    },
  }),
]
