/** Everything that a call can throw, beside the reason of an AbortSignal and a TypeError for arguments that cannot be sent. */
import type { ErrorCode } from './operations.gen.ts'

/** One fault of a request that has several. */
export interface Fault {
  /** A JSON pointer to the field, `/identity/displayName`. */
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/** A fault as the server tells it (RFC 9457). */
export interface ProblemDetails {
  readonly status: number
  readonly code: ErrorCode
  readonly title: string
  readonly detail: string
  readonly help: string | null
  readonly requestId: string
  readonly errors: readonly Fault[]
  /** All of it as it came, members of single codes included: the `grant` that is missing, the present `etag`. */
  readonly members: Readonly<Record<string, unknown>>
}

/** How the call went before it failed. */
export interface Attempts {
  /** How often it was sent. */
  readonly attempts: number
  /**
   * True when an earlier attempt of this call was sent and got no answer: it may have done its work, and this fault may
   * be its trace (412 because the ETag is the new one, 404 because it is deleted). Read the resource to know.
   */
  readonly isUncertain: boolean
}

/** The server refused, and says why. */
export class VouchsafeError extends Error {
  override readonly name = 'VouchsafeError'
  readonly status: number
  /** From a closed list; a newer server may know more than this client. */
  readonly code: ErrorCode
  readonly title: string
  /** One sentence for a person: what, where and how to mend it. */
  readonly detail: string
  readonly help: string | null
  /** Of a validation: every fault of the request, not the first alone. */
  readonly errors: readonly Fault[]
  readonly requestId: string
  /** Seconds to wait before asking again; null where the server does not say. */
  readonly retryAfter: number | null
  readonly members: Readonly<Record<string, unknown>>
  readonly attempts: number
  /** See `Attempts`. */
  readonly isUncertain: boolean

  constructor(problem: ProblemDetails, retryAfter: number | null, { attempts, isUncertain }: Attempts) {
    super(`${problem.code}: ${problem.detail}`)
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = problem.detail
    this.help = problem.help
    this.errors = problem.errors
    this.requestId = problem.requestId
    this.retryAfter = retryAfter
    this.members = problem.members
    this.attempts = attempts
    this.isUncertain = isUncertain
  }

  /** The request can never be right as it is: see `errors`. */
  get isInvalid(): boolean {
    return this.status === 400 || this.status === 422
  }
  /** No access token or session, or one that is not valid (any more). */
  get isUnauthenticated(): boolean {
    return this.status === 401
  }
  /** Good access without the grant that is needed. */
  get isForbidden(): boolean {
    return this.status === 403
  }
  get isNotFound(): boolean {
    return this.status === 404
  }
  /** Right in itself, but not in the present state. */
  get isConflict(): boolean {
    return this.status === 409
  }
  /** The resource is no longer the one that `ifMatch` names: read it again. */
  get isStale(): boolean {
    return this.status === 412
  }
  /** Too many requests: see `retryAfter`. */
  get isRateLimited(): boolean {
    return this.status === 429
  }
}

/** No answer came, or not all of it: the network failed, or it took too long. */
export class VouchsafeConnectionError extends Error {
  override readonly name = 'VouchsafeConnectionError'
  readonly reason: 'NETWORK' | 'TIMEOUT'
  readonly attempts: number
  /** False only when nothing was sent: then the call had no effect for certain. */
  readonly isUncertain: boolean

  constructor(
    reason: 'NETWORK' | 'TIMEOUT',
    message: string,
    { attempts, isUncertain }: Attempts,
    cause?: unknown,
  ) {
    super(message, { cause })
    this.reason = reason
    this.attempts = attempts
    this.isUncertain = isUncertain
  }
}

/** Something answered that does not speak this protocol: a proxy's page, a redirect, garbage, a list without end. */
export class VouchsafeAnswerError extends Error {
  override readonly name = 'VouchsafeAnswerError'
  /** 0 where a browser hides it. */
  readonly status: number
  /** The beginning of what came. */
  readonly beginning: string
  readonly attempts: number
  /** What had an effect, if anything, is not known. */
  readonly isUncertain = true

  constructor(message: string, status: number, beginning: string, attempts: number) {
    super(message)
    this.status = status
    this.beginning = beginning
    this.attempts = attempts
  }
}
