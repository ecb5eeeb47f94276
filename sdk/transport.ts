/** One call: its attempts, their time limits, and the pauses between them. */
import {
  connectionError,
  fileAnswer,
  isUnsent as isUnsentError,
  readAnswer,
  type Outcome,
} from './answers.ts'
import type { Operation } from './calls.ts'
import { VouchsafeConnectionError, type Attempts } from './errors.ts'
import { requestOf, wholeNumber, type AnyOptions, type Arguments, type OutgoingRequest } from './request.ts'
import {
  delayMs,
  isWorthRepeating,
  retryAfterSeconds,
  waitMostMs,
  type Failure,
  type Safety,
} from './retry.rules.ts'

export interface TransportSettings {
  /** Before the operation's path. */
  readonly base: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly maxRetries: number
  readonly timeoutMs: number
  /** The session that the browser's cookie stands for; undefined without one: then no cookies go along. */
  readonly session: Session | undefined
  /** Headers of every call. */
  readonly headers: Readonly<Record<string, string>>
  /** The header `Authorization`; undefined without a token. Asked before each attempt. */
  authorization(): Promise<string | undefined>
}

export interface Session {
  /** What changes must show, so that no other site's page can make them: as the last answer that had one gave it. */
  csrfToken: string | undefined
}

/** A timer that is asked for more fires at once. */
const timerMostMs = 2_147_483_647

/** A fault of one attempt, and how it would be thrown. */
interface Fault {
  readonly kind: 'fault'
  readonly failure: Failure
  readonly retryAfter: number | null
  thrown(attempts: Attempts): unknown
}

/** Waits; ends at once with the signal's reason when it is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal?.addEventListener('abort', end, { once: true })
  })
}

/** A limit for one attempt, beside the caller's own signal. */
function limited(signal: AbortSignal | undefined, timeoutMs: number) {
  const controller = new AbortController()
  const pass = (): void => controller.abort(signal?.reason)
  let isLate = false
  const timer = setTimeout(
    () => {
      isLate = true
      controller.abort()
    },
    Math.min(timeoutMs, timerMostMs),
  )
  signal?.addEventListener('abort', pass, { once: true })
  return {
    signal: controller.signal,
    isLate: () => isLate,
    /** The answer has begun: from now on the caller's signal alone ends it. */
    untime: () => clearTimeout(timer),
    release: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', pass)
    },
  }
}

async function attempt(
  settings: TransportSettings,
  operation: Operation,
  request: OutgoingRequest,
  headers: Headers,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Exclude<Outcome, { kind: 'fault' }> | Fault> {
  const limit = limited(signal, timeoutMs)
  let isStreaming = false
  try {
    const response = await settings.fetch(settings.base + request.target, {
      method: operation.method,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: limit.signal,
      // A redirect would turn a POST into a GET, and carry the token elsewhere.
      redirect: 'manual',
      credentials: settings.session ? 'include' : 'omit',
    })
    if (operation.answer === 'file' && response.ok && response.status !== 204) {
      isStreaming = true
      limit.untime()
      const failure = (error: unknown): unknown =>
        signal?.aborted ? signal.reason : connectionError(error, { attempts: 1, isUncertain: false })
      return { kind: 'success', value: fileAnswer(response, limit.release, failure) }
    }
    const wait = retryAfterSeconds(response.headers.get('retry-after'), Date.now())
    const outcome = await readAnswer(operation, response, wait)
    if (outcome.kind === 'success') return outcome
    const { status, code, retryAfter, thrown } = outcome
    return { kind: 'fault', failure: { kind: 'answer', status, code }, retryAfter, thrown }
  } catch (error) {
    signal?.throwIfAborted()
    const isUnsent = isUnsentError(error)
    return {
      kind: 'fault',
      failure: { kind: 'connection', isUnsent },
      retryAfter: null,
      thrown: ({ attempts, isUncertain }) => {
        const told = { attempts, isUncertain: isUncertain || !isUnsent }
        return limit.isLate()
          ? new VouchsafeConnectionError('TIMEOUT', `No answer came within ${timeoutMs} ms.`, told, error)
          : connectionError(error, told)
      },
    }
  } finally {
    if (!isStreaming) limit.release()
  }
}

/** Keeps the token that signing in, or asking who one is, answers with. */
function remember(session: Session, answer: unknown): void {
  const { data } = answer as { data?: { attributes?: { csrfToken?: unknown } } | null }
  const token = data?.attributes?.csrfToken
  if (typeof token === 'string') session.csrfToken = token
}

/** Whether the request may have had its effect although this answer does not tell. */
function leavesDoubt(failure: Failure): boolean {
  if (failure.kind === 'connection') return !failure.isUnsent
  return failure.code === null && failure.status >= 502
}

/**
 * Performs the operation. Repeats it where that is safe and may help; throws a VouchsafeError, VouchsafeConnectionError
 * or VouchsafeAnswerError of the last attempt, the signal's reason, or a TypeError for arguments that cannot be sent.
 */
export async function perform(
  settings: TransportSettings,
  operation: Operation,
  given: Arguments,
  options: AnyOptions,
): Promise<unknown> {
  const request = requestOf(operation, given, options)
  const { signal } = options
  const maxRetries = wholeNumber('maxRetries', options.maxRetries ?? settings.maxRetries, 0)
  const timeoutMs = wholeNumber('timeoutMs', options.timeoutMs ?? settings.timeoutMs, 1)
  const safety: Safety = {
    method: operation.method,
    isKeyed: operation.isKeyed === true,
    hasIfMatch: options.ifMatch !== undefined,
  }
  let isUncertain = false
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted()
    const authorization = operation.isPublic ? undefined : await settings.authorization()
    const csrfToken = operation.method === 'GET' ? undefined : settings.session?.csrfToken
    const headers = new Headers({
      ...settings.headers,
      ...(authorization === undefined ? {} : { authorization }),
      ...(csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }),
      ...request.headers,
    })
    const outcome = await attempt(settings, operation, request, headers, timeoutMs, signal)
    if (outcome.kind === 'success') {
      if (settings.session) remember(settings.session, outcome.value)
      return outcome.value
    }
    const { failure, retryAfter } = outcome
    const wait = delayMs(attempts - 1, retryAfter, Math.random())
    if (attempts > maxRetries || !isWorthRepeating(failure, safety) || wait > waitMostMs)
      throw outcome.thrown({ attempts, isUncertain })
    isUncertain ||= leavesDoubt(failure)
    await pause(wait, signal)
  }
}
