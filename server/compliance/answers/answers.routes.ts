/** `/workers/{id}/compliance`, `/compliance`, `/positions/{id}/simulate` */
import { z } from 'zod'
import { pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { answerAttributes, colours, moment, proposedRules, simulationAttributes } from './answers.schema.ts'
import { assertPosition, listAnswers, listAnswersAsOf, simulatePosition, workerAnswer } from './answers.ts'

const attributes = {
  workerId: 'wkr_9bXe27KfQz0aLw3M',
  externalId: 'EMP001',
  positionId: 'pos_4kT0aZ81mPq2LxYd',
  status: 'red',
  satisfied: false,
  gaps: [{ path: '/allOf/2', credentialType: 'NDIS_WORKER_SCREENING', reason: 'MISSING' }],
  asOf: '2026-02-01T00:00:00.000Z',
  knownAt: '2026-02-01T00:00:00.000Z',
}
const example = {
  id: attributes.workerId,
  type: 'compliance',
  attributes,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const evidence = {
  credentialId: 'cred_7Hn2Wq5ZkX0bTc1V',
  credentialType: 'AHPRA',
  status: 'green',
  reasons: [],
  assurance: 'VERIFIED',
  expiryDate: '2026-05-31',
  checkId: 'chk_3mPz80RtYw6dQe2S',
  documents: [],
}
const grant = { entity: 'worker', verb: 'READ' } as const
const moments = {
  asOf: moment
    .optional()
    .describe(
      'The day or instant that the answer is about; a day means its end in the organisation’s zone. Now by default.',
    ),
  knownAt: moment.optional().describe('What was recorded later does not count. The same instant by default.'),
}

export const answerRoutes: readonly Route[] = [
  resourceRoute({
    method: 'GET',
    path: '/workers/{id}/compliance',
    name: 'getWorkerCompliance',
    summary: 'May this worker work their position?',
    description:
      'Now, or as of a past or coming instant: judged by what was recorded by then, with the rules, settings and catalogue that were in force. What was deleted since still counts then. 410 for a person who was erased.',
    tag: 'Compliance',
    grant,
    params: { id: attributes.workerId },
    type: 'compliance',
    attributes: answerAttributes,
    example: { ...example, attributes: { ...attributes, evidence: [evidence] } },
    query: z.strictObject(moments),
    errors: ['ERASED_PERSON'],
    run: ({ read, params, query }) => read((ctx) => workerAnswer(ctx, params['id'] ?? '', query)),
  }),
  resourceRoute({
    method: 'POST',
    path: '/positions/{id}/simulate',
    name: 'simulatePosition',
    summary: 'Who would flip if a position required something else?',
    description:
      'By id or code. Judges every active holder by what is required and by what would be, as if that were in force already. Nothing is saved. Needs the grant `worker:READ` too.',
    tag: 'Positions',
    grant: { entity: 'position', verb: 'READ' },
    params: { id: 'RN-001' },
    type: 'positionSimulation',
    attributes: simulationAttributes,
    example: {
      id: attributes.positionId,
      type: 'positionSimulation',
      attributes: {
        positionId: attributes.positionId,
        holders: 2,
        flipped: 1,
        counts: {
          before: { green: 2, yellow: 0, red: 0, none: 0 },
          after: { green: 1, yellow: 0, red: 1, none: 0 },
        },
        flips: [
          {
            workerId: attributes.workerId,
            externalId: attributes.externalId,
            from: { status: 'green', satisfied: true, gaps: [] },
            to: { status: 'red', satisfied: false, gaps: attributes.gaps },
          },
        ],
      },
      lastUpdated: '2026-02-01T00:00:00.000Z',
    },
    find: ({ read, params }) => read((ctx) => assertPosition(ctx, params['id'] ?? '')),
    body: proposedRules,
    bodyExample: { requirements: { allOf: [{ credentialType: 'FIRST_AID' }] } },
    run: ({ read, params, body, demand }) => {
      demand('worker', 'READ')
      return read((ctx) => simulatePosition(ctx, params['id'] ?? '', body))
    },
  }),
  listRoute({
    method: 'GET',
    path: '/compliance',
    name: 'listCompliance',
    summary: 'Who may work their position?',
    description:
      'Active workers with their answers. With `asOf` or `knownAt` those of that time, whose total is not counted; a page may then be short and yet have a `nextCursor`.',
    tag: 'Compliance',
    grant,
    type: 'compliance',
    attributes: answerAttributes,
    example,
    order: 'name; with `asOf` or `knownAt` the worker’s id',
    query: z.strictObject({
      ...pagingQuery,
      ...moments,
      positionId: z.string().optional().describe('A position’s id or code.'),
      licenceStatus: z.enum(colours).optional(),
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after, counting }) => {
      const isPast = query.asOf !== undefined || query.knownAt !== undefined
      const key = after === null ? null : textKey(after, isPast ? 1 : 2)
      const page = { limit, offset, after: key, counting }
      const { answers, total, nextKey } = await read((ctx) =>
        isPast ? listAnswersAsOf(ctx, query, page) : listAnswers(ctx, query, page),
      )
      return { resources: answers, total, nextKey }
    },
  }),
]
