/** `/events` */
import { z } from 'zod'
import { cursorOf, pagingQuery, updatedSince, wholeNumber } from '../../platform/http/paging.ts'
import { listRoute, type Route } from '../../platform/http/route.ts'
import { eventAttributes } from './event-feed.schema.ts'
import { feedDescription, readFeed } from './event-feed.ts'

export const eventFeedRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/events',
    name: 'listEvents',
    summary: 'Read the change feed.',
    description: feedDescription,
    tag: 'Events',
    grant: { entity: 'auditEntry', verb: 'READ' },
    type: 'event',
    attributes: eventAttributes,
    example: {
      id: 'evt_6pVx92JhTz4bNq1S',
      type: 'event',
      attributes: {
        sequence: 4711,
        type: 'worker.created',
        timestamp: '2026-02-01T00:00:00.000Z',
        data: { workerIds: ['wkr_9bXe27KfQz0aLw3M'] },
      },
      lastUpdated: '2026-02-01T00:00:00.000Z',
    },
    order: 'number',
    query: z.strictObject({
      ...pagingQuery,
      after: wholeNumber(0, 999_999_999_999).optional().describe('The last number that you have dealt with.'),
      type: z
        .string()
        .max(100)
        .optional()
        .describe('Only events of this type, for example `worker.created`.'),
      updatedSince,
    }),
    run: async ({ write, query }, { pageSize: limit, offset, after, counting }) => {
      const key = after === null ? query.after : cursorOf(after, z.tuple([z.int().min(0)]))[0]
      const { events, total } = await write((ctx) =>
        readFeed(ctx, { ...query, after: key }, { limit, offset, counting }),
      )
      const last = events.at(-1)
      return {
        resources: events,
        total,
        nextKey: events.length < limit || !last ? null : [last.attributes.sequence],
      }
    },
  }),
]
