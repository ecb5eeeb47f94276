/** What a call takes and gives, whatever the operation: the words that operations.gen.ts is written in. */

/** What every call may say beside its parameters. Each wins over what the client was made with. */
export interface CallOptions {
  /** Ends the call, whether it waits for an answer or before its next attempt: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for one attempt; a file's content may take longer. */
  readonly timeoutMs?: number | undefined
  /** How often the call is repeated at most; 0 = never. */
  readonly maxRetries?: number | undefined
  /** Headers of your own, `X-Request-Id` for example. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Of a call that creates or starts something. */
export interface KeyOption {
  /** The same key again has one effect, for 24 hours, whichever process asks. Without one each call makes its own. */
  readonly idempotencyKey?: string | undefined
}

/** Of a call that changes something. */
export interface MatchOption {
  /** The ETag that the change rests on: when the resource has another one by now, nothing is done and 412 is thrown. */
  readonly ifMatch?: string | undefined
}

/** What came with every answer. */
export interface Received {
  readonly status: number
  /** Under which the server's logs and audit know the call. */
  readonly requestId: string
  /** The state of the resource, for `ifMatch`; null where the answer names none. */
  readonly etag: string | null
  /** Where what was made is found, or where a redirect leads; null where nothing was made, or a browser hides it. */
  readonly location: string | null
  /** Whether this is the kept answer of an earlier request with the same Idempotency-Key. */
  readonly isReplayed: boolean
}

/** An answer with data: a resource, for example. */
export interface Answer<Data> extends Received {
  readonly data: Data
}

/** One page of a list. */
export interface Page<Item, Meta> extends Answer<readonly Item[]> {
  readonly meta: Meta
}

/** A file on its way. Its content can be read once, by one of the three ways. */
export interface FileAnswer extends Received {
  /** As the server names it; null where it does not. */
  readonly name: string | null
  readonly mediaType: string
  /** Null where the server does not say. */
  readonly bytes: number | null
  readonly content: ReadableStream<Uint8Array>
  blob(): Promise<Blob>
  text(): Promise<string>
}

/** The body of an operation that takes no JSON and no form. Can be sent again, so no stream. */
export type BinaryBody = Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string

/** Where an argument goes that is not simply part of the query under its own name. */
export interface Named {
  readonly in: 'query' | 'header'
  readonly name: string
  /** Several values go as one, with commas. */
  readonly isJoined?: boolean
}

/** How an operation goes over the wire. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS'
  /** With `{id}` for parts. */
  readonly path: string
  /**
   * `page`: `{ data: […], meta: { nextCursor } }`; `envelope`: `{ data, meta }`; `json`: any other JSON; `nothing`: no
   * content; `redirect`: an address to go to; `file`: everything else.
   */
  readonly answer: 'page' | 'envelope' | 'json' | 'nothing' | 'redirect' | 'file'
  /** The body's media type; absent = it takes none. */
  readonly body?: string
  /** Parameters that are not simply part of the query under their argument's name: by that name. */
  readonly named?: Readonly<Record<string, Named>>
  /** Whether a POST has one effect however often it comes with the same Idempotency-Key. */
  readonly isKeyed?: boolean
  /** Needs no access. */
  readonly isPublic?: boolean
  /** Of a page: the method that goes through all of them. */
  readonly iterator?: string
  /** Of a page: the most that fit on one. */
  readonly pageSizeMax?: number
}
