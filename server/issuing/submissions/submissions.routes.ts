/** The published batch contract, version 2, and what stands around it (spec 80). */
import type { z } from 'zod'
import type { ErrorCode } from '../../platform/errors.ts'
import type {
  ContractAnswer,
  ContractCall,
  ContractInput,
  ContractRoute,
} from '../../platform/http/contract-route.ts'
import { assetsMax, itemsMax } from './submissions.faults.rules.ts'
import { addedExample, batchExample, examples, uploadUrlExample } from './submissions.examples.schema.ts'
import { kinds } from './submissions.fields.schema.ts'
import { uploadMediaTypes } from './submissions.links.rules.ts'
import {
  addedAnswer,
  batchSchema,
  batchShape,
  bodyBytesMax,
  revokedAnswer,
  revokeInput,
  singleSchema,
  singleShape,
  statusAnswer,
  statusesAnswer,
  statusesInput,
  uploadedAnswer,
  uploadLinkAnswer,
  type Declared,
  type Kind,
} from './submissions.schema.ts'
import {
  addSubmission,
  admitUpload,
  assetBytesMax,
  authenticatePartner,
  kindsNamed,
  partnerCaller,
  receiveUpload,
  renewUploadLink,
  requireKinds,
  requireScopes,
  revoke,
  scopesOf,
  statusesOf,
  statusOf,
  uploadPath,
  type PartnerPrincipal,
} from './submissions.ts'

interface Asked extends ContractCall {
  readonly principal: PartnerPrincipal
}

/** A route for a partner's token. @param judge throws what is answered before the body is read */
const forPartners =
  (
    perform: (asked: Asked, input: ContractInput) => Promise<ContractAnswer>,
    judge: (asked: Asked) => void | Promise<void> = () => {},
  ): ContractRoute['admit'] =>
  async (call) => {
    const principal = await authenticatePartner(call.runtime, call.header('authorization'))
    const asked = { ...call, principal }
    await judge(asked)
    return { id: principal.clientId, perform: (input) => perform(asked, input) }
  }

const callerOf = ({ principal, requestId }: Asked) => partnerCaller(principal, requestId)
const today = ({ runtime }: ContractCall): string => runtime.clock.now().toISOString().slice(0, 10)

async function add(asked: Asked, declared: Declared): Promise<ContractAnswer> {
  const { isNew, redirectUri, uploads, warnings } = await addSubmission(
    asked.runtime,
    asked.principal,
    asked.requestId,
    declared,
  )
  return {
    status: isNew ? 201 : 200,
    json: {
      redirect_uri: redirectUri,
      asset_uploads: uploads.map(({ assetId, url }) => ({ asset_id: assetId, url })),
      ...(warnings.length > 0 ? { warnings } : {}),
    },
  }
}

const addAnswers: ContractRoute['answers'] = [
  { status: 201, description: 'Kept for 48 hours.', schema: addedAnswer, example: addedExample },
  {
    status: 200,
    description: 'The same was sent before: the same link, and fresh ones for files that have not arrived.',
    schema: addedAnswer,
    example: addedExample,
  },
]

const addErrors: readonly ErrorCode[] = ['CREDENTIAL_ID_TAKEN']

const repetition =
  'The same again within 48 hours changes nothing and answers the same; after 48 hours without a decision it is deleted, its status is `canceled`, and its ids may be used anew.'

function single(kind: Kind): ContractRoute {
  const words = kind.replaceAll('_', ' ')
  return {
    method: 'POST',
    path: `/v2/add/requests/${kind}.json`,
    name: `add${kind.replaceAll(/(?:^|_)(\w)/g, (_all, letter: string) => letter.toUpperCase())}`,
    summary: `Offer one credential: ${words}.`,
    description: `A batch of one: the item by itself, or a batch that holds it. ${repetition}`,
    tag: 'Adding',
    access: 'token',
    scopes: scopesOf([kind]),
    body: { kind: 'json', schema: singleShape(kind), example: examples[kind], bytesMax: bodyBytesMax },
    answers: addAnswers,
    errors: addErrors,
    admit: forPartners(
      async (asked, input) => add(asked, input.json(singleSchema(kind, today(asked)))),
      ({ principal }) => requireKinds(principal, [kind]),
    ),
  }
}

