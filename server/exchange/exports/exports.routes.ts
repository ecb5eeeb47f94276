/** `/exports` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { fileRoute, listRoute, resourceRoute, type Resource, type Route } from '../../platform/http/route.ts'
import { exportAttributes, type ExportRecord } from './exports.schema.ts'
import { exportById, listExports, openExport } from './exports.ts'

function resource({ id, blob, ...rest }: ExportRecord): Resource {
  return {
    id,
    attributes: exportAttributes.parse({ ...rest, bytes: blob.bytes, sha256: blob.sha256 }),
    lastUpdated: rest.createdAt,
  }
}

const example = {
  id: 'exp_2mVh80KcRw5tZx1B',
  type: 'export',
  attributes: {
    kind: 'STATUS',
    source: null,
    fileName: 'Vouchsafe-20260201_050000.csv',
    trigger: 'SCHEDULE',
    counts: { rows: 4, green: 2, yellow: 1, red: 1, peopleWithoutExternalId: 0 },
    bytes: 412,
    sha256: '39d98a74c64bbf8afa8c4b26482b50830cc641dc15010839d374f86f91c59db3',
    createdAt: '2026-01-31T18:00:00.000Z',
    contentExpiredAt: null,
  },
  lastUpdated: '2026-01-31T18:00:00.000Z',
}
const grant = { entity: 'export', verb: 'READ' } as const
const params = { id: example.id }
const described = { tag: 'Exports', grant, type: 'export', attributes: exportAttributes, example } as const

export const exportRoutes: readonly Route[] = [
  listRoute({
    ...described,
    method: 'GET',
    path: '/exports',
    name: 'listExports',
    summary: 'List status exports.',
    order: 'time, newest first',
    query: z.strictObject({
      ...pagingQuery,
      source: z.string().optional().describe('The source whose keys it holds, without case.'),
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after }) => {
      const key = after === null ? null : timeKey(after)
      const { exports, total } = await read((ctx) => listExports(ctx, query, { limit, offset, after: key }))
      const last = exports.at(-1)
      return {
        resources: exports.map(resource),
        total,
        nextKey: exports.length < limit || !last ? null : [last.createdAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    ...described,
    method: 'GET',
    path: '/exports/{id}',
    name: 'getExport',
    summary: 'Get what is known about a status export.',
    params,
    run: async ({ read, params: { id = '' } }) => resource(await read((ctx) => exportById(ctx, id))),
  }),
  fileRoute({
    method: 'GET',
    path: '/exports/{id}/content',
    name: 'getExportContent',
    summary: 'Get the file: each key exactly as last received, with its licence status.',
    tag: 'Exports',
    grant,
    params,
    mediaType: 'text/csv',
    run: ({ runtime, organisationId, caller, params: { id = '' } }) =>
      openExport(runtime, organisationId, caller, id),
  }),
]
