/** `/credentials/{id}/attachments` */
import { z } from 'zod'
import { basePath } from '../../platform/http/http-server.ts'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
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
  attachmentAttributes,
  attachmentBytesMax,
  attachmentTypes,
  type AttachmentAttributes,
  type AttachmentOwner,
  type AttachmentRecord,
} from './attachments.schema.ts'
import {
  attachmentsOf,
  deleteAttachment,
  getAttachment,
  inspectUpload,
  lockedAttachment,
  openAttachment,
  receiveAttachment,
} from './attachments.ts'

const credentialId = 'cred_2mVt80JdXs1bRk5N'
/** 10 MB in base64 have 14 MB; with what stands around them. */
const jsonBytesMax = 15_728_640

type Params = Readonly<Record<string, string>>

const ownerOf = ({ id = '' }: Params): AttachmentOwner => ({ credentialId: id })
const idOf = ({ attachmentId = '' }: Params): string => attachmentId

function resource(one: AttachmentRecord & { readonly isDeduplicated?: boolean }): Resource {
  const { id, credentialId: owner, verification } = one
  const attributes: AttachmentAttributes = {
    fileName: one.fileName,
    mimeType: one.mediaType,
    sizeBytes: one.bytes,
    sha256: one.sha256,
    source: one.source,
    uploadedAt: one.uploadedAt,
    contentUrl: `${basePath}/credentials/${owner ?? ''}/attachments/${id}/content`,
    ...(one.isDeduplicated ? { deduplicated: true } : {}),
    ...(verification === null ? {} : { verification }),
  }
  return { id, attributes, lastUpdated: one.lastUpdated }
}

/** A document that is one: the smallest PDF of an empty page. */
const pdf = [
  '%PDF-1.4',
  '1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj',
  '2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj',
  '3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >> endobj',
  'xref',
  '0 4',
  '0000000000 65535 f ',
  '0000000009 00000 n ',
  '0000000058 00000 n ',
  '0000000115 00000 n ',
  'trailer << /Size 4 /Root 1 0 R >>',
  'startxref',
  '186',
  '%%EOF',
  '',
].join('\n')

