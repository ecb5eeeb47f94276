/** `/trusted-issuers`, `/signed-documents` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import {
  listRoute,
  removalRoute,
  resourceRoute,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import { reportSchema } from './signed-documents.schema.ts'
import {
  trustedIssuerAttributes,
  trustedIssuerInput,
  verificationInput,
} from './signed-documents.trusted-issuers.schema.ts'
import {
  assertReachable,
  distrustIssuer,
  fingerprintOfDocument,
  getTrustedIssuer,
  listTrustedIssuers,
  sourcesOf,
  trustIssuer,
  verifySignedDocument,
  type TrustedIssuerRow,
} from './signed-documents.ts'

const tag = 'Signed documents'
const bodyExample = { name: 'School of Care', identifier: 'did:web:school.example' }
const example = {
  id: 'trs_8sKd02LmPq7TzWc1',
  type: 'trustedIssuer',
  attributes: { ...bodyExample, jwksUrl: null, createdAt: '2026-02-01T00:00:00.000Z' },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}
const shown = { type: 'trustedIssuer', attributes: trustedIssuerAttributes, example } as const
const params = { id: example.id }

const resourceOf = ({ id, createdAt, ...rest }: TrustedIssuerRow): Resource => ({
  id,
  attributes: { ...rest, createdAt },
  lastUpdated: createdAt,
})

const reportExample = {
  id: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  type: 'signedDocumentReport',
  attributes: {
    format: 'VC_JWT',
    outcome: 'REVIEW_REQUIRED',
    parts: [
      {
        part: 'ISSUANCE',
        outcome: 'PASSED',
        detail: 'The document is signed with a key of did:web:school.example.',
      },
      {
        part: 'TRUSTED_ISSUER',
        outcome: 'FAILED',
        detail: 'The issuer is not on your list of trusted issuers.',
      },
    ],
    issuer: { id: 'did:web:school.example', name: 'School of Care', domain: 'school.example' },
    types: ['VerifiableCredential', 'OpenBadgeCredential'],
    fields: [{ path: 'credentialSubject.achievement.name', value: 'Provide first aid', isShortened: false }],
    redactedCount: 0,
    comparison: [],
  },
  lastUpdated: '2026-02-01T00:00:00.000Z',
}

export const signedDocumentRoutes: readonly Route[] = [
  listRoute({
    method: 'GET',
    path: '/trusted-issuers',
    name: 'listTrustedIssuers',
    summary: 'List the issuers whose signatures are believed.',
    tag,
    grant: { entity: 'register', verb: 'READ' },
    ...shown,
    order: 'the time of making',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async ({ read, query }, { pageSize, offset, after }) => {
      const key = after === null ? null : timeKey(after)
      const found = (await read((ctx) => listTrustedIssuers(ctx))).filter(
        ({ createdAt }) => query.updatedSince === undefined || createdAt >= query.updatedSince,
      )
      const isBehind = ({ createdAt, id }: TrustedIssuerRow): boolean =>
        key === null || createdAt > key.at || (createdAt.getTime() === key.at.getTime() && id > key.id)
      const page = found.filter(isBehind).slice(offset, offset + pageSize)
      const last = page.at(-1)
      return {
        resources: page.map(resourceOf),
        total: found.length,
        nextKey: page.length < pageSize || !last ? null : [last.createdAt.toISOString(), last.id],
      }
    },
  }),
  resourceRoute({
    method: 'GET',
    path: '/trusted-issuers/{id}',
    name: 'getTrustedIssuer',
    summary: 'Get a trusted issuer.',
    tag,
    grant: { entity: 'register', verb: 'READ' },
    params,
    ...shown,
    run: async ({ read, params }) =>
      resourceOf(await read((ctx) => getTrustedIssuer(ctx, params['id'] ?? ''))),
  }),
  resourceRoute({
    method: 'POST',
    path: '/trusted-issuers',
    name: 'createTrustedIssuer',
    summary: 'Believe an issuer’s signatures.',
    description: 'Documents that it signed are verified from then on, where nothing else is amiss with them.',
    tag,
    grant: { entity: 'register', verb: 'CREATE' },
    ...shown,
    creates: '/trusted-issuers/{id}',
    body: trustedIssuerInput,
    bodyExample,
    errors: ['NAME_TAKEN'],
    run: async ({ runtime, write, body }) => {
      await assertReachable(runtime, body)
      return write(async (ctx) => resourceOf(await trustIssuer(ctx, body)))
    },
  }),
  removalRoute({
    path: '/trusted-issuers/{id}',
    name: 'deleteTrustedIssuer',
    summary: 'Believe an issuer’s signatures no more.',
    description: 'What was verified by it stays as it was found.',
    tag,
    grant: { entity: 'register', verb: 'DELETE' },
    params,
    type: 'trustedIssuer',
    // A row never changes, and its removal tells whether it was still there: nothing is to be locked.
    current: async (ctx, params) => resourceOf(await getTrustedIssuer(ctx, params['id'] ?? '')),
    run: ({ write, params }) => write((ctx) => distrustIssuer(ctx, params['id'] ?? '')),
  }),
  resourceRoute({
    method: 'POST',
    path: '/signed-documents/verify',
    name: 'verifySignedDocument',
    summary: 'Find out what a signed document is worth.',
    description:
      'OpenAttestation 2.0 (OpenCerts), W3C Verifiable Credentials 1.1 and 2.0 as JWT or with an embedded proof, and Open Badges 3.0. Nothing of it is kept. Each part of the report has passed, failed, or was not checked; what could not be asked never passes. The id is the SHA-256 of the document.',
    tag,
    grant: { entity: 'register', verb: 'READ' },
    type: 'signedDocumentReport',
    attributes: reportSchema,
    example: reportExample,
    body: verificationInput,
    bodyExample: { document: '{"data":{}}', submitted: { credentialName: 'Provide first aid' } },
    bodyBytesMax: 10 * 2 ** 20,
    run: async ({ runtime, read, body }) => {
      const { document, submitted } = body
      const sources = await sourcesOf(runtime, read)
      const bytes = Buffer.from(document)
      return {
        id: fingerprintOfDocument(bytes),
        attributes: await verifySignedDocument(bytes, { ...sources, ...(submitted ? { submitted } : {}) }),
        lastUpdated: sources.now,
      }
    },
  }),
]
