/**
 * Single sign-on by OpenID Connect: authorisation code with PKCE, state and nonce.
 *
 * Promises: only users who were invited come in, known by issuer and subject, and the first time by an address that the
 * provider has verified; what a browser brings back fits what this browser was sent out with, within ten minutes; the ID
 * token's signature is checked as well as where it came from. Second factors are the provider's business then.
 */
import * as client from 'openid-client'
import { systemCaller, type WriteContext } from '../../platform/context.ts'
import { AppError } from '../../platform/errors.ts'
import { publicUrlOf } from '../../platform/public-url.ts'
import type { Runtime } from '../../platform/runtime.ts'
import { equalSecrets, keyedHash } from '../../platform/secrets.ts'
import { findOrganisation } from '../organisations/organisations.ts'
import { cookie, oidcCookie, oidcMs } from './users.rules.ts'
import { endFormerSession, startSession, userCaller, type Origin } from './users.sessions.ts'
import { failed, resultOf, type SignInResult } from './users.sign-in.ts'
import * as store from './users.store.ts'

const callTimeoutMs = 10_000
const answerBytesMax = 1_048_576

interface Provider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly organisation: string
}

/** NOT_FOUND where there is no single sign-on. */
function providerOf({ config }: Runtime): Provider {
  const { oidcIssuer, oidcClientId, oidcClientSecret, oidcOrganisation } = config
  if (!oidcIssuer || !oidcClientId || !oidcClientSecret || !oidcOrganisation)
    throw new AppError('NOT_FOUND', 'This installation has no single sign-on.')
  return {
    issuer: oidcIssuer,
    clientId: oidcClientId,
    clientSecret: oidcClientSecret,
    organisation: oidcOrganisation,
  }
}

/** The library's calls, by the one guarded way out. */
function guardedFetch({ outbound }: Runtime): client.CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const answer = await outbound.request({
      url,
      method: method as 'GET' | 'POST',
      headers,
      // The library sends forms only.
      ...(body === undefined || body === null ? {} : { body: (body as URLSearchParams | string).toString() }),
      timeoutMs: callTimeoutMs,
      responseBytesMax: answerBytesMax,
      ...(signal ? { signal } : {}),
    })
    const given = Object.entries(answer.headers).flatMap(([name, values]): [string, string][] =>
      [values ?? []].flat().map((value) => [name, value]),
    )
    const hasBody = answer.status !== 204 && answer.status !== 304
    return new Response(hasBody ? Uint8Array.from(answer.body) : null, {
      status: answer.status,
      headers: given,
    })
  }
}

/** Asks the provider about itself and sets the checks. */
async function discover(runtime: Runtime, provider: Provider): Promise<client.Configuration> {
  const isInsecure = provider.issuer.startsWith('http:') // refused by the way out, unless the operator allows it
  const fetched = guardedFetch(runtime)
  const found = await client.discovery(new URL(provider.issuer), provider.clientId, undefined, undefined, {
    [client.customFetch]: fetched,
    execute: isInsecure ? [client.allowInsecureRequests] : [],
  })
  const server = found.serverMetadata()
  const ways = server.token_endpoint_auth_methods_supported
  // Basic where nothing is said (OpenID Connect Discovery 1.0, section 3).
  const authentication =
    ways === undefined || ways.includes('client_secret_basic')
      ? client.ClientSecretBasic(provider.clientSecret)
      : client.ClientSecretPost(provider.clientSecret)
  const configuration = new client.Configuration(server, provider.clientId, undefined, authentication)
  configuration[client.customFetch] = fetched
  if (isInsecure) client.allowInsecureRequests(configuration)
  client.enableNonRepudiationChecks(configuration)
  return configuration
}

const discovered = new WeakMap<
  Runtime,
  { readonly at: Date; readonly found: Promise<client.Configuration> }
>()
const discoveredMs = 600_000

/** What the provider said of itself, asked anew every ten minutes and after a failure. */
async function configurationOf(runtime: Runtime, provider: Provider): Promise<client.Configuration> {
  const now = runtime.clock.now()
  const known = discovered.get(runtime)
  if (known && Math.abs(now.getTime() - known.at.getTime()) < discoveredMs) return known.found
  const found = discover(runtime, provider)
  discovered.set(runtime, { at: now, found })
  try {
    return await found
  } catch (error) {
    discovered.delete(runtime)
    throw refusal(runtime, error)
  }
}

/** A provider that does not answer is told as that; everything else is one refusal, and the log says what it was. */
function refusal(runtime: Runtime, thrown: unknown): AppError {
  const cause = (thrown as { cause?: unknown } | null)?.cause
  const own = [thrown, cause].find((one): one is AppError => one instanceof AppError)
  if (own) return own
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown }
  runtime.log.warn({ code, reason: message }, 'single sign-on was refused')
  return new AppError('SIGN_IN_FAILED', 'The provider’s answer does not let anybody in. Start again.')
}

/** What a browser takes along to the provider and brings back. */
interface Errand {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly until: number
}

function sealed({ masterKey }: Runtime, errand: Errand): string {
  const text = Buffer.from(JSON.stringify(errand)).toString('base64url')
  return `${text}.${keyedHash(masterKey, 'oidc errand', text).toString('base64url')}`
}

