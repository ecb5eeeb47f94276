/**
 * The one way out: HTTP calls to addresses that somebody else chose (webhooks, connectors, status lists).
 *
 * Promises (spec 90, SSRF): https to a public address on port 443 or 8443, unless the policy allows more; a name is
 * resolved once, every address it has is checked, and the connection goes to one of those, so a name that changes
 * its address between the check and the connection gains nothing; redirects are handed back, not followed; no
 * proxy of the environment is used; time and size are bounded.
 */
import { lookup as systemLookup } from 'node:dns/promises'
import { validateHeaderName, validateHeaderValue, type IncomingHttpHeaders } from 'node:http'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { AppError } from './errors.ts'
import { whyNotPublic } from './outbound-addresses.ts'
import { ownHeaders } from './outbound-headers.rules.ts'

export interface OutboundPolicy {
  /** Also private addresses, and any port. */
  readonly allowPrivate: boolean
  /** Also http. */
  readonly allowHttp: boolean
}

export interface OutboundRequest {
  readonly url: string
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer | string
  /** From the call to the last byte of the answer. */
  readonly timeoutMs: number
  readonly responseBytesMax: number
  /** Gives the call up early. */
  readonly signal?: AbortSignal
  /** Also http to this machine itself (127.0.0.0/8, ::1, localhost), and to nothing else that the policy does not allow. */
  readonly allowLoopback?: boolean
}

export interface OutboundResponse {
  /** Any status, redirects and errors too. */
  readonly status: number
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders
  /** As sent: not decompressed. */
  readonly body: Buffer
}

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Every address of a host name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>

export interface Outbound {
  /**
   * Makes one call. Refuses (`OUTBOUND_REFUSED`) what the policy does not allow, before anything is sent;
   * `BODY_TOO_LARGE` a body above 16 MiB; `OUTBOUND_FAILED` when no whole answer came: no such name, no connection, a
   * certificate that does not fit, too late, too long, or given up. Never retries. Errors name the host only, since
   * path and query may hold secrets.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>
  /**
   * Why a URL would be refused, so that whoever sets it hears of it at once; null = it would not be, as things are. It is
   * judged again at each call: a name may change its addresses. One that cannot be looked up now is not refused for that.
   */
  refusalOf(url: string, options?: { readonly allowLoopback?: boolean }): Promise<string | null>
  /** Ends open connections. */
  close(): Promise<void>
}

const ports = new Set(['443', '8443'])
/** A call waits no longer than its own time limit; this ends what nobody waits for any more. */
const connectTimeoutMs = 10_000
const requestBytesMax = 16 * 2 ** 20
/** To learn the addresses of a name before it is ever called; who cannot be asked in that time is judged when called. */
const lookupMs = 3_000

const resolveBySystem: Resolve = (hostname) => systemLookup(hostname, { all: true, order: 'verbatim' })

/** A client that keeps connections open for the next call; a connection is made under this policy only. */
export function openOutbound(policy: OutboundPolicy, resolve: Resolve = resolveBySystem): Outbound {
  const connecting = new Set<Socket>()
  const agent = new Agent({
    connect: guardedConnector(policy, resolve, connecting),
    // The call's own time limit bounds these.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
  })
  const loopback = new Agent({
    connect: guardedConnector(loopbackPolicy, resolveLoopback, connecting),
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 10_000,
  })
  return {
    request: (request) =>
      request.allowLoopback === true && isLoopback(request.url)
        ? call(loopback, loopbackPolicy, request)
        : call(agent, policy, request),
    refusalOf: (url, { allowLoopback = false } = {}) => whyRefused(url, policy, resolve, allowLoopback),
    close: async () => {
      const closed = Promise.all([agent.destroy(), loopback.destroy()])
      // The agent would wait for them.
      for (const socket of connecting) socket.destroy(new Error('closed'))
      await closed
    },
  }
}

const loopbackPolicy: OutboundPolicy = { allowPrivate: true, allowHttp: true }
/** Whatever the machine's own files say of that name. */
const resolveLoopback: Resolve = () =>
  Promise.resolve([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ])

