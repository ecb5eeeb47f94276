/**
 * Routes of a published contract whose addresses, tokens and shapes were settled elsewhere: its clients must work with nothing
 * but the base address changed. A contract has its own document; faults are problems as everywhere.
 */
import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { Runtime } from '../runtime.ts'

/** A request, before its body is read. */
export interface ContractCall {
  readonly runtime: Runtime
  readonly params: Readonly<Record<string, string>>
  /** The query as it was sent, without the question mark. */
  readonly search: string
  /** Undefined where it is absent, or there more than once. */
  header(name: string): string | undefined
  readonly address: string
  readonly requestId: string
}

export interface ContractInput {
  /** The JSON body by a schema. Refuses as `parseBody`. */
  json<Schema extends z.ZodType>(schema: Schema): z.infer<Schema>
  /** A form (application/x-www-form-urlencoded), names and values in the order sent. */
  form(): URLSearchParams
  /** The body as it comes. To be read once, or left. */
  readonly bytes: AsyncIterable<Buffer>
}

export interface ContractAnswer {
  readonly status: number
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Whom a request speaks for. */
export interface ContractGuest {
  /** By what their requests are counted. */
  readonly id: string
  perform(input: ContractInput): Promise<ContractAnswer>
}

export type ContractBody =
  | {
      readonly kind: 'json'
      readonly schema: z.ZodType
      readonly example: unknown
      /** The most that a body may have. */
      readonly bytesMax: number
    }
  | { readonly kind: 'form'; readonly schema: z.ZodType; readonly example: object }
  | {
      readonly kind: 'bytes'
      readonly mediaTypes: readonly string[]
      /** The most, where no request may have more; a guest may take less. */
      readonly bytesMax: number
    }

export interface ContractRoute {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Under the contract's base path, with `{name}` for parts. */
  readonly path: string
  /** The operation's name in the document. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** By what a client is known: a bearer token, the link itself, or what it sends. */
  readonly access: 'token' | 'link' | 'body'
  /** Scopes that a token needs, for the document. */
  readonly scopes?: readonly string[]
  readonly params?: Readonly<Record<string, { readonly description: string; readonly example: string }>>
  /** Names in the query, for the document; the guest judges them. */
  readonly query?: Readonly<Record<string, string>>
  readonly body?: ContractBody
  readonly answers: readonly {
    readonly status: number
    readonly description: string
    readonly schema?: z.ZodType
    readonly example?: unknown
  }[]
  /** Codes that it can answer beside those of every route. */
  readonly errors?: readonly ErrorCode[]
  /** Whether faults of its own have a shape of their own, by status, that stands in `answers`. */
  readonly ownFaults?: readonly number[]
  /** Judges who asks, before a byte of the body is read. */
  admit(call: ContractCall): Promise<ContractGuest>
}

export interface Contract {
  /** `/api/partner` */
  readonly basePath: string
  readonly title: string
  readonly description: string
  readonly tokenDescription: string
  readonly tags: Readonly<Record<string, string>>
  readonly routes: readonly ContractRoute[]
}
