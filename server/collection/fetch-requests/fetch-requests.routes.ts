/** `/fetch-requests` */
import { z } from 'zod'
import {
  includeDeleted,
  numberKey,
  pagingQuery,
  timeKey,
  updatedSince,
  wholeNumber,
} from '../../platform/http/paging.ts'
import {
  fileRoute,
  listRoute,
  removalRoute,
  resourceRoute,
  resultsRoute,
  type Resource,
  type Route,
} from '../../platform/http/route.ts'
import {
  bulkFetchRequests,
  bulkOutcome,
  expiryDaysMax,
  fetchRequestAttributes,
  fetchRequestPatch,
  historyAttributes,
  newFetchRequest,
  submissionAttributes,
  type FetchRequest,
} from './fetch-requests.schema.ts'
import { statuses } from './fetch-requests.states.rules.ts'
import {
  cancelFetchRequest,
  createFetchRequest,
  createFetchRequests,
  deleteFetchRequest,
  getFetchRequest,
  handOverLink,
  historyOf,
  listFetchRequests,
  lockedFetchRequest,
  patchFetchRequest,
  remindFetchRequest,
  reportOf,
  resendFetchRequest,
  restoreFetchRequest,
  submissionsOf,
} from './fetch-requests.ts'

const resource = ({ id, attributes, lastUpdated }: FetchRequest): Resource => ({
  id,
  attributes,
  lastUpdated,
})

const example = {
  id: 'cap_V1StGXR8Z5jdHi6B',
  type: 'fetchRequest',
  attributes: {
    displayName: 'Fetch Request — Jordan Avery — 2026-06-29',
    worker: { id: 'wkr_V1StGXR8Z5jdHi6B', displayName: 'Jordan Avery' },
    message: 'Hi Jordan, please send through your current First Aid and WWCC.',
    requestedCredentialTypes: ['FIRST_AID', 'WWCC_NSW'],
    credentialGuidingTexts: { FIRST_AID: 'Please upload the certificate, not the wallet card.' },
    expiryDays: 14,
    delivery: {
      channel: 'EMAIL',
      emailAddress: 'jordan.avery@example.com',
      tokenExpiresAt: '2026-07-13T02:14:07.000Z',
      remindersSent: 0,
      lastMailAt: null,
      problem: null,
    },
    lifecycle: { status: 'INITIATED', furthest: 'INITIATED', initiatedAt: '2026-06-29T02:14:07.000Z' },
    dispute: null,
    deletedAt: null,
  },
  lastUpdated: '2026-06-29T02:14:07.000Z',
}

const create = { entity: 'captureRequest', verb: 'CREATE' } as const
const read = { entity: 'captureRequest', verb: 'READ' } as const
const update = { entity: 'captureRequest', verb: 'UPDATE' } as const
const params = { id: example.id }
const described = {
  tag: 'Fetch requests',
  type: 'fetchRequest',
  attributes: fetchRequestAttributes,
  example,
} as const
const idOf = ({ id = '' }: Readonly<Record<string, string>>): string => id

const status = z
  .union([z.enum(statuses), z.array(z.enum(statuses))])
  .transform((given) => (Array.isArray(given) ? given : [given]))
  .optional()
  .describe('One state or, repeated, several.')
  .meta({ type: 'array', items: { type: 'string', enum: [...statuses] }, anyOf: undefined })

const linkAttributes = z.object({
  url: z.string().describe('Opens the worker’s page. Whoever has it answers in the worker’s name.'),
  tokenExpiresAt: z.date(),
})

