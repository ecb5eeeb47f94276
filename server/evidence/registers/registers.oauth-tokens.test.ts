import { describe, expect, it } from 'vitest'
import type { Outbound, OutboundRequest } from '../../platform/outbound.ts'
import { openTokens, TokenRefused } from './registers.oauth-tokens.ts'

function endpoint(status = 200, clientId = 'us', secret = 'kept-secret') {
  const state = { asked: 0, at: Date.UTC(2027, 0, 1), authorization: '' }
  const outbound = {
    request: async ({ headers }: OutboundRequest) => {
      state.asked += 1
      state.authorization = headers?.['authorization'] ?? ''
      const body = JSON.stringify({ access_token: `t${state.asked}`, token_type: 'Bearer', expires_in: 100 })
      return { status, headers: {}, body: Buffer.from(body) }
    },
  } as unknown as Outbound
  const settings = { kind: 'oauth2', tokenUrl: 'https://id.example/token', clientId } as Parameters<
    typeof openTokens
  >[0]
  return { state, tokens: openTokens(settings, secret, outbound, () => new Date(state.at)) }
}

describe('access tokens', () => {
  it('are asked for once by parallel callers, and renewed before their end', async () => {
    const { state, tokens } = endpoint()
    expect(await Promise.all([1, 2, 3].map(() => tokens.current()))).toEqual(['t1', 't1', 't1'])
    state.at += 69_000
    expect(await tokens.current()).toBe('t1')
    state.at += 2_000
    expect(await tokens.current()).toBe('t2')
  })

  it('are asked for once again when several callers find one refused', async () => {
    const { state, tokens } = endpoint()
    const refused = await tokens.current()
    tokens.forget(refused)
    expect(await tokens.current()).toBe('t2')
    tokens.forget(refused)
    expect(await tokens.current()).toBe('t2')
    expect(state.asked).toBe(2)
  })

  it('are asked for as RFC 6749 says: id and secret as in a form, before they are joined', async () => {
    // With these, joined as they are, the source would see another id and another secret.
    const { state, tokens } = endpoint(200, 'a:b c', "p%w+d!'()~*é/")
    await tokens.current()
    const sent = Buffer.from(state.authorization.slice('Basic '.length), 'base64').toString()
    expect(sent).toBe('a%3Ab+c:p%25w%2Bd%21%27%28%29%7E*%C3%A9%2F')
  })

  it.each([
    [400, 'UNAUTHORISED', /clientId, scope and secret/],
    [401, 'UNAUTHORISED', /clientId, scope and secret/],
    [403, 'UNAUTHORISED', /clientId, scope and secret/],
    [302, 'REFUSED', /no token endpoint at tokenUrl/],
    [404, 'REFUSED', /no token endpoint at tokenUrl/],
    [429, 'TOO_MANY', /token endpoint wants to be asked less often/],
    [500, 'UNREACHABLE', /token endpoint is out of order \(HTTP 500\); the register was not asked/],
    [503, 'UNREACHABLE', /token endpoint is out of order/],
  ])('an endpoint that answers %i: %s', async (status, code, words) => {
    const error: unknown = await endpoint(status)
      .tokens.current()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) as string })
  })

  it('are refused in words without the secret', async () => {
    const error: unknown = await endpoint(401)
      .tokens.current()
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TokenRefused)
    expect(String(error)).not.toContain('kept-secret')
  })
})
