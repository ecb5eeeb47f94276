/** `/workers/{id}/ban-checks` */
import { z } from 'zod'
import { pagingQuery, textKey } from '../../platform/http/paging.ts'
import { listRoute, type Route } from '../../platform/http/route.ts'
import { banCheckAttributes } from './ban-checks.schema.ts'
import { banChecksOf } from './ban-checks.ts'

const example = {
  id: 'AGED_CARE_BANNING_ORDERS',
  type: 'banCheck',
  attributes: {
    register: 'AGED_CARE_BANNING_ORDERS',
    outcome: 'POSSIBLE',
    checkedAt: '2026-02-01T00:00:00.000Z',
    listVersion: 3,
    matches: [
      {
        id: 'ban_3kP9aQ4mN7pLrT2x',
        status: 'POSSIBLE',
        score: 9.4,
        grounds: ['SPELT_ALIKE', 'NAME_MISSING', 'SAME_STATE'],
        entry: {
          family: 'Featherstone',
          given: 'Zephyrine',
          middle: 'Mary',
          otherNames: [],
          birthDate: null,
          suburb: 'Geelong',
          state: 'VIC',
          number: null,
          reference: 'BO-0107',
          isPerson: true,
          status: 'Banned',
          from: '2025-08-01',
          until: null,
          details: 'May not provide aged care.',
        },
        listVersion: 3,
        foundAt: '2026-02-01T00:00:00.000Z',
        decidedBy: null,
        reviewId: null,
        decidedAt: null,
      },
    ],
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}

export const banCheckRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/workers/{id}/ban-checks',
    name: 'listBanChecks',
    summary: 'List what the ban lists say of a worker.',
    description:
      'One for each ban list that is connected. A name alone never makes a MATCH: a likeness waits in `/reviews` (LIST_MATCH), where ACCEPT means that it is somebody else and REJECT that it is this person. Decided so, it is not asked about again until the row or the worker changes.',
    tag: 'Workers',
    grant: { entity: 'worker', verb: 'READ' },
    params: { id: 'wkr_9bXe27KfQz0aLw3M' },
    type: 'banCheck',
    attributes: banCheckAttributes,
    example,
    order: 'register',
    query: z.strictObject(pagingQuery),
    run: async ({ read, params: { id = '' } }, { pageSize, offset, after }) => {
      const all = await read((ctx) => banChecksOf(ctx, id))
      const behind = after === null ? null : (textKey(after, 1)[0] as string)
      const page = all.filter((one) => behind === null || one.id > behind).slice(offset, offset + pageSize)
      const last = page.at(-1)
      return {
        resources: page,
        total: all.length,
        nextKey: page.length < pageSize || !last ? null : [last.id],
      }
    },
  }),
]
