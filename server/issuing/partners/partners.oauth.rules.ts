/** What a request to the token endpoint says (RFC 6749, sections 2.3.1, 4.4.2 and 5.2). Pure. */
import { isPartnerScope, type PartnerScope, type TokenErrorCode } from './partners.schema.ts'

/** A refusal in the words of RFC 6749. */
export interface TokenRefusal {
  readonly error: TokenErrorCode
  readonly description: string
}

export interface TokenRequest {
  readonly clientId: string
  readonly clientSecret: string
  /** Undefined = all that the client may have. */
  readonly scopes: readonly string[] | undefined
  /** Whether the client came with HTTP Basic: then a refusal names that scheme. */
  readonly isBasic: boolean
}

export const refusal = (error: TokenErrorCode, description: string): TokenRefusal => ({ error, description })

/** RFC 6749, section 3.3: what a name of a scope is made of. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

const formDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Id and secret of `Authorization: Basic …`, each form-encoded before they were joined (RFC 6749, section 2.3.1). */
function basicOf(header: string): { clientId: string; clientSecret: string } | undefined {
  const coded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1]
  if (coded === undefined) return undefined
  const text = Buffer.from(coded, 'base64').toString('utf8')
  const at = text.indexOf(':')
  if (at < 0) return undefined
  const clientId = formDecoded(text.slice(0, at))
  const clientSecret = formDecoded(text.slice(at + 1))
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

/** @param authorization the header, if any */
export function readTokenRequest(
  form: URLSearchParams,
  authorization: string | undefined,
): TokenRequest | TokenRefusal {
  const twice = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1)
  if (twice !== undefined)
    return refusal(
      'invalid_request',
      `A parameter stands in the form once at most; "${shown(twice)}" is repeated.`,
    )
  // A parameter without a value counts as left out (section 3.1).
  const value = (name: string): string | undefined => form.get(name) || undefined
  const grant = value('grant_type')
  if (grant === undefined)
    return refusal('invalid_request', 'grant_type is missing; it is client_credentials.')
  if (grant !== 'client_credentials')
    return refusal('unsupported_grant_type', 'Only grant_type=client_credentials is offered here.')
  const scopes = value('scope')
    ?.split(' ')
    .filter((one) => one !== '')
  const illFormed = scopes?.find((one) => !scopeToken.test(one))
  if (illFormed !== undefined)
    return refusal('invalid_scope', 'scope holds characters that no scope has; names stand between blanks.')
  const inForm = { clientId: value('client_id'), clientSecret: value('client_secret') }
  if (authorization !== undefined && authorization.trim() !== '') {
    const basic = basicOf(authorization.trim())
    if (!basic) return refusal('invalid_client', 'The Authorization header is no well-formed HTTP Basic.')
    if (inForm.clientSecret !== undefined)
      return refusal(
        'invalid_request',
        'The client authenticates in one way only: by HTTP Basic or in the form.',
      )
    if (inForm.clientId !== undefined && inForm.clientId !== basic.clientId)
      return refusal(
        'invalid_request',
        'client_id in the form is another one than in the Authorization header.',
      )
    return { ...basic, scopes, isBasic: true }
  }
  if (inForm.clientId === undefined || inForm.clientSecret === undefined)
    return refusal(
      'invalid_client',
      'Send client_id and client_secret in the form, or by HTTP Basic: what is missing is not known here.',
    )
  return { clientId: inForm.clientId, clientSecret: inForm.clientSecret, scopes, isBasic: false }
}

/** What the token may do: all that was asked for, in the contract's order; or the refusal. */
export function grantedScopes(
  asked: readonly string[] | undefined,
  allowed: readonly PartnerScope[],
): readonly PartnerScope[] | TokenRefusal {
  if (asked === undefined || asked.length === 0) return allowed
  const refused = asked.filter((one) => !isPartnerScope(one) || !allowed.includes(one))
  if (refused.length > 0)
    return refusal(
      'invalid_scope',
      `This client may not have: ${refused.map(shown).join(' ')}. It may have: ${allowed.join(' ')}.`,
    )
  return allowed.filter((one) => asked.includes(one))
}

/** error_description takes no quotes, backslashes or controls (section 5.2). */
const shown = (text: string): string => text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 100)
