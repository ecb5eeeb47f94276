/** `/outbox` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { mailAttributes, mailStatuses } from './outbox.schema.ts'
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
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const grant = { entity: 'settings', verb: 'READ' } as const

export const outboxRoutes: readonly Route[] = [
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
]
