/** `/positions` */
import { z } from 'zod'
import type { WriteContext } from '../../platform/context.ts'
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
  jurisdictions,
  positionAttributes,
  positionInput,
  positionPatch,
  writableOf,
} from './positions.schema.ts'
import {
  createPosition,
  deletePosition,
  getPosition,
  listPositions,
  lockedPosition,
  replacePosition,
  restorePosition,
} from './positions.ts'

const tree = {
  allOf: [
    { credentialType: 'AHPRA' },
    {
      anyOf: [{ credentialType: 'WWCC_VIC' }, { credentialType: 'WWCC_NSW' }],
      label: 'A working with children clearance',
    },
  ],
}
const example = {
  id: 'pos_4kT0aZ81mPq2LxYd',
  type: 'position',
  attributes: {
    code: 'RN-001',
    name: 'Registered nurse',
    state: 'VIC',
    requirements: tree,
    graceDays: 14,
    effectiveFrom: null,
    isStub: false,
    fileRequirements: [],
    effectiveRequirements: tree,
    deletedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const grant = { entity: 'position', verb: 'READ' } as const
const written = { type: 'position', attributes: positionAttributes, example } as const
const bodyExample = {
  code: 'RN-001',
  name: 'Registered nurse',
  state: 'VIC',
  requirements: tree,
  graceDays: 14,
}
const current: Current = (ctx, params) => lockedPosition(ctx, params['id'] ?? '')

/**
 * `/positions`. The composition hands in who counts their holders: workers lie to the right.
 * @param activeHolders how many active people hold a position
 */
export function positionRoutes(
  activeHolders: (ctx: WriteContext, positionId: string) => Promise<number>,
): readonly Route[] {
  return [
    listRoute({
      method: 'GET',
      path: '/positions',
      name: 'listPositions',
      summary: 'List positions.',
      tag: 'Positions',
      grant,
      type: 'position',
      attributes: positionAttributes,
      example,
      order: 'code',
      query: z.strictObject({
        ...pagingQuery,
        query: z.string().min(1).max(200).optional().describe('The beginning of the code or the name.'),
        state: z.enum(jurisdictions).optional(),
        includeDeleted,
        updatedSince,
      }),
      run: async ({ read, query }, { pageSize: limit, offset, after }) => {
        const key = after === null ? null : (textKey(after, 2) as [string, string])
        const { positions, total } = await read((ctx) =>
          listPositions(ctx, query, { limit, offset, after: key }),
        )
        const last = positions.at(-1)
        return {
          resources: positions,
          total,
          nextKey: positions.length < limit || !last ? null : [last.attributes.code, last.id],
        }
      },
    }),
    resourceRoute({
      method: 'GET',
      path: '/positions/{id}',
      name: 'getPosition',
      summary: 'Get a position by its id or code.',
      tag: 'Positions',
      grant,
      params: { id: 'RN-001' },
      ...written,
      run: ({ read, params }) => read((ctx) => getPosition(ctx, params['id'] ?? '')),
    }),
    resourceRoute({
      method: 'POST',
      path: '/positions',
      name: 'createPosition',
      summary: 'Create a position.',
      tag: 'Positions',
      grant: { entity: 'position', verb: 'CREATE' },
      ...written,
      creates: '/positions/{id}',
      body: positionInput,
      bodyExample,
      errors: ['NAME_TAKEN'],
      run: ({ write, body }) => write((ctx) => createPosition(ctx, body)),
    }),
    resourceRoute({
      method: 'PUT',
      path: '/positions/{id}',
      name: 'replacePosition',
      summary: 'Replace a position.',
      description: 'By id or code. What is absent is emptied; what position files say of it stays.',
      tag: 'Positions',
      grant: { entity: 'position', verb: 'UPDATE' },
      params: { id: 'RN-001' },
      ...written,
      body: positionInput,
      bodyExample,
      errors: ['NAME_TAKEN'],
      find: ({ read, params }) => read((ctx) => getPosition(ctx, params['id'] ?? '')),
      current,
      run: ({ write, params, body }) => write((ctx) => replacePosition(ctx, params['id'] ?? '', body)),
    }),
    resourceRoute({
      method: 'PATCH',
      path: '/positions/{id}',
      name: 'updatePosition',
      summary: 'Change a position.',
      description:
        'By id or code. A JSON merge patch: null empties, what is absent stays; `requirements` is replaced as a whole.',
      tag: 'Positions',
      grant: { entity: 'position', verb: 'UPDATE' },
      params: { id: 'RN-001' },
      ...written,
      body: positionPatch,
      bodyExample: { graceDays: 30 },
      errors: ['NAME_TAKEN'],
      find: ({ read, params }) => read((ctx) => getPosition(ctx, params['id'] ?? '')),
      current,
      run: ({ write, params, body }) =>
        write(async (ctx) => {
          const id = params['id'] ?? ''
          const now = writableOf((await lockedPosition(ctx, id)).attributes)
          // Two trees merged by their members would be a third that nobody wrote.
          const { requirements, ...others } = body
          const merged = mergePatch(now, others) as object
          const whole = requirements === undefined ? merged : { ...merged, requirements }
          return replacePosition(ctx, id, parse(positionInput, whole, 'body'))
        }),
    }),
    removalRoute({
      path: '/positions/{id}',
      name: 'deletePosition',
      summary: 'Delete a position.',
      description: 'Refused while active people hold it. `restore` brings it back.',
      tag: 'Positions',
      grant: { entity: 'position', verb: 'DELETE' },
      params: { id: 'RN-001' },
      errors: ['POSITION_IN_USE'],
      type: 'position',
      current,
      run: ({ write, params }) => write((ctx) => deletePosition(ctx, params['id'] ?? '', activeHolders)),
    }),
    resourceRoute({
      method: 'POST',
      path: '/positions/{id}/restore',
      name: 'restorePosition',
      summary: 'Bring a deleted position back.',
      description: 'By its id. Refused when another position has its code by now: 409 names it.',
      tag: 'Positions',
      grant: { entity: 'position', verb: 'UPDATE' },
      params: { id: example.id },
      ...written,
      errors: ['NAME_TAKEN'],
      run: ({ write, params }) => write((ctx) => restorePosition(ctx, params['id'] ?? '')),
    }),
  ]
}
