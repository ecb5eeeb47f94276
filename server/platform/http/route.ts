/**
 * What a feature says about a route: path, grant, shapes, an example, and one call of an operation. The server (order of
 * checks, errors, paging, ETags) and the OpenAPI document are made from it, so that neither can say something else.
 */
import type { z } from 'zod'
import type { Caller, ReadContext, WriteContext } from '../context.ts'
import type { Counting, Total } from '../db/total.ts'
import type { ErrorCode } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import type { jsonFile, UploadedFile } from './upload.ts'

/** The part of an upload that holds the file. */
export const uploadField = 'file'

/** Whom a request speaks for. Access itself belongs to tenancy and is passed in (ARCHITECTURE.md). */
export interface HttpPrincipal {
  /** The access token's id, or the user's. */
  readonly id: string
  readonly organisationId: string
  /** Of a signed-in user; absent for a token. */
  readonly session?: { readonly id: string; readonly userId: string; readonly csrfToken: string }
  caller(requestId: string): Caller
  /** Throws GRANT_MISSING. */
  require(entity: string, verb: string): void
}

/** Where a request comes from. */
export interface Client {
  readonly address: string
  readonly userAgent: string | null
  readonly cookies: Readonly<Record<string, string>>
}

export interface Call<Query = unknown, Body = unknown> {
  readonly runtime: Runtime
  readonly caller: Caller
  /** Empty for a public route: nobody has said whose it is, and `read` and `write` have no scope. */
  readonly organisationId: string
  readonly client: Client
  /** The signed-in user's; null for a token and on public routes. */
  readonly session: HttpPrincipal['session'] | null
  /** Parts of the path, as text: ids are opaque, whatever they look like. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  /** Of a route that takes one; stored already. It is the operation's once it succeeds. */
  readonly file: UploadedFile | null
  /** Throws GRANT_MISSING: for an operation that needs more than its route's grant. */
  demand(entity: string, verb: string): void
  /**
   * Throws VERSION_MISMATCH when `If-Match` names another state than `current` gives. `write` asks it first; an operation
   * that opens its unit of work itself asks it there, before it changes anything.
   */
  assertMatch(ctx: WriteContext): Promise<void>
  read<T>(work: (ctx: ReadContext) => Promise<T>): Promise<T>
  write<T>(work: (ctx: WriteContext) => Promise<T>): Promise<T>
}

/** A resource as an operation gives it. */
export interface Resource {
  readonly id: string
  readonly attributes: object
  readonly lastUpdated: Date
  /** Of a route that creates or replaces: whether it was made now. */
  readonly isNew?: boolean
  /** Values of `Set-Cookie` that go with the answer. */
  readonly cookies?: readonly string[]
}

/** An answer without a resource. */
export interface Outcome {
  readonly status: 202 | 204 | 302
  readonly location?: string
  readonly cookies?: readonly string[]
}

export interface Page {
  readonly resources: readonly Resource[]
  /** A plain number is exact. */
  readonly total: number | Total
  /** The key of the last resource, when there may be more behind it. */
  readonly nextKey: CursorKey | null
}

/** The sort key of a row: texts and numbers, in the order of the list. */
export type CursorKey = readonly (string | number)[]

/** What every list takes beside its own filters (spec 10, Shapes). */
export interface Paging {
  readonly page: number
  readonly pageSize: number
  readonly offset: number
  /** The key behind which to go on; null = by page number. */
  readonly after: CursorKey | null
  /** How the total is wanted: a cursor brings that of its first page along. */
  readonly counting: Counting
}

/**
 * Who may call a route: whoever has the grant, token or user; `public`: anybody, limited by address; `session`: any
 * signed-in user, no token; `any`: users and tokens alike, and the operation demands what it needs.
 */
export type Access =
  | { readonly entity: string; readonly verb: 'READ' | 'CREATE' | 'UPDATE' | 'DELETE' }
  | 'public'
  | 'session'
  | 'any'

interface Described {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under `/openapi/v1`, with `{id}` for parts. */
  readonly path: string
  /** The operation's name in the document: `listWorkers`. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  readonly grant: Access
  /** Codes that it can answer beside those of every route. */
  readonly errors?: readonly ErrorCode[]
  /** Examples of the path's parts. */
  readonly params?: Readonly<Record<string, string>>
}

export interface ResourceRoute<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodObject = z.ZodObject,
> extends Described {
  readonly kind: 'resource'
  readonly type: string
  readonly attributes: z.ZodType
  readonly example: Readonly<Record<string, unknown>>
  readonly body?: Body
  readonly bodyExample?: unknown
  /** It takes a file, with the members of `body` (texts all) as fields around it, as multipart/form-data. */
  readonly upload?: {
    readonly description: string
    /** For the document: what a file holds. */
    readonly example: string
    /** The most bytes of a file that the organisation takes. */
    readonly bytesMax: (ctx: ReadContext) => Promise<number>
    /** Taken as JSON too, with its bytes in base64 (`jsonFile`): `bytesMax` is that of the whole body. */
    readonly asJson?: { readonly bytesMax: number; readonly example: z.infer<typeof jsonFile> }
    /** Where a file that is too large is a fault like others of the request (400), and not one of its size (413). */
    readonly isSizeInvalid?: boolean
  }
  /** Where it may be larger than elsewhere. */
  readonly bodyBytesMax?: number
  readonly query?: Query
  /** Existence is judged before the body (spec 10, Access): throws NOT_FOUND. */
  readonly find?: (call: Call) => Promise<unknown>
  /** For PUT and PATCH: see `Changes`. */
  readonly current?: Current
  /**
   * Where what was made is found: the answer is 201 with that Location. Names of the route's own path stand for what was asked
   * for, another one (`{id}` mostly) for the id of what was made.
   */
  readonly creates?: string
  /** Whether the answer shows a secret: it is shown once, and a repetition under its Idempotency-Key names the id only. */
  readonly showsSecret?: boolean
  /** Whether it may have been there: then the answer is 200. */
  readonly mayReplace?: boolean
  /** A change is one call of `write` that resolves to the resource: its answer is kept in that transaction. */
  readonly run: (call: Call<z.infer<Query>, z.infer<Body>>) => Promise<Resource>
}