export const fetchRequestRoutes: readonly Route[] = [
  listRoute({
    ...described,
    method: 'GET',
    path: '/fetch-requests',
    name: 'listFetchRequests',
    summary: 'List fetch requests.',
    grant: read,
    order: 'creation, newest first',
    query: z.strictObject({
      ...pagingQuery,
      status,
      workerId: z.string().max(200).optional(),
      query: z
        .string()
        .max(200)
        .optional()
        .describe('Beginning of the worker’s name, family name or e-mail address.'),
      includeDeleted,
      updatedSince,
    }),
    run: async (call, { pageSize: limit, offset, after, counting }) => {
      const page = { limit, offset, after: after === null ? null : timeKey(after), counting }
      const { requests, total } = await call.read((ctx) => listFetchRequests(ctx, call.query, page))
      const last = requests.at(-1)
      return {
        resources: requests.map(resource),
        total,
        nextKey: requests.length < limit || !last ? null : last.sortKey,
      }
    },
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/fetch-requests',
    name: 'createFetchRequest',
    summary: 'Ask a worker for credentials.',
    description:
      'The worker gets an e-mail with a secure link to a page on which to supply what is asked for; `lifecycle.status` follows how far they are. With `delivery: {"channel": "LINK"}` nothing is mailed: take the link from `POST …/link`.',
    grant: create,
    errors: ['WORKER_CANNOT_BE_ASKED'],
    creates: '/fetch-requests/{id}',
    body: newFetchRequest,
    bodyExample: {
      worker: { id: 'wkr_V1StGXR8Z5jdHi6B' },
      requestedCredentialTypes: ['FIRST_AID', 'WWCC_NSW'],
      credentialGuidingTexts: { FIRST_AID: 'Please upload the certificate, not the wallet card.' },
      message: 'Hi Jordan, please send through your current First Aid and WWCC.',
      expiryDays: 14,
    },
    run: async (call) =>
      call.write(async (ctx) => resource(await createFetchRequest(call.runtime, ctx, call.body))),
  }),
  resultsRoute({
    path: '/fetch-requests/bulk',
    name: 'createFetchRequests',
    summary: 'Ask many workers for the same credentials.',
    description:
      'Each worker is asked or fails alone, and `data` says which, in the order given; the answer is 200 also when all failed. Faults of what they have in common are 400, as are no workers and more than the organisation’s `fetchRequest.bulkMax` (50).',
    tag: 'Fetch requests',
    grant: create,
    type: 'fetchRequestOutcome',
    result: bulkOutcome,
    example: [
      { success: true, workerId: 'wkr_V1StGXR8Z5jdHi6B', requestId: 'cap_7Qmost4nB2kZ1xPa' },
      {
        success: false,
        workerId: 'WD-100483',
        error: 'There is no worker with the external id "WD-100483".',
      },
    ],
    body: bulkFetchRequests,
    bodyExample: {
      workers: [{ id: 'wkr_V1StGXR8Z5jdHi6B' }, { externalId: 'WD-100483', sourceSystem: 'workday' }],
      requestedCredentialTypes: ['WWCC_NSW', 'FIRST_AID'],
      credentialGuidingTexts: {
        FIRST_AID: 'Please upload your current HLTAID011 certificate, not the wallet card.',
      },
      message: 'Welcome to the team. Please confirm a couple of credentials so that we can get you started.',
      expiryDays: 14,
    },
    run: (call) => call.write((ctx) => createFetchRequests(call.runtime, ctx, call.body)),
  }),
  resourceRoute({
    ...described,
    method: 'GET',
    path: '/fetch-requests/{id}',
    name: 'getFetchRequest',
    summary: 'Get a fetch request.',
    grant: read,
    params,
    query: z.strictObject({ includeDeleted }),
    run: async (call) =>
      resource(await call.read((ctx) => getFetchRequest(ctx, idOf(call.params), call.query.includeDeleted))),
  }),
  resourceRoute({
    ...described,
    method: 'PATCH',
    path: '/fetch-requests/{id}',
    name: 'patchFetchRequest',
    summary: 'Change message or days of an open fetch request.',
    description: 'The days count from when the link was last issued.',
    grant: update,
    errors: ['CONFLICT', 'EXPIRY_IN_THE_PAST'],
    params,
    body: fetchRequestPatch,
    bodyExample: { expiryDays: 30 },
    find: (call) => call.read((ctx) => getFetchRequest(ctx, idOf(call.params))),
    current: async (ctx, given) => resource(await lockedFetchRequest(ctx, idOf(given))),
    run: async (call) =>
      call.write(async (ctx) => resource(await patchFetchRequest(ctx, idOf(call.params), call.body))),
  }),
  removalRoute({
    path: '/fetch-requests/{id}',
    name: 'deleteFetchRequest',
    summary: 'Hide a fetch request.',
    description: 'Its link is dead and nothing is mailed any more; `POST …/restore` brings it back.',
    tag: 'Fetch requests',
    grant: { entity: 'captureRequest', verb: 'DELETE' },
    params,
    type: 'fetchRequest',
    current: async (ctx, given) => resource(await lockedFetchRequest(ctx, idOf(given))),
    run: ({ write, params: given }) => write((ctx) => deleteFetchRequest(ctx, idOf(given))),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/fetch-requests/{id}/restore',
    name: 'restoreFetchRequest',
    summary: 'Bring a deleted fetch request back.',
    description: 'Its link works again, unless it has expired meanwhile.',
    grant: update,
    params,
    run: async (call) =>
      call.write(async (ctx) => resource(await restoreFetchRequest(ctx, idOf(call.params)))),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/fetch-requests/{id}/remind',
    name: 'remindFetchRequest',
    summary: 'Note a reminder of your own.',
    description:
      'Counts `delivery.remindersSent` up and changes nothing else. To have an e-mail go out now, use resend.',
    grant: update,
    errors: ['CONFLICT'],
    params,
    run: async (call) =>
      call.write(async (ctx) => resource(await remindFetchRequest(ctx, idOf(call.params)))),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/fetch-requests/{id}/resend',
    name: 'resendFetchRequest',
    summary: 'Issue a new link and mail it.',
    description: 'The old link stops working at once, and the status is INITIATED again.',
    grant: update,
    errors: ['CONFLICT', 'WORKER_CANNOT_BE_ASKED'],
    params,
    query: z.strictObject({
      expiryDays: wholeNumber(1, expiryDaysMax)
        .optional()
        .describe('Days for which the new link is good; the organisation’s default when absent.'),
    }),
    run: async (call) =>
      call.write(async (ctx) =>
        resource(await resendFetchRequest(call.runtime, ctx, idOf(call.params), call.query.expiryDays)),
      ),
  }),
  resourceRoute({
    ...described,
    method: 'POST',
    path: '/fetch-requests/{id}/cancel',
    name: 'cancelFetchRequest',
    summary: 'Withdraw a fetch request.',
    description: 'Its link stops working. What the worker has supplied stays.',
    grant: update,
    errors: ['CONFLICT'],
    params,
    run: async (call) =>
      call.write(async (ctx) => resource(await cancelFetchRequest(ctx, idOf(call.params)))),
  }),
  resourceRoute({
    tag: 'Fetch requests',
    type: 'fetchRequestLink',
    attributes: linkAttributes,
    example: {
      id: example.id,
      type: 'fetchRequestLink',
      attributes: {
        url: 'https://vouchsafe.example/r/3q2-7wX9mJfZ0c1LhT4sVb8yKpQnRdEgUaMoIiHxNlY',
        tokenExpiresAt: '2026-07-13T02:14:07.000Z',
      },
      lastUpdated: '2026-06-29T02:14:07.000Z',
    },
    method: 'POST',
    path: '/fetch-requests/{id}/link',
    name: 'handOverFetchRequestLink',
    summary: 'Get the link itself, to hand it over.',
    description: 'Recorded, since whoever has the link answers in the worker’s name.',
    grant: update,
    errors: ['CONFLICT'],
    params,
    showsSecret: true,
    run: async (call) =>
      call.write(async (ctx) => {
        const { request, url } = await handOverLink(call.runtime, ctx, idOf(call.params))
        const { tokenExpiresAt } = request.attributes.delivery
        return { id: request.id, lastUpdated: request.lastUpdated, attributes: { url, tokenExpiresAt } }
      }),
  }),
  listRoute({
    tag: 'Fetch requests',
    type: 'submission',
    attributes: submissionAttributes,
    example: {
      id: 'fri_9bXe27KfQz0aLw3M',
      type: 'submission',
      attributes: {
        credentialId: 'cred_8x2Kf9aQ4mN7pLrT',
        credentialType: 'FIRST_AID',
        displayName: 'First aid',
        status: null,
        licenceStatus: 'yellow',
        assurance: 'DECLARED',
        submittedAt: '2026-06-30T07:40:12.000Z',
        attachments: [],
      },
      lastUpdated: '2026-06-30T07:40:12.000Z',
    },
    method: 'GET',
    path: '/fetch-requests/{id}/submissions',
    name: 'listSubmissions',
    summary: 'List what the worker has supplied so far.',
    grant: read,
    params,
    order: 'as it was asked for',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async (call, { pageSize, offset, after }) => {
      const since = call.query.updatedSince
      const all = (await call.read((ctx) => submissionsOf(ctx, idOf(call.params)))).filter(
        ({ submittedAt }) => since === undefined || submittedAt >= since,
      )
      const start = after === null ? offset : numberKey(after)
      const shown = all.slice(start, start + pageSize)
      return {
        resources: shown.map(({ itemId, submittedAt, ...rest }) => ({
          id: itemId,
          lastUpdated: submittedAt,
          attributes: submissionAttributes.parse({ ...rest, submittedAt }),
        })),
        total: all.length,
        nextKey: start + pageSize < all.length ? [start + pageSize] : null,
      }
    },
  }),
  fileRoute({
    method: 'GET',
    path: '/fetch-requests/{id}/report.pdf',
    name: 'getFetchRequestReport',
    summary: 'Download the report of a completed fetch request.',
    description:
      'Who was asked for what, what the worker supplied, what checks found and how it came to that, as a PDF in the organisation’s name that can be read aloud. 409 before the request is COMPLETED. That it was taken is recorded.',
    tag: 'Fetch requests',
    grant: read,
    params,
    errors: ['CONFLICT', 'STORAGE_FAULT'],
    mediaType: 'application/pdf',
    run: async ({ runtime, organisationId, caller, params: given }) => {
      const { name, pdf } = await reportOf(runtime, organisationId, caller, idOf(given))
      return {
        name,
        bytes: pdf.length,
        content: (async function* () {
          yield pdf
        })(),
      }
    },
  }),
  listRoute({
    tag: 'Fetch requests',
    type: 'fetchRequestEvent',
    attributes: historyAttributes,
    example: {
      id: 'fre_2dMn8P7cQw51LgTy',
      type: 'fetchRequestEvent',
      attributes: {
        cause: 'MAIL_ACCEPTED',
        from: 'INITIATED',
        to: 'SENT',
        at: '2026-06-29T02:14:09.000Z',
        actor: { kind: 'SYSTEM', id: null },
        channel: 'SYSTEM',
        facts: {},
      },
      lastUpdated: '2026-06-29T02:14:09.000Z',
    },
    method: 'GET',
    path: '/fetch-requests/{id}/events',
    name: 'listFetchRequestEvents',
    summary: 'List what happened to a fetch request.',
    grant: read,
    params,
    order: 'time, oldest first',
    query: z.strictObject({ ...pagingQuery }),
    run: async (call, { pageSize: limit, offset, after }) => {
      const page = { limit, offset, after: after === null ? null : numberKey(after) }
      const { entries, total } = await call.read((ctx) => historyOf(ctx, idOf(call.params), page))
      const last = entries.at(-1)
      return {
        resources: entries.map(({ id, at, cause, from, to, actorKind, actorId, channel, facts }) => ({
          id,
          lastUpdated: at,
          attributes: { cause, from, to, at, actor: { kind: actorKind, id: actorId }, channel, facts },
        })),
        total,
        nextKey: entries.length < limit || !last ? null : [last.place],
      }
    },
  }),
]
