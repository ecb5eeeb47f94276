/** Access tokens of a source that wants OAuth 2.0 client credentials (RFC 6749, 4.4): one at a time, kept until it ends. */
import { z } from 'zod'
import type { Outbound, OutboundResponse } from '../../platform/outbound.ts'
import type { FaultCode } from './connectors.schema.ts'
import { retryAfterOf } from './registers.retry-after.rules.ts'
import type { HttpSettings } from './registers.schema.ts'

type OauthSettings = Extract<HttpSettings['auth'], { kind: 'oauth2' }>

/** The source gave no token: it does not know us, or it is out of order itself. The message holds no secret. */
export class TokenRefused extends Error {
  readonly code: FaultCode
  readonly retryAfterSeconds: number | null
  constructor(code: FaultCode, message: string, retryAfterSeconds: number | null = null) {
    super(message)
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export interface Tokens {
  /** Asked for once, however many want it at the same time. Throws TokenRefused, and what the way out throws. */
  current(): Promise<string>
  /** It was refused: another one is asked for, unless another caller has done so already. */
  forget(refused: string): void
}

const tokenAnswer = z.object({
  access_token: z.string().min(1).max(10_000),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().min(0).max(31_536_000).optional(),
})
const timeoutMs = 10_000
const bytesMax = 65_536
const lifeSeconds = 300
/** A token is not used in its last moments: it would end on the way. */
const marginSeconds = 30

/** As a value stands in a form: not as in a path, where a space is %20 and ! ' ( ) ~ stand for themselves. */
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

/** Only what says so is about who we are (RFC 6749, 5.2); the rest is about the endpoint, or about where it is looked for. */
function refusalOf(response: OutboundResponse, now: Date): TokenRefused {
  const { status } = response
  const after = retryAfterOf(response, now)
  if (status >= 500)
    return new TokenRefused(
      'UNREACHABLE',
      `The token endpoint is out of order (HTTP ${status}); the register was not asked.`,
      after,
    )
  if (status === 429)
    return new TokenRefused('TOO_MANY', 'The token endpoint wants to be asked less often (HTTP 429).', after)
  if (status === 404 || status === 405 || status < 400)
    return new TokenRefused(
      'REFUSED',
      `There is no token endpoint at tokenUrl (HTTP ${status}); look at the address.`,
    )
  return new TokenRefused(
    'UNAUTHORISED',
    `The token endpoint gives no token (HTTP ${status}); look at clientId, scope and secret.`,
  )
}

export function openTokens(
  settings: OauthSettings,
  secret: string,
  outbound: Outbound,
  now: () => Date,
): Tokens {
  let known: { readonly token: Promise<string>; value?: string; endsAt: number } | undefined
  const fetchToken = async (): Promise<{ token: string; seconds: number }> => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(settings.scope === undefined ? {} : { scope: settings.scope }),
      ...(settings.audience === undefined ? {} : { audience: settings.audience }),
    })
    // RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
    const basic = [settings.clientId, secret].map(formEncoded).join(':')
    const response = await outbound.request({
      url: settings.tokenUrl,
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: form.toString(),
      timeoutMs,
      responseBytesMax: bytesMax,
    })
    if (response.status !== 200) throw refusalOf(response, now())
    try {
      const answer = tokenAnswer.parse(JSON.parse(response.body.toString('utf8')))
      return { token: answer.access_token, seconds: answer.expires_in ?? lifeSeconds }
    } catch {
      throw new TokenRefused('UNREADABLE', 'What the token endpoint answers is no token.')
    }
  }
  return {
    current: () => {
      if (known && now().getTime() < known.endsAt) return known.token
      const asked = fetchToken()
      const next: NonNullable<typeof known> = {
        token: asked.then(({ token }) => token),
        endsAt: Number.POSITIVE_INFINITY,
      }
      known = next
      asked.then(
        ({ token, seconds }) => {
          next.value = token
          next.endsAt = now().getTime() + Math.max(1, seconds - marginSeconds) * 1_000
        },
        () => {
          if (known === next) known = undefined
        },
      )
      return next.token
    },
    forget: (refused) => {
      if (known?.value === refused) known = undefined
    },
  }
}
