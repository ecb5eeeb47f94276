/** `POST /api/partner/v1/oauth/token.json` (RFC 6749, section 4.4). */
import type { ContractAnswer, ContractRoute } from '../../platform/http/contract-route.ts'
import { readTokenRequest, type TokenRefusal } from './partners.oauth.rules.ts'
import { tokenAnswer, tokenError, tokenForm } from './partners.schema.ts'
import { issueToken } from './partners.ts'

const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** RFC 6749, section 5.2: 401 names the scheme that the client used. */
function refused({ error, description }: TokenRefusal): ContractAnswer {
  return {
    status: error === 'invalid_client' ? 401 : 400,
    json: { error, error_description: description },
    headers: {
      ...noStore,
      ...(error === 'invalid_client' ? { 'www-authenticate': 'Basic realm="partner"' } : {}),
    },
  }
}

const refusalAnswer = (status: number, description: string, example: object) => ({
  status,
  description,
  schema: tokenError,
  example,
})

export const partnerRoutes: readonly ContractRoute[] = [
  {
    method: 'POST',
    path: '/v1/oauth/token.json',
    name: 'getToken',
    summary: 'Get an access token for a client.',
    description:
      'The client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). Client id and secret go in the form or by HTTP Basic. A token is valid for half an hour; ask for a new one then.',
    tag: 'Access',
    access: 'body',
    body: {
      kind: 'form',
      schema: tokenForm,
      example: {
        grant_type: 'client_credentials',
        client_id: 'pcl_4fGhT2mN8qRs6vWx',
        client_secret: 'vps_9kLmN3pQrS5tUvWxYz1aBcDeFgHiJkLm',
        scope: 'write.education write.microcredential read.status',
      },
    },
    answers: [
      {
        status: 200,
        description: 'The token.',
        schema: tokenAnswer,
        example: {
          access_token: 'vpt_2bCdEfGhIjKlMnOpQrStUvWxYz012345',
          token_type: 'Bearer',
          expires_in: 1800,
          scope: 'write.education write.microcredential read.status',
        },
      },
      refusalAnswer(400, 'The request is not right (RFC 6749, section 5.2).', {
        error: 'unsupported_grant_type',
        error_description: 'Only grant_type=client_credentials is offered here.',
      }),
      refusalAnswer(401, 'The client did not prove who it is.', {
        error: 'invalid_client',
        error_description: 'The client is unknown or disabled, or its secret is another one.',
      }),
    ],
    ownFaults: [400, 401],
    admit: async ({ runtime, header, requestId, address }) => ({
      id: `address:${address}`,
      perform: async (input) => {
        const request = readTokenRequest(input.form(), header('authorization'))
        if ('error' in request) return refused(request)
        const issued = await issueToken(runtime, request, requestId)
        if ('error' in issued) return refused(issued)
        return {
          status: 200,
          json: {
            access_token: issued.token,
            token_type: 'Bearer',
            expires_in: issued.expiresIn,
            scope: issued.scopes.join(' '),
          },
          headers: noStore,
        }
      },
    }),
  },
]
