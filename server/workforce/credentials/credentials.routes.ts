/** `/credentials` */
import { z } from 'zod'
import { includeDeleted, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { credentialAttributes, credentialFilter } from './credentials.schema.ts'
import { getCredential, listCredentials } from './credentials.ts'

const example = {
  id: 'cred_2mVt80JdXs1bRk5N',
  type: 'credential',
  attributes: {
    worker: { id: 'wkr_9bXe27KfQz0aLw3M', displayName: 'Sarah Chen' },
    credentialType: 'WWCC_VIC',
    licenceType: 'VICWWC',
    number: '1234567A',
    holderName: null,
    issueDate: '2023-01-15',
    expiryDate: '2028-01-14',
    jurisdiction: 'VIC',
    conditions: [],
    lifecycle: 'ACTIVE',
    eligibility: null,
    statusDetail: [],
    licenceStatus: 'yellow',
    statusReasons: ['NOT_YET_CHECKED'],
    assurance: 'DECLARED',
    lastVerifiedAt: null,
    verificationAuthority: null,
    source: { channel: 'SFTP' },
    declared: {
      number: '1234567A',
      holderName: null,
      issueDate: '2023-01-15',
      expiryDate: '2028-01-14',
      channel: 'SFTP',
      by: 'imp_7cQw51LgTy2dMn8P',
      at: '2026-02-01T00:00:00.000Z',
    },
    verified: null,
    deletedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const grant = { entity: 'credential', verb: 'READ' } as const

export const credentialRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/credentials',
    name: 'listCredentials',
    summary: 'List credentials.',
    tag: 'Credentials',
    grant,
    type: 'credential',
    attributes: credentialAttributes,
    example,
    order: 'id',
    query: z.strictObject({ ...pagingQuery, ...credentialFilter, includeDeleted, updatedSince }),
    run: async ({ read, query }, { pageSize: limit, offset, after }) => {
      const key = after === null ? null : (textKey(after, 1)[0] as string)
      const { credentials, total } = await read((ctx) =>
        listCredentials(ctx, query, { limit, offset, after: key }),
      )
      const last = credentials.at(-1)
      return {
        resources: credentials,
        total,
        nextKey: credentials.length < limit || !last ? null : [last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/credentials/{id}',
    name: 'getCredential',
    summary: 'Get a credential.',
    tag: 'Credentials',
    grant,
    params: { id: example.id },
    type: 'credential',
    attributes: credentialAttributes,
    example,
    run: ({ read, params }) => read((ctx) => getCredential(ctx, params['id'] ?? '')),
  }),
]
