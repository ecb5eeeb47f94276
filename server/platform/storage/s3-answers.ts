/** What an S3 server's answers mean: its XML, and its refusals as errors that say what to mend. */
import { SaxesParser } from 'saxes'
import { AppError } from '../errors.ts'
import type { S3Address } from './s3-address.rules.ts'

export interface S3Refusal {
  readonly status: number
  /** `NoSuchKey`, `SlowDown` …; empty when the answer has none. */
  readonly code: string
}

/**
 * The texts of an answer: of the elements right under the root, and of each element named `item` its own children's.
 * An answer that is no whole XML gives what stands before the fault.
 */
export function readAnswer(
  xml: string,
  item = '',
): { readonly top: ReadonlyMap<string, string>; readonly items: readonly ReadonlyMap<string, string>[] } {
  const top = new Map<string, string>()
  const items: Map<string, string>[] = []
  const path: string[] = []
  let text = ''
  const parser = new SaxesParser()
  parser.on('error', () => {})
  parser.on('opentag', ({ name }) => {
    path.push(name)
    text = ''
    if (path.length === 2 && name === item) items.push(new Map())
  })
  parser.on('text', (more) => (text += more))
  parser.on('closetag', () => {
    const name = path.at(-1) as string
    if (path.length === 2) top.set(name, text)
    if (path.length === 3 && path[1] === item) items.at(-1)?.set(name, text)
    path.pop()
    text = ''
  })
  parser.write(xml).close()
  return { top, items }
}

/** Worth another try: the server is busy, restarting, or lost the connection. */
export function isPassing({ status, code }: S3Refusal): boolean {
  return (
    status === 429 ||
    (status >= 500 && status !== 501) ||
    ['SlowDown', 'RequestTimeout', 'InternalError', 'ServiceUnavailable', 'OperationAborted'].includes(code)
  )
}

const keyHint =
  'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be those of an account that may read, write, list and delete there'

/** The fault to tell: what the server said, and what to do. `STORAGE_FAULT`. */
export function refusalError(address: S3Address, refusal: S3Refusal): AppError {
  return new AppError('STORAGE_FAULT', `The storage ${address.name} ${whyRefused(address, refusal)}.`, {
    extra: { storageCode: refusal.code },
  })
}

function whyRefused(address: S3Address, { status, code }: S3Refusal): string {
  if (code === 'NoSuchBucket')
    return `has no bucket ${address.bucket}: make it, or mend STORAGE_URL (NoSuchBucket)`
  if (code === 'RequestTimeTooSkewed')
    return 'refuses the request because this machine’s clock is wrong: set it by NTP (RequestTimeTooSkewed)'
  if (status === 301 || status === 307 || code === 'AuthorizationHeaderMalformed')
    return `is in another region: set region in STORAGE_URL (${code || status})`
  if (status === 401 || status === 403) return `refuses the access key: ${keyHint} (${code || status})`
  return `answered ${status}${code === '' ? '' : ` (${code})`}`
}

/** No answer came. `STORAGE_FAULT`. */
export function silenceError(address: S3Address, cause: unknown): AppError {
  const { code, name, message } = cause as NodeJS.ErrnoException
  const why = name === 'TimeoutError' || name === 'AbortError' ? 'no answer in time' : (code ?? message)
  return new AppError('STORAGE_FAULT', `The storage ${address.name} does not answer: ${why}.`, { cause })
}
