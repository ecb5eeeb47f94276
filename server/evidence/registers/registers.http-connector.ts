/**
 * The `http` connector: a JSON endpoint that the organisation or the operator configured, asked over the guarded way out.
 *
 * Promises: only a whole, well-formed answer becomes one; rubbish, slowness, redirects and refusals are faults of the source,
 * in words that hold no name, number or secret.
 */
import { AppError } from '../../platform/errors.ts'
import type { Outbound, OutboundResponse } from '../../platform/outbound.ts'
import type { CheckAnswer, CheckQuestion, Connector, FaultCode } from './connectors.schema.ts'
import { answerIn, notFound, saysNotFound, Unreadable } from './registers.answers.rules.ts'
import { questionFields, type HttpKind, type HttpSettings, type QuestionField } from './registers.schema.ts'
import { openTokens, TokenRefused } from './registers.oauth-tokens.ts'
import { retryAfterOf } from './registers.retry-after.rules.ts'

const bytesMax = 65_536
const protocolPath = '/v1/checks'
const healthPath = '/healthz'

export interface HttpConnectorParts {
  readonly kind: HttpKind
  readonly settings: HttpSettings
  readonly secret: string | null
  readonly outbound: Outbound
  /** For how long a token is good is measured by it. */
  readonly now: () => Date
}

const labels: Readonly<Record<QuestionField, string>> = {
  correlationId: 'correlation id',
  register: 'register',
  credentialType: 'credential type',
  jurisdiction: 'jurisdiction',
  number: 'number',
  familyName: 'family name',
  givenNames: 'given names',
  holderName: 'holder name',
  birthDate: 'birth date',
  issueDate: 'issue date',
  expiryDate: 'expiry date',
  today: 'day',
}

export function httpConnector(parts: HttpConnectorParts): Connector {
  const { kind, settings, secret, outbound } = parts
  // The simulator lies on this machine, and nothing else there is reachable this way (platform/outbound.ts).
  const reach = kind === 'simulator' ? ({ allowLoopback: true } as const) : {}
  const tokens =
    settings.auth.kind === 'oauth2' ? openTokens(settings.auth, secret ?? '', outbound, parts.now) : null

  const authorise = async (): Promise<Record<string, string>> => {
    const { auth } = settings
    switch (auth.kind) {
      case 'none':
        return {}
      case 'basic':
        return {
          authorization: `Basic ${Buffer.from(`${auth.username}:${secret ?? ''}`).toString('base64')}`,
        }
      case 'bearer':
        return { authorization: `Bearer ${secret ?? ''}` }
      case 'header':
        return { [auth.name]: secret ?? '' }
      case 'oauth2':
        return { authorization: `Bearer ${await (tokens as NonNullable<typeof tokens>).current()}` }
    }
  }

  const call = async (question: CheckQuestion, signal?: AbortSignal): Promise<OutboundResponse> => {
    const send = async (credentials: Record<string, string>): Promise<OutboundResponse> =>
      outbound.request({
        url: addressOf(settings.url, kind, protocolPath, question),
        method: settings.method,
        headers: {
          accept: 'application/json',
          ...settings.headers,
          ...credentials,
          'x-correlation-id': question.correlationId,
          ...(settings.method === 'POST' ? { 'content-type': 'application/json' } : {}),
        },
        ...(settings.method === 'POST'
          ? { body: JSON.stringify(filled(settings.body ?? allFields, question)) }
          : {}),
        timeoutMs: settings.timeoutMs,
        responseBytesMax: bytesMax,
        ...(signal ? { signal } : {}),
        ...reach,
      })
    const credentials = await authorise()
    const first = await send(credentials)
    if (first.status !== 401 || tokens === null) return first
    // It may have been revoked before its time.
    tokens.forget((credentials['authorization'] ?? '').slice('Bearer '.length))
    return send(await authorise())
  }

  return {
    kind,
    canCheck: (question) => {
      const torn = whatIsTorn(question)
      if (torn !== null) return torn
      const lacking = settings.inputs.filter((field) => (question[field] ?? '') === '')
      if (lacking.length === 0) return null
      return `The register needs what is not known of this credential: ${lacking.map((field) => labels[field]).join(', ')}.`
    },
    check: async (question, signal) => {
      const torn = whatIsTorn(question)
      if (torn !== null) return fault('REJECTED', torn)
      let response: OutboundResponse
      try {
        response = await call(question, signal)
      } catch (error) {
        return faultOf(error)
      }
      return read(response, settings, question, parts.now())
    },
    health: async () => {
      const url =
        settings.healthUrl ??
        (kind === 'simulator'
          ? addressOf(settings.url, kind, healthPath)
          : new URL(plain(settings.url)).origin)
      try {
        const { status } = await outbound.request({
          url,
          method: 'GET',
          headers: await authorise(),
          timeoutMs: Math.min(settings.timeoutMs, 10_000),
          responseBytesMax: bytesMax,
          ...reach,
        })
        if (status === 401 || status === 403)
          return { isReachable: false, detail: `It answers and does not let us in (${status}).` }
        if (status >= 500)
          return { isReachable: false, detail: `It answers that it is out of order (${status}).` }
        return { isReachable: true, detail: `It answers (${status}).` }
      } catch (error) {
        return { isReachable: false, detail: faultOf(error).fault?.detail ?? 'It cannot be reached.' }
      }
    },
  }
}