function unsealed({ masterKey, clock }: Runtime, value: string | undefined): Errand | undefined {
  const [text = '', seal = ''] = (value ?? '').split('.')
  if (!equalSecrets(seal, keyedHash(masterKey, 'oidc errand', text).toString('base64url'))) return undefined
  const errand = JSON.parse(Buffer.from(text, 'base64url').toString()) as Errand
  return errand.until > clock.now().getTime() ? errand : undefined
}

const callbackUrl = (runtime: Runtime): string =>
  `${publicUrlOf(runtime.config)}/openapi/v1/sign-in/oidc/callback`

function errandCookie({ config }: Runtime, value: string): string {
  return cookie(oidcCookie, value, {
    isSecure: publicUrlOf(config).startsWith('https:'),
    path: '/openapi/v1/sign-in/oidc',
    maxAgeSeconds: value === '' ? 0 : oidcMs / 1_000,
  })
}

/** Where to send the browser, and the cookie that it takes along. NOT_FOUND without single sign-on. */
export async function beginSingleSignOn(
  runtime: Runtime,
): Promise<{ readonly location: string; readonly cookies: string[] }> {
  const configuration = await configurationOf(runtime, providerOf(runtime))
  const errand: Errand = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
    until: runtime.clock.now().getTime() + oidcMs,
  }
  const location = client.buildAuthorizationUrl(configuration, {
    redirect_uri: callbackUrl(runtime),
    scope: 'openid email profile',
    state: errand.state,
    nonce: errand.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(errand.verifier),
    code_challenge_method: 'S256',
  })
  return { location: location.href, cookies: [errandCookie(runtime, sealed(runtime, errand))] }
}

interface Identity {
  readonly issuer: string
  readonly subject: string
  /** Only one that the provider has verified. */
  readonly email: string | undefined
}

async function identityOf(
  runtime: Runtime,
  configuration: client.Configuration,
  errand: Errand,
  query: Readonly<Record<string, string>>,
): Promise<Identity> {
  const tokens = await client.authorizationCodeGrant(
    configuration,
    new URL(`${callbackUrl(runtime)}?${new URLSearchParams(query).toString()}`),
    {
      pkceCodeVerifier: errand.verifier,
      expectedState: errand.state,
      expectedNonce: errand.nonce,
      idTokenExpected: true,
    },
  )
  const claims = tokens.claims()
  if (!claims) throw failed()
  const { iss: issuer, sub: subject } = claims
  const told =
    claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
      ? await client.fetchUserInfo(configuration, tokens.access_token, subject)
      : claims
  const isVerified = told['email_verified'] === true && typeof told['email'] === 'string'
  return { issuer, subject, email: isVerified ? (told['email'] as string) : undefined }
}

/** The user of this identity, joined and known by it from now on. */
async function admit(ctx: WriteContext, identity: Identity): Promise<store.UserRow> {
  const known = await store.userIdByOidc(ctx, identity)
  const id =
    known ?? (identity.email === undefined ? undefined : await store.userIdForFirstOidc(ctx, identity.email))
  const user = id === undefined ? undefined : await store.userRow(ctx, id, { isLocked: true })
  if (!user || user.isDisabled) throw failed()
  if (known === undefined) {
    const joined = user.joinedAt === null ? { joinedAt: ctx.now } : {}
    await store.updateUser(ctx, user.id, { oidc: identity, ...joined })
    await store.deleteLinks(ctx, user.id, 'INVITATION')
    await ctx.audit({ entityType: 'user', entityId: user.id, action: 'linkSingleSignOn' })
  }
  return user
}

/**
 * Lets in whom the provider sends back. Refuses (SIGN_IN_FAILED) what does not fit the errand or the provider, who was not
 * invited or is disabled, and who comes for the first time with an address that the provider has not verified.
 */
export async function finishSingleSignOn(
  runtime: Runtime,
  given: { readonly errand: string | undefined; readonly query: Readonly<Record<string, string>> },
  from: Origin,
): Promise<SignInResult & { readonly location: string; readonly forget: string }> {
  const provider = providerOf(runtime)
  const errand = unsealed(runtime, given.errand)
  if (!errand)
    throw new AppError(
      'SIGN_IN_FAILED',
      'This sign-in was not begun by this browser, or too long ago. Start again.',
    )
  const configuration = await configurationOf(runtime, provider)
  let identity: Identity
  try {
    identity = await identityOf(runtime, configuration, errand, given.query)
  } catch (error) {
    throw refusal(runtime, error)
  }
  const { id: organisationId } = await findOrganisation(runtime, provider.organisation)
  const caller = { ...systemCaller, channel: 'API', requestId: from.requestId } as const
  const user = await runtime.write(organisationId, caller, (ctx) => admit(ctx, identity))
  const result = await runtime.write(organisationId, userCaller(user.id, from.requestId), async (ctx) =>
    resultOf(ctx, await startSession(ctx, user.id, ['OIDC'], from)),
  )
  await endFormerSession(runtime, from)
  return {
    ...result,
    location: `${publicUrlOf(runtime.config)}/console`,
    forget: errandCookie(runtime, ''),
  }
}
