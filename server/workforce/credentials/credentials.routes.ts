/** `/credentials` */
import { z } from 'zod'
import {
  dateKey,
  includeDeleted,
  pagingQuery,
  textKey,
  timeKey,
  updatedSince,
} from '../../platform/http/paging.ts'
import { mergePatch } from '../../platform/http/merge-patch.ts'
import { parse } from '../../platform/http/parse.ts'
import {
  listRoute,
  removalRoute,
  resourceRoute,
  type Current,
  type CursorKey,
  type Route,
} from '../../platform/http/route.ts'
import {
  credentialAttributes,
  credentialFilter,
  credentialInput,
  credentialKey,
  credentialOrder,
  credentialPatch,
  writableOf,
  type CredentialOrder,
  type CredentialSummary,
} from './credentials.schema.ts'
import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  lockedCredential,
  replaceCredential,
  restoreCredential,
} from './credentials.ts'

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
    lastCheck: null,
    deletedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
/** The same in short, as it stands inside its worker. */
export const credentialSummaryExample: CredentialSummary = {
  id: example.id,
  credentialType: 'WWCC_VIC',
  number: '1234567A',
  expiryDate: '2028-01-14',
  lifecycle: 'ACTIVE',
  assurance: 'DECLARED',
  licenceStatus: 'yellow',
  statusReasons: ['NOT_YET_CHECKED'],
}
const grant = { entity: 'credential', verb: 'READ' } as const
const written = { type: 'credential', attributes: credentialAttributes, example } as const
const bodyExample = {
  worker: { externalId: 'EMP001', sourceSystem: 'HRMS' },
  credentialType: 'WWCC_VIC',
  number: '1234567A',
  issueDate: '2023-01-15',
  expiryDate: '2028-01-14',
}
const current: Current = (ctx, params) => lockedCredential(ctx, params['id'] ?? '')

/** Refuses a cursor of a list in another order. */
function keyOf(after: CursorKey, order: CredentialOrder): string[] {
  if (order === 'id') return textKey(after, 1)
  if (order === 'expiry') return dateKey(after)
  if (order === 'owner') return textKey(after, 2)
  const { at, id } = timeKey(after)
  return [at.toISOString(), id]
}

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
    order:
      'id; with `updatedSince` the change, with `expiringBefore` the expiry, with `ownerSourceSystem` alone or beside `licenceStatus` the worker’s key there, then id',
    query: z.strictObject({ ...pagingQuery, ...credentialFilter, includeDeleted, updatedSince }),
    run: async ({ read, query }, { pageSize: limit, offset, after, counting }) => {
      const order = credentialOrder(query)
      const key = after === null ? null : keyOf(after, order)
      const { credentials, total } = await read((ctx) =>
        listCredentials(ctx, query, { limit, offset, after: key, counting }),
      )
      const last = credentials.at(-1)
      return {
        resources: credentials,
        total,
        nextKey: credentials.length < limit || !last ? null : credentialKey(last, order),
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
  resourceRoute({
    method: 'POST',
    path: '/credentials',
    name: 'createCredential',
    summary: 'Declare a credential.',
    description:
      'A worker has a number of one type once: 409 names the credential that has it. What is declared is not verified yet; `licenceStatus` follows within moments.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'CREATE' },
    ...written,
    creates: '/credentials/{id}',
    body: credentialInput,
    bodyExample,
    errors: ['CREDENTIAL_EXISTS'],
    run: ({ write, body }) => write((ctx) => createCredential(ctx, body)),
  }),
  resourceRoute({
    method: 'PUT',
    path: '/credentials/{id}',
    name: 'replaceCredential',
    summary: 'Replace what is declared of a credential.',
    description:
      'What is absent is emptied; what was verified stays. Another number, type or holder name than was verified sets `assurance` back to DECLARED.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'UPDATE' },
    params: { id: example.id },
    ...written,
    body: credentialInput,
    bodyExample,
    errors: ['CREDENTIAL_EXISTS'],
    find: ({ read, params }) => read((ctx) => getCredential(ctx, params['id'] ?? '')),
    current,
    run: ({ write, params, body }) => write((ctx) => replaceCredential(ctx, params['id'] ?? '', body)),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/credentials/{id}',
    name: 'updateCredential',
    summary: 'Change what is declared of a credential.',
    description: 'A JSON merge patch over `declared`: null empties, what is absent stays as it is.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'UPDATE' },
    params: { id: example.id },
    ...written,
    body: credentialPatch,
    bodyExample: { expiryDate: '2028-02-14' },
    errors: ['CREDENTIAL_EXISTS'],
    find: ({ read, params }) => read((ctx) => getCredential(ctx, params['id'] ?? '')),
    current,
    run: ({ write, params, body }) =>
      write(async (ctx) => {
        const id = params['id'] ?? ''
        const now: object = {
          ...writableOf((await lockedCredential(ctx, id)).attributes),
          ...(body.licenceType === undefined ? {} : { credentialType: undefined }),
        }
        // A worker is named whole or not at all: half of one name and half of another would be nobody.
        const { worker, ...others } = body
        const merged = mergePatch(worker ? { ...now, worker } : now, others)
        return replaceCredential(ctx, id, parse(credentialInput, merged, 'body'))
      }),
  }),
  removalRoute({
    path: '/credentials/{id}',
    name: 'deleteCredential',
    summary: 'Delete a credential.',
    description: 'Hidden from lists, statuses and exports; `restore` brings it back.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'DELETE' },
    params: { id: example.id },
    type: 'credential',
    current,
    run: ({ write, params }) => write((ctx) => deleteCredential(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'POST',
    path: '/credentials/{id}/restore',
    name: 'restoreCredential',
    summary: 'Bring a deleted credential back.',
    description: 'Refused when the worker has another one of the type and number by now: 409 names it.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'UPDATE' },
    params: { id: example.id },
    ...written,
    errors: ['CREDENTIAL_EXISTS'],
    run: ({ write, params }) => write((ctx) => restoreCredential(ctx, params['id'] ?? '')),
  }),
]
