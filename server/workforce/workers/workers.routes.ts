/** `/workers` */
import { z } from 'zod'
import { includeDeleted, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { licenceStatuses, workerAttributes, workerStatuses, type WorkerAttributes } from './workers.schema.ts'
import { getWorker, getWorkerByExternalId, listWorkers } from './workers.ts'

const attributes: WorkerAttributes = {
  identity: {
    displayName: 'Sarah Chen',
    firstName: 'Sarah',
    middleName: 'Jane',
    lastName: 'Chen',
    birthDate: '1992-03-15',
  },
  contact: { workEmail: 'sarah.chen@example.com', mobile: null },
  employment: {
    jobTitle: 'Registered nurse',
    positionId: 'pos_4kT0aZ81mPq2LxYd',
    positionCode: 'RN-001',
    state: 'VIC',
    workerType: 'EMPLOYEE',
    status: 'ACTIVE',
    startDate: null,
  },
  source: { externalId: 'EMP001', sourceSystem: 'HRMS' },
  sources: [{ externalId: 'EMP001', sourceSystem: 'HRMS' }],
  compliance: { licenceStatus: 'green', gaps: [] },
  deletedAt: null,
}
const example = {
  id: 'wkr_9bXe27KfQz0aLw3M',
  type: 'worker',
  attributes,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const grant = { entity: 'worker', verb: 'READ' } as const

export const workerRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/workers',
    name: 'listWorkers',
    summary: 'List workers.',
    tag: 'Workers',
    grant,
    type: 'worker',
    attributes: workerAttributes,
    example,
    order: 'name',
    query: z.strictObject({
      ...pagingQuery,
      externalId: z.string().optional().describe('The key under which another system knows the worker.'),
      sourceSystem: z.string().optional().describe('The other system, without case.'),
      status: z.enum(workerStatuses).optional(),
      positionId: z.string().optional().describe('A position’s id or code.'),
      licenceStatus: z.enum(licenceStatuses).optional(),
      query: z.string().min(1).max(200).optional().describe('The beginning of the name or of the e-mail.'),
      includeDeleted,
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after }) => {
      const key = after === null ? null : (textKey(after, 2) as [string, string])
      const { workers, total } = await read((ctx) => listWorkers(ctx, query, { limit, offset, after: key }))
      return {
        resources: workers,
        total,
        nextKey: workers.length < limit ? null : (workers.at(-1)?.sortKey ?? null),
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/workers/{id}',
    name: 'getWorker',
    summary: 'Get a worker.',
    tag: 'Workers',
    grant,
    params: { id: example.id },
    type: 'worker',
    attributes: workerAttributes,
    example,
    run: ({ read, params }) => read((ctx) => getWorker(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'GET',
    path: '/workers/by-external-id/{sourceSystem}/{externalId}',
    name: 'getWorkerByExternalId',
    summary: 'Get a worker by the key of another system.',
    tag: 'Workers',
    grant,
    params: { sourceSystem: 'HRMS', externalId: 'EMP001' },
    type: 'worker',
    attributes: workerAttributes,
    example,
    run: ({ read, params }) =>
      read((ctx) => getWorkerByExternalId(ctx, params['sourceSystem'] ?? '', params['externalId'] ?? '')),
  }),
]