/** Half a character cannot be sent; asked with another in its place, a source would answer about somebody else. */
function whatIsTorn(question: CheckQuestion): string | null {
  const torn = questionFields.filter((field) => !(question[field] ?? '').isWellFormed())
  if (torn.length === 0) return null
  return `The register cannot be asked with half a character in it: ${torn.map((field) => labels[field]).join(', ')}.`
}

const placeholder = /\{([^{}]*)\}/g
const plain = (url: string): string => url.replaceAll(placeholder, 'x')

/** The address to call. A simulator is named by where it listens; the path belongs to its protocol. */
function addressOf(url: string, kind: HttpKind, path: string, question?: CheckQuestion): string {
  if (kind === 'simulator') return new URL(path, url).href
  return url.replaceAll(placeholder, (_, name: QuestionField) => encodeURIComponent(question?.[name] ?? ''))
}

/** Every field under its own name: what the simulator's protocol takes. */
const allFields = {
  register: '{register}',
  credentialType: '{credentialType}',
  jurisdiction: '{jurisdiction}',
  number: '{number}',
  familyName: '{familyName}',
  givenNames: '{givenNames}',
  holderName: '{holderName}',
  birthDate: '{birthDate}',
  issueDate: '{issueDate}',
  expiryDate: '{expiryDate}',
  today: '{today}',
}

/** A template with its placeholders filled in. One that is a whole text and stands for nothing becomes null. */
function filled(template: unknown, question: CheckQuestion): unknown {
  if (typeof template === 'string') {
    const whole = /^\{([^{}]*)\}$/.exec(template)?.[1] as QuestionField | undefined
    if (whole !== undefined) return question[whole]
    return template.replaceAll(placeholder, (_, name: QuestionField) => question[name] ?? '')
  }
  if (Array.isArray(template)) return template.map((item) => filled(item, question))
  if (template !== null && typeof template === 'object')
    return Object.fromEntries(
      Object.entries(template).map(([name, value]) => [name, filled(value, question)]),
    )
  return template
}

function fault(code: FaultCode, detail: string, retryAfterSeconds: number | null = null): CheckAnswer {
  return {
    outcome: 'ERROR',
    details: [],
    conditions: [],
    ownWords: null,
    verified: null,
    evidence: null,
    fault: { code, detail, retryAfterSeconds },
  }
}

/** Errors of the way out name the host only. */
function faultOf(error: unknown): CheckAnswer {
  if (error instanceof TokenRefused) return fault(error.code, error.message, error.retryAfterSeconds)
  if (error instanceof AppError) {
    if (error.code === 'OUTBOUND_REFUSED') return fault('REFUSED', error.message)
    if (/answered with more than/.test(error.message)) return fault('UNREADABLE', error.message)
    const isLate = /did not answer within|given up/.test(error.message)
    return fault(isLate ? 'TIMEOUT' : 'UNREACHABLE', error.message)
  }
  return fault('UNREACHABLE', 'It could not be called.')
}

const mediaTypeMax = 200

/** As it is named; what a line of text does not have is left out of it. */
const mediaTypeOf = ({ headers }: OutboundResponse): string =>
  (headers['content-type'] ?? 'application/octet-stream')
    .replaceAll(/[^\t\x20-\x7e]/g, '')
    .slice(0, mediaTypeMax)

function read(
  response: OutboundResponse,
  settings: HttpSettings,
  question: CheckQuestion,
  now: Date,
): CheckAnswer {
  const { status } = response
  const evidence = { mediaType: mediaTypeOf(response), body: response.body }
  const withEvidence = (answer: CheckAnswer): CheckAnswer => ({ ...answer, evidence })
  if (settings.notFoundStatuses.includes(status)) {
    const ownWords = wordsOfNotFound(response, settings)
    const answer = withEvidence(notFound(question, ownWords ?? `HTTP ${status}`))
    return ownWords === null && settings.notFoundNeedsProof ? { ...answer, isBare: true } : answer
  }
  if (status === 401 || status === 403)
    return withEvidence(fault('UNAUTHORISED', `It does not let us in (HTTP ${status}).`))
  if (status === 429)
    return withEvidence(
      fault('TOO_MANY', 'It wants to be asked less often (HTTP 429).', retryAfterOf(response, now)),
    )
  if (status >= 500)
    return withEvidence(
      fault('SERVER_ERROR', `It is out of order (HTTP ${status}).`, retryAfterOf(response, now)),
    )
  if (status >= 400) return withEvidence(fault('REJECTED', `It does not take the question (HTTP ${status}).`))
  if (status >= 300)
    return withEvidence(
      fault('REFUSED', `It leads elsewhere (HTTP ${status}); set the address that it leads to.`),
    )
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(response.body)
    return withEvidence(answerIn(parsed(text), settings.response, question))
  } catch (error) {
    if (error instanceof Unreadable) return withEvidence(fault('UNREADABLE', error.message))
    if (error instanceof TypeError) return withEvidence(fault('UNREADABLE', 'It is no UTF-8.'))
    throw error
  }
}

/** In what words a body says that nobody was found; null where the status alone says so. */
function wordsOfNotFound({ body }: OutboundResponse, settings: HttpSettings): string | null {
  try {
    return saysNotFound(JSON.parse(body.toString('utf8')), settings.response)
  } catch {
    return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unreadable('It is no JSON.')
  }
}
