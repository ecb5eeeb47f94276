/** From what came over the wire to what a call gives or throws. */
import type { FileAnswer, Operation, Received } from './calls.ts'
import {
  VouchsafeAnswerError,
  VouchsafeConnectionError,
  VouchsafeError,
  type Attempts,
  type Fault,
  type ProblemDetails,
} from './errors.ts'
import type { ErrorCode } from './operations.gen.ts'

type Members = Readonly<Record<string, unknown>>

/** What became of one attempt. */
export type Outcome =
  | { readonly kind: 'success'; readonly value: unknown }
  | {
      readonly kind: 'fault'
      readonly status: number
      /** Null when no server of ours answered. */
      readonly code: string | null
      readonly retryAfter: number | null
      thrown(attempts: Attempts): Error
    }

const beginningLength = 300

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}

function receivedOf(response: Response, meta: Members | undefined): Received {
  const { status, headers } = response
  const inBody = meta?.['requestId']
  return {
    status,
    // A browser shows another origin's headers only when that origin allows it.
    requestId: headers.get('x-request-id') ?? (typeof inBody === 'string' ? inBody : ''),
    etag: headers.get('etag'),
    location: headers.get('location'),
    isReplayed: headers.get('idempotency-replayed') === 'true',
  }
}

function foreign(message: string, response: Response, text: string, retryAfter: number | null): Outcome {
  const beginning = text.slice(0, beginningLength)
  return {
    kind: 'fault',
    status: response.status,
    code: null,
    retryAfter,
    thrown: ({ attempts }) => new VouchsafeAnswerError(message, response.status, beginning, attempts),
  }
}

function problemOf(text: string, status: number, requestId: string | null): ProblemDetails | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const members = membersOf(parsed)
  const { code, detail } = members ?? {}
  if (!members || typeof code !== 'string' || typeof detail !== 'string') return undefined
  const { title, help, errors, requestId: inBody } = members
  return {
    status,
    code: code as ErrorCode,
    title: typeof title === 'string' ? title : code,
    detail,
    help: typeof help === 'string' ? help : null,
    errors: Array.isArray(errors) ? (errors as Fault[]) : [],
    requestId: requestId ?? (typeof inBody === 'string' ? inBody : ''),
    members,
  }
}

/** What a JSON text is for this operation; undefined when it has not the shape that the operation promises. */
function shaped(operation: Operation, response: Response, parsed: unknown): unknown {
  if (operation.answer === 'json') return { ...receivedOf(response, undefined), data: parsed }
  const members = membersOf(parsed)
  const meta = membersOf(members?.['meta'])
  if (!members || !meta || members['data'] === undefined) return undefined
  const { data } = members
  if (operation.answer !== 'page') return { ...receivedOf(response, meta), data, meta }
  const next = meta['nextCursor']
  if (!Array.isArray(data) || !(next === null || typeof next === 'string')) return undefined
  return { ...receivedOf(response, meta), data, meta }
}

/**
 * Reads all of an answer that is no file.
 * @param retryAfter seconds that the header asks for
 */
export async function readAnswer(
  operation: Operation,
  response: Response,
  retryAfter: number | null,
): Promise<Outcome> {
  const { status } = response
  const text = await response.text()
  if (status >= 400) {
    const problem = problemOf(text, status, response.headers.get('x-request-id'))
    if (!problem)
      return foreign(
        `The answer ${status} is not one of Vouchsafe's: a proxy, perhaps.`,
        response,
        text,
        retryAfter,
      )
    const inBody = problem.members['retryAfter']
    const wait = retryAfter ?? (typeof inBody === 'number' ? inBody : null)
    return {
      kind: 'fault',
      status,
      code: problem.code,
      retryAfter: wait,
      thrown: (attempts) => new VouchsafeError(problem, wait, attempts),
    }
  }
  if (operation.answer === 'redirect' && (status >= 300 || response.type === 'opaqueredirect'))
    return { kind: 'success', value: { ...receivedOf(response, undefined), data: undefined } }
  if (status < 200 || status >= 300)
    return foreign('The address leads elsewhere. Give the address itself as `baseUrl`.', response, text, null)
  if (operation.answer === 'nothing' || status === 204)
    return { kind: 'success', value: { ...receivedOf(response, undefined), data: undefined } }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return foreign('The answer is not JSON.', response, text, null)
  }
  const value = shaped(operation, response, parsed)
  if (value === undefined)
    return foreign('The answer is not the one that is documented.', response, text, null)
  return { kind: 'success', value }
}

/** The name of `Content-Disposition`, if it gives one in the plain form. */
function fileNameOf(header: string | null): string | null {
  return /filename="([^"]+)"/.exec(header ?? '')?.[1] ?? null
}

/**
 * A file's answer. `onEnd` is called once its content is read, given up or failed; `failure` says what a failure is.
 */
export function fileAnswer(
  response: Response,
  onEnd: () => void,
  failure: (error: unknown) => unknown,
): FileAnswer {
  const reader = response.body?.getReader()
  if (!reader) onEnd()
  const mediaType = response.headers.get('content-type') ?? 'application/octet-stream'
  const content = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const part = await reader?.read()
        if (part === undefined || part.done) {
          onEnd()
          controller.close()
        } else controller.enqueue(part.value)
      } catch (error) {
        onEnd()
        controller.error(failure(error))
      }
    },
    cancel: async (reason) => {
      onEnd()
      await reader?.cancel(reason)
    },
  })
  const whole = (): Response => new Response(content, { headers: { 'content-type': mediaType } })
  const length = response.headers.get('content-length')
  return {
    ...receivedOf(response, undefined),
    name: fileNameOf(response.headers.get('content-disposition')),
    mediaType,
    bytes: length === null || response.headers.has('content-encoding') ? null : Number(length),
    content,
    blob: () => whole().blob(),
    text: () => whole().text(),
  }
}

/** Whether what failed before an answer came was never sent: Node names the step; a browser does not, so it may have been. */
export function isUnsent(error: unknown): boolean {
  const cause = (error as { cause?: unknown } | null)?.cause
  const { code, syscall, errors } = (cause ?? {}) as { code?: unknown; syscall?: unknown; errors?: unknown }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || syscall === 'connect' || syscall === 'getaddrinfo') return true
  // One fault for each address that was tried.
  return Array.isArray(errors) && errors.length > 0 && errors.every((one) => isUnsent({ cause: one }))
}

/** What a failed network says, in one sentence. */
export function connectionError(error: unknown, attempts: Attempts): VouchsafeConnectionError {
  const cause = (error as { cause?: unknown } | null)?.cause ?? error
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  const what = typeof code === 'string' ? code : typeof message === 'string' ? message : 'the network failed'
  return new VouchsafeConnectionError('NETWORK', `No answer came: ${what}.`, attempts, error)
}
