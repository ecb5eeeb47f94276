/** Whether a call is made again, and when. Pure: chance and time are handed in. */

/** How one attempt failed. */
export type Failure =
  /** No answer. `isUnsent`: there was not even a connection. */
  | { readonly kind: 'connection'; readonly isUnsent: boolean }
  /** A fault of the server's, or of what stands before it (`code` null). */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string | null }

/** What makes it safe to send the same again. */
export interface Safety {
  readonly method: string
  /** A POST whose Idempotency-Key the server honours. */
  readonly isKeyed: boolean
  readonly hasIfMatch: boolean
}

const delayFirstMs = 250
const delayMostMs = 8_000
/** A server that asks for more patience than this is not waited for: its fault is thrown, with `retryAfter`. */
export const waitMostMs = 60_000

/** Whether sending the request twice leaves what sending it once would have left. */
function isRepeatable({ method, isKeyed, hasIfMatch }: Safety): boolean {
  if (method === 'POST') return isKeyed
  // A second merge patch could undo what somebody else changed between the two.
  if (method === 'PATCH') return hasIfMatch
  return true
}

/** Whether such a failure may pass, and the request can be repeated without a second effect. */
export function isWorthRepeating(failure: Failure, safety: Safety): boolean {
  if (failure.kind === 'connection') return failure.isUnsent || isRepeatable(safety)
  const { status, code } = failure
  if (status === 429 || status === 503) return true
  if (status === 409) return code === 'IDEMPOTENCY_RUNNING'
  // A proxy that lost the server: as good as a lost connection.
  return code === null && (status === 502 || status === 504) && isRepeatable(safety)
}

/**
 * Milliseconds until the next attempt: exponential with full jitter, or what the server asked for with a little jitter on
 * top, so that many clients do not come back at the same instant.
 * @param repeats how many repeats went before this one, from 0
 * @param chance from 0 to below 1
 */
export function delayMs(repeats: number, retryAfterSeconds: number | null, chance: number): number {
  const backoff = chance * Math.min(delayMostMs, delayFirstMs * 2 ** Math.min(repeats, 20))
  return retryAfterSeconds === null ? backoff : retryAfterSeconds * 1_000 + chance * delayFirstMs
}

/**
 * `Retry-After` as seconds from now (RFC 9110, section 10.2.3: seconds or a date); null without one or with nonsense.
 * @param nowMs since the epoch
 */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text)
  if (!/^[A-Za-z]{3},? /.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1_000))
}