/**
 * The resource as it is, locked against other changes until the transaction ends: what `If-Match` is compared with.
 * Throws NOT_FOUND.
 */
export type Current = (ctx: WriteContext, params: Readonly<Record<string, string>>) => Promise<Resource>

/** A DELETE: 204, nothing else. */
export interface RemovalRoute extends Described {
  readonly kind: 'removal'
  readonly type: string
  readonly current: Current
  readonly run: (call: Call) => Promise<void>
}

export interface ListRoute<Query extends z.ZodObject = z.ZodObject> extends Described {
  readonly kind: 'list'
  readonly type: string
  readonly attributes: z.ZodType
  readonly example: Readonly<Record<string, unknown>>
  readonly query: Query
  /** The stable default order, for the document. */
  readonly order: string
  readonly run: (call: Call<z.infer<Query>>, paging: Paging) => Promise<Page>
}

/** A file that is sent from its start to its end. */
export interface WholeFile {
  readonly name: string
  readonly bytes: number
  /** Where it is one of several that the route names. */
  readonly mediaType?: string
  readonly content: AsyncIterable<Buffer>
}

/** A file that never changes, of which parts may be asked for. It is streamed once, or closed. */
export interface RangedFile {
  readonly name: string
  readonly bytes: number
  readonly mediaType?: string
  /** Of the bytes, hex: its ETag. */
  readonly sha256: string
  /** Closes at its end, also when it is left early. */
  stream(start: number, endExclusive: number): AsyncIterable<Buffer>
  close(): Promise<void>
}

export type SentFile = WholeFile | RangedFile

export interface FileRoute<Query extends z.ZodObject = z.ZodObject> extends Described {
  readonly kind: 'file'
  /** What the file is, or may be. */
  readonly mediaType: string | readonly string[]
  /** Whether it gives a `RangedFile`, for the document. */
  readonly isRanged?: boolean
  readonly query?: Query
  readonly run: (call: Call<z.infer<Query>>) => Promise<SentFile>
}

/** A request as it came, for who is known by a signature over it. */
export interface Sent {
  readonly runtime: Runtime
  /** Undefined where it is absent, or there more than once. */
  header(name: string): string | undefined
  readonly body: Buffer
}

/** How a public route knows who calls it: judged before anything of the body is read. */
export interface Proof {
  /** The headers that it looks at, for the document. */
  readonly headers: Readonly<Record<string, string>>
  /** Throws what is answered to who cannot prove it. */
  judge(sent: Sent): void
}

/** Does something and has no resource to show. */
export interface ActionRoute<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
> extends Described {
  readonly kind: 'action'
  /** What it answers when it went well, for the document. */
  readonly outcome: { readonly status: Outcome['status']; readonly description: string }
  readonly query?: Query
  readonly body?: Body
  readonly bodyExample?: unknown
  readonly proof?: Proof
  readonly run: (call: Call<z.infer<Query>, z.infer<Body>>) => Promise<Outcome>
}

/**
 * Does the same for each of the things that one call names, each by itself: 200 with a result for each, in the order given, also
 * where all of them failed.
 */
export interface ResultsRoute<Body extends z.ZodType = z.ZodType> extends Described {
  readonly kind: 'results'
  /** What a result is called in the document: `fetchRequestOutcome`. */
  readonly type: string
  readonly result: z.ZodType
  readonly example: readonly object[]
  readonly body: Body
  readonly bodyExample: unknown
  /** Where it may be larger than elsewhere. */
  readonly bodyBytesMax?: number
  /** One call of `write`: its answer is kept in that transaction. */
  readonly run: (call: Call<unknown, z.infer<Body>>) => Promise<readonly object[]>
}

export type Route = ResourceRoute | ListRoute | FileRoute | RemovalRoute | ActionRoute | ResultsRoute

export function resourceRoute<Body extends z.ZodType, Query extends z.ZodObject>(
  route: Omit<ResourceRoute<Body, Query>, 'kind'>,
): Route {
  return { ...route, kind: 'resource' } as unknown as Route
}

export function listRoute<Query extends z.ZodObject>(route: Omit<ListRoute<Query>, 'kind'>): Route {
  return { ...route, kind: 'list' } as unknown as Route
}

export function removalRoute(route: Omit<RemovalRoute, 'kind' | 'method'>): Route {
  return { ...route, kind: 'removal', method: 'DELETE' }
}

export function fileRoute<Query extends z.ZodObject>(route: Omit<FileRoute<Query>, 'kind'>): Route {
  return { ...route, kind: 'file' } as unknown as Route
}

export function resultsRoute<Body extends z.ZodType>(
  route: Omit<ResultsRoute<Body>, 'kind' | 'method'>,
): Route {
  return { ...route, kind: 'results', method: 'POST' } as unknown as Route
}

export function actionRoute<Body extends z.ZodType, Query extends z.ZodType>(
  route: Omit<ActionRoute<Body, Query>, 'kind'>,
): Route {
  return { ...route, kind: 'action' } as unknown as Route
}
