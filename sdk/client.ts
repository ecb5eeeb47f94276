/**
 * The client of Vouchsafe's API: one method per operation of the OpenAPI document, with types, and for every list an
 * iterator over all of its pages. Needs nothing but `fetch`: Node 20 and newer, browsers, Deno, Bun, workers.
 */
import type { Operation, Page } from './calls.ts'
import { VouchsafeAnswerError } from './errors.ts'
import { apiVersion, basePath, operations, type Operations } from './operations.gen.ts'
import { wholeNumber, type AnyOptions, type Arguments } from './request.ts'
import { perform, type TransportSettings } from './transport.ts'

export * from './operations.gen.ts'
export * from './errors.ts'
export type * from './calls.ts'

export interface ClientOptions {
  /** Where the server is, `https://vouchsafe.example.org`; in a browser, empty for the page's own origin. */
  readonly baseUrl: string
  /** An access token (`vs_…`), or what gives the present one: it is asked before every attempt. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /**
   * In a browser: true to work with the session of somebody who signed in. The cookie goes along, and the token that
   * changes need is taken from the answer that gives it: sign in by this client, or ask it who is signed in.
   */
  readonly session?: boolean | undefined
  /** In the place of the built-in one: for tests, proxies, own certificates. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** How often a call is repeated at most when that is safe and may help; 3 by default. */
  readonly maxRetries?: number | undefined
  /** Milliseconds for one attempt; 60,000 by default. */
  readonly timeoutMs?: number | undefined
  /** Names your program in the server's log: `rostering/2.1`. Browsers do not let it be set. */
  readonly userAgent?: string | undefined
  /** Headers of every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** One method per operation. */
export type VouchsafeClient = Operations

const maxRetriesDefault = 3
const timeoutDefaultMs = 60_000

/** The address before an operation's path. Takes it with or without the API's own path; refuses what is no address. */
function baseOf(baseUrl: string): string {
  const address = baseUrl.replace(/\/+$/, '')
  if (address !== '' && !address.startsWith('/')) {
    const scheme = URL.canParse(address) ? new URL(address).protocol : ''
    if (scheme !== 'https:' && scheme !== 'http:')
      throw new TypeError('`baseUrl` must be an address like https://vouchsafe.example.org.')
  }
  return address.endsWith(basePath) ? address : address + basePath
}

function settingsOf(options: ClientOptions): TransportSettings {
  const { token, session = false, fetch: given, userAgent } = options
  if (token !== undefined && session) throw new TypeError('Give a `token` or a `session`, not both.')
  if (token === '') throw new TypeError('`token` is empty.')
  // A browser names itself; asking it to say otherwise costs a preflight.
  const agent = userAgent ?? ('window' in globalThis ? undefined : `vouchsafe-client/${apiVersion}`)
  const headers: Record<string, string> = agent === undefined ? {} : { 'user-agent': agent }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value
  return {
    base: baseOf(options.baseUrl),
    // Looked up at each call and called without a receiver, as browsers demand.
    fetch: given ?? ((url, init) => fetch(url, init)),
    maxRetries: wholeNumber('maxRetries', options.maxRetries ?? maxRetriesDefault, 0),
    timeoutMs: wholeNumber('timeoutMs', options.timeoutMs ?? timeoutDefaultMs, 1),
    session: session ? { csrfToken: undefined } : undefined,
    headers,
    authorization: async () => {
      const present = typeof token === 'function' ? await token() : token
      return present === undefined ? undefined : `Bearer ${present}`
    },
  }
}

/**
 * Every resource of a list, page by page as they are asked for. Ends: a server that gives the same cursors round and
 * round is refused (Brent's algorithm: one cursor is remembered, however long the list).
 */
async function* iterate(
  settings: TransportSettings,
  operation: Operation,
  { page: _page, ...filters }: Arguments,
  options: AnyOptions,
): AsyncGenerator<unknown, void, undefined> {
  const pageSize = filters['pageSize'] ?? operation.pageSizeMax
  let cursor: unknown = filters['cursor']
  let landmark: unknown = cursor
  let steps = 0
  let stepsMost = 1
  for (;;) {
    const page = (await perform(settings, operation, { ...filters, pageSize, cursor }, options)) as Page<
      unknown,
      { readonly nextCursor: string | null }
    >
    yield* page.data
    const { nextCursor } = page.meta
    if (nextCursor === null) return
    if (nextCursor === landmark)
      throw new VouchsafeAnswerError('The list comes back to where it was.', page.status, nextCursor, 1)
    cursor = nextCursor
    steps += 1
    if (steps === stepsMost) {
      landmark = cursor
      stepsMost *= 2
      steps = 0
    }
  }
}

/** A client of the server at `baseUrl`. Nothing is sent yet. Refuses options that cannot work with a TypeError. */
export function createClient(options: ClientOptions): VouchsafeClient {
  const settings = settingsOf(options)
  const methods: Record<string, unknown> = {}
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    methods[name] = async (given: Arguments = {}, chosen: AnyOptions = {}) =>
      perform(settings, operation, given, chosen)
    if (operation.iterator !== undefined)
      methods[operation.iterator] = (given: Arguments = {}, chosen: AnyOptions = {}) =>
        iterate(settings, operation, given, chosen)
  }
  return methods as unknown as VouchsafeClient
}
