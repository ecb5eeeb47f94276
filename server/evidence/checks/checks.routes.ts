/** `/credentials/{id}/verify` and `/credentials/{id}/checks` */
import { z } from 'zod'
import { pagingQuery, timeKey, updatedSince } from '../../platform/http/paging.ts'
import { listRoute, resourceRoute, type Route } from '../../platform/http/route.ts'
import { checkAttributes, verificationAttributes } from './checks.schema.ts'
import { listChecks, requestCheck } from './checks.ts'

const credentialId = 'cred_2mVt80JdXs1bRk5N'

const example = {
  id: 'chk_5dRw72MfYp3cTn9Q',
  type: 'check',
  attributes: {
    credential: { id: credentialId },
    source: 'REGISTER',
    register: 'SERVICE_VICTORIA_WWC',
    connector: 'http',
    person: null,
    trigger: 'REQUESTED',
    correlationId: 'req_8kLp34VbHs6eJx0Z',
    inputs: { register: 'SERVICE_VICTORIA_WWC', credentialType: 'WWCC_VIC', number: '…', familyName: 'sent' },
    startedAt: '2026-02-01T00:00:00.000Z',
    finishedAt: '2026-02-01T00:00:00.420Z',
    outcome: 'MAY_ENGAGE',
    ownWords: 'CURRENT',
    details: [],
    conditions: [],
    told: {
      number: '1234567A',
      holderName: 'CHEN, Sarah',
      issueDate: '2023-01-15',
      expiryDate: '2028-01-14',
      neverExpires: false,
    },
    fault: null,
    isDeciding: true,
  },
  lastUpdated: '2026-02-01T00:00:00.420Z',
}

export const checkRoutes: readonly Route[] = [
  resourceRoute({
    method: 'POST',
    path: '/credentials/{id}/verify',
    name: 'verifyCredential',
    summary: 'Ask the register about a credential now.',
    description:
      'The answer comes within moments of the register’s own: `correlationId` stands on its check (`GET …/checks`) and `credential.verified` tells of what changed. Asked twice before the answer, it is asked once. 409 when no register is connected that knows the type.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'UPDATE' },
    params: { id: credentialId },
    type: 'verification',
    attributes: verificationAttributes,
    example: {
      id: credentialId,
      type: 'verification',
      attributes: {
        correlationId: 'req_8kLp34VbHs6eJx0Z',
        register: 'SERVICE_VICTORIA_WWC',
        isDegraded: false,
      },
      lastUpdated: '2026-02-01T00:00:00.000Z',
    },
    errors: ['NOT_CHECKABLE'],
    run: ({ write, params }) =>
      write(async (ctx) => {
        const id = params['id'] ?? ''
        return { id, attributes: await requestCheck(ctx, id), lastUpdated: ctx.now }
      }),
  }),
  listRoute({
    method: 'GET',
    path: '/credentials/{id}/checks',
    name: 'listChecks',
    summary: 'List the checks of a credential.',
    description:
      'Each attempt to verify it, for good. A check that could not be made (`ERROR`) leaves what is known as it is.',
    tag: 'Credentials',
    grant: { entity: 'credential', verb: 'READ' },
    params: { id: credentialId },
    type: 'check',
    attributes: checkAttributes,
    example,
    order: 'the time of the answer, newest first',
    query: z.strictObject({ ...pagingQuery, updatedSince }),
    run: async ({ read, params, query }, { pageSize: limit, offset, after }) => {
      const { checks, total } = await read((ctx) =>
        listChecks(ctx, params['id'] ?? '', query.updatedSince, {
          limit,
          offset,
          after: after === null ? null : timeKey(after),
        }),
      )
      const last = checks.at(-1)
      return {
        resources: checks,
        total,
        nextKey: checks.length < limit || !last ? null : [last.lastUpdated.toISOString(), last.id],
      }
    },
  }),
]
