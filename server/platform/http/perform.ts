/**
 * From a request to its answer, for everything that is not a list or a file: existence, input, precondition, the
 * operation, and the answer kept under its Idempotency-Key.
 */
import { createHash } from 'node:crypto'
import type { Caller, WriteContext } from '../context.ts'
import { AppError, asAppError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { claimKey, isLastingFault, keepAnswer, releaseKey, type Answer, type Claim } from './idempotency.ts'
import { httpStatuses, problemOf } from './problem.ts'
import type { UploadedFile } from './upload.ts'
import type {
  ActionRoute,
  Call,
  Client,
  Current,
  Outcome,
  RemovalRoute,
  Resource,
  ResourceRoute,
  ResultsRoute,
} from './route.ts'

export interface Performance {
  readonly runtime: Runtime
  readonly route: ResourceRoute | RemovalRoute | ActionRoute | ResultsRoute
  readonly organisationId: string
  readonly caller: Caller
  readonly client: Client
  readonly session: Call['session']
  readonly requestId: string
  /** The path that was asked for. */
  readonly instance: string
  readonly params: Readonly<Record<string, string>>
  readonly query: unknown
  readonly basePath: string
  readonly ifMatch: string | undefined
  /** Of a route that takes one. */
  readonly file?: UploadedFile
  demand(entity: string, verb: string): void
  /** Parses the body; called after existence was judged. */
  body(): unknown
}

/** The state of a resource as a strong ETag (RFC 9110, section 8.8.3). */
function etagOf(data: string): string {
  return `"${createHash('sha256').update(data).digest('base64url').slice(0, 27)}"`
}

function dataOf(resource: Resource, type: string): string {
  return JSON.stringify({
    id: resource.id,
    type,
    attributes: resource.attributes,
    lastUpdated: resource.lastUpdated,
  })
}

function answerOf(made: unknown, { route, requestId, basePath, params }: Performance): Answer {
  if (route.kind === 'removal') return { status: 204, headers: {}, body: '' }
  if (route.kind === 'action') {
    const { status, location, cookies = [] } = made as Outcome
    return {
      status,
      headers: location === undefined ? {} : { location },
      body: '',
      cookies,
    }
  }
  if (route.kind === 'results') {
    const results = made as readonly object[]
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ data: results, meta: { total: results.length, requestId } }),
    }
  }
  const resource = made as Resource
  // Once to text: the ETag is of what is sent.
  const data = dataOf(resource, route.type)
  const inPath = new Set([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))
  const created = route.creates !== undefined && resource.isNew !== false ? route.creates : undefined
  return {
    status: created === undefined ? 200 : 201,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      etag: etagOf(data),
      ...(created === undefined
        ? {}
        : {
            location:
              basePath +
              created.replaceAll(/\{(\w+)\}/g, (_part, name: string) =>
                encodeURIComponent(inPath.has(name) ? (params[name] ?? '') : resource.id),
              ),
          }),
    },
    body: `{"data":${data},"meta":${JSON.stringify({ requestId })}}`,
    cookies: resource.cookies ?? [],
  }
}

/** What a repetition gets: the same, or where it showed a secret, only what was made. */
function keptOf(answer: Answer, made: unknown, { route, requestId, instance }: Performance): Answer {
  if (route.kind !== 'resource' || !route.showsSecret) return answer
  const { id } = made as Resource
  const error = new AppError(
    'SECRET_SHOWN_ONCE',
    `The first request made ${id}; its secret was shown then.`,
    {
      extra: { id },
    },
  )
  return {
    status: httpStatuses[error.kind],
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(problemOf(error, instance, requestId)),
  }
}

/** @param ifMatch the header, one or several ETags or `*` (RFC 9110, section 13.1.1) */
function assertMatch(ifMatch: string, etag: string | null): void {
  const given = ifMatch.split(',').map((one) => one.trim())
  if (etag !== null && (given.includes('*') || given.includes(etag))) return
  throw new AppError('VERSION_MISMATCH', 'The resource is no longer the one that If-Match names.', {
    extra: { etag },
  })
}

const currentOf = (route: Performance['route']): Current | undefined =>
  route.kind === 'resource' || route.kind === 'removal' ? route.current : undefined

/** Null where there is nothing (any more): then no ETag is the present one. */
async function currentEtag(
  route: Performance['route'],
  ctx: WriteContext,
  params: Readonly<Record<string, string>>,
): Promise<string | null> {
  try {
    const current = currentOf(route)
    return current && 'type' in route ? etagOf(dataOf(await current(ctx, params), route.type)) : null
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null
    throw error
  }
}

/** Performs the operation once; with a claim, keeps the answer in the operation's own transaction. */
export async function perform(performance: Performance, claim?: Claim): Promise<Answer> {
  const { runtime, route, organisationId, caller, params, ifMatch } = performance
  let kept: Answer | undefined
  const assertMatching = async (ctx: WriteContext): Promise<void> => {
    if (ifMatch !== undefined && currentOf(route)) assertMatch(ifMatch, await currentEtag(route, ctx, params))
  }
  const call: Call = {
    runtime,
    caller,
    organisationId,
    client: performance.client,
    session: performance.session,
    params,
    query: performance.query,
    body: undefined,
    file: performance.file ?? null,
    demand: performance.demand,
    assertMatch: assertMatching,
    read: (work) => runtime.read(organisationId, caller, work),
    write: (work) =>
      runtime.write(organisationId, caller, async (ctx) => {
        await assertMatching(ctx)
        const made = await work(ctx)
        if (claim) {
          kept = keptOf(answerOf(made, performance), made, performance)
          await keepAnswer(ctx, claim, kept)
        }
        return made
      }),
  }
  if (route.kind === 'resource') await route.find?.(call)
  const made = await route.run({ ...call, body: performance.body() } as never)
  const answer = answerOf(made, performance)
  // An operation of several transactions keeps its answer after the last of them.
  if (claim && !kept)
    await runtime.write(organisationId, caller, (ctx) =>
      keepAnswer(ctx, claim, keptOf(answer, made, performance)),
    )
  return answer
}

/** The same with an Idempotency-Key: the answer, and whether it is a repeated one. */
export async function performOnce(
  performance: Performance,
  request: {
    readonly tokenId: string
    readonly key: string
    readonly fingerprint: Buffer
  },
): Promise<{ readonly answer: Answer; readonly isRepeated: boolean }> {
  const { runtime, organisationId, caller } = performance
  const claimed = await claimKey(runtime, organisationId, caller, request)
  if ('answer' in claimed) return { answer: claimed.answer, isRepeated: true }
  const { claim } = claimed
  try {
    return { answer: await perform(performance, claim), isRepeated: false }
  } catch (thrown) {
    const error = asAppError(thrown)
    if (!isLastingFault(error.kind)) {
      await releaseKey(runtime, organisationId, caller, claim)
      throw thrown
    }
    const answer: Answer = {
      status: httpStatuses[error.kind],
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify(problemOf(error, performance.instance, performance.requestId)),
    }
    await runtime.write(organisationId, caller, (ctx) => keepAnswer(ctx, claim, answer))
    return { answer, isRepeated: false }
  }
}
