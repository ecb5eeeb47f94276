/**
 * How many requests a token may make (spec 10, Shapes): a bucket per token that holds a burst and fills at a steady rate.
 * Per node and in memory: it protects this process, it is no accounting.
 */

export interface Allowance {
  readonly isAllowed: boolean
  /** Requests that may follow at once. */
  readonly remaining: number
  /** Seconds until the whole burst is there again. */
  readonly resetSeconds: number
  /** Seconds until one more request is allowed; 0 when it is now. */
  readonly retrySeconds: number
}

export interface RateLimiter {
  /** The value of `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  readonly policy: string
  /** @param cost 0 only asks whether one more would be allowed */
  take(tokenId: string, cost?: 0 | 1): Allowance
}

interface Bucket {
  level: number
  at: number
}

const bucketsMax = 10_000

/**
 * @param perSecond how fast a bucket fills
 * @param burst how much it holds
 * @param now monotonic milliseconds
 */
export function createRateLimiter(
  perSecond: number,
  burst: number,
  now: () => number = () => performance.now(),
): RateLimiter {
  const buckets = new Map<string, Bucket>()
  const fill = (bucket: Bucket, at: number): void => {
    bucket.level = Math.min(burst, bucket.level + ((at - bucket.at) * perSecond) / 1_000)
    bucket.at = at
  }
  return {
    policy: `"token";q=${burst};w=${Math.max(1, Math.ceil(burst / perSecond))}`,
    take: (tokenId, cost = 1) => {
      const at = now()
      let bucket = buckets.get(tokenId)
      if (!bucket) {
        // A full bucket tells nothing that a new one would not.
        if (buckets.size >= bucketsMax)
          for (const [id, other] of buckets) {
            fill(other, at)
            if (other.level === burst) buckets.delete(id)
          }
        bucket = { level: burst, at }
        buckets.set(tokenId, bucket)
      }
      fill(bucket, at)
      const isAllowed = bucket.level >= 1
      if (isAllowed) bucket.level -= cost
      return {
        isAllowed,
        remaining: Math.floor(bucket.level),
        resetSeconds: Math.ceil((burst - bucket.level) / perSecond),
        retrySeconds: isAllowed ? 0 : Math.max(1, Math.ceil((1 - bucket.level) / perSecond)),
      }
    },
  }
}
