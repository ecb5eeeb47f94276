/** `/workers` */
import { z } from 'zod'
import type { ReadContext } from '../../platform/context.ts'
import { includeDeleted, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { mergePatch } from '../../platform/http/merge-patch.ts'
import { parse } from '../../platform/http/parse.ts'
import {
  listRoute,
  removalRoute,
  resourceRoute,
  type Current,
  type Route,
} from '../../platform/http/route.ts'
import {
  batchAttributes,
  batchInput,
  licenceStatuses,
  sourceKey,
  workerAttributes,
  workerInput,
  workerPatch,
  workerStatuses,
  writableOf,
  type Worker,
  type WorkerAttributes,
} from './workers.schema.ts'
import {
  createWorker,
  deleteWorker,
  getWorker,
  getWorkerByExternalId,
  listWorkers,
  lockedWorker,
  replaceWorker,
  restoreWorker,
  unhindered,
  upsertWorker,
  upsertWorkers,
} from './workers.ts'

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
const written = { type: 'worker', attributes: workerAttributes, example } as const
const bodyExample = {
  identity: attributes.identity,
  contact: attributes.contact,
  employment: { jobTitle: 'Registered nurse', positionId: 'RN-001', state: 'VIC', workerType: 'EMPLOYEE' },
  source: attributes.source,
}
const current: Current = (ctx, params) => lockedWorker(ctx, params['id'] ?? '')

/** What lies to the right and can be asked for with a worker: `include=…`. The composition hands it in. */
export interface WorkerInclusions {
  readonly credentials: {
    readonly attributes: z.ZodType
    readonly example: object
    of(ctx: ReadContext, workerIds: readonly string[]): Promise<ReadonlyMap<string, readonly object[]>>
  }
}

const include = z
  .enum(['credentials'])
  .optional()
  .describe(
    '`credentials` adds up to 50 summaries of what the worker holds. Needs the grant `credential:READ` too.',
  )

/** `/workers` */
export function workerRoutes({ credentials }: WorkerInclusions): readonly Route[] {
  const shownAttributes = workerAttributes.extend({
    credentials: z.array(credentials.attributes).optional().describe('With `include=credentials`.'),
  })
  const shown = {
    type: 'worker',
    attributes: shownAttributes,
    example: { ...example, attributes: { ...attributes, credentials: [credentials.example] } },
  } as const
  /** The workers with what was asked for beside them. */
  const including = async (
    ctx: ReadContext,
    workers: readonly Worker[],
    wanted: 'credentials' | undefined,
  ): Promise<Worker[]> => {
    if (wanted === undefined) return [...workers]
    const held = await credentials.of(
      ctx,
      workers.map(({ id }) => id),
    )
    return workers.map((worker) => ({
      ...worker,
      attributes: { ...worker.attributes, credentials: held.get(worker.id) ?? [] },
    }))
  }
  return [
    listRoute({
      method: 'GET',
      path: '/workers',
      name: 'listWorkers',
      summary: 'List workers.',
      tag: 'Workers',
      grant,
      ...shown,
      order: 'name',
      query: z.strictObject({
        ...pagingQuery,
        externalId: z.string().optional().describe('The key under which another system knows the worker.'),
        sourceSystem: z.string().optional().describe('The other system, without case.'),
        status: z.enum(workerStatuses).optional(),
        positionId: z.string().optional().describe('A position’s id or code.'),
        licenceStatus: z.enum(licenceStatuses).optional(),
        query: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe('The beginning of the name, of the family name, or of the e-mail.'),
        includeDeleted,
        updatedSince,
        include,
      }),
      run: async ({ read, query: { include: wanted, ...filter }, demand }, paging) => {
        const { pageSize: limit, offset, after, counting } = paging
        if (wanted) demand('credential', 'READ')
        const key = after === null ? null : (textKey(after, 2) as [string, string])
        const { workers, total, shown } = await read(async (ctx) => {
          const page = await listWorkers(ctx, filter, { limit, offset, after: key, counting })
          return { ...page, shown: await including(ctx, page.workers, wanted) }
        })
        return {
          resources: shown,
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
      ...shown,
      query: z.strictObject({ include }),
      run: async ({ read, params, query, demand }) => {
        if (query.include) demand('credential', 'READ')
        const [worker] = await read(async (ctx) =>
          including(ctx, [await getWorker(ctx, params['id'] ?? '')], query.include),
        )
        return worker as Worker
      },
    }),
    resourceRoute({
      method: 'GET',
      path: '/workers/by-external-id/{sourceSystem}/{externalId}',
      name: 'getWorkerByExternalId',
      summary: 'Get a worker by the key of another system.',
      tag: 'Workers',
      grant,
      params: { sourceSystem: 'HRMS', externalId: 'EMP001' },
      ...shown,
      query: z.strictObject({ include }),
      run: async ({ read, params, query, demand }) => {
        if (query.include) demand('credential', 'READ')
        const [worker] = await read(async (ctx) => {
          const found = await getWorkerByExternalId(
            ctx,
            params['sourceSystem'] ?? '',
            params['externalId'] ?? '',
          )
          return including(ctx, [found], query.include)
        })
        return worker as Worker
      },
    }),
    resourceRoute({
      method: 'POST',
      path: '/workers',
      name: 'createWorker',
      summary: 'Create a worker.',
      description:
        'An e-mail belongs to one active worker at most, an external id to one worker of its system: 409 names the one who has it.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'CREATE' },
      ...written,
      creates: '/workers/{id}',
      body: workerInput,
      bodyExample,
      errors: ['EMAIL_TAKEN', 'EXTERNAL_ID_TAKEN'],
      run: ({ write, body }) => write((ctx) => createWorker(ctx, body)),
    }),
    resourceRoute({
      method: 'PUT',
      path: '/workers/{id}',
      name: 'replaceWorker',
      summary: 'Replace a worker.',
      description: 'What is absent is emptied; without a status the worker is ACTIVE.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'UPDATE' },
      params: { id: example.id },
      ...written,
      body: workerInput,
      bodyExample,
      errors: ['EMAIL_TAKEN', 'EXTERNAL_ID_TAKEN'],
      find: ({ read, params }) => read((ctx) => getWorker(ctx, params['id'] ?? '')),
      current,
      run: ({ write, params, body }) => write((ctx) => replaceWorker(ctx, params['id'] ?? '', body)),
    }),
    resourceRoute({
      method: 'PATCH',
      path: '/workers/{id}',
      name: 'updateWorker',
      summary: 'Change a worker.',
      description: 'A JSON merge patch: null empties, what is absent stays as it is.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'UPDATE' },
      params: { id: example.id },
      ...written,
      body: workerPatch,
      bodyExample: { employment: { status: 'INACTIVE' } },
      errors: ['EMAIL_TAKEN', 'EXTERNAL_ID_TAKEN'],
      find: ({ read, params }) => read((ctx) => getWorker(ctx, params['id'] ?? '')),
      current,
      run: ({ write, params, body }) =>
        write(async (ctx) => {
          const id = params['id'] ?? ''
          const now = writableOf((await lockedWorker(ctx, id)).attributes)
          return replaceWorker(ctx, id, parse(workerInput, mergePatch(now, body), 'body'))
        }),
    }),
    removalRoute({
      path: '/workers/{id}',
      name: 'deleteWorker',
      summary: 'Delete a worker.',
      description: 'Hidden from lists, statuses and exports; `restore` brings the worker back.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'DELETE' },
      params: { id: example.id },
      type: 'worker',
      current,
      run: ({ write, params }) => write((ctx) => deleteWorker(ctx, params['id'] ?? '')),
    }),
    resourceRoute({
      method: 'POST',
      path: '/workers/{id}/restore',
      name: 'restoreWorker',
      summary: 'Bring a deleted worker back.',
      description: 'Refused when somebody else has the e-mail or the external id by now: 409 names them.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'UPDATE' },
      params: { id: example.id },
      ...written,
      errors: ['EMAIL_TAKEN', 'EXTERNAL_ID_TAKEN'],
      run: ({ write, params }) => write((ctx) => restoreWorker(ctx, params['id'] ?? '')),
    }),
    resourceRoute({
      method: 'PUT',
      path: '/workers/by-external-id/{sourceSystem}/{externalId}',
      name: 'upsertWorker',
      summary: 'Create or replace the worker with a key of another system.',
      description:
        '201 when the worker is new (this needs the grant `worker:CREATE` too), 200 when there was one. What is absent is emptied.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'UPDATE' },
      params: { sourceSystem: 'HRMS', externalId: 'EMP001' },
      ...written,
      creates: '/workers/{id}',
      mayReplace: true,
      body: workerInput,
      bodyExample,
      errors: ['EMAIL_TAKEN', 'EXTERNAL_ID_TAKEN'],
      current: async (ctx, { sourceSystem = '', externalId = '' }) =>
        lockedWorker(ctx, (await getWorkerByExternalId(ctx, sourceSystem, externalId)).id),
      run: ({ write, params, body, demand }) =>
        write(async (ctx) => {
          const key = parse(sourceKey, params, 'body')
          const { worker, isNew } = await upsertWorker(ctx, key, body)
          if (isNew) demand('worker', 'CREATE')
          return { ...worker, isNew }
        }),
    }),
    resourceRoute({
      method: 'POST',
      path: '/workers/batch',
      name: 'upsertWorkers',
      summary: 'Create or replace up to 1,000 workers by the keys of other systems.',
      description:
        'Each item is done or fails by itself, and `results` says which; the answer is 200 also when all failed. What is absent of an item is emptied. E-mails are judged on the end state, so that two people may swap theirs. Needs the grant `worker:UPDATE` too.',
      tag: 'Workers',
      grant: { entity: 'worker', verb: 'CREATE' },
      type: 'workerBatch',
      attributes: batchAttributes,
      example: {
        id: 'bat_5hTn38WcRk0qVz6L',
        type: 'workerBatch',
        attributes: {
          counts: { created: 1, updated: 0, unchanged: 0, failed: 0 },
          results: [
            {
              index: 0,
              externalId: 'EMP001',
              sourceSystem: 'HRMS',
              result: 'CREATED',
              id: example.id,
              problem: null,
            },
          ],
        },
        lastUpdated: '2026-02-01T00:00:00.000Z',
      },
      body: batchInput,
      bodyExample: { workers: [bodyExample] },
      bodyBytesMax: 8_388_608,
      run: async ({ write, body, demand }) => {
        demand('worker', 'UPDATE')
        return unhindered(() =>
          write(async (ctx) => ({
            id: ctx.newId('batch'),
            attributes: await upsertWorkers(ctx, body.workers),
            lastUpdated: ctx.now,
          })),
        )
      },
    }),
  ]
}
