/** `/credential-types` and `/licence-type-mappings` */
import { z } from 'zod'
import { pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import {
  categories,
  credentialTypeAttributes,
  jurisdictions,
  mappingSetAttributes,
  mappingSetInput,
  ownTypeInput,
} from './credential-types.schema.ts'
import {
  createOwnType,
  findTypes,
  getType,
  lockedMappingSet,
  mappingSet,
  replaceMappings,
  shippedType,
} from './credential-types.ts'

const exampleType = shippedType('WWCC_NSW')
const mappings = [
  { code: 'NDIS', credentialType: 'NDIS_WORKER_SCREENING' },
  { code: 'VICWWC', credentialType: 'WWCC_VIC' },
]
const setOfMappings = {
  type: 'licenceTypeMappings',
  attributes: mappingSetAttributes,
  example: {
    id: 'org_4kT0aZ81mPq2LxYd',
    type: 'licenceTypeMappings',
    attributes: { mappings },
    lastUpdated: '2026-02-01T00:00:00.000Z',
  },
} as const

export const credentialTypeRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/credential-types',
    name: 'listCredentialTypes',
    summary: 'List the supported credential types.',
    description: 'What can be held, asked for and checked, with what is known about each.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'READ' },
    type: 'credentialType',
    attributes: credentialTypeAttributes,
    example: { ...exampleType, type: 'credentialType' },
    order: 'code',
    query: z.strictObject({
      ...pagingQuery,
      category: z.enum(categories).optional(),
      jurisdiction: z.enum(jurisdictions).optional(),
      register: z.string().optional().describe('The code of the register that decides.'),
      query: z.string().min(1).max(200).optional().describe('Words of the code or the name.'),
      updatedSince,
    }),
    run: async ({ read, query }, { pageSize: limit, offset, after }) => {
      const key = after === null ? null : (textKey(after, 1)[0] ?? null)
      const { types, total } = await read((ctx) => findTypes(ctx, query, { limit, offset, after: key }))
      const last = types.at(-1)
      return {
        resources: types,
        total,
        nextKey: types.length < limit || last === undefined ? null : [last.id],
      }
    },
  }),
  resourceRoute({
    method: 'POST',
    path: '/credential-types',
    name: 'createCredentialType',
    summary: 'Add a credential type of your own.',
    description:
      'A code keeps its meaning for good: a type is not changed afterwards. Nothing can be asked of a register about it.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'CREATE' },
    type: 'credentialType',
    attributes: credentialTypeAttributes,
    example: { ...exampleType, type: 'credentialType' },
    creates: '/credential-types/{id}',
    body: ownTypeInput,
    bodyExample: {
      code: 'MANUAL_HANDLING',
      name: 'Manual handling course',
      category: 'TRAINING',
      number: { pattern: '^MH[0-9]{6}$', example: 'MH123456', firmness: 'firm' },
      validity: { months: 12, firmness: 'advisory' },
      renewal: 'replaces',
    },
    errors: ['NAME_TAKEN'],
    run: ({ write, body }) => write((ctx) => createOwnType(ctx, body)),
  }),
  resourceRoute({
    method: 'GET',
    path: '/credential-types/{id}',
    name: 'getCredentialType',
    summary: 'Get a credential type by its code.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'READ' },
    params: { id: 'WWCC_NSW' },
    type: 'credentialType',
    attributes: credentialTypeAttributes,
    example: { ...exampleType, type: 'credentialType' },
    run: ({ read, params }) => read((ctx) => getType(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'GET',
    path: '/licence-type-mappings',
    name: 'getLicenceTypeMappings',
    summary: 'Get what the organisation’s own codes stand for.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'READ' },
    ...setOfMappings,
    run: ({ read }) => read((ctx) => mappingSet(ctx)),
  }),
  resourceRoute({
    method: 'PUT',
    path: '/licence-type-mappings',
    name: 'replaceLicenceTypeMappings',
    summary: 'Replace what the organisation’s own codes stand for.',
    description:
      'All mappings at once: a code that is left out stands for nothing any more. A plan that was made before is stale. Codes equal to a credential type’s need no mapping.',
    tag: 'Credential types',
    grant: { entity: 'credentialType', verb: 'UPDATE' },
    ...setOfMappings,
    body: mappingSetInput,
    bodyExample: { mappings },
    current: (ctx) => lockedMappingSet(ctx),
    run: ({ write, body }) =>
      write(async (ctx) => {
        await replaceMappings(
          ctx,
          body.mappings.map(({ code, credentialType }) => ({ code, target: credentialType })),
        )
        return mappingSet(ctx)
      }),
  }),
]