/** Whether a URL names this machine by a literal address or as localhost: nothing that has to be looked up. */
function isLoopback(text: string): boolean {
  const hostname = URL.parse(text)?.hostname ?? ''
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

async function whyRefused(
  text: string,
  policy: OutboundPolicy,
  resolve: Resolve,
  allowLoopback: boolean,
): Promise<string | null> {
  const giveUp = new AbortController()
  try {
    if (allowLoopback && isLoopback(text)) {
      checkedUrl(text, loopbackPolicy)
      return null
    }
    const { hostname } = checkedUrl(text, policy)
    if (policy.allowPrivate || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return null
    await Promise.race([
      checkedAddresses(hostname, policy, resolve),
      sleep(lookupMs, undefined, { signal: giveUp.signal }),
    ])
    return null
  } catch (error) {
    return error instanceof AppError && error.code === 'OUTBOUND_REFUSED' ? error.message : null
  } finally {
    giveUp.abort()
  }
}

/** One call on a connection of its own: see `Outbound.request`. */
export async function outboundRequest(
  request: OutboundRequest,
  policy: OutboundPolicy,
  resolve: Resolve = resolveBySystem,
): Promise<OutboundResponse> {
  const outbound = openOutbound(policy, resolve)
  try {
    return await outbound.request(request)
  } finally {
    await outbound.close()
  }
}

function refused(detail: string): AppError {
  return new AppError('OUTBOUND_REFUSED', detail)
}

function failed(detail: string, cause?: unknown): AppError {
  return new AppError('OUTBOUND_FAILED', detail, { cause })
}

/** Looks a name up once and connects to one of the addresses that were checked. */
function guardedConnector(
  policy: OutboundPolicy,
  resolve: Resolve,
  connecting: Set<Socket>,
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    checkedAddresses(hostname, policy, resolve).then(
      (addresses) => {
        const [first] = addresses as [ResolvedAddress]
        if (options.all) callback(null, [...addresses])
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    )
  }
  const connect = buildConnector({ lookup, autoSelectFamily: true, timeout: connectTimeoutMs })
  return (options, callback) => {
    // The socket is what it gives back, although its declaration does not say so.
    const attempt = connect(options, (error, socket) => {
      connecting.delete(attempt)
      // What is connected is what was checked; this is the fence behind the fence.
      const why = socket && !policy.allowPrivate ? whyNotPublic(socket.remoteAddress ?? '') : null
      if (why !== null) {
        socket?.destroy()
        callback(refused(`${options.hostname} has an address that is ${why}.`), null)
      } else if (socket) callback(null, socket)
      else callback(error as Error, null)
    }) as unknown as Socket
    connecting.add(attempt)
  }
}

async function checkedAddresses(
  hostname: string,
  policy: OutboundPolicy,
  resolve: Resolve,
): Promise<readonly ResolvedAddress[]> {
  const addresses = await resolve(hostname)
  if (addresses.length === 0) throw failed(`${hostname} has no address.`)
  if (policy.allowPrivate) return addresses
  for (const { address } of addresses) {
    const why = whyNotPublic(address)
    // Which address it is stays with us: the name may be an inner one.
    if (why !== null) throw refused(`${hostname} has an address that is ${why}.`)
  }
  return addresses
}

function checkedUrl(text: string, policy: OutboundPolicy): URL {
  const url = URL.parse(text)
  if (url === null || url.hostname === '')
    throw refused('The address is no complete URL like https://example.org/path.')
  const { protocol, hostname } = url
  if (protocol !== 'https:' && !(protocol === 'http:' && policy.allowHttp))
    throw refused(`${hostname} may not be called by ${protocol.slice(0, -1)}: use https.`)
  if (url.username !== '' || url.password !== '')
    throw refused(`The URL of ${hostname} holds a user name or password: send a header instead.`)
  if (policy.allowPrivate) return url
  const port = url.port === '' ? (protocol === 'https:' ? '443' : '80') : url.port
  if (!ports.has(port)) throw refused(`${hostname} may not be called on port ${port}: use 443 or 8443.`)
  // A literal address is connected to without being looked up.
  const literal = hostname.replace(/^\[|\]$/g, '')
  const why = isIP(literal) === 0 ? null : whyNotPublic(literal)
  if (why !== null) throw refused(`${hostname} is an address that is ${why}.`)
  return url
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = { 'user-agent': 'Vouchsafe' }
  for (const [name, value] of Object.entries(headers)) {
    const folded = name.toLowerCase()
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      throw refused(
        `The header ${JSON.stringify(name)} or its value has characters that a header cannot have.`,
      )
    }
    if (ownHeaders.has(folded)) throw refused(`The header ${folded} cannot be set.`)
    checked[folded] = value
  }
  return checked
}

async function call(
  dispatcher: Dispatcher,
  policy: OutboundPolicy,
  request: OutboundRequest,
): Promise<OutboundResponse> {
  const url = checkedUrl(request.url, policy)
  const headers = checkedHeaders(request.headers ?? {})
  if (Buffer.byteLength(request.body ?? '') > requestBytesMax)
    throw new AppError('BODY_TOO_LARGE', `An outgoing body has at most ${requestBytesMax} bytes.`)
  const timeout = AbortSignal.timeout(request.timeoutMs)
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
  try {
    const answer = dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers,
      body: request.body ?? null,
      signal,
    })
    // The agent heeds the signal only once it is connected.
    const response = await Promise.race([answer, abortOf(signal)])
    const body = await limitedBody(response.body, request.responseBytesMax, url.hostname)
    return { status: response.statusCode, headers: foldedHeaders(response.headers), body }
  } catch (error) {
    if (error instanceof AppError) throw error
    if (timeout.aborted) throw failed(`${url.hostname} did not answer within ${request.timeoutMs} ms.`, error)
    if (request.signal?.aborted) throw failed(`The call to ${url.hostname} was given up.`, error)
    const { code, message } = error as NodeJS.ErrnoException
    throw failed(`${url.hostname} could not be called (${code ?? message}).`, error)
  }
}

/** One that came several times is one list (RFC 9110, 5.3); cookies alone cannot be joined. */
function foldedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) && name !== 'set-cookie' ? value.join(', ') : value,
    ]),
  )
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(signal.reason as Error)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}

/** Reads to the end, or stops (and drops the connection) at the first byte too many. */
async function limitedBody(
  source: AsyncIterable<Buffer>,
  bytesMax: number,
  hostname: string,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > bytesMax) throw failed(`${hostname} answered with more than ${bytesMax} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
