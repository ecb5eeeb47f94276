/** Asking the API in tests, without a socket: as an integration would, with a token. */
import { basePath, type HttpServer } from '../server/platform/http/http-server.ts'
import { allGrants, type Grants } from '../server/tenancy/access/access.schema.ts'
import { createToken } from '../server/tenancy/access/access.ts'
import { operator, type TestHouse } from './harness.ts'

export interface ApiResource<Attributes> {
  readonly id: string
  readonly attributes: Attributes
}

export interface ApiAnswer<Attributes = Readonly<Record<string, unknown>>> {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
  /** Empty where the answer is not JSON. */
  readonly body: {
    readonly data?: ApiResource<Attributes>
    readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[]
    readonly [name: string]: unknown
  }
}

export type Ask<Attributes> = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  /** A text is sent as it is. */
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiAnswer<Attributes>>

/** @param token whose token is sent, asked for at each request */
export function apiCaller<Attributes = Readonly<Record<string, unknown>>>(
  server: () => HttpServer,
  token: () => string,
): Ask<Attributes> {
  return async (method, path, body, headers = {}) => {
    const answer = await server().inject({
      method,
      url: basePath + path,
      headers: {
        authorization: `Bearer ${token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = String(answer.headers['content-type']).includes('json') && answer.payload !== ''
    return {
      status: answer.statusCode,
      headers: answer.headers,
      payload: answer.payload,
      body: isJson ? (answer.json() as ApiAnswer<Attributes>['body']) : {},
    }
  }
}

/** A token of an organisation; with every grant, unless others are said. */
export async function tokenFor(
  house: TestHouse,
  organisationId: string,
  grants: Grants = allGrants,
): Promise<string> {
  const { token } = await house.runtime.write(organisationId, operator, (ctx) =>
    createToken(ctx, { name: 'test', grants }),
  )
  return token
}
