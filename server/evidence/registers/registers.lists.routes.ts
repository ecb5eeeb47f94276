/** `/registers/{id}/lists` */
import { z } from 'zod'
import { numberKey, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { listChangeAttributes, listVersionAttributes } from './registers.schema.ts'
import {
  decideList,
  listBytesMax,
  shownChanges,
  shownVersion,
  shownVersions,
  uploadList,
} from './registers.lists.ts'
import { getRegister } from './registers.ts'

const example = {
  id: 'lst_4fGh81KfQz0aLw3M',
  type: 'listVersion',
  attributes: {
    register: 'AGED_CARE_BANNING_ORDERS',
    number: 2,
    status: 'HELD',
    origin: 'UPLOADED',
    fileName: 'banning-orders.csv',
    bytes: 48213,
    sha256: '39d98a74c64bbf8afa8c4b26482b50830cc641dc15010839d374f86f91c59db3',
    rows: 301,
    added: 2,
    removed: 140,
    changed: 1,
    receivedAt: '2026-02-01T00:00:00.000Z',
    appliedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const applied = {
  ...example,
  attributes: { ...example.attributes, status: 'APPLIED', appliedAt: '2026-02-01T00:00:00.000Z' },
}
const row = {
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
}
const register = 'AGED_CARE_BANNING_ORDERS'
const params = { id: register }
const versionParams = { id: register, versionId: example.id }
const tag = 'Registers'
const shown = { tag, type: 'listVersion', attributes: listVersionAttributes } as const
const csv = 'Reference,Surname,Given names,State\nBO-0107,Featherstone,Zephyrine Mary,VIC\n'

export const listRoutes: readonly Route[] = [
  listRoute({
    ...shown,
    method: 'GET',
    path: '/registers/{id}/lists',
    name: 'listListVersions',
    summary: 'List the versions of a published list.',
    grant: { entity: 'register', verb: 'READ' },
    params,
    example,
    order: 'number, newest first',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async ({ read, query, params: { id = '' } }, { pageSize: limit, offset, after }) => {
      const below = after === null ? null : numberKey(after)
      const { versions, total } = await read((ctx) =>
        shownVersions(ctx, id, { limit, offset, below, since: query.updatedSince ?? null }),
      )
      const last = versions.at(-1)
      return {
        resources: versions,
        total,
        nextKey: versions.length < limit || !last ? null : [last.attributes.number],
      }
    },
  }),
  resourceRoute({
    ...shown,
    method: 'POST',
    path: '/registers/{id}/lists',
    name: 'uploadList',
    summary: 'Bring the file of a published list.',
    description:
      'A CSV file in UTF-8, read by the settings of the register’s `list` connector. A file that cannot be read whole is refused with what is wrong and where, and the version that counts stays. One that has lost more of the rows than `heldWhenLost` is HELD until somebody applies or rejects it. The same file again is no new version.',
    grant: { entity: 'register', verb: 'UPDATE' },
    params,
    example: applied,
    creates: '/registers/{id}/lists/{versionId}',
    // The same file again is the version that is there.
    mayReplace: true,
    body: z.strictObject({}),
    bodyExample: {},
    upload: { description: 'The list.', example: csv, bytesMax: () => Promise.resolve(listBytesMax) },
    errors: ['LIST_STATE', 'FILE_FAULTY', 'STORAGE_FAULT'],
    find: ({ read, params: { id = '' } }) => read((ctx) => getRegister(ctx, id)),
    run: ({ runtime, organisationId, caller, file, params: { id = '' } }) => {
      if (!file) throw new Error('The kit gives a file to a route that takes one.')
      return uploadList(runtime, organisationId, caller, id, file)
    },
  }),
  resourceRoute({
    ...shown,
    method: 'GET',
    path: '/registers/{id}/lists/{versionId}',
    name: 'getListVersion',
    summary: 'Get a version of a published list.',
    grant: { entity: 'register', verb: 'READ' },
    params: versionParams,
    example,
    run: ({ read, params: { id = '', versionId = '' } }) => read((ctx) => shownVersion(ctx, id, versionId)),
  }),
  listRoute({
    method: 'GET',
    path: '/registers/{id}/lists/{versionId}/changes',
    name: 'listListChanges',
    summary: 'List what became other with a version of a published list.',
    description: 'Against the version that counted before it. Nothing of a version that was never applied.',
    tag,
    type: 'listChange',
    attributes: listChangeAttributes,
    grant: { entity: 'register', verb: 'READ' },
    params: versionParams,
    example: {
      id: 'xCq0w3Vd9mT2k7Lr5YbN1pHs8JfGa4Ue',
      type: 'listChange',
      attributes: { change: 'ADDED', before: null, after: row },
      lastUpdated: '2026-02-01T00:00:00.000Z',
    },
    order: 'the row’s key',
    query: z.strictObject(pagingQuery),
    run: async ({ read, params: { id = '', versionId = '' } }, { pageSize: limit, offset, after }) => {
      const behind = after === null ? null : (textKey(after, 1)[0] as string)
      const { changes, total } = await read((ctx) =>
        shownChanges(ctx, id, versionId, { limit, offset, behind }),
      )
      const last = changes.at(-1)
      return { resources: changes, total, nextKey: changes.length < limit || !last ? null : [last.id] }
    },
  }),
  ...(['APPLY', 'REJECT'] as const).map((decision) =>
    resourceRoute({
      ...shown,
      method: 'POST',
      path: `/registers/{id}/lists/{versionId}/${decision.toLowerCase()}`,
      name: decision === 'APPLY' ? 'applyList' : 'rejectList',
      summary:
        decision === 'APPLY' ? 'Let a version that is held count.' : 'Put a version that is held aside.',
      description:
        decision === 'APPLY'
          ? 'Its file is read anew, with the settings of now; then every worker is looked for in it.'
          : 'The version that counts goes on counting.',
      grant: { entity: 'register', verb: 'UPDATE' },
      params: versionParams,
      example:
        decision === 'APPLY'
          ? applied
          : { ...example, attributes: { ...example.attributes, status: 'REJECTED' } },
      errors: ['LIST_STATE', ...(decision === 'APPLY' ? (['FILE_FAULTY', 'STORAGE_FAULT'] as const) : [])],
      find: ({ read, params: { id = '', versionId = '' } }) =>
        read((ctx) => shownVersion(ctx, id, versionId)),
      run: ({ runtime, organisationId, caller, params: { id = '', versionId = '' } }) =>
        decideList(runtime, organisationId, caller, id, versionId, decision),
    }),
  ),
]
