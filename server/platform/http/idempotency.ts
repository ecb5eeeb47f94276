/**
 * `Idempotency-Key` (spec 10, Shapes): the same request again gets the first answer again, and has one effect.
 *
 * A key is claimed before the operation and answered in the operation's own transaction, so that a crash leaves either no
 * effect and a claim that its lease frees, or the effect together with its answer.
 */
import { createHash } from 'node:crypto'
import type { Caller, WriteContext } from '../context.ts'
import { sql } from '../db/database.ts'
import { AppError, type ErrorKind } from '../errors.ts'
import type { Runtime } from '../runtime.ts'

/** An answer as it goes over the wire, without the headers that every answer has. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Values of `Set-Cookie`. They are secrets, and never kept for a repeat. */
  readonly cookies?: readonly string[]
}

export interface Claim {
  readonly tokenId: string
  readonly key: string
  readonly fingerprint: Buffer
  /** Tells this claim from a later one of the same key. */
  readonly leaseUntil: Date
}

const leaseMs = 60_000
const keptMs = 24 * 3_600_000
/** How many forgotten ones a claim clears away on its way. */
const cleared = 50

const keyPattern = /^[\x21-\x7e]{1,255}$/

/** The header's key; undefined without one. Refuses one that is no key. */
export function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && keyPattern.test(header)) return header
  throw new AppError(
    'VALIDATION_FAILED',
    'Idempotency-Key must be one value of 1 to 255 visible ASCII characters, a UUID for example.',
    { errors: [{ pointer: '/headers/idempotency-key', code: 'IDEMPOTENCY_KEY', detail: 'Send a UUID.' }] },
  )
}

/** What makes a request the same: method, path, query in any order, and body byte for byte. */
export function fingerprintOf(method: string, url: string, body: string): Buffer {
  const [path = '', query = ''] = url.split('?')
  const sorted = [...new URLSearchParams(query)].sort(([a, x], [b, y]) =>
    a < b || (a === b && x < y) ? -1 : 1,
  )
  return createHash('sha256')
    .update(JSON.stringify([method, path, sorted]))
    .update('\n')
    .update(body)
    .digest()
}

/**
 * Claims the key for this request, or gives the answer that is kept for it. Refuses other content under the same key
 * (IDEMPOTENCY_MISMATCH) and a key whose first request still runs (IDEMPOTENCY_RUNNING).
 */
export async function claimKey(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  request: { readonly tokenId: string; readonly key: string; readonly fingerprint: Buffer },
): Promise<{ readonly claim: Claim } | { readonly answer: Answer }> {
  return runtime.write(organisationId, caller, async (ctx) => {
    const { tx, now } = ctx
    await tx.run(sql`delete from idempotency_answers where organisation_id = ${organisationId} and (token_id, key) in (
      select token_id, key from idempotency_answers where organisation_id = ${organisationId} and forget_at <= ${now}
      order by forget_at limit ${cleared} for update skip locked)`)
    const claim: Claim = { ...request, leaseUntil: new Date(now.getTime() + leaseMs) }
    const forgetAt = new Date(now.getTime() + keptMs)
    const taken =
      await tx.run(sql`insert into idempotency_answers (organisation_id, token_id, key, fingerprint, lease_until, forget_at)
      values (${organisationId}, ${claim.tokenId}, ${claim.key}, ${claim.fingerprint}, ${claim.leaseUntil}, ${forgetAt})
      on conflict (organisation_id, token_id, key) do update
        set fingerprint = excluded.fingerprint, lease_until = excluded.lease_until, forget_at = excluded.forget_at,
            status = null, headers = null, body = null
        where idempotency_answers.forget_at <= ${now}
          or (idempotency_answers.lease_until <= ${now} and idempotency_answers.fingerprint = excluded.fingerprint)`)
    if (taken === 1) {
      // Answers hold people's data: they go when their day is over, also when nobody asks any more.
      // A timer that is there stays as it is, so that parallel requests do not wait for one another.
      await tx.run(sql`insert into timers (organisation_id, kind, subject_id, due_at, is_quiet_time)
        values (${organisationId}, 'http.forgetAnswers', ${organisationId}, ${new Date(forgetAt.getTime() + 1_000)}, false)
        on conflict (organisation_id, kind, subject_id) do nothing`)
      return { claim }
    }
    const row = await tx.one<{
      fingerprint: Buffer
      lease_until: Date | null
      status: number
      headers: Record<string, string>
      body: string
    }>(sql`select fingerprint, lease_until, status, headers, body from idempotency_answers
      where organisation_id = ${organisationId} and token_id = ${claim.tokenId} and key = ${claim.key}`)
    if (!row.fingerprint.equals(claim.fingerprint))
      throw new AppError(
        'IDEMPOTENCY_MISMATCH',
        'This Idempotency-Key was used for another request. Use a new key for a new request.',
      )
    if (row.lease_until !== null)
      throw new AppError('IDEMPOTENCY_RUNNING', 'The first request with this Idempotency-Key still runs.')
    return { answer: { status: row.status, headers: row.headers, body: row.body } }
  })
}

/** Keeps the answer, in the transaction of the change. Refuses when the lease was lost to a later request meanwhile. */
export async function keepAnswer(ctx: WriteContext, claim: Claim, answer: Answer): Promise<void> {
  const kept = await ctx.tx.run(sql`update idempotency_answers
    set lease_until = null, status = ${answer.status}, headers = ${JSON.stringify(answer.headers)}::jsonb, body = ${answer.body}
    where organisation_id = ${ctx.organisationId} and token_id = ${claim.tokenId} and key = ${claim.key}
      and lease_until = ${claim.leaseUntil}`)
  if (kept === 0)
    throw new AppError(
      'IDEMPOTENCY_RUNNING',
      'The request took so long that another one with its Idempotency-Key runs.',
    )
}

/** Frees the key: what happened is nothing to repeat. */
export async function releaseKey(
  runtime: Runtime,
  organisationId: string,
  caller: Caller,
  claim: Claim,
): Promise<void> {
  await runtime.write(organisationId, caller, (ctx) =>
    ctx.tx
      .run(sql`delete from idempotency_answers where organisation_id = ${organisationId} and token_id = ${claim.tokenId}
      and key = ${claim.key} and lease_until = ${claim.leaseUntil}`),
  )
}

/** Faults that would come again: kept. The others may pass (spec 10: 4xx other than 401, 403, 409, 429). */
export function isLastingFault(kind: ErrorKind): boolean {
  return [
    'invalid',
    'notFound',
    'gone',
    'unsupported',
    'tooLarge',
    'unprocessable',
    'stale',
    'methodNotAllowed',
  ].includes(kind)
}

/** The job behind the timer `http.forgetAnswers`. */
export async function forgetAnswers(runtime: Runtime, organisationId: string, caller: Caller): Promise<void> {
  await runtime.write(organisationId, caller, async (ctx) => {
    await ctx.tx.run(
      sql`delete from idempotency_answers where organisation_id = ${organisationId} and forget_at <= ${ctx.now}`,
    )
    const { next } = await ctx.tx.one<{ next: Date | null }>(
      sql`select min(forget_at) as next from idempotency_answers where organisation_id = ${organisationId}`,
    )
    if (next !== null)
      await ctx.setTimer({
        kind: 'http.forgetAnswers',
        subjectId: organisationId,
        dueAt: new Date(next.getTime() + 1_000),
      })
  })
}