const stored = {
  fileName: 'first-aid-certificate.pdf',
  mimeType: 'application/pdf',
  sizeBytes: 329,
  sha256: '0c4f6c9f2cf0c8b7a0f4c1b9a8b1c5f0d2d8c4a0c1f3a7f6b9c4d5e6f7a8b9c0',
  source: 'api',
  uploadedAt: '2026-02-01T00:00:00.000Z',
  contentUrl: `${basePath}/credentials/${credentialId}/attachments/att_3kP9aQ4mN7pLrT2x/content`,
}
const verification = {
  matchesExpectedType: true,
  confidencePercent: 97,
  detectedType: 'FIRST_AID',
  reasoning: 'It names HLTAID011 and an issue date, and the name on it is the worker’s.',
  concerns: [],
  extracted: {
    holderName: { value: 'Sarah Chen', confidence: 96, page: 1, box: null },
    number: null,
    issueDate: { value: '2026-01-15', confidence: 93, page: 1, box: null },
    expiryDate: null,
    issuer: null,
  },
  engine: 'built-in',
  engineVersion: '1',
  checkedAt: '2026-02-01T00:00:04.000Z',
}
const received = {
  id: 'att_3kP9aQ4mN7pLrT2x',
  type: 'credentialAttachment',
  attributes: stored,
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const checked = {
  ...received,
  attributes: { ...stored, verification },
  lastUpdated: '2026-02-01T00:00:04.000Z',
}

const described = {
  tag: 'Credentials',
  type: 'credentialAttachment',
  attributes: attachmentAttributes,
  params: { id: credentialId },
} as const
const one = {
  ...described,
  path: '/credentials/{id}/attachments/{attachmentId}',
  params: { id: credentialId, attachmentId: received.id },
} as const
const read = { entity: 'credential', verb: 'READ' } as const

export const attachmentRoutes: readonly Route[] = [
  listRoute({
    ...described,
    method: 'GET',
    path: '/credentials/{id}/attachments',
    name: 'listAttachments',
    summary: 'List the attachments of a credential.',
    grant: read,
    example: checked,
    order: 'arrival',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    // They are few: all are read, and a page of them shown.
    run: async ({ read: inScope, params, query }, { pageSize, offset, after }) => {
      const { updatedSince: since } = query
      const all = (await inScope((ctx) => attachmentsOf(ctx, ownerOf(params)))).filter(
        ({ lastUpdated }) => since === undefined || lastUpdated >= since,
      )
      const key = after === null ? null : timeKey(after)
      const isBehind = ({ uploadedAt, id }: AttachmentRecord): boolean =>
        key === null || uploadedAt > key.at || (uploadedAt.getTime() === key.at.getTime() && id > key.id)
      const page = all.filter(isBehind).slice(offset, offset + pageSize)
      const last = page.at(-1)
      return {
        resources: page.map(resource),
        total: all.length,
        nextKey: page.length < pageSize || !last ? null : [last.uploadedAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/credentials/{id}/attachments',
    name: 'createAttachment',
    summary: 'Attach a document to a credential.',
    description:
      'A JPEG, PNG, WebP, HEIC/HEIF or PDF file of up to 10 MB, as a form with the part `file`, or as JSON with its bytes in base64. The bytes decide what it is: a declared type that disagrees, a document that is encrypted, damaged, or larger than can be opened safely is refused with 400, and nothing of it is kept. The same bytes again give the attachment that is there, with `deduplicated: true`. A credential has at most 20. `verification` is absent until the automatic check is ready.',
    grant: { entity: 'credential', verb: 'CREATE' },
    example: received,
    creates: '/credentials/{id}/attachments/{attachmentId}',
    body: z.strictObject({}),
    bodyExample: {},
    upload: {
      description: 'The document.',
      example: pdf,
      bytesMax: () => Promise.resolve(attachmentBytesMax),
      isSizeInvalid: true,
      asJson: {
        bytesMax: jsonBytesMax,
        example: {
          fileName: stored.fileName,
          mimeType: stored.mimeType,
          data: Buffer.from(pdf).toString('base64'),
        },
      },
    },
    errors: ['ATTACHMENTS_FULL', 'FILE_INFECTED', 'STORAGE_FAULT'],
    find: (call) => call.read((ctx) => attachmentsOf(ctx, ownerOf(call.params))),
    run: attach,
  }),
  resourceRoute({
    ...one,
    method: 'GET',
    name: 'getAttachment',
    summary: 'Get what is known about an attachment.',
    description: 'Without its bytes: those are at `contentUrl`.',
    grant: read,
    example: checked,
    run: async ({ read: inScope, params }) =>
      resource(await inScope((ctx) => getAttachment(ctx, ownerOf(params), idOf(params)))),
  }),
  fileRoute({
    method: 'GET',
    path: '/credentials/{id}/attachments/{attachmentId}/content',
    name: 'getAttachmentContent',
    summary: 'Download an attachment.',
    description: 'The bytes as they came, under the type that they are of and the name that they had.',
    tag: 'Credentials',
    grant: read,
    params: one.params,
    errors: ['STORAGE_FAULT'],
    mediaType: attachmentTypes,
    isRanged: true,
    run: ({ runtime, organisationId, caller, params }) =>
      openAttachment(runtime, organisationId, caller, ownerOf(params), idOf(params)),
  }),
  removalRoute({
    path: one.path,
    name: 'deleteAttachment',
    summary: 'Delete an attachment for good.',
    description: 'Its bytes are removed and cannot be brought back; the audit entry stays.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'DELETE' },
    params: one.params,
    type: 'credentialAttachment',
    current: async (ctx, params) => resource(await lockedAttachment(ctx, ownerOf(params), idOf(params))),
    run: ({ write, params }) => write((ctx) => deleteAttachment(ctx, ownerOf(params), idOf(params))),
  }),
]

async function attach({ runtime, organisationId, file, params, write, session }: Call): Promise<Resource> {
  if (!file) throw new Error('The kit gives a file to a route that takes one.')
  const inspected = await inspectUpload(runtime, organisationId, file)
  const source = session === null ? 'api' : 'console'
  return write(async (ctx) => resource(await receiveAttachment(ctx, ownerOf(params), inspected, source)))
}
