/** A partner in tests: a house with a server, a client of a partner, and its calls as a system would make them. */
import { readFile } from 'node:fs/promises'
import { buildHttpServer } from '../server/front-doors.ts'
import { partnerScopes, type PartnerScope } from '../server/issuing/partners/partners.schema.ts'
import { createSandbox } from '../server/issuing/submissions/submissions.ts'
import { createPartner } from '../server/issuing/partners/partners.ts'
import { createHolder } from '../server/issuing/holders/holders.ts'
import type { HttpServer } from '../server/platform/http/http-server.ts'
import { randomCharacters } from '../server/platform/ids.ts'
import { openTestHouse, operator, type TestHouse } from './harness.ts'

export const base = '/api/partner'

export interface PartnerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
  readonly body: Readonly<Record<string, unknown>> & {
    readonly code?: string
    readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[]
  }
}

export interface Partner {
  readonly partnerId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly testHolderId: string
  /** A fresh access token; of all scopes that the client has, unless some are said. */
  token(scopes?: string): Promise<string>
}

export interface PartnerHouse {
  readonly house: TestHouse
  readonly server: HttpServer
  newPartner(scopes?: readonly PartnerScope[]): Promise<Partner>
  /** @param body a text or bytes are sent as they are */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
    path: string,
    sent?: {
      readonly token?: string
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<PartnerAnswer>
  /** PUTs to a link as it was given. */
  put(url: string, bytes: Buffer, contentType: string): Promise<PartnerAnswer>
  close(): Promise<void>
}

export async function openPartnerHouse(
  options: Parameters<typeof openTestHouse>[0] = {},
): Promise<PartnerHouse> {
  const house = await openTestHouse(options)
  const server = await buildHttpServer(house.runtime, '0.0.0')
  const send = async (
    method: string,
    url: string,
    payload: string | Buffer | undefined,
    headers: Record<string, string>,
  ): Promise<PartnerAnswer> => {
    const answer = await server.inject({
      method: method as 'GET',
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
    return {
      status: answer.statusCode,
      headers: answer.headers,
      payload: answer.payload,
      body: isJson ? (answer.json() as PartnerAnswer['body']) : {},
    }
  }
  return {
    house,
    server,
    newPartner: async (scopes) => {
      const name = `Partner ${randomCharacters(8)}`
      const made =
        scopes === undefined
          ? await createSandbox(house.runtime, operator, name)
          : {
              testHolderId: await createHolder(house.runtime),
              ...(await createPartner(house.runtime, operator, { name, scopes })),
            }
      return {
        ...made,
        token: async (asked) => {
          const form = new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: made.clientId,
            client_secret: made.clientSecret,
            ...(asked === undefined ? {} : { scope: asked }),
          })
          const { body } = await send('POST', `${base}/v1/oauth/token.json`, form.toString(), {
            'content-type': 'application/x-www-form-urlencoded',
          })
          return String(body['access_token'])
        },
      }
    },
    ask: (method, path, { token, body, headers = {} } = {}) =>
      send(
        method,
        base + path,
        body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      ),
    put: (url, bytes, contentType) => {
      const { pathname, search } = new URL(url)
      return send('PUT', pathname + search, bytes, { 'content-type': contentType })
    },
    close: async () => {
      await server.close()
      await house.close()
    },
  }
}

export const allScopes = partnerScopes

/** The published sample, with ids of its own for each call. */
export async function sampleBatch(id: string): Promise<Record<string, unknown> & { credential_id: string }> {
  const text = await readFile(new URL('../examples/partner/batch.json', import.meta.url), 'utf8')
  return JSON.parse(text.replaceAll('3601f8ae-9181-41a3-89ed-6dbe5ecde2b5', id)) as Record<
    string,
    unknown
  > & {
    credential_id: string
  }
}

export const uploadsOf = (answer: PartnerAnswer): { asset_id: string; url: string }[] =>
  answer.body['asset_uploads'] as { asset_id: string; url: string }[]
