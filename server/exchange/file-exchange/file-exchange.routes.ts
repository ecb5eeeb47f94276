/** `/sftp-accounts`, `/sftp-files` and `/sftp-server` */
import { z } from 'zod'
import { includeDeleted, pagingQuery, textKey, updatedSince } from '../../platform/http/paging.ts'
import {
  fileRoute,
  listRoute,
  removalRoute,
  resourceRoute,
  type Call,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import {
  accountAttributes,
  accountInput,
  accountPatch,
  sftpFileAttributes,
  sftpServerAttributes,
  type AccountRecord,
} from './file-exchange.schema.ts'
import {
  addAccount,
  changeAccount,
  deleteAccount,
  entryAt,
  getAccount,
  listAccounts,
  listFolder,
  lockedAccount,
  openDownload,
  placeOf,
  restoreAccount,
  serverFacts,
  type Download,
  type Entry,
  type ExchangeSession,
} from './file-exchange.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMT12hP45cd1PPYRo2y3Iy+/sAAe9WEC+vcPVjVVr7fz hr@example.com'
const accountExample = {
  id: 'sft_8dQm27YtKv0wLx4R',
  type: 'sftpAccount',
  attributes: {
    username: 'sunrise',
    requires: 'KEY',
    isEnabled: true,
    hasPassword: false,
    publicKeys: [
      {
        fingerprint: 'SHA256:Zg/Jqf5Mlk1yxOziHM6GAcGCmFjW0qcVDaZj4DfJGyk',
        algorithm: 'ssh-ed25519',
        comment: 'hr@example.com',
      },
    ],
    allowedAddresses: ['203.0.113.0/24'],
    createdAt: '2026-02-01T00:00:00.000Z',
    deletedAt: null,
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const shown = { type: 'sftpAccount', attributes: accountAttributes, example: accountExample } as const
const params = { id: accountExample.id }
const fileExample = {
  id: '/download/Vouchsafe-20260201_050000.csv',
  type: 'sftpFile',
  attributes: {
    path: '/download/Vouchsafe-20260201_050000.csv',
    name: 'Vouchsafe-20260201_050000.csv',
    kind: 'FILE',
    bytes: 1_024,
    modifiedAt: '2026-01-31T18:00:00.000Z',
  },
  lastUpdated: '2026-01-31T18:00:00.000Z',
}

function resourceOf({ id, keys, updatedAt, ...account }: AccountRecord): Resource {
  return { id, attributes: { ...account, publicKeys: keys }, lastUpdated: updatedAt }
}

/** The tree as the organisation itself sees it: complete files, of whichever account. */
function sessionOf({ organisationId, caller }: Call): ExchangeSession {
  return { organisationId, accountId: '', caller }
}

function fileOf(folder: string, entry: Entry): Resource {
  const path = `${folder === '/' ? '' : folder}/${entry.name}`
  const { name, kind, bytes, modifiedAt } = entry
  return { id: path, attributes: { path, name, kind, bytes, modifiedAt }, lastUpdated: modifiedAt }
}

const chunkBytes = 262_144

async function* contentOf(download: Download): AsyncGenerator<Buffer> {
  try {
    for (let offset = 0; offset < download.bytes;) {
      const chunk = await download.read(offset, chunkBytes)
      if (chunk.length === 0) return
      yield chunk
      offset += chunk.length
    }
  } finally {
    await download.close()
  }
}

export const fileExchangeRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/sftp-accounts',
    name: 'listSftpAccounts',
    summary: 'List SFTP accounts.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'READ' },
    ...shown,
    order: 'user name',
    query: z.strictObject({ ...pagingQuery, includeDeleted, updatedSince }),
    run: async ({ read, query }, { pageSize, offset, after }) => {
      const [name = '', id = ''] = after === null ? [] : textKey(after, 2)
      const all = (await read((ctx) => listAccounts(ctx))).filter(
        (account) =>
          (query.includeDeleted || account.deletedAt === null) &&
          (query.updatedSince === undefined || account.updatedAt >= query.updatedSince),
      )
      const folded = (account: AccountRecord): string => account.username.toLowerCase()
      const behind = all.filter((one) => folded(one) > name || (folded(one) === name && one.id > id))
      const page = behind.slice(offset, offset + pageSize)
      const last = page.at(-1)
      return {
        resources: page.map(resourceOf),
        total: all.length,
        nextKey: page.length < pageSize || !last ? null : [folded(last), last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/sftp-accounts/{id}',
    name: 'getSftpAccount',
    summary: 'Get an SFTP account.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'READ' },
    params,
    ...shown,
    run: async (call) => resourceOf(await call.read((ctx) => getAccount(ctx, call.params['id'] ?? ''))),
  }),
  resourceRoute({
    method: 'POST',
    path: '/sftp-accounts',
    name: 'createSftpAccount',
    summary: 'Make an SFTP account with public keys, a password, or both.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'CREATE' },
    ...shown,
    creates: '/sftp-accounts/{id}',
    body: accountInput,
    bodyExample: { username: 'sunrise', publicKeys: [key], allowedAddresses: ['203.0.113.0/24'] },
    errors: ['NAME_TAKEN'],
    run: ({ write, body }) =>
      write(async (ctx) => {
        const { username, publicKeys = [], password, requires, allowedAddresses = [] } = body
        const { id } = await addAccount(ctx, {
          username,
          publicKeys,
          allowedAddresses,
          ...(password === undefined ? {} : { password }),
          ...(requires === undefined ? {} : { requires }),
        })
        return resourceOf(await getAccount(ctx, id))
      }),
  }),
  resourceRoute({
    method: 'PATCH',
    path: '/sftp-accounts/{id}',
    name: 'updateSftpAccount',
    summary: 'Change an SFTP account.',
    description: 'What is absent stays; the keys and addresses given replace all that there were.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'UPDATE' },
    params,
    ...shown,
    body: accountPatch,
    bodyExample: { isEnabled: false },
    find: ({ read, params: { id = '' } }) => read((ctx) => getAccount(ctx, id)),
    current: async (ctx, { id = '' }) => resourceOf(await lockedAccount(ctx, id)),
    run: ({ write, body, params: { id = '' } }) =>
      write(async (ctx) => resourceOf(await changeAccount(ctx, id, body))),
  }),
  removalRoute({
    path: '/sftp-accounts/{id}',
    name: 'deleteSftpAccount',
    summary: 'Delete an SFTP account.',
    description: 'It can no longer log in, and its user name is free; `restore` brings it back.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'DELETE' },
    params,
    type: 'sftpAccount',
    current: async (ctx, { id = '' }) => resourceOf(await lockedAccount(ctx, id)),
    run: ({ write, params: { id = '' } }) => write((ctx) => deleteAccount(ctx, id)),
  }),
  resourceRoute({
    method: 'POST',
    path: '/sftp-accounts/{id}/restore',
    name: 'restoreSftpAccount',
    summary: 'Bring a deleted SFTP account back.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'UPDATE' },
    params,
    ...shown,
    errors: ['NAME_TAKEN'],
    run: ({ write, params: { id = '' } }) => write(async (ctx) => resourceOf(await restoreAccount(ctx, id))),
  }),
  listRoute({
    method: 'GET',
    path: '/sftp-files',
    name: 'listSftpFiles',
    summary: 'List a folder of the SFTP server.',
    description:
      'What an account of the organisation finds there; uploads that are not complete are left out.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'READ' },
    type: 'sftpFile',
    attributes: sftpFileAttributes,
    example: fileExample,
    order: 'folders first, then name',
    errors: ['NOT_FOUND', 'CONFLICT'],
    query: z.strictObject({
      ...pagingQuery,
      path: z.string().max(1_024).optional().describe('The folder, `/` when absent: /upload, /download, …'),
      updatedSince,
    }),
    run: async (call, { pageSize, offset, after }) => {
      const place = placeOf(call.query.path ?? '/')
      const { runtime } = call
      const entries = await listFolder(runtime, sessionOf(call as Call), place)
      const files = entries
        .map((entry) => fileOf(place.canonical, entry))
        .filter(
          ({ lastUpdated }) =>
            call.query.updatedSince === undefined || lastUpdated >= call.query.updatedSince,
        )
      // Names tell places: what was there at the last page and is gone by now is not missed.
      const [path] = after === null ? [null] : textKey(after, 1)
      const start = path === null ? offset : files.findIndex(({ id }) => id === path) + 1
      const page = files.slice(start, start + pageSize)
      const last = page.at(-1)
      return {
        resources: page,
        total: files.length,
        nextKey: page.length < pageSize || !last ? null : [last.id],
      }
    },
  }),
  fileRoute({
    method: 'GET',
    path: '/sftp-files/content',
    name: 'getSftpFileContent',
    summary: 'Download a file of the SFTP server. The download is recorded.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'READ' },
    mediaType: 'application/octet-stream',
    errors: ['NOT_FOUND', 'CONFLICT'],
    query: z.strictObject({
      path: z.string().min(1).max(1_024).describe('For example /upload/archive/HRMS-20260201_060000.csv.'),
    }),
    run: async (call) => {
      const place = placeOf(call.query.path)
      const session = sessionOf(call as Call)
      const { name } = await entryAt(call.runtime, session, place)
      const download = await openDownload(call.runtime, session, place)
      return { name, bytes: download.bytes, content: contentOf(download) }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/sftp-server',
    name: 'getSftpServer',
    summary: 'Get where the SFTP server is and by which host keys it is known.',
    tag: 'SFTP',
    grant: { entity: 'sftpAccount', verb: 'READ' },
    type: 'sftpServer',
    attributes: sftpServerAttributes,
    example: {
      id: 'sftp-server',
      type: 'sftpServer',
      attributes: {
        host: 'vouchsafe.example.com',
        port: 2022,
        fingerprints: ['SHA256:0h9yq5Vb1bJ3kT0n2m6sX8w4r7eQzLpYcUfGdHaIjKo (ED25519)'],
      },
      lastUpdated: '1970-01-01T00:00:00.000Z',
    },
    run: async ({ runtime }) => ({
      id: 'sftp-server',
      attributes: await serverFacts(runtime),
      lastUpdated: new Date(0),
    }),
  }),
]