const credentialParam = {
  credential_id: {
    description: 'The credential_id of the submission, or of one of its items.',
    example: '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5',
  },
}

const finalizedAt = (at: Date | null): string | null => at && at.toISOString()

/** Of an item or submission that is unknown, 404 comes before anything about scopes. */
const mayChange = async (asked: Asked): Promise<void> => {
  const { runtime, principal, params } = asked
  const named = await runtime.read(principal.partnerId, callerOf(asked), (ctx) =>
    kindsNamed(ctx, params['credential_id'] ?? ''),
  )
  requireKinds(principal, named)
}

const jsonBody = (schema: z.ZodType, example: unknown) =>
  ({ kind: 'json', schema, example, bytesMax: 65_536 }) as const

export const submissionRoutes: readonly ContractRoute[] = [
  {
    method: 'POST',
    path: '/v2/add/requests/batch.json',
    name: 'addBatch',
    summary: 'Offer several credentials to one person.',
    description: `Up to ${itemsMax} items of any kinds and ${assetsMax} assets. Needs the scope of every kind in it. ${repetition}`,
    tag: 'Adding',
    access: 'token',
    scopes: scopesOf(kinds),
    body: { kind: 'json', schema: batchShape, example: batchExample, bytesMax: bodyBytesMax },
    answers: addAnswers,
    errors: addErrors,
    admit: forPartners(async (asked, input) =>
      add(asked, input.json(batchSchema((sent) => requireKinds(asked.principal, sent), today(asked)))),
    ),
  },
  ...kinds.map(single),
  {
    method: 'POST',
    path: '/v2/add/requests/{credential_id}/assets/{asset_id}/upload-link.json',
    name: 'renewUploadLink',
    summary: 'Get a fresh link for an asset that has not arrived.',
    tag: 'Files',
    access: 'token',
    scopes: ['the scope of the item’s kind'],
    params: {
      ...credentialParam,
      asset_id: { description: 'The asset_id as it was declared.', example: 'b7a1-micro-1-asset' },
    },
    answers: [
      {
        status: 200,
        description: 'The link.',
        schema: uploadLinkAnswer,
        example: {
          asset_id: 'b7a1-micro-1-asset',
          url: uploadUrlExample,
          expires_at: '2026-02-01T01:00:00.000Z',
        },
      },
    ],
    errors: ['ASSET_ARRIVED', 'SUBMISSION_STATE'],
    admit: forPartners(async (asked) => {
      const { runtime, principal, params } = asked
      const link = await runtime.read(principal.partnerId, callerOf(asked), (ctx) =>
        renewUploadLink(runtime, ctx, params['credential_id'] ?? '', params['asset_id'] ?? ''),
      )
      return {
        status: 200,
        json: { asset_id: link.assetId, url: link.url, expires_at: link.expiresAt.toISOString() },
      }
    }, mayChange),
  },
  {
    method: 'PUT',
    path: uploadPath,
    name: 'uploadAsset',
    summary: 'Send the bytes of an asset.',
    description:
      'The address is one of `asset_uploads`, used as it was given: it says what may be sent, and needs no token. The same bytes again change nothing.',
    tag: 'Files',
    access: 'link',
    params: {
      partner: { description: 'As the link has it.', example: 'prt_4fGhT2mN8qRs6vWx' },
      asset: { description: 'As the link has it.', example: 'ast_9kLmN3pQrS5tUvWx' },
    },
    query: {
      type: 'As the link has it.',
      max: 'As the link has it.',
      expires: 'As the link has it.',
      signature: 'As the link has it.',
    },
    body: { kind: 'bytes', mediaTypes: uploadMediaTypes, bytesMax: assetBytesMax },
    answers: [
      {
        status: 200,
        description: 'The file is there.',
        schema: uploadedAnswer,
        example: {
          asset_id: 'b7a1-micro-1-asset',
          bytes: 48_213,
          sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        },
      },
    ],
    errors: [
      'UPLOAD_LINK_INVALID',
      'VALIDATION_FAILED',
      'ASSET_ARRIVED',
      'FILE_INFECTED',
      'OUTBOUND_FAILED',
      'STORAGE_FAULT',
    ],
    admit: async ({ runtime, params, search, header, requestId, address }) => {
      const contentType = header('content-type')
      const allowed = await admitUpload(runtime, { params, search, contentType, requestId })
      return {
        id: `address:${address}`,
        perform: async (input) => {
          const { assetId, bytes, sha256 } = await receiveUpload(runtime, allowed, input.bytes)
          return { status: 200, json: { asset_id: assetId, bytes, sha256 } }
        },
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/submissions/{id}/status.json',
    name: 'getStatus',
    summary: 'Ask how far a submission or an item is.',
    tag: 'Status',
    access: 'token',
    scopes: ['read.status'],
    params: { id: credentialParam.credential_id },
    answers: [
      {
        status: 200,
        description: 'Its status.',
        schema: statusAnswer,
        example: {
          id: '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5',
          status: 'verified',
          finalized_at: '2026-02-01T09:30:00.000Z',
        },
      },
    ],
    admit: forPartners(
      async (asked) => {
        const { runtime, principal, params } = asked
        const {
          id,
          status,
          finalizedAt: at,
        } = await runtime.write(principal.partnerId, callerOf(asked), (ctx) =>
          statusOf(ctx, params['id'] ?? ''),
        )
        return { status: 200, json: { id, status, finalized_at: finalizedAt(at) } }
      },
      ({ principal }) => requireScopes(principal, ['read.status']),
    ),
  },
  {
    method: 'POST',
    path: '/v1/submissions/status.json',
    name: 'getStatuses',
    summary: 'Ask how far several submissions or items are.',
    description: 'Up to 30 ids, answered in the order asked; an unknown one is `not_found`.',
    tag: 'Status',
    access: 'token',
    scopes: ['read.status'],
    body: jsonBody(statusesInput, { ids: ['3601f8ae-9181-41a3-89ed-6dbe5ecde2b5', 'unknown'] }),
    answers: [
      {
        status: 200,
        description: 'Their statuses.',
        schema: statusesAnswer,
        example: {
          credentials: [
            { id: '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5', status: 'incomplete', finalized_at: null },
            { id: 'unknown', status: 'not_found' },
          ],
        },
      },
    ],
    admit: forPartners(
      async (asked, input) => {
        const { runtime, principal } = asked
        const { ids } = input.json(statusesInput)
        const found = await runtime.write(principal.partnerId, callerOf(asked), (ctx) => statusesOf(ctx, ids))
        const credentials = found.map((one, index) =>
          one
            ? { id: one.id, status: one.status, finalized_at: finalizedAt(one.finalizedAt) }
            : { id: ids[index], status: 'not_found' },
        )
        return { status: 200, json: { credentials } }
      },
      ({ principal }) => requireScopes(principal, ['read.status']),
    ),
  },
  {
    method: 'POST',
    path: '/v2/requests/{credential_id}/revoke.json',
    name: 'revoke',
    summary: 'Withdraw a submission or an item.',
    description:
      'What was accepted is marked as revoked: the holder is told, and whoever it was shared with has to look at it again. What was only offered is deleted. The same again changes nothing.',
    tag: 'Status',
    access: 'token',
    scopes: ['the scopes of the kinds that are withdrawn'],
    params: credentialParam,
    body: jsonBody(revokeInput, { reason: 'The certificate was issued to another person of that name.' }),
    answers: [
      {
        status: 200,
        description: 'It is withdrawn.',
        schema: revokedAnswer,
        example: {
          id: '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5',
          revoked: ['b7a1-micro-1'],
          revoked_at: '2026-03-01T09:30:00.000Z',
        },
      },
    ],
    errors: ['SUBMISSION_STATE'],
    admit: forPartners(async (asked, input) => {
      const { runtime, principal, params } = asked
      const { reason } = input.json(revokeInput)
      const id = params['credential_id'] ?? ''
      const { revoked, at } = await runtime.write(principal.partnerId, callerOf(asked), async (ctx) => ({
        revoked: await revoke(ctx, id, reason),
        at: ctx.now,
      }))
      return { status: 200, json: { id, revoked, revoked_at: at.toISOString() } }
    }, mayChange),
  },
]
