/** Faults as problem+json (RFC 9457; spec 10, Shapes). */
import type { AppError, ErrorKind } from '../errors.ts'

/** One total table: a new kind of fault does not compile without its status. */
export const httpStatuses: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  gone: 410,
  stale: 412,
  tooLarge: 413,
  unsupported: 415,
  unsatisfiable: 416,
  unprocessable: 422,
  tooMany: 429,
  internal: 500,
  unavailable: 503,
}

/** The body of a fault. `error` repeats `detail`, for clients that read only that. */
export function problemOf(error: AppError, instance: string, requestId: string): Record<string, unknown> {
  return {
    ...error.extra,
    type: `urn:vouchsafe:error:${error.code}`,
    title: error.title,
    status: httpStatuses[error.kind],
    detail: error.message,
    instance,
    code: error.code,
    help: error.help,
    requestId,
    error: error.message,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  }
}
